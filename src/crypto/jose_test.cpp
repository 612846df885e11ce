// Proves JWK, JWE and JWS: the examples of RFC 7515, 7516 and 7517, every content encryption,
// what a known client gets wrong and is accepted, and what is refused.
#include "crypto/jose.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "crypto/cipher.hpp"
#include "crypto/mac.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

constexpr std::string_view kKid = "6f0ba9b2-5e57-4d43-8ff9-0d5bd3a7f6d1";

Bytes reveal(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}
std::string text_of(const SecretBytes& value) { return std::string(as_text(reveal(value))); }

Result<Jwk> jwk(std::string_view text) {
    return parse_jwk(json::Document::parse(text).value().root());
}
/// The field that the refusal names.
std::string refused(std::string_view text) {
    const auto key = jwk(text);
    return key ? "accepted" : key.error().detail().field;
}
std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

const PrivateKey& rsa_key() {
    static const PrivateKey key = PrivateKey::generate_rsa(2048).value();
    return key;
}

// RFC 7516, appendix A.1.
constexpr std::string_view kRfcKey =
    R"({"kty":"RSA","n":"oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUWcJoZmds2h7)"
    R"(M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2Krf3Spsk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN)"
    R"(15dsQRkgr0vEhxN92i2asbOenSZeyaxziK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6X)"
    R"(rgxnxbWhojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW_TqOQtwHYbxevoJArm-L)"
    R"(5StowjzGy-_bq6Gw","e":"AQAB","d":"kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI-yk1F7-kpDxY)"
    R"(4-WY5NWV5KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV8n9Hrh2anTpTD93Dt62ypW3yDsJzBnTnrYu1)"
    R"(iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghkqDp0Vqj3kbSCz1XyfCs6_LehBwtxHIyh8Ripy40p24moOAbgxV)"
    R"(w3rxT_vlt3UVe4WO3JkJOzlpUf-KTVI2Ptgm-dARxTEtE-id-4OJr0h-K-VFs3VSndVTIznSxfyrj8ILL6MG_U)"
    R"(v8YAu7VILSB3lOW085-4qE3DzgrTjgyQ"})";
constexpr std::string_view kRfcToken =
    "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMT"
    "YUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGy"
    "FDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-v"
    "DxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFW"
    "XRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIz"
    "OeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ";

TEST(Jwe, Rfc7516ExampleWithAKeyThatHasOnlyD) {
    const Jwk key = jwk(kRfcKey).value();
    const auto opened = unwrap_jwe(std::get<PrivateKey>(key.material), kRfcToken).value();
    EXPECT_EQ(text_of(opened.payload),
              "The true sign of intelligence is not knowledge but imagination.");
    EXPECT_EQ(opened.hash, OaepHash::kSha1);
}

// RFC 7517, appendix A.1 and A.2: the EC pair.
constexpr std::string_view kRfcEc =
    R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
    R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",)"
    R"("d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","use":"enc","kid":"1"})";

TEST(Jwk, Rfc7517Examples) {
    const Jwk key = jwk(kRfcEc).value();
    EXPECT_EQ(key.kid, "1");
    const auto& pair = std::get<PrivateKey>(key.material);
    EXPECT_EQ(public_jwk(pair.public_key(), {}).value(),
              R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
              R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})");
    // Appendix A.3.
    const Jwk oct = jwk(R"({"kty":"oct","alg":"A128KW","k":"GawgguFyGrWKav7AX4VKUg"})").value();
    EXPECT_EQ(oct.alg, "A128KW");
    EXPECT_EQ(encode_hex(reveal(std::get<SecretBytes>(oct.material))),
              "19ac2082e1721ab58a6afec05f854a52");
}

TEST(Jwk, GoesThroughItsTextForEveryType) {
    const std::vector<std::string> operations{"sign", "verify"};
    for (const PrivateKey& key :
         {rsa_key(), PrivateKey::generate_ec(Curve::kP256).value(),
          PrivateKey::generate_ec(Curve::kP384).value(),
          PrivateKey::generate_ec(Curve::kP521).value()}) {
        const SecretBytes text = insecure_private_jwk(key, {kKid, &operations}).value();
        const Jwk back = jwk(text_of(text)).value();
        EXPECT_EQ(back.kid, kKid);
        EXPECT_EQ(back.key_ops, operations);
        EXPECT_TRUE(equal_ct(std::get<PrivateKey>(back.material).to_pkcs8().value(),
                             key.to_pkcs8().value()));
        const std::string shown = public_jwk(key.public_key(), {kKid, nullptr}).value();
        EXPECT_EQ(shown.find("\"d\""), std::string::npos);
        EXPECT_EQ(std::get<PublicKey>(jwk(shown).value().material).to_spki().value(),
                  key.public_key().to_spki().value());
    }
    const SecretBytes oct = random_secret(24);
    const Jwk back = jwk(text_of(insecure_private_jwk(oct.clone(), {}).value())).value();
    EXPECT_TRUE(equal_ct(std::get<SecretBytes>(back.material), oct));
    EXPECT_TRUE(back.kid.empty() && back.key_ops.empty());
}

TEST(Jwk, PadsSymmetricKeysThatLostLeadingZeros) {
    for (const std::size_t size : {16u, 24u, 32u}) {
        for (std::size_t lost = 0; lost <= 7; ++lost) {
            const Bytes rest(size - lost, 0x5b);
            const Jwk key = jwk(R"({"kty":"oct","k":")" + encode_base64url(rest) + "\"}").value();
            const Bytes full = reveal(std::get<SecretBytes>(key.material));
            EXPECT_EQ(full.size(), size);
            EXPECT_EQ(Bytes(full.begin() + static_cast<long>(lost), full.end()), rest);
            EXPECT_EQ(std::count(full.begin(), full.end(), 0), static_cast<long>(lost));
        }
    }
    for (const std::size_t size : {0u, 8u, 33u, 64u}) {
        EXPECT_EQ(refused(R"({"kty":"oct","k":")" + encode_base64url(Bytes(size, 1)) + "\"}"), "k");
    }
}

TEST(Jwk, NamesTheMemberThatIsWrong) {
    EXPECT_EQ(refused("[]"), "");
    EXPECT_EQ(refused("{}"), "kty");
    EXPECT_EQ(refused(R"({"kty":"OKP"})"), "kty");
    EXPECT_EQ(refused(R"({"kty":7})"), "kty");
    EXPECT_EQ(refused(R"({"kty":"oct"})"), "k");
    EXPECT_EQ(refused(R"({"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg=="})"), "k");
    EXPECT_EQ(refused(R"({"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg","kid":1})"), "kid");
    EXPECT_EQ(refused(R"({"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg","key_ops":"sign"})"), "key_ops");
    EXPECT_EQ(refused(R"({"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg","key_ops":[1]})"), "key_ops.0");
    const std::string ec(kRfcEc);
    EXPECT_EQ(refused(replaced(ec, "P-256", "P-255")), "crv");
    EXPECT_EQ(refused(replaced(ec, "MKBC", "MKBD")), "x");
    EXPECT_EQ(refused(replaced(ec, "4Etl", "4Etm")), "x");
    EXPECT_EQ(refused(replaced(ec, "870M", "871M")), "d");
    EXPECT_EQ(refused(replaced(ec, "870M", "87*M")), "d");
    EXPECT_EQ(refused(replaced(ec, "\"x\"", "\"z\"")), "x");
    const std::string rsa(kRfcKey);
    EXPECT_EQ(refused(replaced(rsa, "kLdt", "kLdu")), "d");
    EXPECT_EQ(refused(replaced(rsa, "AQAB", "AQAC")), "e");
    EXPECT_EQ(refused(replaced(rsa, "\"d\"", "\"oth\":[],\"d\"")), "oth");
    EXPECT_EQ(refused(replaced(rsa, "\"d\"", "\"p\":\"AQAB\",\"d\"")), "q");
    const auto inner = json::Document::parse("{\"keys\":[" + replaced(ec, "MKBC", "MKBD") + "]}");
    EXPECT_EQ(parse_jwk(inner.value().root().member("keys").first()).error().detail().field,
              "keys.0.x");
}

TEST(DirectJwe, RoundTripsAndBindsContextHeaderAndKey) {
    for (const std::size_t size : {16u, 24u, 32u}) {
        const SecretBytes key = random_secret(size);
        DirectJwe jwe = DirectJwe::create(key, kKid, {}).value();
        rc::check("encrypt, decrypt", [&](const Bytes& plain, bool with_context) {
            const std::string context = with_context ? "orders/é" : "";
            const std::string token = jwe.encrypt(plain, context).value();
            RC_ASSERT(reveal(jwe.decrypt(token, context).value()) == plain);
            RC_ASSERT(jwe.decrypt(token, "other").error().code() == Code::kDecryptFailed);
        });
        const std::string token = jwe.encrypt(Bytes(9, 1), {}).value();
        DirectJwe same_id = DirectJwe::create(random_secret(size), kKid, {}).value();
        EXPECT_EQ(same_id.decrypt(token, {}).error().code(), Code::kDecryptFailed);
        DirectJwe other_id = DirectJwe::create(key, "other", {}).value();
        EXPECT_EQ(other_id.decrypt(token, {}).error().code(), Code::kMalformed);
        EXPECT_EQ(other_id.decrypt(token, {}).error().detail().field, "ciphertext");
        DirectJwe other_purpose = DirectJwe::create(key, kKid, "dk+jwe").value();
        EXPECT_EQ(other_purpose.decrypt(token, {}).error().code(), Code::kMalformed);
        EXPECT_EQ(jwe.decrypt(other_purpose.encrypt({}, {}).value(), {}).error().code(),
                  Code::kMalformed);
    }
    EXPECT_EQ(DirectJwe::create(SecretBytes(20), kKid, {}).error().code(), Code::kInvalidArgument);
}

TEST(DirectJwe, HoldsItsDocumentedForm) {
    DirectJwe jwe = DirectJwe::create(random_secret(24), kKid, "dk+jwe").value();
    const std::string token = jwe.encrypt(Bytes(4096, 7), "c").value();
    const std::string_view header = std::string_view(token).substr(0, token.find('.'));
    EXPECT_EQ(as_text(decode_base64url(header).value()),
              R"({"alg":"dir","enc":"A192GCM","kid":"6f0ba9b2-5e57-4d43-8ff9-0d5bd3a7f6d1",)"
              R"("typ":"dk+jwe"})");
    EXPECT_LE(token.size(), limits::ciphertext_characters_max);
    EXPECT_EQ(reveal(jwe.decrypt(token, "c").value()), Bytes(4096, 7));
}

TEST(DirectJwe, RefusesTokensThatAreNone) {
    DirectJwe jwe = DirectJwe::create(random_secret(32), kKid, {}).value();
    const std::string token = jwe.encrypt(Bytes(30, 1), {}).value();
    const auto code = [&](std::string_view text) { return jwe.decrypt(text, {}).error().code(); };
    for (const std::string_view text : {"", ".", "....", "a.b.c.d.e", "a.b.c.d.e.f", "....."}) {
        EXPECT_EQ(code(text), Code::kMalformed) << text;
    }
    for (std::size_t at = 0; at < token.size(); ++at) {
        std::string altered = token;
        altered[at] = altered[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(jwe.decrypt(altered, {})) << at;
        altered[at] = '!';
        EXPECT_EQ(code(altered), Code::kMalformed) << at;
    }
    for (std::size_t size = 0; size < token.size(); ++size) {
        EXPECT_FALSE(jwe.decrypt(std::string_view(token).substr(0, size), {})) << size;
    }
    EXPECT_FALSE(jwe.decrypt(token + "A", {}));
    const std::size_t key_part = token.find("..") + 1;
    EXPECT_EQ(code(std::string(token).insert(key_part, "AAAA")), Code::kMalformed);
}

TEST(WrappedJwe, RoundTripsWithBothHashes) {
    for (const OaepHash hash : {OaepHash::kSha1, OaepHash::kSha256}) {
        for (const std::size_t size : {0u, 1u, 32u, 3000u}) {
            const SecretBytes payload = random_secret(size);
            const std::string token = wrap_jwe(rsa_key().public_key(), hash, payload).value();
            const auto opened = unwrap_jwe(rsa_key(), token).value();
            EXPECT_TRUE(equal_ct(opened.payload, payload));
            EXPECT_EQ(opened.hash, hash);
        }
    }
    const PrivateKey ec = PrivateKey::generate_ec(Curve::kP256).value();
    EXPECT_EQ(wrap_jwe(ec.public_key(), OaepHash::kSha1, SecretBytes(1)).error().code(),
              Code::kWrongKeyType);
}

TEST(WrappedJwe, AnRsa4096KeyUnderRsa4096FitsTheClients) {
    const PrivateKey large = PrivateKey::generate_rsa(4096).value();
    const SecretBytes text = insecure_private_jwk(large, {}).value();
    const std::string token = wrap_jwe(large.public_key(), OaepHash::kSha256, text).value();
    EXPECT_LE(token.size(), limits::wrapped_key_characters_max);
    EXPECT_EQ(text_of(text).find("\"kid\""), std::string::npos);
    EXPECT_EQ(text_of(text).find("\"key_ops\""), std::string::npos);
    EXPECT_TRUE(equal_ct(unwrap_jwe(large, token).value().payload, text));
}

/// A token of another library: RFC 7516, section 5.1, by hand.
struct ByHand {
    std::string header;
    SecretBytes key;
    Bytes iv;
    const SecretBytes& payload;
    Hash hash = Hash::kSha256;

    std::string finish(BytesView ciphertext, BytesView tag) const {
        const Bytes wrapped =
            rsa_key().public_key().encrypt_oaep(OaepHash::kSha256, key).value();
        return encode_base64url(as_bytes(header)) + "." + encode_base64url(wrapped) + "." +
               encode_base64url(iv) + "." + encode_base64url(ciphertext) + "." +
               encode_base64url(tag);
    }
    std::string gcm() const {
        const std::string aad = encode_base64url(as_bytes(header));
        const Bytes sealed = insecure_gcm_encrypt_with_iv(key, iv, as_bytes(aad), payload).value();
        return finish(BytesView(sealed).first(sealed.size() - 16), BytesView(sealed).last(16));
    }
    std::string cbc() const {
        const Bytes both = reveal(key);
        const std::size_t half = both.size() / 2;
        const Bytes ciphertext =
            cbc_encrypt(SecretBytes::copy_of(BytesView(both).last(half)), iv, payload).value();
        const std::string aad = encode_base64url(as_bytes(header));
        Bytes input(aad.begin(), aad.end());
        input.insert(input.end(), iv.begin(), iv.end());
        input.insert(input.end(), ciphertext.begin(), ciphertext.end());
        for (int shift = 56; shift >= 0; shift -= 8) {
            input.push_back(static_cast<std::uint8_t>(std::uint64_t{aad.size()} * 8 >> shift));
        }
        const Bytes mac = hmac(hash, SecretBytes::copy_of(BytesView(both).first(half)), input);
        return finish(ciphertext, BytesView(mac).first(half));
    }
};

std::string header(std::string_view enc, std::string_view more = {}) {
    return R"({"alg":"RSA-OAEP-256","enc":")" + std::string(enc) + "\"" + std::string(more) + "}";
}

TEST(WrappedJwe, OpensEveryContentEncryption) {
    const SecretBytes payload = random_secret(100);
    const auto opens = [&](const std::string& token) {
        const auto opened = unwrap_jwe(rsa_key(), token);
        return opened && equal_ct(opened->payload, payload);
    };
    EXPECT_TRUE(opens(ByHand{header("A128GCM"), random_secret(16), Bytes(12, 3), payload}.gcm()));
    EXPECT_TRUE(opens(ByHand{header("A192GCM"), random_secret(24), Bytes(12, 3), payload}.gcm()));
    EXPECT_TRUE(opens(ByHand{header("A256GCM"), random_secret(32), Bytes(12, 3), payload}.gcm()));
    const auto cbc = [&](std::string_view enc, std::size_t size, Hash hash) {
        return ByHand{header(enc), random_secret(size), Bytes(16, 3), payload, hash}.cbc();
    };
    for (const std::string& token :
         {cbc("A128CBC-HS256", 32, Hash::kSha256), cbc("A192CBC-HS384", 48, Hash::kSha384),
          cbc("A256CBC-HS512", 64, Hash::kSha512)}) {
        EXPECT_TRUE(opens(token));
        // Each part altered: the MAC is over all of them.
        for (std::size_t at = token.find('.') + 1; at < token.size(); at += 37) {
            std::string altered = token;
            altered[at] = altered[at] == 'A' ? 'B' : 'A';
            EXPECT_FALSE(unwrap_jwe(rsa_key(), altered)) << at;
        }
    }
}

TEST(WrappedJwe, RefusesOtherAlgorithmsSizesAndForms) {
    const SecretBytes payload = random_secret(20);
    const auto code = [](const std::string& token) {
        return unwrap_jwe(rsa_key(), token).error().code();
    };
    const auto gcm = [&](std::string head, std::size_t key_size, std::size_t iv_size) {
        return ByHand{std::move(head), random_secret(key_size), Bytes(iv_size, 1), payload}.gcm();
    };
    EXPECT_EQ(code(gcm(header("A256GCM"), 16, 12)), Code::kDecryptFailed);
    EXPECT_EQ(code(gcm(header("A256GCM"), 32, 16)), Code::kDecryptFailed);
    EXPECT_EQ(code(gcm(header("A256CBC"), 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm(header("A256GCM", R"(,"crit":["exp"])"), 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm(header("A256GCM", R"(,"zip":"DEF")"), 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm(R"({"alg":"RSA1_5","enc":"A256GCM"})", 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm(R"({"alg":"dir","enc":"A256GCM"})", 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm(R"({"enc":"A256GCM"})", 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm(R"({"alg":"RSA-OAEP-256"})", 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm(R"({"alg":"RSA-OAEP","enc":"A256GCM"})", 32, 12)), Code::kDecryptFailed);
    EXPECT_EQ(code(gcm("[1]", 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(gcm("{", 32, 12)), Code::kMalformed);
    EXPECT_EQ(code(""), Code::kMalformed);
    EXPECT_EQ(code("a.b.c.d"), Code::kMalformed);
    const std::string token = gcm(header("A256GCM"), 32, 12);
    EXPECT_EQ(code(token + "."), Code::kMalformed);
    EXPECT_EQ(code(token + "="), Code::kMalformed);
    const PrivateKey other = PrivateKey::generate_ec(Curve::kP256).value();
    EXPECT_EQ(unwrap_jwe(other, token).error().code(), Code::kWrongKeyType);
}

TEST(Jws, SignsAndParsesWithEveryAlgorithm) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(SignatureAlgorithm::kEnd); ++i) {
        const auto algorithm = static_cast<SignatureAlgorithm>(i);
        const PrivateKey key =
            i < 3 ? PrivateKey::generate_ec(static_cast<Curve>(i)).value() : rsa_key();
        const std::string token =
            sign_jws(key, algorithm, kKid, "JWT", as_bytes(R"({"sub":"x"})")).value();
        const JwsParts parts = parse_jws(token).value();
        EXPECT_EQ(parts.algorithm, algorithm);
        EXPECT_EQ(parts.kid, kKid);
        EXPECT_EQ(as_text(parts.payload), R"({"sub":"x"})");
        EXPECT_TRUE(key.public_key()
                        .verify(algorithm, as_bytes(parts.signing_input), false, parts.signature)
                        .value());
    }
    EXPECT_EQ(sign_jws(rsa_key(), SignatureAlgorithm::kEs256, {}, {}, {}).error().code(),
              Code::kWrongKeyType);
}

TEST(Jws, RefusesWhatIsNone) {
    const auto code = [](std::string_view head) {
        return parse_jws(encode_base64url(as_bytes(head)) + ".AA.AA").error().code();
    };
    EXPECT_EQ(code(R"({"alg":"none"})"), Code::kMalformed);
    EXPECT_EQ(code(R"({"alg":"HS256"})"), Code::kMalformed);
    EXPECT_EQ(code(R"({"alg":"RS256","crit":["b64"]})"), Code::kMalformed);
    EXPECT_EQ(code("{}"), Code::kMalformed);
    EXPECT_EQ(code("nothing"), Code::kMalformed);
    for (const std::string_view text : {"", ".", "..", "a.b", "a.b.c.d", "e30.AA.A=", "e30.*.AA"}) {
        EXPECT_EQ(parse_jws(text).error().code(), Code::kMalformed) << text;
    }
    EXPECT_TRUE(parse_jws(encode_base64url(as_bytes(R"({"alg":"RS256"})")) + "..AA"));
}

}  // namespace
}  // namespace chatelaine::crypto

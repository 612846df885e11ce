// Proves keys, signatures and OAEP: every algorithm round-trips, RFC 7515 and RFC 7520 answers
// hold, every import refuses what does not belong together, and malformed signatures are false, not
// errors.
#include "crypto/keys.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "crypto/schemes.hpp"

namespace chatelaine::crypto {
namespace {

constexpr SignatureAlgorithm kAll[] = {
    SignatureAlgorithm::kEs256, SignatureAlgorithm::kEs384, SignatureAlgorithm::kEs512,
    SignatureAlgorithm::kRs256, SignatureAlgorithm::kRs384, SignatureAlgorithm::kRs512,
    SignatureAlgorithm::kPs256, SignatureAlgorithm::kPs384, SignatureAlgorithm::kPs512};

/// Made once: generating RSA keys is the slow part.
const PrivateKey& rsa_key() {
    static const PrivateKey key = PrivateKey::generate_rsa(2048).value();
    return key;
}
const PrivateKey& ec_key(Curve curve) {
    static const PrivateKey keys[] = {PrivateKey::generate_ec(Curve::kP256).value(),
                                      PrivateKey::generate_ec(Curve::kP384).value(),
                                      PrivateKey::generate_ec(Curve::kP521).value()};
    return keys[static_cast<std::size_t>(curve)];
}
const PrivateKey& key_for(SignatureAlgorithm algorithm) {
    const auto index = static_cast<std::size_t>(algorithm);
    return index < 3 ? ec_key(static_cast<Curve>(index)) : rsa_key();
}

Bytes reveal(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}
SecretBytes secret(BytesView bytes) { return SecretBytes::copy_of(bytes); }
Bytes b64(std::string_view text) { return decode_base64url(text).value(); }

PrivateKey::RsaParts copy_of(const PrivateKey::RsaParts& parts) {
    return {parts.n,          parts.e,          parts.d.clone(), parts.p.clone(),
            parts.q.clone(), parts.dp.clone(), parts.dq.clone(), parts.qi.clone()};
}

template <class T>
void expect_invalid(const Result<T>& result, std::string_view field) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(result.error().detail().field, field);
}

TEST(Names, GoBothWays) {
    for (const SignatureAlgorithm algorithm : kAll) {
        EXPECT_EQ(signature_algorithm_from_name(signature_algorithm_name(algorithm)), algorithm);
    }
    EXPECT_FALSE(signature_algorithm_from_name("es256"));
    EXPECT_FALSE(signature_algorithm_from_name("none"));
    for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
        EXPECT_EQ(curve_from_name(curve_name(curve)), curve);
    }
    EXPECT_FALSE(curve_from_name("P-224"));
    EXPECT_EQ(curve_bytes(Curve::kP521), 66u);
    EXPECT_EQ(digest_bytes(SignatureAlgorithm::kPs384), 48u);
}

TEST(Signatures, ThreadsAndSchemesShareAKey) {
    const PrivateKey& rsa = key_for(SignatureAlgorithm::kPs256);
    const PrivateKey& ec = key_for(SignatureAlgorithm::kEs256);
    std::vector<std::thread> threads;
    for (std::uint8_t number = 0; number < 4; ++number) {
        threads.emplace_back([&, number] {
            for (std::uint8_t i = 0; i < 12; ++i) {
                const Bytes message{number, i};
                const SignatureAlgorithm algorithm =
                    i % 2 == 0    ? SignatureAlgorithm::kEs256
                    : i % 3 == 0 ? SignatureAlgorithm::kPs256
                                 : SignatureAlgorithm::kRs512;
                const PrivateKey& key = i % 2 == 0 ? ec : rsa;
                // One that is refused leaves the others as they were.
                EXPECT_FALSE(key.sign(algorithm, message, true));
                const Bytes signature = key.sign(algorithm, message, false).value();
                EXPECT_TRUE(key.public_key().verify(algorithm, message, false, signature).value());
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(Signatures, RoundTripAndRefuseWhatWasAltered) {
    const Bytes message(100, 0x31);
    for (const SignatureAlgorithm algorithm : kAll) {
        SCOPED_TRACE(signature_algorithm_name(algorithm));
        const PrivateKey& key = key_for(algorithm);
        Bytes signature = key.sign(algorithm, message, false).value();
        const PublicKey shown = key.public_key();
        EXPECT_TRUE(shown.verify(algorithm, message, false, signature).value());
        const std::size_t width =
            shown.curve() ? 2 * curve_bytes(*shown.curve()) : shown.bits() / 8;
        EXPECT_EQ(signature.size(), width);
        Bytes other = message;
        other[3] ^= 1;
        EXPECT_FALSE(shown.verify(algorithm, other, false, signature).value());
        for (const std::size_t at : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
            Bytes altered = signature;
            altered[at] ^= 1;
            EXPECT_FALSE(shown.verify(algorithm, message, false, altered).value());
        }
        Bytes longer = signature;
        longer.push_back(0);
        EXPECT_FALSE(shown.verify(algorithm, message, false, longer).value());
        EXPECT_FALSE(shown.verify(algorithm, message, false, BytesView(signature).first(width - 1))
                         .value());
        EXPECT_FALSE(shown.verify(algorithm, message, false, {}).value());
        EXPECT_FALSE(shown.verify(algorithm, message, false, Bytes(width, 0)).value());
        EXPECT_FALSE(shown.verify(algorithm, message, false, Bytes(width, 0xff)).value());
    }
}

TEST(Signatures, DigestModeSignsTheSameAndChecksLength) {
    const Bytes message(10, 0x44);
    constexpr Hash hashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};
    for (const SignatureAlgorithm algorithm : kAll) {
        const PrivateKey& key = key_for(algorithm);
        const Bytes hashed = digest(hashes[static_cast<std::size_t>(algorithm) % 3], message);
        const Bytes signature = key.sign(algorithm, hashed, true).value();
        EXPECT_TRUE(key.public_key().verify(algorithm, message, false, signature).value());
        EXPECT_TRUE(key.public_key().verify(algorithm, hashed, true, signature).value());
        expect_invalid(key.sign(algorithm, BytesView(hashed).first(31), true), "message");
        expect_invalid(key.public_key().verify(algorithm, Bytes(65), true, signature), "message");
        expect_invalid(key.sign(algorithm, {}, true), "message");
    }
}

TEST(Signatures, GoOnlyWithTheirKeys) {
    for (const SignatureAlgorithm algorithm : kAll) {
        const PrivateKey& other = static_cast<std::size_t>(algorithm) < 3 ? rsa_key()
                                                                         : ec_key(Curve::kP256);
        EXPECT_EQ(other.sign(algorithm, {}, false).error().code(), Code::kWrongKeyType);
        EXPECT_EQ(other.public_key().verify(algorithm, {}, false, {}).error().code(),
                  Code::kWrongKeyType);
    }
    EXPECT_EQ(ec_key(Curve::kP384).sign(SignatureAlgorithm::kEs256, {}, false).error().code(),
              Code::kWrongKeyType);
    EXPECT_EQ(ec_key(Curve::kP256).sign(SignatureAlgorithm::kEs512, {}, false).error().code(),
              Code::kWrongKeyType);
}

// RFC 7515, appendix A.3: ES256.
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view kD = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";

TEST(Signatures, Rfc7515Es256) {
    const PublicKey key = PublicKey::from_ec(Curve::kP256, b64(kX), b64(kY)).value();
    constexpr std::string_view input =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
        "LmNvbS9pc19yb290Ijp0cnVlfQ";
    const Bytes signature = b64(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    EXPECT_TRUE(key.verify(SignatureAlgorithm::kEs256, as_bytes(input), false, signature).value());
    EXPECT_TRUE(PrivateKey::from_ec(Curve::kP256, secret(b64(kD)), b64(kX), b64(kY)));
}

TEST(EcKeys, RefuseWhatDoesNotBelongTogether) {
    const Bytes x = b64(kX);
    const Bytes y = b64(kY);
    Bytes off = y;
    off[31] ^= 1;
    expect_invalid(PublicKey::from_ec(Curve::kP256, x, off), "x");
    expect_invalid(PublicKey::from_ec(Curve::kP256, x, {}), "x");
    expect_invalid(PublicKey::from_ec(Curve::kP256, {}, {}), "x");
    expect_invalid(PublicKey::from_ec(Curve::kP256, Bytes(33, 1), y), "x");
    expect_invalid(PublicKey::from_ec(Curve::kP256, Bytes(32, 0xff), Bytes(32, 0xff)), "x");
    expect_invalid(PublicKey::from_ec(Curve::kP384, x, y), "x");
    const Bytes d = b64(kD);
    Bytes other = d;
    other[31] ^= 1;
    expect_invalid(PrivateKey::from_ec(Curve::kP256, secret(other), x, y), "d");
    expect_invalid(PrivateKey::from_ec(Curve::kP256, secret(d), x, off), "x");
    expect_invalid(PrivateKey::from_ec(Curve::kP256, SecretBytes(32), x, y), "d");
    expect_invalid(PrivateKey::from_ec(Curve::kP256, secret(Bytes(32, 0xff)), x, y), "d");
    expect_invalid(PrivateKey::from_ec(Curve::kP256, SecretBytes(33), x, y), "d");
    // The group's order itself is out of range, one less is in.
    Bytes order =
        decode_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
    expect_invalid(PrivateKey::from_ec(Curve::kP256, secret(order), {}, {}), "d");
    order[31] -= 1;
    EXPECT_TRUE(PrivateKey::from_ec(Curve::kP256, secret(order), {}, {}));
}

TEST(EcKeys, TakeShortCoordinatesAndGiveFullOnes) {
    // A key whose x or d has a leading zero comes about one time in 128.
    for (int i = 0; i < 2000; ++i) {
        const PrivateKey key = PrivateKey::generate_ec(Curve::kP256).value();
        Bytes x = key.public_key().ec_x();
        Bytes d = reveal(key.ec_d().value());
        EXPECT_EQ(x.size(), 32u);
        EXPECT_EQ(d.size(), 32u);
        if (x[0] != 0) {
            continue;
        }
        x.erase(x.begin());
        while (d.front() == 0) {
            d.erase(d.begin());
        }
        const auto again =
            PrivateKey::from_ec(Curve::kP256, secret(d), x, key.public_key().ec_y());
        ASSERT_TRUE(again);
        EXPECT_EQ(again->public_key().ec_x(), key.public_key().ec_x());
        return;
    }
    FAIL() << "no key with a short coordinate came";
}

TEST(EcKeys, GoThroughTheirEncodings) {
    for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
        const PrivateKey& key = ec_key(curve);
        const PrivateKey again = PrivateKey::from_pkcs8(key.to_pkcs8().value()).value();
        EXPECT_TRUE(equal_ct(again.ec_d().value(), key.ec_d().value()));
        EXPECT_EQ(again.type(), KeyType::kEc);
        const Bytes spki = key.public_key().to_spki().value();
        const PublicKey shown = PublicKey::from_spki(spki).value();
        EXPECT_EQ(shown.ec_x(), key.public_key().ec_x());
        EXPECT_EQ(shown.ec_y(), key.public_key().ec_y());
        EXPECT_EQ(shown.curve(), curve);
        EXPECT_TRUE(shown.to_pem().value().starts_with("-----BEGIN PUBLIC KEY-----\n"));
        EXPECT_EQ(key.to_pkcs1().error().code(), Code::kWrongKeyType);
        EXPECT_EQ(key.rsa_parts().error().code(), Code::kWrongKeyType);
        EXPECT_EQ(key.decrypt_oaep(OaepHash::kSha256, {}).error().code(), Code::kWrongKeyType);
        EXPECT_EQ(key.public_key().encrypt_oaep(OaepHash::kSha1, {}).error().code(),
                  Code::kWrongKeyType);
    }
    EXPECT_EQ(rsa_key().ec_d().error().code(), Code::kWrongKeyType);
}

TEST(RsaKeys, GoThroughTheirEncodings) {
    const PrivateKey& key = rsa_key();
    for (const PrivateKey& again : {PrivateKey::from_pkcs8(key.to_pkcs8().value()).value(),
                                    PrivateKey::from_pkcs1(key.to_pkcs1().value()).value()}) {
        EXPECT_TRUE(equal_ct(again.to_pkcs8().value(), key.to_pkcs8().value()));
        EXPECT_EQ(again.public_key().bits(), 2048u);
        EXPECT_FALSE(again.public_key().curve());
    }
    const PublicKey shown = PublicKey::from_spki(key.public_key().to_spki().value()).value();
    EXPECT_EQ(shown.rsa_modulus(), key.public_key().rsa_modulus());
    EXPECT_EQ(shown.rsa_exponent(), (Bytes{1, 0, 1}));
    EXPECT_EQ(shown.type(), KeyType::kRsa);
}

TEST(RsaKeys, RefuseEncodingsThatAreCutOrLonger) {
    const auto expect_refused = [](const Bytes& der, auto import) {
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{1}, der.size() / 2, der.size() - 1}) {
            EXPECT_EQ(import(BytesView(der).first(size)), Code::kInvalidArgument);
        }
        Bytes longer = der;
        longer.push_back(0);
        EXPECT_EQ(import(longer), Code::kInvalidArgument);
    };
    expect_refused(rsa_key().public_key().to_spki().value(),
                   [](BytesView der) { return PublicKey::from_spki(der).error().code(); });
    expect_refused(reveal(rsa_key().to_pkcs8().value()), [](BytesView der) {
        return PrivateKey::from_pkcs8(secret(der)).error().code();
    });
    expect_refused(reveal(rsa_key().to_pkcs1().value()), [](BytesView der) {
        return PrivateKey::from_pkcs1(secret(der)).error().code();
    });
    // Ed25519 (RFC 8410, section 10.1), and EC where PKCS#1 is expected.
    expect_invalid(
        PublicKey::from_spki(
            decode_base64("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=").value()),
        "key");
    expect_invalid(PrivateKey::from_pkcs1(ec_key(Curve::kP256).to_pkcs8().value()), "key");
}

TEST(RsaKeys, ComeBackFromTheirNumbers) {
    const PrivateKey::RsaParts parts = rsa_key().rsa_parts().value();
    EXPECT_TRUE(PrivateKey::from_rsa(parts));
    PrivateKey::RsaParts least = copy_of(parts);
    for (SecretBytes* part : {&least.p, &least.q, &least.dp, &least.dq, &least.qi}) {
        *part = SecretBytes();
    }
    const PrivateKey recovered = PrivateKey::from_rsa(least).value();
    const Bytes signature =
        recovered.sign(SignatureAlgorithm::kPs256, as_bytes("message"), false).value();
    EXPECT_TRUE(rsa_key().public_key()
                    .verify(SignatureAlgorithm::kPs256, as_bytes("message"), false, signature)
                    .value());
    PrivateKey::RsaParts swapped = copy_of(parts);
    std::swap(swapped.p, swapped.q);
    swapped.dp = SecretBytes();
    swapped.dq = SecretBytes();
    swapped.qi = SecretBytes();
    EXPECT_TRUE(PrivateKey::from_rsa(swapped));
}

TEST(RsaKeys, RefuseNumbersThatDoNotBelongTogether) {
    const PrivateKey::RsaParts parts = rsa_key().rsa_parts().value();
    const auto altered = [&](SecretBytes PrivateKey::RsaParts::* member) {
        PrivateKey::RsaParts bad = copy_of(parts);
        (bad.*member).with_exposed_mutable(insecure_expose_secret(),
                                           [](MutableBytesView out) { out[out.size() - 1] ^= 2; });
        return PrivateKey::from_rsa(bad);
    };
    expect_invalid(altered(&PrivateKey::RsaParts::d), "d");
    expect_invalid(altered(&PrivateKey::RsaParts::p), "p");
    expect_invalid(altered(&PrivateKey::RsaParts::q), "p");
    expect_invalid(altered(&PrivateKey::RsaParts::dp), "dp");
    expect_invalid(altered(&PrivateKey::RsaParts::dq), "dq");
    expect_invalid(altered(&PrivateKey::RsaParts::qi), "qi");
    PrivateKey::RsaParts bad = copy_of(parts);
    bad.q = SecretBytes();
    expect_invalid(PrivateKey::from_rsa(bad), "q");
    bad.p = SecretBytes();
    bad.d.with_exposed_mutable(insecure_expose_secret(), [](MutableBytesView out) { out[9] ^= 2; });
    expect_invalid(PrivateKey::from_rsa(bad), "d");
    bad.d = SecretBytes();
    expect_invalid(PrivateKey::from_rsa(bad), "d");
    bad = copy_of(parts);
    bad.n.back() ^= 1;
    expect_invalid(PrivateKey::from_rsa(bad), "n");
    bad = copy_of(parts);
    bad.p = secret(Bytes{1});
    bad.q = secret(parts.n);
    expect_invalid(PrivateKey::from_rsa(bad), "p");
}

TEST(RsaKeys, HaveBoundedSizes) {
    const Bytes e{1, 0, 1};
    const auto modulus = [](std::size_t bits) {
        Bytes n((bits + 7) / 8, 0xff);
        n[0] = static_cast<std::uint8_t>(0xff >> ((8 - bits % 8) % 8));
        return n;
    };
    expect_invalid(PublicKey::from_rsa(modulus(2047), e), "n");
    EXPECT_TRUE(PublicKey::from_rsa(modulus(2048), e));
    EXPECT_TRUE(PublicKey::from_rsa(modulus(8192), e));
    expect_invalid(PublicKey::from_rsa(modulus(8193), e), "n");
    expect_invalid(PublicKey::from_rsa(Bytes(100000, 0xff), e), "n");
    Bytes even = modulus(2048);
    even.back() = 0xfe;
    expect_invalid(PublicKey::from_rsa(even, e), "n");
    expect_invalid(PublicKey::from_rsa({}, e), "n");
    for (const Bytes& bad : {Bytes{}, Bytes{1}, Bytes{2}, Bytes(9, 0xff)}) {
        expect_invalid(PublicKey::from_rsa(modulus(2048), bad), "e");
    }
    EXPECT_TRUE(PublicKey::from_rsa(modulus(2048), Bytes{3}));
    for (const std::size_t bits : {0u, 1024u, 2047u, 8192u}) {
        expect_invalid(PrivateKey::generate_rsa(bits), "size");
    }
}

TEST(Oaep, RoundTripsAndRefuses) {
    const PublicKey key = rsa_key().public_key();
    for (const OaepHash hash : {OaepHash::kSha1, OaepHash::kSha256}) {
        const std::size_t longest = 256 - 2 * (hash == OaepHash::kSha1 ? 20 : 32) - 2;
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{32}, longest}) {
            const SecretBytes plain = random_secret(size);
            const Bytes ciphertext = key.encrypt_oaep(hash, plain).value();
            EXPECT_TRUE(equal_ct(rsa_key().decrypt_oaep(hash, ciphertext).value(), plain));
        }
        expect_invalid(key.encrypt_oaep(hash, SecretBytes(longest + 1)), "plaintext");
        Bytes ciphertext = key.encrypt_oaep(hash, SecretBytes(16)).value();
        const OaepHash other = hash == OaepHash::kSha1 ? OaepHash::kSha256 : OaepHash::kSha1;
        EXPECT_EQ(rsa_key().decrypt_oaep(other, ciphertext).error().code(), Code::kDecryptFailed);
        ciphertext[100] ^= 1;
        EXPECT_EQ(rsa_key().decrypt_oaep(hash, ciphertext).error().code(), Code::kDecryptFailed);
        for (const std::size_t size : {0u, 255u, 257u}) {
            EXPECT_EQ(rsa_key().decrypt_oaep(hash, Bytes(size, 1)).error().code(),
                      Code::kDecryptFailed);
        }
        EXPECT_EQ(rsa_key().decrypt_oaep(hash, Bytes(256, 0xff)).error().code(),
                  Code::kDecryptFailed);
    }
}

TEST(Oaep, BindsItsLabelAndHashes) {
    const OaepScheme scheme{Hash::kSha384, Hash::kSha1, Bytes{1, 2, 3}};
    const SecretBytes plain = random_secret(24);
    const Bytes ciphertext = encrypt_oaep_with(rsa_key().public_key(), scheme, plain).value();
    EXPECT_TRUE(equal_ct(decrypt_oaep_with(rsa_key(), scheme, ciphertext).value(), plain));
    EXPECT_FALSE(decrypt_oaep_with(rsa_key(), {Hash::kSha384, Hash::kSha1, {}}, ciphertext));
    EXPECT_FALSE(
        decrypt_oaep_with(rsa_key(), {Hash::kSha384, Hash::kSha256, scheme.label}, ciphertext));
}

TEST(Schemes, EcdsaTakesDerToo) {
    const SignatureScheme der{SignaturePadding::kEcdsaDer, Hash::kSha512, Hash::kSha512, 0};
    const PrivateKey& key = ec_key(Curve::kP256);
    const Bytes signature = sign_with(key, der, as_bytes("m"), false).value();
    EXPECT_TRUE(verify_with(key.public_key(), der, as_bytes("m"), false, signature).value());
    EXPECT_FALSE(verify_with(key.public_key(), der, as_bytes("n"), false, signature).value());
    EXPECT_FALSE(verify_with(key.public_key(), der, as_bytes("m"), false, {}).value());
}

TEST(Schemes, Ed25519Rfc8032) {
    const Bytes key =
        decode_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").value();
    const Bytes signature =
        decode_hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
            "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
            .value();
    EXPECT_TRUE(verify_ed25519(key, Bytes{0x72}, signature));
    EXPECT_FALSE(verify_ed25519(key, Bytes{0x73}, signature));
    EXPECT_FALSE(verify_ed25519(BytesView(key).first(31), Bytes{0x72}, signature));
    EXPECT_FALSE(verify_ed25519(key, Bytes{0x72}, {}));
}

TEST(Keys, AreSharedBetweenThreads) {
    const PrivateKey& key = rsa_key();
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 5; ++i) {
                const SignatureAlgorithm algorithm = kAll[static_cast<std::size_t>(i + t) % 9];
                const PrivateKey& used = key_for(algorithm);
                const Bytes signature = used.sign(algorithm, as_bytes("x"), false).value();
                good +=
                    used.public_key().verify(algorithm, as_bytes("x"), false, signature).value();
            }
            good += equal_ct(key.decrypt_oaep(OaepHash::kSha1,
                                              key.public_key().encrypt_oaep(OaepHash::kSha1,
                                                                            SecretBytes(3)).value())
                                 .value(),
                             SecretBytes(3));
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(good, 24);
}

}  // namespace
}  // namespace chatelaine::crypto

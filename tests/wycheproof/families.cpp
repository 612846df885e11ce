#include "families.hpp"

#include <algorithm>

#include "crypto/aead.hpp"
#include "crypto/cipher.hpp"
#include "crypto/jose.hpp"
#include "crypto/mac.hpp"
#include "crypto/schemes.hpp"
#include "members.hpp"

namespace chatelaine::wycheproof {

namespace {

using crypto::Hash;
using crypto::PrivateKey;
using crypto::PublicKey;
using crypto::SecretBytes;
using crypto::SignaturePadding;
using crypto::SignatureScheme;

Open hmac_with(Hash hash) {
    return [hash](const json::Value& group) -> Run {
        return [hash, tag_bytes = number(group, "tagSize") / 8](const json::Value& test) {
            const Bytes tag = crypto::hmac(hash, secret(test, "key"), hex(test, "msg"));
            const Bytes given = hex(test, "tag");
            return given.size() == tag_bytes && tag_bytes <= tag.size() &&
                   crypto::equal_ct(BytesView(tag).first(tag_bytes), given);
        };
    };
}

Run open_cmac(const json::Value& group) {
    return [tag_bytes = number(group, "tagSize") / 8](const json::Value& test) {
        const auto tag = crypto::cmac(secret(test, "key"), hex(test, "msg"));
        return tag && crypto::equal_ct(BytesView(*tag).first(tag_bytes), hex(test, "tag"));
    };
}

Open hkdf_with(Hash hash) {
    return [hash](const json::Value&) -> Run {
        return [hash](const json::Value& test) {
            const auto okm = crypto::hkdf(hash, secret(test, "ikm"), hex(test, "salt"),
                                          hex(test, "info"), number(test, "size"));
            return okm && is(*okm, hex(test, "okm"));
        };
    };
}

Run open_gcm(const json::Value& group) {
    const std::size_t iv_bytes = number(group, "ivSize") / 8;
    if (iv_bytes > crypto::gcm_iv_bytes_max) {
        return [](const json::Value&) { return std::nullopt; };
    }
    return [iv_bytes](const json::Value& test) -> std::optional<bool> {
        const SecretBytes key = secret(test, "key");
        const Bytes iv = hex(test, "iv");
        const Bytes aad = hex(test, "aad");
        const Bytes plain = hex(test, "msg");
        Bytes sealed = hex(test, "ct");
        const Bytes tag = hex(test, "tag");
        bool agreed = true;
        if (iv_bytes == crypto::gcm_nonce_bytes) {
            // The cipher of the service's own ciphertexts too.
            auto cipher = crypto::AesGcm::create(key).value();
            Bytes opened(sealed.size());
            agreed = cipher.decrypt(aad, iv, sealed, tag, opened).has_value() && opened == plain;
        }
        sealed.insert(sealed.end(), tag.begin(), tag.end());
        const auto opened = crypto::gcm_decrypt_with_iv(key, iv, aad, sealed);
        const auto made =
            crypto::insecure_gcm_encrypt_with_iv(key, iv, aad, SecretBytes::copy_of(plain));
        return agreed && opened && is(*opened, plain) && made && *made == sealed;
    };
}

Run open_cbc(const json::Value&) {
    return [](const json::Value& test) {
        const SecretBytes key = secret(test, "key");
        const auto opened = crypto::cbc_decrypt(key, hex(test, "iv"), hex(test, "ct"));
        const auto made = crypto::cbc_encrypt(key, hex(test, "iv"), secret(test, "msg"));
        return opened && is(*opened, hex(test, "msg")) && made && *made == hex(test, "ct");
    };
}

Open key_wrap(bool padded) {
    return [padded](const json::Value&) -> Run {
        return [padded](const json::Value& test) {
            const SecretBytes kek = secret(test, "key");
            const auto opened = crypto::unwrap_key(kek, hex(test, "ct"), padded);
            const auto made = crypto::wrap_key(kek, secret(test, "msg"), padded);
            return opened && is(*opened, hex(test, "msg")) && made && *made == hex(test, "ct");
        };
    };
}

/// A group of signatures under one public key and scheme.
Run verify_under(Result<PublicKey> key, const SignatureScheme& scheme) {
    if (!key) {
        return [](const json::Value&) { return std::nullopt; };
    }
    return [key = *key, scheme](const json::Value& test) -> std::optional<bool> {
        const auto good =
            crypto::verify_with(key, scheme, hex(test, "msg"), false, hex(test, "sig"));
        // A malformed signature is never an error.
        return good.value();
    };
}

Run verify_group(const json::Value& group, const SignatureScheme& scheme) {
    return verify_under(PublicKey::from_spki(hex(group, "publicKeyDer")), scheme);
}

Open ecdsa(std::string_view type, SignaturePadding padding) {
    return [type, padding](const json::Value& group) -> Run {
        const auto hash = hash_named(text(group, "sha"));
        if (text(group, "type") != type || !hash) {
            return {};
        }
        return verify_group(group, {padding, *hash, *hash, 0});
    };
}

Run open_pkcs1(const json::Value& group) {
    const auto hash = text(group, "type") == "RsassaPkcs1Verify" ? hash_named(text(group, "sha"))
                                                                : std::nullopt;
    if (!hash) {
        return {};
    }
    return verify_group(group, {SignaturePadding::kPkcs1, *hash, *hash, 0});
}

Run open_pss(const json::Value& group) {
    if (text(group, "type") != "RsassaPssVerify" || text(group, "mgf") != "MGF1") {
        return {};
    }
    return verify_group(group, {SignaturePadding::kPss, hash_named(text(group, "sha")).value(),
                                hash_named(text(group, "mgfSha")).value(), number(group, "sLen")});
}

/// The same vectors under keys whose SubjectPublicKeyInfo names the parameters (RFC 4055): the
/// service takes such a key by its numbers.
Run open_pss_parameters(const json::Value& group) {
    if (text(group, "type") != "RsassaPssWithParametersVerify") {
        return {};
    }
    const json::Value numbers = group.member("publicKey");
    const auto strip = [](Bytes octets) {
        octets.erase(octets.begin(), std::find_if(octets.begin(), octets.end(),
                                                  [](std::uint8_t octet) { return octet != 0; }));
        return octets;
    };
    auto key = PublicKey::from_rsa(strip(hex(numbers, "modulus")),
                                   strip(hex(numbers, "publicExponent")));
    return verify_under(std::move(key),
                        {SignaturePadding::kPss, hash_named(text(group, "sha")).value(),
                         hash_named(text(group, "mgfSha")).value(), number(group, "sLen")});
}

/// The JWK of a JOSE group; nothing for the types that the service does not take.
std::optional<crypto::Jwk> group_jwk(const json::Value& value) {
    auto jwk = crypto::parse_jwk(value);
    return jwk ? std::optional(std::move(jwk).value()) : std::nullopt;
}

/// JWS under RSA and EC keys. A key that says what it is for is held to it, as a service key is;
/// one example of RFC 7520 names an algorithm that does not exist ("ES521").
Run open_jws(const json::Value& group) {
    const json::Value shown = group.member("public");
    auto jwk = group_jwk(shown);
    if (!jwk) {
        return {};
    }
    const auto bound = crypto::signature_algorithm_from_name(jwk->alg);
    const auto use = shown.member("use").string();
    const auto& operations = jwk->key_ops;
    const bool signs = (!use || *use == "sig") &&
                       (operations.empty() ||
                        std::find(operations.begin(), operations.end(), "verify") !=
                            operations.end());
    return [key = std::get<PublicKey>(jwk->material), bound,
            signs](const json::Value& test) -> std::optional<bool> {
        const auto parts = crypto::parse_jws(text(test, "jws"));
        if (parts && bound && parts->algorithm != *bound && text(test, "comment") == "Figure20") {
            // RFC 7520, section 4.2, signs PS384 with a key that says PS256: the service does not.
            return std::nullopt;
        }
        if (!parts || !signs || (bound && parts->algorithm != *bound)) {
            return false;
        }
        const auto good = key.verify(parts->algorithm, as_bytes(parts->signing_input), false,
                                     parts->signature);
        return good && *good;
    };
}

/// JWE under RSA keys.
Run open_jwe(const json::Value& group) {
    auto jwk = group_jwk(group.member("private"));
    const auto* key = jwk ? std::get_if<PrivateKey>(&jwk->material) : nullptr;
    if (key == nullptr || key->type() != crypto::KeyType::kRsa ||
        !jwk->alg.starts_with("RSA-OAEP")) {
        return {};
    }
    return [key = *key, alg = jwk->alg](const json::Value& test) -> std::optional<bool> {
        const auto opened = crypto::unwrap_jwe(key, text(test, "jwe"));
        const auto hash = alg == "RSA-OAEP" ? crypto::OaepHash::kSha1 : crypto::OaepHash::kSha256;
        return opened && opened->hash == hash && is(opened->payload, hex(test, "pt"));
    };
}

Run open_oaep(const json::Value& group) {
    auto key = PrivateKey::from_pkcs8(secret(group, "privateKeyPkcs8"));
    if (!key) {
        return [](const json::Value&) { return std::nullopt; };
    }
    const crypto::OaepScheme scheme{hash_named(text(group, "sha")).value(),
                                    hash_named(text(group, "mgfSha")).value(),
                                    {}};
    return [key = *key, scheme](const json::Value& test) -> std::optional<bool> {
        crypto::OaepScheme labelled = scheme;
        labelled.label = hex(test, "label");
        const auto opened = crypto::decrypt_oaep_with(key, labelled, hex(test, "ct"));
        return opened && is(*opened, hex(test, "msg"));
    };
}

Run open_ed25519(const json::Value& group) {
    return [key = hex(group.member("publicKey"), "pk")](const json::Value& test) {
        return crypto::verify_ed25519(key, hex(test, "msg"), hex(test, "sig"));
    };
}

}  // namespace

std::vector<Family> families() {
    const std::vector<std::string> nist{"ecdsa_secp256r1_", "ecdsa_secp384r1_", "ecdsa_secp521r1_"};
    std::vector<Family> all{
        {"HMAC SHA-1", {"hmac_sha1_"}, 170, 0, hmac_with(Hash::kSha1)},
        {"HMAC SHA-224", {"hmac_sha224_"}, 172, 0, hmac_with(Hash::kSha224)},
        {"HMAC SHA-256", {"hmac_sha256_"}, 174, 0, hmac_with(Hash::kSha256)},
        {"HMAC SHA-384", {"hmac_sha384_"}, 174, 0, hmac_with(Hash::kSha384)},
        {"HMAC SHA-512", {"hmac_sha512_test"}, 174, 0, hmac_with(Hash::kSha512)},
        {"HMAC SHA-512/224", {"hmac_sha512_224_"}, 173, 0, hmac_with(Hash::kSha512_224)},
        {"HMAC SHA-512/256", {"hmac_sha512_256_"}, 175, 0, hmac_with(Hash::kSha512_256)},
        {"HMAC SHA3-224", {"hmac_sha3_224_"}, 172, 0, hmac_with(Hash::kSha3_224)},
        {"HMAC SHA3-256", {"hmac_sha3_256_"}, 174, 0, hmac_with(Hash::kSha3_256)},
        {"HMAC SHA3-384", {"hmac_sha3_384_"}, 174, 0, hmac_with(Hash::kSha3_384)},
        {"HMAC SHA3-512", {"hmac_sha3_512_"}, 174, 0, hmac_with(Hash::kSha3_512)},
        {"ECDSA DER", nist, 5642, 0, ecdsa("EcdsaVerify", SignaturePadding::kEcdsaDer)},
        {"ECDSA r and s", nist, 2290, 0, ecdsa("EcdsaP1363Verify", SignaturePadding::kEcdsaFixed)},
        {"RSA PKCS#1 v1.5", {"rsa_signature_"}, 6202, 0, open_pkcs1},
        {"RSA-PSS", {"rsa_pss_"}, 1626, 0, open_pss},
        {"RSA-OAEP", {"rsa_oaep_"}, 1098, 120, open_oaep},
        {"RSA-PSS, numbers", {"rsa_pss_"}, 1091, 0, open_pss_parameters},
        {"JWS", {"json_web_signature_"}, 361, 2, open_jws},
        {"JWE", {"json_web_encryption_"}, 28, 0, open_jwe},
        {"HKDF SHA-1", {"hkdf_sha1_"}, 87, 0, hkdf_with(Hash::kSha1)},
        {"HKDF SHA-256", {"hkdf_sha256_"}, 86, 0, hkdf_with(Hash::kSha256)},
        {"HKDF SHA-384", {"hkdf_sha384_"}, 83, 0, hkdf_with(Hash::kSha384)},
        {"HKDF SHA-512", {"hkdf_sha512_"}, 83, 0, hkdf_with(Hash::kSha512)},
        {"AES-GCM", {"aes_gcm_test"}, 316, 3, open_gcm},
        {"AES-CMAC", {"aes_cmac_"}, 311, 0, open_cmac},
        {"AES-KWP", {"aes_kwp_"}, 254, 0, key_wrap(true)},
        {"AES-KW", {"aes_wrap_"}, 165, 0, key_wrap(false)},
        {"AES-CBC", {"aes_cbc_pkcs5_"}, 216, 0, open_cbc},
        {"Ed25519", {"ed25519_test"}, 150, 0, open_ed25519},
    };
    for (Family& family : named_parameter_families()) {
        all.push_back(std::move(family));
    }
    return all;
}

}  // namespace chatelaine::wycheproof

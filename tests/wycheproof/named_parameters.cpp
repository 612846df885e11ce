// The families that judge what KMIP names every parameter of: ciphers, keys on any curve,
// agreement, PKCS#1 v1.5 decryption, key derivation.
#include "crypto/block_cipher.hpp"
#include "crypto/cipher.hpp"
#include "crypto/derive.hpp"
#include "crypto/schemes.hpp"
#include "families.hpp"
#include "members.hpp"

namespace chatelaine::wycheproof {

namespace {

using crypto::AnyPrivateKey;
using crypto::AnyPublicKey;
using crypto::BlockPadding;
using crypto::Cipher;
using crypto::CipherMode;
using crypto::CipherParameters;
using crypto::Hash;
using crypto::KeyAlgorithm;
using crypto::SecretBytes;
using crypto::SignaturePadding;
using crypto::SignatureScheme;

/// The cipher opens what the vector shows, and makes it.
bool agrees(const CipherParameters& parameters, const json::Value& test, BytesView tag) {
    const SecretBytes key = secret(test, "key");
    const auto opened = crypto::cipher_decrypt(key, parameters, hex(test, "ct"), tag);
    const auto made = crypto::cipher_encrypt(key, parameters, secret(test, "msg"));
    return opened && is(*opened, hex(test, "msg")) && made && made->ciphertext == hex(test, "ct") &&
           crypto::equal_ct(made->tag, tag);
}

Open aead(Cipher cipher, CipherMode mode) {
    return [=](const json::Value& group) -> Run {
        if (mode == CipherMode::kGcm && number(group, "ivSize") / 8 > crypto::gcm_iv_bytes_max) {
            return [](const json::Value&) { return std::nullopt; };
        }
        return [=, tag_bytes = number(group, "tagSize") / 8](const json::Value& test) {
            const Bytes iv = hex(test, "iv");
            const Bytes aad = hex(test, "aad");
            return agrees({cipher, mode, BlockPadding::kNone, iv, aad, tag_bytes}, test,
                          hex(test, "tag"));
        };
    };
}

Open cbc(Cipher cipher) {
    return [=](const json::Value&) -> Run {
        return [=](const json::Value& test) {
            const Bytes iv = hex(test, "iv");
            return agrees({cipher, CipherMode::kCbc, BlockPadding::kPkcs7, iv, {}, 0}, test, {});
        };
    };
}

/// IEEE 1619: the vectors name the data unit's number in fewer bytes, little-endian.
Run open_xts(const json::Value&) {
    return [](const json::Value& test) -> std::optional<bool> {
        Bytes tweak = hex(test, "iv");
        if (hex(test, "key").size() == 48) {
            return std::nullopt;  // AES-192 has no XTS
        }
        tweak.resize(16);
        return agrees({Cipher::kAes, CipherMode::kXts, BlockPadding::kNone, tweak, {}, 0}, test,
                      {});
    };
}

Run open_camellia_cmac(const json::Value& group) {
    return [tag_bytes = number(group, "tagSize") / 8](const json::Value& test) {
        const auto tag = crypto::mac_with(
            secret(test, "key"),
            {crypto::MacScheme::Kind::kCmac, Hash::kSha256, Cipher::kCamellia}, hex(test, "msg"));
        return tag && crypto::equal_ct(BytesView(*tag).first(tag_bytes), hex(test, "tag"));
    };
}

/// A group of signatures under one key; a malformed signature is never an error.
Run verify_group(const json::Value& group, const SignatureScheme& scheme) {
    const auto key = AnyPublicKey::from_spki(hex(group, "publicKeyDer"));
    if (!key) {
        return [](const json::Value&) { return std::nullopt; };
    }
    return [key = *key, scheme](const json::Value& test) -> std::optional<bool> {
        return crypto::verify_with(key, scheme, hex(test, "msg"), false, hex(test, "sig")).value();
    };
}

Run open_ecdsa(const json::Value& group) {
    const auto hash = hash_named(text(group, "sha"));
    const auto type = text(group, "type");
    if (!hash || (type != "EcdsaVerify" && type != "EcdsaP1363Verify")) {
        return {};
    }
    const auto padding =
        type == "EcdsaVerify" ? SignaturePadding::kEcdsaDer : SignaturePadding::kEcdsaFixed;
    return verify_group(group, {padding, *hash, *hash, 0});
}

Run open_eddsa(const json::Value& group) {
    return verify_group(group, {SignaturePadding::kPure, Hash::kSha256, Hash::kSha256, 0});
}

bool agreed(const Result<AnyPrivateKey>& own, const Result<AnyPublicKey>& other,
            const json::Value& test) {
    if (!own || !other) {
        return false;
    }
    const auto made = crypto::derive_agreed(*own, *other, 0);
    return made && is(*made, hex(test, "shared"));
}

Run open_ecdh(const json::Value& group) {
    const auto type = text(group, "type");
    if (type != "EcdhTest" && type != "EcdhEcpointTest") {
        return {};
    }
    return [curve = std::string(text(group, "curve")),
            bare = type == "EcdhEcpointTest"](const json::Value& test) {
        const Bytes shown = hex(test, "public");
        return agreed(AnyPrivateKey::from_ec(curve, secret(test, "private")),
                      bare ? AnyPublicKey::from_ec(curve, shown) : AnyPublicKey::from_spki(shown),
                      test);
    };
}

Open montgomery(KeyAlgorithm algorithm) {
    return [=](const json::Value&) -> Run {
        return [=](const json::Value& test) {
            return agreed(AnyPrivateKey::from_raw(algorithm, secret(test, "private")),
                          AnyPublicKey::from_raw(algorithm, hex(test, "public")), test);
        };
    };
}

/// What the padding spoils opens to something else: these vectors are "invalid" and must not give
/// their message.
Run open_pkcs1_encryption(const json::Value& group) {
    if (text(group, "type") != "RsaesPkcs1Decrypt") {
        return {};
    }
    auto key = AnyPrivateKey::from_pkcs8(secret(group, "privateKeyPkcs8")).value();
    return [key = std::move(key)](const json::Value& test) -> std::optional<bool> {
        const auto opened = crypto::decrypt_pkcs1_with(key, hex(test, "ct"));
        return opened && is(*opened, hex(test, "msg"));
    };
}

Open pbkdf2(Hash hash) {
    return [=](const json::Value&) -> Run {
        return [=](const json::Value& test) -> std::optional<bool> {
            if (number(test, "iterationCount") > crypto::pbkdf2_iterations_max) {
                return std::nullopt;
            }
            const auto made =
                crypto::derive_pbkdf2(hash, secret(test, "password"), hex(test, "salt"),
                                      number(test, "iterationCount"), number(test, "dkLen"));
            return made && is(*made, hex(test, "dk"));
        };
    };
}

}  // namespace

std::vector<Family> named_parameter_families() {
    using enum CipherMode;
    return {
        {"AES-CCM", {"aes_ccm_"}, 552, 0, aead(Cipher::kAes, kCcm)},
        {"AES-XTS", {"aes_xts_"}, 123, 41, open_xts},
        {"ChaCha20-Poly1305", {"chacha20_poly1305_"}, 325, 0,
         aead(Cipher::kChaCha20Poly1305, kAead)},
        {"ARIA-GCM", {"aria_gcm_"}, 311, 3, aead(Cipher::kAria, kGcm)},
        {"ARIA-CCM", {"aria_ccm_"}, 552, 0, aead(Cipher::kAria, kCcm)},
        {"ARIA-CBC", {"aria_cbc_"}, 216, 0, cbc(Cipher::kAria)},
        {"Camellia-CBC", {"camellia_cbc_"}, 216, 0, cbc(Cipher::kCamellia)},
        {"Camellia-CMAC", {"camellia_cmac_"}, 311, 0, open_camellia_cmac},
        {"ECDSA, more curves",
         {"ecdsa_brainpoolP256r1_", "ecdsa_secp192r1_", "ecdsa_secp224r1_sha2",
          "ecdsa_secp256k1_sha256_"},
         3961, 0, open_ecdsa},
        {"Ed448", {"ed448_"}, 86, 0, open_eddsa},
        {"ECDH",
         {"ecdh_secp224r1_test", "ecdh_secp256k1_test", "ecdh_brainpoolP256r1_", "ecdh_sect283k1_",
          "ecdh_secp521r1_ecpoint"},
         3198, 0, open_ecdh},
        {"X25519", {"x25519_test"}, 518, 0, montgomery(KeyAlgorithm::kX25519)},
        {"X448", {"x448_test"}, 510, 0, montgomery(KeyAlgorithm::kX448)},
        {"RSA decryption", {"rsa_pkcs1_"}, 201, 0, open_pkcs1_encryption},
        {"PBKDF2 SHA-1", {"pbkdf2_hmacsha1_"}, 64, 1, pbkdf2(Hash::kSha1)},
        {"PBKDF2 SHA-256", {"pbkdf2_hmacsha256_"}, 60, 0, pbkdf2(Hash::kSha256)},
        {"PBKDF2 SHA-512", {"pbkdf2_hmacsha512_"}, 58, 0, pbkdf2(Hash::kSha512)},
    };
}

}  // namespace chatelaine::wycheproof

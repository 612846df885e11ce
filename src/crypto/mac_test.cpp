// Proves HMAC, CMAC, HKDF and CBC where the hash or IV is the caller's: RFC 4231, RFC 4493,
// RFC 5869, SP 800-38A; and their sizes. tests/wycheproof has the bulk of the vectors.
#include "crypto/mac.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "crypto/cipher.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }
std::string hex(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return encode_hex(raw); });
}

TEST(Mac, KnownAnswers) {
    EXPECT_EQ(encode_hex(hmac(Hash::kSha1, secret("4a656665"),
                              as_bytes("what do ya want for nothing?"))),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(encode_hex(hmac(Hash::kSha512, secret("4a656665"),
                              as_bytes("what do ya want for nothing?"))),
              "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
              "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
    EXPECT_EQ(encode_hex(*cmac(secret("2b7e151628aed2a6abf7158809cf4f3c"), {})),
              "bb1d6929e95937287fa37d129b756746");
    EXPECT_EQ(cmac(SecretBytes(20), {}).error().detail().field, "key");
}

TEST(Mac, AgreesWithTheKeptSha256) {
    const SecretBytes key = random_secret(40);
    const Sha256 kept = hmac_sha256(key, as_bytes("m"));
    EXPECT_EQ(hmac(Hash::kSha256, key, as_bytes("m")), Bytes(kept.begin(), kept.end()));
    EXPECT_TRUE(equal_ct(*hkdf(Hash::kSha256, key, as_bytes("s"), as_bytes("i"), 100),
                         hkdf_sha256(key, as_bytes("s"), as_bytes("i"), 100)));
}

TEST(Mac, HkdfHasItsLimit) {
    // RFC 5869, appendix A.7: SHA-1 without a salt.
    const SecretBytes input = SecretBytes::copy_of(Bytes(22, 0x0c));
    EXPECT_EQ(hex(*hkdf(Hash::kSha1, input, {}, {}, 42)),
              "2c91117204d745f3500d636a62f64f0ab3bae548aa"
              "53d423b0d1f27ebba6f5e5673a081d70cce7acfc48");
    EXPECT_EQ(hkdf(Hash::kSha1, SecretBytes(1), {}, {}, 255 * 20)->size(), 5100u);
    EXPECT_EQ(hkdf(Hash::kSha1, SecretBytes(1), {}, {}, 255 * 20 + 1).error().code(),
              Code::kInvalidArgument);
}

TEST(Digest, HasTheSizesOfItsHashes) {
    constexpr std::size_t sizes[] = {20, 28, 32, 48, 64, 28, 32, 28, 32, 48, 64, 16, 20};
    for (std::size_t i = 0; i < static_cast<std::size_t>(Hash::kEnd); ++i) {
        const auto hash = static_cast<Hash>(i);
        if (!hash_available(hash)) {
            continue;
        }
        EXPECT_EQ(hash_bytes(hash), sizes[i]);
        EXPECT_EQ(digest(hash, as_bytes("abc")).size(), sizes[i]);
    }
    EXPECT_EQ(encode_hex(digest(Hash::kSha3_256, as_bytes("abc"))),
              "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
}

TEST(Cbc, RoundTripsAndRefuses) {
    // SP 800-38A, F.2.1, whose first block is the same with padding behind it.
    const SecretBytes key = secret("2b7e151628aed2a6abf7158809cf4f3c");
    const Bytes iv = *decode_hex("000102030405060708090a0b0c0d0e0f");
    const Bytes made = *cbc_encrypt(key, iv, secret("6bc1bee22e409f96e93d7e117393172a"));
    EXPECT_EQ(encode_hex(BytesView(made).first(16)), "7649abac8119b246cee98e9b12e9197d");
    for (std::size_t size = 0; size < 50; ++size) {
        const SecretBytes plain = random_secret(size);
        const Bytes ciphertext = *cbc_encrypt(key, iv, plain);
        EXPECT_EQ(ciphertext.size(), (size / 16 + 1) * 16);
        EXPECT_TRUE(equal_ct(*cbc_decrypt(key, iv, ciphertext), plain));
    }
    for (const std::size_t size : {0u, 15u, 17u}) {
        EXPECT_EQ(cbc_decrypt(key, iv, Bytes(size)).error().code(), Code::kDecryptFailed);
    }
    EXPECT_FALSE(cbc_decrypt(key, BytesView(iv).first(15), made));
    EXPECT_FALSE(cbc_encrypt(key, BytesView(iv).first(15), SecretBytes(1)));
    EXPECT_FALSE(cbc_encrypt(SecretBytes(17), iv, SecretBytes(1)));
    EXPECT_FALSE(cbc_decrypt(SecretBytes(17), iv, made));
}

TEST(GcmWithIv, TakesBoundedIvs) {
    const SecretBytes key = random_secret(32);
    for (const std::size_t size : {1u, 12u, 16u, 128u}) {
        const Bytes iv(size, 9);
        const Bytes sealed = *insecure_gcm_encrypt_with_iv(key, iv, as_bytes("a"), SecretBytes(33));
        EXPECT_TRUE(
            equal_ct(*gcm_decrypt_with_iv(key, iv, as_bytes("a"), sealed), SecretBytes(33)));
        EXPECT_FALSE(gcm_decrypt_with_iv(key, iv, as_bytes("b"), sealed));
        EXPECT_FALSE(gcm_decrypt_with_iv(key, iv, as_bytes("a"), BytesView(sealed).first(15)));
    }
    EXPECT_FALSE(insecure_gcm_encrypt_with_iv(key, {}, {}, SecretBytes(1)));
    EXPECT_FALSE(insecure_gcm_encrypt_with_iv(key, Bytes(129), {}, SecretBytes(1)));
    EXPECT_FALSE(gcm_decrypt_with_iv(key, {}, {}, Bytes(40)));
}

}  // namespace
}  // namespace chatelaine::crypto

// Proves key derivation for KMIP: RFC 6070 and 7914 (PBKDF2), RFC 4231, SP 800-38A, CAVP's SP
// 800-108 in counter mode, feedback and pipeline against sums made by hand, RFC 7748 and a CAVP
// ECDH; and the bounds.
#include "crypto/derive.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }
std::string hex(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return encode_hex(raw); });
}
Bytes bytes(std::string_view hex) { return *decode_hex(hex); }
constexpr BlockPadding kNone = BlockPadding::kNone;

TEST(Derive, Pbkdf2) {
    const SecretBytes password = SecretBytes::copy_of(as_bytes("password"));
    EXPECT_EQ(hex(*derive_pbkdf2(Hash::kSha1, password, as_bytes("salt"), 2, 20)),
              "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
    EXPECT_EQ(hex(*derive_pbkdf2(Hash::kSha1, password, as_bytes("salt"), 4096, 20)),
              "4b007901b765489abead49d926f721d065a429c1");
    EXPECT_EQ(hex(*derive_pbkdf2(Hash::kSha256, SecretBytes::copy_of(as_bytes("passwd")),
                                 as_bytes("salt"), 1, 64)),
              "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
              "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    EXPECT_EQ(derive_pbkdf2(Hash::kSha256, password, {}, 0, 16).error().detail().field,
              "iterations");
    EXPECT_EQ(derive_pbkdf2(Hash::kSha256, password, {}, pbkdf2_iterations_max + 1, 16)
                  .error()
                  .detail()
                  .field,
              "iterations");
    EXPECT_EQ(derive_pbkdf2(Hash::kSha256, SecretBytes(), {}, 1, 16)->size(), 16u);
    EXPECT_EQ(derive_pbkdf2(Hash::kEnd, password, {}, 1, 16).error().detail().field, "hash");
    EXPECT_EQ(derive_pbkdf2(Hash::kSha1, password, {}, 1, derived_bytes_max + 1)
                  .error()
                  .detail()
                  .field,
              "size");
}

TEST(Derive, HashAndHmac) {
    const SecretBytes abc = SecretBytes::copy_of(as_bytes("abc"));
    EXPECT_EQ(hex(*derive_hash(Hash::kSha256, abc, 16)), "ba7816bf8f01cfea414140de5dae2223");
    EXPECT_EQ(derive_hash(Hash::kSha256, abc, 32)->size(), 32u);
    EXPECT_EQ(derive_hash(Hash::kSha256, abc, 33).error().detail().field, "size");
    EXPECT_EQ(derive_hash(Hash::kSha256, abc, 0).error().detail().field, "size");
    EXPECT_EQ(hex(*derive_hmac(Hash::kSha256, secret("4a656665"),
                               as_bytes("what do ya want for nothing?"), 8)),
              "5bdcc146bf60754e");
    EXPECT_EQ(derive_hmac(Hash::kSha256, abc, {}, 33).error().detail().field, "size");
}

TEST(Derive, Encrypt) {
    const Bytes iv = bytes("000102030405060708090a0b0c0d0e0f");
    const CipherParameters cbc{Cipher::kAes, CipherMode::kCbc, kNone, iv, {}, 0};
    const SecretBytes key = secret("2b7e151628aed2a6abf7158809cf4f3c");
    const SecretBytes data = secret("6bc1bee22e409f96e93d7e117393172a");
    EXPECT_EQ(hex(*derive_encrypt(key, cbc, data, 8)), "7649abac8119b246");
    EXPECT_EQ(derive_encrypt(key, cbc, data, 17).error().detail().field, "size");
    EXPECT_EQ(derive_encrypt(SecretBytes(3), cbc, data, 8).error().detail().field, "key");
}

MacScheme hmac_of(Hash hash) { return {MacScheme::Kind::kHmac, hash, Cipher::kAes}; }

TEST(Derive, Kbkdf) {
    // CAVP KDFCTR, [PRF=HMAC_SHA1] [CTRLOCATION=BEFORE_FIXED] [RLEN=32_BITS], count 0.
    const KbkdfScheme counter{KbkdfMode::kCounter, hmac_of(Hash::kSha1), {}};
    EXPECT_EQ(hex(*derive_kbkdf(counter, secret("f7591733c856593565130975351954d0155abf3c"),
                                bytes("8e347ef55d5f5e99eab6de706b51de7ce004f3882889e259ff4e5cff10"
                                      "2167a5a4bd711578d4ce17dd9abe56e51c1f2df950e2fc812ec1b217ca"
                                      "08d6"),
                                16)),
              "34fe44b0d8c41b93f5fa64fb96f00e5b");
    EXPECT_EQ(derive_kbkdf(counter, SecretBytes(16), {}, 0).error().detail().field, "size");
    EXPECT_EQ(
        derive_kbkdf({KbkdfMode::kEnd, hmac_of(Hash::kSha1), {}}, SecretBytes(16), {}, 8)
            .error()
            .detail()
            .field,
        "mode");
    const Bytes iv(4);
    EXPECT_EQ(derive_kbkdf({KbkdfMode::kCounter, hmac_of(Hash::kSha1), iv}, SecretBytes(16), {}, 8)
                  .error()
                  .detail()
                  .field,
              "iv");
    const MacScheme cmac{MacScheme::Kind::kCmac, Hash::kSha1, Cipher::kAes};
    EXPECT_EQ(derive_kbkdf({KbkdfMode::kCounter, cmac, {}}, SecretBytes(16), {}, 40)->size(), 40u);
    const auto short_key = derive_kbkdf({KbkdfMode::kCounter, cmac, {}}, SecretBytes(15), {}, 8);
    EXPECT_EQ(short_key.error().detail().field, "key");
}

Bytes joined(std::initializer_list<BytesView> parts) {
    Bytes all;
    for (const BytesView part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

RC_GTEST_PROP(DeriveProperty, ChainedModesAreTheirSums, ()) {
    const SecretBytes key = random_secret(20);
    const auto fixed = *rc::gen::arbitrary<Bytes>();
    const auto iv = *rc::gen::arbitrary<Bytes>();
    const auto size = *rc::gen::inRange<std::size_t>(1, 96);
    Bytes feedback;
    Bytes pipeline;
    Bytes k = iv;
    Bytes a = fixed;
    for (std::uint8_t i = 1; i <= 3; ++i) {
        const Bytes counter{0, 0, 0, i};
        k = hmac(Hash::kSha256, key, joined({k, counter, fixed}));
        a = hmac(Hash::kSha256, key, a);
        feedback = joined({feedback, k});
        pipeline = joined({pipeline, hmac(Hash::kSha256, key, joined({a, counter, fixed}))});
    }
    feedback.resize(size);
    pipeline.resize(size);
    RC_ASSERT(hex(*derive_kbkdf({KbkdfMode::kFeedback, hmac_of(Hash::kSha256), iv}, key, fixed,
                                size)) == encode_hex(feedback));
    RC_ASSERT(hex(*derive_kbkdf({KbkdfMode::kDoublePipeline, hmac_of(Hash::kSha256), {}}, key,
                                fixed, size)) == encode_hex(pipeline));
}

TEST(Derive, Agreement) {
    // RFC 7748 section 5.2, first vectors of both.
    const auto own = *AnyPrivateKey::from_raw(
        KeyAlgorithm::kX25519,
        secret("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"));
    const auto other = *AnyPublicKey::from_raw(
        KeyAlgorithm::kX25519,
        bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
    EXPECT_EQ(hex(*derive_agreed(own, other, 0)),
              "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    EXPECT_EQ(hex(*derive_agreed(own, other, 4)), "c3da5537");
    EXPECT_EQ(derive_agreed(own, other, 33).error().detail().field, "size");
    const auto own448 = *AnyPrivateKey::from_raw(
        KeyAlgorithm::kX448, secret("3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a77"
                                    "9c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3"));
    const auto other448 = *AnyPublicKey::from_raw(
        KeyAlgorithm::kX448,
        bytes("06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031"
              "ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086"));
    EXPECT_EQ(hex(*derive_agreed(own448, other448, 0)),
              "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaad"
              "eb445fc66a01b0779d98223961111e21766282f73dd96b6f");
    // RFC 7027, appendix A.1.
    const auto alice = *AnyPrivateKey::from_ec(
        "brainpoolP256r1",
        secret("81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d"));
    const auto bob = *AnyPublicKey::from_ec(
        "brainpoolP256r1",
        bytes("048d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b"
              "990c57520812be512641e47034832106bc7d3e8dd0e4c7f1136d7006547cec6a"));
    EXPECT_EQ(hex(*derive_agreed(alice, bob, 0)),
              "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b");
    EXPECT_EQ(derive_agreed(alice, other, 0).error().code(), Code::kWrongKeyType);
    const auto elsewhere = AnyPrivateKey::generate_ec("secp256k1")->public_key();
    EXPECT_EQ(derive_agreed(alice, elsewhere, 0).error().code(), Code::kWrongKeyType);
    // RFC 7748 section 6: a point of low order gives zeros.
    const auto low = *AnyPublicKey::from_raw(KeyAlgorithm::kX25519, Bytes(32));
    EXPECT_EQ(derive_agreed(own, low, 0).error().detail().field, "key");
}

}  // namespace
}  // namespace chatelaine::crypto

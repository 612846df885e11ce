// Proves AES-GCM (NIST GCM test cases 4, 10 and 16), AES key wrap (RFC 3394 section 4, RFC 5649
// section 6), sealing, and that nothing altered opens.
#include "crypto/aead.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "base/encoding.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }
Bytes reveal(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}

constexpr std::string_view kPlain =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
    "25b16aedf5aa0de657ba637b39";
constexpr std::string_view kAad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
constexpr std::string_view kNonce = "cafebabefacedbaddecaf888";

struct Answer {
    std::string_view key, ciphertext, tag;
};
constexpr Answer kAnswers[] = {
    {"feffe9928665731c6d6a8f9467308308",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
     "aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c",
     "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a"
     "3f4718e2448b2fe324d9ccda2710",
     "2519498e80f1478f37ba55bd6d27618c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"}};

TEST(AesGcm, KnownAnswers) {
    const Bytes plain = *decode_hex(kPlain);
    const Bytes aad = *decode_hex(kAad);
    const Bytes nonce = *decode_hex(kNonce);
    for (const Answer& answer : kAnswers) {
        AesGcm cipher = *AesGcm::create(secret(answer.key));
        // Twice, and each way after the other: the context is kept.
        for (int round = 0; round < 2; ++round) {
            Bytes ciphertext(plain.size());
            Bytes tag(gcm_tag_bytes);
            ASSERT_TRUE(cipher.insecure_encrypt_with_nonce(aad, nonce, plain, ciphertext, tag));
            EXPECT_EQ(encode_hex(ciphertext), answer.ciphertext);
            EXPECT_EQ(encode_hex(tag), answer.tag);
            Bytes opened(plain.size());
            ASSERT_TRUE(cipher.decrypt(aad, nonce, ciphertext, tag, opened));
            EXPECT_EQ(opened, plain);
        }
    }
}

TEST(AesGcm, RefusesWhatWasAlteredAndShowsNothing) {
    AesGcm cipher = *AesGcm::create(random_secret(32));
    const Bytes plain(40, 0x77);
    const Bytes aad{1, 2, 3};
    Bytes nonce(12), ciphertext(40), tag(16);
    ASSERT_TRUE(cipher.encrypt(aad, plain, nonce, ciphertext, tag));
    const auto refused = [&](BytesView a, BytesView n, BytesView c, BytesView t) {
        Bytes out(c.size(), 0xee);
        const auto result = cipher.decrypt(a, n, c, t, out);
        if (n.size() == 12 && t.size() == 16) {
            EXPECT_EQ(out, Bytes(c.size(), 0));
        }
        return !result && result.error().code() == Code::kDecryptFailed;
    };
    for (std::size_t i = 0; i < 12; ++i) {
        Bytes bad = nonce;
        bad[i] ^= 1;
        EXPECT_TRUE(refused(aad, bad, ciphertext, tag));
    }
    for (std::size_t i = 0; i < 40; ++i) {
        Bytes bad = ciphertext;
        bad[i] ^= 0x80;
        EXPECT_TRUE(refused(aad, nonce, bad, tag));
    }
    for (std::size_t i = 0; i < 16; ++i) {
        Bytes bad = tag;
        bad[i] ^= 4;
        EXPECT_TRUE(refused(aad, nonce, ciphertext, bad));
    }
    EXPECT_TRUE(refused({}, nonce, ciphertext, tag));
    EXPECT_TRUE(refused(aad, BytesView(nonce).first(11), ciphertext, tag));
    EXPECT_TRUE(refused(aad, nonce, ciphertext, BytesView(tag).first(12)));
    EXPECT_TRUE(refused(aad, nonce, BytesView(ciphertext).first(39), tag));
    Bytes opened(40);
    EXPECT_TRUE(cipher.decrypt(aad, nonce, ciphertext, tag, opened));
    EXPECT_EQ(opened, plain);
}

TEST(AesGcm, TakesOnlyAesKeySizes) {
    for (const std::size_t size : {0u, 8u, 15u, 17u, 31u, 33u, 64u}) {
        const auto result = AesGcm::create(SecretBytes(size));
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
        EXPECT_EQ(result.error().detail().field, "key");
    }
}

TEST(AesGcm, NeverRepeatsANonce) {
    AesGcm cipher = *AesGcm::create(random_secret(16));
    std::set<Bytes> seen;
    for (int i = 0; i < 5000; ++i) {
        Bytes nonce(12), tag(16);
        ASSERT_TRUE(cipher.encrypt({}, {}, nonce, {}, tag));
        ASSERT_TRUE(seen.insert(nonce).second);
    }
}

TEST(Seal, RoundTripsAndBindsItsAad) {
    rc::check("seal, unseal", [](const Bytes& plain, const Bytes& aad) {
        const SecretBytes key = random_secret(32);
        const SealedBytes sealed = *seal(key, aad, plain);
        RC_ASSERT(sealed.size() == plain.size() + 28);
        RC_ASSERT(reveal(*unseal(key, aad, sealed)) == plain);
        Bytes other = aad;
        other.push_back(0);
        RC_ASSERT(unseal(key, other, sealed).error().code() == Code::kSealBroken);
        RC_ASSERT(unseal(random_secret(32), aad, sealed).error().code() == Code::kSealBroken);
        Bytes altered(sealed.view().begin(), sealed.view().end());
        altered[*rc::gen::inRange<std::size_t>(0, altered.size())] ^= 1;
        RC_ASSERT(!unseal(key, aad, SealedBytes::from_stored(altered)));
    });
}

TEST(Seal, RefusesOtherKeySizesAndShortInput) {
    EXPECT_EQ(seal(SecretBytes(16), {}, {}).error().code(), Code::kInvalidArgument);
    EXPECT_EQ(unseal(SecretBytes(16), {}, SealedBytes::from_stored(Bytes(40))).error().code(),
              Code::kSealBroken);
    EXPECT_EQ(unseal(SecretBytes(32), {}, SealedBytes::from_stored(Bytes(27))).error().code(),
              Code::kSealBroken);
}

TEST(KeyWrap, Rfc3394AndRfc5649) {
    const auto check = [](std::string_view kek, std::string_view key, std::string_view wrapped,
                          bool padded) {
        const auto result = wrap_key(secret(kek), secret(key), padded);
        ASSERT_TRUE(result);
        EXPECT_EQ(encode_hex(*result), wrapped);
        EXPECT_EQ(encode_hex(reveal(*unwrap_key(secret(kek), *result, padded))), key);
    };
    check("000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
          "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5", false);
    check("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
          "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
          "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
          false);
    check("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
          "c37b7e6492584340bed12207808941155068f738",
          "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a", true);
    check("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", "466f7250617369",
          "afbeb0f07dfbf5419200f2ccb50bb24f", true);
}

TEST(KeyWrap, RefusesSizesAndAlteredInput) {
    const SecretBytes kek = random_secret(32);
    for (const std::size_t size : {0u, 8u, 17u, 20u}) {
        EXPECT_EQ(wrap_key(kek, SecretBytes(size), false).error().code(), Code::kInvalidArgument);
    }
    EXPECT_EQ(wrap_key(kek, SecretBytes(), true).error().code(), Code::kInvalidArgument);
    EXPECT_EQ(wrap_key(SecretBytes(20), SecretBytes(16), false).error().code(),
              Code::kInvalidArgument);
    EXPECT_EQ(unwrap_key(SecretBytes(20), Bytes(24), false).error().code(), Code::kInvalidArgument);
    for (const bool padded : {false, true}) {
        Bytes wrapped = *wrap_key(kek, random_secret(24), padded);
        for (std::size_t i = 0; i < wrapped.size(); ++i) {
            Bytes altered = wrapped;
            altered[i] ^= 2;
            EXPECT_EQ(unwrap_key(kek, altered, padded).error().code(), Code::kDecryptFailed);
        }
        for (const std::size_t size : {0u, 8u, 15u, 31u}) {
            EXPECT_FALSE(unwrap_key(kek, Bytes(size), padded));
        }
    }
}

TEST(Random, FillsAnySizeAndDiffersBetweenThreadsAndForks) {
    Bytes small(12), large(5000), none;
    system_random().fill(none);
    system_random().fill(small);
    system_random().fill(large);
    EXPECT_NE(small, Bytes(12, 0));
    EXPECT_GT(std::set<std::uint8_t>(large.begin(), large.end()).size(), 200u);
    EXPECT_EQ(random_secret(0).size(), 0u);
    EXPECT_FALSE(equal_ct(random_secret(32), random_secret(32)));
}

}  // namespace
}  // namespace chatelaine::crypto

// Proves the ciphers that take every parameter from outside: known answers of SP 800-38A to F, RFC
// 8439, RFC 3394 and 5649, IEEE 1619; that parts give what the whole gives; and that each wrong
// parameter is named. tests/cavp has the bulk of the vectors.
#include "crypto/block_cipher.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"
#include "crypto/cipher.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }
std::string hex(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return encode_hex(raw); });
}
Bytes random_bytes(std::size_t size) {
    Bytes bytes(size);
    system_random().fill(bytes);
    return bytes;
}

struct Known {
    const char* name;
    Cipher cipher;
    CipherMode mode;
    BlockPadding padding;
    const char *key, *iv, *aad, *plaintext, *ciphertext, *tag;
};
constexpr const char* kAes128 = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr const char* kCounting = "000102030405060708090a0b0c0d0e0f";
constexpr const char* kBlocks = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
constexpr BlockPadding kNone = BlockPadding::kNone;
constexpr Known kKnown[] = {
    {"SP 800-38A F.1.1", Cipher::kAes, CipherMode::kEcb, kNone, kAes128, "", "", kBlocks,
     "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf", ""},
    {"SP 800-38A F.2.1", Cipher::kAes, CipherMode::kCbc, kNone, kAes128, kCounting, "", kBlocks,
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2", ""},
    {"SP 800-38A F.3.13", Cipher::kAes, CipherMode::kCfb, kNone, kAes128, kCounting, "", kBlocks,
     "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b", ""},
    {"SP 800-38A F.4.1", Cipher::kAes, CipherMode::kOfb, kNone, kAes128, kCounting, "", kBlocks,
     "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825", ""},
    {"SP 800-38A F.5.1", Cipher::kAes, CipherMode::kCtr, kNone, kAes128,
     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "", kBlocks,
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff", ""},
    {"SP 800-38C example 1", Cipher::kAes, CipherMode::kCcm, kNone,
     "404142434445464748494a4b4c4d4e4f", "10111213141516", "0001020304050607", "20212223",
     "7162015b", "4dac255d"},
    {"IEEE 1619 vector 2", Cipher::kAes, CipherMode::kXts, kNone,
     "1111111111111111111111111111111122222222222222222222222222222222",
     "33333333330000000000000000000000", "",
     "4444444444444444444444444444444444444444444444444444444444444444",
     "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0", ""},
    {"GCM test case 4", Cipher::kAes, CipherMode::kGcm, kNone, "feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
     "49a6b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5a"
     "ac84aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {"GCM test case 1", Cipher::kAes, CipherMode::kGcm, kNone, "00000000000000000000000000000000",
     "000000000000000000000000", "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
    {"RFC 3394 4.1", Cipher::kAes, CipherMode::kKeyWrap, kNone, kCounting, "", "",
     "00112233445566778899aabbccddeeff",
     "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5", ""},
    {"RFC 5649 6", Cipher::kAes, CipherMode::kKeyWrapPadded, kNone,
     "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", "", "", "466f7250617369",
     "afbeb0f07dfbf5419200f2ccb50bb24f", ""},
    {"RFC 8439 2.8.2", Cipher::kChaCha20Poly1305, CipherMode::kAead, kNone,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966"
     "204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f722074686520667574"
     "7572652c2073756e73637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69"
     "da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675"
     "945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
     "1ae10b594f09e26a7e902ecbd0600691"},
    {"RFC 8439 2.4.2, front", Cipher::kChaCha20, CipherMode::kStream, kNone,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "01000000000000000000004a00000000", "", "4c616469657320616e642047656e746c",
     "6e2e359a2568f98041ba0728dd0d6981", ""},
    {"RFC 3713, Camellia", Cipher::kCamellia, CipherMode::kEcb, kNone,
     "0123456789abcdeffedcba9876543210", "", "", "0123456789abcdeffedcba9876543210",
     "67673138549669730857065648eabe43", ""},
    {"RFC 5794, ARIA", Cipher::kAria, CipherMode::kEcb, kNone, kCounting, "", "",
     "00112233445566778899aabbccddeeff", "d718fbd6ab644c739da95f3be6451778", ""},
    {"GB/T 32907, SM4", Cipher::kSm4, CipherMode::kEcb, kNone, "0123456789abcdeffedcba9876543210",
     "", "", "0123456789abcdeffedcba9876543210", "681edf34d206965e86b3e94f536e4246", ""},
    {"SP 800-67 B.1", Cipher::kTripleDes, CipherMode::kEcb, kNone,
     "0123456789abcdef23456789abcdef01456789abcdef0123", "", "",
     "5468652071756663", "a826fd8ce53b855f", ""},
};

CipherParameters parameters_of(const Known& known, const Bytes& iv, const Bytes& aad,
                               const Bytes& tag) {
    return {known.cipher, known.mode, known.padding, iv, aad, tag.empty() ? 16 : tag.size()};
}

TEST(BlockCipher, KnownAnswers) {
    for (const Known& known : kKnown) {
        SCOPED_TRACE(known.name);
        const Bytes iv = *decode_hex(known.iv);
        const Bytes aad = *decode_hex(known.aad);
        const Bytes tag = *decode_hex(known.tag);
        const CipherParameters parameters = parameters_of(known, iv, aad, tag);
        const SecretBytes key = secret(known.key);
        ASSERT_TRUE(cipher_available(known.cipher, known.mode, key.size()));
        const auto made = cipher_encrypt(key, parameters, secret(known.plaintext));
        ASSERT_TRUE(made) << made.error().to_string();
        EXPECT_EQ(encode_hex(made->ciphertext), known.ciphertext);
        EXPECT_EQ(encode_hex(made->tag), known.tag);
        const auto opened = cipher_decrypt(key, parameters, made->ciphertext, made->tag);
        ASSERT_TRUE(opened) << opened.error().to_string();
        EXPECT_EQ(hex(*opened), known.plaintext);
    }
}

TEST(BlockCipher, TwoKeyTripleDesRepeatsTheFirst) {
    const CipherParameters ecb{Cipher::kTripleDes, CipherMode::kEcb, kNone, {}, {}, 0};
    const SecretBytes data = random_secret(16);
    EXPECT_EQ(
        cipher_encrypt(secret("0123456789abcdeffedcba9876543210"), ecb, data)->ciphertext,
        cipher_encrypt(secret("0123456789abcdeffedcba98765432100123456789abcdef"), ecb, data)
            ->ciphertext);
}

TEST(BlockCipher, ShortChaChaNoncesHaveAZeroCounter) {
    const SecretBytes key = random_secret(32);
    const SecretBytes data = random_secret(100);
    const Bytes nonce = random_bytes(12);
    Bytes full(4);
    full.insert(full.end(), nonce.begin(), nonce.end());
    CipherParameters short_one{Cipher::kChaCha20, CipherMode::kStream, kNone, nonce, {}, 0};
    CipherParameters long_one{Cipher::kChaCha20, CipherMode::kStream, kNone, full, {}, 0};
    EXPECT_EQ(cipher_encrypt(key, short_one, data)->ciphertext,
              cipher_encrypt(key, long_one, data)->ciphertext);
}

TEST(BlockCipher, PaddingsFillAndComeOff) {
    const Bytes iv(16);
    const SecretBytes key = random_secret(16);
    const CipherParameters bare{Cipher::kAes, CipherMode::kCbc, kNone, iv, {}, 0};
    const auto filled = [&](BlockPadding padding, const SecretBytes& data) {
        CipherParameters named = bare;
        named.padding = padding;
        return hex(*cipher_decrypt(key, bare, cipher_encrypt(key, named, data)->ciphertext, {}));
    };
    const SecretBytes data = secret("0102030405060708090a0b0c");
    EXPECT_EQ(filled(BlockPadding::kPkcs7, data), "0102030405060708090a0b0c04040404");
    EXPECT_EQ(filled(BlockPadding::kAnsiX923, data), "0102030405060708090a0b0c00000004");
    EXPECT_EQ(filled(BlockPadding::kIso10126, data).substr(30), "04");
    EXPECT_EQ(filled(BlockPadding::kZeros, data), "0102030405060708090a0b0c00000000");
    EXPECT_EQ(filled(BlockPadding::kOneAndZeros, data), "0102030405060708090a0b0c80000000");
    EXPECT_EQ(filled(BlockPadding::kZeros, SecretBytes(16)).size(), 32u);
    EXPECT_EQ(filled(BlockPadding::kPkcs7, SecretBytes(16)).size(), 64u);
    for (const BlockPadding padding : {BlockPadding::kPkcs7, BlockPadding::kAnsiX923,
                                       BlockPadding::kIso10126, BlockPadding::kOneAndZeros}) {
        CipherParameters named = bare;
        named.padding = padding;
        for (const char* const wrong :
             {"01010101010101010101010101010100", "01010101010101010101010101010111",
              "010101010101010101010101010101ff", "00000000000000000000000000000000"}) {
            const Bytes ciphertext = cipher_encrypt(key, bare, secret(wrong))->ciphertext;
            EXPECT_EQ(cipher_decrypt(key, named, ciphertext, {}).error().code(),
                      Code::kDecryptFailed)
                << wrong << static_cast<int>(padding);
        }
        EXPECT_EQ(cipher_decrypt(key, named, {}, {}).error().code(), Code::kDecryptFailed);
    }
    CipherParameters pkcs7 = bare;
    pkcs7.padding = BlockPadding::kPkcs7;
    const Bytes uneven =
        cipher_encrypt(key, bare, secret("01010101010101010101010101030203"))->ciphertext;
    EXPECT_FALSE(cipher_decrypt(key, pkcs7, uneven, {}));
}

std::string wrong_field(std::size_t key_bytes, const CipherParameters& parameters,
                        std::size_t data_bytes = 32) {
    const SecretBytes key = random_secret(key_bytes);
    const auto made = cipher_encrypt(key, parameters, SecretBytes(data_bytes));
    if (made) {
        return "none";
    }
    EXPECT_EQ(made.error().code(), Code::kInvalidArgument);
    return made.error().detail().field;
}

TEST(BlockCipher, NamesWhatIsWrong) {
    const Bytes iv(16);
    const BytesView v(iv);
    using enum CipherMode;
    constexpr Cipher aes = Cipher::kAes;
    EXPECT_EQ(wrong_field(16, {aes, kAead, kNone, v.first(12), {}, 16}), "mode");
    EXPECT_EQ(wrong_field(16, {aes, kStream, kNone, v, {}, 16}), "mode");
    EXPECT_EQ(wrong_field(16, {Cipher::kEnd, kEcb, kNone, v, {}, 16}), "mode");
    EXPECT_EQ(wrong_field(16, {aes, CipherMode::kEnd, kNone, v, {}, 16}), "mode");
    EXPECT_EQ(wrong_field(24, {Cipher::kTripleDes, kGcm, kNone, v, {}, 16}), "mode");
    EXPECT_EQ(wrong_field(24, {Cipher::kTripleDes, kKeyWrap, kNone, {}, {}, 16}), "mode");
    EXPECT_EQ(wrong_field(16, {Cipher::kChaCha20, kCbc, kNone, v, {}, 16}), "mode");
    EXPECT_EQ(wrong_field(17, {aes, kCbc, kNone, v, {}, 16}), "key");
    EXPECT_EQ(wrong_field(0, {aes, kCbc, kNone, v, {}, 16}), "key");
    EXPECT_EQ(wrong_field(16, {aes, kXts, kNone, v, {}, 16}), "key");
    EXPECT_EQ(wrong_field(48, {aes, kXts, kNone, v, {}, 16}), "key");
    EXPECT_EQ(wrong_field(8, {Cipher::kTripleDes, kEcb, kNone, v, {}, 16}), "key");
    EXPECT_EQ(wrong_field(16, {aes, kCbc, kNone, v.first(15), {}, 16}), "iv");
    EXPECT_EQ(wrong_field(16, {aes, kCbc, kNone, {}, {}, 16}), "iv");
    EXPECT_EQ(wrong_field(16, {aes, kGcm, kNone, {}, {}, 16}), "iv");
    EXPECT_EQ(wrong_field(16, {aes, kCcm, kNone, v.first(6), {}, 16}), "iv");
    EXPECT_EQ(wrong_field(16, {aes, kCcm, kNone, v.first(14), {}, 16}), "iv");
    EXPECT_EQ(wrong_field(32, {aes, kXts, kNone, v.first(8), {}, 16}), "iv");
    EXPECT_EQ(wrong_field(16, {aes, kKeyWrap, kNone, v.first(8), {}, 16}), "iv");
    EXPECT_EQ(wrong_field(32, {Cipher::kChaCha20, kStream, kNone, v.first(9), {}, 16}), "iv");
    EXPECT_EQ(wrong_field(16, {aes, kGcm, BlockPadding::kPkcs7, v, {}, 16}), "padding");
    EXPECT_EQ(wrong_field(16, {aes, kCtr, kNone, v, v, 16}), "aad");
    EXPECT_EQ(wrong_field(16, {aes, kGcm, kNone, v, {}, 11}), "tag");
    EXPECT_EQ(wrong_field(16, {aes, kGcm, kNone, v, {}, 17}), "tag");
    EXPECT_EQ(wrong_field(16, {aes, kGcm, kNone, v, {}, 0}), "tag");
    EXPECT_EQ(wrong_field(16, {aes, kCcm, kNone, v.first(12), {}, 5}), "tag");
    EXPECT_EQ(wrong_field(16, {aes, kCbc, kNone, v, {}, 16}, 31), "data");
    EXPECT_EQ(wrong_field(32, {aes, kXts, kNone, v, {}, 16}, 15), "data");
    EXPECT_EQ(wrong_field(16, {aes, kKeyWrap, kNone, {}, {}, 16}, 15), "data");
    EXPECT_EQ(wrong_field(16, {aes, kCtr, kNone, v, {}, 16}, cipher_input_bytes_max + 1), "data");
    EXPECT_EQ(wrong_field(16, {aes, kCtr, kNone, v, {}, 16}, cipher_input_bytes_max), "none");
    const auto halves = cipher_encrypt(SecretBytes(32), {aes, kXts, kNone, v, {}, 0},
                                       SecretBytes(16));
    EXPECT_EQ(halves.error().detail().field, "key");
}

/// A cipher, mode and padding of those that take keys of ours and are there.
struct Choice {
    CipherParameters parameters;
    std::size_t key_bytes;
};
Choice any_choice() {
    const auto cipher = static_cast<Cipher>(*rc::gen::inRange(0, static_cast<int>(Cipher::kEnd)));
    std::vector<Choice> fitting;
    for (int mode = 0; mode < static_cast<int>(CipherMode::kEnd); ++mode) {
        for (const std::size_t bytes : {8u, 16u, 24u, 32u, 64u}) {
            if (cipher_available(cipher, static_cast<CipherMode>(mode), bytes)) {
                fitting.push_back({{cipher, static_cast<CipherMode>(mode), kNone, {}, {}, 16},
                                   bytes});
            }
        }
    }
    RC_PRE(!fitting.empty());
    Choice choice = *rc::gen::elementOf(fitting);
    if (choice.parameters.mode == CipherMode::kEcb || choice.parameters.mode == CipherMode::kCbc) {
        // Zeros alone cannot be told from data.
        choice.parameters.padding = *rc::gen::element(
            BlockPadding::kNone, BlockPadding::kPkcs7, BlockPadding::kAnsiX923,
            BlockPadding::kIso10126, BlockPadding::kOneAndZeros);
    }
    return choice;
}

SecretBytes random_data(const CipherParameters& parameters) {
    auto size = static_cast<std::size_t>(*rc::gen::inRange(0, 200));
    const bool whole = parameters.padding == kNone && (parameters.mode == CipherMode::kEcb ||
                                                       parameters.mode == CipherMode::kCbc);
    if (whole || parameters.mode == CipherMode::kKeyWrap) {
        size = (size / 16 + 1) * 16;
    }
    if (parameters.mode == CipherMode::kXts) {
        size += 16;
    }
    return random_secret(parameters.mode == CipherMode::kKeyWrapPadded ? size + 1 : size);
}

/// Sizes that make up `total`, an empty part in front.
std::vector<std::size_t> cut(std::size_t total) {
    std::vector<std::size_t> sizes{0};
    while (total > 0) {
        const auto size = *rc::gen::inRange<std::size_t>(1, total + 1);
        sizes.push_back(size);
        total -= size;
    }
    return sizes;
}

RC_GTEST_PROP(BlockCipherProperty, OpensWhatItMadeInPartsAndWhole, ()) {
    Choice choice = any_choice();
    CipherParameters& parameters = choice.parameters;
    const Bytes iv = random_bytes(cipher_iv_bytes(parameters.cipher, parameters.mode));
    const Bytes aad = random_bytes(mode_has_tag(parameters.mode) ? 20 : 0);
    parameters.iv = iv;
    parameters.aad = aad;
    const SecretBytes key = random_secret(choice.key_bytes);
    const SecretBytes data = random_data(parameters);
    const auto whole = cipher_encrypt(key, parameters, data);
    RC_ASSERT(whole.has_value());

    auto encryption = CipherEncryption::begin(key, parameters);
    RC_ASSERT(encryption.has_value());
    Bytes made;
    std::size_t at = 0;
    for (const std::size_t size : cut(data.size())) {
        const SecretBytes part = data.with_exposed(
            insecure_expose_secret(),
            [&](BytesView raw) { return SecretBytes::copy_of(raw.subspan(at, size)); });
        const Bytes out = *encryption->update(part);
        made.insert(made.end(), out.begin(), out.end());
        at += size;
    }
    const Encrypted last = *encryption->finish(SecretBytes());
    made.insert(made.end(), last.ciphertext.begin(), last.ciphertext.end());
    if (parameters.padding != BlockPadding::kIso10126) {
        RC_ASSERT(made == whole->ciphertext);
    }
    RC_ASSERT(last.tag == whole->tag);
    RC_ASSERT(equal_ct(*cipher_decrypt(key, parameters, made, last.tag), data));

    auto decryption = CipherDecryption::begin(key, parameters);
    RC_ASSERT(decryption.has_value());
    std::string opened;
    at = 0;
    for (const std::size_t size : cut(made.size())) {
        opened += hex(*decryption->update(BytesView(made).subspan(at, size)));
        at += size;
    }
    opened += hex(*decryption->finish({}, last.tag));
    RC_ASSERT(opened == hex(data));
}

RC_GTEST_PROP(BlockCipherProperty, AFlippedBitDoesNotOpenWhatIsAuthenticated, ()) {
    const bool gcm = *rc::gen::arbitrary<bool>();
    const Bytes iv = random_bytes(12);
    const CipherParameters parameters{Cipher::kAes, gcm ? CipherMode::kGcm : CipherMode::kCcm,
                                      kNone, iv, {}, 16};
    const SecretBytes key = random_secret(32);
    Encrypted made = *cipher_encrypt(key, parameters, random_secret(40));
    Bytes& hit = *rc::gen::arbitrary<bool>() ? made.tag : made.ciphertext;
    hit[static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(hit.size())))] ^= 1;
    RC_ASSERT(cipher_decrypt(key, parameters, made.ciphertext, made.tag).error().code() ==
              Code::kDecryptFailed);
    auto parts = *CipherDecryption::begin(key, parameters);
    RC_ASSERT(parts.update(made.ciphertext)->empty());
    RC_ASSERT(parts.finish({}, made.tag).error().code() == Code::kDecryptFailed);
}

TEST(CipherParts, RefuseWhatTheWholeRefuses) {
    const Bytes iv(16);
    const CipherParameters cbc{Cipher::kAes, CipherMode::kCbc, kNone, iv, {}, 0};
    const SecretBytes key = random_secret(16);
    EXPECT_FALSE(CipherEncryption::begin(SecretBytes(5), cbc));
    EXPECT_FALSE(CipherDecryption::begin(SecretBytes(5), cbc));
    auto uneven = *CipherEncryption::begin(key, cbc);
    EXPECT_EQ(uneven.finish(SecretBytes(17)).error().detail().field, "data");
    auto cut_off = *CipherDecryption::begin(key, cbc);
    EXPECT_EQ(cut_off.finish(Bytes(17), {}).error().code(), Code::kDecryptFailed);
    auto large = *CipherEncryption::begin(key, cbc);
    EXPECT_TRUE(large.update(SecretBytes(cipher_input_bytes_max)));
    EXPECT_EQ(large.update(SecretBytes(1)).error().detail().field, "data");
    CipherParameters padded = cbc;
    padded.padding = BlockPadding::kPkcs7;
    auto wrong = *CipherDecryption::begin(key, padded);
    EXPECT_EQ(wrong.finish(cipher_encrypt(key, cbc, SecretBytes(32))->ciphertext, {})
                  .error()
                  .code(),
              Code::kDecryptFailed);
}

TEST(BlockCipher, AgreesWithTheOtherFunctions) {
    const SecretBytes key = random_secret(32);
    const Bytes iv = random_bytes(16);
    const SecretBytes data = random_secret(50);
    EXPECT_EQ(cipher_encrypt(key, {Cipher::kAes, CipherMode::kCbc, BlockPadding::kPkcs7, iv, {}, 0},
                             data)
                  ->ciphertext,
              *cbc_encrypt(key, iv, data));
    Encrypted made =
        *cipher_encrypt(key, {Cipher::kAes, CipherMode::kGcm, kNone, iv, iv, 16}, data);
    made.ciphertext.insert(made.ciphertext.end(), made.tag.begin(), made.tag.end());
    EXPECT_EQ(made.ciphertext, *insecure_gcm_encrypt_with_iv(key, iv, iv, data));
}

}  // namespace
}  // namespace chatelaine::crypto

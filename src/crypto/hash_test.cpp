// Proves SHA-256, HMAC, the SP 800-108 KDF and HKDF against published answers: RFC 6234, RFC 4231,
// RFC 5869; the KDF against its definition over HMAC.
#include "crypto/hash.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }
std::string hex(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return encode_hex(raw); });
}

TEST(Sha256, KnownAnswers) {
    EXPECT_EQ(encode_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(encode_hex(sha256(BytesView())),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256(SecretBytes::copy_of(as_bytes("abc"))), sha256(as_bytes("abc")));
}

TEST(Hmac, Rfc4231) {
    const auto check = [](std::string_view key, BytesView message, std::string_view tag) {
        EXPECT_EQ(encode_hex(hmac_sha256(secret(key), message)), tag);
    };
    check("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", as_bytes("Hi There"),
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    check("4a656665", as_bytes("what do ya want for nothing?"),
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Bytes(50, 0xdd),
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    check(std::string(262, 'a'), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, TakesAnEmptyKeyAfterAnother) {
    static_cast<void>(hmac_sha256(secret("00112233"), as_bytes("x")));
    EXPECT_EQ(encode_hex(hmac_sha256(SecretBytes(), BytesView())),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(DeriveKey, IsOneBlockOfCounterMode) {
    const SecretBytes key = secret("000102030405060708090a0b0c0d0e0f");
    const Bytes context{9, 8, 7};
    Bytes message{0, 0, 0, 1};
    for (const char c : std::string_view("record")) {
        message.push_back(static_cast<std::uint8_t>(c));
    }
    message.insert(message.end(), {0, 9, 8, 7, 0, 0, 1, 0});
    EXPECT_EQ(hex(derive_key(key, "record", context)), encode_hex(hmac_sha256(key, message)));
    EXPECT_NE(hex(derive_key(key, "record", context)), hex(derive_key(key, "index", context)));
}

TEST(Hkdf, Rfc5869) {
    EXPECT_EQ(
        hex(hkdf_sha256(secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
                        *decode_hex("000102030405060708090a0b0c"),
                        *decode_hex("f0f1f2f3f4f5f6f7f8f9"), 42)),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    EXPECT_EQ(
        hex(hkdf_sha256(secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), {}, {}, 42)),
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    EXPECT_TRUE(hkdf_sha256(SecretBytes(3), {}, {}, 0).empty());
}

}  // namespace
}  // namespace chatelaine::crypto

// Proves MACs by scheme and digests in parts: RFC 2202, RFC 2286, RFC 4231, SP 800-38B; parts
// against the whole; verification.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"
#include "crypto/mac.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }

MacScheme hmac_of(Hash hash) { return {MacScheme::Kind::kHmac, hash, Cipher::kAes}; }
MacScheme cmac_of(Cipher cipher) { return {MacScheme::Kind::kCmac, Hash::kSha256, cipher}; }

TEST(KeyedMac, KnownAnswers) {
    const Bytes text(as_bytes("what do ya want for nothing?").begin(),
                     as_bytes("what do ya want for nothing?").end());
    const SecretBytes jefe = secret("4a656665");
    EXPECT_EQ(encode_hex(*mac_with(jefe, hmac_of(Hash::kSha224), text)),
              "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44");
    if (hash_available(Hash::kMd5)) {
        EXPECT_EQ(encode_hex(*mac_with(jefe, hmac_of(Hash::kMd5), text)),
                  "750c783e6ab0b503eaa86e310a5db738");
    }
    if (hash_available(Hash::kRipemd160)) {
        EXPECT_EQ(encode_hex(*mac_with(jefe, hmac_of(Hash::kRipemd160), text)),
                  "dda6c0213a485a9e24f4742064a7f033b43c4069");
    }
    const SecretBytes aes =
        secret("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    EXPECT_EQ(encode_hex(*mac_with(aes, cmac_of(Cipher::kAes),
                                   *decode_hex("6bc1bee22e409f96e93d7e117393172a"))),
              "28a7023f452e8f82bd4bf28d8c37c35c");
    // SP 800-38B, examples of three-key and two-key TDEA.
    const SecretBytes three = secret("8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5");
    EXPECT_EQ(encode_hex(*mac_with(three, cmac_of(Cipher::kTripleDes), {})), "b7a688e122ffaf95");
    const SecretBytes two = secret("4cf15134a2850dd58a3d10ba80570d38");
    EXPECT_EQ(encode_hex(*mac_with(two, cmac_of(Cipher::kTripleDes), {})), "bd2ebf9a3ba00361");
}

TEST(KeyedMac, NamesWhatIsWrong) {
    EXPECT_EQ(mac_with(SecretBytes(5), cmac_of(Cipher::kAes), {}).error().detail().field, "key");
    EXPECT_EQ(mac_with(SecretBytes(16), cmac_of(Cipher::kChaCha20), {}).error().detail().field,
              "mac");
    EXPECT_EQ(mac_with(SecretBytes(16), hmac_of(Hash::kEnd), {}).error().detail().field, "mac");
    EXPECT_FALSE(hash_available(Hash::kEnd));
}

TEST(Digest, OldHashesWhereTheyAre) {
    if (hash_available(Hash::kMd5)) {
        EXPECT_EQ(encode_hex(digest(Hash::kMd5, as_bytes("abc"))),
                  "900150983cd24fb0d6963f7d28e17f72");
    }
    if (hash_available(Hash::kRipemd160)) {
        EXPECT_EQ(encode_hex(digest(Hash::kRipemd160, as_bytes("abc"))),
                  "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    }
}

Hash any_hash() {
    const auto hash = static_cast<Hash>(*rc::gen::inRange(0, static_cast<int>(Hash::kEnd)));
    RC_PRE(hash_available(hash));
    return hash;
}

RC_GTEST_PROP(KeyedMacProperty, PartsGiveWhatTheWholeGives, ()) {
    const bool cmac = *rc::gen::arbitrary<bool>();
    const MacScheme scheme = cmac ? cmac_of(Cipher::kCamellia) : hmac_of(any_hash());
    const SecretBytes key = random_secret(cmac ? 24 : *rc::gen::inRange<std::size_t>(0, 200));
    const auto message = *rc::gen::arbitrary<Bytes>();
    const auto at = *rc::gen::inRange<std::size_t>(0, message.size() + 1);
    auto stream = *MacStream::begin(key, scheme);
    stream.update(BytesView(message).first(at));
    stream.update(SecretBytes::copy_of(BytesView(message).subspan(at)));
    Bytes tag = stream.finish();
    RC_ASSERT(tag == *mac_with(key, scheme, message));
    RC_ASSERT(tag.size() == mac_bytes(scheme));
    RC_ASSERT(*verify_mac_with(key, scheme, message, tag));
    RC_ASSERT(!*verify_mac_with(key, scheme, message, BytesView(tag).first(tag.size() - 1)));
    tag[*rc::gen::inRange<std::size_t>(0, tag.size())] ^= 0x10;
    RC_ASSERT(!*verify_mac_with(key, scheme, message, tag));
    if (!cmac) {
        RC_ASSERT(hmac(scheme.hash, key, message) == *mac_with(key, scheme, message));
    }
}

RC_GTEST_PROP(DigestProperty, PartsGiveWhatTheWholeGives, ()) {
    const Hash hash = any_hash();
    const auto message = *rc::gen::arbitrary<Bytes>();
    const auto at = *rc::gen::inRange<std::size_t>(0, message.size() + 1);
    DigestStream stream(hash);
    stream.update(BytesView(message).first(at));
    stream.update(BytesView(message).subspan(at));
    const Bytes whole = digest(hash, message);
    RC_ASSERT(stream.finish() == whole);
    const SecretBytes hidden = digest_secret(hash, SecretBytes::copy_of(message));
    RC_ASSERT(equal_ct(hidden, SecretBytes::copy_of(whole)));
}

}  // namespace
}  // namespace chatelaine::crypto

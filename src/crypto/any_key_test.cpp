// Proves the keys that KMIP holds beside service keys: every form there and back, curves of all
// families, limits of their own, what does not hold together refused; RFC 8032 signatures; PKCS#1
// v1.5 encryption that answers alike whatever the padding.
#include "crypto/any_key.hpp"

#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/encoding.hpp"
#include "crypto/ossl.hpp"
#include "crypto/random.hpp"
#include "crypto/schemes.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }
std::string hex(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return encode_hex(raw); });
}
Bytes exposed(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}

TEST(AnyKey, RsaOfOldLengthsInEveryForm) {
    const auto key = *AnyPrivateKey::generate_rsa(1024);
    EXPECT_EQ(key.algorithm(), KeyAlgorithm::kRsa);
    EXPECT_EQ(key.bits(), 1024u);
    EXPECT_EQ(key.curve(), "");
    const SecretBytes pkcs8 = *key.to_pkcs8();
    const SecretBytes pkcs1 = *key.to_pkcs1();
    EXPECT_EQ(key_form(exposed(pkcs8)), KeyForm::kPkcs8);
    EXPECT_EQ(key_form(exposed(pkcs1)), KeyForm::kPkcs1Private);
    EXPECT_TRUE(equal_ct(*AnyPrivateKey::from_pkcs8(pkcs8)->to_pkcs1(), pkcs1));
    EXPECT_TRUE(equal_ct(*AnyPrivateKey::from_pkcs1(pkcs1)->to_pkcs8(), pkcs8));
    PrivateKey::RsaParts parts = *key.rsa_parts();
    for (SecretBytes* const part : {&parts.p, &parts.q, &parts.dp, &parts.dq, &parts.qi}) {
        *part = SecretBytes();
    }
    EXPECT_TRUE(AnyPrivateKey::from_rsa(parts)->rsa_parts());
    const AnyPublicKey shown = key.public_key();
    const Bytes spki = *shown.to_spki();
    const Bytes short_form = *shown.to_pkcs1();
    EXPECT_EQ(key_form(spki), KeyForm::kSpki);
    EXPECT_EQ(key_form(short_form), KeyForm::kPkcs1Public);
    EXPECT_EQ(*AnyPublicKey::from_pkcs1(short_form)->to_spki(), spki);
    EXPECT_EQ(*AnyPublicKey::from_spki(spki)->to_pkcs1(), short_form);
    EXPECT_EQ(*AnyPublicKey::from_rsa(*shown.rsa_modulus(), *shown.rsa_exponent())->to_spki(),
              spki);
    // Service keys keep their own limit.
    EXPECT_FALSE(PublicKey::from_spki(spki));
    EXPECT_FALSE(PrivateKey::from_pkcs8(pkcs8));
    EXPECT_EQ(key.to_service_key().error().code(), Code::kWrongKeyType);
    EXPECT_EQ(shown.to_service_key().error().code(), Code::kWrongKeyType);
    EXPECT_EQ(key.to_sec1().error().code(), Code::kWrongKeyType);
    EXPECT_EQ(key.raw().error().code(), Code::kWrongKeyType);
    EXPECT_EQ(key.ec_d().error().code(), Code::kWrongKeyType);
    EXPECT_EQ(shown.ec_point().error().code(), Code::kWrongKeyType);
}

TEST(AnyKey, RsaLimits) {
    for (const std::size_t bits : {512u, 1000u, 1025u, 4352u}) {
        EXPECT_EQ(AnyPrivateKey::generate_rsa(bits).error().detail().field, "size");
    }
    const Bytes e{1, 0, 1};
    EXPECT_FALSE(AnyPublicKey::from_rsa(Bytes(127, 0xff), e));
    EXPECT_TRUE(AnyPublicKey::from_rsa(Bytes(128, 0xff), e));
    EXPECT_TRUE(AnyPublicKey::from_rsa(Bytes(1024, 0xff), e));
    EXPECT_FALSE(AnyPublicKey::from_rsa(Bytes(1025, 0xff), e));
}

TEST(AnyKey, ServiceKeysGoThereAndBack) {
    const PrivateKey service = *PrivateKey::generate_ec(Curve::kP384);
    const AnyPrivateKey any = service;
    EXPECT_EQ(any.curve(), "secp384r1");
    EXPECT_EQ(any.bits(), 384u);
    EXPECT_TRUE(equal_ct(*any.to_service_key()->to_pkcs8(), *service.to_pkcs8()));
    EXPECT_EQ(*any.public_key().to_service_key()->to_spki(), *service.public_key().to_spki());
}

class EveryCurve : public testing::TestWithParam<const char*> {};

TEST_P(EveryCurve, GoesThereAndBackAndSigns) {
    const std::string_view curve = GetParam();
    ASSERT_TRUE(curve_bits(curve));
    const auto key = *AnyPrivateKey::generate_ec(curve);
    EXPECT_EQ(key.algorithm(), KeyAlgorithm::kEc);
    EXPECT_EQ(key.bits(), *curve_bits(curve));
    const SecretBytes pkcs8 = *key.to_pkcs8();
    const SecretBytes sec1 = *key.to_sec1();
    EXPECT_EQ(key_form(exposed(pkcs8)), KeyForm::kPkcs8);
    EXPECT_EQ(key_form(exposed(sec1)), KeyForm::kSec1);
    EXPECT_TRUE(equal_ct(*AnyPrivateKey::from_pkcs8(pkcs8)->to_sec1(), sec1));
    EXPECT_TRUE(equal_ct(*AnyPrivateKey::from_sec1(sec1)->to_pkcs8(), pkcs8));
    EXPECT_TRUE(AnyPrivateKey::from_sec1(sec1, curve));
    EXPECT_FALSE(AnyPrivateKey::from_sec1(sec1, "secp128r1"));
    EXPECT_TRUE(equal_ct(*AnyPrivateKey::from_ec(curve, *key.ec_d())->to_pkcs8(), pkcs8));
    const Bytes spki = *key.public_key().to_spki();
    const Bytes point = *key.public_key().ec_point();
    EXPECT_EQ(*AnyPublicKey::from_spki(spki)->ec_point(), point);
    EXPECT_EQ(*AnyPublicKey::from_ec(curve, point)->to_spki(), spki);
    Bytes off = point;
    off.back() ^= 1;
    EXPECT_EQ(AnyPublicKey::from_ec(curve, off).error().detail().field, "key");
    EXPECT_FALSE(AnyPublicKey::from_ec(curve, {}));
    EXPECT_FALSE(AnyPublicKey::from_ec(curve, Bytes{0}));
    for (const SignaturePadding padding :
         {SignaturePadding::kEcdsaDer, SignaturePadding::kEcdsaFixed}) {
        const SignatureScheme scheme{padding, Hash::kSha256, Hash::kSha256, 0};
        Bytes signature = *sign_with(key, scheme, as_bytes("m"), false);
        EXPECT_TRUE(*verify_with(key.public_key(), scheme, as_bytes("m"), false, signature));
        EXPECT_TRUE(*verify_with(key.public_key(), scheme, digest(Hash::kSha256, as_bytes("m")),
                                 true, signature));
        EXPECT_FALSE(*verify_with(key.public_key(), scheme, as_bytes("n"), false, signature));
    }
}
INSTANTIATE_TEST_SUITE_P(Curves, EveryCurve,
                         testing::Values("secp192r1", "secp224r1", "secp256k1", "secp256r1",
                                         "secp384r1", "secp521r1", "secp160r1", "brainpoolP256r1",
                                         "brainpoolP512t1", "sect163k1", "sect283r1",
                                         "sect571r1"));

TEST(AnyKey, CurvesByNameAlone) {
    EXPECT_EQ(*curve_bits("sect163k1"), 163u);
    EXPECT_EQ(*curve_bits("prime192v1"), 192u);
    for (const char* const name : {"", "P-256", "Oakley-EC2N-3", "secp", "rsaEncryption",
                                   "wap-wsg-idm-ecid-wtls1",
                                   "secp256k1secp256k1secp256k1secp256k1"}) {
        EXPECT_FALSE(curve_bits(name)) << name;
        EXPECT_EQ(AnyPrivateKey::generate_ec(name).error().detail().field, "curve");
    }
    EXPECT_FALSE(AnyPrivateKey::from_ec("secp256k1", SecretBytes(32)));
    EXPECT_FALSE(AnyPrivateKey::from_ec("secp256k1", SecretBytes::copy_of(Bytes(32, 0xff))));
    EXPECT_FALSE(AnyPrivateKey::from_ec("secp256k1", SecretBytes(200)));
}

TEST(AnyKey, SmallSubgroupsAreRefused) {
    // (0, sqrt b) on a binary curve has order 2; b = 1 for the Koblitz curves.
    Bytes point(1 + 2 * 21);
    point.front() = 4;
    point.back() = 1;
    EXPECT_FALSE(AnyPublicKey::from_ec("sect163k1", point));
}

class EveryRawKey : public testing::TestWithParam<KeyAlgorithm> {};

TEST_P(EveryRawKey, GoesThereAndBack) {
    if (!key_algorithm_available(GetParam())) {
        EXPECT_EQ(AnyPrivateKey::generate(GetParam()).error().detail().field, "algorithm");
        EXPECT_EQ(AnyPublicKey::from_raw(GetParam(), Bytes(32)).error().detail().field,
                  "algorithm");
        return;
    }
    const auto key = *AnyPrivateKey::generate(GetParam());
    EXPECT_EQ(key.algorithm(), GetParam());
    EXPECT_GT(key.bits(), 0u);
    const SecretBytes raw = *key.raw();
    EXPECT_TRUE(equal_ct(*AnyPrivateKey::from_raw(GetParam(), raw)->raw(), raw));
    EXPECT_TRUE(equal_ct(*AnyPrivateKey::from_pkcs8(*key.to_pkcs8())->raw(), raw));
    const AnyPublicKey shown = key.public_key();
    EXPECT_EQ(*AnyPublicKey::from_raw(GetParam(), *shown.raw())->to_spki(), *shown.to_spki());
    EXPECT_EQ(*AnyPublicKey::from_spki(*shown.to_spki())->raw(), *shown.raw());
    EXPECT_FALSE(AnyPrivateKey::from_raw(GetParam(), SecretBytes(31)));
    EXPECT_FALSE(AnyPublicKey::from_raw(GetParam(), Bytes(31)));
    EXPECT_EQ(key.to_pkcs1().error().code(), Code::kWrongKeyType);
    EXPECT_EQ(key.to_service_key().error().code(), Code::kWrongKeyType);
    const SignatureScheme pure{SignaturePadding::kPure, Hash::kSha256, Hash::kSha256, 0};
    const auto signature = sign_with(key, pure, as_bytes("m"), false);
    if (signature) {
        EXPECT_TRUE(*verify_with(shown, pure, as_bytes("m"), false, *signature));
        EXPECT_FALSE(*verify_with(shown, pure, as_bytes("n"), false, *signature));
        EXPECT_FALSE(*verify_with(shown, pure, as_bytes("m"), false, {}));
        EXPECT_EQ(sign_with(key, pure, Bytes(32), true).error().detail().field, "message");
    } else {
        EXPECT_EQ(signature.error().code(), Code::kWrongKeyType);
    }
}
INSTANTIATE_TEST_SUITE_P(
    Algorithms, EveryRawKey,
    testing::Values(KeyAlgorithm::kEd25519, KeyAlgorithm::kEd448, KeyAlgorithm::kX25519,
                    KeyAlgorithm::kX448, KeyAlgorithm::kMlKem512, KeyAlgorithm::kMlKem768,
                    KeyAlgorithm::kMlKem1024, KeyAlgorithm::kMlDsa44, KeyAlgorithm::kMlDsa65,
                    KeyAlgorithm::kMlDsa87));

TEST(AnyKey, Ed25519KnownAnswer) {
    // RFC 8032 section 7.1, test 2.
    const auto key = *AnyPrivateKey::from_raw(
        KeyAlgorithm::kEd25519,
        secret("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
    EXPECT_EQ(encode_hex(*key.public_key().raw()),
              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    EXPECT_EQ(encode_hex(*sign_with(key, {SignaturePadding::kPure, Hash::kSha256, Hash::kSha256, 0},
                                    Bytes{0x72}, false)),
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(AnyKey, RefusesOtherBytes) {
    const auto field = [](const auto& made) {
        return made ? std::string("none") : made.error().detail().field;
    };
    for (const Bytes& junk : {Bytes(), Bytes{0x30}, Bytes{0x30, 0}, Bytes(100, 0x30),
                              Bytes(20000, 0x30)}) {
        const SecretBytes hidden = SecretBytes::copy_of(junk);
        EXPECT_EQ(field(AnyPublicKey::from_spki(junk)), "key");
        EXPECT_EQ(field(AnyPublicKey::from_pkcs1(junk)), "key");
        EXPECT_EQ(field(AnyPublicKey::from_certificate(junk)), "key");
        EXPECT_EQ(field(AnyPrivateKey::from_pkcs8(hidden)), "key");
        EXPECT_EQ(field(AnyPrivateKey::from_pkcs1(hidden)), "key");
        EXPECT_EQ(field(AnyPrivateKey::from_sec1(hidden)), "key");
        EXPECT_EQ(key_form(junk), KeyForm::kUnknown);
    }
    const auto key = *AnyPrivateKey::generate_ec("secp256k1");
    Bytes spki = *key.public_key().to_spki();
    spki.push_back(0);
    EXPECT_EQ(field(AnyPublicKey::from_spki(spki)), "key");
    Bytes der = exposed(*key.to_pkcs8());
    der.back() ^= 1;  // the public half's last octet
    EXPECT_EQ(field(AnyPrivateKey::from_pkcs8(SecretBytes::copy_of(der))), "key");
    Bytes sec1 = exposed(*key.to_sec1());
    sec1.back() ^= 1;
    EXPECT_EQ(field(AnyPrivateKey::from_sec1(SecretBytes::copy_of(sec1))), "key");
}

TEST(AnyKey, SchemesMustFitTheKey) {
    const auto rsa = *AnyPrivateKey::generate_rsa(1024);
    const auto wrong = [&](const SignatureScheme& scheme) {
        const auto made = sign_with(rsa, scheme, as_bytes("m"), false);
        return made ? std::string("none")
               : made.error().code() == Code::kWrongKeyType ? std::string("type")
                                                            : made.error().detail().field;
    };
    constexpr Hash sha256 = Hash::kSha256;
    EXPECT_EQ(wrong({SignaturePadding::kPure, sha256, sha256, 0}), "type");
    EXPECT_EQ(wrong({SignaturePadding::kEcdsaDer, sha256, sha256, 0}), "type");
    EXPECT_EQ(wrong({SignaturePadding::kPkcs1, Hash::kEnd, sha256, 0}), "hash");
    EXPECT_EQ(wrong({SignaturePadding::kPss, sha256, Hash::kEnd, 32}), "hash");
    EXPECT_EQ(wrong({SignaturePadding::kPss, Hash::kSha512, Hash::kSha512, 63}), "salt");
    EXPECT_EQ(wrong({SignaturePadding::kPss, Hash::kSha512, Hash::kSha512, 62}), "none");
    EXPECT_EQ(wrong({SignaturePadding::kPss, sha256, sha256, 1U << 20U}), "salt");
    SignatureScheme any{SignaturePadding::kPss, sha256, Hash::kSha1, 20};
    const Bytes signature = *sign_with(rsa, any, as_bytes("m"), false);
    any.salt_bytes = pss_salt_any;
    EXPECT_TRUE(*verify_with(rsa.public_key(), any, as_bytes("m"), false, signature));
    any.salt_bytes = 19;
    EXPECT_FALSE(*verify_with(rsa.public_key(), any, as_bytes("m"), false, signature));
    const auto ec = *AnyPrivateKey::generate_ec("secp256k1");
    EXPECT_EQ(encrypt_pkcs1_with(ec.public_key(), SecretBytes(1)).error().code(),
              Code::kWrongKeyType);
    EXPECT_EQ(decrypt_pkcs1_with(ec, Bytes(32)).error().code(), Code::kWrongKeyType);
    EXPECT_EQ(encrypt_oaep_with(rsa.public_key(), {Hash::kEnd, sha256, {}}, SecretBytes(1))
                  .error()
                  .detail()
                  .field,
              "hash");
}

/// c = m^e without any padding, so that a test can choose the padded block.
Bytes encrypt_block(const AnyPrivateKey& key, const Bytes& block) {
    const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.native(), nullptr));
    Bytes out(block.size());
    std::size_t size = out.size();
    EXPECT_TRUE(EVP_PKEY_encrypt_init(context.get()) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) > 0 &&
                EVP_PKEY_encrypt(context.get(), out.data(), &size, block.data(), block.size()) > 0);
    return out;
}

/// What the library's own implicit rejection gives; nothing where it has none.
std::optional<std::string> library_decrypt(const AnyPrivateKey& key, const Bytes& ciphertext) {
    const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.native(), nullptr));
    Bytes out(ciphertext.size());
    std::size_t size = out.size();
    EXPECT_TRUE(EVP_PKEY_decrypt_init(context.get()) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) > 0);
    if (EVP_PKEY_CTX_ctrl_str(context.get(), "rsa_pkcs1_implicit_rejection", "1") <= 0 ||
        EVP_PKEY_decrypt(context.get(), out.data(), &size, ciphertext.data(),
                         ciphertext.size()) <= 0) {
        ERR_clear_error();
        return std::nullopt;
    }
    out.resize(size);
    return encode_hex(out);
}

TEST(Pkcs1Encryption, OpensWhatItMade) {
    const auto key = *AnyPrivateKey::generate_rsa(1024);
    for (const std::size_t size : {0u, 1u, 16u, 117u}) {
        const SecretBytes message = random_secret(size);
        const Bytes made = *encrypt_pkcs1_with(key.public_key(), message);
        EXPECT_TRUE(equal_ct(*decrypt_pkcs1_with(key, made), message));
    }
    EXPECT_EQ(encrypt_pkcs1_with(key.public_key(), SecretBytes(118)).error().detail().field,
              "plaintext");
    EXPECT_EQ(decrypt_pkcs1_with(key, Bytes(127)).error().code(), Code::kDecryptFailed);
    EXPECT_EQ(decrypt_pkcs1_with(key, Bytes(128, 0xff)).error().code(), Code::kDecryptFailed);
}

TEST(Pkcs1Encryption, AnswersAlikeWhateverThePadding) {
    const auto key = *AnyPrivateKey::generate_rsa(1024);
    Bytes good(128, 0xaa);
    good[0] = 0;
    good[1] = 2;
    good[120] = 0;
    EXPECT_EQ(hex(*decrypt_pkcs1_with(key, encrypt_block(key, good))), "aaaaaaaaaaaaaa");
    std::vector<Bytes> bad(5, good);
    bad[0][1] = 1;    // another block type
    bad[1][0] = 1;    // no zero in front
    bad[2][9] = 0;    // seven octets of padding
    bad[3][120] = 1;  // no end
    bad[4][2] = 0;    // none
    std::set<std::string> seen;
    for (const Bytes& block : bad) {
        const Bytes ciphertext = encrypt_block(key, block);
        const auto first = decrypt_pkcs1_with(key, ciphertext);
        ASSERT_TRUE(first);
        EXPECT_LE(first->size(), 117u);
        EXPECT_EQ(hex(*first), hex(*decrypt_pkcs1_with(key, ciphertext)));
        EXPECT_NE(hex(*first).substr(0, 14), "aaaaaaaaaaaaaa");
        if (const auto library = library_decrypt(key, ciphertext)) {
            EXPECT_EQ(hex(*first), *library);
        }
        seen.insert(hex(*first));
    }
    EXPECT_GE(seen.size(), 4u);
    Bytes eight = good;
    eight[10] = 0;
    EXPECT_EQ(decrypt_pkcs1_with(key, encrypt_block(key, eight))->size(), 117u);
}

RC_GTEST_PROP(KeyFormProperty, AnyBytesAreTakenInSilence, (const Bytes& bytes)) {
    const SecretBytes hidden = SecretBytes::copy_of(bytes);
    RC_ASSERT(!AnyPublicKey::from_spki(bytes) || key_form(bytes) == KeyForm::kSpki);
    RC_ASSERT(!AnyPrivateKey::from_pkcs8(hidden) || key_form(bytes) == KeyForm::kPkcs8);
}

}  // namespace
}  // namespace chatelaine::crypto

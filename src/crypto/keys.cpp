// What RSA and EC keys share: names, checks, DER forms.
#include "crypto/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/x509.h>

#include <array>

#include "base/check.hpp"
#include "crypto/key_handles.hpp"

namespace chatelaine::crypto {
namespace {

constexpr std::array<std::string_view, 3> kCurveNames{"P-256", "P-384", "P-521"};
constexpr std::array<std::string_view, 9> kAlgorithmNames{
    "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;

Error bad_key(std::string message) {
    return Error::invalid("crypto.key", "key", std::move(message));
}

std::optional<Curve> curve_of(const EVP_PKEY* key) {
    std::array<char, 32> name{};
    std::size_t size = 0;
    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(),
                                       &size) != 1) {
        return std::nullopt;
    }
    const std::string_view group(name.data(), size);
    if (group == "prime256v1" || group == "P-256") {
        return Curve::kP256;
    }
    if (group == "secp384r1" || group == "P-384") {
        return Curve::kP384;
    }
    if (group == "secp521r1" || group == "P-521") {
        return Curve::kP521;
    }
    return std::nullopt;
}

struct DecoderFree {
    void operator()(OSSL_DECODER_CTX* p) const { OSSL_DECODER_CTX_free(p); }
    void operator()(OSSL_ENCODER_CTX* p) const { OSSL_ENCODER_CTX_free(p); }
};

/// Decodes DER of one structure; the whole input must be used.
std::shared_ptr<evp_pkey_st> decode(BytesView der, const char* structure, int selection) {
    EVP_PKEY* key = nullptr;
    const std::unique_ptr<OSSL_DECODER_CTX, DecoderFree> decoder(OSSL_DECODER_CTX_new_for_pkey(
        &key, "DER", structure, nullptr, selection, nullptr, nullptr));
    const unsigned char* at = der.data();
    std::size_t left = der.size();
    if (!decoder || OSSL_DECODER_from_data(decoder.get(), &at, &left) != 1 || left != 0) {
        EVP_PKEY_free(key);
        return nullptr;
    }
    return own_key(key);
}

Result<SecretBytes> encode_private(const EVP_PKEY* key, const char* structure) {
    const std::unique_ptr<OSSL_ENCODER_CTX, DecoderFree> encoder(
        OSSL_ENCODER_CTX_new_for_pkey(key, EVP_PKEY_KEYPAIR, "DER", structure, nullptr));
    unsigned char* der = nullptr;
    std::size_t size = 0;
    if (!encoder || OSSL_ENCODER_to_data(encoder.get(), &der, &size) != 1) {
        return Error(Code::kCryptoFailed, "crypto.key.encode");
    }
    SecretBytes bytes = SecretBytes::copy_of(BytesView(der, size));
    OPENSSL_clear_free(der, size);
    return bytes;
}

Result<std::shared_ptr<evp_pkey_st>> decode_private(const SecretBytes& der,
                                                    const char* structure) {
    auto key = der.with_exposed(insecure_expose_secret(), [&](BytesView bytes) {
        return decode(bytes, structure, EVP_PKEY_KEYPAIR);
    });
    if (!key) {
        return bad_key(std::string("expected a private key in DER, ") + structure);
    }
    CH_TRY_VOID(check_public(key.get()));
    CH_TRY_VOID(check_pair(key.get()));
    return key;
}

}  // namespace

std::optional<Curve> curve_from_name(std::string_view name) {
    for (std::size_t i = 0; i < kCurveNames.size(); ++i) {
        if (kCurveNames[i] == name) {
            return static_cast<Curve>(i);
        }
    }
    return std::nullopt;
}

std::string_view curve_name(Curve curve) {
    CH_CHECK(curve < Curve::kEnd);
    return kCurveNames[static_cast<std::size_t>(curve)];
}

std::size_t curve_bytes(Curve curve) {
    return curve == Curve::kP256 ? 32 : curve == Curve::kP384 ? 48 : 66;
}

std::optional<SignatureAlgorithm> signature_algorithm_from_name(std::string_view name) {
    for (std::size_t i = 0; i < kAlgorithmNames.size(); ++i) {
        if (kAlgorithmNames[i] == name) {
            return static_cast<SignatureAlgorithm>(i);
        }
    }
    return std::nullopt;
}

std::string_view signature_algorithm_name(SignatureAlgorithm algorithm) {
    CH_CHECK(algorithm < SignatureAlgorithm::kEnd);
    return kAlgorithmNames[static_cast<std::size_t>(algorithm)];
}

std::size_t digest_bytes(SignatureAlgorithm algorithm) {
    constexpr std::array<std::size_t, 3> sizes{32, 48, 64};
    return sizes[static_cast<std::size_t>(algorithm) % 3];
}

Bytes bytes_of(const BIGNUM* number) {
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, bytes.data());
    return bytes;
}

Bytes bytes_of(const BIGNUM* number, std::size_t size) {
    Bytes bytes(size);
    CH_CHECK(BN_bn2binpad(number, bytes.data(), static_cast<int>(size)) >= 0);
    return bytes;
}

SecretBytes secret_bytes_of(const BIGNUM* number, std::size_t size) {
    SecretBytes bytes(size);
    bytes.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        CH_CHECK(BN_bn2binpad(number, out.data(), static_cast<int>(size)) >= 0);
    });
    return bytes;
}

std::shared_ptr<evp_pkey_st> key_from(const char* type, int selection, OSSL_PARAM* params) {
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1) {
        EVP_PKEY_free(key);
        return nullptr;
    }
    return own_key(key);
}

Result<void> check_public(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        const int bits = EVP_PKEY_get_bits(key);
        if (bits < kRsaBitsMin || bits > kRsaBitsMax) {
            return bad_key("expected an RSA modulus of 2048 to 8192 bits");
        }
        const BigNumber n = key_number(key, OSSL_PKEY_PARAM_RSA_N);
        const BigNumber e = key_number(key, OSSL_PKEY_PARAM_RSA_E);
        if (!n || BN_is_odd(n.get()) == 0) {
            return bad_key("expected an odd RSA modulus");
        }
        if (!e || BN_is_odd(e.get()) == 0 || BN_num_bits(e.get()) < 2 ||
            BN_num_bits(e.get()) > 64) {
            return bad_key("expected an odd RSA exponent of 3 or more");
        }
        return ok();
    }
    if (EVP_PKEY_is_a(key, "EC") != 1 || !curve_of(key)) {
        return bad_key("expected an RSA key or an EC key on P-256, P-384 or P-521");
    }
    // The context does not change the key; the interface lacks the const.
    const KeyContext context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, const_cast<EVP_PKEY*>(key), nullptr));
    if (!context || EVP_PKEY_public_check(context.get()) != 1) {
        return bad_key("the point is not on the curve");
    }
    return ok();
}

Result<void> check_pair(const EVP_PKEY* key) {
    const KeyContext context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, const_cast<EVP_PKEY*>(key), nullptr));
    if (!context || EVP_PKEY_pairwise_check(context.get()) != 1) {
        return bad_key("the private and the public part do not go together");
    }
    return ok();
}

Result<PublicKey> PublicKey::from_spki(BytesView der) {
    auto key = decode(der, "SubjectPublicKeyInfo", EVP_PKEY_PUBLIC_KEY);
    if (!key) {
        return bad_key("expected a public key in DER, SubjectPublicKeyInfo");
    }
    CH_TRY_VOID(check_public(key.get()));
    return PublicKey(std::move(key));
}

KeyType PublicKey::type() const {
    return EVP_PKEY_is_a(key_.get(), "RSA") == 1 ? KeyType::kRsa : KeyType::kEc;
}

std::size_t PublicKey::bits() const {
    return static_cast<std::size_t>(EVP_PKEY_get_bits(key_.get()));
}

std::optional<Curve> PublicKey::curve() const {
    return type() == KeyType::kEc ? curve_of(key_.get()) : std::nullopt;
}

Result<Bytes> PublicKey::to_spki() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    if (size <= 0) {
        return Error(Code::kCryptoFailed, "crypto.key.spki");
    }
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

Bytes PublicKey::rsa_modulus() const {
    return bytes_of(key_number(key_.get(), OSSL_PKEY_PARAM_RSA_N).get());
}
Bytes PublicKey::rsa_exponent() const {
    return bytes_of(key_number(key_.get(), OSSL_PKEY_PARAM_RSA_E).get());
}
Bytes PublicKey::ec_x() const {
    return bytes_of(key_number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X).get(), curve_bytes(*curve()));
}
Bytes PublicKey::ec_y() const {
    return bytes_of(key_number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y).get(), curve_bytes(*curve()));
}

Result<PrivateKey> PrivateKey::from_pkcs8(const SecretBytes& der) {
    CH_TRY(auto key, decode_private(der, "PrivateKeyInfo"));
    return PrivateKey(std::move(key));
}

Result<PrivateKey> PrivateKey::from_pkcs1(const SecretBytes& der) {
    CH_TRY(auto key, decode_private(der, "type-specific"));
    if (EVP_PKEY_is_a(key.get(), "RSA") != 1) {
        return bad_key("expected an RSA private key in DER, PKCS#1");
    }
    return PrivateKey(std::move(key));
}

Result<SecretBytes> PrivateKey::to_pkcs8() const {
    return encode_private(key_.get(), "PrivateKeyInfo");
}

Result<SecretBytes> PrivateKey::to_pkcs1() const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.key.pkcs1", "PKCS#1 is a form of RSA keys");
    }
    return encode_private(key_.get(), "type-specific");
}

}  // namespace chatelaine::crypto

// The nine signature algorithms of RFC 7518, section 3.
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>

#include "base/check.hpp"
#include "crypto/key_handles.hpp"

namespace chatelaine::crypto {
namespace {

bool is_ecdsa(SignatureAlgorithm algorithm) { return algorithm <= SignatureAlgorithm::kEs512; }
bool is_pss(SignatureAlgorithm algorithm) {
    return algorithm >= SignatureAlgorithm::kPs256 && algorithm <= SignatureAlgorithm::kPs512;
}

const EVP_MD* digest_of(SignatureAlgorithm algorithm) {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
    static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    switch (digest_bytes(algorithm)) {
        case 32: return sha256;
        case 48: return sha384;
        default: return sha512;
    }
}

Result<void> check_goes_with(const PublicKey& key, SignatureAlgorithm algorithm) {
    constexpr std::array<Curve, 3> curves{Curve::kP256, Curve::kP384, Curve::kP521};
    const bool goes = is_ecdsa(algorithm)
                          ? key.curve() == curves[static_cast<std::size_t>(algorithm)]
                          : key.type() == KeyType::kRsa;
    if (!goes) {
        return Error(Code::kWrongKeyType, "crypto.signature",
                     std::string(signature_algorithm_name(algorithm)) +
                         " does not go with this key");
    }
    return ok();
}

/// The digest: the message itself when the caller hashed it, which must have the right length.
struct Digest {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes{};
    std::size_t size = 0;
};
Result<Digest> digest_message(SignatureAlgorithm algorithm, BytesView message, bool is_digest) {
    Digest digest;
    if (is_digest) {
        if (message.size() != digest_bytes(algorithm)) {
            return Error::invalid("crypto.signature", "message",
                                  "expected a digest of " +
                                      std::to_string(digest_bytes(algorithm)) + " bytes");
        }
        std::copy(message.begin(), message.end(), digest.bytes.begin());
        digest.size = message.size();
        return digest;
    }
    unsigned int size = 0;
    if (EVP_Digest(message.data(), message.size(), digest.bytes.data(), &size,
                   digest_of(algorithm), nullptr) != 1) {
        return Error(Code::kCryptoFailed, "crypto.signature.digest");
    }
    digest.size = size;
    return digest;
}

bool set_padding(EVP_PKEY_CTX* context, SignatureAlgorithm algorithm) {
    if (EVP_PKEY_CTX_set_signature_md(context, digest_of(algorithm)) != 1) {
        return false;
    }
    if (is_ecdsa(algorithm)) {
        return true;
    }
    if (!is_pss(algorithm)) {
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    }
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest_of(algorithm)) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

struct SignatureFree {
    void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
};
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, SignatureFree>;

/// DER of SEC 1 to r ‖ s of fixed width (RFC 7518, section 3.4).
Result<Bytes> fixed_from_der(BytesView der, std::size_t width) {
    const unsigned char* at = der.data();
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (!signature) {
        return Error(Code::kCryptoFailed, "crypto.signature.der");
    }
    Bytes fixed = bytes_of(ECDSA_SIG_get0_r(signature.get()), width);
    const Bytes s = bytes_of(ECDSA_SIG_get0_s(signature.get()), width);
    fixed.insert(fixed.end(), s.begin(), s.end());
    return fixed;
}

Bytes der_from_fixed(BytesView fixed) {
    const std::size_t width = fixed.size() / 2;
    const EcdsaSignature signature(ECDSA_SIG_new());
    BigNumber r = number_of(fixed.first(width));
    BigNumber s = number_of(fixed.subspan(width));
    CH_CHECK(signature && r && s && ECDSA_SIG_set0(signature.get(), r.get(), s.get()) == 1);
    static_cast<void>(r.release());  // the signature owns them now
    static_cast<void>(s.release());
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    CH_CHECK(size > 0);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace

Result<Bytes> PrivateKey::sign(SignatureAlgorithm algorithm, BytesView message,
                               bool is_digest) const {
    CH_TRY_VOID(check_goes_with(public_key(), algorithm));
    CH_TRY(const Digest digest, digest_message(algorithm, message, is_digest));
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
    std::size_t size = signature.size();
    const bool done = context && EVP_PKEY_sign_init(context.get()) == 1 &&
                      set_padding(context.get(), algorithm) &&
                      EVP_PKEY_sign(context.get(), signature.data(), &size, digest.bytes.data(),
                                    digest.size) == 1;
    if (!done) {
        ERR_clear_error();
        return Error(Code::kCryptoFailed, "crypto.signature.sign");
    }
    signature.resize(size);
    if (is_ecdsa(algorithm)) {
        return fixed_from_der(signature, curve_bytes(*public_key().curve()));
    }
    return signature;
}

Result<bool> PublicKey::verify(SignatureAlgorithm algorithm, BytesView message, bool is_digest,
                               BytesView signature) const {
    CH_TRY_VOID(check_goes_with(*this, algorithm));
    CH_TRY(const Digest digest, digest_message(algorithm, message, is_digest));
    Bytes der;
    if (is_ecdsa(algorithm)) {
        if (signature.size() != 2 * curve_bytes(*curve())) {
            return false;
        }
        der = der_from_fixed(signature);
        signature = der;
    } else if (signature.size() != (bits() + 7) / 8) {
        return false;
    }
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
        !set_padding(context.get(), algorithm)) {
        return Error(Code::kCryptoFailed, "crypto.signature.verify");
    }
    const bool good = EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                      digest.bytes.data(), digest.size) == 1;
    if (!good) {
        ERR_clear_error();
    }
    return good;
}

}  // namespace chatelaine::crypto

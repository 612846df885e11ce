#include "crypto/schemes.hpp"

#include <openssl/rsa.h>

#include <array>

#include "base/check.hpp"
#include "crypto/der.hpp"
#include "crypto/ossl.hpp"
#include "crypto/sign_contexts.hpp"

namespace chatelaine::crypto {

namespace {

bool is_ecdsa(SignaturePadding padding) {
    return padding == SignaturePadding::kEcdsaFixed || padding == SignaturePadding::kEcdsaDer;
}

bool goes_with(KeyAlgorithm algorithm, SignaturePadding padding) {
    switch (algorithm) {
        case KeyAlgorithm::kRsa:
            return padding == SignaturePadding::kPkcs1 || padding == SignaturePadding::kPss;
        case KeyAlgorithm::kEc: return is_ecdsa(padding);
        case KeyAlgorithm::kEd25519:
        case KeyAlgorithm::kEd448:
        case KeyAlgorithm::kMlDsa44:
        case KeyAlgorithm::kMlDsa65:
        case KeyAlgorithm::kMlDsa87: return padding == SignaturePadding::kPure;
        case KeyAlgorithm::kX25519:
        case KeyAlgorithm::kX448:
        case KeyAlgorithm::kDsa:
        case KeyAlgorithm::kMlKem512:
        case KeyAlgorithm::kMlKem768:
        case KeyAlgorithm::kMlKem1024:
        case KeyAlgorithm::kEnd: break;
    }
    return false;
}

Result<void> check_scheme(const AnyPublicKey& key, const SignatureScheme& scheme,
                          bool is_digest) {
    if (!goes_with(key.algorithm(), scheme.padding)) {
        return Error(Code::kWrongKeyType, "crypto.signature");
    }
    if (scheme.padding == SignaturePadding::kPure) {
        return is_digest ? Error::invalid("crypto.signature", "message",
                                          "this key signs messages, not digests")
                         : ok();
    }
    const bool pss = scheme.padding == SignaturePadding::kPss;
    if (!hash_available(scheme.hash) || (pss && !hash_available(scheme.mgf_hash))) {
        return Error::invalid("crypto.signature", "hash", "the library has no such hash");
    }
    // RFC 8017 section 9.1.1 step 3.
    const std::size_t salt =
        scheme.salt_bytes == pss_salt_any ? hash_bytes(scheme.hash) : scheme.salt_bytes;
    if (pss && (salt > key.bits() / 8 ||
                salt + hash_bytes(scheme.hash) + 2 > (key.bits() + 6) / 8)) {
        return Error::invalid("crypto.signature", "salt", "the key is too short for this salt");
    }
    return ok();
}

std::size_t order_bytes(const AnyPublicKey& key) {
    return (static_cast<std::size_t>(EVP_PKEY_get_bits(key.native())) + 7) / 8;
}

Result<Bytes> sign_pure(EVP_PKEY* key, BytesView message) {
    const ossl::MdCtx context(EVP_MD_CTX_new());
    std::size_t size = 0;
    if (context == nullptr ||
        EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) !=
            1 ||
        EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1) {
        return ossl::failed("crypto.sign");
    }
    Bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) !=
        1) {
        return ossl::failed("crypto.sign");
    }
    signature.resize(size);
    return signature;
}

bool verify_pure(EVP_PKEY* key, BytesView message, BytesView signature) {
    const ossl::MdCtx context(EVP_MD_CTX_new());
    const bool good = key != nullptr && context != nullptr &&
                      EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr,
                                              key, nullptr) == 1 &&
                      EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                       message.data(), message.size()) == 1;
    if (!good) {
        ERR_clear_error();
    }
    return good;
}

/// The digest to sign: the message's, or the message itself.
class Digest {
public:
    static Result<Digest> of(Hash hash, BytesView message, bool is_digest) {
        const EVP_MD* const md = ossl::md_of(hash);
        Digest result;
        result.size_ = static_cast<std::size_t>(EVP_MD_get_size(md));
        if (is_digest) {
            if (message.size() != result.size_) {
                return Error::invalid(
                    "crypto.signature", "message",
                    "expected a digest of " + std::to_string(result.size_) + " bytes");
            }
            std::copy(message.begin(), message.end(), result.octets_.begin());
            return result;
        }
        thread_local const ossl::MdCtx context(EVP_MD_CTX_new());
        if (context == nullptr || EVP_DigestInit_ex2(context.get(), md, nullptr) != 1 ||
            EVP_DigestUpdate(context.get(), message.data(), message.size()) != 1 ||
            EVP_DigestFinal_ex(context.get(), result.octets_.data(), nullptr) != 1) {
            return ossl::failed("crypto.digest");
        }
        return result;
    }
    BytesView view() const { return BytesView(octets_).first(size_); }

private:
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> octets_{};
    std::size_t size_ = 0;
};

/// Sets what the scheme says on a context that is initialised to sign or to verify.
bool configure(EVP_PKEY_CTX* context, const SignatureScheme& scheme, bool sign) {
    if (EVP_PKEY_CTX_set_signature_md(context, ossl::md_of(scheme.hash)) <= 0) {
        return false;
    }
    switch (scheme.padding) {
        case SignaturePadding::kPkcs1:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
        case SignaturePadding::kPss:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
                   EVP_PKEY_CTX_set_rsa_mgf1_md(context, ossl::md_of(scheme.mgf_hash)) > 0 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(
                       context, scheme.salt_bytes != pss_salt_any
                                    ? static_cast<int>(scheme.salt_bytes)
                                    : (sign ? RSA_PSS_SALTLEN_DIGEST : RSA_PSS_SALTLEN_AUTO)) > 0;
        case SignaturePadding::kEcdsaFixed:
        case SignaturePadding::kEcdsaDer:
            return true;
        case SignaturePadding::kPure:
        case SignaturePadding::kEnd:
            break;
    }
    return false;
}

ossl::PkeyCtx context_for(EVP_PKEY* key) {
    return ossl::PkeyCtx(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
}

/// DER of ECDSA-Sig-Value to r ‖ s, each of `width` bytes; empty when it is not that.
Bytes fixed_from_der(BytesView der, std::size_t width) {
    DerReader outer(der);
    const auto both = outer.take(DerReader::kSequence);
    DerReader inner(both.value_or(BytesView{}));
    const auto r = inner.take_number();
    const auto s = inner.take_number();
    if (!r || !s || !inner.at_end() || r->size() > width || s->size() > width) {
        return {};
    }
    Bytes fixed(2 * width);
    std::copy(r->begin(), r->end(), fixed.begin() + static_cast<std::ptrdiff_t>(width - r->size()));
    std::copy(s->begin(), s->end(), fixed.end() - static_cast<std::ptrdiff_t>(s->size()));
    return fixed;
}

/// The largest signature: RSA of 8192 bits.
using SignatureOctets = std::array<std::uint8_t, 1024>;

/// A context for the scheme, kept or new; null when the library refuses it.
ossl::PkeyCtx signing_context(const AnyPrivateKey& key, const SignatureScheme& scheme) {
    ossl::PkeyCtx context = key.sign_contexts().take(scheme);
    if (context == nullptr) {
        context = context_for(key.native());
        if (context == nullptr || EVP_PKEY_sign_init(context.get()) <= 0 ||
            !configure(context.get(), scheme, true)) {
            return nullptr;
        }
    }
    return context;
}

Bytes der_from_fixed(BytesView fixed) {
    const ossl::EcdsaSig signature(ECDSA_SIG_new());
    const int width = static_cast<int>(fixed.size() / 2);
    ossl::Bn r(BN_bin2bn(fixed.data(), width, nullptr));
    ossl::Bn s(BN_bin2bn(fixed.data() + width, width, nullptr));
    CH_CHECK(signature != nullptr && r != nullptr && s != nullptr);
    CH_CHECK(ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1);
    Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
    std::uint8_t* at = der.data();
    i2d_ECDSA_SIG(signature.get(), &at);
    return der;
}

}  // namespace

Result<Bytes> sign_with(const AnyPrivateKey& key, const SignatureScheme& scheme,
                        BytesView message, bool is_digest) {
    const AnyPublicKey public_key = key.public_key();
    CH_TRY_VOID(check_scheme(public_key, scheme, is_digest));
    if (scheme.padding == SignaturePadding::kPure) {
        return sign_pure(key.native(), message);
    }
    CH_TRY(const Digest digest, Digest::of(scheme.hash, message, is_digest));
    ossl::PkeyCtx context = signing_context(key, scheme);
    SignatureOctets octets;
    std::size_t size = octets.size();
    if (context == nullptr || EVP_PKEY_sign(context.get(), octets.data(), &size,
                                            digest.view().data(), digest.view().size()) <= 0) {
        return ossl::failed("crypto.sign");
    }
    key.sign_contexts().give(scheme, std::move(context));
    const BytesView made = BytesView(octets).first(size);
    if (scheme.padding != SignaturePadding::kEcdsaFixed) {
        return Bytes(made.begin(), made.end());
    }
    Bytes signature = fixed_from_der(made, order_bytes(public_key));
    if (signature.empty()) {
        return ossl::failed("crypto.sign");
    }
    return signature;
}

Result<bool> verify_with(const AnyPublicKey& key, const SignatureScheme& scheme,
                         BytesView message, bool is_digest, BytesView signature) {
    CH_TRY_VOID(check_scheme(key, scheme, is_digest));
    if (scheme.padding == SignaturePadding::kPure) {
        return verify_pure(key.native(), message, signature);
    }
    CH_TRY(const Digest digest, Digest::of(scheme.hash, message, is_digest));
    Bytes der;
    if (scheme.padding == SignaturePadding::kEcdsaFixed) {
        if (signature.size() != 2 * order_bytes(key)) {
            return false;
        }
        der = der_from_fixed(signature);
        signature = der;
    }
    const ossl::PkeyCtx context = context_for(key.native());
    if (context == nullptr || EVP_PKEY_verify_init(context.get()) <= 0 ||
        !configure(context.get(), scheme, false)) {
        return ossl::failed("crypto.verify");
    }
    const bool good = EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                      digest.view().data(), digest.view().size()) == 1;
    if (!good) {
        ERR_clear_error();
    }
    return good;
}

bool verify_ed25519(BytesView public_key, BytesView message, BytesView signature) {
    const ossl::Pkey key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr,
                                                        public_key.data(), public_key.size()));
    return verify_pure(key.get(), message, signature);
}

}  // namespace chatelaine::crypto

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

Result<void> check_type(const PublicKey& key, const SignatureScheme& scheme) {
    if ((key.type() == KeyType::kEc) != is_ecdsa(scheme.padding)) {
        return Error(Code::kWrongKeyType, "crypto.signature");
    }
    return ok();
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
bool configure(EVP_PKEY_CTX* context, const SignatureScheme& scheme) {
    if (EVP_PKEY_CTX_set_signature_md(context, ossl::md_of(scheme.hash)) <= 0) {
        return false;
    }
    switch (scheme.padding) {
        case SignaturePadding::kPkcs1:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
        case SignaturePadding::kPss:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
                   EVP_PKEY_CTX_set_rsa_mgf1_md(context, ossl::md_of(scheme.mgf_hash)) > 0 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(context,
                                                    static_cast<int>(scheme.salt_bytes)) > 0;
        case SignaturePadding::kEcdsaFixed:
        case SignaturePadding::kEcdsaDer:
            return true;
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
ossl::PkeyCtx signing_context(const PrivateKey& key, const SignatureScheme& scheme) {
    ossl::PkeyCtx context = key.sign_contexts().take(scheme);
    if (context == nullptr) {
        context = context_for(key.native());
        if (context == nullptr || EVP_PKEY_sign_init(context.get()) <= 0 ||
            !configure(context.get(), scheme)) {
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

Result<Bytes> sign_with(const PrivateKey& key, const SignatureScheme& scheme, BytesView message,
                        bool is_digest) {
    const PublicKey public_key = key.public_key();
    CH_TRY_VOID(check_type(public_key, scheme));
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
    Bytes signature = fixed_from_der(made, curve_bytes(*public_key.curve()));
    if (signature.empty()) {
        return ossl::failed("crypto.sign");
    }
    return signature;
}

Result<bool> verify_with(const PublicKey& key, const SignatureScheme& scheme, BytesView message,
                         bool is_digest, BytesView signature) {
    CH_TRY_VOID(check_type(key, scheme));
    CH_TRY(const Digest digest, Digest::of(scheme.hash, message, is_digest));
    Bytes der;
    if (scheme.padding == SignaturePadding::kEcdsaFixed) {
        if (signature.size() != 2 * curve_bytes(*key.curve())) {
            return false;
        }
        der = der_from_fixed(signature);
        signature = der;
    }
    const ossl::PkeyCtx context = context_for(key.native());
    if (context == nullptr || EVP_PKEY_verify_init(context.get()) <= 0 ||
        !configure(context.get(), scheme)) {
        return ossl::failed("crypto.verify");
    }
    const bool good = EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                      digest.view().data(), digest.view().size()) == 1;
    if (!good) {
        ERR_clear_error();
    }
    return good;
}

namespace {

bool configure_oaep(EVP_PKEY_CTX* context, const OaepScheme& scheme) {
    if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context, ossl::md_of(scheme.hash)) <= 0 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, ossl::md_of(scheme.mgf_hash)) <= 0) {
        return false;
    }
    if (scheme.label.empty()) {
        return true;
    }
    // The context takes the copy over when the call succeeds.
    void* const label = OPENSSL_memdup(scheme.label.data(), scheme.label.size());
    if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, static_cast<int>(scheme.label.size())) <=
        0) {
        OPENSSL_free(label);
        return false;
    }
    return true;
}

}  // namespace

Result<Bytes> encrypt_oaep_with(const PublicKey& key, const OaepScheme& scheme,
                                const SecretBytes& plaintext) {
    if (key.type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.oaep");
    }
    // RFC 8017 section 7.1.1 step 1b.
    const std::size_t modulus_bytes = (key.bits() + 7) / 8;
    if (plaintext.size() + 2 * hash_bytes(scheme.hash) + 2 > modulus_bytes) {
        return Error::invalid("crypto.oaep", "plaintext", "too long for this key");
    }
    const ossl::PkeyCtx context = context_for(key.native());
    Bytes ciphertext(modulus_bytes);
    std::size_t size = ciphertext.size();
    const bool done = plaintext.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        // A null pointer would ask for the size alone.
        static constexpr std::uint8_t kNothing = 0;
        return context != nullptr && EVP_PKEY_encrypt_init(context.get()) > 0 &&
               configure_oaep(context.get(), scheme) &&
               EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size,
                                raw.empty() ? &kNothing : raw.data(), raw.size()) > 0;
    });
    if (!done || size != ciphertext.size()) {
        return ossl::failed("crypto.oaep");
    }
    return ciphertext;
}

Result<SecretBytes> decrypt_oaep_with(const PrivateKey& key, const OaepScheme& scheme,
                                      BytesView ciphertext) {
    const PublicKey public_key = key.public_key();
    if (public_key.type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.oaep");
    }
    const std::size_t modulus_bytes = (public_key.bits() + 7) / 8;
    if (ciphertext.size() != modulus_bytes) {
        return Error(Code::kDecryptFailed, "crypto.oaep");
    }
    const ossl::PkeyCtx context = context_for(key.native());
    if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) <= 0 ||
        !configure_oaep(context.get(), scheme)) {
        return ossl::failed("crypto.oaep");
    }
    SecretBytes plaintext(modulus_bytes);
    std::size_t size = modulus_bytes;
    const int opened =
        plaintext.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return EVP_PKEY_decrypt(context.get(), out.data(), &size, ciphertext.data(),
                                    ciphertext.size());
        });
    if (opened <= 0 || size > modulus_bytes) {
        ERR_clear_error();
        return Error(Code::kDecryptFailed, "crypto.oaep");
    }
    plaintext.truncate(size);
    return plaintext;
}

bool verify_ed25519(BytesView public_key, BytesView message, BytesView signature) {
    const ossl::Pkey key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr,
                                                        public_key.data(), public_key.size()));
    const ossl::MdCtx context(EVP_MD_CTX_new());
    const bool good =
        key != nullptr && context != nullptr &&
        EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key.get(),
                                nullptr) == 1 &&
        EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                         message.size()) == 1;
    if (!good) {
        ERR_clear_error();
    }
    return good;
}

}  // namespace chatelaine::crypto

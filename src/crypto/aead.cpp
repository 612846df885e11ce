#include "crypto/aead.hpp"

#include <climits>
#include <optional>

#include "base/check.hpp"
#include "crypto/ossl.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {

namespace {

enum class Mode : std::uint8_t { kGcm, kWrap, kWrapPad };

/// The cipher for a key of that size, fetched once; null for other sizes.
const EVP_CIPHER* cipher_for(Mode mode, std::size_t key_bytes) {
    static const auto fetch = [](const char* name) {
        return EVP_CIPHER_fetch(nullptr, name, nullptr);
    };
    static const EVP_CIPHER* const ciphers[3][3] = {
        {fetch("AES-128-GCM"), fetch("AES-192-GCM"), fetch("AES-256-GCM")},
        {fetch("AES-128-WRAP"), fetch("AES-192-WRAP"), fetch("AES-256-WRAP")},
        {fetch("AES-128-WRAP-PAD"), fetch("AES-192-WRAP-PAD"), fetch("AES-256-WRAP-PAD")}};
    if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32) {
        return nullptr;
    }
    const EVP_CIPHER* const cipher =
        ciphers[static_cast<std::size_t>(mode)][(key_bytes - 16) / 8];
    CH_CHECK(cipher != nullptr);
    return cipher;
}

Error wrong_key_size(std::string_view where) {
    return Error::invalid(where, "key", "an AES key has 16, 24 or 32 bytes");
}

bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, BytesView in) {
    int size = 0;
    return in.size() <= INT_MAX &&
           EVP_CipherUpdate(context, out, &size, in.data(), static_cast<int>(in.size())) == 1 &&
           static_cast<std::size_t>(size) == in.size();
}

bool gcm_encrypt(EVP_CIPHER_CTX* context, BytesView aad, BytesView nonce, BytesView plaintext,
                 std::uint8_t* ciphertext, std::uint8_t* tag) {
    int size = 0;
    std::uint8_t rest[16];
    return EVP_CipherInit_ex2(context, nullptr, nullptr, nonce.data(), 1, nullptr) == 1 &&
           (aad.empty() || update(context, nullptr, aad)) &&
           (plaintext.empty() || update(context, ciphertext, plaintext)) &&
           EVP_CipherFinal_ex(context, rest, &size) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, gcm_tag_bytes, tag) == 1;
}

bool gcm_decrypt(EVP_CIPHER_CTX* context, BytesView aad, BytesView nonce, BytesView ciphertext,
                 BytesView tag, MutableBytesView plaintext) {
    int size = 0;
    std::uint8_t rest[16];
    std::uint8_t tag_copy[gcm_tag_bytes];
    std::copy(tag.begin(), tag.end(), tag_copy);
    const bool opened =
        EVP_CipherInit_ex2(context, nullptr, nullptr, nonce.data(), 0, nullptr) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, gcm_tag_bytes, tag_copy) == 1 &&
        (aad.empty() || update(context, nullptr, aad)) &&
        (ciphertext.empty() || update(context, plaintext.data(), ciphertext)) &&
        EVP_CipherFinal_ex(context, rest, &size) == 1;
    if (!opened) {
        // What does not verify is not shown.
        wipe(plaintext.data(), plaintext.size());
        ERR_clear_error();
    }
    return opened;
}

ossl::CipherCtx gcm_context(const SecretBytes& key) {
    const EVP_CIPHER* const cipher = cipher_for(Mode::kGcm, key.size());
    ossl::CipherCtx context(cipher == nullptr ? nullptr : EVP_CIPHER_CTX_new());
    if (context != nullptr) {
        key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
            if (EVP_CipherInit_ex2(context.get(), cipher, raw.data(), nullptr, 1, nullptr) != 1) {
                context.reset();
            }
        });
    }
    return context;
}

}  // namespace

struct AesGcm::State {
    /// One context serves both directions: GCM runs the block cipher forwards in either.
    ossl::CipherCtx context;
};

AesGcm::AesGcm(std::unique_ptr<State> state) : state_(std::move(state)) {}
AesGcm::AesGcm(AesGcm&&) noexcept = default;
AesGcm& AesGcm::operator=(AesGcm&&) noexcept = default;
AesGcm::~AesGcm() = default;

Result<AesGcm> AesGcm::create(const SecretBytes& key) {
    if (cipher_for(Mode::kGcm, key.size()) == nullptr) {
        return wrong_key_size("crypto.aes_gcm");
    }
    ossl::CipherCtx context = gcm_context(key);
    if (context == nullptr) {
        return ossl::failed("crypto.aes_gcm");
    }
    return AesGcm(std::make_unique<State>(State{std::move(context)}));
}

Result<void> AesGcm::encrypt(BytesView aad, BytesView plaintext, MutableBytesView nonce_out,
                             MutableBytesView ciphertext_out, MutableBytesView tag_out) {
    CH_CHECK(nonce_out.size() == gcm_nonce_bytes);
    system_random().fill(nonce_out);
    return insecure_encrypt_with_nonce(aad, nonce_out, plaintext, ciphertext_out, tag_out);
}

Result<void> AesGcm::insecure_encrypt_with_nonce(BytesView aad, BytesView nonce,
                                                 BytesView plaintext,
                                                 MutableBytesView ciphertext_out,
                                                 MutableBytesView tag_out) {
    CH_CHECK(nonce.size() == gcm_nonce_bytes && ciphertext_out.size() == plaintext.size() &&
             tag_out.size() == gcm_tag_bytes);
    if (!gcm_encrypt(state_->context.get(), aad, nonce, plaintext, ciphertext_out.data(),
                     tag_out.data())) {
        return ossl::failed("crypto.aes_gcm.encrypt");
    }
    return ok();
}

Result<void> AesGcm::decrypt(BytesView aad, BytesView nonce, BytesView ciphertext, BytesView tag,
                             MutableBytesView plaintext_out) {
    CH_CHECK(plaintext_out.size() == ciphertext.size());
    if (nonce.size() != gcm_nonce_bytes || tag.size() != gcm_tag_bytes ||
        !gcm_decrypt(state_->context.get(), aad, nonce, ciphertext, tag, plaintext_out)) {
        return Error(Code::kDecryptFailed, "crypto.aes_gcm.decrypt");
    }
    return ok();
}

Result<SealedBytes> seal(const SecretBytes& key, BytesView aad, BytesView plaintext) {
    if (key.size() != 32) {
        return wrong_key_size("crypto.seal");
    }
    Bytes sealed(gcm_nonce_bytes + plaintext.size() + gcm_tag_bytes);
    const MutableBytesView out(sealed);
    system_random().fill(out.first(gcm_nonce_bytes));
    const ossl::CipherCtx context = gcm_context(key);
    if (context == nullptr ||
        !gcm_encrypt(context.get(), aad, out.first(gcm_nonce_bytes), plaintext,
                     out.data() + gcm_nonce_bytes, out.last(gcm_tag_bytes).data())) {
        return ossl::failed("crypto.seal");
    }
    return SealedBytes::from_stored(std::move(sealed));
}

Result<SecretBytes> unseal(const SecretBytes& key, BytesView aad, const SealedBytes& sealed) {
    const BytesView in = sealed.view();
    if (key.size() != 32 || in.size() < gcm_nonce_bytes + gcm_tag_bytes) {
        return Error(Code::kSealBroken, "crypto.unseal");
    }
    const BytesView body =
        in.subspan(gcm_nonce_bytes, in.size() - gcm_nonce_bytes - gcm_tag_bytes);
    const ossl::CipherCtx context = gcm_context(key);
    SecretBytes plaintext(body.size());
    const bool opened =
        plaintext.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return context != nullptr && gcm_decrypt(context.get(), aad, in.first(gcm_nonce_bytes),
                                                     body, in.last(gcm_tag_bytes), out);
        });
    if (!opened) {
        return Error(Code::kSealBroken, "crypto.unseal");
    }
    return plaintext;
}

namespace {

constexpr std::size_t kWrappedBytesMax = 1024 * 1024;

/// Runs AES key wrap over `in`; the size written, or nothing.
std::optional<std::size_t> run_wrap(const SecretBytes& kek, bool padded, bool encrypt, BytesView in,
                                    MutableBytesView out) {
    const EVP_CIPHER* const cipher =
        cipher_for(padded ? Mode::kWrapPad : Mode::kWrap, kek.size());
    const ossl::CipherCtx context(EVP_CIPHER_CTX_new());
    if (cipher == nullptr || context == nullptr) {
        return std::nullopt;
    }
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    const int keyed = kek.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        return EVP_CipherInit_ex2(context.get(), cipher, raw.data(), nullptr, encrypt ? 1 : 0,
                                  nullptr);
    });
    int size = 0;
    if (keyed != 1 ||
        EVP_CipherUpdate(context.get(), out.data(), &size, in.data(),
                         static_cast<int>(in.size())) != 1 ||
        size <= 0) {
        ERR_clear_error();
        return std::nullopt;
    }
    return static_cast<std::size_t>(size);
}

}  // namespace

Result<Bytes> wrap_key(const SecretBytes& kek, const SecretBytes& key, bool padded) {
    if (cipher_for(Mode::kWrap, kek.size()) == nullptr) {
        return wrong_key_size("crypto.wrap_key");
    }
    // RFC 3394 section 2: at least two blocks of 64 bits; RFC 5649 section 3: at least one octet.
    if (key.empty() || key.size() > kWrappedBytesMax ||
        (!padded && (key.size() < 16 || key.size() % 8 != 0))) {
        return Error::invalid("crypto.wrap_key", "key", "this size cannot be wrapped");
    }
    Bytes wrapped((key.size() + 7) / 8 * 8 + 8);
    const auto size = key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        return run_wrap(kek, padded, true, raw, wrapped);
    });
    if (size != wrapped.size()) {
        return ossl::failed("crypto.wrap_key");
    }
    return wrapped;
}

Result<SecretBytes> unwrap_key(const SecretBytes& kek, BytesView wrapped, bool padded) {
    if (cipher_for(Mode::kWrap, kek.size()) == nullptr) {
        return wrong_key_size("crypto.unwrap_key");
    }
    if (wrapped.size() % 8 != 0 || wrapped.size() < (padded ? 16 : 24) ||
        wrapped.size() > kWrappedBytesMax + 8) {
        return Error(Code::kDecryptFailed, "crypto.unwrap_key");
    }
    SecretBytes key(wrapped.size());
    const auto size =
        key.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return run_wrap(kek, padded, false, wrapped, out);
        });
    if (!size) {
        return Error(Code::kDecryptFailed, "crypto.unwrap_key");
    }
    key.truncate(*size);
    return key;
}

}  // namespace chatelaine::crypto

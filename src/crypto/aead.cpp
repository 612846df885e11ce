#include "crypto/aead.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "base/check.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

struct CipherContextFree {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherContextFree>;

/// Fetched once for each size; null for a size that AES does not have.
const EVP_CIPHER* gcm_method(std::size_t key_bytes) {
    static const EVP_CIPHER* const aes128 = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
    static const EVP_CIPHER* const aes192 = EVP_CIPHER_fetch(nullptr, "AES-192-GCM", nullptr);
    static const EVP_CIPHER* const aes256 = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    switch (key_bytes) {
        case 16: return aes128;
        case 24: return aes192;
        case 32: return aes256;
        default: return nullptr;
    }
}

Error library_failed(std::string_view where) {
    return Error(Code::kCryptoFailed, where, "the library refused the operation");
}

}  // namespace

struct AesGcm::State {
    CipherContext encrypt{EVP_CIPHER_CTX_new()};
    CipherContext decrypt{EVP_CIPHER_CTX_new()};
};

AesGcm::AesGcm(std::unique_ptr<State> state) : state_(std::move(state)) {}
AesGcm::AesGcm(AesGcm&&) noexcept = default;
AesGcm& AesGcm::operator=(AesGcm&&) noexcept = default;
AesGcm::~AesGcm() = default;

Result<AesGcm> AesGcm::create(const SecretBytes& key) {
    const EVP_CIPHER* const method = gcm_method(key.size());
    if (method == nullptr) {
        return Error::invalid("crypto.gcm", "key", "expected 16, 24 or 32 bytes");
    }
    auto state = std::make_unique<State>();
    const bool set = key.with_exposed(insecure_expose_secret(), [&](BytesView bytes) {
        return EVP_EncryptInit_ex2(state->encrypt.get(), method, bytes.data(), nullptr, nullptr) ==
                   1 &&
               EVP_DecryptInit_ex2(state->decrypt.get(), method, bytes.data(), nullptr, nullptr) ==
                   1;
    });
    if (!set) {
        return library_failed("crypto.gcm.create");
    }
    return AesGcm(std::move(state));
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
    CH_CHECK(ciphertext_out.size() == plaintext.size() && tag_out.size() == gcm_tag_bytes);
    EVP_CIPHER_CTX* const context = state_->encrypt.get();
    if (nonce.size() != gcm_nonce_bytes &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()),
                            nullptr) != 1) {
        return library_failed("crypto.gcm.nonce");
    }
    int written = 0;
    std::array<std::uint8_t, 16> end{};
    const bool done =
        EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
        (aad.empty() || EVP_EncryptUpdate(context, nullptr, &written, aad.data(),
                                          static_cast<int>(aad.size())) == 1) &&
        (plaintext.empty() || EVP_EncryptUpdate(context, ciphertext_out.data(), &written,
                                                plaintext.data(),
                                                static_cast<int>(plaintext.size())) == 1) &&
        EVP_EncryptFinal_ex(context, end.data(), &written) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_out.size()),
                            tag_out.data()) == 1;
    return done ? ok() : Result<void>(library_failed("crypto.gcm.encrypt"));
}

Result<void> AesGcm::decrypt(BytesView aad, BytesView nonce, BytesView ciphertext, BytesView tag,
                             MutableBytesView plaintext_out) {
    CH_CHECK(plaintext_out.size() == ciphertext.size());
    const auto refused = [&] {
        wipe(plaintext_out.data(), plaintext_out.size());
        return Error(Code::kDecryptFailed, "crypto.gcm.decrypt", "the ciphertext does not open");
    };
    if (tag.size() != gcm_tag_bytes || nonce.empty()) {
        return refused();
    }
    EVP_CIPHER_CTX* const context = state_->decrypt.get();
    if (EVP_CIPHER_CTX_get_iv_length(context) != static_cast<int>(nonce.size()) &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()),
                            nullptr) != 1) {
        return refused();
    }
    int written = 0;
    std::array<std::uint8_t, 16> end{};
    const bool done =
        EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
        (aad.empty() || EVP_DecryptUpdate(context, nullptr, &written, aad.data(),
                                          static_cast<int>(aad.size())) == 1) &&
        (ciphertext.empty() || EVP_DecryptUpdate(context, plaintext_out.data(), &written,
                                                 ciphertext.data(),
                                                 static_cast<int>(ciphertext.size())) == 1) &&
        // The tag is only read here; the interface lacks the const.
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                            const_cast<std::uint8_t*>(tag.data())) == 1 &&
        EVP_DecryptFinal_ex(context, end.data(), &written) == 1;
    return done ? ok() : Result<void>(refused());
}

Result<SealedBytes> seal(const SecretBytes& key, BytesView aad, BytesView plaintext) {
    CH_TRY(AesGcm cipher, AesGcm::create(key));
    Bytes out(gcm_nonce_bytes + plaintext.size() + gcm_tag_bytes);
    const MutableBytesView all(out);
    CH_TRY_VOID(cipher.encrypt(aad, plaintext, all.first(gcm_nonce_bytes),
                               all.subspan(gcm_nonce_bytes, plaintext.size()),
                               all.last(gcm_tag_bytes)));
    return SealedBytes::from_stored(std::move(out));
}

Result<SecretBytes> unseal(const SecretBytes& key, BytesView aad, const SealedBytes& sealed) {
    const auto broken = [] { return Error(Code::kSealBroken, "crypto.unseal"); };
    const BytesView all = sealed.view();
    if (all.size() < gcm_nonce_bytes + gcm_tag_bytes) {
        return broken();
    }
    CH_TRY(AesGcm cipher, AesGcm::create(key));
    SecretBytes plaintext(all.size() - gcm_nonce_bytes - gcm_tag_bytes);
    const auto opened = plaintext.with_exposed_mutable(
        insecure_expose_secret(), [&](MutableBytesView out) {
            return cipher.decrypt(aad, all.first(gcm_nonce_bytes),
                                  all.subspan(gcm_nonce_bytes, out.size()),
                                  all.last(gcm_tag_bytes), out);
        });
    if (!opened) {
        return broken();
    }
    return plaintext;
}

namespace {

const EVP_CIPHER* wrap_method(std::size_t kek_bytes, bool padded) {
    switch (kek_bytes) {
        case 16: return padded ? EVP_aes_128_wrap_pad() : EVP_aes_128_wrap();
        case 24: return padded ? EVP_aes_192_wrap_pad() : EVP_aes_192_wrap();
        case 32: return padded ? EVP_aes_256_wrap_pad() : EVP_aes_256_wrap();
        default: return nullptr;
    }
}

CipherContext wrap_context() {
    CipherContext context(EVP_CIPHER_CTX_new());
    CH_CHECK(context != nullptr);
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    return context;
}

}  // namespace

Result<Bytes> wrap_key(const SecretBytes& kek, const SecretBytes& key, bool padded) {
    const EVP_CIPHER* const method = wrap_method(kek.size(), padded);
    if (method == nullptr) {
        return Error::invalid("crypto.wrap", "kek", "expected 16, 24 or 32 bytes");
    }
    // RFC 3394 takes whole blocks of 8, two at least; RFC 5649 anything from one byte.
    if (padded ? key.empty() : key.size() < 16 || key.size() % 8 != 0) {
        return Error::invalid("crypto.wrap", "key", "the length cannot be wrapped");
    }
    const CipherContext context = wrap_context();
    Bytes out(key.size() + 24);
    int written = 0;
    int more = 0;
    const ExposeToken token = insecure_expose_secret();
    const bool done = kek.with_exposed(token, [&](BytesView kek_bytes) {
        return key.with_exposed(token, [&](BytesView key_bytes) {
            return EVP_EncryptInit_ex2(context.get(), method, kek_bytes.data(), nullptr, nullptr) ==
                       1 &&
                   EVP_EncryptUpdate(context.get(), out.data(), &written, key_bytes.data(),
                                     static_cast<int>(key_bytes.size())) == 1 &&
                   EVP_EncryptFinal_ex(context.get(), out.data() + written, &more) == 1;
        });
    });
    if (!done) {
        return library_failed("crypto.wrap");
    }
    out.resize(static_cast<std::size_t>(written + more));
    return out;
}

Result<SecretBytes> unwrap_key(const SecretBytes& kek, BytesView wrapped, bool padded) {
    const EVP_CIPHER* const method = wrap_method(kek.size(), padded);
    if (method == nullptr) {
        return Error::invalid("crypto.unwrap", "kek", "expected 16, 24 or 32 bytes");
    }
    const auto refused = [] {
        return Error(Code::kDecryptFailed, "crypto.unwrap", "the wrapped key does not open");
    };
    if (wrapped.size() < 16 || wrapped.size() % 8 != 0 || (!padded && wrapped.size() < 24)) {
        return refused();
    }
    const CipherContext context = wrap_context();
    SecretBytes out(wrapped.size() + 8);
    const ExposeToken token = insecure_expose_secret();
    int written = 0;
    const bool done = kek.with_exposed(token, [&](BytesView kek_bytes) {
        return out.with_exposed_mutable(token, [&](MutableBytesView bytes) {
            return EVP_DecryptInit_ex2(context.get(), method, kek_bytes.data(), nullptr, nullptr) ==
                       1 &&
                   EVP_DecryptUpdate(context.get(), bytes.data(), &written, wrapped.data(),
                                     static_cast<int>(wrapped.size())) == 1 &&
                   written > 0;
        });
    });
    if (!done) {
        return refused();
    }
    out.truncate(static_cast<std::size_t>(written));
    return out;
}

}  // namespace chatelaine::crypto

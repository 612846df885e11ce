#include "crypto/cipher.hpp"

#include <climits>

#include "base/check.hpp"
#include "crypto/ossl.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::size_t kGcmTagBytes = 16;
constexpr std::size_t kInputBytesMax = 4 * 1024 * 1024;

const EVP_CIPHER* method_for(bool gcm, std::size_t key_bytes) {
    static const auto fetch = [](const char* name) {
        return EVP_CIPHER_fetch(nullptr, name, nullptr);
    };
    static const EVP_CIPHER* const methods[2][3] = {
        {fetch("AES-128-CBC"), fetch("AES-192-CBC"), fetch("AES-256-CBC")},
        {fetch("AES-128-GCM"), fetch("AES-192-GCM"), fetch("AES-256-GCM")}};
    if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32) {
        return nullptr;
    }
    return methods[gcm ? 1 : 0][(key_bytes - 16) / 8];
}

Result<void> check_key(const SecretBytes& key) {
    if (method_for(false, key.size()) == nullptr) {
        return Error::invalid("crypto.cipher", "key", "an AES key has 16, 24 or 32 bytes");
    }
    return ok();
}

/// A context with key and IV; null when OpenSSL refuses them.
ossl::CipherCtx context_for(bool gcm, const SecretBytes& key, BytesView iv, bool encrypt) {
    ossl::CipherCtx context(EVP_CIPHER_CTX_new());
    const int direction = encrypt ? 1 : 0;
    const bool made =
        context != nullptr &&
        EVP_CipherInit_ex2(context.get(), method_for(gcm, key.size()), nullptr, nullptr, direction,
                           nullptr) == 1 &&
        (!gcm || EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN,
                                     static_cast<int>(iv.size()), nullptr) == 1) &&
        key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
            return EVP_CipherInit_ex2(context.get(), nullptr, raw.data(), iv.data(), direction,
                                      nullptr) == 1;
        });
    return made ? std::move(context) : nullptr;
}

/// Update and final into `out`; the size written, or -1.
int run(EVP_CIPHER_CTX* context, BytesView in, MutableBytesView out) {
    int first = 0;
    int last = 0;
    if (!in.empty() && EVP_CipherUpdate(context, out.data(), &first, in.data(),
                                        static_cast<int>(in.size())) != 1) {
        return -1;
    }
    return EVP_CipherFinal_ex(context, out.data() + first, &last) == 1 ? first + last : -1;
}

Error not_opened() {
    ERR_clear_error();
    return Error(Code::kDecryptFailed, "crypto.cipher");
}

bool add_aad(EVP_CIPHER_CTX* context, BytesView aad) {
    int size = 0;
    return aad.empty() || (aad.size() <= kInputBytesMax &&
                           EVP_CipherUpdate(context, nullptr, &size, aad.data(),
                                            static_cast<int>(aad.size())) == 1);
}

}  // namespace

Result<Bytes> cbc_encrypt(const SecretBytes& key, BytesView iv, const SecretBytes& plaintext) {
    CH_TRY_VOID(check_key(key));
    if (iv.size() != aes_block_bytes || plaintext.size() > kInputBytesMax) {
        return Error::invalid("crypto.cipher", "iv", "expected 16 bytes");
    }
    const ossl::CipherCtx context = context_for(false, key, iv, true);
    Bytes ciphertext((plaintext.size() / aes_block_bytes + 1) * aes_block_bytes);
    const int size = plaintext.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        return context == nullptr ? -1 : run(context.get(), raw, ciphertext);
    });
    if (size != static_cast<int>(ciphertext.size())) {
        return ossl::failed("crypto.cipher");
    }
    return ciphertext;
}

Result<SecretBytes> cbc_decrypt(const SecretBytes& key, BytesView iv, BytesView ciphertext) {
    CH_TRY_VOID(check_key(key));
    if (iv.size() != aes_block_bytes || ciphertext.empty() ||
        ciphertext.size() % aes_block_bytes != 0 || ciphertext.size() > kInputBytesMax) {
        return not_opened();
    }
    const ossl::CipherCtx context = context_for(false, key, iv, false);
    SecretBytes plaintext(ciphertext.size() + aes_block_bytes);
    const int size =
        plaintext.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return context == nullptr ? -1 : run(context.get(), ciphertext, out);
        });
    if (size < 0) {
        return not_opened();
    }
    plaintext.truncate(static_cast<std::size_t>(size));
    return plaintext;
}

Result<Bytes> insecure_gcm_encrypt_with_iv(const SecretBytes& key, BytesView iv, BytesView aad,
                                           const SecretBytes& plaintext) {
    CH_TRY_VOID(check_key(key));
    if (iv.empty() || iv.size() > gcm_iv_bytes_max || plaintext.size() > kInputBytesMax) {
        return Error::invalid("crypto.cipher", "iv", "expected 1 to 128 bytes");
    }
    const ossl::CipherCtx context = context_for(true, key, iv, true);
    Bytes sealed(plaintext.size() + kGcmTagBytes);
    const bool done = plaintext.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        return context != nullptr && add_aad(context.get(), aad) &&
               run(context.get(), raw, sealed) == static_cast<int>(raw.size()) &&
               EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTagBytes,
                                   sealed.data() + raw.size()) == 1;
    });
    if (!done) {
        return ossl::failed("crypto.cipher");
    }
    return sealed;
}

Result<SecretBytes> gcm_decrypt_with_iv(const SecretBytes& key, BytesView iv, BytesView aad,
                                        BytesView ciphertext_and_tag) {
    CH_TRY_VOID(check_key(key));
    if (iv.empty() || iv.size() > gcm_iv_bytes_max || ciphertext_and_tag.size() < kGcmTagBytes ||
        ciphertext_and_tag.size() > kInputBytesMax) {
        return not_opened();
    }
    const BytesView ciphertext =
        ciphertext_and_tag.first(ciphertext_and_tag.size() - kGcmTagBytes);
    Bytes tag(ciphertext_and_tag.end() - static_cast<std::ptrdiff_t>(kGcmTagBytes),
              ciphertext_and_tag.end());
    const ossl::CipherCtx context = context_for(true, key, iv, false);
    SecretBytes plaintext(ciphertext.size() + aes_block_bytes);
    const int size =
        plaintext.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return context != nullptr &&
                           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTagBytes,
                                               tag.data()) == 1 &&
                           add_aad(context.get(), aad)
                       ? run(context.get(), ciphertext, out)
                       : -1;
        });
    if (size < 0) {
        return not_opened();
    }
    plaintext.truncate(static_cast<std::size_t>(size));
    return plaintext;
}

}  // namespace chatelaine::crypto

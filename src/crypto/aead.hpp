#pragma once

#include <memory>

#include "crypto/secret.hpp"

namespace chatelaine::crypto {

inline constexpr std::size_t gcm_nonce_bytes = 12;
inline constexpr std::size_t gcm_tag_bytes = 16;

/// AES-GCM (SP 800-38D) under one key of 16, 24 or 32 bytes with a context that is set up once and
/// kept. Every nonce is fresh, random, of 96 bits, made in here. Output may lie where input lies.
/// Threads: one at a time. Wipes its context when destroyed.
class AesGcm {
public:
    static Result<AesGcm> create(const SecretBytes& key);
    AesGcm(AesGcm&&) noexcept;
    AesGcm& operator=(AesGcm&&) noexcept;
    ~AesGcm();

    /// `nonce_out` and `tag_out` are filled; `ciphertext_out` has the plaintext's size.
    /// kCryptoFailed only when the library refuses what ought to work.
    Result<void> encrypt(BytesView aad, BytesView plaintext, MutableBytesView nonce_out,
                         MutableBytesView ciphertext_out, MutableBytesView tag_out);
    /// kDecryptFailed for every reason alike: wrong key, nonce, AAD, tag or sizes.
    Result<void> decrypt(BytesView aad, BytesView nonce, BytesView ciphertext, BytesView tag,
                         MutableBytesView plaintext_out);

    /// Known-answer tests need a nonce of theirs; nothing else may call this (tools/tidy).
    Result<void> insecure_encrypt_with_nonce(BytesView aad, BytesView nonce, BytesView plaintext,
                                             MutableBytesView ciphertext_out,
                                             MutableBytesView tag_out);

private:
    struct State;
    explicit AesGcm(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Seals a plaintext as nonce ‖ ciphertext ‖ tag under an AES-256 key; `aad` binds what it is.
Result<SealedBytes> seal(const SecretBytes& key, BytesView aad, BytesView plaintext);
/// kSealBroken when it does not open, for every reason alike.
Result<SecretBytes> unseal(const SecretBytes& key, BytesView aad, const SealedBytes& sealed);

/// AES key wrap of key data, RFC 3394 (`padded` false) or RFC 5649 (true). KEK of 16, 24, 32 bytes.
Result<Bytes> wrap_key(const SecretBytes& kek, const SecretBytes& key, bool padded);
Result<SecretBytes> unwrap_key(const SecretBytes& kek, BytesView wrapped, bool padded);

}  // namespace chatelaine::crypto

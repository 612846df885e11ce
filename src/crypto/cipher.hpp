#pragma once

#include "crypto/secret.hpp"

/// AES in the modes that a wire standard demands, with an IV that comes from outside. Only KMIP's
/// and JOSE's faces of a key may use these: what the service encrypts for itself goes through
/// aead.hpp.

namespace chatelaine::crypto {

inline constexpr std::size_t aes_block_bytes = 16;

/// AES-CBC (SP 800-38A) with the padding of PKCS#7 (RFC 5652 section 6.3). kInvalidArgument on the
/// size of "key" or "iv".
Result<Bytes> cbc_encrypt(const SecretBytes& key, BytesView iv, const SecretBytes& plaintext);
/// kDecryptFailed on sizes and padding alike. CBC alone does not authenticate: a caller that tells
/// its peer about the padding before a MAC was checked gives the plaintext away.
Result<SecretBytes> cbc_decrypt(const SecretBytes& key, BytesView iv, BytesView ciphertext);

/// AES-GCM (SP 800-38D) with an IV of 1 to 128 bytes and a full tag, which follows the ciphertext.
/// An IV that repeats under one key breaks it: the caller answers for that.
inline constexpr std::size_t gcm_iv_bytes_max = 128;
Result<Bytes> insecure_gcm_encrypt_with_iv(const SecretBytes& key, BytesView iv, BytesView aad,
                                           const SecretBytes& plaintext);
/// kDecryptFailed for every reason alike.
Result<SecretBytes> gcm_decrypt_with_iv(const SecretBytes& key, BytesView iv, BytesView aad,
                                        BytesView ciphertext_and_tag);

}  // namespace chatelaine::crypto

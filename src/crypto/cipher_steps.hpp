#pragma once

#include "crypto/block_cipher.hpp"
#include "crypto/ossl.hpp"

/// What one-shot and streamed encryption have in common; private to the room.

namespace chatelaine::crypto::cipher_steps {

/// All that can be said without the data.
Result<void> check(const SecretBytes& key, const CipherParameters& parameters);
Result<void> check_plaintext_size(const CipherParameters& parameters, std::size_t size);
/// False on sizes of ciphertexts that nothing can have made.
bool ciphertext_size_fits(const CipherParameters& parameters, std::size_t size);
/// Modes whose length, or whose last block, must be known before the first byte comes out.
bool needs_whole(CipherMode mode);

/// A context with everything set but CCM's lengths; null when OpenSSL refuses.
ossl::CipherCtx context_for(const SecretBytes& key, const CipherParameters& parameters,
                            BytesView tag, bool encrypt);
/// Update into `out` at `at`, which moves on; false when OpenSSL refuses.
bool feed(EVP_CIPHER_CTX* context, BytesView in, MutableBytesView out, std::size_t& at);
bool finalise(EVP_CIPHER_CTX* context, MutableBytesView out, std::size_t& at);
/// The last step of every encryption: padding, final, tag. `out` holds `at` bytes so far.
Result<Encrypted> end_encryption(EVP_CIPHER_CTX* context, const CipherParameters& parameters,
                                 std::size_t total, Bytes out, std::size_t at);

Error invalid(const char* field, const char* message);
Error not_opened();

}  // namespace chatelaine::crypto::cipher_steps

#pragma once

#include "crypto/any_key.hpp"
#include "crypto/block_cipher.hpp"
#include "crypto/mac.hpp"

/// Keys from keys, by the methods of KMIP's Derive Key. Each gives `size` bytes, the front of what
/// the method makes; kInvalidArgument("size") when that is 0, more than the method makes, or above
/// derived_bytes_max. HKDF stands in mac.hpp.

namespace chatelaine::crypto {

inline constexpr std::size_t derived_bytes_max = 64 * 1024;
inline constexpr std::size_t pbkdf2_iterations_max = 10'000'000;

/// RFC 8018 section 5.2 with HMAC. kInvalidArgument("iterations") outside 1..pbkdf2_iterations_max.
/// Slow: a pool's work. Threads: any, as all here.
Result<SecretBytes> derive_pbkdf2(Hash hash, const SecretBytes& password, BytesView salt,
                                  std::size_t iterations, std::size_t size);
/// The hash of `input`, which is the key or the derivation data.
Result<SecretBytes> derive_hash(Hash hash, const SecretBytes& input, std::size_t size);
/// HMAC of the derivation data under the key.
Result<SecretBytes> derive_hmac(Hash hash, const SecretBytes& key, BytesView data,
                                std::size_t size);
/// The derivation data encrypted under the key; errors of cipher_encrypt too. The tag is left out.
Result<SecretBytes> derive_encrypt(const SecretBytes& key, const CipherParameters& parameters,
                                   const SecretBytes& data, std::size_t size);

/// SP 800-108 rev. 1, sections 4.1 to 4.3. `fixed` is the whole fixed input; the counter is 32 bits
/// and stands in front of it (after the chained value in the modes that chain one).
enum class KbkdfMode : std::uint8_t { kCounter, kFeedback, kDoublePipeline, kEnd };
struct KbkdfScheme {
    KbkdfMode mode = KbkdfMode::kCounter;
    MacScheme prf;
    BytesView iv;  ///< feedback alone: K(0); may be empty
};
Result<SecretBytes> derive_kbkdf(const KbkdfScheme& scheme, const SecretBytes& key, BytesView fixed,
                                 std::size_t size);

/// ECDH (SEC 1 section 3.3.1: the x coordinate, padded), or X25519 and X448 (RFC 7748).
/// kWrongKeyType when the keys do not go together; kInvalidArgument("key") when the other's point
/// gives nothing (a low order). `size` 0 means all of the shared secret.
Result<SecretBytes> derive_agreed(const AnyPrivateKey& own, const AnyPublicKey& other,
                                  std::size_t size);

}  // namespace chatelaine::crypto

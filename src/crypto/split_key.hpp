#pragma once

#include <vector>

#include "crypto/secret.hpp"

/// KMIP's Create and Join Split Key (Split Key object, "Split Key Method"). shares.hpp is the
/// service's own form of shares.

namespace chatelaine::crypto {

enum class SplitMethod : std::uint8_t { kXor, kGf2_16, kPrimeField, kGf2_8, kEnd };

/// `identifier` counts from 1 and is the point at which polynomials are taken.
///
/// GF(2^8) here is modulo x^8 + x^4 + x^3 + x^2 + 1, as the cases of OASIS have it. GF(2^16) is the
/// specification's pairs (u, v) over the field of AES with y^2 = y + {3A}; a secret of odd length
/// is padded with a zero in front, so that its parts are one byte longer.
struct KeyPart {
    std::size_t identifier = 0;
    SecretBytes bytes;
};

struct SplitScheme {
    SplitMethod method = SplitMethod::kXor;
    std::size_t parts = 0;
    std::size_t threshold = 0;  ///< XOR: equal to `parts`
    /// Prime field alone: the modulus, big-endian, a prime above every secret. split_prime() makes
    /// one that fits.
    Bytes prime;
};

inline constexpr std::size_t split_secret_bytes_max = 8192;
inline constexpr std::size_t split_parts_max = 255;
/// Parts × threshold × bytes of the secret: a tenth of a second.
inline constexpr std::size_t split_work_max = 4 * 1024 * 1024;

/// The smallest prime above 2^(8 * secret_bytes), big-endian. kInvalidArgument("secret") on 0 or
/// above split_prime_secret_bytes_max: finding it costs too much.
inline constexpr std::size_t split_prime_secret_bytes_max = 128;
Result<Bytes> split_prime(std::size_t secret_bytes);

/// kInvalidArgument naming "parts" (2..255, split_work_max), "threshold" (2..parts; XOR: all),
/// "secret" or "prime". Parts of a prime field are padded to the prime's size. Threads: any.
Result<std::vector<KeyPart>> split_key(const SplitScheme& scheme, const SecretBytes& secret);

/// Any `threshold` or more parts give the secret; what `scheme` says comes from the parts'
/// objects. `secret_bytes` 0: as long as a part (the prime's size less one in a prime field).
/// kCryptoFailed when there are fewer than the threshold; kInvalidArgument("parts") when they
/// repeat, differ in length or have no fitting identifier. A wrong part gives a wrong secret.
Result<SecretBytes> join_key(const SplitScheme& scheme, const std::vector<KeyPart>& parts,
                             std::size_t secret_bytes);

}  // namespace chatelaine::crypto

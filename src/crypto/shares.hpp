#pragma once

#include <string>
#include <vector>

#include "crypto/secret.hpp"

namespace chatelaine::crypto {

/// Shamir's scheme over GF(2^8), byte by byte, field and evaluation in constant time.
/// A share is its x coordinate (1..255) and as many bytes as the secret.
struct Share {
    std::uint8_t x = 0;
    SecretBytes bytes;
};

/// 2 <= threshold <= count <= 255. Fewer than `threshold` shares say nothing about the secret.
Result<std::vector<Share>> split_secret(const SecretBytes& secret, std::size_t threshold,
                                        std::size_t count);
/// kInvalidArgument when shares repeat or differ in length. A wrong share gives a wrong secret: the
/// caller checks by opening something with it.
Result<SecretBytes> combine_shares(const std::vector<Share>& shares);

}  // namespace chatelaine::crypto

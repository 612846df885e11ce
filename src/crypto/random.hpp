#pragma once

#include "base/random.hpp"
#include "crypto/secret.hpp"

namespace chatelaine::crypto {

/// OpenSSL's DRBG (SP 800-90A) for the calling thread; nonces are drawn in blocks.
Random& system_random();

/// Fresh key material of `size` bytes from the private DRBG; small ones are drawn in blocks.
SecretBytes random_secret(std::size_t size);

}  // namespace chatelaine::crypto

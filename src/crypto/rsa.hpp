#pragma once

#include "crypto/keys.hpp"
#include "crypto/ossl.hpp"

/// The arithmetic of RSA keys that come in; private to the room.

namespace chatelaine::crypto::rsa {

/// Service keys are longer than what KMIP still registers (any_key.hpp).
inline constexpr std::size_t service_bits_min = 2048;

/// kInvalidArgument naming "n" or "e".
Result<void> check_public(const BIGNUM* n, const BIGNUM* e, std::size_t bits_min);
Result<ossl::Pkey> public_key(BytesView modulus, BytesView exponent,
                              std::size_t bits_min = service_bits_min);

/// The numbers of a private key with everything filled in.
struct Numbers {
    ossl::Bn n, e, d, p, q, dp, dq, qi;
};

/// Recovers p and q from d when they are missing, makes the rest from d, p and q, and checks that
/// it all belongs together. kInvalidArgument naming the member that does not.
Result<Numbers> complete(const PrivateKey::RsaParts& parts,
                         std::size_t bits_min = service_bits_min);
/// Null when OpenSSL refuses the numbers.
ossl::Pkey private_key(const Numbers& numbers);
/// The numbers of a private key of OpenSSL.
Result<PrivateKey::RsaParts> parts_of(const EVP_PKEY* key);

}  // namespace chatelaine::crypto::rsa

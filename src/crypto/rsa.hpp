#pragma once

#include "crypto/keys.hpp"
#include "crypto/ossl.hpp"

/// The arithmetic of RSA keys that come in; private to the room.

namespace chatelaine::crypto::rsa {

/// kInvalidArgument naming "n" or "e".
Result<void> check_public(const BIGNUM* n, const BIGNUM* e);

/// The numbers of a private key with everything filled in.
struct Numbers {
    ossl::Bn n, e, d, p, q, dp, dq, qi;
};

/// Recovers p and q from d when they are missing, makes the rest from d, p and q, and checks that
/// it all belongs together. kInvalidArgument naming the member that does not.
Result<Numbers> complete(const PrivateKey::RsaParts& parts);

}  // namespace chatelaine::crypto::rsa

#include <openssl/sha.h>

#include "crypto/x509.hpp"

/// Stands in for the crypto room, so that net's own tests need nothing above them: only the
/// fingerprint is real. Weak: the room's own code takes its place where it is linked.

namespace chatelaine::crypto {

__attribute__((weak)) Result<CertificateFacts> read_certificate(BytesView der) {
    CertificateFacts facts;
    SHA256(der.data(), der.size(), facts.fingerprint.data());
    facts.not_after = WallTime::from_seconds(4'000'000'000);
    return facts;
}

}  // namespace chatelaine::crypto

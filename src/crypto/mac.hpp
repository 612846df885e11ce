#pragma once

#include "crypto/digest.hpp"

/// Message authentication and key derivation where a wire standard (KMIP, PKCS#11) names the hash.
/// The service's own records use hash.hpp.

namespace chatelaine::crypto {

/// HMAC (FIPS 198-1) of the hash's full length. Compare with equal_ct.
Bytes hmac(Hash hash, const SecretBytes& key, BytesView message);

/// AES-CMAC (SP 800-38B), 16 bytes. kInvalidArgument("key") unless it has 16, 24 or 32 bytes.
Result<Bytes> cmac(const SecretBytes& key, BytesView message);

/// HKDF (RFC 5869). kInvalidArgument("size") above 255 times the hash's length.
Result<SecretBytes> hkdf(Hash hash, const SecretBytes& input, BytesView salt, BytesView info,
                         std::size_t size);

}  // namespace chatelaine::crypto

#pragma once

#include "crypto/ossl.hpp"

/// Keys to and from OpenSSL's numbers and its DER; private to the room.

namespace chatelaine::crypto {

/// A key made from numbers; null when OpenSSL refuses them.
ossl::Pkey key_from(const char* type, int selection, OSSL_PARAM_BLD* build);

/// A parameter of the key; null when it has none of that name.
ossl::Bn number_of(const EVP_PKEY* key, const char* name);
/// Big-endian without leading zeros, or padded to `size`. The number was checked when it came in.
Bytes public_octets(const EVP_PKEY* key, const char* name, std::size_t size = 0);
Result<SecretBytes> secret_octets(const EVP_PKEY* key, const char* name, std::size_t size = 0);

Result<Bytes> spki_der(const EVP_PKEY* key);
Result<SecretBytes> pkcs8_der(const EVP_PKEY* key);
/// PKCS#1 of an RSA key, SEC 1 of an EC key.
Result<SecretBytes> type_specific_der(const EVP_PKEY* key);

}  // namespace chatelaine::crypto

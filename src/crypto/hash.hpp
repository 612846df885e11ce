#pragma once

#include <array>

#include "crypto/secret.hpp"

namespace chatelaine::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(BytesView bytes);
Sha256 sha256(const SecretBytes& secret);

/// HMAC-SHA-256 (RFC 2104 / FIPS 198-1).
Sha256 hmac_sha256(const SecretBytes& key, BytesView message);

/// SP 800-108 KDF in counter mode, HMAC-SHA-256, one block: 32 bytes of key for a purpose.
/// `label` says the purpose, `context` which object; both are fixed by docs/formats.md.
SecretBytes derive_key(const SecretBytes& key, std::string_view label, BytesView context);

/// HKDF-SHA-256 (RFC 5869) for keys that come from low-structure input.
SecretBytes hkdf_sha256(const SecretBytes& input, BytesView salt, BytesView info, std::size_t size);

}  // namespace chatelaine::crypto

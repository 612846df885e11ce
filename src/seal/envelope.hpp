#pragma once

#include <array>
#include <string_view>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "crypto/secret.hpp"

/// What the room's files have in common: magic (8 bytes) ‖ body ‖ SHA-256 of both. The sum finds
/// damage while the service is still sealed; only the AEAD inside proves anything.

namespace chatelaine::seal {

using Magic = std::array<char, 8>;
inline constexpr Magic root_magic{'C', 'H', 'T', 'L', 'R', 'O', 'O', 'T'};
inline constexpr Magic keybag_magic{'C', 'H', 'T', 'L', 'K', 'B', 'A', 'G'};

Bytes close_envelope(const Magic& magic, BytesView body);
/// The body, pointing into `file`; kStoreCorrupt when magic or sum are not right.
Result<BytesView> open_envelope(const Magic& magic, BytesView file, std::string_view where);

/// Seals a key under another; `aad` says what is wrapped by what.
Result<Bytes> wrap_secret(const crypto::SecretBytes& key, BytesView aad,
                          const crypto::SecretBytes& secret);
/// kSealBroken when it does not open.
Result<crypto::SecretBytes> unwrap_secret(const crypto::SecretBytes& key, BytesView aad,
                                          BytesView wrapped);

/// Bytes put one behind the other, for AAD; integers are little-endian.
class Joined {
public:
    Joined& text(std::string_view value);
    Joined& uuid(const Uuid& value);
    Joined& number(std::uint64_t value, std::size_t octets);
    BytesView view() const { return bytes_; }

private:
    Bytes bytes_;
};

}  // namespace chatelaine::seal

#pragma once

#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "crypto/secret.hpp"
#include "crypto/shares.hpp"

/// The two text forms of keys that leave the service: the key file and the shares. Each ends with
/// the first four bytes of the SHA-256 of all that stands before, in hex: it finds a mistyped or
/// cut-off text, and proves nothing.

namespace chatelaine::seal {

/// "chatelaine-key-1:<id>:<base64url of 32 bytes>:<checksum>\n"
struct KeyFile {
    Uuid id;
    crypto::SecretBytes key;

    crypto::SecretBytes encode() const;
    /// kMalformed when it is damaged.
    static Result<KeyFile> decode(const crypto::SecretBytes& text);
};

/// "chatelaine-share-1:<first 8 hex digits of the set id>:<x>:<threshold>:<base64url>:<checksum>"
crypto::SecretBytes encode_share(const Uuid& set, std::size_t threshold,
                                 const crypto::Share& share);

struct DecodedShare {
    std::string set;  ///< 8 hex digits
    std::size_t threshold = 0;
    crypto::Share share;
};
/// kInvalidArgument("share") when it is damaged. White space around it does not count.
Result<DecodedShare> decode_share(const crypto::SecretBytes& text);
/// The 8 hex digits of a set.
std::string short_set_id(const Uuid& set);

}  // namespace chatelaine::seal

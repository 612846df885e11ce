#pragma once

#include <optional>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "crypto/secret.hpp"

/// The root file: the root key under the key file's key, and under the key that the shares split.
/// While a rotation runs it also holds the next root under the present one, so that whichever of
/// the two the keybag is sealed under can be had from whatever opens the present one.

namespace chatelaine::seal {

struct RootFile {
    Uuid seal_id;                 ///< this installation; in every AAD of these files
    std::uint64_t revision = 0;   ///< counts the writes; for people
    Uuid root_id;
    Uuid key_file_id;
    Bytes by_key_file;
    Uuid share_set;
    std::uint32_t share_threshold = 0;
    std::uint32_t share_count = 0;
    Bytes by_shares;
    std::optional<Uuid> next_root_id;  ///< a rotation that was not finished
    Bytes next_by_root;

    Bytes encode() const;
    /// kStoreCorrupt, or kFormatTooNew with both versions named.
    static Result<RootFile> decode(BytesView file);

    // Each sets or opens one wrap. Opening fails with kSealBroken.
    Result<void> wrap_by_key_file(const crypto::SecretBytes& key, const crypto::SecretBytes& root);
    Result<crypto::SecretBytes> open_by_key_file(const crypto::SecretBytes& key) const;
    Result<void> wrap_by_shares(const crypto::SecretBytes& key, const crypto::SecretBytes& root);
    Result<crypto::SecretBytes> open_by_shares(const crypto::SecretBytes& key) const;
    Result<void> wrap_next(const crypto::SecretBytes& root, const crypto::SecretBytes& next);
    Result<crypto::SecretBytes> open_next(const crypto::SecretBytes& root) const;
};

}  // namespace chatelaine::seal

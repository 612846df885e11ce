#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "crypto/secret.hpp"

/// The keybag: the keys of every scope, apart from the records. As a file it is sealed under the
/// root key; in memory it is immutable and shared, and a change makes the next one.

namespace chatelaine::seal {

struct Generation {
    std::uint32_t number = 0;  ///< from 1
    crypto::SecretBytes key;
};

struct ScopeKeys {
    std::vector<Generation> sealing;  ///< ascending; empty when the scope was destroyed
    crypto::SecretBytes index;        ///< empty when the scope was destroyed
    crypto::SecretBytes audit;

    bool is_destroyed() const { return sealing.empty(); }
    std::uint32_t generation() const { return sealing.empty() ? 0 : sealing.back().number; }
    std::uint32_t oldest_generation() const {
        return sealing.empty() ? 0 : sealing.front().number;
    }
    const crypto::SecretBytes* sealing_key(std::uint32_t number) const;
    ScopeKeys clone() const;
};

struct Keybag {
    Uuid seal_id;
    std::uint64_t counter = 0;  ///< one more with each change
    std::unordered_map<Uuid, std::shared_ptr<const ScopeKeys>> scopes;
    std::set<Uuid> graves;

    /// Null when there is none; a destroyed scope is found too.
    const ScopeKeys* find(const Uuid& scope) const;

    /// The file, sealed under a root.
    Result<Bytes> encode(const Uuid& root_id, const crypto::SecretBytes& root) const;
    /// kSealBroken when it does not open with this root; kStoreCorrupt, kFormatTooNew.
    static Result<Keybag> decode(BytesView file, const crypto::SecretBytes& root);
};

/// What stands in clear at the file's start.
struct KeybagHead {
    Uuid seal_id;
    Uuid root_id;
    std::uint64_t counter = 0;
    BytesView sealed;  ///< points into the file
};
Result<KeybagHead> read_keybag_head(BytesView file);

}  // namespace chatelaine::seal

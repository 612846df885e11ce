#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

/// When versions' data was last read, until the keeper writes it down. A read costs a look into a
/// map, never a write to disk; what was not yet written down when a process is killed is lost (the
/// audit has each read all the same).

namespace chatelaine::secrets {

struct Secret;

class LastReads {
public:
    using Times = std::vector<std::pair<std::uint32_t, WallTime>>;  ///< by version number
    struct Entry {
        Uuid scope, secret, life;
        Times times;
    };

    /// Threads: all of it from any.
    void note(const Uuid& scope, const Uuid& secret, const Uuid& life, std::uint32_t number,
              WallTime when);
    /// What is not yet written down of a secret's life.
    Times of(const Uuid& secret, const Uuid& life) const;
    /// A copy of all that is not yet written down.
    std::vector<Entry> pending() const;
    /// They are written down: what was not read again since is let go of.
    void settle(const std::vector<Entry>& written);
    /// Reads that found no room: they are in the audit only.
    std::uint64_t missed() const { return missed_.load(std::memory_order_relaxed); }

private:
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<Uuid, Entry> entries;
    };
    static constexpr std::size_t kShards = 16;
    Shard& shard(const Uuid& secret) { return shards_[secret.octets[15] % kShards]; }
    const Shard& shard(const Uuid& secret) const { return shards_[secret.octets[15] % kShards]; }

    std::array<Shard, kShards> shards_;
    std::atomic<std::uint64_t> missed_{0};
};

/// The later time of each version.
void merge_times(LastReads::Times& into, const LastReads::Times& from);

}  // namespace chatelaine::secrets

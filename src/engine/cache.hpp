#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/limits.hpp"
#include "store/store.hpp"

namespace chatelaine::engine {

/// Opened, decoded records, shared by all threads, bounded in number and in weight (they lie in
/// locked memory, which is bounded too). What is in it is right:
/// a change invalidates its records before its answer is sent, and a load that was under way at
/// that moment does not get in (the shard's epoch moved). Threads: any.
class ObjectCache {
public:
    explicit ObjectCache(std::size_t entries_max,
                         std::size_t bytes_max = limits::object_cache_bytes_max);

    /// Null when it is not there.
    std::shared_ptr<const void> find(const store::RecordKey& key);

    /// Take before reading the store; put() drops the object when something was invalidated since.
    std::uint64_t epoch(const store::RecordKey& key);
    /// `bytes`: what the object weighs; one that weighs more than a shard may hold is not kept.
    void put(const store::RecordKey& key, std::shared_ptr<const void> object, std::uint64_t epoch,
             std::size_t bytes = 0);
    void invalidate(const store::RecordKey& key);
    void clear();
    /// Moves when a record of those that say who a caller is and what it may do was changed: what
    /// was concluded from them at one value is right as long as it stands. Take it before reading
    /// them.
    std::uint64_t callers_epoch() const { return callers_epoch_.load(std::memory_order_acquire); }
    std::size_t size();

private:
    struct KeyHash {
        std::size_t operator()(const store::RecordKey& key) const noexcept;
    };
    struct Entry {
        std::shared_ptr<const void> object;
        std::size_t bytes = 0;
        bool used = false;  ///< second chance: looked at since the hand last passed
    };
    static constexpr std::size_t shard_count = 16;
    struct alignas(64) Shard {
        std::mutex mutex;
        std::uint64_t epoch = 0;
        std::size_t bytes = 0;
        std::unordered_map<store::RecordKey, Entry, KeyHash> entries;
        std::unordered_map<store::RecordKey, Entry, KeyHash>::iterator hand;
    };

    Shard& shard_of(const store::RecordKey& key);
    /// Lets one entry go.
    void evict_one(Shard& shard);

    std::size_t shard_entries_max_;
    std::size_t shard_bytes_max_;
    std::array<Shard, shard_count> shards_;
    std::atomic<std::uint64_t> callers_epoch_ = 0;
};

}  // namespace chatelaine::engine

#include "engine/cache.hpp"

#include <algorithm>

namespace chatelaine::engine {
namespace {

/// Of the directory's kinds, all but those that are written beside changes of other things.
bool about_callers(store::Kind kind) {
    return store::in_directory(kind) && kind != store::Kind::kEvidence &&
           kind != store::Kind::kIntent;
}

}  // namespace

std::size_t ObjectCache::KeyHash::operator()(const store::RecordKey& key) const noexcept {
    const std::hash<Uuid> hash;
    return hash(key.id) * 31 + hash(key.scope) + static_cast<std::size_t>(key.kind);
}

ObjectCache::ObjectCache(std::size_t entries_max, std::size_t bytes_max)
    : shard_entries_max_(std::max<std::size_t>(1, entries_max / shard_count)),
      shard_bytes_max_(bytes_max / shard_count) {
    for (Shard& shard : shards_) {
        shard.hand = shard.entries.end();
    }
}

ObjectCache::Shard& ObjectCache::shard_of(const store::RecordKey& key) {
    return shards_[(KeyHash{}(key) >> 7) % shard_count];
}

std::shared_ptr<const void> ObjectCache::find(const store::RecordKey& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(key);
    if (found == shard.entries.end()) {
        return nullptr;
    }
    found->second.used = true;
    return found->second.object;
}

std::uint64_t ObjectCache::epoch(const store::RecordKey& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    return shard.epoch;
}

void ObjectCache::put(const store::RecordKey& key, std::shared_ptr<const void> object,
                      std::uint64_t epoch, std::size_t bytes) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    if (shard.epoch != epoch || bytes > shard_bytes_max_) {
        return;
    }
    if (const auto there = shard.entries.find(key); there != shard.entries.end()) {
        shard.bytes -= there->second.bytes;
        there->second.bytes = 0;
    }
    while (!shard.entries.empty() && (shard.entries.size() >= shard_entries_max_ ||
                                      shard.bytes + bytes > shard_bytes_max_)) {
        evict_one(shard);
    }
    // A rehash leaves iterators behind, so the hand starts over when the table grew.
    const std::size_t buckets = shard.entries.bucket_count();
    shard.entries[key] = Entry{std::move(object), bytes, false};
    shard.bytes += bytes;
    if (shard.entries.bucket_count() != buckets) {
        shard.hand = shard.entries.end();
    }
}

void ObjectCache::evict_one(Shard& shard) {
    // Two passes at most: the first clears every mark.
    for (std::size_t step = 0; step <= 2 * shard.entries.size(); ++step) {
        if (shard.hand == shard.entries.end()) {
            shard.hand = shard.entries.begin();
        }
        if (!shard.hand->second.used) {
            shard.bytes -= shard.hand->second.bytes;
            shard.hand = shard.entries.erase(shard.hand);
            return;
        }
        shard.hand->second.used = false;
        ++shard.hand;
    }
}

void ObjectCache::invalidate(const store::RecordKey& key) {
    std::shared_ptr<const void> dropped;  // destroyed, and wiped, after the lock is gone
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    ++shard.epoch;
    const auto found = shard.entries.find(key);
    if (found != shard.entries.end()) {
        dropped = std::move(found->second.object);
        shard.bytes -= found->second.bytes;
        if (shard.hand == found) {
            ++shard.hand;
        }
        shard.entries.erase(found);
    }
    if (about_callers(key.kind)) {
        // Last: who reads the new value finds the record gone.
        callers_epoch_.fetch_add(1, std::memory_order_release);
    }
}

void ObjectCache::clear() {
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        ++shard.epoch;
        shard.entries.clear();
        shard.bytes = 0;
        shard.hand = shard.entries.end();
    }
    callers_epoch_.fetch_add(1, std::memory_order_release);
}

std::size_t ObjectCache::size() {
    std::size_t total = 0;
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        total += shard.entries.size();
    }
    return total;
}

}  // namespace chatelaine::engine

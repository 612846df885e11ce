#pragma once

#include <array>
#include <map>
#include <mutex>

#include "objects/managed_object.hpp"

/// How many uses of counted keys this process may still make without writing. A run of uses is
/// written to the key's record (uses_reserved) before any of it is made, and what is left of it
/// when the process ends is lost: the count never goes back, whatever ends the process. Private to
/// the room.

namespace chatelaine::objects {

/// Threads: any.
class UseLedger {
public:
    /// Uses are made by this process as a whole, whichever execution reserved them.
    static UseLedger& process();

    /// Takes `uses` of that version, or nothing and false.
    bool take(const ObjectId& key, std::uint32_t version, std::uint64_t uses);
    /// What was reserved durably and is not used yet; what an older version had left is gone.
    void grant(const ObjectId& key, std::uint32_t version, std::uint64_t uses);
    /// As at a start.
    void forget();

    /// How many uses are reserved at once: few against the most, so that little is lost.
    static std::uint64_t run_of(const Rotation& rotation);

private:
    struct Entry {
        std::uint32_t version = 0;
        std::uint64_t left = 0;
    };
    static constexpr std::size_t shard_count = 16;
    struct alignas(64) Shard {
        std::mutex mutex;
        std::map<ObjectId, Entry> entries;
    };
    Shard& shard_of(const ObjectId& key);
    std::array<Shard, shard_count> shards_;
};

}  // namespace chatelaine::objects

#include "objects/use_ledger.hpp"

#include <algorithm>

namespace chatelaine::objects {
namespace {

constexpr std::uint64_t kRunMax = 65'536;
constexpr std::uint64_t kRunsPerVersion = 64;

}  // namespace

UseLedger& UseLedger::process() {
    static UseLedger ledger;
    return ledger;
}

UseLedger::Shard& UseLedger::shard_of(const ObjectId& key) {
    return shards_[key.uuid.view()[0] % shard_count];
}

bool UseLedger::take(const ObjectId& key, std::uint32_t version, std::uint64_t uses) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(key);
    if (found == shard.entries.end() || found->second.version != version ||
        found->second.left < uses) {
        return false;
    }
    found->second.left -= uses;
    return true;
}

void UseLedger::grant(const ObjectId& key, std::uint32_t version, std::uint64_t uses) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    Entry& entry = shard.entries[key];
    if (version < entry.version) {
        return;
    }
    entry.left = (version == entry.version ? entry.left : 0) + uses;
    entry.version = version;
}

void UseLedger::forget() {
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        shard.entries.clear();
    }
}

std::uint64_t UseLedger::run_of(const Rotation& rotation) {
    return std::clamp<std::uint64_t>(rotation.uses_max / kRunsPerVersion, 1, kRunMax);
}

}  // namespace chatelaine::objects

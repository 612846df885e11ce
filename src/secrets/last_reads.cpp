#include "secrets/last_reads.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace chatelaine::secrets {

void merge_times(LastReads::Times& into, const LastReads::Times& from) {
    into.insert(into.end(), from.begin(), from.end());
    // The latest time of each number is the first of its run, and stays.
    std::sort(into.begin(), into.end(), [](const auto& one, const auto& other) {
        return one.first != other.first ? one.first < other.first : other.second < one.second;
    });
    into.erase(std::unique(into.begin(), into.end(),
                           [](const auto& one, const auto& other) {
                               return one.first == other.first;
                           }),
               into.end());
}

void LastReads::note(const Uuid& scope, const Uuid& secret, const Uuid& life, std::uint32_t number,
                     WallTime when) {
    Shard& in = shard(secret);
    const std::lock_guard lock(in.mutex);
    auto found = in.entries.find(secret);
    if (found == in.entries.end()) {
        if (in.entries.size() >= limits::secret_reads_pending_max / kShards) {
            missed_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        found = in.entries.emplace(secret, Entry{scope, secret, life, {}}).first;
    }
    Entry& entry = found->second;
    if (entry.life != life) {
        entry.life = life;
        entry.times.clear();
    }
    for (auto& [version, time] : entry.times) {
        if (version == number) {
            time = std::max(time, when);
            return;
        }
    }
    if (entry.times.size() >= limits::secret_reads_versions_max) {
        missed_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    entry.times.emplace_back(number, when);
}

LastReads::Times LastReads::of(const Uuid& secret, const Uuid& life) const {
    const Shard& in = shard(secret);
    const std::lock_guard lock(in.mutex);
    const auto found = in.entries.find(secret);
    return found != in.entries.end() && found->second.life == life ? found->second.times : Times{};
}

std::vector<LastReads::Entry> LastReads::pending() const {
    std::vector<Entry> all;
    for (const Shard& each : shards_) {
        const std::lock_guard lock(each.mutex);
        for (const auto& [secret, entry] : each.entries) {
            all.push_back(entry);
        }
    }
    return all;
}

void LastReads::settle(const std::vector<Entry>& written) {
    for (const Entry& entry : written) {
        Shard& in = shard(entry.secret);
        const std::lock_guard lock(in.mutex);
        const auto found = in.entries.find(entry.secret);
        if (found == in.entries.end() || found->second.life != entry.life) {
            continue;
        }
        Times& times = found->second.times;
        times.erase(std::remove_if(times.begin(), times.end(),
                                   [&](const auto& each) {
                                       return std::find(entry.times.begin(), entry.times.end(),
                                                        each) != entry.times.end();
                                   }),
                    times.end());
        if (times.empty()) {
            in.entries.erase(found);
        }
    }
}

}  // namespace chatelaine::secrets

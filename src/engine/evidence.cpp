#include "engine/evidence.hpp"

namespace chatelaine::engine {
namespace {

constexpr std::int64_t kSeconds = 60;
constexpr std::size_t kKnownMax = 100'000;

}  // namespace

bool EvidenceTimes::due(const Key& key, WallTime time, Noted& noted) {
    if (noted.contains(key)) {
        return false;
    }
    {
        const std::lock_guard lock(mutex_);
        const auto found = last_.find(key);
        if (found != last_.end() && time < found->second.plus_seconds(kSeconds) &&
            time >= found->second.plus_seconds(-kSeconds)) {
            return false;
        }
    }
    noted.emplace(key, time);
    return true;
}

void EvidenceTimes::written(const Noted& noted) {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, time] : noted) {
        if (last_.size() >= kKnownMax) {
            last_.clear();
        }
        last_.insert_or_assign(key, time);
    }
}

}  // namespace chatelaine::engine

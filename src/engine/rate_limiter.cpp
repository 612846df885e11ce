#include "engine/rate_limiter.hpp"

#include <algorithm>

namespace chatelaine::engine {
namespace {

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
/// Both settings are cut to this, so that the longest tolerance (10^18 ns) is far below 2^63.
constexpr std::uint64_t kSettingMax = 1'000'000'000;

std::int64_t bounded(std::uint64_t setting) {
    return static_cast<std::int64_t>(std::clamp<std::uint64_t>(setting, 1, kSettingMax));
}

}  // namespace

void RateLimiter::set(const Options& options) {
    const std::int64_t interval =
        static_cast<std::int64_t>(kNanosecondsPerSecond) / bounded(options.per_second);
    interval_ns_.store(interval, std::memory_order_relaxed);
    tolerance_ns_.store(interval * (bounded(options.burst) - 1), std::memory_order_relaxed);
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        shard.full_again.clear();
    }
}

Result<void> RateLimiter::take(const IdentityId& identity, MonotonicTime now) {
    const std::size_t hash = std::hash<IdentityId>{}(identity);
    Shard& shard = shards_[(hash >> 7) % shard_count];
    const std::chrono::nanoseconds at = now.time_since_epoch();
    const std::lock_guard lock(shard.mutex);
    const auto [found, added] = shard.full_again.try_emplace(identity, at);
    const std::chrono::nanoseconds full = std::max(found->second, at);
    if ((full - at).count() > tolerance_ns_.load(std::memory_order_relaxed)) {
        return Error(Code::kRateLimited, "engine.rate", "too many requests of this identity");
    }
    found->second = full + std::chrono::nanoseconds(interval_ns_.load(std::memory_order_relaxed));
    if (added && shard.full_again.size() >= shard.sweep_at) {
        sweep(shard, at);
    }
    return ok();
}

void RateLimiter::sweep(Shard& shard, std::chrono::nanoseconds now) {
    std::erase_if(shard.full_again, [now](const auto& entry) { return entry.second <= now; });
    // The next sweep comes when the table has doubled: its cost is spread over those entries.
    shard.sweep_at = std::max(sweep_from, 2 * shard.full_again.size());
}

std::size_t RateLimiter::size() {
    std::size_t total = 0;
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        total += shard.full_again.size();
    }
    return total;
}

}  // namespace chatelaine::engine

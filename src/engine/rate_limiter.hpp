#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace chatelaine::engine {

/// A token bucket for each identity: `burst` requests at once, `per_second` in the long run, over
/// all loops of the node together. Kept as one instant for each identity (when its bucket would be
/// full again), so that a take is one look-up under a shard's lock. Memory is bounded by the
/// identities that are busy at the moment: a full bucket is as good as none and is dropped.
/// Threads: any.
class RateLimiter {
public:
    struct Options {
        std::uint64_t per_second = 100'000;  ///< at least 1
        std::uint64_t burst = 200'000;       ///< at least 1
    };
    explicit RateLimiter(const Options& options) { set(options); }

    /// From the next take on. What was drawn is forgotten: an instant that lies far ahead at a low
    /// rate would shut an identity out for as long after the rate was raised.
    void set(const Options& options);

    /// Takes one request of `identity`, or is kRateLimited. `now` never goes back.
    Result<void> take(const IdentityId& identity, MonotonicTime now);
    /// Identities whose bucket is remembered.
    std::size_t size();

private:
    static constexpr std::size_t shard_count = 16;
    static constexpr std::size_t sweep_from = 256;
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<IdentityId, std::chrono::nanoseconds> full_again;
        std::size_t sweep_at = sweep_from;
    };
    static void sweep(Shard& shard, std::chrono::nanoseconds now);

    // Two takes may see one of the two changed and the other not yet: for that moment alone.
    std::atomic<std::int64_t> interval_ns_{1};   ///< one request's share of time
    std::atomic<std::int64_t> tolerance_ns_{0};  ///< how far ahead of now a bucket may be drawn
    std::array<Shard, shard_count> shards_;
};

}  // namespace chatelaine::engine

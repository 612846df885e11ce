#include "engine/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace chatelaine::engine {
namespace {

IdentityId identity(std::uint8_t number) {
    IdentityId id;
    id.uuid.octets[15] = number;
    id.uuid.octets[0] = number;
    return id;
}

std::size_t taken(RateLimiter& limiter, const IdentityId& who, MonotonicTime now,
                  std::size_t tries) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tries; ++i) {
        count += limiter.take(who, now) ? 1U : 0U;
    }
    return count;
}

TEST(RateLimiter, GivesTheBurstAndNotOneMore) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({10, 5});
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(limiter.take(identity(1), clock.monotonic())) << i;
    }
    const auto over = limiter.take(identity(1), clock.monotonic());
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code(), Code::kRateLimited);
}

TEST(RateLimiter, RefillsAtItsRate) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({10, 5});
    ASSERT_EQ(taken(limiter, identity(1), clock.monotonic(), 100), 5U);
    clock.advance(std::chrono::microseconds(99'999));
    EXPECT_FALSE(limiter.take(identity(1), clock.monotonic()));
    clock.advance(std::chrono::microseconds(1));
    EXPECT_TRUE(limiter.take(identity(1), clock.monotonic()));
    EXPECT_FALSE(limiter.take(identity(1), clock.monotonic()));
    clock.advance(std::chrono::hours(1));
    EXPECT_EQ(taken(limiter, identity(1), clock.monotonic(), 100), 5U);
}

TEST(RateLimiter, ARefusalCostsNothing) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({1, 1});
    ASSERT_TRUE(limiter.take(identity(1), clock.monotonic()));
    EXPECT_EQ(taken(limiter, identity(1), clock.monotonic(), 1000), 0U);
    clock.advance(std::chrono::seconds(1));
    EXPECT_TRUE(limiter.take(identity(1), clock.monotonic()));
}

TEST(RateLimiter, TakesANewRateAtOnce) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({10, 5});
    ASSERT_EQ(taken(limiter, identity(1), clock.monotonic(), 100), 5U);
    limiter.set({1, 8});
    EXPECT_EQ(taken(limiter, identity(1), clock.monotonic(), 100), 8U);
    limiter.set({1'000'000, 3});  // 8 seconds drawn at the old rate do not shut it out
    EXPECT_EQ(taken(limiter, identity(1), clock.monotonic(), 100), 3U);
    clock.advance(std::chrono::microseconds(1));
    EXPECT_EQ(taken(limiter, identity(1), clock.monotonic(), 100), 1U);
}

TEST(RateLimiter, KeepsIdentitiesApart) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({10, 3});
    EXPECT_EQ(taken(limiter, identity(1), clock.monotonic(), 50), 3U);
    EXPECT_EQ(taken(limiter, identity(2), clock.monotonic(), 50), 3U);
}

TEST(RateLimiter, ForgetsWhoIsQuiet) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({1000, 10});
    for (std::size_t i = 0; i < 20'000; ++i) {
        IdentityId id = identity(static_cast<std::uint8_t>(i));
        id.uuid.octets[7] = static_cast<std::uint8_t>(i >> 8);
        ASSERT_TRUE(limiter.take(id, clock.monotonic()));
        clock.advance(std::chrono::milliseconds(1));
    }
    EXPECT_LE(limiter.size(), 16U * 512U);
}

TEST(RateLimiter, TakesTheLargestSettings) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({UINT64_MAX, UINT64_MAX});
    EXPECT_EQ(taken(limiter, identity(1), clock.monotonic(), 1000), 1000U);
    RateLimiter slowest({0, 0});
    EXPECT_EQ(taken(slowest, identity(1), clock.monotonic(), 10), 1U);
}

TEST(RateLimiter, HoldsOverThreadsTogether) {
    ManualClock clock(WallTime{});
    RateLimiter limiter({1, 1000});
    std::vector<std::size_t> counts(4);
    std::vector<std::thread> threads;
    for (std::size_t& count : counts) {
        threads.emplace_back(
            [&] { count = taken(limiter, identity(1), clock.monotonic(), 1000); });
    }
    std::size_t total = 0;
    for (std::size_t i = 0; i < threads.size(); ++i) {
        threads[i].join();
        total += counts[i];
    }
    EXPECT_EQ(total, 1000U);
}

}  // namespace
}  // namespace chatelaine::engine

#include "engine/cache.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace chatelaine::engine {
namespace {

store::RecordKey key(std::uint32_t number) {
    store::RecordKey key;
    key.kind = store::Kind::kManagedObject;
    for (unsigned i = 0; i < 4; ++i) {
        key.id.octets[i] = static_cast<std::uint8_t>(number * 2654435761U >> 8 * i);
        key.id.octets[12 + i] = static_cast<std::uint8_t>(number >> 8 * i);
    }
    return key;
}

std::shared_ptr<const void> object(int value) { return std::make_shared<const int>(value); }

int value_of(const std::shared_ptr<const void>& object) {
    return *std::static_pointer_cast<const int>(object);
}

TEST(ObjectCache, GivesWhatWasPut) {
    ObjectCache cache(1000);
    EXPECT_EQ(cache.find(key(1)), nullptr);
    cache.put(key(1), object(7), cache.epoch(key(1)));
    ASSERT_NE(cache.find(key(1)), nullptr);
    EXPECT_EQ(value_of(cache.find(key(1))), 7);
    EXPECT_EQ(cache.find(key(2)), nullptr);
    store::RecordKey other_kind = key(1);
    other_kind.kind = store::Kind::kToken;
    EXPECT_EQ(cache.find(other_kind), nullptr);
    store::RecordKey other_scope = key(1);
    other_scope.scope.octets[3] = 1;
    EXPECT_EQ(cache.find(other_scope), nullptr);
}

TEST(ObjectCache, WeighsWhatItHolds) {
    constexpr std::size_t kEach = 1000;
    constexpr std::size_t kShards = 16;
    ObjectCache cache(100'000, kShards * 10 * kEach);
    for (std::uint32_t i = 0; i < 2000; ++i) {
        cache.put(key(i), object(1), cache.epoch(key(i)), kEach);
    }
    EXPECT_LE(cache.size(), kShards * 10);
    EXPECT_GE(cache.size(), kShards * 8);
    // One that is let go makes room, one that is put again weighs once.
    for (int round = 0; round < 50; ++round) {
        cache.put(key(7), object(round), cache.epoch(key(7)), kEach);
    }
    EXPECT_GE(cache.size(), kShards * 8);
    cache.put(key(8), object(1), cache.epoch(key(8)), 10 * kEach + 1);
    EXPECT_EQ(cache.find(key(8)), nullptr);
    cache.clear();
    cache.put(key(8), object(1), cache.epoch(key(8)), 10 * kEach);
    EXPECT_NE(cache.find(key(8)), nullptr);
    cache.invalidate(key(8));
    cache.put(key(8), object(1), cache.epoch(key(8)), 10 * kEach);
    EXPECT_NE(cache.find(key(8)), nullptr);
}

TEST(ObjectCache, LetsGoAtOnce) {
    ObjectCache cache(1000);
    cache.put(key(1), object(7), cache.epoch(key(1)));
    cache.invalidate(key(1));
    EXPECT_EQ(cache.find(key(1)), nullptr);
    cache.put(key(1), object(8), cache.epoch(key(1)));
    cache.clear();
    EXPECT_EQ(cache.find(key(1)), nullptr);
    EXPECT_EQ(cache.size(), 0U);
}

TEST(ObjectCache, ALoadUnderWayDoesNotComeInAfterAChange) {
    ObjectCache cache(1000);
    const std::uint64_t epoch = cache.epoch(key(1));  // the reader looks at the store now
    cache.invalidate(key(1));                         // and the change is committed meanwhile
    cache.put(key(1), object(7), epoch);
    EXPECT_EQ(cache.find(key(1)), nullptr);
    const std::uint64_t before_clear = cache.epoch(key(1));
    cache.clear();
    cache.put(key(1), object(7), before_clear);
    EXPECT_EQ(cache.find(key(1)), nullptr);
}

TEST(ObjectCache, HoldsItsBoundAndWhatIsUsed) {
    ObjectCache cache(160);
    cache.put(key(0), object(0), cache.epoch(key(0)));
    for (std::uint32_t i = 1; i < 5000; ++i) {
        ASSERT_NE(cache.find(key(0)), nullptr) << i;
        cache.put(key(i), object(1), cache.epoch(key(i)));
        ASSERT_LE(cache.size(), 160U);
    }
    EXPECT_GT(cache.size(), 100U);
}

TEST(ObjectCache, StaysRightAtTheHandWhenEntriesGo) {
    ObjectCache cache(32);
    for (std::uint32_t round = 0; round < 50; ++round) {
        for (std::uint32_t i = 0; i < 100; ++i) {
            cache.put(key(i), object(1), cache.epoch(key(i)));
            cache.invalidate(key((i * 7 + round) % 100));
        }
        ASSERT_LE(cache.size(), 32U);
    }
}

TEST(ObjectCache, IsOneForAllThreads) {
    ObjectCache cache(64);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&cache] {
            for (std::uint32_t i = 0; i < 20'000; ++i) {
                const auto which = key(i % 97);
                const std::uint64_t epoch = cache.epoch(which);
                if (const auto found = cache.find(which)) {
                    ASSERT_EQ(value_of(found), static_cast<int>(i % 97));
                }
                cache.put(which, object(static_cast<int>(i % 97)), epoch);
                if (i % 5 == 0) {
                    cache.invalidate(which);
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_LE(cache.size(), 64U);
}

}  // namespace
}  // namespace chatelaine::engine

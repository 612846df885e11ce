#include "engine/pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace chatelaine::engine {
namespace {

TEST(BlockingPool, RunsWhatItTook) {
    BlockingPool pool({2, 100, false});
    std::atomic<int> ran = 0;
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(pool.submit([&ran] { ++ran; }));
    }
    pool.stop();
    EXPECT_EQ(ran, 50);
}

TEST(BlockingPool, RefusesOneOverItsQueue) {
    BlockingPool pool({1, 3, true});
    std::promise<void> release;
    std::promise<void> running;
    auto gate = release.get_future().share();
    ASSERT_TRUE(pool.submit([&running, gate] {
        running.set_value();
        gate.wait();
    }));
    running.get_future().wait();
    std::atomic<int> ran = 0;
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(pool.submit([&ran] { ++ran; })) << i;
    }
    EXPECT_EQ(pool.queued(), 3U);
    EXPECT_FALSE(pool.submit([&ran] { ++ran; }));
    release.set_value();
    pool.stop();
    EXPECT_EQ(ran, 3) << "what was refused did not run, what was taken did";
}

TEST(BlockingPool, TakesNothingOnceStopped) {
    BlockingPool pool({1, 3, false});
    pool.stop();
    EXPECT_FALSE(pool.submit([] {}));
    pool.stop();
}

}  // namespace
}  // namespace chatelaine::engine

// Proves that a crew hands blocks on in their order whatever its threads do, stops at the first
// failure, and keeps its memory bounded.
#include "apps/chatelaine/block_crew.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

namespace chatelaine::cli {
namespace {

constexpr std::uint32_t kBlocks = 200;

FillBlock counting(std::uint32_t& filled) {
    return [&filled](CrewBlock& block) {
        block.bytes[0] = static_cast<std::uint8_t>(filled);
        block.size = 1;
        block.last = ++filled == kBlocks;
        return ok();
    };
}

TEST(BlockCrew, KeepsTheOrderOfBlocks) {
    for (const std::size_t workers : std::vector<std::size_t>{0, 1, 2, 4}) {
        std::uint32_t filled = 0;
        std::vector<std::uint32_t> emitted;
        const auto work = [](std::size_t, CrewBlock& block) {
            for (std::uint32_t i = 0; i < 50 * (block.counter % 3); ++i) {
                std::this_thread::yield();  // some blocks take longer than those behind them
            }
            block.bytes[0] = static_cast<std::uint8_t>(block.bytes[0] + 1);
            return ok();
        };
        ASSERT_TRUE(run_crew({8, workers + 2, workers}, counting(filled), work,
                             [&](const CrewBlock& block) {
                                 EXPECT_EQ(block.bytes[0],
                                           static_cast<std::uint8_t>(block.counter + 1));
                                 emitted.push_back(block.counter);
                                 return ok();
                             }));
        std::vector<std::uint32_t> expected(kBlocks);
        std::iota(expected.begin(), expected.end(), 0U);
        EXPECT_EQ(emitted, expected) << workers << " workers";
    }
}

TEST(BlockCrew, NoWorkerHasTwoBlocksAtOnce) {
    std::array<std::atomic<int>, 4> busy{};
    std::uint32_t filled = 0;
    const auto work = [&](std::size_t worker, CrewBlock&) {
        EXPECT_EQ(busy[worker].fetch_add(1), 0);
        std::this_thread::yield();
        busy[worker].fetch_sub(1);
        return ok();
    };
    ASSERT_TRUE(run_crew({8, 6, 4}, counting(filled), work, [](const CrewBlock&) { return ok(); }));
}

TEST(BlockCrew, EmitsNothingBehindAFailure) {
    for (const std::size_t workers : std::vector<std::size_t>{0, 3}) {
        std::uint32_t filled = 0;
        std::uint32_t emitted = 0;
        const auto work = [](std::size_t, CrewBlock& block) -> Result<void> {
            if (block.counter == 17) {
                return Error(Code::kSealBroken, "test");
            }
            return ok();
        };
        const auto result =
            run_crew({8, 5, workers}, counting(filled), work, [&](const CrewBlock& block) {
                EXPECT_EQ(block.counter, emitted++);
                return ok();
            });
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code(), Code::kSealBroken);
        EXPECT_EQ(emitted, 17U);
        EXPECT_LE(filled, 17U + 5U);
    }
}

TEST(BlockCrew, AFailureToFillOrToEmitIsTheAnswer) {
    const auto fine = [](std::size_t, CrewBlock&) { return ok(); };
    const auto full = run_crew(
        {8, 4, 2}, [](CrewBlock&) -> Result<void> { return Error(Code::kTooLarge, "fill"); }, fine,
        [](const CrewBlock&) { return ok(); });
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code(), Code::kTooLarge);
    std::uint32_t filled = 0;
    const EmitBlock full_disk = [](const CrewBlock&) -> Result<void> {
        return Error(Code::kStoreUnavailable, "emit");
    };
    const auto gone = run_crew({8, 4, 2}, counting(filled), fine, full_disk);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code(), Code::kStoreUnavailable);
}

TEST(BlockCrew, MemoryIsBoundedWhateverABlockIs) {
    for (const std::size_t bytes : {std::size_t{17}, std::size_t{4} << 20, std::size_t{8} << 20,
                                    std::size_t{64} << 20}) {
        const CrewSize size = crew_size(bytes);
        EXPECT_GE(size.slots, 1U);
        EXPECT_LT(size.workers, size.slots);
        EXPECT_TRUE(size.slots == 1 || size.slots * bytes <= crew_bytes_max) << bytes;
    }
    EXPECT_EQ(crew_size(std::size_t{64} << 20).workers, 0U);
}

}  // namespace
}  // namespace chatelaine::cli

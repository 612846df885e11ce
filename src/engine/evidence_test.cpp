#include "engine/evidence.hpp"

#include <gtest/gtest.h>

namespace chatelaine::engine {
namespace {

constexpr WallTime kNow = WallTime::from_seconds(1'790'000'000);

class Evidence : public ::testing::Test {
protected:
    /// Of a transaction that has nothing else.
    bool due(std::int64_t seconds, std::size_t activity = 1, std::uint8_t scope = 0) {
        EvidenceTimes::Noted none;
        return times_.due({uuid(scope), activity}, kNow.plus_seconds(seconds), none);
    }
    void written(std::int64_t seconds) {
        times_.written({{{uuid(0), 1}, kNow.plus_seconds(seconds)}});
    }
    static Uuid uuid(std::uint8_t number) {
        Uuid id;
        id.octets[0] = number;
        return id;
    }
    EvidenceTimes times_;
};

TEST_F(Evidence, IsDueOnceAMinuteOfEach) {
    EXPECT_TRUE(due(0));
    written(0);
    EXPECT_FALSE(due(0));
    EXPECT_FALSE(due(59));
    EXPECT_TRUE(due(60));
    EXPECT_TRUE(due(0, 2));
    EXPECT_TRUE(due(0, 1, 1));
}

TEST_F(Evidence, IsWrittenOnceByATransactionOfMany) {
    EvidenceTimes::Noted noted;
    EXPECT_TRUE(times_.due({uuid(0), 1}, kNow, noted));
    EXPECT_FALSE(times_.due({uuid(0), 1}, kNow, noted));
    EXPECT_TRUE(times_.due({uuid(0), 2}, kNow, noted));
    times_.written(noted);
    EXPECT_FALSE(due(1));
    EXPECT_FALSE(due(1, 2));
}

TEST_F(Evidence, OfACommitThatFailedIsStillDue) {
    EXPECT_TRUE(due(0));
    EXPECT_TRUE(due(0));
}

TEST_F(Evidence, IsDueWhenTheClockWentBack) {
    written(0);
    EXPECT_FALSE(due(-1)) << "two threads, one a little later";
    EXPECT_TRUE(due(-61));
    written(-3600);
    EXPECT_FALSE(due(-3590));
    EXPECT_TRUE(due(-3540));
}

}  // namespace
}  // namespace chatelaine::engine

// Proves dates against known points and by round trip over four thousand years.
#include "base/time.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace chatelaine {
namespace {

TEST(Time, KnownPoints) {
    EXPECT_EQ(format_rfc3339(WallTime{}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_rfc3339(WallTime::from_seconds(951'782'400)), "2000-02-29T00:00:00Z");
    EXPECT_EQ(format_rfc3339(WallTime::from_seconds(4'102'444'799)), "2099-12-31T23:59:59Z");
    EXPECT_EQ(format_rfc3339_micros(WallTime{-1}), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(WallTime{-1}.seconds(), -1);
    EXPECT_EQ(WallTime{-1'000'000}.seconds(), -1);
    EXPECT_EQ(WallTime{1'999'999}.seconds(), 1);
    EXPECT_EQ(WallTime{}.plus_seconds(-2).microseconds, -2'000'000);
}

TEST(Time, ReadsEveryFormOfRfc3339) {
    const auto at = [](std::string_view text) { return parse_rfc3339(text)->microseconds; };
    EXPECT_EQ(at("1970-01-01T00:00:01Z"), 1'000'000);
    EXPECT_EQ(at("1970-01-01t00:00:01.5z"), 1'500'000);
    EXPECT_EQ(at("1970-01-01 00:00:01.1234567+00:00"), 1'123'456);
    EXPECT_EQ(at("1970-01-01T01:00:00+01:00"), 0);
    EXPECT_EQ(at("1969-12-31T22:30:00-01:30"), 0);
    EXPECT_EQ(at("1990-12-31T23:59:60Z"), at("1991-01-01T00:00:00Z"));
}

TEST(Time, RefusesOtherTexts) {
    for (const std::string_view text :
         {"", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00Zx",
          "1970-1-1T00:00:00Z", "1970-13-01T00:00:00Z", "1970-02-30T00:00:00Z",
          "1971-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
          "1970-01-01T00:00:61Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+1:00",
          "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00+0100",
          "x970-01-01T00:00:00Z", "1970-01-01T00:00:00 Z", "19700101T000000Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

TEST(Time, TheFirstAndTheLastDateThereIsCanBeCountedWith) {
    constexpr WallTime first{std::numeric_limits<std::int64_t>::min()};
    constexpr WallTime last{std::numeric_limits<std::int64_t>::max()};
    EXPECT_EQ(first.seconds(), -9'223'372'036'855);  // towards the past
    EXPECT_EQ(last.seconds(), 9'223'372'036'854);
    EXPECT_EQ(WallTime{-1}.seconds(), -1);
    EXPECT_EQ(WallTime{-1'000'000}.seconds(), -1);
    EXPECT_EQ(WallTime{-1'000'001}.seconds(), -2);
    EXPECT_EQ(last.plus_seconds(1), last);
    EXPECT_EQ(first.plus_seconds(-1), first);
    EXPECT_EQ(WallTime{}.plus_seconds(std::numeric_limits<std::int64_t>::max()), last);
    EXPECT_EQ(WallTime{}.plus_seconds(std::numeric_limits<std::int64_t>::min()), first);
    EXPECT_EQ(last.plus_seconds(-1).plus_seconds(1), last);
}

TEST(TimeProperty, WhatIsWrittenReadsBack) {
    EXPECT_TRUE(rc::check("time", [] {
        // The years 0001 to 4000.
        const auto seconds = *rc::gen::inRange<std::int64_t>(-62'135'596'800, 64'060'588'800);
        const auto micros = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
        const WallTime time{seconds * 1'000'000 + micros};
        RC_ASSERT(*parse_rfc3339(format_rfc3339_micros(time)) == time);
        RC_ASSERT(*parse_rfc3339(format_rfc3339(time)) == WallTime::from_seconds(seconds));
        RC_ASSERT(time.seconds() == seconds);
    }));
}

TEST(Time, ManualClockMovesOnlyWhenMoved) {
    ManualClock clock(WallTime::from_seconds(10));
    const MonotonicTime before = clock.monotonic();
    EXPECT_EQ(clock.now(), WallTime::from_seconds(10));
    clock.advance(std::chrono::seconds(5));
    EXPECT_EQ(clock.now(), WallTime::from_seconds(15));
    EXPECT_EQ(clock.monotonic() - before, std::chrono::seconds(5));
}

TEST(Time, TheSystemClockIsAfterThisWasWritten) {
    EXPECT_GT(system_clock().now(), *parse_rfc3339("2025-01-01T00:00:00Z"));
    const MonotonicTime earlier = system_clock().monotonic();
    EXPECT_LE(earlier, system_clock().monotonic());
}

}  // namespace
}  // namespace chatelaine

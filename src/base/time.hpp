#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace chatelaine {

/// A date: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted. May be before 1970.
struct WallTime {
    std::int64_t microseconds = 0;

    static constexpr WallTime from_seconds(std::int64_t seconds) {
        return WallTime{seconds * 1'000'000};
    }
    /// Rounded towards the past.
    constexpr std::int64_t seconds() const {
        return microseconds / 1'000'000 - (microseconds % 1'000'000 < 0 ? 1 : 0);
    }
    /// Stays at the last or first date there is where the sum lies beyond it.
    constexpr WallTime plus_seconds(std::int64_t seconds) const {
        WallTime sum;
        if (__builtin_mul_overflow(seconds, std::int64_t{1'000'000}, &sum.microseconds) ||
            __builtin_add_overflow(microseconds, sum.microseconds, &sum.microseconds)) {
            sum.microseconds = seconds < 0 ? std::numeric_limits<std::int64_t>::min()
                                           : std::numeric_limits<std::int64_t>::max();
        }
        return sum;
    }
    auto operator<=>(const WallTime&) const = default;
};

/// RFC 3339 in UTC with `Z`: whole seconds, or with six decimals.
std::string format_rfc3339(WallTime time);
std::string format_rfc3339_micros(WallTime time);
/// Any RFC 3339 date-time, offset and fraction included.
std::optional<WallTime> parse_rfc3339(std::string_view text);

/// Time as deadlines and leases see it: never set back, meaningless outside the process.
using MonotonicTime = std::chrono::steady_clock::time_point;

/// The only door to the time of day. Threads: any.
class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime now() const = 0;
    virtual MonotonicTime monotonic() const = 0;
};

/// The machine's clock.
const Clock& system_clock();

/// A clock that stands still until it is moved; for tests.
class ManualClock final : public Clock {
public:
    explicit ManualClock(WallTime start) : now_(start) {}
    WallTime now() const override { return now_; }
    MonotonicTime monotonic() const override { return monotonic_; }
    void advance(std::chrono::microseconds by) {
        now_.microseconds += by.count();
        monotonic_ += by;
    }

private:
    WallTime now_;
    MonotonicTime monotonic_{};
};

}  // namespace chatelaine

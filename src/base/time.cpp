#include "base/time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace chatelaine {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

class SystemClock final : public Clock {
public:
    WallTime now() const override {
        std::timespec at{};
        ::clock_gettime(CLOCK_REALTIME, &at);
        return WallTime{static_cast<std::int64_t>(at.tv_sec) * 1'000'000 + at.tv_nsec / 1000};
    }
    MonotonicTime monotonic() const override { return std::chrono::steady_clock::now(); }
};

struct Parts {
    int year;
    unsigned month, day, hour, minute, second, micros;
};

Parts split(WallTime time) {
    const std::int64_t seconds = time.seconds();
    const auto micros = static_cast<unsigned>(time.microseconds - seconds * 1'000'000);
    std::int64_t day = seconds / 86400;
    std::int64_t rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        --day;
    }
    const year_month_day date{sys_days{days{day}}};
    const auto in_day = static_cast<unsigned>(rest);
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()), in_day / 3600, in_day / 60 % 60, in_day % 60,
            micros};
}

/// Reads exactly `count` digits at `at` and moves on; -1 when they are not all digits.
int digits(std::string_view text, std::size_t& at, std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i, ++at) {
        if (at >= text.size() || text[at] < '0' || text[at] > '9') {
            return -1;
        }
        value = value * 10 + (text[at] - '0');
    }
    return value;
}

bool literal(std::string_view text, std::size_t& at, char c) {
    if (at < text.size() && text[at] == c) {
        ++at;
        return true;
    }
    return false;
}

/// The offset in seconds after the time, or nothing when the text goes on or is wrong.
std::optional<int> offset(std::string_view text, std::size_t at) {
    if (literal(text, at, 'Z') || literal(text, at, 'z')) {
        return at == text.size() ? std::optional<int>(0) : std::nullopt;
    }
    const bool minus = at < text.size() && text[at] == '-';
    if (!minus && !(at < text.size() && text[at] == '+')) {
        return std::nullopt;
    }
    ++at;
    const int hours = digits(text, at, 2);
    if (hours < 0 || hours > 23 || !literal(text, at, ':')) {
        return std::nullopt;
    }
    const int minutes = digits(text, at, 2);
    if (minutes < 0 || minutes > 59 || at != text.size()) {
        return std::nullopt;
    }
    return (minus ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/// The fraction as microseconds; finer digits are dropped. -1 on a point without digits.
int fraction(std::string_view text, std::size_t& at) {
    if (!literal(text, at, '.')) {
        return 0;
    }
    int micros = 0;
    int count = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++count) {
        if (count < 6) {
            micros = micros * 10 + (text[at] - '0');
        }
    }
    for (int i = count; i < 6; ++i) {
        micros *= 10;
    }
    return count == 0 ? -1 : micros;
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string format_rfc3339(WallTime time) {
    const Parts p = split(time);
    std::array<char, 40> text{};
    const int n = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02u:%02u:%02uZ", p.year,
                                p.month, p.day, p.hour, p.minute, p.second);
    return {text.data(), static_cast<std::size_t>(n)};
}

std::string format_rfc3339_micros(WallTime time) {
    const Parts p = split(time);
    std::array<char, 48> text{};
    const int n = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02u:%02u:%02u.%06uZ",
                                p.year, p.month, p.day, p.hour, p.minute, p.second, p.micros);
    return {text.data(), static_cast<std::size_t>(n)};
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    std::size_t at = 0;
    const int year = digits(text, at, 4);
    if (year < 0 || !literal(text, at, '-')) {
        return std::nullopt;
    }
    const int month = digits(text, at, 2);
    if (month < 0 || !literal(text, at, '-')) {
        return std::nullopt;
    }
    const int day = digits(text, at, 2);
    if (day < 0 || !(literal(text, at, 'T') || literal(text, at, 't') || literal(text, at, ' '))) {
        return std::nullopt;
    }
    const int hour = digits(text, at, 2);
    if (hour < 0 || hour > 23 || !literal(text, at, ':')) {
        return std::nullopt;
    }
    const int minute = digits(text, at, 2);
    if (minute < 0 || minute > 59 || !literal(text, at, ':')) {
        return std::nullopt;
    }
    const int second = digits(text, at, 2);
    const int micros = second < 0 ? -1 : fraction(text, at);
    const auto shift = micros < 0 ? std::nullopt : offset(text, at);
    const year_month_day date{std::chrono::year{year},
                              std::chrono::month{static_cast<unsigned>(month)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    if (second > 60 || !shift || !date.ok()) {
        return std::nullopt;
    }
    const std::int64_t day_number = sys_days{date}.time_since_epoch().count();
    const std::int64_t seconds =
        day_number * 86400 + hour * 3600 + minute * 60 + second - static_cast<std::int64_t>(*shift);
    return WallTime{seconds * 1'000'000 + micros};
}

}  // namespace chatelaine

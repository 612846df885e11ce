#include "secrets/duration.hpp"

#include "base/limits.hpp"

namespace chatelaine::secrets {
namespace {

constexpr std::int64_t kMicrosecond = 1'000, kMillisecond = 1'000'000, kSecond = 1'000'000'000;
/// The longest duration in nanoseconds still fits: 100 years are 3.2e18.
constexpr std::int64_t kLongest = limits::secret_seconds_max * kSecond;

/// Nanoseconds of the unit at the front, taken off; 0 when there is none.
std::int64_t take_unit(std::string_view& text) {
    constexpr std::pair<std::string_view, std::int64_t> units[] = {
        {"ms", kMillisecond}, {"us", kMicrosecond}, {"\xc2\xb5s", kMicrosecond}, {"ns", 1},
        {"s", kSecond},       {"m", 60 * kSecond},  {"h", 3600 * kSecond},
        {"d", 24 * 3600 * kSecond}};
    for (const auto& [name, nanoseconds] : units) {
        if (text.starts_with(name)) {
            text.remove_prefix(name.size());
            return nanoseconds;
        }
    }
    return 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Number and unit at the front in nanoseconds, taken off; negative when there is none.
std::int64_t take_part(std::string_view& text, bool& bare) {
    long double number = 0;
    long double place = 1;
    bool fraction = false;
    bool digits = false;
    while (!text.empty() && (is_digit(text.front()) || (text.front() == '.' && !fraction))) {
        if (text.front() == '.') {
            fraction = true;
        } else {
            digits = true;
            place = fraction ? place / 10 : place;
            const int digit = text.front() - '0';
            number = fraction ? number + digit * place : number * 10 + digit;
        }
        text.remove_prefix(1);
    }
    bare = text.empty();
    const std::int64_t unit = bare ? kSecond : take_unit(text);
    if (!digits || unit == 0 || number > static_cast<long double>(kLongest / unit)) {
        return -1;
    }
    return static_cast<std::int64_t>(number * static_cast<long double>(unit));
}

}  // namespace

Result<std::int64_t> parse_duration(std::string_view text, std::string_view field) {
    const auto refused = [&] {
        return Error::invalid("secrets.duration", std::string(field),
                              "expected a duration of at most 100 years like 30d or 10h30m10s");
    };
    const bool negative = text.starts_with('-');
    if (negative) {
        text.remove_prefix(1);
        if (text.empty()) {
            return refused();
        }
    }
    std::int64_t total = 0;
    for (bool first = true; !text.empty(); first = false) {
        bool bare = false;
        const std::int64_t part = take_part(text, bare);
        if (part < 0 || (bare && !first) || part > kLongest - total) {
            return refused();
        }
        total += part;
    }
    return negative ? 0 : total / kSecond + (total % kSecond != 0 ? 1 : 0);
}

std::string go_duration(std::int64_t seconds) {
    std::string text;
    if (seconds >= 3600) {
        text += std::to_string(seconds / 3600) + "h";
    }
    if (seconds >= 60) {
        text += std::to_string(seconds / 60 % 60) + "m";
    }
    return text + std::to_string(seconds % 60) + "s";
}

}  // namespace chatelaine::secrets

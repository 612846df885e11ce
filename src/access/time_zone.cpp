#include "access/time_zone.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>

namespace chatelaine::access {
namespace {

constexpr std::size_t kHeaderBytes = 44;
constexpr std::int64_t kDay = 86400;
/// More names than the system has zones; one can be spelled in many ways.
constexpr std::size_t kZonesKeptMax = 2048;
constexpr const char* kFolder = "/usr/share/zoneinfo/";

std::int64_t big_endian(BytesView bytes) {
    std::uint64_t value = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const std::uint8_t octet : bytes) {
        value = value << 8 | octet;
    }
    return static_cast<std::int64_t>(value);
}

struct Counts {
    std::size_t ut, standard, leap, time, type, characters;
    std::size_t block(std::size_t time_bytes) const {
        return time * time_bytes + time + type * 6 + characters + leap * (time_bytes + 4) +
               standard + ut;
    }
};

bool read_counts(BytesView file, Counts& counts) {
    if (file.size() < kHeaderBytes || as_text(file.first(4)) != "TZif" || file[4] < '2') {
        return false;
    }
    std::array<std::size_t, 6> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::int64_t number = big_endian(file.subspan(20 + 4 * i, 4));
        if (number < 0 || number > 100'000) {
            return false;
        }
        numbers[i] = static_cast<std::size_t>(number);
    }
    counts = {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
    return counts.type > 0;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

bool take_number(std::string_view& text, int& number) {
    std::size_t digits = 0;
    number = 0;
    while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9') {
        number = number * 10 + (text[digits++] - '0');
    }
    text.remove_prefix(digits);
    return digits > 0;
}

bool take_name(std::string_view& text) {
    if (take(text, '<')) {
        const std::size_t end = text.find('>');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        return end != std::string_view::npos;
    }
    std::size_t letters = 0;
    while (letters < text.size() && ((text[letters] >= 'A' && text[letters] <= 'Z') ||
                                     (text[letters] >= 'a' && text[letters] <= 'z'))) {
        ++letters;
    }
    text.remove_prefix(letters);
    return letters >= 3;
}

/// "[+-]hh[:mm[:ss]]" in seconds.
bool take_clock(std::string_view& text, std::int32_t& seconds) {
    const bool minus = take(text, '-');
    if (!minus) {
        static_cast<void>(take(text, '+'));
    }
    int hours = 0;
    int minutes = 0;
    int rest = 0;
    if (!take_number(text, hours) || (take(text, ':') && !take_number(text, minutes)) ||
        (take(text, ':') && !take_number(text, rest))) {
        return false;
    }
    seconds = (hours * 60 + minutes) * 60 + rest;
    seconds = minus ? -seconds : seconds;
    return true;
}

int year_of(std::int64_t day) {
    // An estimate that is at most one too high or too low, then put right.
    int year = static_cast<int>(1970 + day * 400 / 146097);
    while (days_of(year + 1, 1, 1) <= day) {
        ++year;
    }
    while (days_of(year, 1, 1) > day) {
        --year;
    }
    return year;
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
    return value >= 0 ? value / by : -((-value + by - 1) / by);
}

/// 0 (Sunday) .. 6; 1970-01-01 was a Thursday.
int week_day_of(std::int64_t day) { return static_cast<int>(((day + 4) % 7 + 7) % 7); }

bool good_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && name.front() != '/' &&
           name.find("..") == std::string_view::npos &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '/' || c == '_' || c == '-' || c == '+';
           });
}

/// The zones that were read: a condition may name one for each of its leaves. Threads: any.
class KeptZones {
public:
    std::shared_ptr<const TimeZone> find(const std::string& name) {
        const std::lock_guard lock(mutex_);
        const auto found = zones_.find(name);
        return found == zones_.end() ? nullptr : found->second;
    }
    void keep(const std::string& name, std::shared_ptr<const TimeZone> zone) {
        const std::lock_guard lock(mutex_);
        if (zones_.size() >= kZonesKeptMax) {
            zones_.clear();
        }
        zones_.insert_or_assign(name, std::move(zone));
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const TimeZone>> zones_;
};

}  // namespace

std::int64_t days_of(int year, int month, int day) {
    // Years counted from March, so that the leap day is a year's last.
    const std::int64_t y = month > 2 ? year : year - 1;
    const std::int64_t era = floor_div(y, 400);
    const std::int64_t of_era = y - era * 400;
    const std::int64_t from_march = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + from_march - 719468;
}

std::shared_ptr<const TimeZone> TimeZone::load(std::string_view name) {
    if (name == "UTC") {
        return std::make_shared<const TimeZone>();
    }
    if (!good_name(name)) {
        return nullptr;
    }
    static KeptZones kept;
    const std::string key(name);
    if (auto zone = kept.find(key)) {
        return zone;
    }
    std::ifstream file(kFolder + key, std::ios::binary);
    if (!file) {
        return nullptr;
    }
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    auto zone = read(as_bytes(text));
    if (zone) {
        kept.keep(key, zone);
    }
    return zone;
}

std::shared_ptr<const TimeZone> TimeZone::read(BytesView file) {
    Counts counts{};
    if (!read_counts(file, counts) || file.size() < kHeaderBytes + counts.block(4)) {
        return nullptr;
    }
    // The first block has 32-bit times; the second, with 64, is the one to read.
    file = file.subspan(kHeaderBytes + counts.block(4));
    if (!read_counts(file, counts) || file.size() < kHeaderBytes + counts.block(8)) {
        return nullptr;
    }
    file = file.subspan(kHeaderBytes);
    const BytesView kinds = file.subspan(counts.time * 8, counts.time);
    const BytesView types = file.subspan(counts.time * 9, counts.type * 6);
    const auto offset_of = [&](std::size_t type) {
        return static_cast<std::int32_t>(big_endian(types.subspan(type * 6, 4)));
    };
    auto zone = std::make_shared<TimeZone>();
    zone->first_offset_ = offset_of(0);
    for (std::size_t i = 0; i < counts.time; ++i) {
        if (kinds[i] >= counts.type) {
            return nullptr;
        }
        zone->times_.push_back(big_endian(file.subspan(i * 8, 8)));
        zone->offsets_.push_back(offset_of(kinds[i]));
    }
    std::string_view footer = as_text(file.subspan(counts.block(8)));
    if (!take(footer, '\n')) {
        return nullptr;
    }
    zone->footer_ = zone->read_footer(footer.substr(0, footer.find('\n')));
    return zone;
}

bool TimeZone::read_change(std::string_view& text, Change& change) {
    return take(text, ',') && take(text, 'M') && take_number(text, change.month) &&
           take(text, '.') && take_number(text, change.week) && take(text, '.') &&
           take_number(text, change.week_day) && change.month >= 1 && change.month <= 12 &&
           (!take(text, '/') || take_clock(text, change.second));
}

/// POSIX: "CET-1CEST,M3.5.0,M10.5.0/3"; offsets are west of Greenwich.
bool TimeZone::read_footer(std::string_view text) {
    std::int32_t west = 0;
    if (!take_name(text) || !take_clock(text, west)) {
        return false;
    }
    standard_offset_ = -west;
    if (text.empty()) {
        return true;
    }
    summer_offset_ = standard_offset_ + 3600;
    if (!take_name(text)) {
        return false;
    }
    if (!text.starts_with(',')) {
        if (!take_clock(text, west)) {
            return false;
        }
        summer_offset_ = -west;
    }
    changes_ = true;
    return read_change(text, to_summer_) && read_change(text, to_standard_) && text.empty();
}

/// In seconds of local time: the n-th such day of the month, the last when n is 5.
std::int64_t TimeZone::start_of(const Change& change, int year) {
    const std::int64_t first = days_of(year, change.month, 1);
    const std::int64_t next = change.month == 12 ? days_of(year + 1, 1, 1)
                                                 : days_of(year, change.month + 1, 1);
    std::int64_t day = first + (change.week_day - week_day_of(first) + 7) % 7 +
                       7LL * (change.week - 1);
    while (day >= next) {
        day -= 7;
    }
    return day * kDay + change.second;
}

std::int32_t TimeZone::offset_at(std::int64_t seconds) const {
    const auto after = std::upper_bound(times_.begin(), times_.end(), seconds);
    if (after != times_.end() || !footer_) {
        const auto passed = static_cast<std::size_t>(after - times_.begin());
        return passed == 0 ? first_offset_ : offsets_[passed - 1];
    }
    if (!changes_) {
        return standard_offset_;
    }
    const int year = year_of(floor_div(seconds + standard_offset_, kDay));
    const std::int64_t summer = start_of(to_summer_, year) - standard_offset_;
    const std::int64_t winter = start_of(to_standard_, year) - summer_offset_;
    const bool in_summer = summer < winter ? seconds >= summer && seconds < winter
                                           : seconds >= summer || seconds < winter;
    return in_summer ? summer_offset_ : standard_offset_;
}

TimeZone::Local TimeZone::local(WallTime time) const {
    const std::int64_t utc = time.seconds();
    const std::int64_t seconds = utc + offset_at(utc);
    Local local;
    local.day = floor_div(seconds, kDay);
    local.hour = static_cast<int>((seconds - local.day * kDay) / 3600);
    const int from_sunday = week_day_of(local.day);
    local.week_day = from_sunday == 0 ? 7 : from_sunday;
    return local;
}

}  // namespace chatelaine::access

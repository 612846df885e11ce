#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

/// The time of day in a place, from the system's zone files (TZif, RFC 8536). Private to the room.

namespace chatelaine::access {

/// Immutable; threads: any.
class TimeZone {
public:
    /// "UTC" is always there; others as the system's files have them. Null for a name that is none.
    /// One that was read is kept for the process, so that of the same name there is one.
    static std::shared_ptr<const TimeZone> load(std::string_view name);
    /// From a file's bytes; null when they are no TZif of version 2 or later.
    static std::shared_ptr<const TimeZone> read(BytesView file);

    struct Local {
        std::int64_t day = 0;     ///< days since 1970-01-01
        int hour = 0;             ///< 0..23
        int week_day = 0;         ///< 1 (Monday) .. 7
    };
    Local local(WallTime time) const;
    std::int32_t offset_at(std::int64_t seconds) const;

private:
    /// A change of clocks as POSIX writes it: "M3.5.0/2".
    struct Change {
        int month = 0, week = 0, week_day = 0;
        std::int32_t second = 7200;
    };
    bool read_footer(std::string_view text);
    static bool read_change(std::string_view& text, Change& change);
    static std::int64_t start_of(const Change& change, int year);

    std::vector<std::int64_t> times_;
    std::vector<std::int32_t> offsets_;  ///< from times_[i] on
    std::int32_t first_offset_ = 0;
    /// After the last of times_.
    bool footer_ = false;
    bool changes_ = false;
    std::int32_t standard_offset_ = 0, summer_offset_ = 0;
    Change to_summer_, to_standard_;
};

/// Days since 1970-01-01 of a date in the Gregorian calendar.
std::int64_t days_of(int year, int month, int day);

}  // namespace chatelaine::access

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "base/time.hpp"

/// Private to the room: how one line of the log is written.

namespace chatelaine::log {

struct LineOptions {
    bool json = false;
    WallTime time;
};

std::string_view level_name(Level level);

/// The whole line with its line feed. No value, whatever its bytes, adds a line, a pair or a
/// terminal's control sequence: what is not plain stands in quotes, and control characters (C0,
/// DEL, C1), the Unicode line separators and bytes that are not UTF-8 are escaped.
std::string format_line(const LineOptions& options, Level level, std::string_view event,
                        std::initializer_list<Pair> pairs, std::string_view action);

}  // namespace chatelaine::log

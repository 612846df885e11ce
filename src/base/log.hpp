#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// The service's own log for its operator: one line an event, `key=value` pairs or JSON lines.
/// An event has a stable snake_case name; a warning or an error says in `action` what the operator
/// should do. Never a key, a token, a plaintext, or a customer's text (names, contexts, paths):
/// ids only. Lines go to stderr (journald adds the rest). Threads: any.

namespace chatelaine::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

struct Pair {
    std::string_view key;
    std::string value;
};

/// What goes out and how; called once at start, again on reload.
void configure(Level lowest, bool json_lines);

void write(Level level, std::string_view event, std::initializer_list<Pair> pairs,
           std::string_view action = {});

inline void debug(std::string_view event, std::initializer_list<Pair> pairs = {}) {
    write(Level::kDebug, event, pairs);
}
inline void info(std::string_view event, std::initializer_list<Pair> pairs = {}) {
    write(Level::kInfo, event, pairs);
}
inline void warning(std::string_view event, std::initializer_list<Pair> pairs,
                    std::string_view action) {
    write(Level::kWarning, event, pairs, action);
}
inline void error(std::string_view event, std::initializer_list<Pair> pairs,
                  std::string_view action) {
    write(Level::kError, event, pairs, action);
}

}  // namespace chatelaine::log

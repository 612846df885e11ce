#include "base/log.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "base/encoding.hpp"
#include "base/log_line.hpp"

namespace chatelaine::log {
namespace {

struct Settings {
    std::atomic<Level> lowest{Level::kInfo};
    std::atomic<bool> json{false};
};

Settings& settings() {
    static Settings instance;
    return instance;
}

void append_unicode_escape(std::string& out, unsigned code) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
        out.push_back("0123456789abcdef"[code >> shift & 15]);
    }
}

/// The code point of a character of two or three bytes that a terminal or a reader of lines may
/// take for a control (C1 controls, U+2028, U+2029); 0 for every other one.
unsigned hidden_control(std::string_view character) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 2 && octet(0) == 0xc2 && octet(1) < 0xa0) {
        return octet(1);
    }
    if (character == "\xe2\x80\xa8" || character == "\xe2\x80\xa9") {
        return 0x2000u + (octet(2) & 63u);
    }
    return 0;
}

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        const std::string_view character = text.substr(0, length == 0 ? 1 : length);
        const auto first = static_cast<unsigned char>(character.front());
        if (length == 0) {
            append_unicode_escape(out, 0xfffd);
        } else if (const unsigned code = hidden_control(character); code != 0) {
            append_unicode_escape(out, code);
        } else if (first == '\n') {
            out.append("\\n");
        } else if (first < 0x20 || first == 0x7f) {
            append_unicode_escape(out, first);
        } else {
            out.append(first == '"' || first == '\\' ? "\\" : "").append(character);
        }
        text.remove_prefix(character.size());
    }
    out.push_back('"');
}

bool is_bare(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:/+@%,").find(c) != std::string_view::npos;
}

/// Keys and events are literals of ours; a wrong one must still not break the line.
void append_name(std::string& out, std::string_view name) {
    for (const char c : name) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        out.push_back(fits ? c : '_');
    }
}

class Line {
public:
    explicit Line(bool json) : json_(json) { text_.append(json ? "{" : ""); }

    void add(std::string_view key, std::string_view value) {
        text_.append(first_ ? "" : json_ ? "," : " ");
        first_ = false;
        text_.append(json_ ? "\"" : "");
        append_name(text_, key);
        text_.append(json_ ? "\":" : "=");
        bool bare = !json_ && !value.empty();
        for (const char c : value) {
            bare = bare && is_bare(c);
        }
        if (bare) {
            text_.append(value);
        } else {
            append_quoted(text_, value);
        }
    }

    std::string finish() && {
        text_.append(json_ ? "}\n" : "\n");
        return std::move(text_);
    }

private:
    std::string text_;
    bool json_;
    bool first_ = true;
};

}  // namespace

std::string_view level_name(Level level) {
    switch (level) {
        case Level::kDebug: return "debug";
        case Level::kInfo: return "info";
        case Level::kWarning: return "warning";
        case Level::kError: return "error";
    }
    return "error";
}

std::string format_line(const LineOptions& options, Level level, std::string_view event,
                        std::initializer_list<Pair> pairs, std::string_view action) {
    Line line(options.json);
    line.add("ts", format_rfc3339_micros(options.time));
    line.add("level", level_name(level));
    line.add("event", event);
    for (const Pair& pair : pairs) {
        line.add(pair.key, pair.value);
    }
    if (!action.empty()) {
        line.add("action", action);
    }
    return std::move(line).finish();
}

void configure(Level lowest, bool json_lines) {
    settings().lowest.store(lowest, std::memory_order_relaxed);
    settings().json.store(json_lines, std::memory_order_relaxed);
}

void write(Level level, std::string_view event, std::initializer_list<Pair> pairs,
           std::string_view action) {
    if (level < settings().lowest.load(std::memory_order_relaxed)) {
        return;
    }
    const LineOptions options{settings().json.load(std::memory_order_relaxed),
                              system_clock().now()};
    const std::string line = format_line(options, level, event, pairs, action);
    // One write a line, so that threads do not mix theirs. When stderr is gone there is nobody to
    // tell, and the service goes on.
    ssize_t written = -1;
    do {
        written = ::write(STDERR_FILENO, line.data(), line.size());
    } while (written < 0 && errno == EINTR);
}

}  // namespace chatelaine::log

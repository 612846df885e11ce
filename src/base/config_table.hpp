#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/config.hpp"

/// Private to the room: the one table of the configuration.

namespace chatelaine::config {

/// Where a key's value lies in a Config; the alternative is its type.
using Member = std::variant<std::string& (*)(Config&), std::uint64_t& (*)(Config&),
                            std::uint16_t& (*)(Config&), bool& (*)(Config&),
                            log::Level& (*)(Config&), std::vector<std::string>& (*)(Config&)>;

/// What is wrong with a text (or with one of a list), or empty.
using TextCheck = std::string_view (*)(std::string_view);

struct Row {
    std::string_view section;  ///< empty: the top of the file
    std::string_view key;
    std::string_view comment;  ///< lines for the printed default
    Member member;
    TextCheck check = nullptr;
    std::uint64_t min = 0;
    std::uint64_t max = 0;

    std::string dotted() const {
        return section.empty() ? std::string(key) : std::string(section) + "." + std::string(key);
    }
};

struct Section {
    std::string_view name;
    std::string_view comment;
};

/// In the order of the printed file.
std::span<const Row> rows();
std::span<const Section> sections();

/// "debug", "info", … to the level; false for another word.
bool parse_level(std::string_view word, log::Level& level);

}  // namespace chatelaine::config

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// Where a list goes on, as an opaque text. Private to the room.

namespace chatelaine::secrets {

enum class CursorOf : std::uint8_t {
    kSecrets = 1,
    kVersions = 2,
    kSearch = 3,
    kFolders = 4,
    kNames = 5,
    kDeleted = 6
};

std::string make_cursor(std::uint64_t after, CursorOf list);
/// 0 for an empty text; kInvalidArgument when it is not of that list.
Result<std::uint64_t> read_cursor(std::string_view text, CursorOf list);

}  // namespace chatelaine::secrets

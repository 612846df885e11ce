#pragma once

#include <array>
#include <string_view>

/// What a data directory's parts are called, in it and in a backup. Private to operate/.

namespace chatelaine::operate {

inline constexpr std::string_view directory_entry = "directory.db";
inline constexpr std::string_view region_entry = "region.db";
inline constexpr std::string_view root_entry = "root.seal";
inline constexpr std::string_view keybag_entry = "keybag";
inline constexpr std::array required_entries{directory_entry, region_entry, root_entry,
                                             keybag_entry};
/// Not in the backup: the restored keybag's second copy, and the node's new name.
inline constexpr std::string_view keybag_copy_file = "keybag.copy";
inline constexpr std::string_view node_file = "node";

}  // namespace chatelaine::operate

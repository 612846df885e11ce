#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// Small files, whole. "-" is standard input or output.

namespace chatelaine::cli {

/// kTooLarge when there is more than `bytes_max`.
Result<std::string> read_text(const std::filesystem::path& path, std::size_t bytes_max);
/// The first line without white space around it: tokens and codes. kConfiguration when empty.
Result<std::string> read_secret_line(const std::filesystem::path& path);
/// Temporary file, flush, rename; mode 0600. Makes the folder, mode 0700.
Result<void> write_private(const std::filesystem::path& path, BytesView bytes);
Error file_error(const std::filesystem::path& path);

}  // namespace chatelaine::cli

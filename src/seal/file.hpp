#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/secret.hpp"

/// Small files that are replaced whole and stay whole whatever happens.
///
/// In a test build each step is a failpoint "seal.<name>.<step>.before" and ".after", with steps
/// write, sync, rename, directory_sync, and unlink for remove_file(). `name` says which file.
/// Failures: kStoreFull when there is no space, kStoreUnavailable for all else.

namespace chatelaine::seal {

struct FileRole {
    std::string_view name;  ///< in failpoints and messages
    ::mode_t mode = 0600;
};

/// Writes `<path>.tmp`, flushes it, reads it back, renames it over `path`, flushes the directory
/// and reads it back once more. On failure `path` is wholly the old or wholly the new file.
Result<void> replace_file(const std::filesystem::path& path, const FileRole& role,
                          BytesView content);

/// Removes a file (one that is not there counts as removed) and flushes the directory.
Result<void> remove_file(const std::filesystem::path& path, const FileRole& role);

/// The whole file; nothing when there is none; kStoreCorrupt when it is larger than `bytes_max`.
Result<std::optional<Bytes>> read_file(const std::filesystem::path& path, std::size_t bytes_max);

/// The same for a file that holds a key in the clear, which must be a regular file of this user's
/// that nobody else has any permission on: kConfiguration otherwise.
Result<std::optional<crypto::SecretBytes>> read_private_file(const std::filesystem::path& path,
                                                             std::size_t bytes_max);

/// kStoreUnavailable when that cannot be found out.
Result<bool> file_exists(const std::filesystem::path& path);

}  // namespace chatelaine::seal

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/chatelained/files.hpp"

namespace chatelaine::app {

/// Puts a backup into the data directory, which must be missing or empty, after all of it and both
/// stores were verified (operate::restore_backup). Opens nothing. kAlreadyExists, kStoreCorrupt,
/// kFormatTooNew.
Result<void> restore_files(const std::filesystem::path& backup, const DataDirectory& data);

struct RestoreOptions {
    DataDirectory data;
    Config config;
    /// One share in each; needed when the key file was lost.
    std::vector<std::filesystem::path> share_files;
    /// Names and addresses of the server's certificate besides localhost.
    std::vector<std::string> server_names;
};

/// What a backup does not hold: a key file, when it was lost, and the server's certificate. Opens
/// the seal with the key file of that time or with shares; may be run again with more of them.
/// kSealed, naming how many shares are missing.
Result<void> finish_restore(const RestoreOptions& options);

}  // namespace chatelaine::app

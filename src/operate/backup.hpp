#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "operate/tools.hpp"

/// One file that holds the service as it was at a moment: both stores, root file, newest keybag and
/// the certificates that clients trust, with a manifest of sizes and hashes. All that is
/// secret in it is sealed as in the data directory; neither the key file nor a share is in it.
/// docs/formats-backup.md has every byte.

namespace chatelaine::operate {

struct BackupSummary {
    std::filesystem::path file;
    std::uint64_t bytes = 0;
    WallTime created;
    std::string version;  ///< of the service that wrote it
    std::uint64_t directory_commit = 0, region_commit = 0;  ///< the stores are at least this new
    std::vector<std::string> entries;
};

/// Writes, flushes, reads back and verifies, and only then gives it its name: mode 0600, never over
/// another file. `name` is 1 to 100 of [A-Za-z0-9._-], no dot in front. Blocks.
/// kInvalidArgument("file"), kAlreadyExists, kWrongState while another backup or a rotation runs.
Result<BackupSummary> write_backup(Tools& tools, const std::string& name, WallTime now);

/// Reads all of it. kStoreCorrupt when a byte is not as it was written, kFormatTooNew.
Result<BackupSummary> verify_backup(const std::filesystem::path& file);

struct RestoreOptions {
    std::filesystem::path file;
    std::filesystem::path data_dir;
    /// Opens the store at this path and checks all of it (store::Store::check_integrity).
    std::function<Result<void>(const std::filesystem::path&)> check_store;
    Random* random = nullptr;  ///< for the id that the restored node gets
};
/// Verifies the backup, writes it beside the data directory, checks both stores, and then puts it
/// there in one step. The data directory must be missing or empty (kAlreadyExists). What a failed
/// restore wrote is removed. The key file and server certificate are not part of it: open the seal
/// with shares, then make them anew.
Result<BackupSummary> restore_backup(const RestoreOptions& options);

}  // namespace chatelaine::operate

#pragma once

#include <filesystem>
#include <string_view>

#include "base/bytes.hpp"
#include "base/config.hpp"
#include "base/result.hpp"
#include "seal/seal.hpp"

/// Where things lie in a data directory, and small files written whole.

namespace chatelaine::app {

struct DataDirectory {
    std::filesystem::path root;

    std::filesystem::path config() const { return root / "chatelained.toml"; }
    std::filesystem::path directory_store() const { return root / "directory.db"; }
    std::filesystem::path region_store() const { return root / "region.db"; }
    std::filesystem::path journal() const { return root / "journal"; }
    std::filesystem::path backups() const { return root / "backups"; }
    std::filesystem::path tls() const { return root / "tls"; }
    std::filesystem::path authority() const { return tls() / "ca.pem"; }
    std::filesystem::path endpoints() const { return root / "endpoints.json"; }
    std::filesystem::path ready() const { return root / "ready"; }
    std::filesystem::path lock() const { return root / "lock"; }
    std::filesystem::path node() const { return root / "node"; }
    /// There from the first step of `init` to the last.
    std::filesystem::path unfinished() const { return root / "unfinished"; }
    seal::Paths seal_paths(const Config& config) const;
};

/// Temporary file, flush, rename, flush of the folder: there in full or as before, and durable
/// when answered. Mode 0600.
Result<void> write_file(const std::filesystem::path& path, BytesView bytes);
Result<void> write_file(const std::filesystem::path& path, std::string_view text);
/// Gone for good when answered, also when it was not there.
Result<void> remove_file(const std::filesystem::path& path);
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max);
/// Makes the folder (mode 0700) unless it is there.
Result<void> make_folder(const std::filesystem::path& path);

}  // namespace chatelaine::app

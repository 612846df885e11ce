#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"

/// What concerns the files beside SQLite: modes, the lock of the process, consistent copies.

namespace chatelaine::store::sqlite {

/// One process at a time: a lock on `<store>.lock`, which the kernel drops when the process ends.
/// (Not on the store itself: closing any descriptor of it would drop SQLite's own locks.)
class FileLock {
public:
    /// kStoreUnavailable while another holds it; kNotFound when the directory is not there.
    static Result<FileLock> take(const std::filesystem::path& store, bool create);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

/// An empty file of mode 0600 when there is none, its name made durable.
Result<void> make_private_file(const std::filesystem::path& path);
Result<void> sync_directory_of(const std::filesystem::path& path);
/// Bytes of the store and its log; 0 for what is not there.
std::uint64_t size_of(const std::filesystem::path& store);

/// Copies a consistent snapshot into a new file of mode 0600 while the store goes on: written
/// beside as `<target>.part`, flushed, then renamed. kAlreadyExists when the target is there.
Result<void> copy_database(const std::filesystem::path& store, const std::filesystem::path& target,
                           const std::string& vfs);

}  // namespace chatelaine::store::sqlite

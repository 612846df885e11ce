#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

/// The embedded back end: one SQLite file (WAL, synchronous=FULL), one process at a time.

namespace chatelaine::store {

struct SqliteOptions {
    std::filesystem::path path;
    /// Make the file when it is not there; its mode is 0600.
    bool create = false;
    /// The store's own stream writer. Kept in the file when it is made (must not be nil then); at
    /// a later opening nil takes what is kept, another one than what is kept is kConfiguration.
    Uuid writer;
    /// The write-ahead log is copied back when it is larger than this.
    std::size_t checkpoint_bytes = std::size_t{32} * 1024 * 1024;
    /// Upper bounds of page caches, filled as pages are used; the writer's is given back when idle.
    std::size_t writer_cache_bytes = std::size_t{16} * 1024 * 1024;
    std::size_t reader_cache_bytes = std::size_t{512} * 1024;
    std::size_t readers_max = 8;  ///< read connections, opened as they are needed
    std::size_t mmap_bytes = 0;   ///< readers; 0: plain reads, so that a bad disk is an error
    std::size_t queue_max = 0;    ///< 0: limits::commit_queue_max
    std::size_t size_max_bytes = 0;  ///< the file's bound (kStoreFull above it); 0: the disk's
    std::string vfs;              ///< SQLite's VFS by name; empty: the system's. For tests.
};

/// While the disk is so sick that the file cannot be opened again, a group is answered with
/// kStoreUnavailable without knowing whether it is there: a caller then has to read.
class SqliteStore : public Store {
public:
    /// The stream writer that the file keeps.
    virtual const Uuid& writer() const = 0;
};

/// Opens the file after quick checks (header, format, schema, counters), in time that does not
/// grow with its size; what a killed process left in the WAL is recovered. The destructor commits
/// what is queued, copies the WAL back and closes.
///
/// kNotFound when there is no file and `create` is not set; kStoreCorrupt when it is not one of
/// ours or its parts do not agree; kFormatTooNew names both formats; kStoreUnavailable when another
/// process has it open or the disk fails; kConfiguration for another writer.
Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const SqliteOptions& options);

}  // namespace chatelaine::store

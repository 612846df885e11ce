#include "store/sqlite/files.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/failpoint.hpp"
#include "store/sqlite/database.hpp"

namespace chatelaine::store::sqlite {

namespace {

constexpr std::string_view where = "store.files";
constexpr int pages_per_step = 1024;

Error system_error(std::string_view what) {
    const Code code = errno == ENOSPC ? Code::kStoreFull
                      : errno == ENOENT ? Code::kNotFound
                                        : Code::kStoreUnavailable;
    return Error(code, where, std::string(what) + ": " + std::strerror(errno));
}

/// A descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    int value() const { return value_; }

private:
    int value_;
};

Result<void> sync_path(const std::filesystem::path& path, int flags) {
    const Descriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC));
    if (descriptor.value() < 0 || ::fsync(descriptor.value()) != 0) {
        return system_error("sync");
    }
    return ok();
}

/// Copies all pages of one snapshot: the read transaction pins it, so no step starts over.
Result<void> copy_pages(Connection& source, Connection& target) {
    CH_TRY_VOID(source.exec("BEGIN"));
    CH_TRY(const std::int64_t tables, source.integer("SELECT count(*) FROM sqlite_schema"));
    static_cast<void>(tables);
    CH_TRY_VOID(target.exec("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"));
    sqlite3_backup* backup = sqlite3_backup_init(target.raw(), "main", source.raw(), "main");
    if (backup == nullptr) {
        return error_of(target.raw(), sqlite3_errcode(target.raw()), where);
    }
    int result = SQLITE_OK;
    while (result == SQLITE_OK) {
        result = sqlite3_backup_step(backup, pages_per_step);
        CH_FAILPOINT("store.copy_step");
    }
    sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE) {
        return error_of(nullptr, result, where);
    }
    return source.exec("COMMIT");
}

Result<void> copy_into(const std::filesystem::path& store, const std::filesystem::path& part,
                       const std::string& vfs) {
    CH_TRY(Connection source, Connection::open(store.string(), Connection::Mode::kRead, vfs));
    CH_TRY_VOID(source.exec("PRAGMA cache_size=-256"));
    CH_TRY(Connection target, Connection::open(part.string(), Connection::Mode::kWrite, vfs));
    return copy_pages(source, target);
}

}  // namespace

Result<FileLock> FileLock::take(const std::filesystem::path& store, bool create) {
    if (!create && !std::filesystem::exists(store)) {
        return Error(Code::kNotFound, where, "there is no store file");
    }
    const std::string path = store.string() + ".lock";
    FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.descriptor_ < 0) {
        return system_error("lock file");
    }
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        return Error(Code::kStoreUnavailable, where, "another process has the store open");
    }
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Result<void> make_private_file(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.value() < 0) {
        return errno == EEXIST ? ok() : Result<void>(system_error("create"));
    }
    CH_FAILPOINT("store.directory_sync.before");
    CH_TRY_VOID(sync_directory_of(path));
    CH_FAILPOINT("store.directory_sync.after");
    return ok();
}

Result<void> sync_directory_of(const std::filesystem::path& path) {
    const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    return sync_path(parent, O_RDONLY | O_DIRECTORY);
}

std::uint64_t size_of(const std::filesystem::path& store) {
    std::uint64_t bytes = 0;
    for (const char* suffix : {"", "-wal"}) {
        struct stat status {};
        if (::stat((store.string() + suffix).c_str(), &status) == 0) {
            bytes += static_cast<std::uint64_t>(status.st_size);
        }
    }
    return bytes;
}

Result<void> copy_database(const std::filesystem::path& store, const std::filesystem::path& target,
                           const std::string& vfs) {
    if (std::filesystem::exists(target)) {
        return Error(Code::kAlreadyExists, where, "the copy's file is there already");
    }
    const std::filesystem::path part = target.string() + ".part";
    ::unlink(part.c_str());  // what a killed copy left behind
    CH_TRY_VOID(make_private_file(part));
    CH_FAILPOINT("store.copy_begin");
    auto copied = copy_into(store, part, vfs);
    if (copied) {
        CH_FAILPOINT("store.copy_sync");
        copied = sync_path(part, O_RDWR);
    }
    if (copied && ::rename(part.c_str(), target.c_str()) != 0) {
        copied = system_error("rename");
    }
    if (!copied) {
        ::unlink(part.c_str());
        return copied;
    }
    CH_FAILPOINT("store.copy_renamed");
    return sync_directory_of(target);
}

}  // namespace chatelaine::store::sqlite

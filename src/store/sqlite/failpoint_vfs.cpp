#include "store/sqlite/failpoint_vfs.hpp"

#ifndef CHATELAINE_TEST_BUILD

namespace chatelaine::store::sqlite {

const char* default_vfs() { return nullptr; }

}  // namespace chatelaine::store::sqlite

#else

#include <sqlite3.h>

#include "base/check.hpp"
#include "base/failpoint.hpp"

namespace chatelaine::store::sqlite {
namespace {

struct File {
    sqlite3_file base;
    // The system's file follows.
};
sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

/// The system's method, called with the system's file.
template <auto method, class... Arguments>
auto pass(sqlite3_file* file, Arguments... arguments) {
    return (real(file)->pMethods->*method)(real(file), arguments...);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    if (CH_FAILPOINT_ERROR("store.file.write.before")) {
        return SQLITE_IOERR_WRITE;
    }
    const int result = pass<&sqlite3_io_methods::xWrite>(file, from, size, at);
    CH_FAILPOINT("store.file.write.after");
    return result;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (CH_FAILPOINT_ERROR("store.file.truncate.before")) {
        return SQLITE_IOERR_TRUNCATE;
    }
    const int result = pass<&sqlite3_io_methods::xTruncate>(file, size);
    CH_FAILPOINT("store.file.truncate.after");
    return result;
}

int sync_file(sqlite3_file* file, int flags) {
    if (CH_FAILPOINT_ERROR("store.file.sync.before")) {
        return SQLITE_IOERR_FSYNC;
    }
    const int result = pass<&sqlite3_io_methods::xSync>(file, flags);
    CH_FAILPOINT("store.file.sync.after");
    return result;
}

constexpr sqlite3_io_methods methods = {
    3,
    pass<&sqlite3_io_methods::xClose>,
    pass<&sqlite3_io_methods::xRead>,
    write_file,
    truncate_file,
    sync_file,
    pass<&sqlite3_io_methods::xFileSize>,
    pass<&sqlite3_io_methods::xLock>,
    pass<&sqlite3_io_methods::xUnlock>,
    pass<&sqlite3_io_methods::xCheckReservedLock>,
    pass<&sqlite3_io_methods::xFileControl>,
    pass<&sqlite3_io_methods::xSectorSize>,
    pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    pass<&sqlite3_io_methods::xShmMap>,
    pass<&sqlite3_io_methods::xShmLock>,
    pass<&sqlite3_io_methods::xShmBarrier>,
    pass<&sqlite3_io_methods::xShmUnmap>,
    pass<&sqlite3_io_methods::xFetch>,
    pass<&sqlite3_io_methods::xUnfetch>,
};

sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    const int result = below(vfs)->xOpen(below(vfs), name, real(file), flags, out_flags);
    file->pMethods = real(file)->pMethods != nullptr ? &methods : nullptr;
    return result;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    if (CH_FAILPOINT_ERROR("store.file.unlink.before")) {
        return SQLITE_IOERR_DELETE;
    }
    const int result = below(vfs)->xDelete(below(vfs), name, sync_directory);
    CH_FAILPOINT("store.file.unlink.after");
    return result;
}

}  // namespace

const char* default_vfs() {
    // SQLite keeps a pointer to it for the life of the process.
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
        CH_CHECK(system != nullptr);
        sqlite3_vfs made = *system;
        made.zName = "failpoints";
        made.szOsFile = static_cast<int>(sizeof(File)) + system->szOsFile;
        made.pAppData = system;
        made.pNext = nullptr;
        made.xOpen = open_file;
        made.xDelete = delete_file;
        return made;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    CH_CHECK(registered == SQLITE_OK);
    return vfs.zName;
}

}  // namespace chatelaine::store::sqlite

#endif

// Proves that a real failure of the disk (a sync that fails, a write that finds no space) is
// answered truthfully and got over. A VFS in front of the system's fails on demand.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cstring>

#include "store/conformance_model.hpp"
#include "store/sqlite/test_directory.hpp"

namespace chatelaine::store {
namespace {

using conformance::change;
using conformance::key;

/// What the disk does next. Counts go down at each failure.
struct Disk {
    std::atomic<int> log_syncs_that_fail{0};
    std::atomic<int> file_syncs_that_fail{0};
    std::atomic<bool> is_full{false};
    std::atomic<bool> is_dead{false};
};
Disk& disk() {
    static Disk disk;
    return disk;
}

struct File {
    sqlite3_file base;
    bool is_log;
    // The real file follows.
};
sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}
bool take_one(std::atomic<int>& count) { return count > 0 && count-- > 0; }

int close_file(sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); }
int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
    return real(file)->pMethods->xRead(real(file), into, size, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    if (disk().is_dead) {
        return SQLITE_IOERR_WRITE;
    }
    return disk().is_full ? SQLITE_FULL : real(file)->pMethods->xWrite(real(file), from, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return real(file)->pMethods->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
    Disk& now = disk();
    const bool is_log = reinterpret_cast<File*>(file)->is_log;
    if (now.is_dead || take_one(is_log ? now.log_syncs_that_fail : now.file_syncs_that_fail)) {
        return SQLITE_IOERR_FSYNC;
    }
    return real(file)->pMethods->xSync(real(file), flags);
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int n, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}
void barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods methods = {
    2,          close_file,   read_file,   write_file,      truncate_file, sync_file,
    size_of_file, lock_file,  unlock_file, check_lock,      control_file,  sector_size,
    characteristics, map_shared, lock_shared, barrier,      unmap_shared,  nullptr,
    nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* below = static_cast<sqlite3_vfs*>(vfs->pAppData);
    const int result = below->xOpen(below, name, real(file), flags, out_flags);
    reinterpret_cast<File*>(file)->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    file->pMethods = real(file)->pMethods != nullptr ? &methods : nullptr;
    return result;
}

const char* faulty_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs* below = sqlite3_vfs_find(nullptr);
        sqlite3_vfs copy = *below;
        copy.zName = "faulty";
        copy.szOsFile = static_cast<int>(sizeof(File)) + below->szOsFile;
        copy.pAppData = below;
        copy.pNext = nullptr;
        copy.xOpen = open_file;
        return copy;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    CH_CHECK(registered == SQLITE_OK);
    return vfs.zName;
}

class SqliteFault : public testing::Test {
protected:
    SqliteFault() : options_(directory_.options()) {
        options_.vfs = faulty_vfs();
        reopen();
    }
    ~SqliteFault() override { heal(); }
    static void heal() {
        disk().log_syncs_that_fail = 0;
        disk().file_syncs_that_fail = 0;
        disk().is_full = false;
        disk().is_dead = false;
    }
    void reopen() {
        store_.reset();
        auto opened = open_sqlite_store(options_);
        CH_CHECK(opened.has_value());
        store_ = std::move(*opened);
    }
    Code commit(std::uint8_t id) {
        const auto receipt = store_->commit(change(id, 0, {.terms = {1}}));
        return receipt ? Code::kEndOfCodes : receipt.error().code();
    }
    bool has(std::uint8_t id) { return store_->get(key(id))->has_value(); }

    TestDirectory directory_;
    SqliteOptions options_;
    std::unique_ptr<SqliteStore> store_;
};

TEST_F(SqliteFault, AFailedSyncIsNotTriedAgainAndTheAnswerIsTrue) {
    ASSERT_EQ(commit(1), Code::kEndOfCodes);
    for (const bool with_reader : {true, false}) {
        if (with_reader) {
            EXPECT_TRUE(has(1));
        } else {
            reopen();  // no reader holds the log open while the writer opens it again
        }
        const std::uint8_t id = with_reader ? 2 : 4;
        disk().log_syncs_that_fail = 1;
        const Code code = commit(id);
        EXPECT_EQ(disk().log_syncs_that_fail, 0);
        EXPECT_TRUE(code == Code::kStoreUnavailable || code == Code::kEndOfCodes);
        EXPECT_EQ(has(id), code == Code::kEndOfCodes);
        EXPECT_TRUE(store_->statistics().writable);
        EXPECT_EQ(commit(static_cast<std::uint8_t>(id + 1)), Code::kEndOfCodes);
        const bool there = has(id);
        reopen();
        EXPECT_EQ(has(id), there);
        EXPECT_TRUE(has(1) && has(static_cast<std::uint8_t>(id + 1)));
        EXPECT_TRUE(store_->check_integrity().has_value());
    }
}

TEST_F(SqliteFault, ADeadDiskRefusesUntilItLives) {
    ASSERT_EQ(commit(1), Code::kEndOfCodes);
    disk().is_dead = true;
    EXPECT_EQ(commit(2), Code::kStoreUnavailable);
    EXPECT_EQ(commit(3), Code::kStoreUnavailable);
    EXPECT_FALSE(store_->statistics().writable);
    heal();
    EXPECT_EQ(commit(4), Code::kEndOfCodes);
    EXPECT_TRUE(store_->statistics().writable);
    EXPECT_TRUE(has(1) && has(4));
    EXPECT_FALSE(has(2) || has(3));
    EXPECT_TRUE(store_->check_integrity().has_value());
}

TEST_F(SqliteFault, AFullDiskRefusesAndGoesOnWhenThereIsSpace) {
    ASSERT_EQ(commit(1), Code::kEndOfCodes);
    disk().is_full = true;
    EXPECT_EQ(commit(2), Code::kStoreFull);
    EXPECT_EQ(commit(3), Code::kStoreFull);
    EXPECT_FALSE(store_->statistics().writable);
    EXPECT_TRUE(has(1));
    heal();
    EXPECT_EQ(commit(4), Code::kEndOfCodes);
    EXPECT_TRUE(store_->statistics().writable);
    EXPECT_FALSE(has(2) || has(3));
    EXPECT_EQ(store_->statistics().last_commit, 2u);
    reopen();
    EXPECT_TRUE(has(1) && has(4));
    EXPECT_TRUE(store_->check_integrity().has_value());
}

TEST_F(SqliteFault, AFailedCheckpointLosesNothing) {
    options_.checkpoint_bytes = 64 * 1024;
    reopen();
    disk().file_syncs_that_fail = 2;
    for (std::uint8_t id = 1; id < 200; ++id) {
        ASSERT_EQ(commit(id), Code::kEndOfCodes);
    }
    EXPECT_EQ(disk().file_syncs_that_fail, 0);
    EXPECT_TRUE(store_->check_integrity().has_value());
    reopen();
    EXPECT_EQ(store_->statistics().records, 199u);
}

}  // namespace
}  // namespace chatelaine::store

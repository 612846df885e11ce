// A backup is restored to what was backed up, openable with shares alone; one wrong byte anywhere,
// a byte less or more is refused before anything is written; nothing is ever overwritten.
#include <sys/stat.h>

#include <thread>

#include "operate/backup.hpp"
#include "operate/backup_file.hpp"
#include "operate/test_support.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace chatelaine::operate {
namespace {

using testing::code_of;
using testing::get;
using testing::must;
using testing::put;
using testing::read_text;
using testing::SealedFolder;
using testing::write_text;
namespace fs = std::filesystem;

const WallTime kNow = WallTime::from_seconds(1'790'000'000);

Result<std::unique_ptr<store::SqliteStore>> open_store(const fs::path& path, bool create) {
    store::SqliteOptions options;
    options.path = path;
    options.create = create;
    if (create) {
        options.writer = Uuid::random(crypto::system_random());
    }
    return store::open_sqlite_store(options);
}

Result<void> check_store(const fs::path& path) {
    CH_TRY(const auto store, open_store(path, false));
    return store->check_integrity();
}

class BackupFile : public ::testing::Test {
protected:
    BackupFile() {
        directory = must(open_store(world.data() / "directory.db", true));
        region = must(open_store(world.data() / "region.db", true));
        must(world.seal->create_scope(scope));
        key = put(*region, *world.seal, scope, store::Kind::kManagedObject, "a key");
        token = put(*directory, *world.seal, scope, store::Kind::kToken, "a token");
        fs::create_directory(world.data() / "tls");
        write_text(world.data() / "tls/ca.pem", "certificate");
        write_text(world.data() / "tls/server.key", "private");
        tools.seal = world.seal.get();
        tools.directory = directory.get();
        tools.region = region.get();
        tools.version = "1.2.3";
        tools.data_dir = world.data();
        tools.backup_directory = world.folder.path() / "backups";
    }
    fs::path file() const { return tools.backup_directory / "one.backup"; }
    fs::path target() const { return world.folder.path() / "restored"; }
    Result<BackupSummary> restore(const fs::path& from) {
        return restore_backup({from, target(), &check_store, &crypto::system_random()});
    }

    SealedFolder world;
    std::unique_ptr<store::SqliteStore> directory, region;
    Uuid scope = Uuid::random(crypto::system_random());
    store::RecordKey key, token;
    Tools tools;
};

TEST_F(BackupFile, IsRestoredAndOpensWithSharesAlone) {
    const BackupSummary written = must(write_backup(tools, "one.backup", kNow));
    EXPECT_EQ(written.file, file());
    EXPECT_EQ(written.created, kNow);
    EXPECT_EQ(written.bytes, fs::file_size(file()));
    struct ::stat facts {};
    ASSERT_EQ(::stat(file().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777u, 0600u);
    EXPECT_EQ(std::distance(fs::directory_iterator(tools.backup_directory), {}), 1);

    // What came later is not in it.
    put(*region, *world.seal, scope, store::Kind::kManagedObject, "later");
    const BackupSummary restored = must(restore(file()));
    EXPECT_EQ(restored.version, "1.2.3");
    EXPECT_EQ(restored.region_commit, 1u);
    EXPECT_FALSE(fs::exists(target() / "tls/server.key"));
    EXPECT_EQ(read_text(target() / "tls/ca.pem"), "certificate");
    EXPECT_TRUE(Uuid::parse(read_text(target() / "node")));

    fs::remove(world.key_file());
    const auto seal = must(seal::Seal::open(world.paths(target()), crypto::system_random()));
    EXPECT_TRUE(seal->is_sealed());
    must(seal->submit_share(world.shares[0]));
    EXPECT_EQ(must(seal->submit_share(world.shares[2])), 0u);
    const auto region_again = must(open_store(target() / "region.db", false));
    const auto directory_again = must(open_store(target() / "directory.db", false));
    EXPECT_EQ(get(*region_again, *seal, key), "a key");
    EXPECT_EQ(get(*directory_again, *seal, token), "a token");
    EXPECT_EQ(region_again->statistics().records, 1u);
    EXPECT_EQ(region_again->writer(), region->writer());
}

TEST_F(BackupFile, HoldsNoKeyInTheClear) {
    must(write_backup(tools, "one.backup", kNow));
    const std::string bytes = read_text(file());
    const std::string key_line = read_text(world.key_file());
    EXPECT_EQ(bytes.find(key_line.substr(0, key_line.size() - 1)), std::string::npos);
    EXPECT_EQ(bytes.find("a key"), std::string::npos);
    EXPECT_EQ(bytes.find("private"), std::string::npos);
    for (const auto& share : world.shares) {
        EXPECT_EQ(bytes.find(testing::reveal(share)), std::string::npos);
    }
}

TEST_F(BackupFile, OneWrongByteIsRefused) {
    must(write_backup(tools, "one.backup", kNow));
    const std::string bytes = read_text(file());
    const fs::path bad = world.folder.path() / "bad";
    // Every byte of the head, and contents here and there.
    const std::size_t head = bytes.find("SQLite format 3");
    ASSERT_NE(head, std::string::npos);
    for (std::size_t i = 0; i < bytes.size(); i += i < head ? 1 : 4001) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 0x01);
        write_text(bad, changed);
        const Code code = code_of(verify_backup(bad));
        EXPECT_TRUE(code == Code::kStoreCorrupt || (i == 8 && code == Code::kFormatTooNew)) << i;
    }
    std::string changed = bytes;
    changed.back() = static_cast<char>(changed.back() ^ 0x80);
    write_text(bad, changed);
    EXPECT_EQ(code_of(restore(bad)), Code::kStoreCorrupt);
    EXPECT_FALSE(fs::exists(target()));
    EXPECT_FALSE(fs::exists(target().string() + ".restoring"));
}

TEST_F(BackupFile, AByteLessOrMoreIsRefused) {
    must(write_backup(tools, "one.backup", kNow));
    const std::string bytes = read_text(file());
    const fs::path bad = world.folder.path() / "bad";
    for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{13},
                                   std::size_t{200}, bytes.size() / 2, bytes.size() - 1}) {
        write_text(bad, bytes.substr(0, size));
        EXPECT_EQ(code_of(restore(bad)), Code::kStoreCorrupt) << size;
    }
    write_text(bad, bytes + "x");
    EXPECT_EQ(code_of(restore(bad)), Code::kStoreCorrupt);
    std::string newer = bytes;
    newer[8] = 2;
    write_text(bad, newer);
    const auto refused = restore(bad);
    ASSERT_EQ(code_of(refused), Code::kFormatTooNew);
    EXPECT_NE(refused.error().detail().message.find("format 2"), std::string::npos);
    EXPECT_EQ(code_of(restore(world.folder.path() / "nothing")), Code::kNotFound);
    EXPECT_FALSE(fs::exists(target()));
}

TEST_F(BackupFile, NothingIsOverwritten) {
    must(write_backup(tools, "one.backup", kNow));
    EXPECT_EQ(code_of(write_backup(tools, "one.backup", kNow)), Code::kAlreadyExists);
    fs::create_directory(target());
    write_text(target() / "mine", "text");
    EXPECT_EQ(code_of(restore(file())), Code::kAlreadyExists);
    EXPECT_EQ(read_text(target() / "mine"), "text");
    EXPECT_EQ(std::distance(fs::directory_iterator(target()), {}), 1);
    fs::remove(target() / "mine");
    must(restore(file()));  // an empty one is as good as none
    EXPECT_EQ(code_of(restore(file())), Code::kAlreadyExists);
}

TEST_F(BackupFile, AStoreThatFailsItsCheckIsNotPutInPlace) {
    must(write_backup(tools, "one.backup", kNow));
    const auto failing = [](const fs::path& path) -> Result<void> {
        return path.filename() == "region.db" ? Result<void>(Error(Code::kStoreCorrupt, "test"))
                                              : ok();
    };
    EXPECT_EQ(code_of(restore_backup({file(), target(), failing, &crypto::system_random()})),
              Code::kStoreCorrupt);
    EXPECT_FALSE(fs::exists(target()));
}

TEST_F(BackupFile, GoesNowhereElse) {
    for (const char* name : {"", ".", "..", ".hidden", "../one", "a/b", "/etc/one", "a b"}) {
        const auto refused = write_backup(tools, name, kNow);
        ASSERT_EQ(code_of(refused), Code::kInvalidArgument) << name;
        EXPECT_EQ(refused.error().detail().field, "file");
    }
    EXPECT_EQ(code_of(write_backup(tools, std::string(101, 'a'), kNow)), Code::kInvalidArgument);
    must(write_backup(tools, std::string(100, 'a'), kNow));
    const std::lock_guard other(tools.keys);
    std::thread([&] {
        EXPECT_EQ(code_of(write_backup(tools, "two", kNow)), Code::kWrongState);
    }).join();
}

TEST(BackupNames, AreBelowTheDirectory) {
    for (const char* good : {"node", "tls/ca.pem", "a-b_c.d"}) {
        EXPECT_TRUE(is_entry_name(good)) << good;
    }
    for (const char* bad : {"", "/", "a/", "/a", "../a", "a/..", "a/b/c", "a/.b", "a\\b"}) {
        EXPECT_FALSE(is_entry_name(bad)) << bad;
    }
}

TEST(BackupContent, IsHashedChunkByChunk) {
    testing::Folder folder;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunkBytes, kChunkBytes + 1,
                                   2 * kChunkBytes}) {
        const fs::path path = folder.path() / "file";
        const std::string text(size, 'x');
        write_text(path, text);
        ContentHash expected;
        for (std::size_t at = 0; at < size; at += kChunkBytes) {
            expected.add_chunk(as_bytes(std::string_view(text).substr(at, kChunkBytes)));
        }
        const Entry entry = must(describe(path, "file"));
        EXPECT_EQ(entry.bytes, size);
        EXPECT_EQ(entry.hash, expected.finish());
    }
}

}  // namespace
}  // namespace chatelaine::operate

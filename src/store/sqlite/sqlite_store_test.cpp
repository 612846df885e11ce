// Proves what the embedded back end adds to the port: whose file it opens, modes, the queue's
// bound, copies while it goes on, and many readers.
#include "store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <thread>

#include "store/conformance_model.hpp"
#include "store/sqlite/test_directory.hpp"

namespace chatelaine::store {
namespace {

using conformance::append;
using conformance::change;
using conformance::key;
using conformance::query;

std::unique_ptr<SqliteStore> open_ok(const SqliteOptions& options) {
    auto store = open_sqlite_store(options);
    EXPECT_TRUE(store.has_value()) << store.error().to_string();
    return store ? std::move(*store) : nullptr;
}

Error open_error(const SqliteOptions& options) {
    auto store = open_sqlite_store(options);
    EXPECT_FALSE(store.has_value());
    return store ? Error(Code::kEndOfCodes, "test") : std::move(store).error();
}

void run_sql(const std::filesystem::path& file, const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
}

void overwrite(const std::filesystem::path& file, std::streamoff at, const std::string& bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(at);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

mode_t mode_of(const std::filesystem::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
    return status.st_mode & 0777;
}

TEST(SqliteOpen, MakesAFileOnlyWhenAsked) {
    const TestDirectory directory;
    SqliteOptions options = directory.options();
    options.create = false;
    EXPECT_EQ(open_error(options).code(), Code::kNotFound);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
    options.create = true;
    options.writer = Uuid{};
    EXPECT_EQ(open_error(options).code(), Code::kConfiguration);
    options.writer.octets[3] = 4;
    EXPECT_EQ(open_ok(options)->writer(), options.writer);
    options.create = false;
    SqliteOptions any_writer = options;
    any_writer.writer = Uuid{};
    EXPECT_EQ(open_ok(any_writer)->writer(), options.writer);
    options.writer.octets[3] = 5;
    EXPECT_EQ(open_error(options).code(), Code::kConfiguration);
}

TEST(SqliteOpen, FilesArePrivate) {
    const TestDirectory directory;
    const mode_t old_mask = ::umask(0);
    const auto options = directory.options();
    {
        const auto store = open_ok(options);
        ASSERT_TRUE(store->commit(change(1, 0)).has_value());
        ASSERT_TRUE(store->copy_to(directory.path() / "copy.db").has_value());
        for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
            EXPECT_EQ(mode_of(options.path.string() + suffix), 0600u) << suffix;
        }
        EXPECT_EQ(mode_of(directory.path() / "copy.db"), 0600u);
    }
    ::umask(old_mask);
    EXPECT_FALSE(std::filesystem::exists(options.path.string() + "-wal")) << "copied back at end";
}

TEST(SqliteOpen, OneProcessAtATime) {
    const TestDirectory directory;
    auto store = open_ok(directory.options());
    EXPECT_EQ(open_error(directory.options()).code(), Code::kStoreUnavailable);
    store.reset();
    EXPECT_NE(open_ok(directory.options()), nullptr);
}

TEST(SqliteOpen, RefusesANewerFormatAndNamesBoth) {
    const TestDirectory directory;
    open_ok(directory.options());
    run_sql(directory.options().path, "PRAGMA user_version=17");
    const Error error = open_error(directory.options());
    EXPECT_EQ(error.code(), Code::kFormatTooNew);
    EXPECT_NE(error.detail().message.find("17"), std::string::npos);
    EXPECT_NE(error.detail().message.find("up to 1"), std::string::npos);
}

TEST(SqliteOpen, RefusesWhatIsNotOurs) {
    const TestDirectory directory;
    const auto options = directory.options();
    open_ok(options);
    run_sql(options.path, "PRAGMA application_id=5");
    EXPECT_EQ(open_error(options).code(), Code::kStoreCorrupt);
    std::filesystem::remove(options.path);
    run_sql(options.path, "CREATE TABLE other (x)");
    EXPECT_EQ(open_error(options).code(), Code::kStoreCorrupt);
}

TEST(SqliteOpen, RefusesADamagedFile) {
    const TestDirectory directory;
    const auto options = directory.options();
    const auto make = [&] {
        std::filesystem::remove(options.path);
        const auto store = open_ok(options);
        ASSERT_TRUE(store->commit(change(1, 0)).has_value());
    };
    make();
    overwrite(options.path, 0, "not a database at all");
    EXPECT_EQ(open_error(options).code(), Code::kStoreCorrupt) << "header";
    make();
    overwrite(options.path, 100, std::string(3000, '\xff'));
    EXPECT_EQ(open_error(options).code(), Code::kStoreCorrupt) << "schema";
    make();
    run_sql(options.path, "UPDATE meta SET last_commit = 0");
    EXPECT_EQ(open_error(options).code(), Code::kStoreCorrupt) << "counter";
    make();
    run_sql(options.path, "DROP TABLE terms");
    EXPECT_EQ(open_error(options).code(), Code::kStoreCorrupt) << "a table is missing";
}

TEST(SqliteCheck, FindsWhatDoesNotAgree) {
    for (const char* damage :
         {"DELETE FROM terms", "UPDATE meta SET live_records = 7",
          "DELETE FROM entries WHERE place % 4096 = 2", "UPDATE entries SET count = 2"}) {
        SCOPED_TRACE(damage);
        const TestDirectory directory;
        for (int i = 0; i < 2; ++i) {
            const auto store = open_ok(directory.options());
            if (i == 1) {
                const auto checked = store->check_integrity();
                ASSERT_FALSE(checked.has_value());
                EXPECT_EQ(checked.error().code(), Code::kStoreCorrupt);
                continue;
            }
            Transaction transaction = change(1, 0, {.terms = {1, 2}});
            for (int entry = 0; entry < 3; ++entry) {
                transaction.appends.push_back(append(1, 1));
            }
            ASSERT_TRUE(store->commit(std::move(transaction)).has_value());
            EXPECT_TRUE(store->check_integrity().has_value());
            run_sql(directory.options().path, damage);
        }
    }
}

TEST(SqliteQueue, AFullOneRefusesAtOnce) {
    const TestDirectory directory;
    SqliteOptions options = directory.options();
    options.queue_max = 3;
    const auto store = open_ok(options);
    std::promise<void> holding;
    std::promise<void> go_on;
    std::vector<std::future<Code>> codes;
    const auto submit = [&](std::uint8_t id, std::function<void()> first) {
        auto code = std::make_shared<std::promise<Code>>();
        codes.push_back(code->get_future());
        store->submit(change(id, 0), [code, first](Result<Receipt> receipt) {
            if (first) {
                first();
            }
            code->set_value(receipt ? Code::kEndOfCodes : receipt.error().code());
        });
    };
    submit(1, [&] {
        holding.set_value();
        go_on.get_future().get();
    });
    holding.get_future().get();
    for (std::uint8_t id = 2; id <= 5; ++id) {
        submit(id, nullptr);
    }
    EXPECT_EQ(store->statistics().queue_depth, 3u);
    ASSERT_EQ(codes[4].wait_for(std::chrono::seconds(0)), std::future_status::ready);
    EXPECT_EQ(codes[4].get(), Code::kOverloaded);
    go_on.set_value();
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(codes[i].get(), Code::kEndOfCodes);
    }
    EXPECT_FALSE(store->get(key(5))->has_value());
}

TEST(SqliteQueue, WhatIsQueuedIsCommittedAtTheEnd) {
    const TestDirectory directory;
    int answered = 0;
    {
        const auto store = open_ok(directory.options());
        for (std::uint8_t id = 0; id < 200; ++id) {
            store->submit(change(id, 0),
                          [&](Result<Receipt> receipt) { answered += receipt ? 1 : 0; });
        }
    }
    EXPECT_EQ(answered, 200);
    EXPECT_EQ(open_ok(directory.options())->statistics().records, 200u);
}

TEST(SqliteFull, TheSizeBoundRefusesAndReadsGoOn) {
    const TestDirectory directory;
    SqliteOptions options = directory.options();
    options.size_max_bytes = 64 * 4096;
    const auto store = open_ok(options);
    std::uint8_t id = 0;
    Result<Receipt> receipt = Receipt{};
    for (; receipt && id < 200; ++id) {
        Transaction transaction = change(id, 0);
        transaction.changes[0].sealed = crypto::SealedBytes::from_stored(Bytes(8000, 1));
        receipt = store->commit(std::move(transaction));
    }
    ASSERT_FALSE(receipt.has_value());
    EXPECT_EQ(receipt.error().code(), Code::kStoreFull);
    EXPECT_FALSE(store->statistics().writable);
    EXPECT_EQ(store->statistics().records, id - 1u);
    EXPECT_TRUE(store->get(key(0))->has_value());
    // A small change finds space on the pages that are there.
    EXPECT_TRUE(store->commit(change(0, 1)).has_value());
    EXPECT_TRUE(store->statistics().writable);
    EXPECT_TRUE(store->check_integrity().has_value());
}

TEST(SqliteCopy, IsConsistentWhileTheStoreGoesOn) {
    const TestDirectory directory;
    const auto store = open_ok(directory.options());
    std::atomic<bool> stop{false};
    std::uint64_t made = 0;
    std::promise<void> some_there;
    std::thread writer([&] {
        for (std::uint32_t i = 0; !stop; ++i) {
            Transaction transaction = change(1, 0, {.terms = {1}});
            std::memcpy(transaction.changes[0].key.id.octets.data(), &i, sizeof i);
            transaction.changes[0].sealed = crypto::SealedBytes::from_stored(Bytes(5000, 1));
            transaction.appends.push_back(append(1, 1));
            ASSERT_TRUE(store->commit(std::move(transaction)).has_value());
            if (++made == 100) {
                some_there.set_value();
            }
        }
    });
    some_there.get_future().get();
    SqliteOptions copy = directory.options();
    for (int i = 0; i < 3; ++i) {
        copy.path = directory.path() / ("copy" + std::to_string(i));
        const auto copied = store->copy_to(copy.path);
        ASSERT_TRUE(copied.has_value()) << copied.error().to_string();
        EXPECT_EQ(store->copy_to(copy.path).error().code(), Code::kAlreadyExists);
        const auto opened = open_ok(copy);
        EXPECT_TRUE(opened->check_integrity().has_value());
        EXPECT_EQ(*opened->next_sequence(conformance::stream(1)),
                  opened->statistics().records + 1);
        EXPECT_GE(opened->statistics().records, 100u);
    }
    stop = true;
    writer.join();
    EXPECT_EQ(store->statistics().records, made);
}

TEST(SqliteReaders, ManyShareFew) {
    const TestDirectory directory;
    SqliteOptions options = directory.options();
    options.readers_max = 2;
    const auto store = open_ok(options);
    ASSERT_TRUE(store->commit(change(1, 0, {.terms = {1, 2}})).has_value());
    std::vector<std::thread> threads;
    std::atomic<int> found{0};
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                found += store->query(query({1, 2}))->records.size() == 1 ? 1 : 0;
                found += store->get(key(1))->has_value() ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(found, 16 * 50 * 2);
}

}  // namespace
}  // namespace chatelaine::store

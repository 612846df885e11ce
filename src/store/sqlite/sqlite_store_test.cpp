// Proves the basics of the embedded back end on a real file.
#include "store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace chatelaine::store {
namespace {

class SqliteStoreTest : public testing::Test {
protected:
    SqliteStoreTest() {
        std::string pattern = testing::TempDir() + "store_XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        options_.path = directory_ / "region.db";
        options_.create = true;
        options_.writer.octets[0] = 7;
    }
    ~SqliteStoreTest() override { std::filesystem::remove_all(directory_); }

    std::unique_ptr<SqliteStore> open() {
        auto store = open_sqlite_store(options_);
        EXPECT_TRUE(store.has_value()) << store.error().to_string();
        return store ? std::move(*store) : nullptr;
    }

    std::filesystem::path directory_;
    SqliteOptions options_;
};

Transaction one_record(std::uint8_t id, std::uint64_t expected = 0) {
    Transaction transaction;
    Change change;
    change.key.kind = Kind::kSetting;
    change.key.id.octets[0] = id;
    change.expected_version = expected;
    change.sealed = crypto::SealedBytes::from_stored(Bytes{1, 2, 3});
    transaction.changes.push_back(std::move(change));
    return transaction;
}

TEST_F(SqliteStoreTest, KeepsARecordOverReopening) {
    {
        auto store = open();
        const auto receipt = store->commit(one_record(1));
        ASSERT_TRUE(receipt.has_value()) << receipt.error().to_string();
        EXPECT_EQ(receipt->commit, 1u);
    }
    auto store = open();
    const auto record = store->get(one_record(1).changes[0].key);
    ASSERT_TRUE(record.has_value() && record->has_value());
    EXPECT_EQ((*record)->version, 1u);
    EXPECT_EQ((*record)->sealed.size(), 3u);
    EXPECT_EQ(store->statistics().records, 1u);
    EXPECT_TRUE(store->check_integrity().has_value());
}

}  // namespace
}  // namespace chatelaine::store

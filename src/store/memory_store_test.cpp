// Proves what the memory store adds to the port: refusal on demand. The port itself is proved by
// the conformance suite.
#include "store/memory_store.hpp"

#include <gtest/gtest.h>

namespace chatelaine::store {
namespace {

Transaction one_record(std::uint8_t id) {
    Transaction transaction;
    Change change;
    change.key.kind = Kind::kSetting;
    change.key.id.octets[0] = id;
    change.sealed = crypto::SealedBytes::from_stored(Bytes{1, 2, 3});
    transaction.changes.push_back(std::move(change));
    return transaction;
}

TEST(MemoryStore, RefusesOnDemand) {
    MemoryStore store;
    store.refuse_changes(Code::kStoreFull);
    const auto refused = store.commit(one_record(1));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Code::kStoreFull);
    EXPECT_FALSE(store.statistics().writable);
    store.refuse_changes(std::nullopt);
    const auto taken = store.commit(one_record(1));
    ASSERT_TRUE(taken.has_value());
    EXPECT_EQ(taken->commit, 1u);
    EXPECT_EQ(store.statistics().records, 1u);
}

}  // namespace
}  // namespace chatelaine::store

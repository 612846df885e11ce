/// Proves that a query over the store with changes laid over it gives what the store gives once
/// they are committed, page by page.
#include "engine/overlay.hpp"

#include <gtest/gtest.h>

#include <random>

#include "store/memory_store.hpp"

namespace chatelaine::engine {
namespace {

Result<store::Term> term_of(std::string_view name, std::string_view value) {
    store::Term term;
    term.value[0] = static_cast<std::uint8_t>(name[0]);
    term.value[1] = static_cast<std::uint8_t>(value[0]);
    return term;
}

class OverlayTest : public ::testing::Test {
public:
    std::mt19937 random{20'261'125};
    std::size_t below(std::size_t n) { return random() % n; }

    static store::RecordKey key(std::size_t number) {
        store::RecordKey key;
        key.kind = store::Kind::kManagedObject;
        key.id.octets[0] = static_cast<std::uint8_t>(number);
        return key;
    }
    seal::RecordChange change(std::size_t number, std::uint64_t version) {
        seal::RecordChange made;
        made.key = key(number);
        made.expected_version = version;
        made.tombstone = below(4) == 0;
        made.terms = {{"a", std::string(1, static_cast<char>('0' + below(2)))}};
        if (below(2) == 0) {
            made.dates[store::DateColumn::kDestroy] = WallTime::from_seconds(5);
        }
        return made;
    }
    static void commit(store::Store& to, const std::vector<seal::RecordChange>& changes) {
        store::Transaction transaction;
        for (const auto& one : changes) {
            store::Change change;
            change.key = one.key;
            change.expected_version = one.expected_version;
            change.tombstone = one.tombstone;
            change.dates = one.dates;
            if (!one.tombstone) {
                change.terms = {*term_of(one.terms[0].first, one.terms[0].second)};
                change.sealed = crypto::SealedBytes::from_stored(Bytes{1});
            }
            transaction.changes.push_back(std::move(change));
        }
        const auto done = to.commit(std::move(transaction));
        ASSERT_TRUE(done) << done.error().to_string();
    }
    store::Query query() {
        store::Query query;
        query.kind = store::Kind::kManagedObject;
        query.max = 1 + below(4);
        query.newest_first = below(2) == 0;
        if (below(2) == 0) {
            query.terms = {*term_of("a", below(2) == 0 ? "0" : "1")};
        }
        if (below(2) == 0) {
            query.dates = {{store::DateColumn::kDestroy, store::DateCondition::Test::kIsNull, {}}};
        }
        return query;
    }
};

std::vector<store::RecordKey> all_of(store::Query query, store::Store& store) {
    std::vector<store::RecordKey> keys;
    for (bool more = true; more;) {
        const auto page = store.query(query);
        more = page->more;
        for (const auto& record : page->records) {
            keys.push_back(record.key);
            query.after_born = record.born;
        }
    }
    return keys;
}

std::vector<store::RecordKey> all_of(store::Query query, store::Store& store,
                                     const Overlay& overlay) {
    std::vector<store::RecordKey> keys;
    for (bool more = true; more;) {
        const auto page = overlay.query(query, store, term_of);
        more = page->more;
        EXPECT_LE(page->hits.size(), query.max);
        EXPECT_TRUE(!more || !page->hits.empty()) << "a page is empty only when it is the last";
        for (const auto& hit : page->hits) {
            keys.push_back(hit.key);
            query.after_born = hit.born;
        }
    }
    return keys;
}

TEST_F(OverlayTest, FindsWhatTheStoreFindsOnceItIsCommitted) {
    std::size_t found = 0;
    for (int round = 0; round < 400; ++round) {
        store::MemoryStore before, after;
        std::array<std::uint64_t, 12> versions{};
        const auto some = [&](std::size_t count) {
            std::vector<seal::RecordChange> changes;
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t number = below(versions.size());
                changes.push_back(change(number, versions[number]++));
            }
            return changes;
        };
        const auto old = some(below(20));
        commit(before, old);
        commit(after, old);
        Overlay overlay;
        for (std::size_t parts = 1 + below(3); parts > 0; --parts) {
            const auto changes = some(below(6));
            overlay.add(changes);
            commit(after, changes);
        }
        for (int i = 0; i < 10; ++i) {
            const store::Query asked = query();
            const auto expected = all_of(asked, after);
            ASSERT_EQ(all_of(asked, before, overlay), expected);
            found += expected.size();
        }
    }
    EXPECT_GT(found, 1000u);
}

TEST_F(OverlayTest, LeavesOtherKindsAndScopesToTheStore) {
    Overlay overlay;
    store::Query query;
    query.kind = store::Kind::kManagedObject;
    EXPECT_TRUE(overlay.leaves(query));
    std::vector<seal::RecordChange> changes;
    changes.push_back(change(1, 0));
    overlay.add(changes);
    EXPECT_FALSE(overlay.leaves(query));
    query.kind = store::Kind::kSetting;
    EXPECT_TRUE(overlay.leaves(query));
    query.kind = store::Kind::kManagedObject;
    query.scope.octets[0] = 1;
    EXPECT_TRUE(overlay.leaves(query));
}

TEST_F(OverlayTest, AStoreThatCannotBeAskedIsAnError) {
    Overlay overlay;
    std::vector<seal::RecordChange> changes;
    changes.push_back(change(1, 0));
    const auto refused = [](std::string_view, std::string_view) -> Result<store::Term> {
        return Error(Code::kStoreUnavailable, "test");
    };
    store::MemoryStore store;
    changes.back().tombstone = false;
    overlay.add(changes);
    store::Query asked;
    asked.kind = store::Kind::kManagedObject;
    asked.terms = {*term_of("a", "0")};
    const auto page = overlay.query(asked, store, refused);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code(), Code::kStoreUnavailable);
}

}  // namespace
}  // namespace chatelaine::engine

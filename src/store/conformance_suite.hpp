#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "base/limits.hpp"
#include "store/conformance_model.hpp"
#include "store/store.hpp"

/// What every back end must do. A back end's test includes this file and instantiates the suite:
///
///     INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreConformance, SqliteBackend);
///
/// where the backend has `Store& store()`, an empty store that lives as long as the backend, and
/// `bool reopen()`, which closes and opens it again (false: there is nothing to open again).
/// Compiled in tests only.

namespace chatelaine::store::conformance {

template <class Backend>
class StoreConformance : public testing::Test {
protected:
    Store& store() { return backend_.store(); }
    std::uint64_t commit_ok(Transaction transaction) {
        const auto receipt = store().commit(std::move(transaction));
        EXPECT_TRUE(receipt.has_value()) << receipt.error().to_string();
        return receipt ? receipt->commit : 0;
    }
    Code commit_code(Transaction transaction) {
        const auto receipt = store().commit(std::move(transaction));
        return receipt ? Code::kEndOfCodes : receipt.error().code();
    }
    Record get_ok(const RecordKey& key) {
        auto record = store().get(key);
        EXPECT_TRUE(record.has_value() && record->has_value());
        return record && *record ? std::move(**record) : Record{};
    }
    std::vector<std::uint8_t> ids(const Query& query) {
        std::vector<std::uint8_t> found;
        const auto page = store().query(query);
        EXPECT_TRUE(page.has_value());
        for (const Record& record : page ? page->records : std::vector<Record>{}) {
            found.push_back(record.key.id.octets[0]);
        }
        return found;
    }

    Backend backend_;
};

TYPED_TEST_SUITE_P(StoreConformance);

TYPED_TEST_P(StoreConformance, ChangesCompareVersions) {
    EXPECT_EQ(this->commit_code(change(1, 1)), Code::kVersionConflict);
    this->commit_ok(change(1, 0));
    EXPECT_EQ(this->commit_code(change(1, 0)), Code::kVersionConflict);
    EXPECT_EQ(this->commit_code(change(1, 2)), Code::kVersionConflict);
    this->commit_ok(change(1, 1, {.fill = 9}));
    const Record record = this->get_ok(key(1));
    EXPECT_EQ(record.version, 2u);
    EXPECT_EQ(record.born, 1u);
    EXPECT_EQ(record.commit, 2u);
    EXPECT_TRUE(std::ranges::equal(record.sealed.view(), sealed(9).view()));
    const auto nothing = this->store().get(key(77));
    ASSERT_TRUE(nothing.has_value());
    EXPECT_FALSE(nothing->has_value());
}

TYPED_TEST_P(StoreConformance, ALostTransactionLeavesNothing) {
    this->commit_ok(change(1, 0));
    Transaction lost = change(2, 0);
    lost.changes.push_back(std::move(change(1, 0).changes[0]));
    lost.appends.push_back(append(1, 1));
    EXPECT_EQ(this->commit_code(std::move(lost)), Code::kVersionConflict);
    EXPECT_FALSE(this->store().get(key(2))->has_value());
    EXPECT_EQ(*this->store().next_sequence(stream(1)), 1u);
    EXPECT_TRUE(this->store().streams(scope())->empty());

    Transaction unsealed = change(2, 0);
    unsealed.appends.push_back(append(1, 1));
    unsealed.appends.push_back(append(1, 1));
    unsealed.appends[1].seal = [](std::uint64_t) -> Result<crypto::SealedBytes> {
        return Error(Code::kSealed, "test");
    };
    EXPECT_EQ(this->commit_code(std::move(unsealed)), Code::kSealed);
    EXPECT_FALSE(this->store().get(key(2))->has_value());
    EXPECT_EQ(*this->store().next_sequence(stream(1)), 1u);
    EXPECT_EQ(this->commit_ok(change(2, 0)), 2u) << "a lost transaction takes no number";
}

TYPED_TEST_P(StoreConformance, ATombstoneKeepsTheVersionGoing) {
    this->commit_ok(change(1, 0, {.terms = {1, 2}}));
    this->commit_ok(change(1, 1, {.tombstone = true}));
    const Record grave = this->get_ok(key(1));
    EXPECT_TRUE(grave.tombstone);
    EXPECT_EQ(grave.version, 2u);
    EXPECT_EQ(grave.born, 1u);
    EXPECT_EQ(grave.sealed.size(), 0u);
    EXPECT_EQ(grave.dates, Dates{});
    EXPECT_TRUE(this->ids(query({1})).empty());
    EXPECT_TRUE(this->ids(query({})).empty());
    EXPECT_EQ(this->store().statistics().records, 0u);
    EXPECT_EQ(this->commit_code(change(1, 0)), Code::kVersionConflict);
    this->commit_ok(change(1, 2, {.terms = {2}}));
    const Record again = this->get_ok(key(1));
    EXPECT_FALSE(again.tombstone);
    EXPECT_EQ(again.version, 3u);
    EXPECT_EQ(again.born, 3u);
    EXPECT_TRUE(this->ids(query({1})).empty());
    EXPECT_EQ(this->ids(query({2})), (std::vector<std::uint8_t>{1}));
    EXPECT_EQ(this->store().statistics().records, 1u);
}

TYPED_TEST_P(StoreConformance, TermsCanBeKept) {
    this->commit_ok(change(1, 0, {.terms = {1, 2}}));
    Transaction kept = change(1, 1, {.fill = 9});
    kept.changes[0].keep_terms = true;
    Transaction again = change(1, 2, {.fill = 8});
    again.changes[0].keep_terms = true;
    kept.changes.push_back(std::move(again.changes[0]));
    this->commit_ok(std::move(kept));
    EXPECT_EQ(this->get_ok(key(1)).version, 3u);
    EXPECT_EQ(this->ids(query({1, 2})), (std::vector<std::uint8_t>{1}));
    Transaction both = change(1, 3, {.terms = {1}});
    both.changes[0].keep_terms = true;
    EXPECT_EQ(this->commit_code(std::move(both)), Code::kInvalidArgument);
    // A record that is made again after its end has no terms to keep.
    this->commit_ok(change(1, 3, {.tombstone = true}));
    Transaction reborn = change(1, 4);
    reborn.changes[0].keep_terms = true;
    this->commit_ok(std::move(reborn));
    EXPECT_TRUE(this->ids(query({1})).empty());
}

TYPED_TEST_P(StoreConformance, EachChangeTakesACommitNumber) {
    Transaction three = change(1, 0);
    three.changes.push_back(std::move(change(2, 0).changes[0]));
    three.changes.push_back(std::move(change(1, 1).changes[0]));
    EXPECT_EQ(this->commit_ok(std::move(three)), 3u);
    Transaction none;
    none.appends.push_back(append(1, 1));
    EXPECT_EQ(this->commit_ok(std::move(none)), 4u);
    EXPECT_EQ(this->commit_ok(change(2, 1, {.tombstone = true})), 5u);
    EXPECT_EQ(this->store().statistics().last_commit, 5u);
    EXPECT_EQ(this->get_ok(key(1)).version, 2u);
    EXPECT_EQ(this->get_ok(key(1)).born, 1u);

    auto page = this->store().changed_since(0, 1);
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->records.size(), 1u);
    EXPECT_TRUE(page->more);
    EXPECT_EQ(page->records[0].key, key(1));
    EXPECT_EQ(page->records[0].commit, 3u);
    page = this->store().changed_since(3, 1);
    ASSERT_EQ(page->records.size(), 1u);
    EXPECT_FALSE(page->more);
    EXPECT_TRUE(page->records[0].tombstone);
    EXPECT_EQ(page->records[0].commit, 5u);
    EXPECT_TRUE(this->store().changed_since(5, 1)->records.empty());
}

TYPED_TEST_P(StoreConformance, StreamsAreGapless) {
    Transaction first;
    first.appends.push_back(append(1, 3));
    first.appends.push_back(append(2, 1));
    first.appends.push_back(append(1, 2));
    const auto receipt = this->store().commit(std::move(first));
    ASSERT_TRUE(receipt.has_value());
    EXPECT_EQ(receipt->sequences, (std::vector<std::uint64_t>{1, 1, 4}));
    EXPECT_EQ(*this->store().next_sequence(stream(1)), 6u);
    EXPECT_EQ(*this->store().next_sequence(stream(2)), 2u);
    EXPECT_EQ(*this->store().next_sequence(stream(3)), 1u);
    EXPECT_EQ(this->store().streams(scope())->size(), 2u);

    const auto all = this->store().read_stream(stream(1), 0, 100);
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ((*all)[0].first_sequence, 1u);
    EXPECT_EQ((*all)[0].count, 3u);
    EXPECT_EQ((*all)[0].written.microseconds, 5);
    EXPECT_TRUE(std::ranges::equal((*all)[1].sealed.view(), entry_bytes(4).view()));
    EXPECT_EQ(this->store().read_stream(stream(1), 3, 100)->size(), 2u) << "inside an entry";
    EXPECT_EQ(this->store().read_stream(stream(1), 4, 100)->size(), 1u);
    EXPECT_EQ(this->store().read_stream(stream(1), 6, 100)->size(), 0u);
    EXPECT_EQ(this->store().read_stream(stream(1), 1, 1)->size(), 1u);
    EXPECT_TRUE(this->store().read_stream(stream(3), 1, 1)->empty());
}

TYPED_TEST_P(StoreConformance, AGivenSequenceIsTakenOnce) {
    const auto given = [](std::uint64_t sequence, std::uint32_t count, std::uint8_t salt = 0) {
        Transaction transaction;
        transaction.appends.push_back(append(1, count, salt));
        transaction.appends[0].first_sequence = sequence;
        return transaction;
    };
    EXPECT_EQ(this->commit_code(given(2, 1)), Code::kVersionConflict);
    EXPECT_EQ(this->commit_code(given(0, 1)), Code::kInvalidArgument);
    this->commit_ok(given(1, 2));
    const auto again = this->store().commit(given(1, 2));
    ASSERT_TRUE(again.has_value()) << "the same entry again is success";
    EXPECT_EQ(again->sequences, (std::vector<std::uint64_t>{1}));
    EXPECT_EQ(this->commit_code(given(1, 2, 1)), Code::kVersionConflict) << "other bytes";
    EXPECT_EQ(this->commit_code(given(1, 1)), Code::kVersionConflict) << "another count";
    EXPECT_EQ(this->commit_code(given(2, 1)), Code::kVersionConflict);
    EXPECT_EQ(this->commit_code(given(4, 1)), Code::kVersionConflict);
    this->commit_ok(given(3, 1));
    EXPECT_EQ(*this->store().next_sequence(stream(1)), 4u);
    EXPECT_EQ(this->store().read_stream(stream(1), 1, 10)->size(), 2u);
}

TYPED_TEST_P(StoreConformance, QueriesCutPagesWithoutAnEmptyOne) {
    for (std::uint8_t i = 1; i <= 6; ++i) {
        this->commit_ok(change(i, 0, {.terms = {1, std::uint8_t(2 + i % 2)}, .created = i}));
    }
    EXPECT_EQ(this->ids(query({1, 2})), (std::vector<std::uint8_t>{2, 4, 6}));
    EXPECT_EQ(this->ids(query({1, 1})).size(), 6u) << "a term twice is a term once";
    EXPECT_TRUE(this->ids(query({2, 3})).empty());
    Query newest = query({1, 3});
    newest.newest_first = true;
    EXPECT_EQ(this->ids(newest), (std::vector<std::uint8_t>{5, 3, 1}));
    newest.after_born = 3;
    EXPECT_EQ(this->ids(newest), (std::vector<std::uint8_t>{1}));
    Query exact = query({3});
    exact.max = 3;
    EXPECT_FALSE(this->store().query(exact)->more) << "the third is the last";
    exact.max = 2;
    EXPECT_TRUE(this->store().query(exact)->more);
    exact.offset = 1;
    EXPECT_EQ(this->ids(exact), (std::vector<std::uint8_t>{3, 5}));
    Query since = query({});
    since.dates.push_back({DateColumn::kCreated, DateCondition::Test::kAtLeast, WallTime{5}});
    EXPECT_EQ(this->ids(since), (std::vector<std::uint8_t>{5, 6}));
    EXPECT_EQ(*this->store().count(query({1}), 100), 6u);
    EXPECT_EQ(*this->store().count(query({1}), 4), 4u);
    EXPECT_EQ(*this->store().count(query({1, 3}), 100), 3u);
    EXPECT_EQ(*this->store().count(query({}), 0), 0u);
    Query elsewhere = query({});
    elsewhere.scope.octets[15] = 99;
    EXPECT_TRUE(this->ids(elsewhere).empty());
}

TYPED_TEST_P(StoreConformance, LimitsHoldAtTheBound) {
    Transaction terms = change(1, 0);
    for (std::size_t i = 0; i < limits::terms_per_record_max; ++i) {
        terms.changes[0].terms.push_back(term(static_cast<std::uint8_t>(i)));
    }
    Transaction over = change(2, 0);
    over.changes[0].terms = terms.changes[0].terms;
    over.changes[0].terms.push_back(term(1));
    this->commit_ok(std::move(terms));
    EXPECT_EQ(this->commit_code(std::move(over)), Code::kTooLarge);

    Transaction large = change(3, 0);
    large.changes[0].sealed =
        crypto::SealedBytes::from_stored(Bytes(limits::record_bytes_max, 3));
    this->commit_ok(std::move(large));
    EXPECT_EQ(this->get_ok(key(3)).sealed.size(), limits::record_bytes_max);
    Transaction too_large = change(4, 0);
    too_large.changes[0].sealed =
        crypto::SealedBytes::from_stored(Bytes(limits::record_bytes_max + 1, 3));
    EXPECT_EQ(this->commit_code(std::move(too_large)), Code::kTooLarge);
}

/// 64 callers count one record up by compare and swap, each with an entry in one stream: no count
/// is lost and the stream is as long as the count.
TYPED_TEST_P(StoreConformance, ManyCallersAtOnce) {
    constexpr int callers = 64;
    constexpr std::uint64_t rounds = 4;
    this->commit_ok(change(1, 0));
    std::vector<std::thread> threads;
    std::atomic<std::uint64_t> won{0};
    for (int i = 0; i < callers; ++i) {
        threads.emplace_back([&, i] {
            const auto own = static_cast<std::uint8_t>(100 + i);
            for (std::uint64_t round = 0; round < rounds; ++round) {
                Transaction transaction = change(own, round);
                transaction.changes.push_back(
                    std::move(change(1, this->get_ok(key(1)).version).changes[0]));
                transaction.appends.push_back(append(1, 1));
                const auto receipt = this->store().commit(std::move(transaction));
                if (receipt) {
                    ++won;
                } else {
                    EXPECT_EQ(receipt.error().code(), Code::kVersionConflict);
                    this->commit_ok(change(own, round));
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(this->get_ok(key(1)).version, 1 + won);
    EXPECT_EQ(*this->store().next_sequence(stream(1)), 1 + won);
    EXPECT_EQ(*this->store().count(query({}), 1000), 65u);
    EXPECT_TRUE(this->store().check_integrity().has_value());
}

TYPED_TEST_P(StoreConformance, WhatWasAnsweredIsThereAfterReopening) {
    this->commit_ok(change(1, 0, {.terms = {1, 2}}));
    this->commit_ok(change(2, 0, {.terms = {2}}));
    this->commit_ok(change(2, 1, {.tombstone = true}));
    Transaction entry;
    entry.appends.push_back(append(1, 2));
    this->commit_ok(std::move(entry));
    if (!this->backend_.reopen()) {
        return;  // nothing is kept, and nothing is promised
    }
    EXPECT_EQ(this->ids(query({1, 2})), (std::vector<std::uint8_t>{1}));
    EXPECT_TRUE(this->get_ok(key(2)).tombstone);
    EXPECT_EQ(this->store().statistics().records, 1u);
    EXPECT_EQ(*this->store().next_sequence(stream(1)), 3u);
    EXPECT_EQ(this->commit_ok(change(2, 2)), 5u);
    EXPECT_TRUE(this->store().check_integrity().has_value());
}

/// Random walks over a few keys, against the store in memory.
TYPED_TEST_P(StoreConformance, BehavesAsTheModel) {
    EXPECT_TRUE(walks_like_the_model(this->store()));
    const auto sound = this->store().check_integrity();
    EXPECT_TRUE(sound.has_value()) << sound.error().to_string();
}

REGISTER_TYPED_TEST_SUITE_P(StoreConformance, ChangesCompareVersions,
                            ALostTransactionLeavesNothing, ATombstoneKeepsTheVersionGoing,
                            TermsCanBeKept, EachChangeTakesACommitNumber, StreamsAreGapless,
                            AGivenSequenceIsTakenOnce, QueriesCutPagesWithoutAnEmptyOne,
                            LimitsHoldAtTheBound, ManyCallersAtOnce,
                            WhatWasAnsweredIsThereAfterReopening, BehavesAsTheModel);

}  // namespace chatelaine::store::conformance

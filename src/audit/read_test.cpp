// Reading: pages of any size, either direction and every filter give what a plain sort gives; a
// token of another question is refused; old streams cost no opening.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "audit/audit_test_support.hpp"
#include "audit/cursor.hpp"
#include "base/limits.hpp"

namespace chatelaine::audit {
namespace {

using testing::facts_number;
using testing::FixedSeal;
using testing::kStart;
using testing::number_of;
using testing::read_all;
using testing::scope_number;

const Uuid kScope = scope_number(1);

class Log {
public:
    /// One entry of `count` records at the end of a stream, numbered on from `number`.
    void append(std::uint8_t writer, std::uint64_t number, std::uint32_t count,
                std::uint64_t step) {
        Bytes plaintext;
        store::Append append;
        append.stream = {kScope, scope_number(writer)};
        append.count = count;
        for (std::uint32_t i = 0; i < count; ++i) {
            Facts facts = facts_number(kScope, number + i * step);
            facts.verdict = Verdict(number % 3);
            facts.operation = number % 5 == 0 ? "secret.read" : "serviceKey.encrypt";
            if (number % 4 == 0) {
                facts.iam_identities = {"urn:a", "urn:b"};
            }
            append.written = facts.time;
            encode(facts, plaintext);
            model.push_back(
                std::move(decode_entry(append.stream, next[writer] + i + 1, 1, tail(plaintext, i))
                              ->front()));
        }
        next[writer] += count;
        append.seal = [this, plaintext, stream = append.stream, count](std::uint64_t first) {
            return seal.seal_audit(stream, first, count, plaintext);
        };
        store::Transaction transaction;
        transaction.appends.push_back(std::move(append));
        ASSERT_TRUE(store.commit(std::move(transaction)));
    }
    std::vector<Record> expected(bool newest_first, const Filter& filter) const {
        std::vector<Record> out;
        for (const Record& record : model) {
            const auto& ids = record.iam_identities;
            if ((!filter.from || record.time >= *filter.from) &&
                (!filter.to || record.time <= *filter.to) &&
                (filter.operation.empty() || record.operation == filter.operation) &&
                (!filter.verdict || record.verdict == *filter.verdict) &&
                (filter.identity_urn.empty() ||
                 std::count(ids.begin(), ids.end(), filter.identity_urn) > 0)) {
                out.push_back(record);
            }
        }
        std::stable_sort(out.begin(), out.end(), [&](const Record& a, const Record& b) {
            return newest_first ? b.time < a.time : a.time < b.time;
        });
        return out;
    }

    FixedSeal seal;
    store::MemoryStore store;
    std::vector<Record> model;
    std::map<std::uint8_t, std::uint64_t> next;

private:
    static BytesView tail(const Bytes& plaintext, std::uint32_t index) {
        BytesView rest(plaintext);
        for (std::uint32_t i = 0; i < index; ++i) {
            rest = rest.subspan(4 + get_integer(rest.data(), 4));
        }
        return rest;
    }
};

std::vector<std::uint64_t> numbers(const std::vector<Record>& records) {
    std::vector<std::uint64_t> out;
    for (const Record& record : records) {
        out.push_back(number_of(record));
    }
    return out;
}

RC_GTEST_PROP(Read, PagesAreTheSortedLog, ()) {
    Log log;
    // Each stream's times go up, those of all streams are mixed and all different.
    const auto entries = *rc::gen::inRange(1, 40);
    std::uint64_t number = 0;
    for (int i = 0; i < entries; ++i) {
        const auto writer = *rc::gen::inRange<std::uint8_t>(1, 6);
        const auto count = *rc::gen::inRange<std::uint32_t>(1, 8);
        number += *rc::gen::element<std::uint64_t>(1, 7, 90'000);
        log.append(writer, number, count, 11);
        number += *rc::gen::inRange<std::uint64_t>(100, 140);
    }
    Filter filter;
    const auto time = [&] {
        const auto at = *rc::gen::inRange<std::int64_t>(0, std::int64_t(number) * 1000 + 1);
        return WallTime{kStart.microseconds + at};
    };
    if (*rc::gen::arbitrary<bool>()) {
        filter.from = time();
    }
    if (*rc::gen::arbitrary<bool>()) {
        filter.to = time();
    }
    if (*rc::gen::inRange(0, 3) == 0) {
        filter.operation = "secret.read";
    }
    if (*rc::gen::inRange(0, 3) == 0) {
        filter.verdict = Verdict::kDenied;
    }
    if (*rc::gen::inRange(0, 3) == 0) {
        filter.identity_urn = "urn:b";
    }
    const bool newest_first = *rc::gen::arbitrary<bool>();
    const auto page_size = *rc::gen::inRange<std::size_t>(1, 30);
    const auto read = read_all(kScope, filter, page_size, newest_first, log.seal, log.store);
    RC_ASSERT(numbers(read) == numbers(log.expected(newest_first, filter)));
}

TEST(Read, ManyOldStreamsCostNoOpening) {
    Log log;
    std::uint64_t number = 0;
    for (std::uint8_t writer = 1; writer <= 200; ++writer) {
        for (int i = 0; i < 3; ++i) {
            log.append(writer, number += 100'000, 5, 1);
        }
    }
    for (const bool newest_first : {true, false}) {
        log.seal.opened = 0;
        const auto page =
            read_records(kScope, {}, {}, 10, newest_first, log.seal, log.store, nullptr);
        ASSERT_TRUE(page);
        EXPECT_EQ(page->records.size(), 10u);
        EXPECT_LE(log.seal.opened, 6u);
        EXPECT_LT(page->next.size(), 900u);
    }
    EXPECT_EQ(numbers(read_all(kScope, {}, 7, false, log.seal, log.store)),
              numbers(log.expected(false, {})));
    EXPECT_EQ(numbers(read_all(kScope, {}, 7, true, log.seal, log.store)),
              numbers(log.expected(true, {})));
}

TEST(Read, LaterRecordsComeOnTheNextPageOnce) {
    Log log;
    log.append(1, 100, 5, 1);
    log.append(2, 102, 5, 1);
    const auto first = read_records(kScope, {}, {}, 8, false, log.seal, log.store, nullptr);
    ASSERT_TRUE(first);
    log.append(3, 90, 2, 1);  // another node's, moved late
    log.append(1, 200, 1, 1);
    const auto second =
        read_records(kScope, {}, {first->next}, 100, false, log.seal, log.store, nullptr);
    ASSERT_TRUE(second);
    std::vector<Record> all = first->records;
    all.insert(all.end(), second->records.begin(), second->records.end());
    std::vector<std::uint64_t> got = numbers(all);
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, numbers(log.expected(false, {})));
    EXPECT_TRUE(second->next.empty());
}

TEST(Read, StreamsOfSeveralStoresAreOneLog) {
    Log region;
    Log directory;
    for (std::uint64_t i = 0; i < 20; ++i) {
        region.append(1, 1000 + i * 100, 3, 7);
        directory.append(2, 1050 + i * 100, 2, 5);
    }
    std::vector<Record> expected = region.expected(false, {});
    const auto more = directory.expected(false, {});
    expected.insert(expected.end(), more.begin(), more.end());
    std::stable_sort(expected.begin(), expected.end(),
                     [](const Record& a, const Record& b) { return a.time < b.time; });
    std::vector<Record> got;
    Position position;
    do {
        auto page = read_records(kScope, {}, position, 7, false, region.seal,
                                 {&region.store, &directory.store}, nullptr);
        ASSERT_TRUE(page);
        got.insert(got.end(), page->records.begin(), page->records.end());
        position.token = page->next;
    } while (!position.token.empty());
    EXPECT_EQ(numbers(got), numbers(expected));
}

TEST(Read, WrongTokensAreRefused) {
    Log log;
    log.append(1, 100, 5, 1);
    const auto page = read_records(kScope, {}, {}, 2, false, log.seal, log.store, nullptr);
    ASSERT_TRUE(page);
    Filter other;
    other.operation = "x";
    std::string changed = page->next;
    changed[3] = changed[3] == 'A' ? 'B' : 'A';
    const auto refused = [&](const Uuid& scope, const Filter& filter, std::string token,
                             bool newest_first) {
        const auto result = read_records(scope, filter, {std::move(token)}, 2, newest_first,
                                         log.seal, log.store, nullptr);
        return !result && result.error().code() == Code::kInvalidArgument &&
               result.error().detail().field == "cursor";
    };
    EXPECT_TRUE(refused(scope_number(2), {}, page->next, false));
    EXPECT_TRUE(refused(kScope, other, page->next, false));
    EXPECT_TRUE(refused(kScope, {}, page->next, true));
    EXPECT_TRUE(refused(kScope, {}, changed, false));
    EXPECT_TRUE(refused(kScope, {}, "!", false));
    EXPECT_TRUE(refused(kScope, {}, "AAAA", false));
    EXPECT_TRUE(refused(kScope, {}, std::string(5000, 'A'), false));
    for (const std::size_t max : {std::size_t{0}, limits::audit_page_max + 1}) {
        EXPECT_FALSE(read_records(kScope, {}, {}, max, false, log.seal, log.store, nullptr));
    }
    EXPECT_TRUE(read_records(kScope, {}, {}, limits::audit_page_max, false, log.seal, log.store,
                             nullptr));
}

TEST(Read, ChangeAppendIsReadBack) {
    FixedSeal seal;
    store::MemoryStore store;
    const store::StreamKey stream{kScope, scope_number(8)};
    for (std::uint64_t i = 1; i <= 3; ++i) {
        store::Transaction transaction;
        const Facts facts = facts_number(kScope, i);
        transaction.appends.push_back(change_append(seal, stream, facts.time, facts));
        ASSERT_TRUE(store.commit(std::move(transaction)));
    }
    EXPECT_EQ(numbers(read_all(kScope, {}, 2, true, seal, store)),
              (std::vector<std::uint64_t>{3, 2, 1}));
}

}  // namespace
}  // namespace chatelaine::audit

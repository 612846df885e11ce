#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "store/memory_store.hpp"
#include "store/store.hpp"

/// Small values for the conformance suite, and the random walks that compare a back end with the
/// store in memory. Compiled in tests only.

namespace chatelaine::store::conformance {

/// Moves to a scope that nothing has used yet, so that one store serves many walks.
inline Uuid first_scope() {
    Uuid first;
    first.octets[0] = 1;
    return first;
}
inline Uuid& current_scope() {
    static Uuid scope = first_scope();
    return scope;
}
inline const Uuid& scope() { return current_scope(); }
inline void next_scope() {
    Uuid& scope = current_scope();
    for (std::size_t i = 1; i < 8 && ++scope.octets[i] == 0; ++i) {
    }
}

inline RecordKey key(std::uint8_t id, Kind kind = Kind::kManagedObject) {
    RecordKey key{scope(), kind, {}};
    key.id.octets[0] = id;
    return key;
}
inline Term term(std::uint8_t number) {
    Term term;
    term.value[0] = number;
    return term;
}
inline crypto::SealedBytes sealed(std::uint8_t fill) {
    return crypto::SealedBytes::from_stored(Bytes(40, fill));
}

struct ChangeWith {
    std::vector<std::uint8_t> terms = {};
    std::optional<std::int64_t> created = {};
    std::uint8_t fill = 1;
    bool tombstone = false;
};
inline Transaction change(std::uint8_t id, std::uint64_t expected, const ChangeWith& with = {}) {
    Change change;
    change.key = key(id);
    change.expected_version = expected;
    change.tombstone = with.tombstone;
    if (with.created) {
        change.dates[DateColumn::kCreated] = WallTime{*with.created};
    }
    for (const std::uint8_t number : with.terms) {
        change.terms.push_back(term(number));
    }
    change.sealed = sealed(with.fill);
    Transaction transaction;
    transaction.changes.push_back(std::move(change));
    return transaction;
}

inline StreamKey stream(std::uint8_t writer) {
    StreamKey stream{scope(), {}};
    stream.writer.octets[0] = writer;
    return stream;
}
/// The sequence is in the bytes, as it is in a real seal.
inline crypto::SealedBytes entry_bytes(std::uint64_t sequence, std::uint8_t salt = 0) {
    return crypto::SealedBytes::from_stored(Bytes{static_cast<std::uint8_t>(sequence), salt, 7});
}
inline Append append(std::uint8_t writer, std::uint32_t count, std::uint8_t salt = 0) {
    Append append;
    append.stream = stream(writer);
    append.count = count;
    append.written = WallTime{5};
    append.seal = [salt](std::uint64_t first) -> Result<crypto::SealedBytes> {
        return entry_bytes(first, salt);
    };
    return append;
}

inline Query query(const std::vector<std::uint8_t>& terms) {
    Query query;
    query.scope = scope();
    query.kind = Kind::kManagedObject;
    for (const std::uint8_t number : terms) {
        query.terms.push_back(term(number));
    }
    return query;
}

/// One transaction of a walk, as plain numbers.
struct Step {
    struct OneChange {
        std::uint8_t id = 0;
        bool stale = false;
        ChangeWith with;
    };
    std::vector<OneChange> changes;
    std::vector<std::pair<std::uint8_t, std::uint32_t>> appends;
};

inline rc::Gen<Step> any_step() {
    return rc::gen::exec([] {
        Step step;
        const int changes = *rc::gen::inRange(0, 4);
        for (int i = 0; i < changes; ++i) {
            Step::OneChange one;
            one.id = *rc::gen::inRange<std::uint8_t>(0, 6);
            one.stale = *rc::gen::inRange(0, 10) == 0;
            one.with.tombstone = *rc::gen::inRange(0, 4) == 0;
            one.with.fill = *rc::gen::arbitrary<std::uint8_t>();
            one.with.terms = *rc::gen::container<std::vector<std::uint8_t>>(
                rc::gen::inRange<std::uint8_t>(0, 4));
            if (*rc::gen::arbitrary<bool>()) {
                one.with.created = *rc::gen::inRange<std::int64_t>(-3, 4);
            }
            step.changes.push_back(std::move(one));
        }
        const int appends = *rc::gen::inRange(0, 3);
        for (int i = 0; i < appends; ++i) {
            step.appends.emplace_back(*rc::gen::inRange<std::uint8_t>(1, 4),
                                      *rc::gen::inRange<std::uint32_t>(1, 4));
        }
        return step;
    });
}

inline rc::Gen<Query> any_query() {
    return rc::gen::exec([] {
        Query any = query({});
        const int terms = *rc::gen::inRange(0, 4);
        for (int i = 0; i < terms; ++i) {
            any.terms.push_back(term(*rc::gen::inRange<std::uint8_t>(0, 4)));
        }
        const int dates = *rc::gen::inRange(0, 3);
        for (int i = 0; i < dates; ++i) {
            any.dates.push_back({*rc::gen::element(DateColumn::kCreated, DateColumn::kArchive),
                                 static_cast<DateCondition::Test>(*rc::gen::inRange(0, 5)),
                                 WallTime{*rc::gen::inRange<std::int64_t>(-3, 4)}});
        }
        any.newest_first = *rc::gen::arbitrary<bool>();
        any.max = *rc::gen::inRange<std::size_t>(1, 4);
        any.offset = *rc::gen::element<std::size_t>(0, 0, 1, 2);
        return any;
    });
}

/// A step with the versions that the model has: the same for both stores.
inline Transaction transaction_of(const Step& step, MemoryStore& model) {
    Transaction transaction;
    std::map<std::uint8_t, std::uint64_t> versions;
    for (const Step::OneChange& one : step.changes) {
        if (!versions.contains(one.id)) {
            const auto record = model.get(key(one.id));
            versions[one.id] = *record ? (**record).version : 0;
        }
        const std::uint64_t expected = versions[one.id] + (one.stale ? 1 : 0);
        transaction.changes.push_back(std::move(change(one.id, expected, one.with).changes[0]));
        ++versions[one.id];
    }
    for (const auto& [writer, count] : step.appends) {
        transaction.appends.push_back(append(writer, count));
    }
    return transaction;
}

/// The back end has had other walks before, so its numbers are the model's and a constant.
inline void expect_same(const Record& real, const Record& model, std::uint64_t base) {
    RC_ASSERT(real.key == model.key);
    RC_ASSERT(real.version == model.version);
    RC_ASSERT(real.commit == model.commit + base);
    RC_ASSERT(real.born == model.born + base);
    RC_ASSERT(real.tombstone == model.tombstone);
    RC_ASSERT(real.dates == model.dates);
    RC_ASSERT(std::ranges::equal(real.sealed.view(), model.sealed.view()));
}

inline void expect_same(const Page& real, const Page& model, std::uint64_t base) {
    RC_ASSERT(real.more == model.more);
    RC_ASSERT(real.records.size() == model.records.size());
    for (std::size_t i = 0; i < real.records.size(); ++i) {
        expect_same(real.records[i], model.records[i], base);
    }
}

/// Walks all pages of a query on both.
inline void expect_same_pages(Store& store, MemoryStore& model, Query query, std::uint64_t base) {
    RC_ASSERT(*store.count(query, 4) == *model.count(query, 4));
    for (;;) {
        Query on_store = query;
        on_store.after_born += query.after_born == 0 ? 0 : base;
        const auto real = store.query(on_store);
        const auto expected = model.query(query);
        RC_ASSERT(real.has_value());
        expect_same(*real, *expected, base);
        if (!expected->more) {
            return;
        }
        query.after_born = expected->records.back().born;
        query.offset = 0;
    }
}

inline void expect_same_streams(Store& store, MemoryStore& model) {
    RC_ASSERT(store.streams(scope())->size() == model.streams(scope())->size());
    for (std::uint8_t writer = 1; writer < 4; ++writer) {
        RC_ASSERT(*store.next_sequence(stream(writer)) == *model.next_sequence(stream(writer)));
        const auto from = *rc::gen::inRange<std::uint64_t>(0, 12);
        const auto real = *store.read_stream(stream(writer), from, 5);
        const auto expected = *model.read_stream(stream(writer), from, 5);
        RC_ASSERT(real.size() == expected.size());
        for (std::size_t i = 0; i < real.size(); ++i) {
            RC_ASSERT(real[i].first_sequence == expected[i].first_sequence);
            RC_ASSERT(real[i].count == expected[i].count);
            RC_ASSERT(std::ranges::equal(real[i].sealed.view(), expected[i].sealed.view()));
        }
    }
}

inline bool walks_like_the_model(Store& store) {
    return rc::check("a random walk ends alike on the store and on the model", [&store] {
        next_scope();
        MemoryStore model;
        const std::uint64_t base = store.statistics().last_commit;
        const auto steps = *rc::gen::resize(
            30, rc::gen::container<std::vector<Step>>(any_step()));
        for (const Step& step : steps) {
            const auto real = store.commit(transaction_of(step, model));
            const auto expected = model.commit(transaction_of(step, model));
            RC_ASSERT(real.has_value() == expected.has_value());
            if (!real) {
                RC_ASSERT(real.error().code() == expected.error().code());
                continue;
            }
            RC_ASSERT(real->commit == expected->commit + base);
            RC_ASSERT(real->sequences == expected->sequences);
        }
        for (int i = 0; i < 6; ++i) {
            expect_same_pages(store, model, *any_query(), base);
        }
        expect_same(*store.changed_since(base, 3), *model.changed_since(0, 3), base);
        expect_same(*store.changed_since(base, 1000), *model.changed_since(0, 1000), base);
        expect_same_streams(store, model);
    });
}

}  // namespace chatelaine::store::conformance

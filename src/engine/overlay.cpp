#include "engine/overlay.hpp"

#include <algorithm>

#include "store/checks.hpp"

namespace chatelaine::engine {
namespace {

/// Above every commit number that a store will ever reach.
constexpr std::uint64_t kBornHere = std::uint64_t{1} << 62;

bool comes_after(std::uint64_t born, const store::Query& query) {
    if (query.after_born == 0) {
        return true;
    }
    return query.newest_first ? born < query.after_born : born > query.after_born;
}

}  // namespace

void Overlay::add(const std::vector<seal::RecordChange>& changes) {
    for (const seal::RecordChange& change : changes) {
        const auto [at, is_new] = seen_.try_emplace(change.key);
        Seen& seen = at->second;
        const bool reborn = !is_new && seen.tombstone && !change.tombstone;
        if (is_new || reborn) {
            seen.number = ++numbers_;
        }
        seen.reborn = seen.reborn || reborn;
        seen.version = change.expected_version + 1;
        seen.dates = change.dates;
        seen.tombstone = change.tombstone;
        seen.terms = change.terms;
        seen.plaintext = change.plaintext.clone();
    }
}

const Overlay::Seen* Overlay::find(const store::RecordKey& key) const {
    const auto found = seen_.find(key);
    return found == seen_.end() ? nullptr : &found->second;
}

bool Overlay::leaves(const store::Query& query) const {
    return std::none_of(seen_.begin(), seen_.end(), [&](const auto& one) {
        return one.first.scope == query.scope && one.first.kind == query.kind;
    });
}

Result<bool> Overlay::matches(const Seen& seen, const store::Query& query,
                              const MakeTerm& make_term) const {
    if (seen.tombstone ||
        !std::all_of(query.dates.begin(), query.dates.end(),
                     [&](const auto& condition) { return store::meets(condition, seen.dates); })) {
        return false;
    }
    std::vector<store::Term> terms;
    for (const auto& [name, value] : seen.terms) {
        CH_TRY(terms.emplace_back(), make_term(name, value));
    }
    return std::all_of(query.terms.begin(), query.terms.end(), [&](const store::Term& wanted) {
        return std::find(terms.begin(), terms.end(), wanted) != terms.end();
    });
}

Result<Overlay::Page> Overlay::query(const store::Query& query, store::Store& store,
                                     const MakeTerm& make_term) const {
    std::vector<Hit> hits;
    for (const auto& [key, seen] : seen_) {
        if (key.scope != query.scope || key.kind != query.kind) {
            continue;
        }
        CH_TRY(const bool fits, matches(seen, query, make_term));
        if (!fits) {
            continue;
        }
        CH_TRY(const auto before, store.get(key));
        const bool born_before = before && !before->tombstone && !seen.reborn;
        const std::uint64_t born = born_before ? before->born : kBornHere + seen.number;
        if (comes_after(born, query)) {
            hits.push_back({key, born, std::nullopt});
        }
    }
    // So many that, whatever of them is changed here, a full page of others is left.
    store::Query stored = query;
    stored.offset = 0;
    stored.max = query.offset + query.max + seen_.size();
    CH_TRY(auto page, store.query(stored));
    for (store::Record& record : page.records) {
        if (!seen_.contains(record.key)) {
            const store::RecordKey key = record.key;
            const std::uint64_t born = record.born;
            hits.push_back({key, born, std::move(record)});
        }
    }
    std::sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
        return query.newest_first ? a.born > b.born : a.born < b.born;
    });
    Page found;
    const std::size_t first = std::min(query.offset, hits.size());
    const std::size_t last = std::min(first + query.max, hits.size());
    found.more = page.more || last < hits.size();
    found.hits.assign(std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(first)),
                      std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(last)));
    return found;
}

}  // namespace chatelaine::engine

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "seal/reader.hpp"

/// What a batch would change, laid over the store: loads and queries answer as if it were
/// committed.

namespace chatelaine::engine {

/// Threads: one.
class Overlay {
public:
    struct Seen {
        std::uint64_t version = 0;
        /// When it was first changed here: what is new is born in this order, after all in the
        /// store.
        std::uint64_t number = 0;
        bool reborn = false;  ///< made anew here after it was deleted here
        store::Dates dates;
        bool tombstone = false;
        std::vector<std::pair<std::string, std::string>> terms;
        crypto::SecretBytes plaintext;
    };

    void add(const std::vector<seal::RecordChange>& changes);
    /// Null when no change is of that record.
    const Seen* find(const store::RecordKey& key) const;

    /// One record of a page: one of the store's, or one of this (of which the key says which).
    struct Hit {
        store::RecordKey key;
        std::uint64_t born = 0;
        std::optional<store::Record> stored;  ///< none: seen here
    };
    struct Page {
        std::vector<Hit> hits;
        bool more = false;
    };
    using MakeTerm =
        std::function<Result<store::Term>(std::string_view name, std::string_view value)>;
    /// The query's page as the store would give it with the changes in it. `after_born` of a record
    /// that is new here goes on behind it, as with the store's own.
    Result<Page> query(const store::Query& query, store::Store& store,
                       const MakeTerm& make_term) const;
    /// A query asks the store alone.
    bool leaves(const store::Query& query) const;

private:
    Result<bool> matches(const Seen& seen, const store::Query& query,
                         const MakeTerm& make_term) const;
    std::map<store::RecordKey, Seen> seen_;
    std::uint64_t numbers_ = 0;
};

}  // namespace chatelaine::engine

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.hpp"
#include "seal/reader.hpp"
#include "seal/test_support.hpp"
#include "store/memory_store.hpp"

namespace chatelaine::seal::test {

/// What the rooms above test their handlers with: a store's records, decoded and kept while their
/// version holds, as the engine's cache does. Nothing is sealed: the store holds plaintext. One
/// reader for each thread; the store may be shared.
class MemoryReader final : public Reader {
public:
    explicit MemoryReader(store::Store& store) : store_(store) {}

    bool blocking = true;   ///< false: as on a network loop
    std::size_t finds = 0;  ///< how many pages were asked for

    Result<store::Term> term(const Uuid& scope, std::string_view name,
                             std::string_view value) override {
        return blind(scope, name, value);
    }
    Result<std::uint64_t> version_of(const store::RecordKey& key) override {
        CH_TRY(const auto record, store_.get(key));
        return record ? record->version : 0;
    }
    bool may_block() const override { return blocking; }

    static store::Term blind(const Uuid& scope, std::string_view name, std::string_view value) {
        const crypto::Sha256 hash = crypto::sha256(as_bytes(
            scope.to_string() + '/' + std::string(name) + '=' + std::string(value)));
        store::Term term;
        std::copy_n(hash.begin(), term.value.size(), term.value.begin());
        return term;
    }

    Result<void> apply(const std::vector<RecordChange>& changes) {
        store::Transaction transaction;
        for (const RecordChange& change : changes) {
            store::Change next;
            next.key = change.key;
            next.expected_version = change.expected_version;
            next.tombstone = change.tombstone;
            next.dates = change.dates;
            for (const auto& [name, value] : change.terms) {
                next.terms.push_back(blind(change.key.scope, name, value));
            }
            if (!change.tombstone) {
                const std::string plain = text_of(change.plaintext);
                next.sealed = crypto::SealedBytes::from_stored(Bytes(plain.begin(), plain.end()));
            }
            transaction.changes.push_back(std::move(next));
        }
        CH_TRY(const auto receipt, store_.commit(std::move(transaction)));
        static_cast<void>(receipt);
        return ok();
    }

    /// What load() goes through, for a reader that stands before this one.
    Result<std::shared_ptr<const void>> load_erased(const store::RecordKey& key, Decode decode) {
        return load_any(key, decode);
    }

protected:
    Result<std::shared_ptr<const void>> load_any(const store::RecordKey& key,
                                                 Decode decode) override {
        CH_TRY(const auto record, store_.get(key));
        if (!record || record->tombstone) {
            return std::shared_ptr<const void>();
        }
        return decoded(*record, decode);
    }
    Result<ErasedPage> find_any(const store::Query& query, Decode decode) override {
        ++finds;
        if (!blocking) {
            return Error(Code::kWouldBlock, "test.find");
        }
        CH_TRY(const auto page, store_.query(query));
        ErasedPage found;
        found.more = page.more;
        for (const store::Record& record : page.records) {
            CH_TRY(auto object, decoded(record, decode));
            found.objects.push_back(std::move(object));
            found.born.push_back(record.born);
        }
        return found;
    }

private:
    Result<std::shared_ptr<const void>> decoded(const store::Record& record, Decode decode) {
        auto& kept = cache_[record.key];
        if (!kept.second || kept.first != record.version) {
            const Origin origin{record.key, record.version, record.commit, record.born,
                                record.dates};
            CH_TRY(kept.second, decode(origin, record.sealed.view()));
            kept.first = record.version;
        }
        return kept.second;
    }

    store::Store& store_;
    std::map<store::RecordKey, std::pair<std::uint64_t, std::shared_ptr<const void>>> cache_;
};

}  // namespace chatelaine::seal::test

#pragma once

#include <memory>

#include "base/result.hpp"
#include "crypto/secret.hpp"
#include "store/store.hpp"

/// How handlers read: opened, decoded, cached records, never bytes of the store.

namespace chatelaine::seal {

/// Where a record came from, for the compare of the next change.
struct Origin {
    store::RecordKey key;
    std::uint64_t version = 0;
    std::uint64_t commit = 0;
    std::uint64_t born = 0;
    store::Dates dates;
};

/// Makes an object of a record's plaintext. kStoreCorrupt or kFormatTooNew when it cannot.
using Decode = Result<std::shared_ptr<const void>> (*)(const Origin& origin, BytesView plaintext);

/// A decoded type: which record it is and how it is read.
template <class T>
concept RecordType = requires(const Origin& origin, BytesView plaintext) {
    { T::kind } -> std::convertible_to<store::Kind>;
    { T::decode(origin, plaintext) } -> std::same_as<Result<std::shared_ptr<const T>>>;
};

/// The reading side of one execution. On a network loop only the cache is looked at and a miss is
/// kWouldBlock: the engine then runs the step again on a thread that may wait. Inside one execution
/// a batch's own changes are seen (KMIP). Threads: one execution, one thread.
class Reader {
public:
    virtual ~Reader() = default;

    /// The object, shared with the cache and immutable; null when there is none (or a tombstone).
    template <RecordType T>
    Result<std::shared_ptr<const T>> load(const Uuid& scope, const Uuid& id) {
        CH_TRY(auto object, load_any({scope, T::kind, id}, &decode_erased<T>));
        return std::static_pointer_cast<const T>(std::move(object));
    }
    /// One page of records of a type, decoded; kWouldBlock where waiting is not allowed.
    template <RecordType T>
    struct Found {
        std::vector<std::shared_ptr<const T>> objects;
        std::vector<std::uint64_t> born;
        bool more = false;
    };
    template <RecordType T>
    Result<Found<T>> find(store::Query query) {
        query.kind = T::kind;
        CH_TRY(auto page, find_any(query, &decode_erased<T>));
        Found<T> found;
        found.born = std::move(page.born);
        found.more = page.more;
        for (auto& object : page.objects) {
            found.objects.push_back(std::static_pointer_cast<const T>(std::move(object)));
        }
        return found;
    }
    /// A blind term for a query's scope.
    virtual Result<store::Term> term(const Uuid& scope, std::string_view name,
                                     std::string_view value) = 0;
    /// The next version to write over: the version of the record or of its tombstone, else 0.
    virtual Result<std::uint64_t> version_of(const store::RecordKey& key) = 0;

    /// False on a network loop: what takes long (RSA private, key generation) answers kWouldBlock.
    virtual bool may_block() const = 0;

protected:
    struct ErasedPage {
        std::vector<std::shared_ptr<const void>> objects;
        std::vector<std::uint64_t> born;
        bool more = false;
    };
    virtual Result<std::shared_ptr<const void>> load_any(const store::RecordKey& key,
                                                         Decode decode) = 0;
    virtual Result<ErasedPage> find_any(const store::Query& query, Decode decode) = 0;

private:
    template <RecordType T>
    static Result<std::shared_ptr<const void>> decode_erased(const Origin& origin,
                                                             BytesView plaintext) {
        CH_TRY(std::shared_ptr<const T> object, T::decode(origin, plaintext));
        return std::shared_ptr<const void>(std::move(object));
    }
};

/// One record's next state in the clear; the engine seals it on the way to the store.
struct RecordChange {
    store::RecordKey key;
    std::uint64_t expected_version = 0;
    bool tombstone = false;
    store::Dates dates;
    std::vector<std::pair<std::string, std::string>> terms;  ///< name and value, made blind later
    crypto::SecretBytes plaintext;
};

}  // namespace chatelaine::seal

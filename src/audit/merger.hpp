#pragma once

#include <map>
#include <optional>

#include "audit/audit.hpp"
#include "audit/segment.hpp"

/// Turns a journal's batches into the store's entries: opens each, puts those of one stream that
/// follow on one another into one entry, seals it again. Private to audit/; one thread at a time.

namespace chatelaine::audit {

/// Batches further apart than this are not merged, so that an entry's `written` says when each of
/// its records was made, give or take.
inline constexpr std::int64_t kEntrySpanSecondsMax = 60;

class Merger {
public:
    Merger(const Shipper::Options& options, const seal::Seal& seal, store::Store& region)
        : options_(options), seal_(seal), region_(region) {}

    /// Takes a batch, or leaves it out when the store has it. kStoreCorrupt when records before it
    /// are missing, kSealBroken when it was altered.
    Result<void> add(const Uuid& writer, const BatchHeader& header, BytesView sealed);
    /// Takes one more record at the end of a stream, or nothing when the stream does not end at
    /// `last`: then it is there already.
    Result<void> add_marker(const store::StreamKey& stream, std::uint64_t last,
                            const Facts& facts);
    /// Whether anything waits for commit().
    bool empty() const { return appends_.empty() && pending_.empty(); }
    /// Everything since the last commit in one transaction. Nothing counts when it fails.
    Result<void> commit();
    /// Drops what waits, and what was known about the store.
    void reset();
    /// A writer whose files are gone: its streams need not be known any more.
    void forget(const Uuid& writer);

private:
    struct Pending {
        std::uint64_t first_sequence = 0;
        std::uint32_t count = 0;
        WallTime started, written;
        Bytes plaintext;
    };
    /// Writer first: forget() erases one range.
    struct Key {
        Uuid writer, scope;
        auto operator<=>(const Key&) const = default;
    };

    Result<std::uint64_t*> next_sequence(const store::StreamKey& stream);
    Result<void> append(const store::StreamKey& stream, const BatchHeader& header,
                        BytesView records);
    Result<void> finish(const Key& key, Pending& pending);

    const Shipper::Options options_;
    const seal::Seal& seal_;
    store::Store& region_;
    std::map<Key, std::uint64_t> next_;  ///< as the store will have it after commit()
    std::map<Key, Pending> pending_;
    std::vector<store::Append> appends_;
};

}  // namespace chatelaine::audit

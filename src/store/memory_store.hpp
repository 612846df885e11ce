#pragma once

#include <map>
#include <mutex>
#include <set>

#include "store/store.hpp"

/// The port kept in memory: the oracle of the conformance suite and the store of other rooms' unit
/// tests. Not durable. `submit` applies at once and calls `done` on the calling thread, after the
/// lock is given back, so a test needs no waiting. Queries walk all records of a scope.

namespace chatelaine::store {

class MemoryStore final : public Store {
public:
    /// From now on every submit is refused with this code, until it is called with nothing.
    /// statistics().writable follows it.
    void refuse_changes(std::optional<Code> code);

    void submit(Transaction transaction, CommitDone done) override;
    Result<std::optional<Record>> get(const RecordKey& key) override;
    Result<Page> query(const Query& query) override;
    Result<std::uint64_t> count(const Query& query, std::uint64_t at_most) override;
    Result<Page> changed_since(std::uint64_t commit, std::size_t max) override;
    Result<std::vector<StreamEntry>> read_stream(const StreamKey& stream, std::uint64_t from,
                                                 std::size_t max) override;
    Result<std::vector<StreamKey>> streams(const Uuid& scope) override;
    Result<std::uint64_t> next_sequence(const StreamKey& stream) override;
    /// kNotSupported: there is no file form.
    Result<void> copy_to(const std::filesystem::path& file) override;
    Result<void> check_integrity() override { return ok(); }
    Statistics statistics() override;

private:
    struct Row {
        Record record;
        std::set<Term> terms;
    };
    struct Overlay {
        std::map<RecordKey, Row> rows;
        std::map<StreamKey, std::vector<StreamEntry>> entries;
    };

    Result<Receipt> apply(Transaction& transaction);
    Result<void> apply_change(Change& change, std::uint64_t commit, Overlay& overlay) const;
    Result<std::uint64_t> apply_append(const Append& append, Overlay& overlay) const;
    void merge(Overlay& overlay);
    std::uint64_t next_locked(const StreamKey& stream) const;
    static bool matches(const Row& row, const Query& query);
    /// Calls `take(record)` for each match in the query's order until it says false.
    template <class F>
    void each_match(const Query& query, F&& take) const;

    mutable std::mutex mutex_;
    std::map<RecordKey, Row> rows_;
    std::map<std::uint64_t, RecordKey> by_born_;
    std::map<std::uint64_t, RecordKey> by_commit_;
    std::map<StreamKey, std::vector<StreamEntry>> streams_;
    std::uint64_t last_commit_ = 0;
    std::uint64_t transactions_ = 0;
    std::optional<Code> refusal_;
};

}  // namespace chatelaine::store

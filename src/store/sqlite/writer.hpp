#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/sqlite/schema.hpp"
#include "store/store.hpp"

/// Applies transactions on the one write connection. Each is first planned (every comparison, every
/// seal) and only then written: a lost comparison costs no savepoint and leaves nothing to undo;
/// whatever fails while writing is the disk's fault and ends the whole group.
///
/// Threads: one, the committer's.

namespace chatelaine::store::sqlite {

class Writer {
public:
    static Result<std::unique_ptr<Writer>> open(Connection connection);

    const Head& head() const { return head_; }
    Connection& connection() { return connection_; }
    /// Pages in the write-ahead log as of the last commit.
    std::size_t log_pages() const { return log_pages_; }

    Result<void> begin();
    /// Plans and writes one transaction of the group. `group_failed` is set when the error is not
    /// the transaction's own: the group must be rolled back.
    Result<Receipt> apply(Transaction& transaction, bool& group_failed);
    /// Writes the counters; the group is durable when this returns.
    Result<void> commit();
    /// Takes back the group and forgets what was remembered of it.
    Result<void> rollback();
    /// A durable commit of nothing: overwrites what a failed sync may have left behind.
    Result<void> write_barrier();

private:
    /// What a change finds.
    struct Found {
        std::uint64_t version = 0;
        std::uint64_t born = 0;
        bool tombstone = false;
        Bytes terms;
    };
    struct PlannedChange {
        std::int64_t shelf = 0;
        std::uint64_t commit = 0;
        Found before;
        Bytes terms;  ///< sorted, each once
    };
    struct PlannedAppend {
        std::int64_t place = 0;
        std::uint32_t count = 0;
        bool is_there = false;
        crypto::SealedBytes sealed;
    };
    struct Stream {
        std::int64_t number = 0;
        std::uint64_t next = 1;
    };
    struct StreamHash {
        std::size_t operator()(const StreamKey& key) const;
    };

    explicit Writer(Connection connection) : connection_(std::move(connection)) {}
    Result<void> prepare_all();

    Result<void> plan(const Transaction& transaction);
    Result<void> plan_change(const Transaction& transaction, std::size_t index);
    Result<Found> find(std::int64_t shelf, const Uuid& id);
    Result<void> plan_append(const Append& append);
    Result<bool> entry_is_there(std::int64_t place, const Append& append, BytesView sealed);
    void take_back_sequences();
    Result<void> write(const Transaction& transaction);
    Result<void> write_change(const Change& change, const PlannedChange& planned);
    Result<void> insert_record(const Change& change, const PlannedChange& planned);
    Result<void> update_record(const Change& change, const PlannedChange& planned);
    Result<void> write_terms(const PlannedChange& planned, std::uint64_t born_before,
                             std::uint64_t born_after);
    Result<void> write_term(Statement& statement, std::int64_t shelf, BytesView term,
                            std::uint64_t born);
    Result<std::int64_t> scope_number(const Uuid& scope);
    Result<Stream*> stream(const StreamKey& key);
    Result<std::int64_t> make_stream(const StreamKey& key);

    Connection connection_;
    Head head_;           ///< as written so far in this group
    Head durable_head_;   ///< as of the last commit
    std::unordered_map<Uuid, std::int64_t> scopes_;
    std::unordered_map<StreamKey, Stream, StreamHash> streams_;

    // The transaction under way; kept for their memory.
    std::vector<PlannedChange> changes_;
    std::vector<PlannedAppend> appends_;
    std::vector<std::pair<Stream*, std::uint64_t>> advanced_;
    bool group_failed_ = false;
    std::size_t log_pages_ = 0;

    Statement begin_, commit_, rollback_;
    Statement find_record_, insert_record_, update_record_, bury_record_, delete_record_;
    Statement insert_term_, delete_term_;
    Statement find_scope_, insert_scope_;
    Statement find_stream_, insert_stream_, last_entry_, find_entry_, insert_entry_;
    Statement write_head_;
};

}  // namespace chatelaine::store::sqlite

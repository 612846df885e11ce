#include "store/sqlite/writer.hpp"

#include <algorithm>

#include "base/failpoint.hpp"
#include "base/limits.hpp"
#include "store/checks.hpp"

namespace chatelaine::store::sqlite {

namespace {

constexpr std::string_view where = "store.writer";
constexpr std::size_t remembered_max = 65'536;  ///< scopes and streams whose numbers are kept
constexpr std::size_t term_bytes = sizeof(Term::value);

/// The record's terms, sorted and each once, as the row keeps them.
Bytes pack_terms(const std::vector<Term>& terms) {
    std::vector<Term> sorted = terms;
    std::ranges::sort(sorted);
    const auto repeated = std::ranges::unique(sorted);
    sorted.erase(repeated.begin(), repeated.end());
    Bytes packed;
    packed.reserve(sorted.size() * term_bytes);
    for (const Term& term : sorted) {
        packed.insert(packed.end(), term.value.begin(), term.value.end());
    }
    return packed;
}

/// Calls `missing(term)` for each term of `from` that `in` does not have; both are packed.
template <class F>
Result<void> each_missing(BytesView from, BytesView in, F&& missing) {
    while (!from.empty()) {
        const BytesView term = from.first(term_bytes);
        while (!in.empty() && std::ranges::lexicographical_compare(in.first(term_bytes), term)) {
            in = in.subspan(term_bytes);
        }
        if (in.empty() || !std::ranges::equal(in.first(term_bytes), term)) {
            CH_TRY_VOID(missing(term));
        }
        from = from.subspan(term_bytes);
    }
    return ok();
}

void bind_dates(Statement& statement, int first, const Dates& dates) {
    for (std::size_t i = 0; i < date_column_count; ++i) {
        const int index = first + static_cast<int>(i);
        if (dates.values[i]) {
            statement.bind(index, dates.values[i]->microseconds);
        } else {
            statement.bind_null(index);
        }
    }
}

}  // namespace

std::size_t Writer::StreamHash::operator()(const StreamKey& key) const {
    const std::hash<Uuid> hash;
    return hash(key.scope) * 31 + hash(key.writer);
}

Result<std::unique_ptr<Writer>> Writer::open(Connection connection) {
    std::unique_ptr<Writer> writer(new Writer(std::move(connection)));
    CH_TRY(writer->head_, read_head(writer->connection_));
    writer->durable_head_ = writer->head_;
    CH_TRY_VOID(writer->prepare_all());
    writer->connection_.on_commit(
        [](void* self, int pages) {
            static_cast<Writer*>(self)->log_pages_ = static_cast<std::size_t>(pages);
        },
        writer.get());
    return writer;
}

Result<void> Writer::prepare_all() {
    constexpr std::string_view insert_sql =
        "INSERT INTO records VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)";
    constexpr std::string_view update_sql =
        "UPDATE records SET version=?2, commit_number=?3, created=?4, changed=?5, activation=?6, "
        "deactivation=?7, process_start=?8, protect_stop=?9, compromise=?10, destroyed=?11, "
        "archived=?12, terms=?13, sealed=?14 WHERE born=?1";
    constexpr std::string_view bury_sql =
        "UPDATE records SET version=?2, commit_number=?3, tombstone=1, created=NULL, "
        "changed=NULL, activation=NULL, deactivation=NULL, process_start=NULL, "
        "protect_stop=NULL, compromise=NULL, destroyed=NULL, archived=NULL, terms=x'', "
        "sealed=x'' WHERE born=?1";
    const std::pair<Statement*, std::string_view> all[] = {
        {&begin_, "BEGIN IMMEDIATE"},
        {&commit_, "COMMIT"},
        {&rollback_, "ROLLBACK"},
        {&find_record_,
         "SELECT version, born, tombstone, terms FROM records WHERE shelf=?1 AND id=?2"},
        {&insert_record_, insert_sql},
        {&update_record_, update_sql},
        {&bury_record_, bury_sql},
        {&delete_record_, "DELETE FROM records WHERE born=?1"},
        {&insert_term_, "INSERT INTO terms VALUES (?1, ?2, ?3)"},
        {&delete_term_, "DELETE FROM terms WHERE shelf=?1 AND term=?2 AND born=?3"},
        {&find_scope_, "SELECT number FROM scopes WHERE scope=?1"},
        {&insert_scope_, "INSERT INTO scopes (scope) VALUES (?1) RETURNING number"},
        {&find_stream_, "SELECT number FROM streams WHERE scope=?1 AND writer=?2"},
        {&insert_stream_, "INSERT INTO streams (scope, writer) VALUES (?1, ?2) RETURNING number"},
        {&last_entry_,
         "SELECT place, count FROM entries WHERE place >= ?1 AND place <= ?2 "
         "ORDER BY place DESC LIMIT 1"},
        {&find_entry_, "SELECT count, sealed FROM entries WHERE place=?1"},
        {&insert_entry_, "INSERT INTO entries VALUES (?1, ?2, ?3, ?4)"},
        {&write_head_, "UPDATE meta SET last_commit=?1, live_records=?2 WHERE id=1"},
    };
    for (const auto& [statement, sql] : all) {
        CH_TRY(*statement, connection_.prepare(sql));
    }
    return ok();
}

Result<void> Writer::begin() {
    CH_FAILPOINT("store.before_begin");
    if (scopes_.size() > remembered_max) {
        scopes_.clear();
    }
    if (streams_.size() > remembered_max) {
        streams_.clear();
    }
    return begin_.run();
}

Result<Receipt> Writer::apply(Transaction& transaction, bool& group_failed) {
    group_failed_ = false;
    auto planned = plan(transaction);
    if (!planned) {
        take_back_sequences();
        group_failed = group_failed_;
        return std::move(planned).error();
    }
    CH_FAILPOINT("store.before_write");
    auto written = write(transaction);
    if (!written) {
        group_failed = true;
        return std::move(written).error();
    }
    Receipt receipt;
    head_.last_commit += std::max<std::size_t>(transaction.changes.size(), 1);
    receipt.commit = head_.last_commit;
    receipt.sequences.reserve(appends_.size());
    for (const PlannedAppend& append : appends_) {
        receipt.sequences.push_back(sequence_of(append.place));
    }
    return receipt;
}

Result<void> Writer::plan(const Transaction& transaction) {
    changes_.clear();
    appends_.clear();
    advanced_.clear();
    CH_TRY_VOID(check_transaction(transaction));
    for (std::size_t i = 0; i < transaction.changes.size(); ++i) {
        CH_TRY_VOID(plan_change(transaction, i));
    }
    for (const Append& append : transaction.appends) {
        CH_TRY_VOID(plan_append(append));
    }
    return ok();
}

Result<void> Writer::plan_change(const Transaction& transaction, std::size_t index) {
    const Change& change = transaction.changes[index];
    PlannedChange planned;
    CH_TRY(const std::int64_t scope, scope_number(change.key.scope));
    planned.shelf = shelf_of(scope, change.key.kind);
    planned.commit = head_.last_commit + index + 1;
    // An earlier change of this transaction is what this one sees.
    std::size_t earlier = index;
    while (earlier > 0 && transaction.changes[earlier - 1].key != change.key) {
        --earlier;
    }
    if (earlier > 0) {
        const Change& change_before = transaction.changes[earlier - 1];
        const PlannedChange& plan_before = changes_[earlier - 1];
        const bool lives_on = plan_before.before.version != 0 &&
                              (!plan_before.before.tombstone || change_before.tombstone);
        planned.before.version = change_before.expected_version + 1;
        planned.before.born = lives_on ? plan_before.before.born : plan_before.commit;
        planned.before.tombstone = change_before.tombstone;
        planned.before.terms = plan_before.terms;
    } else {
        CH_TRY(planned.before, find(planned.shelf, change.key.id));
    }
    if (planned.before.version != change.expected_version) {
        return Error(Code::kVersionConflict, where);
    }
    if (!change.tombstone) {
        planned.terms = change.keep_terms ? planned.before.terms : pack_terms(change.terms);
    }
    changes_.push_back(std::move(planned));
    return ok();
}

Result<Writer::Found> Writer::find(std::int64_t shelf, const Uuid& id) {
    const ResetAtEnd reset_at_end(find_record_);
    auto row = find_record_.bind(1, shelf).bind(2, id.view()).step();
    if (!row) {
        group_failed_ = true;
        return std::move(row).error();
    }
    Found found;
    if (*row) {
        found.version = find_record_.unsigned_integer(0);
        found.born = find_record_.unsigned_integer(1);
        found.tombstone = find_record_.integer(2) != 0;
        const BytesView terms = find_record_.blob(3);
        found.terms.assign(terms.begin(), terms.end());
    }
    return found;
}

Result<void> Writer::plan_append(const Append& append) {
    CH_TRY(Stream * stream, this->stream(append.stream));
    const std::uint64_t first = append.first_sequence.value_or(stream->next);
    if (first > sequence_max || append.count > sequence_max - first) {
        return Error(Code::kTooLarge, where, "a stream is at its end");
    }
    PlannedAppend planned;
    planned.place = place_of(stream->number, first);
    planned.count = append.count;
    CH_TRY(planned.sealed, append.seal(first));
    if (planned.sealed.size() > limits::journal_segment_bytes_max) {
        return Error(Code::kTooLarge, where, "a stream entry is over journal_segment_bytes_max");
    }
    if (first != stream->next) {
        CH_TRY(planned.is_there, entry_is_there(planned.place, append, planned.sealed.view()));
        if (!planned.is_there) {
            return Error(Code::kVersionConflict, where, "the stream goes on elsewhere");
        }
    } else {
        advanced_.emplace_back(stream, stream->next);
        stream->next = first + append.count;
    }
    appends_.push_back(std::move(planned));
    return ok();
}

Result<bool> Writer::entry_is_there(std::int64_t place, const Append& append, BytesView sealed) {
    for (const PlannedAppend& pending : appends_) {
        if (pending.place == place && pending.count == append.count) {
            return std::ranges::equal(pending.sealed.view(), sealed);
        }
    }
    const ResetAtEnd reset_at_end(find_entry_);
    auto row = find_entry_.bind(1, place).step();
    if (!row) {
        group_failed_ = true;
        return std::move(row).error();
    }
    return *row && find_entry_.unsigned_integer(0) == append.count &&
           std::ranges::equal(find_entry_.blob(1), sealed);
}

void Writer::take_back_sequences() {
    for (auto at = advanced_.rbegin(); at != advanced_.rend(); ++at) {
        at->first->next = at->second;
    }
    advanced_.clear();
}

Result<void> Writer::write(const Transaction& transaction) {
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        CH_TRY_VOID(write_change(transaction.changes[i], changes_[i]));
    }
    if (CH_FAILPOINT_ERROR("store.write_error")) {
        return Error(Code::kStoreUnavailable, where, "failpoint");
    }
    for (std::size_t i = 0; i < appends_.size(); ++i) {
        const PlannedAppend& planned = appends_[i];
        if (planned.is_there) {
            continue;
        }
        const Append& append = transaction.appends[i];
        insert_entry_.bind(1, planned.place)
            .bind(2, std::int64_t{append.count})
            .bind(3, append.written.microseconds)
            .bind(4, planned.sealed.view());
        CH_TRY_VOID(insert_entry_.run());
    }
    return ok();
}

Result<void> Writer::write_change(const Change& change, const PlannedChange& planned) {
    const bool was_there = planned.before.version != 0;
    const bool was_alive = was_there && !planned.before.tombstone;
    head_.live_records += (change.tombstone ? 0u : 1u);
    head_.live_records -= (was_alive ? 1u : 0u);
    if (was_there && (was_alive || change.tombstone)) {
        CH_TRY_VOID(update_record(change, planned));
        return write_terms(planned, planned.before.born, planned.before.born);
    }
    if (was_there) {
        CH_TRY_VOID(delete_record_.bind(1, planned.before.born).run());
    }
    CH_TRY_VOID(insert_record(change, planned));
    return write_terms(planned, planned.before.born, planned.commit);
}

Result<void> Writer::insert_record(const Change& change, const PlannedChange& planned) {
    insert_record_.bind(1, planned.commit)
        .bind(2, planned.shelf)
        .bind(3, change.key.id.view())
        .bind(4, change.expected_version + 1)
        .bind(5, planned.commit)
        .bind(6, std::int64_t{change.tombstone ? 1 : 0})
        .bind(16, BytesView(planned.terms))
        .bind(17, change.tombstone ? BytesView() : change.sealed.view());
    bind_dates(insert_record_, 7, change.tombstone ? Dates{} : change.dates);
    return insert_record_.run();
}

Result<void> Writer::update_record(const Change& change, const PlannedChange& planned) {
    Statement& statement = change.tombstone ? bury_record_ : update_record_;
    statement.bind(1, planned.before.born)
        .bind(2, change.expected_version + 1)
        .bind(3, planned.commit);
    if (!change.tombstone) {
        bind_dates(statement, 4, change.dates);
        statement.bind(13, BytesView(planned.terms)).bind(14, change.sealed.view());
    }
    return statement.run();
}

Result<void> Writer::write_terms(const PlannedChange& planned, std::uint64_t born_before,
                                 std::uint64_t born_after) {
    CH_TRY_VOID(each_missing(planned.before.terms, planned.terms, [&](BytesView term) {
        return write_term(delete_term_, planned.shelf, term, born_before);
    }));
    return each_missing(planned.terms, planned.before.terms, [&](BytesView term) {
        return write_term(insert_term_, planned.shelf, term, born_after);
    });
}

Result<void> Writer::write_term(Statement& statement, std::int64_t shelf, BytesView term,
                                std::uint64_t born) {
    return statement.bind(1, shelf).bind(2, term).bind(3, born).run();
}

Result<void> Writer::commit() {
    CH_TRY_VOID(write_head_.bind(1, head_.last_commit).bind(2, head_.live_records).run());
    CH_FAILPOINT("store.before_commit");
    if (CH_FAILPOINT_ERROR("store.commit_error")) {
        return Error(Code::kStoreUnavailable, where, "failpoint");
    }
    CH_TRY_VOID(commit_.run());
    if (CH_FAILPOINT_ERROR("store.commit_unknown")) {
        return Error(Code::kStoreUnavailable, where, "failpoint");
    }
    CH_FAILPOINT("store.after_commit");
    durable_head_ = head_;
    return ok();
}

Result<void> Writer::rollback() {
    head_ = durable_head_;
    scopes_.clear();
    streams_.clear();
    if (!connection_.in_transaction()) {
        return ok();  // SQLite has rolled back by itself
    }
    return rollback_.run();
}

Result<void> Writer::write_barrier() {
    return connection_.exec("UPDATE meta SET reopened = reopened + 1 WHERE id = 1");
}

Result<std::int64_t> Writer::scope_number(const Uuid& scope) {
    if (const auto known = scopes_.find(scope); known != scopes_.end()) {
        return known->second;
    }
    for (Statement* statement : {&find_scope_, &insert_scope_}) {
        const ResetAtEnd reset_at_end(*statement);
        auto row = statement->bind(1, scope.view()).step();
        if (!row) {
            group_failed_ = true;
            return std::move(row).error();
        }
        if (*row) {
            const std::int64_t number = statement->integer(0);
            scopes_.emplace(scope, number);
            return number;
        }
    }
    group_failed_ = true;
    return Error(Code::kStoreCorrupt, where, "a scope has no number");
}

Result<Writer::Stream*> Writer::stream(const StreamKey& key) {
    if (const auto known = streams_.find(key); known != streams_.end()) {
        return &known->second;
    }
    auto loaded = [&]() -> Result<Stream> {
        Stream stream;
        CH_TRY(stream.number, make_stream(key));
        const ResetAtEnd reset_at_end(last_entry_);
        last_entry_.bind(1, place_of(stream.number, 0))
            .bind(2, place_of(stream.number, sequence_max));
        CH_TRY(const bool row, last_entry_.step());
        if (row) {
            stream.next = sequence_of(last_entry_.integer(0)) + last_entry_.unsigned_integer(1);
        }
        return stream;
    }();
    if (!loaded) {
        group_failed_ = true;
        return std::move(loaded).error();
    }
    return &streams_.emplace(key, *loaded).first->second;
}

Result<std::int64_t> Writer::make_stream(const StreamKey& key) {
    for (Statement* statement : {&find_stream_, &insert_stream_}) {
        const ResetAtEnd reset_at_end(*statement);
        statement->bind(1, key.scope.view()).bind(2, key.writer.view());
        CH_TRY(const bool row, statement->step());
        if (row) {
            return statement->integer(0);
        }
    }
    return Error(Code::kStoreCorrupt, where, "a stream has no number");
}

}  // namespace chatelaine::store::sqlite

#include "store/sqlite/reader.hpp"

#include <algorithm>
#include <limits>

#include "base/limits.hpp"
#include "store/sqlite/schema.hpp"

namespace chatelaine::store::sqlite {

namespace {

constexpr std::string_view where = "store.reader";
constexpr std::size_t statements_max = 64;
constexpr std::int64_t born_max = std::numeric_limits<std::int64_t>::max();

/// The columns of a record whose scope and kind are known, in the order of `record_of`.
constexpr const char* record_columns =
    "r.born, r.id, r.version, r.commit_number, r.tombstone, r.created, r.changed, r.activation, "
    "r.deactivation, r.process_start, r.protect_stop, r.compromise, r.destroyed, r.archived, "
    "r.sealed";
constexpr int first_date_column = 5;
constexpr int sealed_column = first_date_column + static_cast<int>(date_column_count);

crypto::SealedBytes sealed_of(BytesView bytes) {
    return crypto::SealedBytes::from_stored(Bytes(bytes.begin(), bytes.end()));
}

Result<Record> record_of(const Statement& row, const Uuid& scope, Kind kind) {
    Record record;
    record.key.scope = scope;
    record.key.kind = kind;
    CH_TRY(record.key.id.octets, fixed_bytes<16>(row.blob(1)));
    record.born = row.unsigned_integer(0);
    record.version = row.unsigned_integer(2);
    record.commit = row.unsigned_integer(3);
    record.tombstone = row.integer(4) != 0;
    for (std::size_t i = 0; i < date_column_count; ++i) {
        const int column = first_date_column + static_cast<int>(i);
        if (!row.is_null(column)) {
            record.dates.values[i] = WallTime{row.integer(column)};
        }
    }
    record.sealed = sealed_of(row.blob(sealed_column));
    return record;
}

/// " AND r.x <= ?" for each condition, in their order.
std::string date_sql(const std::vector<DateCondition>& conditions) {
    std::string sql;
    for (const DateCondition& condition : conditions) {
        const std::string column =
            "r." + std::string(date_names[static_cast<std::size_t>(condition.column)]);
        switch (condition.test) {
            case DateCondition::Test::kIsNull:
                sql += " AND " + column + " IS NULL";
                break;
            case DateCondition::Test::kIsSet:
                sql += " AND " + column + " IS NOT NULL";
                break;
            case DateCondition::Test::kAtMost:
                sql += " AND " + column + " <= ?";
                break;
            case DateCondition::Test::kAtLeast:
                sql += " AND " + column + " >= ?";
                break;
            case DateCondition::Test::kNullOrAfter:
                sql += " AND (" + column + " IS NULL OR " + column + " > ?)";
                break;
        }
    }
    return sql;
}

void bind_dates(Statement& statement, int next, const std::vector<DateCondition>& conditions) {
    for (const DateCondition& condition : conditions) {
        if (condition.test != DateCondition::Test::kIsNull &&
            condition.test != DateCondition::Test::kIsSet) {
            statement.bind(next++, condition.value.microseconds);
        }
    }
}

/// Where a walk begins, as the first `born` that may match.
std::int64_t first_born(const Query& query) {
    const auto after = static_cast<std::int64_t>(query.after_born);
    if (query.newest_first) {
        return after == 0 ? born_max : after - 1;
    }
    return after == born_max ? born_max : after + 1;
}

std::vector<Term> distinct(std::vector<Term> terms) {
    std::ranges::sort(terms);
    const auto repeated = std::ranges::unique(terms);
    terms.erase(repeated.begin(), repeated.end());
    return terms;
}

/// One snapshot for several statements.
class Snapshot {
public:
    static Result<Snapshot> take(Connection& connection) {
        CH_TRY_VOID(connection.exec("BEGIN"));
        return Snapshot(connection);
    }
    Snapshot(Snapshot&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
    Snapshot& operator=(Snapshot&&) = delete;
    ~Snapshot() {
        if (connection_ != nullptr) {
            static_cast<void>(connection_->exec("COMMIT").has_value());
        }
    }

private:
    explicit Snapshot(Connection& connection) : connection_(&connection) {}
    Connection* connection_;
};

}  // namespace

Result<Statement*> Reader::statement(const std::string& sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) {
        return &known->second;
    }
    CH_TRY(Statement prepared, connection_.prepare(sql));
    return &statements_.emplace(sql, std::move(prepared)).first->second;
}

Result<std::optional<std::int64_t>> Reader::shelf(const Uuid& scope, Kind kind) {
    CH_TRY(Statement * select, statement("SELECT number FROM scopes WHERE scope=?1"));
    const ResetAtEnd reset_at_end(*select);
    CH_TRY(const bool row, select->bind(1, scope.view()).step());
    if (!row) {
        return std::optional<std::int64_t>();
    }
    return std::optional(shelf_of(select->integer(0), kind));
}

Result<std::optional<Record>> Reader::get(const RecordKey& key) {
    static const std::string sql =
        std::string("SELECT ") + record_columns +
        " FROM records r WHERE r.shelf = (SELECT number FROM scopes WHERE scope=?1) * 65536 + ?2 "
        "AND r.id=?3";
    CH_TRY(Statement * select, statement(sql));
    const ResetAtEnd reset_at_end(*select);
    select->bind(1, key.scope.view())
        .bind(2, static_cast<std::int64_t>(key.kind))
        .bind(3, key.id.view());
    CH_TRY(const bool row, select->step());
    if (!row) {
        return std::optional<Record>();
    }
    CH_TRY(Record record, record_of(*select, key.scope, key.kind));
    return std::optional<Record>(std::move(record));
}

/// No term or one: SQLite walks one index in order of `born`.
template <class F>
Result<void> Reader::walk_one_index(std::int64_t shelf, const Query& query, bool whole, F&& take) {
    const bool term = !query.terms.empty();
    // CROSS JOIN keeps the order of the tables; a term is only there while its record lives.
    std::string sql = std::string("SELECT ") + (whole ? record_columns : "1") + " FROM ";
    if (term && !whole && query.dates.empty()) {
        sql += "terms i WHERE i.shelf=?1";
    } else if (term) {
        sql += "terms i CROSS JOIN records r ON r.born = i.born WHERE i.shelf=?1";
    } else {
        sql += "records r INDEXED BY records_by_shelf WHERE r.tombstone = 0 AND r.shelf=?1";
    }
    const std::string born = term ? "i.born" : "r.born";
    sql += " AND " + born + (query.newest_first ? " <= ?2" : " >= ?2");
    sql += term ? " AND i.term = ?3" : " AND ?3 IS NULL";
    sql += date_sql(query.dates) + " ORDER BY " + born + (query.newest_first ? " DESC" : "");
    CH_TRY(Statement * select, statement(sql));
    const ResetAtEnd reset_at_end(*select);
    select->bind(1, shelf).bind(2, first_born(query));
    if (term) {
        select->bind(3, BytesView(query.terms.front().value));
    } else {
        select->bind_null(3);
    }
    bind_dates(*select, 4, query.dates);
    for (;;) {
        CH_TRY(const bool row, select->step());
        if (!row) {
            return ok();
        }
        CH_TRY(const bool more, take(*select));
        if (!more) {
            return ok();
        }
    }
}

/// Several terms: each in turn seeks the first `born` that it has at or after the candidate; when
/// all agree the record is a match. The rarest term moves the candidate on at each round, so the
/// seeks are at most its rows times the terms, and nobody has to know which one it is.
template <class F>
Result<void> Reader::walk_many_terms(std::int64_t shelf, const Query& query, bool whole,
                                     F&& take) {
    CH_TRY(const Snapshot snapshot, Snapshot::take(connection_));
    const std::string seek_sql =
        query.newest_first
            ? "SELECT born FROM terms WHERE shelf=?1 AND term=?2 AND born <= ?3 "
              "ORDER BY born DESC LIMIT 1"
            : "SELECT born FROM terms WHERE shelf=?1 AND term=?2 AND born >= ?3 "
              "ORDER BY born LIMIT 1";
    const std::string fetch_sql = std::string("SELECT ") + (whole ? record_columns : "1") +
                                  " FROM records r WHERE r.born=?1" + date_sql(query.dates);
    CH_TRY(Statement * seek, statement(seek_sql));
    CH_TRY(Statement * fetch, statement(fetch_sql));
    std::int64_t candidate = first_born(query);
    std::size_t agreed = 0;
    for (std::size_t at = 0;; at = (at + 1) % query.terms.size()) {
        const ResetAtEnd reset_seek(*seek);
        seek->bind(1, shelf).bind(2, BytesView(query.terms[at].value)).bind(3, candidate);
        CH_TRY(const bool found, seek->step());
        if (!found) {
            return ok();
        }
        agreed = seek->integer(0) == candidate ? agreed + 1 : 1;
        candidate = seek->integer(0);
        if (agreed < query.terms.size()) {
            continue;
        }
        const ResetAtEnd reset_fetch(*fetch);
        fetch->bind(1, candidate);
        bind_dates(*fetch, 2, query.dates);
        CH_TRY(const bool row, fetch->step());
        if (row) {
            CH_TRY(const bool more, take(*fetch));
            if (!more) {
                return ok();
            }
        }
        agreed = 0;
        candidate += query.newest_first ? -1 : 1;
    }
}

template <class F>
Result<void> Reader::walk(const Query& query, bool whole, F&& take) {
    if (query.terms.size() > limits::terms_per_record_max) {
        return Error(Code::kTooLarge, where, "a query is over terms_per_record_max");
    }
    CH_TRY(const std::optional<std::int64_t> shelf, this->shelf(query.scope, query.kind));
    if (!shelf) {
        return ok();
    }
    if (query.terms.size() <= 1) {
        return walk_one_index(*shelf, query, whole, std::forward<F>(take));
    }
    Query with_distinct_terms = query;
    with_distinct_terms.terms = distinct(query.terms);
    if (with_distinct_terms.terms.size() == 1) {
        return walk_one_index(*shelf, with_distinct_terms, whole, std::forward<F>(take));
    }
    return walk_many_terms(*shelf, with_distinct_terms, whole, std::forward<F>(take));
}

Result<Page> Reader::query(const Query& query) {
    Page page;
    std::size_t skip = query.offset;
    CH_TRY_VOID(walk(query, true, [&](const Statement& row) -> Result<bool> {
        if (skip > 0) {
            --skip;
            return true;
        }
        if (page.records.size() >= query.max) {
            page.more = true;
            return false;
        }
        CH_TRY(Record record, record_of(row, query.scope, query.kind));
        page.records.push_back(std::move(record));
        return true;
    }));
    return page;
}

Result<std::uint64_t> Reader::count(const Query& query, std::uint64_t at_most) {
    std::uint64_t matched = 0;
    if (at_most > 0) {
        CH_TRY_VOID(walk(query, false, [&](const Statement&) -> Result<bool> {
            return ++matched < at_most;
        }));
    }
    return matched;
}

Result<Page> Reader::changed_since(std::uint64_t commit, std::size_t max) {
    static const std::string sql =
        std::string("SELECT ") + record_columns +
        ", s.scope, r.shelf FROM records r CROSS JOIN scopes s ON s.number = r.shelf >> 16 "
        "WHERE r.commit_number > ?1 ORDER BY r.commit_number";
    CH_TRY(Statement * select, statement(sql));
    const ResetAtEnd reset_at_end(*select);
    select->bind(1, std::min<std::uint64_t>(commit, born_max));
    Page page;
    for (;;) {
        CH_TRY(const bool row, select->step());
        if (!row) {
            return page;
        }
        if (page.records.size() >= max) {
            page.more = true;
            return page;
        }
        Uuid scope;
        CH_TRY(scope.octets, fixed_bytes<16>(select->blob(sealed_column + 1)));
        const auto kind = static_cast<Kind>(select->integer(sealed_column + 2) & 0xffff);
        CH_TRY(Record record, record_of(*select, scope, kind));
        page.records.push_back(std::move(record));
    }
}

Result<std::optional<std::int64_t>> Reader::stream_number(const StreamKey& stream) {
    CH_TRY(Statement * select,
           statement("SELECT number FROM streams WHERE scope=?1 AND writer=?2"));
    const ResetAtEnd reset_at_end(*select);
    select->bind(1, stream.scope.view()).bind(2, stream.writer.view());
    CH_TRY(const bool row, select->step());
    return row ? std::optional(select->integer(0)) : std::nullopt;
}

Result<std::vector<StreamEntry>> Reader::read_stream(const StreamKey& stream, std::uint64_t from,
                                                     std::size_t max) {
    std::vector<StreamEntry> entries;
    CH_TRY(const std::optional<std::int64_t> number, stream_number(stream));
    if (!number || from > sequence_max) {
        return entries;
    }
    // The entry before the first one at or after `from` may reach into it.
    CH_TRY(Statement * select,
           statement("SELECT place, count, written, sealed FROM entries WHERE place >= coalesce("
                     "(SELECT place FROM entries WHERE place <= ?1 AND place >= ?2 "
                     "ORDER BY place DESC LIMIT 1), ?1) AND place <= ?3 ORDER BY place"));
    const ResetAtEnd reset_at_end(*select);
    select->bind(1, place_of(*number, from))
        .bind(2, place_of(*number, 0))
        .bind(3, place_of(*number, sequence_max));
    while (entries.size() < max) {
        CH_TRY(const bool row, select->step());
        if (!row) {
            break;
        }
        const std::uint64_t first = sequence_of(select->integer(0));
        const auto count = static_cast<std::uint32_t>(select->integer(1));
        if (first + count > from) {
            entries.push_back(StreamEntry{stream, first, count, WallTime{select->integer(2)},
                                          sealed_of(select->blob(3))});
        }
    }
    return entries;
}

Result<std::vector<StreamKey>> Reader::streams(const Uuid& scope) {
    // A stream whose first append was refused has a number and no entry.
    CH_TRY(Statement * select,
           statement("SELECT writer FROM streams s WHERE scope=?1 AND EXISTS (SELECT 1 FROM "
                     "entries WHERE place >= s.number << 40 AND place < (s.number + 1) << 40) "
                     "ORDER BY writer"));
    const ResetAtEnd reset_at_end(*select);
    select->bind(1, scope.view());
    std::vector<StreamKey> keys;
    for (;;) {
        CH_TRY(const bool row, select->step());
        if (!row) {
            return keys;
        }
        StreamKey key;
        key.scope = scope;
        CH_TRY(key.writer.octets, fixed_bytes<16>(select->blob(0)));
        keys.push_back(key);
    }
}

Result<std::uint64_t> Reader::next_sequence(const StreamKey& stream) {
    CH_TRY(const std::optional<std::int64_t> number, stream_number(stream));
    if (!number) {
        return std::uint64_t{1};
    }
    CH_TRY(Statement * select,
           statement("SELECT place, count FROM entries WHERE place >= ?1 AND place <= ?2 "
                     "ORDER BY place DESC LIMIT 1"));
    const ResetAtEnd reset_at_end(*select);
    select->bind(1, place_of(*number, 0)).bind(2, place_of(*number, sequence_max));
    CH_TRY(const bool row, select->step());
    return row ? sequence_of(select->integer(0)) + select->unsigned_integer(1) : std::uint64_t{1};
}

Result<std::unique_ptr<Reader>> ReaderPool::open_one() const {
    CH_TRY(Connection connection,
           Connection::open(settings_.path, Connection::Mode::kRead, settings_.vfs));
    CH_TRY_VOID(tune_reader(connection, settings_.cache_bytes, settings_.mmap_bytes));
    return std::make_unique<Reader>(std::move(connection));
}

Result<ReaderPool::Lease> ReaderPool::lease() {
    {
        std::unique_lock lock(mutex_);
        given_back_.wait(lock, [this] {
            return !idle_.empty() || opened_ < settings_.readers_max;
        });
        if (!idle_.empty()) {
            Lease lease(*this, std::move(idle_.back()));
            idle_.pop_back();
            return lease;
        }
        ++opened_;
    }
    auto opened = open_one();
    if (!opened) {
        give_back(nullptr);
        return std::move(opened).error();
    }
    return Lease(*this, std::move(*opened));
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
    {
        const std::lock_guard lock(mutex_);
        if (reader) {
            idle_.push_back(std::move(reader));
        } else {
            --opened_;
        }
    }
    given_back_.notify_one();
}

void ReaderPool::close_idle() {
    const std::lock_guard lock(mutex_);
    opened_ -= idle_.size();
    idle_.clear();
}

}  // namespace chatelaine::store::sqlite

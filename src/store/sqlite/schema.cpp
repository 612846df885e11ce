#include "store/sqlite/schema.hpp"

#include "base/failpoint.hpp"

namespace chatelaine::store::sqlite {

namespace {

constexpr std::string_view where = "store.schema";

Error corrupt(std::string message) {
    return Error(Code::kStoreCorrupt, where, std::move(message));
}

// `born` is the row number, so rows are appended and a list by `born` needs no column for it.
// `terms` repeats a record's terms, so that a change writes only those that differ. Dates come
// before the long columns: a condition on them reads no overflow page.
constexpr const char* tables = R"(
CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), writer BLOB NOT NULL,
    last_commit INTEGER NOT NULL, live_records INTEGER NOT NULL, reopened INTEGER NOT NULL);
CREATE TABLE scopes (number INTEGER PRIMARY KEY, scope BLOB NOT NULL UNIQUE);
CREATE TABLE records (born INTEGER PRIMARY KEY, shelf INTEGER NOT NULL, id BLOB NOT NULL,
    version INTEGER NOT NULL, commit_number INTEGER NOT NULL, tombstone INTEGER NOT NULL,
    created INTEGER, changed INTEGER, activation INTEGER, deactivation INTEGER,
    process_start INTEGER, protect_stop INTEGER, compromise INTEGER, destroyed INTEGER,
    archived INTEGER, terms BLOB NOT NULL, sealed BLOB NOT NULL);
CREATE UNIQUE INDEX records_by_key ON records (shelf, id);
CREATE UNIQUE INDEX records_by_commit ON records (commit_number);
CREATE INDEX records_by_shelf ON records (shelf) WHERE tombstone = 0;
CREATE TABLE terms (shelf INTEGER NOT NULL, term BLOB NOT NULL, born INTEGER NOT NULL,
    PRIMARY KEY (shelf, term, born)) WITHOUT ROWID;
CREATE TABLE streams (number INTEGER PRIMARY KEY, scope BLOB NOT NULL, writer BLOB NOT NULL,
    UNIQUE (scope, writer));
CREATE TABLE entries (place INTEGER PRIMARY KEY, count INTEGER NOT NULL,
    written INTEGER NOT NULL, sealed BLOB NOT NULL);
)";

Result<void> fill_schema(Connection& connection, const Uuid& writer) {
    CH_TRY_VOID(connection.exec(tables));
    CH_FAILPOINT("store.create_tables");
    CH_TRY(Statement insert, connection.prepare("INSERT INTO meta VALUES (1, ?1, 0, 0, 0)"));
    CH_TRY_VOID(insert.bind(1, writer.view()).run());
    CH_TRY_VOID(connection.exec("PRAGMA user_version=" + std::to_string(format_max)));
    return connection.exec("PRAGMA application_id=" + std::to_string(application_id));
}

Result<void> expect_none(Connection& connection, std::string_view sql, std::string message) {
    CH_TRY(const std::int64_t wrong, connection.integer(sql));
    if (wrong != 0) {
        return corrupt(std::move(message));
    }
    return ok();
}

}  // namespace

Result<void> tune_writer(Connection& connection, std::size_t cache_bytes) {
    return connection.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY;"
                           "PRAGMA secure_delete=FAST; PRAGMA cache_size=-" +
                           std::to_string(cache_bytes / 1024));
}

Result<void> tune_reader(Connection& connection, std::size_t cache_bytes,
                         std::size_t mmap_bytes) {
    return connection.exec("PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" +
                           std::to_string(cache_bytes / 1024) +
                           "; PRAGMA mmap_size=" + std::to_string(mmap_bytes));
}

Result<void> tune_checkpointer(Connection& connection) {
    return connection.exec("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                           "PRAGMA cache_size=-64");
}

Result<bool> is_blank(Connection& connection) {
    CH_TRY(const std::int64_t objects, connection.integer("SELECT count(*) FROM sqlite_schema"));
    CH_TRY(const std::int64_t id, connection.integer("PRAGMA application_id"));
    return objects == 0 && id == 0;
}

Result<void> create_schema(Connection& connection, const Uuid& writer) {
    CH_TRY_VOID(connection.exec("BEGIN IMMEDIATE"));
    auto filled = fill_schema(connection, writer);
    if (!filled) {
        static_cast<void>(connection.exec("ROLLBACK").has_value());
        return filled;
    }
    return connection.exec("COMMIT");
}

Result<void> check_format(Connection& connection) {
    CH_TRY(const std::int64_t id, connection.integer("PRAGMA application_id"));
    if (id != application_id) {
        return corrupt("the file is not a Chatelaine store");
    }
    CH_TRY(const std::int64_t format, connection.integer("PRAGMA user_version"));
    if (format > format_max) {
        return Error(Code::kFormatTooNew, where,
                     "the store has format " + std::to_string(format) +
                         ", this version reads up to " + std::to_string(format_max));
    }
    if (format < 1) {
        return corrupt("the store's format number is wrong");
    }
    return ok();
}

Result<Head> read_head(Connection& connection) {
    CH_TRY(Statement select,
           connection.prepare("SELECT writer, last_commit, live_records FROM meta WHERE id = 1"));
    CH_TRY(const bool row, select.step());
    if (!row) {
        return corrupt("the store has no head");
    }
    Head head;
    CH_TRY(head.writer.octets, fixed_bytes<16>(select.blob(0)));
    head.last_commit = select.unsigned_integer(1);
    head.live_records = select.unsigned_integer(2);
    return head;
}

Result<void> check_counters(Connection& connection, const Head& head) {
    CH_TRY(const std::int64_t commit,
           connection.integer("SELECT coalesce(max(commit_number), 0) FROM records"));
    CH_TRY(const std::int64_t born,
           connection.integer("SELECT coalesce(max(born), 0) FROM records"));
    const auto last = static_cast<std::int64_t>(head.last_commit);
    if (commit > last || born > last) {
        return corrupt("a record is newer than the store's commit counter");
    }
    return ok();
}

Result<void> check_recent(Connection& connection, const Head& head, std::uint64_t commits) {
    CH_TRY(Statement select,
           connection.prepare("SELECT born, commit_number, length(terms), length(id), sealed "
                              "FROM records WHERE commit_number > ?1 ORDER BY commit_number"));
    select.bind(1, head.last_commit > commits ? head.last_commit - commits : 0);
    for (;;) {
        CH_TRY(const bool row, select.step());
        if (!row) {
            return ok();
        }
        const bool sound = select.integer(0) <= select.integer(1) && select.integer(2) % 16 == 0 &&
                           select.integer(3) == 16 && !select.is_null(4);
        if (!sound) {
            return corrupt("a record that was written last is damaged");
        }
    }
}

Result<void> check_all(Connection& connection) {
    CH_TRY(Statement check, connection.prepare("PRAGMA integrity_check(1)"));
    CH_TRY(const bool row, check.step());
    if (!row || check.text(0) != "ok") {
        return corrupt(row ? std::string(check.text(0)) : "the check gave no answer");
    }
    CH_TRY_VOID(expect_none(connection,
                            "SELECT (SELECT count(*) FROM terms) <> "
                            "(SELECT coalesce(sum(length(terms)), 0) / 16 FROM records)",
                            "terms and records do not agree"));
    CH_TRY_VOID(expect_none(connection,
                            "SELECT (SELECT count(*) FROM records WHERE tombstone = 0) <> "
                            "(SELECT live_records FROM meta)",
                            "the counter of records is wrong"));
    CH_TRY_VOID(expect_none(
        connection,
        "SELECT count(*) FROM (SELECT place, count, lag(place + count, 1, "
        "(place >> 40 << 40) + 1) OVER (PARTITION BY place >> 40 ORDER BY place) AS expected "
        "FROM entries) WHERE place <> expected",
        "a stream has a gap"));
    CH_TRY(const Head head, read_head(connection));
    return check_counters(connection, head);
}

}  // namespace chatelaine::store::sqlite

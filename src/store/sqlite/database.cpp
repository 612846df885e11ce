#include "store/sqlite/database.hpp"

#include <sqlite3.h>

#include <mutex>

#include "store/sqlite/failpoint_vfs.hpp"

namespace chatelaine::store::sqlite {

namespace {

/// Statistics of every allocation cost a global lock; nobody reads them.
void configure_once() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

constexpr int busy_milliseconds_max = 5000;

}  // namespace

Error error_of(sqlite3* database, int result, std::string_view where) {
    const char* text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
    Code code = Code::kStoreUnavailable;
    switch (result & 0xff) {
        case SQLITE_FULL:
            code = Code::kStoreFull;
            break;
        case SQLITE_ERROR:  // our own SQL does not fit the schema
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
        case SQLITE_CONSTRAINT:
            code = Code::kStoreCorrupt;
            break;
        default:
            break;
    }
    return Error(code, where, std::string(text) + " (" + std::to_string(result) + ")");
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::int64_t value) {
    CH_CHECK(sqlite3_bind_int64(statement_, index, value) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int index, BytesView value) {
    // An empty span has no address, which SQLite would take for NULL.
    const int result =
        value.empty() ? sqlite3_bind_zeroblob(statement_, index, 0)
                      : sqlite3_bind_blob64(statement_, index, value.data(), value.size(),
                                            SQLITE_STATIC);
    CH_CHECK(result == SQLITE_OK);
    return *this;
}

Statement& Statement::bind_null(int index) {
    CH_CHECK(sqlite3_bind_null(statement_, index) == SQLITE_OK);
    return *this;
}

Result<bool> Statement::step() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) {
        return true;
    }
    if (result == SQLITE_DONE) {
        return false;
    }
    sqlite3* database = sqlite3_db_handle(statement_);
    return error_of(database, sqlite3_extended_errcode(database), "store.step");
}

Result<void> Statement::run() {
    const ResetAtEnd reset_at_end(*this);
    CH_TRY(const bool row, step());
    CH_CHECK(!row);
    return ok();
}

void Statement::reset() { sqlite3_reset(statement_); }

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

BytesView Statement::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

std::string_view Statement::text(int column) const { return as_text(blob(column)); }

Connection::Connection(Connection&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), observer_(std::move(other.observer_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(observer_, other.observer_);
    return *this;
}

Connection::~Connection() { sqlite3_close_v2(database_); }

Result<Connection> Connection::open(const std::string& path, Mode mode, const std::string& vfs) {
    configure_once();
    Connection connection;
    const int flags = (mode == Mode::kCreate ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                             : SQLITE_OPEN_READWRITE) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int result = sqlite3_open_v2(path.c_str(), &connection.database_, flags,
                                       vfs.empty() ? default_vfs() : vfs.c_str());
    if (result != SQLITE_OK) {
        return error_of(connection.database_, result, "store.open");
    }
    sqlite3_busy_timeout(connection.database_, busy_milliseconds_max);
    if (mode == Mode::kRead) {
        CH_TRY_VOID(connection.exec("PRAGMA query_only=1"));
    }
    return connection;
}

Result<void> Connection::exec(const std::string& sql) {
    const int result = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) {
        return error_of(database_, result, "store.exec");
    }
    return ok();
}

Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int result =
        sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) {
        return error_of(database_, result, "store.prepare");
    }
    return Statement(statement);
}

Result<std::int64_t> Connection::integer(std::string_view sql) {
    CH_TRY(Statement statement, prepare(sql));
    CH_TRY(const bool row, statement.step());
    if (!row) {
        return Error(Code::kStoreCorrupt, "store.integer", "a row that must be there is not");
    }
    return statement.integer(0);
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

void Connection::release_memory() { sqlite3_db_release_memory(database_); }

Result<Connection::Checkpointed> Connection::checkpoint() {
    Checkpointed done;
    const int result = sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                                 &done.log_pages, &done.copied_pages);
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) {
        return error_of(database_, result, "store.checkpoint");
    }
    return done;
}

void Connection::on_commit(void (*observe)(void*, int), void* context) {
    observer_ = std::make_unique<Observer>(Observer{observe, context});
    sqlite3_wal_hook(
        database_,
        [](void* observer, sqlite3*, const char*, int pages) {
            const auto* to = static_cast<const Observer*>(observer);
            to->observe(to->context, pages);
            return SQLITE_OK;
        },
        observer_.get());
}

}  // namespace chatelaine::store::sqlite

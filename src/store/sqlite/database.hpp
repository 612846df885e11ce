#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// SQLite's C interface behind two owners. Threads: a connection and its statements stay with one
/// thread at a time (connections are opened without SQLite's own mutexes).

namespace chatelaine::store::sqlite {

/// What a failed call means to the port: kStoreFull, kStoreCorrupt or kStoreUnavailable.
Error error_of(sqlite3* database, int result, std::string_view where);

/// A prepared statement. `step` says whether there is a row; columns are valid until the next
/// step or reset; bound bytes must live until reset.
class Statement {
public:
    Statement() = default;
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::uint64_t value) {
        return bind(index, static_cast<std::int64_t>(value));
    }
    Statement& bind(int index, BytesView value);
    Statement& bind_null(int index);

    Result<bool> step();
    /// Steps to the end of a statement that gives no rows, then resets.
    Result<void> run();
    void reset();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::uint64_t unsigned_integer(int column) const {
        return static_cast<std::uint64_t>(integer(column));
    }
    BytesView blob(int column) const;
    std::string_view text(int column) const;

private:
    friend class Connection;
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    sqlite3_stmt* statement_ = nullptr;
};

/// Resets a statement at the end of a scope.
class ResetAtEnd {
public:
    explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
    ~ResetAtEnd() { statement_.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

private:
    Statement& statement_;
};

class Connection {
public:
    enum class Mode { kRead, kWrite, kCreate };

    Connection() = default;
    Connection(Connection&& other) noexcept;
    Connection& operator=(Connection&& other) noexcept;
    ~Connection();

    static Result<Connection> open(const std::string& path, Mode mode, const std::string& vfs);

    Result<void> exec(const std::string& sql);
    Result<Statement> prepare(std::string_view sql);
    /// The single integer that a query gives.
    Result<std::int64_t> integer(std::string_view sql);

    bool in_transaction() const;
    /// Gives cached pages back to the system.
    void release_memory();
    struct Checkpointed {
        int log_pages = 0;
        int copied_pages = 0;
    };
    /// Copies back what it can without waiting for anybody.
    Result<Checkpointed> checkpoint();
    /// Calls `observe(context, pages in the WAL)` after each commit.
    void on_commit(void (*observe)(void*, int), void* context);

    sqlite3* raw() const { return database_; }

private:
    struct Observer {
        void (*observe)(void*, int) = nullptr;
        void* context = nullptr;
    };

    sqlite3* database_ = nullptr;
    std::unique_ptr<Observer> observer_;
};

/// An array of bytes copied out of a column; kStoreCorrupt when its size is another.
template <std::size_t N>
Result<std::array<std::uint8_t, N>> fixed_bytes(BytesView bytes) {
    if (bytes.size() != N) {
        return Error(Code::kStoreCorrupt, "store.row", "an identifier has a wrong size");
    }
    std::array<std::uint8_t, N> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

}  // namespace chatelaine::store::sqlite

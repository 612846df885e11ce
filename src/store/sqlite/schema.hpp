#pragma once

#include <string>

#include "base/ids.hpp"
#include "store/sqlite/database.hpp"
#include "store/store.hpp"

/// The tables, and the checks at opening. docs: README.md of this room, "The file".

namespace chatelaine::store::sqlite {

inline constexpr int application_id = 0x43484154;  // "CHAT", in the file's header
inline constexpr int format_max = 1;               // user_version

/// Names of the date columns, in the order of DateColumn.
inline constexpr std::array<std::string_view, date_column_count> date_names{
    "created",      "changed",    "activation", "deactivation", "process_start",
    "protect_stop", "compromise", "destroyed",  "archived"};

/// A record's place among the lists: scope number and kind in one integer.
constexpr std::int64_t shelf_of(std::int64_t scope, Kind kind) {
    return scope * 65536 + static_cast<std::int64_t>(kind);
}

/// A stream's entries are clustered under its number: the row number is stream, then sequence.
inline constexpr int sequence_bits = 40;
inline constexpr std::uint64_t sequence_max = (std::uint64_t{1} << sequence_bits) - 1;
constexpr std::int64_t place_of(std::int64_t stream, std::uint64_t sequence) {
    return (stream << sequence_bits) | static_cast<std::int64_t>(sequence);
}
constexpr std::uint64_t sequence_of(std::int64_t place) {
    return static_cast<std::uint64_t>(place) & sequence_max;
}

struct Head {
    Uuid writer;
    std::uint64_t last_commit = 0;
    std::uint64_t live_records = 0;
};

/// Settings that a connection does not keep in the file.
Result<void> tune_writer(Connection& connection, std::size_t cache_bytes);
Result<void> tune_reader(Connection& connection, std::size_t cache_bytes, std::size_t mmap_bytes);
Result<void> tune_checkpointer(Connection& connection);

/// True for a file in which a creation was begun or is to begin: no table, no application id.
Result<bool> is_blank(Connection& connection);
/// Makes the tables in one transaction.
Result<void> create_schema(Connection& connection, const Uuid& writer);
/// Whose file it is and of which format.
Result<void> check_format(Connection& connection);
Result<Head> read_head(Connection& connection);
/// The counters agree with the rows at the ends of the indexes.
Result<void> check_counters(Connection& connection, const Head& head);
/// What was written last, as far as `commits` back, can be read in full.
Result<void> check_recent(Connection& connection, const Head& head, std::uint64_t commits);
/// Everything: pages, indexes, terms against records, streams without gaps.
Result<void> check_all(Connection& connection);

}  // namespace chatelaine::store::sqlite

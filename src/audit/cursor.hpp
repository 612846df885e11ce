#pragma once

#include <vector>

#include "audit/audit.hpp"

/// The page token of read_records: the time up to which records were given, and the exact place in
/// the streams that gave some. docs/formats-audit.md has its bytes. Private to audit/.

namespace chatelaine::audit {

/// At most this many exact places are kept, those that gave a record last; the others are found by
/// time. A node has one live stream a loop for each scope, so this is many.
inline constexpr std::size_t kCursorPlacesMax = 40;

/// The first eight octets of a stream's writer: enough to tell a scope's streams apart.
using WriterPrefix = std::array<std::uint8_t, 8>;
WriterPrefix writer_prefix(const Uuid& writer);

struct Cursor {
    struct Place {
        WriterPrefix writer{};
        std::uint64_t sequence = 0;  ///< the next one to give
    };
    WallTime time;
    std::vector<Place> places;
};

/// What a token holds for: one made for another question is refused.
struct CursorBinding {
    const Uuid& scope;
    const Filter& filter;
    bool newest_first = false;
};

std::string encode_cursor(const Cursor& cursor, const CursorBinding& binding);
/// kInvalidArgument("cursor") for whatever encode_cursor did not make for the same question.
Result<Cursor> decode_cursor(std::string_view token, const CursorBinding& binding);

}  // namespace chatelaine::audit

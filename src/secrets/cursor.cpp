#include "secrets/cursor.hpp"

#include "base/encoding.hpp"

namespace chatelaine::secrets {
namespace {

constexpr std::size_t kCursorBytes = 1 + 8;

}  // namespace

std::string make_cursor(std::uint64_t after, CursorOf list) {
    Bytes bytes{static_cast<std::uint8_t>(list)};
    for (unsigned shift = 0; shift < 64; shift += 8) {
        bytes.push_back(static_cast<std::uint8_t>(after >> shift));
    }
    return encode_base64url(bytes);
}

Result<std::uint64_t> read_cursor(std::string_view text, CursorOf list) {
    if (text.empty()) {
        return std::uint64_t{0};
    }
    const auto bytes = decode_base64url(text);
    if (!bytes || bytes->size() != kCursorBytes ||
        (*bytes)[0] != static_cast<std::uint8_t>(list)) {
        return Error::invalid("secrets.cursor", "X-Pagination-Cursor", "not a cursor of this list");
    }
    std::uint64_t after = 0;
    for (std::size_t i = kCursorBytes; i > 1; --i) {
        after = after << 8 | (*bytes)[i - 1];
    }
    return after;
}

}  // namespace chatelaine::secrets

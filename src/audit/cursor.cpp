#include "audit/cursor.hpp"

#include <algorithm>

#include "audit/wire.hpp"
#include "base/encoding.hpp"
#include "crypto/hash.hpp"

namespace chatelaine::audit {
namespace {

constexpr std::uint8_t kCursorFormat = 1;
constexpr std::size_t kSumBytes = 8;
constexpr std::size_t kFixedBytes = 1 + 8 + 1;
constexpr std::size_t kTokenCharactersMax = 1024;

Error wrong_cursor() {
    return Error::invalid("audit.read", "cursor",
                          "the cursor was not given for this question; start without one");
}

void put_text(Bytes& out, std::string_view text) {
    std::array<std::uint8_t, 4> size{};
    put_integer(size.data(), text.size(), size.size());
    out.insert(out.end(), size.begin(), size.end());
    out.insert(out.end(), text.begin(), text.end());
}

void put_time(Bytes& out, const std::optional<WallTime>& time) {
    out.push_back(time ? 1 : 0);
    std::array<std::uint8_t, 8> octets{};
    put_integer(octets.data(), static_cast<std::uint64_t>(time ? time->microseconds : 0), 8);
    out.insert(out.end(), octets.begin(), octets.end());
}

/// Not a secret: a forged token shows its maker nothing but other pages of the same log.
std::array<std::uint8_t, kSumBytes> checksum(BytesView body, const CursorBinding& binding) {
    const Filter& filter = binding.filter;
    Bytes input(body.begin(), body.end());
    put_text(input, "chatelaine audit cursor");
    input.insert(input.end(), binding.scope.octets.begin(), binding.scope.octets.end());
    input.push_back(binding.newest_first ? 1 : 0);
    put_time(input, filter.from);
    put_time(input, filter.to);
    put_text(input, filter.operation);
    put_text(input, filter.identity_urn);
    put_text(input, filter.resource_urn);
    input.push_back(filter.verdict ? static_cast<std::uint8_t>(*filter.verdict) : 0xff);
    put_text(input, filter.request ? filter.request->to_string() : std::string());
    const crypto::Sha256 digest = crypto::sha256(input);
    std::array<std::uint8_t, kSumBytes> sum{};
    std::copy_n(digest.begin(), sum.size(), sum.begin());
    return sum;
}

void put_varint(Bytes& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<std::uint8_t>(value));
}

std::optional<std::uint64_t> take_varint(BytesView& in) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && !in.empty(); shift += 7) {
        const std::uint8_t octet = in.front();
        in = in.subspan(1);
        value |= static_cast<std::uint64_t>(octet & 0x7f) << shift;
        if (octet < 0x80) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

WriterPrefix writer_prefix(const Uuid& writer) {
    WriterPrefix prefix{};
    std::copy_n(writer.octets.begin(), prefix.size(), prefix.begin());
    return prefix;
}

std::string encode_cursor(const Cursor& cursor, const CursorBinding& binding) {
    const std::size_t count = std::min(cursor.places.size(), kCursorPlacesMax);
    Bytes bytes(kFixedBytes);
    bytes[0] = kCursorFormat;
    put_integer(&bytes[1], static_cast<std::uint64_t>(cursor.time.microseconds), 8);
    bytes[9] = static_cast<std::uint8_t>(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Cursor::Place& place = cursor.places[i];
        bytes.insert(bytes.end(), place.writer.begin(), place.writer.end());
        put_varint(bytes, place.sequence);
    }
    const auto sum = checksum(bytes, binding);
    bytes.insert(bytes.end(), sum.begin(), sum.end());
    return encode_base64url(bytes);
}

Result<Cursor> decode_cursor(std::string_view token, const CursorBinding& binding) {
    if (token.size() > kTokenCharactersMax) {
        return wrong_cursor();
    }
    const auto bytes = decode_base64url(token);
    if (!bytes || bytes->size() < kFixedBytes + kSumBytes || (*bytes)[0] != kCursorFormat) {
        return wrong_cursor();
    }
    const BytesView body = BytesView(*bytes).first(bytes->size() - kSumBytes);
    const auto sum = checksum(body, binding);
    if (!std::equal(sum.begin(), sum.end(), bytes->end() - kSumBytes)) {
        return wrong_cursor();
    }
    Cursor cursor;
    cursor.time = WallTime{static_cast<std::int64_t>(get_integer(&body[1], 8))};
    BytesView rest = body.subspan(kFixedBytes);
    for (std::size_t i = 0; i < body[9]; ++i) {
        Cursor::Place place;
        if (rest.size() < place.writer.size()) {
            return wrong_cursor();
        }
        std::copy_n(rest.begin(), place.writer.size(), place.writer.begin());
        rest = rest.subspan(place.writer.size());
        const auto sequence = take_varint(rest);
        if (!sequence) {
            return wrong_cursor();
        }
        place.sequence = *sequence;
        cursor.places.push_back(place);
    }
    if (!rest.empty()) {
        return wrong_cursor();
    }
    return cursor;
}

}  // namespace chatelaine::audit

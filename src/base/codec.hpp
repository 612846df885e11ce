#pragma once

#include <concepts>
#include <cstring>
#include <optional>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

/// The encoding inside sealed records and audit records: a format byte, then fields. A field is
/// number (u16), length (u32), bytes; integers are little-endian. Fields may repeat and come in any
/// order; a reader skips numbers that it does not know, so that fields can be added without a new
/// format byte. docs/formats.md has the field numbers of each record.

namespace chatelaine {

/// Appends fields to a byte string that the caller owns (and wipes, when it holds a secret).
class FieldWriter {
public:
    FieldWriter(Bytes& out, std::uint8_t format) : out_(out) { out_.push_back(format); }

    void bytes(std::uint16_t number, BytesView value) {
        header(number, value.size());
        out_.insert(out_.end(), value.begin(), value.end());
    }
    void text(std::uint16_t number, std::string_view value) { bytes(number, as_bytes(value)); }
    void uuid(std::uint16_t number, const Uuid& value) { bytes(number, value.view()); }
    template <class Tag>
    void id(std::uint16_t number, const Id<Tag>& value) { uuid(number, value.uuid); }
    void u64(std::uint16_t number, std::uint64_t value) {
        header(number, 8);
        integer(value, 8);
    }
    void u32(std::uint16_t number, std::uint32_t value) {
        header(number, 4);
        integer(value, 4);
    }
    void flag(std::uint16_t number, bool value) {
        header(number, 1);
        out_.push_back(value ? 1 : 0);
    }
    void time(std::uint16_t number, WallTime value) {
        u64(number, static_cast<std::uint64_t>(value.microseconds));
    }
    void time(std::uint16_t number, const std::optional<WallTime>& value) {
        if (value) {
            time(number, *value);
        }
    }

private:
    void header(std::uint16_t number, std::size_t size) {
        CH_CHECK(size <= 0xffffffffu);
        integer(number, 2);
        integer(size, 4);
    }
    void integer(std::uint64_t value, std::size_t octets) {
        for (std::size_t i = 0; i < octets; ++i) {
            out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
    }

    Bytes& out_;
};

/// One field as read; `value` points into the reader's bytes.
struct Field {
    std::uint16_t number = 0;
    BytesView value;

    std::string_view text() const { return as_text(value); }
    Result<std::uint64_t> u64() const;
    Result<std::uint32_t> u32() const;
    Result<bool> flag() const;
    Result<Uuid> uuid() const;
    Result<WallTime> time() const;
    template <class Tag>
    Result<Id<Tag>> id() const {
        CH_TRY(const Uuid value_, uuid());
        return Id<Tag>{value_};
    }
};

/// Walks over the fields of a record. Never reads past the end, never allocates.
class FieldReader {
public:
    /// Checks the format byte: kFormatTooNew names both versions when it is above `format_max`,
    /// kStoreCorrupt when there is none.
    static Result<FieldReader> open(BytesView record, std::uint8_t format_max,
                                    std::string_view where);

    std::uint8_t format() const { return format_; }
    /// The next field, nothing at the end, kStoreCorrupt when the bytes do not add up.
    Result<std::optional<Field>> next();

private:
    FieldReader(BytesView rest, std::uint8_t format, std::string_view where)
        : rest_(rest), where_(where), format_(format) {}

    BytesView rest_;
    std::string_view where_;
    std::uint8_t format_;
};

}  // namespace chatelaine

#include "base/codec.hpp"

namespace chatelaine {
namespace {

std::uint64_t little_endian(BytesView bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
        value = value << 8 | bytes[i - 1];
    }
    return value;
}

Error wrong_size(const Field& field) {
    return Error(Code::kStoreCorrupt, "codec.field",
                 "field " + std::to_string(field.number) + " has a wrong length");
}

}  // namespace

Result<std::uint64_t> Field::u64() const {
    if (value.size() != 8) {
        return wrong_size(*this);
    }
    return little_endian(value);
}

Result<std::uint32_t> Field::u32() const {
    if (value.size() != 4) {
        return wrong_size(*this);
    }
    return static_cast<std::uint32_t>(little_endian(value));
}

Result<bool> Field::flag() const {
    if (value.size() != 1 || value[0] > 1) {
        return wrong_size(*this);
    }
    return value[0] == 1;
}

Result<Uuid> Field::uuid() const {
    if (value.size() != 16) {
        return wrong_size(*this);
    }
    return Uuid::from_octets(value);
}

Result<WallTime> Field::time() const {
    CH_TRY(const std::uint64_t raw, u64());
    return WallTime{static_cast<std::int64_t>(raw)};
}

Result<FieldReader> FieldReader::open(BytesView record, std::uint8_t format_max,
                                      std::string_view where) {
    if (record.empty()) {
        return Error(Code::kStoreCorrupt, where, "the record is empty");
    }
    if (record[0] > format_max) {
        return Error(Code::kFormatTooNew, where,
                     "the record has format " + std::to_string(record[0]) +
                         ", this build reads up to " + std::to_string(format_max));
    }
    return FieldReader(record.subspan(1), record[0], where);
}

Result<std::optional<Field>> FieldReader::next() {
    if (rest_.empty()) {
        return std::optional<Field>{};
    }
    if (rest_.size() < 6) {
        return Error(Code::kStoreCorrupt, where_, "a field header is cut off");
    }
    const auto number = static_cast<std::uint16_t>(little_endian(rest_.first(2)));
    const auto size = static_cast<std::size_t>(little_endian(rest_.subspan(2, 4)));
    if (size > rest_.size() - 6) {
        return Error(Code::kStoreCorrupt, where_, "a field is cut off");
    }
    Field field{number, rest_.subspan(6, size)};
    rest_ = rest_.subspan(6 + size);
    return std::optional<Field>(field);
}

}  // namespace chatelaine

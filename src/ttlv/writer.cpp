#include <algorithm>

#include "base/check.hpp"
#include "ttlv/wire.hpp"

namespace chatelaine::ttlv {
namespace {

constexpr std::size_t kGrowthMin = 512;

/// Grows by hand, because what a vector leaves behind when it grows is not wiped.
void make_room(Bytes& out, std::size_t more) {
    const std::size_t needed = out.size() + more;
    if (needed <= out.capacity()) [[likely]] {
        return;
    }
    Bytes larger;
    larger.reserve(std::max({needed, 2 * out.capacity(), kGrowthMin}));
    larger.assign(out.begin(), out.end());
    wipe(out.data(), out.size());
    out = std::move(larger);
}

}  // namespace

std::uint8_t* Writer::header(Tag tag, Type type, std::size_t length) {
    CH_CHECK(length <= 0xffff'ffff && tag <= 0xff'ffff);
    const std::size_t at = out_.size();
    const std::size_t size = header_bytes + (type == Type::kStructure ? 0 : wire::padded(length));
    make_room(out_, size);
    out_.resize(at + size);  // new bytes are zero, so the padding is there
    std::uint8_t* const item = out_.data() + at;
    wire::store32(item, tag << 8 | static_cast<std::uint8_t>(type));
    wire::store32(item + 4, static_cast<std::uint32_t>(length));
    return item + header_bytes;
}

Writer& Writer::begin(Tag tag) {
    const std::size_t at = out_.size();
    CH_CHECK(at < kNoneOpen);
    // Until its length is known, its place keeps where the structure around it began.
    header(tag, Type::kStructure, open_);
    open_ = static_cast<std::uint32_t>(at);
    return *this;
}

Writer& Writer::end() {
    CH_CHECK(open_ != kNoneOpen);
    std::uint8_t* const length = out_.data() + open_ + 4;
    const std::size_t size = out_.size() - open_ - header_bytes;
    CH_CHECK(size <= 0xffff'ffff);
    open_ = wire::load32(length);
    wire::store32(length, static_cast<std::uint32_t>(size));
    return *this;
}

Writer& Writer::integer(Tag tag, std::int32_t value) {
    wire::store32(header(tag, Type::kInteger, 4), static_cast<std::uint32_t>(value));
    return *this;
}

Writer& Writer::long_integer(Tag tag, std::int64_t value) {
    wire::store64(header(tag, Type::kLongInteger, 8), static_cast<std::uint64_t>(value));
    return *this;
}

Writer& Writer::big_integer(Tag tag, BytesView magnitude) {
    const auto first = std::find_if(magnitude.begin(), magnitude.end(),
                                    [](std::uint8_t octet) { return octet != 0; });
    const BytesView digits = magnitude.subspan(
        static_cast<std::size_t>(first - magnitude.begin()));
    // A set top bit would be a sign: one more byte, and so eight of them.
    const std::size_t sign = digits.empty() || (digits[0] & 0x80) != 0 ? 1 : 0;
    const std::size_t length = wire::padded(digits.size() + sign);
    std::uint8_t* const value = header(tag, Type::kBigInteger, length);
    std::copy(digits.begin(), digits.end(), value + (length - digits.size()));
    return *this;
}

Writer& Writer::enumeration(Tag tag, std::uint32_t value) {
    wire::store32(header(tag, Type::kEnumeration, 4), value);
    return *this;
}

Writer& Writer::boolean(Tag tag, bool value) {
    header(tag, Type::kBoolean, 8)[7] = value ? 1 : 0;
    return *this;
}

Writer& Writer::text(Tag tag, std::string_view value) {
    return primitive(tag, Type::kTextString, as_bytes(value));
}

Writer& Writer::bytes(Tag tag, BytesView value) {
    return primitive(tag, Type::kByteString, value);
}

Writer& Writer::date_time(Tag tag, WallTime value) {
    wire::store64(header(tag, Type::kDateTime, 8), static_cast<std::uint64_t>(value.seconds()));
    return *this;
}

Writer& Writer::interval(Tag tag, std::uint32_t seconds) {
    wire::store32(header(tag, Type::kInterval, 4), seconds);
    return *this;
}

Writer& Writer::item(BytesView encoded) {
    CH_CHECK(encoded.size() >= header_bytes && encoded.size() % 8 == 0);
    make_room(out_, encoded.size());
    out_.insert(out_.end(), encoded.begin(), encoded.end());
    return *this;
}

Writer& Writer::item_as(Tag tag, BytesView encoded) {
    const std::size_t at = out_.size();
    item(encoded);
    wire::store32(out_.data() + at, tag << 8 | encoded[3]);
    return *this;
}

Writer& Writer::primitive(Tag tag, Type type, BytesView value) {
    CH_CHECK(type != Type::kStructure);
    std::uint8_t* const at = header(tag, type, value.size());
    std::copy(value.begin(), value.end(), at);
    return *this;
}

void Writer::rewind(std::size_t size) {
    CH_CHECK(size <= out_.size());
    while (open_ != kNoneOpen && open_ >= size) {
        open_ = wire::load32(out_.data() + open_ + 4);
    }
    wipe(out_.data() + size, out_.size() - size);
    out_.resize(size);
}

}  // namespace chatelaine::ttlv

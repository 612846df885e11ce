#include "ttlv/ttlv.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/encoding.hpp"
#include "ttlv/names.hpp"
#include "ttlv/wire.hpp"

namespace chatelaine::ttlv {
namespace {

constexpr std::string_view kWhere = "ttlv";

Error malformed(std::size_t at, std::string_view what) {
    return {Code::kMalformed, kWhere, "at byte " + std::to_string(at) + ": " + std::string(what)};
}

Error too_large(std::string_view what) { return {Code::kTooLarge, kWhere, std::string(what)}; }

bool is_zero(const std::uint8_t* bytes, std::size_t size) {
    std::uint8_t all = 0;
    for (std::size_t i = 0; i < size; ++i) {
        all |= bytes[i];
    }
    return all == 0;
}

/// What a value of that type may be as long as; the padding is apart.
bool length_fits(Type type, std::size_t length) {
    switch (type) {
        case Type::kInteger:
        case Type::kEnumeration:
        case Type::kInterval:
            return length == 4;
        case Type::kLongInteger:
        case Type::kBoolean:
        case Type::kDateTime:
        case Type::kDateTimeExtended:
            return length == 8;
        case Type::kBigInteger:
            return length != 0 && length % 8 == 0;
        case Type::kStructure:
            return length % 8 == 0;
        case Type::kTextString:
        case Type::kByteString:
            return true;
    }
    return false;
}

}  // namespace

std::string_view type_name(Type type) {
    switch (type) {
        case Type::kStructure: return "Structure";
        case Type::kInteger: return "Integer";
        case Type::kLongInteger: return "LongInteger";
        case Type::kBigInteger: return "BigInteger";
        case Type::kEnumeration: return "Enumeration";
        case Type::kBoolean: return "Boolean";
        case Type::kTextString: return "TextString";
        case Type::kByteString: return "ByteString";
        case Type::kDateTime: return "DateTime";
        case Type::kInterval: return "Interval";
        case Type::kDateTimeExtended: return "DateTimeExtended";
    }
    return {};
}

Result<std::optional<std::size_t>> message_size(BytesView begin, std::size_t message_bytes_max) {
    if (begin.size() >= 4 && begin[3] != static_cast<std::uint8_t>(Type::kStructure)) {
        return malformed(3, "a message begins with a structure");
    }
    if (begin.size() < header_bytes) {
        return std::optional<std::size_t>{};
    }
    const std::size_t size = header_bytes + wire::load32(begin.data() + 4);
    if (size % 8 != 0) {
        return malformed(4, "the length of a structure is a multiple of 8");
    }
    if (size > message_bytes_max) {
        return too_large("the message claims " + std::to_string(size) + " bytes, at most " +
                         std::to_string(message_bytes_max) + " are taken");
    }
    return std::optional<std::size_t>{size};
}

// ---- Document ----

/// One pass without recursion: the structures that are open stand in an array of fixed size. Steps
/// give false once error_ is set, which costs an item nothing.
class Parser {
public:
    using Node = Document::Node;

    Parser(BytesView message, const Limits& limits, std::vector<Node>& nodes)
        : message_(message), nodes_(nodes),
          depth_max_(std::min(limits.depth_max, depth_hard_max)),
          items_max_(std::min<std::size_t>(limits.items_max, 0xffff'ffff)) {}

    Result<void> run() {
        // Values take 16 bytes and more, headers of structures 8: for most the only allocation.
        nodes_.reserve(std::min(message_.size() / 12 + 1, kNodesReservedMax));
        levels_[0] = {message_.size(), 0, 0};
        bool good = item();
        while (good && depth_ != 0) {
            if (at_ == levels_[depth_].end) {
                --depth_;
            } else {
                good = item();
            }
        }
        if (good && at_ != message_.size()) {
            fail(at_, "the message goes on after its end");
        }
        if (error_) {
            return *std::move(error_);
        }
        return ok();
    }

private:
    static constexpr std::size_t kNodesReservedMax = 512;

    struct Level {
        std::size_t end;
        std::uint32_t parent;
        std::uint32_t last;  ///< the member before, 0 = none: the root is nobody's member
    };

    bool fail(std::size_t at, std::string_view what) {
        error_ = malformed(at, what);
        return false;
    }

    bool item() {
        Level& level = levels_[depth_];
        if (level.end - at_ < header_bytes) {
            return fail(at_, "no room for the header of an item");
        }
        const std::uint8_t* const header = message_.data() + at_;
        const auto type = static_cast<Type>(header[3]);
        const std::size_t length = wire::load32(header + 4);
        if (header[3] == 0 || header[3] > static_cast<std::uint8_t>(Type::kDateTimeExtended)) {
            return fail(at_ + 3, "not an item type");
        }
        if (length > level.end - at_ - header_bytes) {
            return fail(at_ + 4, "the item is longer than what it lies in");
        }
        if (!length_fits(type, length)) {
            return fail(at_ + 4, "a length that the item type does not have");
        }
        if (nodes_.size() >= items_max_) {
            error_ = too_large("more than " + std::to_string(items_max_) + " items in a message");
            return false;
        }
        const auto index = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back({wire::load32(header) >> 8, type, static_cast<std::uint32_t>(at_),
                          static_cast<std::uint32_t>(length), 0, false});
        if (level.last != 0) {
            nodes_[level.last].next = index;
        } else if (index != 0) {
            nodes_[level.parent].has_members = true;
        }
        level.last = index;
        at_ += header_bytes;
        return type == Type::kStructure ? open(index, length) : value(type, length, level.end);
    }

    bool open(std::uint32_t index, std::size_t length) {
        if (depth_ + 1 > depth_max_) {
            error_ = too_large("more than " + std::to_string(depth_max_) + " structures deep");
            return false;
        }
        ++depth_;
        levels_[depth_] = {at_ + length, index, 0};
        return true;
    }

    bool value(Type type, std::size_t length, std::size_t end) {
        const std::uint8_t* const bytes = message_.data() + at_;
        const std::size_t padded = wire::padded(length);
        if (padded > end - at_) {
            return fail(at_ + length, "the padding is missing");
        }
        if (!is_zero(bytes + length, padded - length)) {
            return fail(at_ + length, "padding that is not zero");
        }
        if (type == Type::kBoolean && wire::load64(bytes) > 1) {
            return fail(at_, "a boolean that is neither 0 nor 1");
        }
        if (type == Type::kTextString && !is_utf8(as_text({bytes, length}))) {
            return fail(at_, "a text that is not UTF-8");
        }
        at_ += padded;
        return true;
    }

    BytesView message_;
    std::vector<Node>& nodes_;
    std::size_t depth_max_;
    std::size_t items_max_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::optional<Error> error_;
    std::array<Level, depth_hard_max + 1> levels_;  // left unset: only what is open is read
};

Result<Document> Document::parse(BytesView message, const Limits& limits) {
    if (message.size() > std::min<std::size_t>(limits.message_bytes_max, 0xffff'ffff)) {
        return too_large("a message of " + std::to_string(message.size()) + " bytes");
    }
    Document document;
    document.message_ = message;
    CH_TRY_VOID(Parser(message, limits, document.nodes_).run());
    return document;
}

// ---- Item ----

Tag Item::tag() const { return tag_; }

Type Item::type() const {
    CH_CHECK(document_ != nullptr);
    return document_->nodes_[index_].type;
}

BytesView Item::value() const {
    CH_CHECK(document_ != nullptr);
    const Document::Node& node = document_->nodes_[index_];
    return document_->message_.subspan(node.offset + header_bytes, node.length);
}

BytesView Item::encoded() const {
    CH_CHECK(document_ != nullptr);
    const Document::Node& node = document_->nodes_[index_];
    return document_->message_.subspan(node.offset, header_bytes + wire::padded(node.length));
}

Item Item::first() const {
    if (document_ == nullptr || !document_->nodes_[index_].has_members) {
        return {};
    }
    return {document_, index_ + 1, document_->nodes_[index_ + 1].tag};
}

Item Item::next() const {
    const std::uint32_t next = document_ == nullptr ? 0 : document_->nodes_[index_].next;
    if (next == 0) {
        return {};
    }
    return {document_, next, document_->nodes_[next].tag};
}

Item Item::find(Tag tag) const {
    if (document_ == nullptr || !document_->nodes_[index_].has_members) {
        return {nullptr, 0, tag};
    }
    std::uint32_t at = index_ + 1;
    do {
        if (document_->nodes_[at].tag == tag) {
            return {document_, at, tag};
        }
        at = document_->nodes_[at].next;
    } while (at != 0);
    return {nullptr, 0, tag};
}

std::size_t Item::count(Tag tag) const {
    std::size_t found = 0;
    for (Item member = first(); member; member = member.next()) {
        if (member.tag() == tag) {
            ++found;
        }
    }
    return found;
}

Result<BytesView> Item::value_of(Type type) const {
    if (document_ == nullptr) {
        return Error::missing(kWhere, tag_text(tag_));
    }
    if (document_->nodes_[index_].type != type) {
        return Error(Code::kMalformed, kWhere,
                     "the item type is " + std::string(type_name(this->type())) + ", expected " +
                         std::string(type_name(type)))
            .in_field(tag_text(tag_));
    }
    return value();
}

Result<std::int32_t> Item::integer() const {
    CH_TRY(const BytesView bytes, value_of(Type::kInteger));
    return static_cast<std::int32_t>(wire::load32(bytes.data()));
}

Result<std::int64_t> Item::long_integer() const {
    CH_TRY(const BytesView bytes, value_of(Type::kLongInteger));
    return static_cast<std::int64_t>(wire::load64(bytes.data()));
}

Result<BytesView> Item::big_integer() const { return value_of(Type::kBigInteger); }

Result<std::uint32_t> Item::enumeration() const {
    CH_TRY(const BytesView bytes, value_of(Type::kEnumeration));
    return wire::load32(bytes.data());
}

Result<bool> Item::boolean() const {
    CH_TRY(const BytesView bytes, value_of(Type::kBoolean));
    return bytes[7] != 0;
}

Result<std::string_view> Item::text() const {
    CH_TRY(const BytesView bytes, value_of(Type::kTextString));
    return as_text(bytes);
}

Result<BytesView> Item::bytes() const { return value_of(Type::kByteString); }

Result<WallTime> Item::date_time() const {
    if (document_ != nullptr && type() == Type::kDateTimeExtended) {
        return WallTime{static_cast<std::int64_t>(wire::load64(value().data()))};
    }
    CH_TRY(const BytesView bytes, value_of(Type::kDateTime));
    const auto seconds = static_cast<std::int64_t>(wire::load64(bytes.data()));
    constexpr std::int64_t kSecondsMax = std::numeric_limits<std::int64_t>::max() / 1'000'000;
    if (seconds > kSecondsMax || seconds < -kSecondsMax) {
        return Error(Code::kMalformed, kWhere, "a date beyond what a clock shows")
            .in_field(tag_text(tag_));
    }
    return WallTime::from_seconds(seconds);
}

Result<std::uint32_t> Item::interval() const {
    CH_TRY(const BytesView bytes, value_of(Type::kInterval));
    return wire::load32(bytes.data());
}

Result<void> Item::structure() const {
    CH_TRY_VOID(value_of(Type::kStructure));
    return ok();
}

}  // namespace chatelaine::ttlv

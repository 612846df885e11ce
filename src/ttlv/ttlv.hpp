#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

/// TTLV, the binary encoding of KMIP (1.4 section 9.1, 2.1 section 10.1), as pure functions between
/// bytes and a bounded tree. Nothing is copied: a Document keeps places in the message, so that the
/// message must outlive it. No length field allocates; a message that does not fit is refused
/// before anything is made of it. The XML and JSON forms (text.hpp) are transcoded to these bytes
/// and back, so there is one tree, whatever came over the wire.

namespace chatelaine::ttlv {

/// Three bytes on the wire; 0x42xxxx standard, 0x54xxxx extensions. Names in names.hpp.
using Tag = std::uint32_t;

/// Item Type, one byte (KMIP 2.1 section 10.1.1; Date Time Extended from 2.0 on).
enum class Type : std::uint8_t {
    kStructure = 1, kInteger = 2, kLongInteger = 3, kBigInteger = 4, kEnumeration = 5,
    kBoolean = 6, kTextString = 7, kByteString = 8, kDateTime = 9, kInterval = 10,
    kDateTimeExtended = 11
};
/// "Structure", "Integer" …: for errors. Empty for another number.
std::string_view type_name(Type type);

struct Limits {
    std::size_t message_bytes_max = std::size_t{1} << 20;
    std::size_t depth_max = 32;
    std::size_t items_max = 100'000;  ///< in the whole message
};

inline constexpr std::size_t header_bytes = 8;

/// How many bytes the message is that begins with these: nothing while fewer than header_bytes are
/// there. kMalformed when it cannot be a KMIP message (its first item is no structure), kTooLarge
/// above `message_bytes_max`. For framing a stream; looks at the first eight bytes alone.
Result<std::optional<std::size_t>> message_size(BytesView begin, std::size_t message_bytes_max);

class Document;

/// One item of a Document; cheap to copy, lives as long as the document. An absent item
/// (is_absent()) is what find() gives for a tag that is not there: its getters are
/// kMissingArgument naming the tag. Getters check the item type: kMalformed naming the tag.
class Item {
public:
    Item() = default;
    bool is_absent() const { return document_ == nullptr; }
    explicit operator bool() const { return document_ != nullptr; }

    Tag tag() const;  ///< also of an absent one: what was looked for
    Type type() const;
    /// The value's bytes as on the wire, without padding; a structure's members.
    BytesView value() const;
    /// Header, value and padding.
    BytesView encoded() const;

    /// A structure's members in their order. Absent at the end; on what is no structure too.
    Item first() const;
    Item next() const;
    /// The first member of that tag, or an absent item.
    Item find(Tag tag) const;
    /// How many members have that tag.
    std::size_t count(Tag tag) const;

    Result<std::int32_t> integer() const;
    Result<std::int64_t> long_integer() const;
    /// Two's complement, big-endian, as on the wire.
    Result<BytesView> big_integer() const;
    Result<std::uint32_t> enumeration() const;
    Result<bool> boolean() const;
    Result<std::string_view> text() const;  ///< UTF-8, checked when the document was parsed
    Result<BytesView> bytes() const;
    Result<WallTime> date_time() const;     ///< Date Time, or Date Time Extended
    Result<std::uint32_t> interval() const; ///< seconds
    /// kMalformed unless it is a structure, kMissingArgument when it is absent.
    Result<void> structure() const;

private:
    friend class Document;
    Item(const Document* document, std::uint32_t index, Tag tag)
        : document_(document), index_(index), tag_(tag) {}
    Result<BytesView> value_of(Type type) const;
    const Document* document_ = nullptr;
    std::uint32_t index_ = 0;
    Tag tag_ = 0;
};

/// A parsed message: a flat list of where its items lie. Threads: any, once made.
class Document {
public:
    /// Exactly one item that fills `message`. Checked: types, the lengths of fixed types, padding
    /// (must be zero), that members fill their structure, booleans 0 or 1, UTF-8, big integers a
    /// multiple of 8 bytes, depth and counts. kMalformed says at which byte; kTooLarge.
    static Result<Document> parse(BytesView message, const Limits& limits = {});

    Item root() const { return {this, 0, nodes_[0].tag}; }

    Document(Document&&) = default;
    Document& operator=(Document&&) = default;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

private:
    friend class Item;
    friend class Parser;
    struct Node {
        Tag tag = 0;
        Type type{};
        std::uint32_t offset = 0;  ///< of the header
        std::uint32_t length = 0;  ///< of the value, without padding
        std::uint32_t next = 0;    ///< the sibling, 0 = none
        bool has_members = false;  ///< the first is the following node
    };
    Document() = default;
    BytesView message_;
    std::vector<Node> nodes_;
};

/// Writes items to the end of a buffer. The buffer may hold key material: when it grows, what it
/// leaves behind is wiped; the owner wipes it at the end. Threads: one.
class Writer {
public:
    /// Appends to `out`, which must outlive the writer.
    explicit Writer(Bytes& out) : out_(out) {}

    /// A structure; what is written until end() goes into it. CH_CHECKed to nest.
    Writer& begin(Tag tag);
    Writer& end();

    Writer& integer(Tag tag, std::int32_t value);
    Writer& long_integer(Tag tag, std::int64_t value);
    /// Unsigned, big-endian: written as two's complement with the zero bytes that it needs.
    Writer& big_integer(Tag tag, BytesView magnitude);
    Writer& enumeration(Tag tag, std::uint32_t value);
    template <class Value>
        requires std::is_enum_v<Value>
    Writer& enumeration(Tag tag, Value value) {
        return enumeration(tag, static_cast<std::uint32_t>(value));
    }
    Writer& boolean(Tag tag, bool value);
    Writer& text(Tag tag, std::string_view value);
    Writer& bytes(Tag tag, BytesView value);
    Writer& date_time(Tag tag, WallTime value);  ///< cut to seconds
    Writer& interval(Tag tag, std::uint32_t seconds);
    /// A whole encoded item (Item::encoded()), perhaps under another tag.
    Writer& item(BytesView encoded);
    Writer& item_as(Tag tag, BytesView encoded);
    /// A primitive of any type from its value's bytes as on the wire: padding is added.
    Writer& primitive(Tag tag, Type type, BytesView value);

    std::size_t size() const { return out_.size(); }
    /// Cuts back to an earlier size(), wiping what is dropped (an answer that became too large).
    /// Open structures begun after it are forgotten.
    void rewind(std::size_t size);

private:
    std::uint8_t* header(Tag tag, Type type, std::size_t length);
    Bytes& out_;
    /// Where the innermost open structure began; its length field says where the one around it did.
    std::uint32_t open_ = kNoneOpen;
    static constexpr std::uint32_t kNoneOpen = 0xffff'ffff;
};

}  // namespace chatelaine::ttlv

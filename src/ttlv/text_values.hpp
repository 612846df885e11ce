#pragma once

#include <limits>
#include <vector>

#include "ttlv/name_table.hpp"
#include "ttlv/names.hpp"
#include "ttlv/ttlv.hpp"
#include "ttlv/wire.hpp"

/// What the XML and the JSON form have in common: values as text, and which names a value has. For
/// this room only.

namespace chatelaine::ttlv {

/// The tag whose names a value has. An Attribute Value of 1.x has those of the attribute that the
/// Attribute Name before it in the same structure names; any other item its own.
class NameContext {
public:
    void see(Tag tag, std::string_view text) {
        if (tag == tag::kAttributeName) {
            attribute_ = tag_from_name(text).value_or(tag::kAttributeValue);
        }
    }
    Tag names_of(Tag tag) const { return tag == tag::kAttributeValue ? attribute_ : tag; }

private:
    Tag attribute_ = tag::kAttributeValue;
};

/// Builds TTLV bytes from items whose values are text, within the limits. What it decoded on the
/// way is wiped.
class TextBuilder {
public:
    TextBuilder(Bytes& out, const Limits& limits);
    ~TextBuilder();
    TextBuilder(const TextBuilder&) = delete;
    TextBuilder& operator=(const TextBuilder&) = delete;

    Result<void> begin(Tag tag);
    void end();
    /// Any type but a structure. Errors say what was expected, not where.
    Result<void> value(Tag tag, Type type, std::string_view text);

private:
    Result<void> count_item();
    Result<void> integer(Tag tag, std::string_view text);
    Result<void> big_integer(Tag tag, std::string_view text);
    Result<void> enumeration(Tag tag, std::string_view text);
    Result<void> date(Tag tag, Type type, std::string_view text);
    /// Decodes to `scratch_`; false when it is not hexadecimal or of an odd length.
    bool decode_hex_text(std::string_view text);

    Writer writer_;
    Limits limits_;
    std::size_t items_ = 0;
    std::vector<NameContext> levels_;  ///< one for each open structure, and one around them
    Bytes scratch_;
};

/// What bounds a message that is written as text: its own size.
inline Limits text_limits(BytesView message) {
    return {.message_bytes_max = message.size(),
            .depth_max = depth_hard_max,
            .items_max = message.size()};
}

/// "Structure", "0x01": an item type as both forms write it.
std::optional<Type> type_from_text(std::string_view text);

Error text_error(std::string message);

/// A mask's bits as names, what has none in hexadecimal; "0" when no bit is set.
std::string mask_text(Tag tag, std::uint32_t mask, char separator);
/// In RFC 3339, or in hexadecimal when its year has not four digits.
std::string date_text(Item item);
/// "0x" and 16 digits.
std::string hex_text_64(std::uint64_t value);
/// Upper-case digits, as both forms write bytes.
void append_hex(std::string& out, BytesView bytes);

}  // namespace chatelaine::ttlv

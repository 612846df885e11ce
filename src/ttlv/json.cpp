#include "base/json.hpp"

#include <algorithm>
#include <charconv>

#include "ttlv/text.hpp"
#include "ttlv/text_values.hpp"

namespace chatelaine::ttlv {
namespace {

/// Numbers of JSON are exact below this in any reader (KMIP Profiles 1.4 section 5.5.1.5).
constexpr std::int64_t kExactMax = std::int64_t{1} << 52;

Error at(json::Value value, std::string_view what) {
    return text_error(std::string(what)).in_field(value.path());
}

Result<void> read_item(TextBuilder& builder, json::Value item);

Result<void> read_members(TextBuilder& builder, Tag tag, json::Value item) {
    const json::Value members = item.member("value");
    if (!members.is_array()) {
        return at(item, "a structure's value is an array");
    }
    CH_TRY_VOID(builder.begin(tag));
    for (json::Value member = members.first(); member.exists(); member = member.next()) {
        CH_TRY_VOID(read_item(builder, member));
    }
    builder.end();
    return ok();
}

/// The number as a big integer's digits: decimal in JSON, hexadecimal in a string.
std::optional<std::string> big_digits(std::string_view number) {
    std::int64_t value = 0;
    const char* const end = number.data() + number.size();
    const auto [after, error] = std::from_chars(number.data(), end, value);
    return error == std::errc{} && after == end
               ? std::optional(hex_text_64(static_cast<std::uint64_t>(value)))
               : std::nullopt;
}

Result<void> read_value(TextBuilder& builder, Tag tag, Type type, json::Value value) {
    switch (value.type()) {
        case json::Type::kString: {
            CH_TRY(const std::string_view text, value.string());
            return builder.value(tag, type, text);
        }
        case json::Type::kNumber:
            if (type == Type::kBigInteger) {
                const auto digits = big_digits(value.number_text());
                return digits ? builder.value(tag, type, *digits)
                              : text_error("expected an integer, or a string of its digits");
            }
            if (type == Type::kInteger || type == Type::kLongInteger || type == Type::kInterval ||
                type == Type::kEnumeration) {
                return builder.value(tag, type, value.number_text());
            }
            break;
        case json::Type::kBool:
            if (type == Type::kBoolean) {
                return builder.value(tag, type, *value.boolean() ? "true" : "false");
            }
            break;
        case json::Type::kNull:
        case json::Type::kArray:
        case json::Type::kObject:
            break;
    }
    return text_error("not a value of this item type");
}

Result<void> read_item(TextBuilder& builder, json::Value item) {
    if (!item.is_object()) {
        return at(item, "an item is an object with tag, type and value");
    }
    for (json::Value member = item.first(); member.exists(); member = member.next()) {
        const std::string_view name = member.member_name();
        if (name != "tag" && name != "name" && name != "type" && name != "value") {
            return at(member, "an item has tag, name, type and value");
        }
    }
    const json::Value tag_given = item.member("tag");
    const auto tag = tag_given.is_string() ? tag_from_text(*tag_given.string()) : std::nullopt;
    if (!tag) {
        return at(item, "tag is not the name or number of one");
    }
    const json::Value type_given = item.member("type");
    const auto type = !type_given.exists()     ? Type::kStructure
                      : type_given.is_string() ? type_from_text(*type_given.string())
                                               : std::nullopt;
    if (!type) {
        return at(item, "type is not the name or number of one");
    }
    if (type == Type::kStructure) {
        return read_members(builder, *tag, item);
    }
    const json::Value value = item.member("value");
    if (!value.exists()) {
        return at(item, "value is missing");
    }
    auto done = read_value(builder, *tag, *type, value);
    if (!done && done.error().code() == Code::kMalformed) {
        return std::move(done).error().in_field(value.path());
    }
    return done;
}

class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : writer_(out) {}
    ~JsonWriter() { wipe(digits_); }
    JsonWriter(const JsonWriter&) = delete;
    JsonWriter& operator=(const JsonWriter&) = delete;

    void item(Item item, NameContext& context) {
        writer_.begin_object();
        writer_.member("tag", std::string_view(tag_text(item.tag())));
        if (item.type() == Type::kStructure) {
            writer_.key("value").begin_array();
            NameContext members;
            for (Item member = item.first(); member; member = member.next()) {
                this->item(member, members);
            }
            writer_.end_array();
        } else {
            writer_.member("type", type_name(item.type())).key("value");
            value(item, context);
        }
        writer_.end_object();
    }

private:
    void value(Item item, NameContext& context) {
        const Tag names = context.names_of(item.tag());
        const BytesView bytes = item.value();
        switch (item.type()) {
            case Type::kStructure:
                break;
            case Type::kInteger: {
                const std::uint32_t bits = wire::load32(bytes.data());
                if (is_mask(names)) {
                    writer_.string(mask_text(names, bits, '|'));
                } else {
                    writer_.integer(static_cast<std::int32_t>(bits));
                }
                break;
            }
            case Type::kLongInteger: {
                const auto number = static_cast<std::int64_t>(wire::load64(bytes.data()));
                if (number > -kExactMax && number < kExactMax) {
                    writer_.integer(number);
                } else {
                    writer_.string(hex_text_64(static_cast<std::uint64_t>(number)));
                }
                break;
            }
            case Type::kBigInteger:
                hex("0x", bytes);
                break;
            case Type::kByteString:
                hex("", bytes);
                break;
            case Type::kEnumeration:
                writer_.string(enumeration_text(names, wire::load32(bytes.data())));
                break;
            case Type::kBoolean:
                writer_.boolean(bytes[7] != 0);
                break;
            case Type::kTextString:
                context.see(item.tag(), as_text(bytes));
                writer_.string(as_text(bytes));
                break;
            case Type::kDateTime:
            case Type::kDateTimeExtended:
                writer_.string(date_text(item));
                break;
            case Type::kInterval:
                writer_.integer(wire::load32(bytes.data()));
                break;
        }
    }

    void hex(std::string_view before, BytesView bytes) {
        wipe(digits_);
        digits_.reserve(before.size() + 2 * bytes.size());
        digits_ += before;
        append_hex(digits_, bytes);
        writer_.string(digits_);
    }

    json::Writer writer_;
    std::string digits_;
};

}  // namespace

Result<Bytes> from_json(std::string_view text, const Limits& limits) {
    if (text.size() > limits.message_bytes_max) {
        return Error(Code::kTooLarge, "ttlv",
                     "a JSON text of " + std::to_string(text.size()) + " bytes");
    }
    // A structure is an object and an array; an item is an object and up to four values.
    const std::size_t depth_max = std::min(limits.depth_max, depth_hard_max);
    static_assert(2 * depth_hard_max + 2 <= json::depth_hard_max);
    const json::Limits tree{.depth_max = 2 * depth_max + 2,
                            .values_max = 5 * std::min<std::size_t>(limits.items_max, 1 << 24)};
    CH_TRY(const json::Document document, json::Document::parse(text, {tree, false}));
    Bytes out;
    out.reserve(text.size() / 2);
    TextBuilder builder(out, limits);
    auto done = read_item(builder, document.root());
    if (done && out.size() > limits.message_bytes_max) {
        done = Error(Code::kTooLarge, "ttlv", "a JSON text that is too many bytes as TTLV");
    }
    if (!done) {
        wipe(out.data(), out.size());
        return std::move(done).error();
    }
    return out;
}

Result<std::string> to_json(BytesView message) {
    CH_TRY(const Document document, Document::parse(message, text_limits(message)));
    std::string out;
    out.reserve(4096 + 10 * message.size());
    NameContext context;
    JsonWriter(out).item(document.root(), context);
    return out;
}

}  // namespace chatelaine::ttlv

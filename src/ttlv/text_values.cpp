#include "ttlv/text_values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "base/encoding.hpp"

namespace chatelaine::ttlv {
namespace {

constexpr std::string_view kSeparators = " \t\r\n|";

/// What RFC 3339 can write: the years 0001 to 9999.
constexpr std::int64_t kSecondsMin = -62'135'596'800;
constexpr std::int64_t kSecondsMax = 253'402'300'799;

bool is_hex_text(std::string_view text) {
    return text.starts_with("0x") || text.starts_with("0X");
}

/// A decimal number, or the bits of one in hexadecimal ("0xFFFFFFFF" is -1).
template <class Number>
std::optional<Number> number_from(std::string_view text) {
    using Unsigned = std::make_unsigned_t<Number>;
    const char* const end = text.data() + text.size();
    if (is_hex_text(text)) {
        Unsigned bits = 0;
        const auto [at, error] = std::from_chars(text.data() + 2, end, bits, 16);
        return error == std::errc{} && at == end ? std::optional(static_cast<Number>(bits))
                                                 : std::nullopt;
    }
    Number number = 0;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && at == end ? std::optional(number) : std::nullopt;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char folded = static_cast<char>(c | 0x20);
    return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

std::array<std::uint8_t, 8> octets_of(std::int64_t value) {
    std::array<std::uint8_t, 8> octets{};
    wire::store64(octets.data(), static_cast<std::uint64_t>(value));
    return octets;
}

}  // namespace

Error text_error(std::string message) { return {Code::kMalformed, "ttlv", std::move(message)}; }

TextBuilder::TextBuilder(Bytes& out, const Limits& limits)
    : writer_(out), limits_(limits), levels_(1) {
    levels_.reserve(16);
}

TextBuilder::~TextBuilder() { wipe(scratch_.data(), scratch_.size()); }

Result<void> TextBuilder::count_item() {
    if (++items_ > limits_.items_max) {
        return Error(Code::kTooLarge, "ttlv",
                     "more than " + std::to_string(limits_.items_max) + " items in a message");
    }
    if (writer_.size() > limits_.message_bytes_max) {
        return Error(Code::kTooLarge, "ttlv",
                     "more than " + std::to_string(limits_.message_bytes_max) + " bytes of TTLV");
    }
    return ok();
}

Result<void> TextBuilder::begin(Tag tag) {
    CH_TRY_VOID(count_item());
    const std::size_t depth_max = std::min(limits_.depth_max, depth_hard_max);
    if (levels_.size() > depth_max) {
        return Error(Code::kTooLarge, "ttlv",
                     "more than " + std::to_string(depth_max) + " structures deep");
    }
    levels_.emplace_back();
    writer_.begin(tag);
    return ok();
}

void TextBuilder::end() {
    levels_.pop_back();
    writer_.end();
}

Result<void> TextBuilder::value(Tag tag, Type type, std::string_view text) {
    CH_TRY_VOID(count_item());
    switch (type) {
        case Type::kStructure:
            break;
        case Type::kInteger:
            return integer(tag, text);
        case Type::kBigInteger:
            return big_integer(tag, text);
        case Type::kEnumeration:
            return enumeration(tag, text);
        case Type::kDateTime:
        case Type::kDateTimeExtended:
            return date(tag, type, text);
        case Type::kLongInteger:
            if (const auto number = number_from<std::int64_t>(text)) {
                writer_.long_integer(tag, *number);
                return ok();
            }
            return text_error("expected an integer of 64 bits");
        case Type::kInterval:
            if (const auto number = number_from<std::int64_t>(text);
                number && *number >= 0 && *number <= 0xffff'ffff) {
                writer_.interval(tag, static_cast<std::uint32_t>(*number));
                return ok();
            }
            return text_error("expected seconds, an integer of 32 bits without sign");
        case Type::kBoolean:
            if (const auto bit = number_from<std::int64_t>(text); bit == 0 || bit == 1) {
                writer_.boolean(tag, *bit == 1);
                return ok();
            }
            if (text == "true" || text == "false") {
                writer_.boolean(tag, text == "true");
                return ok();
            }
            return text_error("expected true or false");
        case Type::kTextString:
            if (!is_utf8(text)) {
                return text_error("a text that is not UTF-8");
            }
            levels_.back().see(tag, text);
            writer_.text(tag, text);
            return ok();
        case Type::kByteString:
            if (!decode_hex_text(text)) {
                return text_error("expected bytes in hexadecimal");
            }
            writer_.bytes(tag, scratch_);
            return ok();
    }
    return text_error("a structure has members, not a value");
}

Result<void> TextBuilder::integer(Tag tag, std::string_view text) {
    const Tag names = levels_.back().names_of(tag);
    if (const auto number = number_from<std::int32_t>(text)) {
        writer_.integer(tag, *number);
        return ok();
    }
    if (!is_mask(names)) {
        return text_error("expected an integer of 32 bits");
    }
    std::uint32_t mask = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(kSeparators, at), text.size());
        if (end != at) {
            const auto bit = mask_bit_from_text(names, text.substr(at, end - at));
            if (!bit) {
                return text_error("not a name of " + std::string(tag_name(names)));
            }
            mask |= *bit;
        }
        at = end + 1;
    }
    writer_.integer(tag, static_cast<std::int32_t>(mask));
    return ok();
}

Result<void> TextBuilder::big_integer(Tag tag, std::string_view text) {
    if (is_hex_text(text)) {
        text.remove_prefix(2);
    }
    if (text.empty() || !decode_hex_text(text)) {
        return text_error("expected a number in hexadecimal, two's complement");
    }
    const std::size_t missing = wire::padded(scratch_.size()) - scratch_.size();
    if (missing != 0) {
        const std::uint8_t sign = (scratch_[0] & 0x80) != 0 ? 0xff : 0x00;
        scratch_.insert(scratch_.begin(), missing, sign);  // decode_hex_text left room
    }
    writer_.primitive(tag, Type::kBigInteger, scratch_);
    return ok();
}

Result<void> TextBuilder::enumeration(Tag tag, std::string_view text) {
    const Tag names = levels_.back().names_of(tag);
    if (const auto value = enumeration_from_text(names, text)) {
        writer_.enumeration(tag, *value);
        return ok();
    }
    const auto number = number_from<std::int64_t>(text);
    if (number && *number >= 0 && *number <= 0xffff'ffff) {
        writer_.enumeration(tag, static_cast<std::uint32_t>(*number));
        return ok();
    }
    return text_error("not a name of " + tag_text(names) + " and no number in hexadecimal");
}

Result<void> TextBuilder::date(Tag tag, Type type, std::string_view text) {
    std::optional<std::int64_t> value;
    if (is_hex_text(text)) {
        value = number_from<std::int64_t>(text);
    } else {
        auto time = parse_rfc3339(text);
        if (!time) {
            time = parse_rfc3339(std::string(text) + "Z");  // an xsd:dateTime without a zone
        }
        if (time) {
            value = type == Type::kDateTime ? time->seconds() : time->microseconds;
        }
    }
    if (!value) {
        return text_error("expected a date and time as ISO 8601 has them");
    }
    writer_.primitive(tag, type, octets_of(*value));
    return ok();
}

bool TextBuilder::decode_hex_text(std::string_view text) {
    wipe(scratch_.data(), scratch_.size());
    scratch_.clear();
    if (text.size() % 2 != 0) {
        return false;
    }
    scratch_.reserve(text.size() / 2 + 8);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        scratch_.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return true;
}

std::optional<Type> type_from_text(std::string_view text) {
    constexpr auto kLast = static_cast<std::uint8_t>(Type::kDateTimeExtended);
    if (const auto number = from_hex_text(text, kLast); number && *number != 0) {
        return static_cast<Type>(*number);
    }
    for (std::uint8_t number = 1; number <= kLast; ++number) {
        if (type_name(static_cast<Type>(number)) == text) {
            return static_cast<Type>(number);
        }
    }
    return {};
}

std::string mask_text(Tag tag, std::uint32_t mask, char separator) {
    if (mask == 0) {
        return "0";
    }
    std::string text;
    std::uint32_t unnamed = 0;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        const std::uint32_t bit = std::uint32_t{1} << std::countr_zero(rest);
        if (mask_bit_name(tag, bit).empty()) {
            unnamed |= bit;
        } else {
            text.append(text.empty() ? 0 : 1, separator).append(mask_bit_text(tag, bit));
        }
    }
    if (unnamed != 0) {
        text.append(text.empty() ? 0 : 1, separator).append(hex_text(unnamed, 8));
    }
    return text;
}

std::string date_text(Item item) {
    const auto value = static_cast<std::int64_t>(wire::load64(item.value().data()));
    if (item.type() == Type::kDateTimeExtended) {
        const WallTime time{value};
        return time.seconds() < kSecondsMin || time.seconds() > kSecondsMax
                   ? hex_text_64(static_cast<std::uint64_t>(value))
                   : format_rfc3339_micros(time);
    }
    return value < kSecondsMin || value > kSecondsMax
               ? hex_text_64(static_cast<std::uint64_t>(value))
               : format_rfc3339(WallTime::from_seconds(value));
}

std::string hex_text_64(std::uint64_t value) {
    return hex_text(static_cast<std::uint32_t>(value >> 32), 8) +
           hex_text(static_cast<std::uint32_t>(value), 8).substr(2);
}

void append_hex(std::string& out, BytesView bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (const std::uint8_t octet : bytes) {
        out += kDigits[octet >> 4];
        out += kDigits[octet & 0xf];
    }
}

}  // namespace chatelaine::ttlv

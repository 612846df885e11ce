#include "ttlv/names.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <unordered_map>

#include "ttlv/name_table.hpp"

namespace chatelaine::ttlv {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

int compare_folded(std::string_view one, std::string_view other) {
    const std::size_t size = std::min(one.size(), other.size());
    for (std::size_t i = 0; i < size; ++i) {
        const char a = lower(one[i]);
        const char b = lower(other[i]);
        if (a != b) {
            return a < b ? -1 : 1;
        }
    }
    return one.size() == other.size() ? 0 : one.size() < other.size() ? -1 : 1;
}

/// Steps 1 to 3 of the rule: what is no letter or digit becomes a space or an underscore.
std::string words_of(std::string_view name) {
    std::string words;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const char next = i + 1 < name.size() ? name[i + 1] : ' ';
        const char after = i + 2 < name.size() ? name[i + 2] : ' ';
        if (is_digit(c) || is_letter(c) || c == '_' || c == ' ') {
            words += c;
        } else if (c == '(' || c == ')' || (is_letter(next) && is_lower(after))) {
            words += ' ';
        } else {
            words += '_';
        }
    }
    return words;
}

const NameTable& tag_table() {
    static const NameTable table(tag_rows());
    return table;
}

/// Tags whose values are another tag's enumeration.
constexpr struct {
    Tag tag;
    Tag as;
} kShared[] = {
    {tag::kMaskGeneratorHashingAlgorithm, tag::kHashingAlgorithm},
    {tag::kLinkedObjectIdentifier, tag::kUniqueIdentifier},
    {tag::kPrivateKeyUniqueIdentifier, tag::kUniqueIdentifier},
    {tag::kPublicKeyUniqueIdentifier, tag::kUniqueIdentifier},
    {tag::kReplacedUniqueIdentifier, tag::kUniqueIdentifier},
    {tag::kCertificateRequestUniqueIdentifier, tag::kUniqueIdentifier},
};

/// Everything that has named values, by tag.
class Tables {
public:
    Tables() {
        for (const auto& part :
             {algorithm_enumerations(), protocol_enumerations(), profile_enumerations()}) {
            for (const Enumeration& enumeration : part) {
                enumerations_.emplace(enumeration.tag, enumeration.rows);
            }
        }
        for (const auto& [tag, as] : kShared) {
            enumerations_.emplace(tag, enumerations_.at(as));
        }
        // Enumerations of 2.x whose values are tags.
        enumerations_.emplace(tag::kAttributeReference, tag_table());
        enumerations_.emplace(tag::kTag, tag_table());
        for (const Enumeration& mask : masks()) {
            masks_.emplace(mask.tag, mask.rows);
        }
    }

    const NameTable* enumeration(Tag tag) const { return find(enumerations_, tag); }
    const NameTable* mask(Tag tag) const { return find(masks_, tag); }

private:
    using ByTag = std::unordered_map<Tag, NameTable>;
    static const NameTable* find(const ByTag& tables, Tag tag) {
        const auto at = tables.find(tag);
        return at == tables.end() ? nullptr : &at->second;
    }
    ByTag enumerations_;
    ByTag masks_;
};

const Tables& tables() {
    static const Tables made;
    return made;
}

std::string text_in(const NameTable* table, std::uint32_t value) {
    const std::string_view text = table != nullptr ? table->text(value) : std::string_view{};
    return text.empty() ? hex_text(value, 8) : std::string(text);
}

std::optional<std::uint32_t> value_in(const NameTable* table, std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) {
        return from_hex_text(text, 0xffff'ffff);
    }
    return table != nullptr ? table->value(text) : std::nullopt;
}

std::string_view name_in(const NameTable* table, std::uint32_t value) {
    return table != nullptr ? table->name(value) : std::string_view{};
}

}  // namespace

std::string camel_case(std::string_view name) {
    const std::string words = words_of(name);
    std::string_view rest = words;
    std::string text;
    // Step 4: digits that the first word begins with go to its end.
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::size_t word = std::min(rest.find(' '), rest.size());
    if (digits != 0 && digits < word) {
        text.append(rest.substr(digits, word - digits)).append(rest.substr(0, digits));
        rest.remove_prefix(word);
    }
    // Steps 5 and 6: each word begins with a capital, and the spaces go.
    bool begins = text.empty();
    for (const char c : rest) {
        if (c != ' ') {
            text += begins ? upper(c) : c;
        }
        begins = c == ' ';
    }
    return text;
}

std::string hex_text(std::uint32_t value, int digits) {
    std::string text = "0x";
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        text += "0123456789ABCDEF"[value >> shift & 0xf];
    }
    return text;
}

std::optional<std::uint32_t> from_hex_text(std::string_view text, std::uint32_t max) {
    if (text.size() < 3 || text[0] != '0' || lower(text[1]) != 'x') {
        return {};
    }
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + 2, end, value, 16);
    if (error != std::errc{} || at != end || value > max) {
        return {};
    }
    return value;
}

NameTable::NameTable(std::span<const Row> rows) : rows_(rows), by_text_(rows.size()) {
    texts_.reserve(rows.size());
    for (const Row& row : rows) {
        texts_.push_back(camel_case(row.name));
    }
    std::iota(by_text_.begin(), by_text_.end(), 0u);
    std::sort(by_text_.begin(), by_text_.end(), [this](std::uint32_t one, std::uint32_t other) {
        return compare_folded(texts_[one], texts_[other]) < 0;
    });
}

std::size_t NameTable::find(std::uint32_t value) const {
    const auto at = std::lower_bound(
        rows_.begin(), rows_.end(), value,
        [](const Row& row, std::uint32_t wanted) { return row.value < wanted; });
    return at == rows_.end() || at->value != value ? rows_.size()
                                                   : static_cast<std::size_t>(at - rows_.begin());
}

std::string_view NameTable::name(std::uint32_t value) const {
    const std::size_t at = find(value);
    return at == rows_.size() ? std::string_view{} : rows_[at].name;
}

std::string_view NameTable::text(std::uint32_t value) const {
    const std::size_t at = find(value);
    return at == rows_.size() ? std::string_view{} : texts_[at];
}

std::optional<std::uint32_t> NameTable::value(std::string_view text) const {
    const auto at = std::lower_bound(by_text_.begin(), by_text_.end(), text,
                                     [this](std::uint32_t row, std::string_view wanted) {
                                         return compare_folded(texts_[row], wanted) < 0;
                                     });
    if (at == by_text_.end() || compare_folded(texts_[*at], text) != 0) {
        return {};
    }
    return rows_[*at].value;
}

std::string_view tag_name(Tag tag) { return tag_table().name(tag); }

std::string tag_text(Tag tag) {
    const std::string_view text = tag_table().text(tag);
    return text.empty() ? hex_text(tag, 6) : std::string(text);
}

std::optional<Tag> tag_from_text(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) {
        return from_hex_text(text, 0xff'ffff);
    }
    return tag_table().value(text);
}

std::optional<Tag> tag_from_name(std::string_view name) {
    const auto tag = tag_table().value(camel_case(name));
    return tag && tag_name(*tag) == name ? tag : std::nullopt;
}

std::string_view enumeration_name(Tag tag, std::uint32_t value) {
    return name_in(tables().enumeration(tag), value);
}

std::string enumeration_text(Tag tag, std::uint32_t value) {
    return text_in(tables().enumeration(tag), value);
}

std::optional<std::uint32_t> enumeration_from_text(Tag tag, std::string_view text) {
    return value_in(tables().enumeration(tag), text);
}

bool enumeration_has(Tag tag, std::uint32_t value) {
    const NameTable* const table = tables().enumeration(tag);
    return table != nullptr && table->has(value);
}

bool is_mask(Tag tag) { return tables().mask(tag) != nullptr; }

std::string_view mask_bit_name(Tag tag, std::uint32_t bit) {
    return name_in(tables().mask(tag), bit);
}

std::string mask_bit_text(Tag tag, std::uint32_t bit) { return text_in(tables().mask(tag), bit); }

std::optional<std::uint32_t> mask_bit_from_text(Tag tag, std::string_view text) {
    return value_in(tables().mask(tag), text);
}

}  // namespace chatelaine::ttlv

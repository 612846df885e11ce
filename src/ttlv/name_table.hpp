#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ttlv/ttlv.hpp"

/// Tables of numbers and names, and how they are looked up. For this room only.

namespace chatelaine::ttlv {

struct Row {
    template <class Value>
    constexpr Row(Value number, std::string_view text)
        : value(static_cast<std::uint32_t>(number)), name(text) {}
    std::uint32_t value;
    std::string_view name;
};

/// The values of the tag's enumeration or the bits of its mask, ascending.
struct Enumeration {
    Tag tag;
    std::span<const Row> rows;
};

std::span<const Row> tag_rows();
std::span<const Enumeration> masks();
std::span<const Enumeration> algorithm_enumerations();
std::span<const Enumeration> protocol_enumerations();
std::span<const Enumeration> profile_enumerations();

/// "X.509 Certificate Issuer" to "X_509CertificateIssuer": KMIP Profiles 1.4 section 5.4.1.1.
std::string camel_case(std::string_view name);
/// "0x" and `digits` upper-case hexadecimal digits.
std::string hex_text(std::uint32_t value, int digits);
/// What "0x54000F" says; nothing for any other text and above `max`.
std::optional<std::uint32_t> from_hex_text(std::string_view text, std::uint32_t max);

/// Rows found by number and by text.
class NameTable {
public:
    explicit NameTable(std::span<const Row> rows);

    bool has(std::uint32_t value) const { return find(value) != rows_.size(); }
    std::string_view name(std::uint32_t value) const;  ///< empty when it has none
    std::string_view text(std::uint32_t value) const;
    std::optional<std::uint32_t> value(std::string_view text) const;

private:
    std::size_t find(std::uint32_t value) const;
    std::span<const Row> rows_;
    std::vector<std::string> texts_;
    std::vector<std::uint32_t> by_text_;  ///< places in `rows_`, in the order of their texts
};

}  // namespace chatelaine::ttlv

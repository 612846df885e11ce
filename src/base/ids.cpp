#include "base/ids.hpp"

#include "base/check.hpp"
#include "base/random.hpp"

namespace chatelaine {
namespace {

constexpr char kHex[] = "0123456789abcdef";

constexpr std::array<std::int8_t, 256> make_hex_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < 16; ++i) {
        values[static_cast<unsigned char>(kHex[i])] = static_cast<std::int8_t>(i);
        values[static_cast<unsigned char>("0123456789ABCDEF"[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}
constexpr std::array<std::int8_t, 256> kHexValues = make_hex_values();

int hex_value(char c) { return kHexValues[static_cast<unsigned char>(c)]; }

/// Where each octet's two digits stand in the 36 characters.
constexpr std::array<std::uint8_t, 16> kPlaces = {0,  2,  4,  6,  9,  11, 14, 16,
                                                  19, 21, 24, 26, 28, 30, 32, 34};

constexpr std::array<std::array<char, 2>, 256> make_pairs() {
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t octet = 0; octet < 256; ++octet) {
        pairs[octet] = {kHex[octet >> 4], kHex[octet & 15]};
    }
    return pairs;
}
constexpr std::array<std::array<char, 2>, 256> kPairs = make_pairs();

void write_text(const Uuid& id, char* text36) {
    text36[8] = text36[13] = text36[18] = text36[23] = '-';
    for (std::size_t i = 0; i < 16; ++i) {
        std::memcpy(text36 + kPlaces[i], kPairs[id.octets[i]].data(), 2);
    }
}

}  // namespace

Uuid Uuid::random(Random& random) {
    Uuid id;
    random.fill(id.octets);
    id.octets[6] = static_cast<std::uint8_t>((id.octets[6] & 0x0f) | 0x40);
    id.octets[8] = static_cast<std::uint8_t>((id.octets[8] & 0x3f) | 0x80);
    return id;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) {
        return std::nullopt;
    }
    if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') {
        return std::nullopt;
    }
    Uuid id;
    int all = 0;  // negative once a digit is none
    for (std::size_t i = 0; i < 16; ++i) {
        const int high = hex_value(text[kPlaces[i]]);
        const int low = hex_value(text[kPlaces[i] + 1u]);
        all |= high | low;
        id.octets[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return all < 0 ? std::nullopt : std::optional<Uuid>(id);
}

Uuid Uuid::from_octets(BytesView octets16) {
    CH_CHECK(octets16.size() == 16);
    Uuid id;
    std::memcpy(id.octets.data(), octets16.data(), 16);
    return id;
}

std::string Uuid::to_string() const {
    std::string text(36, '\0');
    write_text(*this, text.data());
    return text;
}

void Uuid::append_to(std::string& out) const {
    std::array<char, 36> text;
    write_text(*this, text.data());
    out.append(text.data(), text.size());
}

}  // namespace chatelaine

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

bool dash_before(std::size_t octet) {
    return octet == 4 || octet == 6 || octet == 8 || octet == 10;
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
    std::size_t at = 0;
    int all = 0;  // negative once a digit is none
    for (std::size_t i = 0; i < 16; ++i) {
        if (dash_before(i)) {
            ++at;
        }
        const int high = hex_value(text[at]);
        const int low = hex_value(text[at + 1]);
        all |= high | low;
        id.octets[i] = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
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
    std::array<char, 36> text;
    char* at = text.data();
    for (std::size_t i = 0; i < 16; ++i) {
        if (dash_before(i)) {
            *at++ = '-';
        }
        *at++ = kHex[octets[i] >> 4];
        *at++ = kHex[octets[i] & 15];
    }
    return {text.data(), text.size()};
}

}  // namespace chatelaine

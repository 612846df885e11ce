#include "ttlv/names.hpp"

#include "base/encoding.hpp"

namespace chatelaine::ttlv {

std::string tag_text(Tag tag) {
    const std::uint8_t octets[] = {static_cast<std::uint8_t>(tag >> 16),
                                   static_cast<std::uint8_t>(tag >> 8),
                                   static_cast<std::uint8_t>(tag)};
    std::string text = encode_hex(octets);
    for (char& digit : text) {
        digit = static_cast<char>(digit >= 'a' ? digit - 'a' + 'A' : digit);
    }
    return "0x" + text;
}

}  // namespace chatelaine::ttlv

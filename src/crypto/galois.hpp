#pragma once

#include <cstdint>

/// GF(2^8) modulo x^8 + `Reduction`. No table and no branch depends on the operands. Private to the
/// room.

namespace chatelaine::crypto::galois {

template <unsigned Reduction>
std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
    unsigned product = 0;
    unsigned left = a;
    const unsigned right = b;
    for (unsigned bit = 0; bit < 8; ++bit) {
        product ^= left & (0U - (right >> bit & 1U));
        const unsigned overflow = 0U - (left >> 7 & 1U);
        left = (left << 1 ^ (overflow & Reduction)) & 0xffU;
    }
    return static_cast<std::uint8_t>(product);
}

/// a^254, the inverse of every a but 0.
template <unsigned Reduction>
std::uint8_t inverse(std::uint8_t a) {
    std::uint8_t result = a;
    for (int i = 0; i < 6; ++i) {
        result = multiply<Reduction>(multiply<Reduction>(result, result), a);
    }
    return multiply<Reduction>(result, result);
}

}  // namespace chatelaine::crypto::galois

#pragma once

#include <bit>
#include <cstring>

#include "ttlv/ttlv.hpp"

/// Big-endian numbers and padding as TTLV has them (KMIP 2.1 section 10.1). For this room only.

namespace chatelaine::ttlv {

/// Deeper than any Limits::depth_max may be: a parser's stack has this many places.
inline constexpr std::size_t depth_hard_max = 60;

namespace wire {

static_assert(std::endian::native == std::endian::little);

inline std::uint32_t load32(const std::uint8_t* bytes) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return __builtin_bswap32(value);
}

inline std::uint64_t load64(const std::uint8_t* bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

inline void store32(std::uint8_t* bytes, std::uint32_t value) {
    value = __builtin_bswap32(value);
    std::memcpy(bytes, &value, sizeof value);
}

inline void store64(std::uint8_t* bytes, std::uint64_t value) {
    value = __builtin_bswap64(value);
    std::memcpy(bytes, &value, sizeof value);
}

/// The length with its padding: the next multiple of 8.
constexpr std::size_t padded(std::size_t length) { return (length + 7) & ~std::size_t{7}; }

}  // namespace wire
}  // namespace chatelaine::ttlv

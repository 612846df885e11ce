#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"

/// Little-endian integers and the checksum of the journal's files. Private to audit/.

namespace chatelaine::audit {

/// Writes the low `octets` bytes of `value`; `out` must have room.
inline void put_integer(std::uint8_t* out, std::uint64_t value, std::size_t octets) {
    for (std::size_t i = 0; i < octets; ++i) {
        out[i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

inline std::uint64_t get_integer(const std::uint8_t* in, std::size_t octets) {
    std::uint64_t value = 0;
    for (std::size_t i = octets; i > 0; --i) {
        value = value << 8 | in[i - 1];
    }
    return value;
}

/// CRC-32C (RFC 3720, appendix B.4), going on from `crc` (0 at the start). Finds torn and mixed
/// writes; that nobody altered a batch is the seal's business.
std::uint32_t crc32c(std::uint32_t crc, BytesView bytes);

}  // namespace chatelaine::audit

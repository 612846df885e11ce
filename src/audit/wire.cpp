#include "audit/wire.hpp"

#include <cstring>

namespace chatelaine::audit {

#ifdef __SSE4_2__

std::uint32_t crc32c(std::uint32_t crc, BytesView bytes) {
    std::uint64_t state = ~crc;
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    auto low = static_cast<std::uint32_t>(state);
    for (; left > 0; --left, ++at) {
        low = __builtin_ia32_crc32qi(low, *at);
    }
    return ~low;
}

#else

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value & 1u) != 0 ? value >> 1 ^ 0x82f63b78u : value >> 1;
        }
        table[i] = value;
    }
    return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, BytesView bytes) {
    std::uint32_t state = ~crc;
    for (const std::uint8_t octet : bytes) {
        state = state >> 8 ^ kTable[(state ^ octet) & 0xffu];
    }
    return ~state;
}

#endif

}  // namespace chatelaine::audit

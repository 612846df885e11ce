#include "crypto/block_padding.hpp"

#include <algorithm>

#include "crypto/random.hpp"

namespace chatelaine::crypto {

namespace {

/// All ones when a < b, of small numbers; no branch.
unsigned less_mask(unsigned a, unsigned b) { return 0U - ((a - b) >> 31); }

}  // namespace

Bytes padding_after(std::size_t total, std::size_t block, BlockPadding padding) {
    const std::size_t over = total % block;
    const std::size_t count = block - over;
    Bytes fill(count);
    switch (padding) {
        case BlockPadding::kNone: return {};
        case BlockPadding::kZeros: return over == 0 ? Bytes() : fill;
        case BlockPadding::kPkcs7:
            std::fill(fill.begin(), fill.end(), static_cast<std::uint8_t>(count));
            return fill;
        case BlockPadding::kIso10126:
            system_random().fill(fill);
            fill.back() = static_cast<std::uint8_t>(count);
            return fill;
        case BlockPadding::kAnsiX923: fill.back() = static_cast<std::uint8_t>(count); return fill;
        case BlockPadding::kOneAndZeros: fill.front() = 0x80; return fill;
        case BlockPadding::kEnd: break;
    }
    return {};
}

std::optional<std::size_t> padding_in(BytesView last, BlockPadding padding) {
    const auto block = static_cast<unsigned>(last.size());
    if (padding == BlockPadding::kNone) {
        return 0;
    }
    if (padding == BlockPadding::kZeros || padding == BlockPadding::kOneAndZeros) {
        unsigned zeros = 0;
        unsigned running = ~0U;
        unsigned marker = 0;
        for (std::size_t i = last.size(); i > 0; --i) {
            const unsigned zero = less_mask(last[i - 1], 1);
            marker |= running & ~zero & last[i - 1];
            running &= zero;
            zeros += running & 1U;
        }
        if (padding == BlockPadding::kZeros) {
            return zeros;
        }
        return marker == 0x80 ? std::optional<std::size_t>(zeros + 1) : std::nullopt;
    }
    const unsigned count = last.back();
    unsigned bad = less_mask(count, 1) | less_mask(block, count);
    for (unsigned i = 1; i < block; ++i) {
        const unsigned inside = less_mask(i, count);
        const unsigned byte = last[block - 1 - i];
        const unsigned expected = padding == BlockPadding::kPkcs7 ? count : 0;
        bad |= padding == BlockPadding::kIso10126 ? 0 : inside & (byte ^ expected);
    }
    return bad == 0 ? std::optional<std::size_t>(count) : std::nullopt;
}

}  // namespace chatelaine::crypto

#include "net/proxy_header.hpp"

#include <algorithm>
#include <cstring>

#include "net/bounds.hpp"

namespace chatelaine::net {

namespace {

constexpr std::array<std::uint8_t, 12> kSignature{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                  0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
constexpr std::size_t kFixedBytes = 16;
constexpr std::size_t kInet4Bytes = 12;
constexpr std::size_t kInet6Bytes = 36;

}  // namespace

ProxyHeader parse_proxy_header(BytesView bytes) {
    using State = ProxyHeader::State;
    const std::size_t seen = std::min(bytes.size(), kSignature.size());
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(seen),
                    kSignature.begin())) {
        return {State::kBad, 0, {}};
    }
    if (bytes.size() < kFixedBytes) {
        return {State::kNeedMore, kFixedBytes, {}};
    }
    const std::uint8_t command = bytes[12];
    const std::uint8_t family = bytes[13];
    const std::size_t length = static_cast<std::size_t>(bytes[14]) << 8 | bytes[15];
    const std::size_t size = kFixedBytes + length;
    if ((command != 0x20 && command != 0x21) || size > kProxyHeaderBytesMax) {
        return {State::kBad, 0, {}};
    }
    if (bytes.size() < size) {
        return {State::kNeedMore, size, {}};
    }
    ProxyHeader header{State::kGood, size, {}};
    if (command == 0x20) {
        return header;  // LOCAL: the balancer itself
    }
    Address from{};
    if (family >> 4 == 1) {
        if (length < kInet4Bytes) {
            return {State::kBad, 0, {}};
        }
        from[10] = from[11] = 0xff;
        std::memcpy(from.data() + 12, bytes.data() + kFixedBytes, 4);
        header.from = from;
    } else if (family >> 4 == 2) {
        if (length < kInet6Bytes) {
            return {State::kBad, 0, {}};
        }
        std::memcpy(from.data(), bytes.data() + kFixedBytes, 16);
        header.from = from;
    }
    return header;
}

}  // namespace chatelaine::net

#pragma once

#include <optional>

#include "net/address.hpp"

namespace chatelaine::net {

/// The PROXY protocol, version 2 (haproxy's proxy-protocol.txt, section 2.2), as a pure function of
/// the bytes from the start of the connection. Extensions (TLVs) are let pass unread.
struct ProxyHeader {
    enum class State : std::uint8_t { kNeedMore, kGood, kBad };
    State state = State::kNeedMore;
    std::size_t size = 0;  ///< kGood: octets of the header; kNeedMore: needed in all to go on
    /// The client that the balancer names; empty for LOCAL and for families without an address.
    std::optional<Address> from;
};
ProxyHeader parse_proxy_header(BytesView bytes);

}  // namespace chatelaine::net

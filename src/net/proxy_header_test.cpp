/// Proves the PROXY protocol v2 parser on its bytes: what it takes, what it refuses, and that a
/// header in pieces asks for exactly the octets it lacks.

#include <gtest/gtest.h>

#include "net/bounds.hpp"
#include "net/proxy_header.hpp"

namespace chatelaine::net {
namespace {

using State = ProxyHeader::State;

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

Bytes header(std::uint8_t command, std::uint8_t family, std::string_view addresses) {
    std::string text = kSignature;
    text.push_back(static_cast<char>(command));
    text.push_back(static_cast<char>(family));
    text.push_back(static_cast<char>(addresses.size() >> 8));
    text.push_back(static_cast<char>(addresses.size() & 0xff));
    text += addresses;
    return {text.begin(), text.end()};
}

const std::string kInet4("\xc0\x00\x02\x07\x7f\x00\x00\x01\x12\x34\x01\xbb", 12);

TEST(ProxyHeader, names_the_client) {
    const auto v4 = parse_proxy_header(header(0x21, 0x11, kInet4 + "tlvs"));
    EXPECT_EQ(v4.state, State::kGood);
    EXPECT_EQ(v4.size, 32U);
    EXPECT_EQ(format_address(v4.from.value()), "192.0.2.7");
    std::string inet6(36, '\0');
    inet6[0] = 0x20;
    inet6[1] = 0x01;
    inet6[15] = 1;
    const auto v6 = parse_proxy_header(header(0x21, 0x21, inet6));
    EXPECT_EQ(format_address(v6.from.value()), "2001::1");
}

TEST(ProxyHeader, lets_the_balancers_own_connections_pass) {
    EXPECT_EQ(parse_proxy_header(header(0x20, 0x00, "")).state, State::kGood);
    const auto local = parse_proxy_header(header(0x21, 0x31, std::string(216, 'u')));
    EXPECT_EQ(local.state, State::kGood);
    EXPECT_FALSE(local.from);
}

TEST(ProxyHeader, asks_for_what_is_missing) {
    const Bytes whole = header(0x21, 0x11, kInet4);
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const auto part = parse_proxy_header(BytesView(whole).first(n));
        EXPECT_EQ(part.state, State::kNeedMore);
        EXPECT_EQ(part.size, n < 16 ? 16U : 28U);
    }
}

TEST(ProxyHeader, refuses_what_is_not_one) {
    EXPECT_EQ(parse_proxy_header(as_bytes("\x16\x03\x01")).state, State::kBad);
    EXPECT_EQ(parse_proxy_header(as_bytes("PROXY TCP4 1.2.3.4 ")).state, State::kBad);
    EXPECT_EQ(parse_proxy_header(header(0x11, 0x11, kInet4)).state, State::kBad);
    EXPECT_EQ(parse_proxy_header(header(0x22, 0x11, kInet4)).state, State::kBad);
    EXPECT_EQ(parse_proxy_header(header(0x21, 0x11, kInet4.substr(1))).state, State::kBad);
    EXPECT_EQ(parse_proxy_header(header(0x21, 0x21, std::string(35, 'x'))).state, State::kBad);
    const std::size_t most = kProxyHeaderBytesMax - 16;
    const auto of_size = [](std::size_t size) {
        return parse_proxy_header(header(0x21, 0x11, std::string(size, 'x'))).state;
    };
    EXPECT_EQ(of_size(most), State::kGood);
    EXPECT_EQ(of_size(most + 1), State::kBad);
}

}  // namespace
}  // namespace chatelaine::net

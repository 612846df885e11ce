/// Proves the framing of KMIP messages: every way of cutting the bytes gives the same messages, and
/// what is no message is refused from its first bytes, whatever length it claims.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "net/ttlv_front.hpp"

namespace chatelaine::net {
namespace {

constexpr Front::Limits kLimits{.header_bytes_max = 0, .body_bytes_max = 1024};

Bytes message_of(std::size_t length, std::uint8_t fill) {
    Bytes message{0x42, 0x00, 0x78, 0x01, 0, 0, static_cast<std::uint8_t>(length >> 8),
                  static_cast<std::uint8_t>(length)};
    message.insert(message.end(), length, fill);
    return message;
}

/// Feeds all bytes, taking every message that comes whole.
std::vector<Bytes> feed(TtlvFront& front, BytesView bytes, std::size_t piece) {
    std::vector<Bytes> whole;
    while (!bytes.empty() && front.state() != Front::State::kRejected) {
        const MutableBytesView space = front.space();
        const std::size_t n = std::min({piece, space.size(), bytes.size()});
        std::copy_n(bytes.begin(), n, space.begin());
        front.received(n);
        bytes = bytes.subspan(n);
        while (front.state() == Front::State::kComplete) {
            const BytesView body = front.request().body;
            whole.emplace_back(body.begin(), body.end());
            front.next();
        }
    }
    return whole;
}

int refusal(Bytes bytes) {
    TtlvFront front(kLimits);
    feed(front, bytes, bytes.size());
    return front.state() == Front::State::kRejected ? front.reject_status() : 0;
}

RC_GTEST_PROP(TtlvFront, cuts_do_not_matter, ()) {
    std::vector<Bytes> sent;
    Bytes stream;
    for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
        const auto eights = static_cast<std::size_t>(*rc::gen::inRange(0, 127));
        sent.push_back(message_of(eights * 8, static_cast<std::uint8_t>(i)));
        stream.insert(stream.end(), sent.back().begin(), sent.back().end());
    }
    TtlvFront front(kLimits);
    const auto piece = static_cast<std::size_t>(*rc::gen::inRange(1, 300));
    RC_ASSERT(feed(front, stream, piece) == sent);
    RC_ASSERT(!front.begun());
}

TEST(TtlvFront, a_message_at_the_limit_passes_and_one_over_does_not) {
    TtlvFront front(kLimits);
    EXPECT_EQ(feed(front, message_of(1016, 1), 4096).size(), 1U);
    EXPECT_EQ(refusal(message_of(1024, 1)), 413);
}

TEST(TtlvFront, a_claimed_length_is_refused_before_its_bytes_come) {
    EXPECT_EQ(refusal({0x42, 0x00, 0x78, 0x01, 0xC0, 0, 0, 0}), 413);
}

TEST(TtlvFront, what_is_no_message_is_refused_at_once) {
    EXPECT_EQ(refusal({'G'}), 400);
    EXPECT_EQ(refusal({0x42, 0x00, 0x78, 0x07}), 400);
    EXPECT_EQ(refusal({0x42, 0x00, 0x78, 0x01, 0, 0, 0, 9}), 400);
    EXPECT_EQ(refusal({0x42, 0x00, 0x78, 0x01, 0, 0}), 0);
}

}  // namespace
}  // namespace chatelaine::net

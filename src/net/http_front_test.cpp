/// Proves the bounds and the refusals of the HTTP framing on its pure function: each limit at N and
/// N + 1, each malformed shape, and that how the bytes are cut never changes the outcome.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/limits.hpp"
#include "net/bounds.hpp"
#include "net/http_front.hpp"

namespace chatelaine::net {
namespace {

constexpr HttpFront::Limits kLimits{.header_bytes_max = 1000, .body_bytes_max = 2000};

/// Feeds bytes in pieces of at most `piece`; stops at the first request that is whole.
std::size_t feed(HttpFront& front, std::string_view bytes, std::size_t piece = 1 << 20) {
    std::size_t fed = 0;
    while (fed < bytes.size() && front.state() == HttpFront::State::kNeedMore) {
        const auto space = front.space();
        const std::size_t n = std::min({piece, space.size(), bytes.size() - fed});
        std::memcpy(space.data(), bytes.data() + fed, n);
        front.received(n);
        fed += n;
    }
    return fed;
}

int outcome(std::string_view bytes, const HttpFront::Limits& limits = kLimits) {
    HttpFront front(limits);
    feed(front, bytes);
    switch (front.state()) {
        case HttpFront::State::kNeedMore: return 0;
        case HttpFront::State::kComplete: return 200;
        case HttpFront::State::kRejected: return front.reject_status();
    }
    return -1;
}

std::string header_of(std::size_t size) {
    std::string text = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n";
    text.insert(text.size() - 4, std::string(size - text.size(), 'x'));
    return text;
}

std::string chunked(std::size_t size, std::size_t chunk) {
    std::string text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t done = 0; done < size; done += chunk) {
        const std::size_t n = std::min(chunk, size - done);
        char head[32];
        std::snprintf(head, sizeof head, "%zx\r\n", n);
        text += head + std::string(n, 'b') + "\r\n";
    }
    return text + "0\r\n\r\n";
}

TEST(HttpFront, header_limit) {
    EXPECT_EQ(outcome(header_of(1000)), 200);
    EXPECT_EQ(outcome(header_of(1001)), 431);
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nX: " + std::string(981, 'x')), 0);    // 1000 so far
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nX: " + std::string(982, 'x')), 431);  // 1001
}

TEST(HttpFront, header_limit_counts_no_body_bytes) {
    std::string text = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\nX: \r\n\r\n";
    text.insert(text.size() - 4, std::string(1000 - text.size(), 'x'));
    EXPECT_EQ(outcome(text + std::string(2000, 'b')), 200);
}

TEST(HttpFront, body_limit) {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ";
    EXPECT_EQ(outcome(head + "2000\r\n\r\n" + std::string(2000, 'b')), 200);
    EXPECT_EQ(outcome(head + "2000\r\n\r\n" + std::string(1999, 'b')), 0);
    EXPECT_EQ(outcome(head + "2001\r\n\r\n"), 413);
    EXPECT_EQ(outcome(head + "2001\r\n\r\n" + std::string(2001, 'b')), 413);
    EXPECT_EQ(outcome(head + "18446744073709551615\r\n\r\n"), 413);
    EXPECT_EQ(outcome(head + "18446744073709551616\r\n\r\n"), 400);
}

TEST(HttpFront, chunked_body_limit) {
    for (const std::size_t chunk : {1U, 2U, 700U, 2000U}) {
        EXPECT_EQ(outcome(chunked(2000, chunk)), 200) << chunk;
        EXPECT_EQ(outcome(chunked(2001, chunk)), 413) << chunk;
    }
}

TEST(HttpFront, chunks_of_one_byte_need_no_more_room_than_their_body) {
    const HttpFront::Limits limits{.header_bytes_max = 1000, .body_bytes_max = 100'000};
    HttpFront front(limits);
    feed(front, chunked(100'000, 1));
    ASSERT_EQ(front.state(), HttpFront::State::kComplete);
    EXPECT_EQ(as_text(front.request().body), std::string(100'000, 'b'));
}

TEST(HttpFront, framing_of_chunks_is_bounded) {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;";
    EXPECT_EQ(outcome(head + std::string(2000 + 1000 + kFramingBytesMax, 'e')), 400);
}

TEST(HttpFront, target_limit) {
    const HttpFront::Limits limits{.header_bytes_max = 16'384, .body_bytes_max = 10};
    const auto get = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 't') + " HTTP/1.1\r\nHost: h\r\n\r\n";
    };
    EXPECT_EQ(outcome(get(limits::target_bytes_max), limits), 200);
    EXPECT_EQ(outcome(get(limits::target_bytes_max + 1), limits), 414);
}

TEST(HttpFront, field_limit) {
    const auto get = [](std::size_t fields) {
        std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
        for (std::size_t i = 1; i < fields; ++i) {
            text += "a:\r\n";
        }
        return text + "\r\n";
    };
    EXPECT_EQ(outcome(get(kHeaderFieldsMax)), 200);
    EXPECT_EQ(outcome(get(kHeaderFieldsMax + 1)), 431);
}

TEST(HttpFront, refuses_what_the_grammar_forbids) {
    for (const std::string_view text : {
             "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
             "GET /\r\n\r\n",
             "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
             "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
             " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
             "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
             "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
             "GET / http/1.1\r\nHost: h\r\n\r\n",
             "GET / HTTP/1.1\nHost: h\n\n",
             "G\x01T / HTTP/1.1\r\nHost: h\r\n\r\n",
             "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n",
             "GET / HTTP/1.1\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
             "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nX: a\x01\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1 2\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
             "Transfer-Encoding: chunked\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
             "Content-Length: 3\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n",
             "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
             "11111111111111111\r\n",
         }) {
        EXPECT_EQ(outcome(text), 400) << text;
    }
}

TEST(HttpFront, takes_what_the_grammar_allows) {
    for (const std::string_view text : {
             "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
             "LIST /v1/a%2Fb HTTP/1.1\r\nhost:h\r\n\r\n",
             "GET / HTTP/1.1\r\nHost:\r\n\r\n",
             "M-SEARCH * HTTP/1.1\r\nHost: h\r\n\r\n",
             "GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
             "GET / HTTP/1.0\r\n\r\n",
         }) {
        EXPECT_EQ(outcome(text), 200) << text;
    }
}

TEST(HttpFront, shows_method_target_headers_and_body_as_sent) {
    HttpFront front(kLimits);
    feed(front,
         "PATCH /a%2Fb?x=1&y HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nauthorization:  Bearer t \r\n"
         "Content-Length: 2\r\n\r\nok");
    ASSERT_EQ(front.state(), HttpFront::State::kComplete);
    const HttpRequest& request = front.request();
    EXPECT_EQ(request.method, "PATCH");
    EXPECT_EQ(request.path(), "/a%2Fb");
    EXPECT_EQ(request.query(), "x=1&y");
    EXPECT_EQ(request.header("Authorization"), "Bearer t");
    EXPECT_EQ(request.header("x-empty"), "");
    EXPECT_EQ(request.header("absent"), std::nullopt);
    EXPECT_EQ(as_text(request.body), "ok");
}

TEST(HttpFront, keeps_nothing_of_a_request_behind_it) {
    HttpFront front(kLimits);
    const std::string request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecret";
    feed(front, request);
    ASSERT_EQ(front.state(), HttpFront::State::kComplete);
    const auto* body = front.request().body.data();
    front.next();
    EXPECT_EQ(as_text({body, 6}), std::string(6, '\0'));
}

/// One stream of requests, cut in two different ways, gives the same requests.
RC_GTEST_PROP(HttpFrontProperty, cuts_do_not_matter, ()) {
    std::string stream;
    const auto count = *rc::gen::inRange(1, 6);
    for (int i = 0; i < count; ++i) {
        const auto size = *rc::gen::inRange<std::size_t>(0, 200);
        if (*rc::gen::arbitrary<bool>()) {
            stream += chunked(size, *rc::gen::inRange<std::size_t>(1, 50));
        } else {
            stream += "PUT /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                      std::to_string(size) + "\r\n\r\n" + std::string(size, 'b');
        }
    }
    const auto requests = [&](std::size_t piece) {
        HttpFront front(kLimits);
        std::string seen;
        std::string_view rest = stream;
        while (!rest.empty() || front.state() == HttpFront::State::kComplete) {
            rest.remove_prefix(feed(front, rest, piece));
            if (front.state() != HttpFront::State::kComplete) {
                break;
            }
            seen += std::string(front.request().method) + std::string(front.request().target) +
                    std::string(as_text(front.request().body)) + "|";
            front.next();
        }
        RC_ASSERT(front.state() == HttpFront::State::kNeedMore);
        RC_ASSERT(!front.begun());
        return seen;
    };
    RC_ASSERT(requests(*rc::gen::inRange<std::size_t>(1, 40)) == requests(1 << 20));
}

}  // namespace
}  // namespace chatelaine::net

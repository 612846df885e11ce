#include "net/http_front.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/limits.hpp"
#include "net/bounds.hpp"

namespace chatelaine::net {

namespace http = boost::beast::http;
using boost::beast::iequals;
using BeastView = boost::beast::string_view;
using BeastError = boost::beast::error_code;

/// Beast's grammar with our own sink: it notes where things lie in the input instead of copying
/// them into a container, so a request costs no allocation.
class HttpFront::Parser final : public http::basic_parser<true> {
public:
    explicit Parser(HttpFront& front) : front_(front) {
        header_limit(UINT32_MAX);  // counted here, to the byte
        body_limit(front_.limits_.body_bytes_max);
        front_.fields_.clear();
    }

    Span method{}, target{};
    Span body{};
    bool continue_asked = false;
    bool header_done = false;
    int version = 11;
    int status = 400;  ///< the refusal when a callback failed
    std::string_view reason;

private:
    Span span(BeastView view) const {
        const auto* begin = reinterpret_cast<const std::uint8_t*>(view.data());
        return {static_cast<std::size_t>(begin - front_.input_.data()), view.size()};
    }
    bool inside(BeastView view) const {
        const auto* begin = reinterpret_cast<const std::uint8_t*>(view.data());
        return begin >= front_.input_.data() &&
               begin + view.size() <= front_.input_.data() + front_.input_.size();
    }
    void refuse(BeastError& ec, int with_status, std::string_view why) {
        status = with_status;
        reason = why;
        ec = http::error::bad_field;
    }

    void on_request_impl(http::verb, BeastView method_text, BeastView target_text, int minor,
                         BeastError& ec) override {
        if (target_text.size() > limits::target_bytes_max) {
            return refuse(ec, 414, "the request target is too long");
        }
        method = span(method_text);
        target = span(target_text);
        version = minor;
    }

    void on_field_impl(http::field name, BeastView name_text, BeastView value,
                       BeastError& ec) override {
        if (header_done) {
            return;  // a trailer
        }
        if (front_.fields_.size() == kHeaderFieldsMax) {
            return refuse(ec, 431, "too many header fields");
        }
        if (!value.empty() && !inside(value)) {
            return refuse(ec, 400, "a header field is folded over lines");
        }
        if (name == http::field::host) {
            ++hosts_;
        } else if (name == http::field::transfer_encoding) {
            if (!iequals(value, "chunked") || version < 11) {
                return refuse(ec, 400, "this transfer coding is not supported");
            }
        } else if (name == http::field::expect) {
            continue_asked = version >= 11 && iequals(value, "100-continue");
        }
        front_.fields_.emplace_back(span(name_text), value.empty() ? Span{0, 0} : span(value));
    }

    void on_header_impl(BeastError& ec) override {
        header_done = true;
        if (hosts_ > 1 || (hosts_ == 0 && version >= 11)) {
            refuse(ec, 400, "exactly one Host header is needed");
        }
    }

    /// Pieces of a chunked body are moved together where the first of them lies; the parser is
    /// already past those bytes.
    void append_body(BeastView piece) {
        const Span from = span(piece);
        if (body.size == 0) {
            body.begin = from.begin;
        }
        const std::size_t end = body.begin + body.size;
        if (end != from.begin) {
            std::memmove(front_.input_.data() + end, piece.data(), piece.size());
        }
        body.size += piece.size();
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(BeastView piece, BeastError&) override {
        append_body(piece);
        return piece.size();
    }
    void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView piece, BeastError&) override {
        append_body(piece);
        return piece.size();
    }
    void on_finish_impl(BeastError&) override {}
    // Only for answers, which this side does not parse.
    void on_response_impl(int, BeastView, int, BeastError&) override {}

    HttpFront& front_;
    std::size_t hosts_ = 0;
};

/// A parser of Beast's is made for one message; a new one takes its place in the same memory.
struct HttpFront::Slot {
    std::optional<Parser> parser;
};

HttpFront::HttpFront(const Limits& limits) : limits_(limits), slot_(std::make_unique<Slot>()) {
    slot_->parser.emplace(*this);
}

HttpFront::~HttpFront() = default;

HttpFront::Parser& HttpFront::parser() const {
    return *slot_->parser;
}

std::size_t HttpFront::bytes_max() const {
    return limits_.header_bytes_max + limits_.body_bytes_max + kFramingBytesMax;
}

std::string_view HttpFront::view(Span span) const {
    return as_text({input_.data() + span.begin, span.size});
}

MutableBytesView HttpFront::space() {
    CH_CHECK(state_ == State::kNeedMore);
    if (input_.size() < input_.capacity()) {
        return input_.space();
    }
    const std::size_t most = bytes_max();
    if (input_.capacity() < most) {
        // A body of known length gets its room at once; the length was held to its limit.
        const auto length =
            parser().header_done ? parser().content_length_remaining() : boost::none;
        const std::size_t known = parsed_ + static_cast<std::size_t>(length.value_or(0));
        input_.grow(std::min(most, std::max({kReadBytesFirst, input_.capacity() * 2, known})));
    }
    return input_.space();
}

void HttpFront::received(std::size_t n) {
    CH_CHECK(state_ == State::kNeedMore);
    input_.received(n);
    parse();
}

void HttpFront::parse() {
    if (!parser().header_done && !parse_header()) {
        return;
    }
    parse_body();
    // A full buffer with more to come: the framing of chunks already read makes room.
    if (state_ == State::kNeedMore && input_.size() == input_.capacity()) {
        const std::size_t keep = parser().body.begin + parser().body.size;
        if (parser().body.size > 0 && keep < parsed_) {
            input_.cut(keep, parsed_);
            parsed_ = keep;
        }
        if (input_.size() >= bytes_max()) {
            reject(400, "the framing of the chunks is too large");
        }
    }
}

bool HttpFront::parse_header() {
    // One empty line before the request line is let pass (RFC 9112, 2.2).
    const std::string_view seen = as_text({input_.data(), input_.size()});
    if (parsed_ == 0 && seen.starts_with("\r\n")) {
        parsed_ = 2;
    }
    if (parsed_ == 0 && seen == "\r") {
        return false;
    }
    BeastError ec;
    if (input_.size() > parsed_) {
        parsed_ += parser().put({input_.data() + parsed_, input_.size() - parsed_}, ec);
    }
    const bool whole = parser().header_done || ec == http::error::body_limit;
    if ((whole ? parsed_ : input_.size()) > limits_.header_bytes_max) {
        reject(431, "the header is too large");
        return false;
    }
    if (ec == http::error::body_limit) {
        reject(413, "the body is too large");
        return false;
    }
    if (ec && ec != http::error::need_more) {
        const std::string_view reason = parser().reason;
        reject(parser().status, reason.empty() ? "the request is not valid HTTP/1.1" : reason);
        return false;
    }
    if (!parser().header_done) {
        return false;
    }
    continue_wanted_ = parser().continue_asked && !parser().is_done();
    parser().eager(true);
    return true;
}

void HttpFront::parse_body() {
    if (!parser().is_done() && input_.size() > parsed_) {
        BeastError ec;
        parsed_ += parser().put({input_.data() + parsed_, input_.size() - parsed_}, ec);
        if (ec == http::error::body_limit) {
            return reject(413, "the body is too large");
        }
        if (ec && ec != http::error::need_more) {
            return reject(400, "the body's framing is not valid HTTP/1.1");
        }
        continue_wanted_ = false;
    }
    if (parser().is_done()) {
        complete();
    }
}

void HttpFront::complete() {
    request_.method = view(parser().method);
    request_.target = view(parser().target);
    request_.headers.clear();
    for (const auto& [name, value] : fields_) {
        request_.headers.emplace_back(view(name), view(value));
    }
    request_.body = {input_.data() + parser().body.begin, parser().body.size};
    keep_alive_ = parser().version >= 11 && parser().keep_alive();
    is_head_ = request_.method == "HEAD";
    message_end_ = parsed_;
    state_ = State::kComplete;
}

void HttpFront::write(std::string& out, const HttpResponse& response,
                      const ResponseFraming& framing) const {
    ResponseFraming mine = framing;
    mine.head = is_head_;
    write_response(out, response, mine);
}

bool HttpFront::take_continue() {
    return std::exchange(continue_wanted_, false) && state_ == State::kNeedMore;
}

void HttpFront::next() {
    CH_CHECK(state_ == State::kComplete);
    request_.headers.clear();
    request_.method = request_.target = {};
    request_.body = {};
    input_.cut(0, message_end_);
    message_end_ = parsed_ = 0;
    continue_wanted_ = is_head_ = false;
    state_ = State::kNeedMore;
    slot_->parser.emplace(*this);
    if (input_.size() > 0) {
        parse();
    }
}

}  // namespace chatelaine::net

#pragma once

#include <memory>

#include "net/input_buffer.hpp"
#include "net/net.hpp"

namespace chatelaine::net {

/// HTTP/1.1 framing (RFC 9112) of one connection as a pure function of its bytes: no socket, no
/// clock. Bytes go in by space() and received(); out comes one bounded request after the other.
///
/// Bounds: the header (request line to empty line) at most `header_bytes_max` (else 431), the body
/// without its framing at most `body_bytes_max` (413), the target limits::target_bytes_max (414),
/// kHeaderFieldsMax fields (431). Refused with 400 beside what the grammar forbids: a missing or
/// doubled Host (RFC 9112, 3.2), folded lines, Content-Length together with Transfer-Encoding,
/// any coding but `chunked`. Trailers are read and dropped. Threads: one.
class HttpFront {
public:
    struct Limits {
        std::size_t header_bytes_max;
        std::size_t body_bytes_max;
    };
    enum class State : std::uint8_t { kNeedMore, kComplete, kRejected };

    explicit HttpFront(const Limits& limits);
    ~HttpFront();
    HttpFront(const HttpFront&) = delete;
    HttpFront& operator=(const HttpFront&) = delete;

    State state() const { return state_; }
    /// Where the next bytes go; never empty while more are needed.
    MutableBytesView space();
    /// `n` bytes were put into space(): parses them.
    void received(std::size_t n);

    /// kComplete: the request; its views live until next().
    const HttpRequest& request() const { return request_; }
    /// The client lets the connection go on after the answer (HTTP/1.1 without `close`).
    bool keep_alive() const { return keep_alive_; }
    bool is_head() const { return is_head_; }
    /// kRejected: the status (400, 413, 414, 431) and why; no further byte will be read.
    int reject_status() const { return reject_status_; }
    std::string_view reject_reason() const { return reject_reason_; }

    /// Some byte of a request is there (the request deadline runs).
    bool begun() const { return input_.size() > 0; }
    /// True once, when the client waits for `100 Continue` before it sends the body.
    bool take_continue();
    /// Bytes behind the complete request are already there.
    bool has_more() const { return input_.size() > message_end_; }
    /// Wipes the request and goes on with what came behind it.
    void next();
    /// Gives the memory back; only between requests.
    void release();

private:
    class Parser;
    struct Slot;
    struct Span {
        std::size_t begin, size;
    };

    Parser& parser() const;
    std::size_t bytes_max() const;
    void parse();
    bool parse_header();
    void parse_body();
    void complete();
    void reject(int status, std::string_view reason);
    std::string_view view(Span span) const;

    Limits limits_;
    InputBuffer input_;
    std::unique_ptr<Slot> slot_;
    std::vector<std::pair<Span, Span>> fields_;
    HttpRequest request_;
    std::size_t parsed_ = 0;       ///< bytes that the parser took
    std::size_t message_end_ = 0;  ///< kComplete: where the next message begins
    State state_ = State::kNeedMore;
    bool keep_alive_ = true;
    bool is_head_ = false;
    bool continue_wanted_ = false;
    int reject_status_ = 0;
    std::string_view reject_reason_;
};

}  // namespace chatelaine::net

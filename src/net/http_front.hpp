#pragma once

#include <memory>

#include "net/front.hpp"

namespace chatelaine::net {

/// HTTP/1.1 framing (RFC 9112).
///
/// Bounds: the header (request line to empty line) at most `header_bytes_max` (else 431), the body
/// without its framing at most `body_bytes_max` (413), the target limits::target_bytes_max (414),
/// kHeaderFieldsMax fields (431). Refused with 400 beside what the grammar forbids: a missing or
/// doubled Host (RFC 9112, 3.2), folded lines, Content-Length together with Transfer-Encoding,
/// any coding but `chunked`. Trailers are read and dropped. Threads: one.
class HttpFront final : public Front {
public:
    explicit HttpFront(const Limits& limits);
    ~HttpFront() override;

    MutableBytesView space() override;
    void received(std::size_t n) override;
    /// HTTP/1.1 without `Connection: close`.
    bool keep_alive() const override { return keep_alive_; }
    bool is_head() const { return is_head_; }
    void write(std::string& out, const HttpResponse& response,
               const ResponseFraming& framing) const override;
    /// True once, when the client waits for `100 Continue` before it sends the body.
    bool take_continue() override;
    void next() override;

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
    std::string_view view(Span span) const;

    Limits limits_;
    std::unique_ptr<Slot> slot_;
    std::vector<std::pair<Span, Span>> fields_;
    std::size_t parsed_ = 0;       ///< bytes that the parser took
    bool keep_alive_ = true;
    bool is_head_ = false;
    bool continue_wanted_ = false;
};

}  // namespace chatelaine::net

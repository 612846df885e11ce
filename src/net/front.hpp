#pragma once

#include "net/input_buffer.hpp"
#include "net/net.hpp"
#include "net/response_writer.hpp"

namespace chatelaine::net {

/// The framing of one connection as a pure function of its bytes: no socket, no clock. Bytes go in
/// by space() and received(); out comes one bounded request after the other. Threads: one.
class Front {
public:
    struct Limits {
        std::size_t header_bytes_max;
        std::size_t body_bytes_max;
    };
    enum class State : std::uint8_t { kNeedMore, kComplete, kRejected };

    Front() = default;
    virtual ~Front() = default;
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;

    State state() const { return state_; }
    /// Where the next bytes go; never empty while more are needed.
    virtual MutableBytesView space() = 0;
    /// `n` bytes were put into space(): parses them.
    virtual void received(std::size_t n) = 0;

    /// kComplete: the request; its views live until next().
    const HttpRequest& request() const { return request_; }
    /// The client lets the connection go on after the answer.
    virtual bool keep_alive() const = 0;
    /// kRejected: the status (400, 413, 414, 431) and why; no further byte will be read.
    int reject_status() const { return reject_status_; }
    std::string_view reject_reason() const { return reject_reason_; }
    /// Appends the whole answer to `out`.
    virtual void write(std::string& out, const HttpResponse& response,
                       const ResponseFraming& framing) const = 0;

    /// Some byte of a request is there (the request deadline runs).
    bool begun() const { return input_.size() > 0; }
    /// True once, when the client waits for an interim answer before it sends the body.
    virtual bool take_continue() { return false; }
    /// Bytes behind the complete request are already there.
    bool has_more() const { return input_.size() > message_end_; }
    /// Wipes the request and goes on with what came behind it.
    virtual void next() = 0;
    /// Gives the memory back; only between requests.
    void release() {
        CH_CHECK(state_ == State::kNeedMore && input_.size() == 0);
        input_.release();
    }

protected:
    void reject(int status, std::string_view reason) {
        state_ = State::kRejected;
        reject_status_ = status;
        reject_reason_ = reason;
    }

    InputBuffer input_;
    HttpRequest request_;
    std::size_t message_end_ = 0;  ///< kComplete: where the next message begins
    State state_ = State::kNeedMore;

private:
    int reject_status_ = 0;
    std::string_view reject_reason_;
};

/// The front that a listener's framing asks for.
std::unique_ptr<Front> make_front(Framing framing, const Front::Limits& limits);

}  // namespace chatelaine::net

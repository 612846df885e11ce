#pragma once

#include "net/coroutine.hpp"
#include "net/loop.hpp"

namespace chatelaine::net {

/// One connection: a coroutine that goes handshake, request, answer, request … and waits only for
/// its socket or for a reply. It is also the Exchange of the request in hand; while a handler holds
/// that, the coroutine does nothing, so the object lives until the reply whatever the peer does.
///
/// A silent connection has no TLS state and no buffer until its first byte. Deadlines are one
/// field that the loop's tick looks at. Threads: the loop's, reply() excepted.
class Connection final : public Exchange {
public:
    Connection(LoopThread& loop, Listener& listener, Accepted accepted);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start();
    void on_tick(MonotonicTime now);
    void on_drain(MonotonicTime until);
    void cut();

    const HttpRequest& request() const override { return front_->request(); }
    const Peer& peer() const override { return peer_; }
    Loop& loop() override { return loop_; }
    std::chrono::steady_clock::time_point received() const override { return received_; }
    void reply(HttpResponse response) override;

    /// Where the loop keeps it.
    std::list<std::unique_ptr<Connection>>::iterator place;

private:
    enum class Phase : std::uint8_t { kHandshake, kIdle, kRequest, kHandling, kWriting, kLinger };
    enum class Step : std::uint8_t { kGo, kWaitRead, kWaitWrite, kEnd };
    struct Ready;
    struct ReplyArrival;
    struct Yield;

    Task<void> run();
    Task<bool> open();
    Task<bool> take_proxy_header();
    Task<void> serve();
    Task<void> close();

    Step receive();
    std::optional<Step> end_of_wait();
    Step transmit();
    void dispatch();
    void settle(HttpResponse& response);
    void make_peer();
    bool go_on();
    void enter(Phase phase, std::chrono::milliseconds deadline);
    bool stopped() const { return expired_ || cut_; }

    LoopThread& loop_;
    Listener& listener_;
    Watched socket_;
    Address from_;
    TlsStream tls_;
    std::unique_ptr<Front> front_;
    Peer peer_;
    std::string out_;
    std::size_t written_ = 0;
    MonotonicTime deadline_ = MonotonicTime::max();
    MonotonicTime received_{};
    std::coroutine_handle<> reply_waiter_;
    Phase phase_ = Phase::kHandshake;
    bool waiting_ = false;    ///< for the socket
    bool expired_ = false;    ///< the deadline of this wait passed
    bool cut_ = false;        ///< the connection is over at once
    bool last_look_ = false;  ///< an idle connection is read once more before it is closed
    bool wait_first_ = false;
    bool interim_ = false;  ///< out_ holds a 100 Continue
    bool in_handle_ = false;
    bool replied_ = false;
    bool closing_ = false;
    bool linger_ = false;
    bool lean_ = false;
    bool wipe_out_ = false;
    unsigned answered_in_turn_ = 0;
    int reject_status_ = 0;
    std::string_view reject_reason_;
    Task<void> task_;
};

}  // namespace chatelaine::net

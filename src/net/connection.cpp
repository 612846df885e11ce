#include "net/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "net/bounds.hpp"
#include "net/proxy_header.hpp"

namespace chatelaine::net {

using Io = TlsStream::Io;

/// Suspends until the socket is ready, the deadline passes or the connection is cut.
struct Connection::Ready final : Waiter {
    Ready(Connection& waiting, Step what) : connection(waiting), step(what) {}
    Connection& connection;
    Step step;
    std::coroutine_handle<> coroutine;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> suspended) {
        coroutine = suspended;
        connection.waiting_ = true;
        if (step == Step::kWaitRead) {
            connection.socket_.wait_readable(*this);
        } else {
            connection.socket_.wait_writable(*this);
        }
    }
    void woken(bool cancelled) override {
        connection.waiting_ = false;
        connection.cut_ = connection.cut_ || (cancelled && !connection.expired_);
        coroutine.resume();
    }
    void await_resume() const noexcept {}
};

/// Suspends until the handler's reply is in out_.
struct Connection::ReplyArrival {
    Connection& connection;

    bool await_ready() const noexcept { return connection.replied_; }
    void await_suspend(std::coroutine_handle<> coroutine) {
        connection.reply_waiter_ = coroutine;
    }
    void await_resume() const noexcept {}
};

/// Lets the other connections have their turn.
struct Connection::Yield {
    Connection& connection;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) {
        connection.loop_.resume_later(coroutine);
    }
    void await_resume() const noexcept {}
};

Connection::Connection(LoopThread& loop, Listener& listener, Accepted accepted)
    : loop_(loop),
      listener_(listener),
      socket_(loop.reactor(), std::move(accepted.socket)),
      from_(accepted.from),
      front_(make_front(listener.options.framing, listener.limits)) {}

Connection::~Connection() {
    wipe(out_);
    listener_.open.fetch_sub(1);
}

void Connection::start() {
    task_ = run();
    task_.start();
}

void Connection::enter(Phase phase, std::chrono::milliseconds deadline) {
    phase_ = phase;
    deadline_ = system_clock().monotonic() + deadline;
    if (loop_.draining() && (phase == Phase::kIdle || phase == Phase::kHandshake)) {
        deadline_ = std::min(deadline_, loop_.drain_end());
    }
}

void Connection::on_tick(MonotonicTime now) {
    if (!waiting_) {
        return;
    }
    if (now >= deadline_) {
        if (phase_ != Phase::kLinger && !loop_.draining()) {
            count(listener_.deadlines);
        }
        expired_ = true;
        deadline_ = MonotonicTime::max();
        socket_.cancel();
    } else if (phase_ == Phase::kIdle && !lean_ && now - received_ >= kLeanAfter) {
        lean_ = true;
        front_->release();
        out_.shrink_to_fit();
        tls_.release_buffers();
    }
}

void Connection::on_drain(MonotonicTime until) {
    if (phase_ == Phase::kIdle || phase_ == Phase::kHandshake) {
        deadline_ = std::min(deadline_, until);
    }
}

void Connection::cut() {
    cut_ = true;
    shut_down(socket_.native_handle());
    if (waiting_) {
        socket_.cancel();
    }
}

Task<void> Connection::run() {
    try {
        const bool opened = co_await open();
        if (opened) {
            co_await serve();
        }
        co_await close();
    } catch (const std::exception& failure) {
        log::error("connection_failed",
                   {{"listener", listener_.options.name}, {"error", failure.what()}},
                   "report this with the version; look for a shortage of memory first");
    }
    loop_.retire(*this);
}

Task<bool> Connection::open() {
    enter(Phase::kHandshake, listener_.options.handshake_deadline);
    co_await Ready{*this, Step::kWaitRead};
    const auto& proxies = listener_.proxies;
    if (!stopped() && std::find(proxies.begin(), proxies.end(), from_) != proxies.end()) {
        const bool good = co_await take_proxy_header();
        if (!good) {
            count(listener_.refused);
            co_return false;
        }
    }
    if (stopped() || !tls_.open(listener_.tls(), socket_.native_handle())) {
        co_return false;
    }
    for (;;) {
        const Io io = tls_.handshake();
        if (io == Io::kDone) {
            break;
        }
        if (io != Io::kWantRead && io != Io::kWantWrite) {
            count(listener_.handshake_failures);
            linger_ = true;  // so that the alert arrives
            co_return false;
        }
        co_await Ready{*this, io == Io::kWantRead ? Step::kWaitRead : Step::kWaitWrite};
        if (stopped()) {
            co_return false;
        }
    }
    make_peer();
    enter(Phase::kIdle, listener_.options.idle_deadline);
    received_ = system_clock().monotonic();
    wait_first_ = tls_.used_up();
    co_return true;
}

/// Reads exactly the header and not a byte more: what follows is the library's.
Task<bool> Connection::take_proxy_header() {
    Bytes bytes;
    for (;;) {
        const ProxyHeader header = parse_proxy_header(bytes);
        if (header.state == ProxyHeader::State::kGood) {
            from_ = header.from.value_or(from_);
            co_return true;
        }
        if (header.state == ProxyHeader::State::kBad || stopped()) {
            co_return false;
        }
        const std::size_t had = bytes.size();
        bytes.resize(header.size);
        const long got =
            receive_some(socket_.native_handle(), MutableBytesView(bytes).subspan(had));
        const bool again = got < 0 && (errno == EAGAIN || errno == EINTR);
        if (got <= 0 && !again) {
            co_return false;
        }
        bytes.resize(had + (again ? 0 : static_cast<std::size_t>(got)));
        if (again) {
            co_await Ready{*this, Step::kWaitRead};
        }
    }
}

void Connection::make_peer() {
    peer_.address = format_address(from_);
    const auto certificate = tls_.peer_certificate();
    if (!certificate) {
        return;
    }
    peer_.certificate = certificate->facts;
    peer_.certificate_verified = certificate->verified;
    peer_.certificate_error = certificate->error;
    // A resumed session brings the verdict of its first handshake; its dates are of today.
    const WallTime now = system_clock().now();
    if (certificate->verified && now > certificate->facts.not_after) {
        peer_.certificate_verified = false;
        peer_.certificate_error = "certificate has expired";
    }
}

Task<void> Connection::serve() {
    for (;;) {
        Step step = receive();
        while (step == Step::kWaitRead || step == Step::kWaitWrite) {
            co_await Ready{*this, step};
            step = receive();
        }
        if (step == Step::kEnd) {
            co_return;
        }
        bool in_callers_stack = false;
        if (!interim_) {
            dispatch();
            in_callers_stack = !replied_;
            co_await ReplyArrival{*this};
        }
        step = transmit();
        while (step == Step::kWaitRead || step == Step::kWaitWrite) {
            co_await Ready{*this, step};
            in_callers_stack = false;
            step = transmit();
        }
        if (step == Step::kEnd || !go_on()) {
            co_return;
        }
        // The next request may be here already. It must not be handled inside the reply() of this
        // one, nor may one connection keep the loop.
        if (!wait_first_ && (in_callers_stack || ++answered_in_turn_ >= kRequestsPerTurnMax)) {
            answered_in_turn_ = 0;
            co_await Yield{*this};
        }
    }
}

/// What the end of a deadline means for the request in hand; nothing when reading goes on.
std::optional<Connection::Step> Connection::end_of_wait() {
    if (cut_) {
        return Step::kEnd;
    }
    if (!expired_) {
        return std::nullopt;
    }
    expired_ = false;
    if (phase_ == Phase::kRequest) {
        reject_status_ = 408;
        reject_reason_ = "the request did not arrive in time";
        return Step::kGo;
    }
    if (std::exchange(last_look_, true)) {
        return Step::kEnd;
    }
    return std::nullopt;
}

Connection::Step Connection::receive() {
    while (front_->state() == Front::State::kNeedMore) {
        if (const auto end = end_of_wait()) {
            return *end;
        }
        if (std::exchange(wait_first_, false)) {
            answered_in_turn_ = 0;
            return Step::kWaitRead;
        }
        std::size_t size = 0;
        switch (tls_.read(front_->space(), size)) {
            case Io::kWantRead: return last_look_ ? Step::kEnd : Step::kWaitRead;
            case Io::kWantWrite: return last_look_ ? Step::kEnd : Step::kWaitWrite;
            case Io::kClosed:
            case Io::kFailed: return Step::kEnd;
            case Io::kDone: break;
        }
        lean_ = last_look_ = false;
        front_->received(size);
        if (front_->state() == Front::State::kNeedMore) {
            if (phase_ == Phase::kIdle && front_->begun()) {
                enter(Phase::kRequest, listener_.options.request_deadline);
            }
            if (front_->take_continue()) {
                interim_ = true;
                out_ = "HTTP/1.1 100 Continue\r\n\r\n";
                return Step::kGo;
            }
        }
    }
    if (front_->state() == Front::State::kRejected) {
        reject_status_ = front_->reject_status();
        reject_reason_ = front_->reject_reason();
    }
    return Step::kGo;
}

void Connection::dispatch() {
    received_ = system_clock().monotonic();
    phase_ = Phase::kHandling;
    deadline_ = MonotonicTime::max();
    replied_ = false;
    HttpHandler& handler = *listener_.options.handler;
    in_handle_ = true;
    try {
        if (reject_status_ == 0) {
            handler.handle(*this);
        } else {
            reply(handler.reject(reject_status_, reject_reason_));
        }
    } catch (const std::exception& failure) {
        log::error("handler_failed",
                   {{"listener", listener_.options.name}, {"error", failure.what()}},
                   "report this with the version");
        if (!replied_) {
            HttpResponse response;
            response.status = 500;
            response.content_type = {};
            response.close = true;
            settle(response);
        }
    }
    in_handle_ = false;
}

void Connection::reply(HttpResponse response) {
    if (loop_.on_thread()) {
        settle(response);
        return;
    }
    loop_.post([this, response = std::make_shared<HttpResponse>(std::move(response))] {
        settle(*response);
    });
}

void Connection::settle(HttpResponse& response) {
    CH_CHECK(!replied_);
    // At a graceful stop a connection ends with the answer to the last request that it brought.
    const bool drained = loop_.draining() && !front_->has_more() && !tls_.pending();
    closing_ = response.close || reject_status_ != 0 || !front_->keep_alive() || drained;
    out_.clear();
    written_ = 0;
    front_->write(out_, response, {.close = closing_, .head = false, .date = loop_.date()});
    wipe_out_ = response.wipe_body;
    if (wipe_out_) {
        wipe(response.body);
    }
    replied_ = true;
    if (!in_handle_) {
        std::exchange(reply_waiter_, nullptr).resume();
    }
}

Connection::Step Connection::transmit() {
    while (written_ < out_.size()) {
        if (stopped()) {
            return Step::kEnd;
        }
        std::size_t size = 0;
        const Io io = tls_.write(as_bytes(out_).subspan(written_), size);
        if (io == Io::kDone) {
            written_ += size;
            continue;
        }
        if (io != Io::kWantRead && io != Io::kWantWrite) {
            return Step::kEnd;
        }
        if (phase_ != Phase::kWriting) {
            enter(Phase::kWriting, limits::write_deadline);
        }
        return io == Io::kWantRead ? Step::kWaitRead : Step::kWaitWrite;
    }
    return Step::kGo;
}

/// After an answer: makes ready for the next request. False when the connection ends here.
bool Connection::go_on() {
    if (std::exchange(wipe_out_, false)) {
        wipe(out_);
    }
    out_.clear();
    written_ = 0;
    if (std::exchange(interim_, false)) {
        if (phase_ == Phase::kWriting) {
            enter(Phase::kRequest, listener_.options.request_deadline);
        }
        return true;
    }
    if (closing_) {
        linger_ = true;
        return false;
    }
    front_->next();
    if (front_->state() != Front::State::kNeedMore) {
        return true;
    }
    const auto& options = listener_.options;
    if (front_->begun()) {
        enter(Phase::kRequest, options.request_deadline);
    } else {
        enter(Phase::kIdle, options.idle_deadline);
    }
    wait_first_ = tls_.used_up();
    return true;
}

Task<void> Connection::close() {
    if (!cut_) {
        tls_.close_notify();
    }
    if (!linger_ || cut_) {
        co_return;
    }
    shut_down_writing(socket_.native_handle());
    expired_ = false;
    enter(Phase::kLinger, kLingerDeadline);
    std::array<std::uint8_t, 4096> dropped;
    while (!stopped()) {
        const long got = receive_some(socket_.native_handle(), dropped);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            co_return;
        }
        if (got < 0) {
            co_await Ready{*this, Step::kWaitRead};
        }
    }
}

}  // namespace chatelaine::net

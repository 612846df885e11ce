#include "net/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.hpp"
#include "net/bounds.hpp"
#include "net/connection.hpp"
#include "net/response_writer.hpp"

namespace chatelaine::net {

/// Takes connections from one listening socket for one loop.
class Acceptor final : private Waiter {
public:
    Acceptor(LoopThread& loop, Listener& listener, Descriptor socket)
        : loop_(loop), listener_(listener), socket_(loop.reactor(), std::move(socket)) {}

    void arm() { socket_.wait_readable(*this); }

    /// After an error of the system: accepts again from the next tick on, so that it cannot spin.
    void on_tick() {
        if (std::exchange(paused_, false)) {
            take();
        }
    }

    /// The system's queue holds connections whose clients believe to be served: they are.
    void close() {
        paused_ = false;
        int error = 0;
        while (error == 0) {
            error = accept();
        }
        socket_.close();
    }

private:
    void woken(bool cancelled) override {
        if (!cancelled && socket_.is_open()) {
            take();
        }
    }

    void take() {
        int error = 0;
        for (std::size_t i = 0; i < kAcceptsPerTurnMax && error == 0; ++i) {
            error = accept();
        }
        if (error == EAGAIN) {
            return arm();
        }
        if (error == 0) {
            return loop_.reactor().post_here([this] { woken(false); });  // the others first
        }
        paused_ = true;
        log::warning("accept_failed",
                     {{"listener", listener_.options.name}, {"error", std::strerror(error)}},
                     "raise the limit of open files (LimitNOFILE) or lower connections_max");
    }

    /// 0 when the queue may hold more, else errno.
    int accept() {
        Accepted accepted;
        const int error = accept_one(socket_.native_handle(), accepted);
        if (error == ECONNABORTED || error == EINTR || error == EPROTO) {
            return 0;
        }
        if (error != 0) {
            return error;
        }
        count(listener_.accepted);
        // Over the cap the connection is closed at once, without a handshake: an answer would cost
        // hundreds of times as much, just when there is too much to do.
        if (listener_.open.fetch_add(1) >= listener_.options.connections_max) {
            listener_.open.fetch_sub(1);
            count(listener_.refused);
            return 0;
        }
        loop_.adopt(listener_, std::move(accepted));
        return 0;
    }

    LoopThread& loop_;
    Listener& listener_;
    Watched socket_;
    bool paused_ = false;
};

LoopThread::LoopThread(std::size_t index)
    : index_(index), tick_interval_(kTickMax), date_(http_date(system_clock().now())) {}

LoopThread::~LoopThread() = default;

void LoopThread::post(std::function<void()> work) {
    if (on_thread()) {
        reactor_.post_here(std::move(work));
    } else {
        reactor_.post(std::move(work));
    }
}

void LoopThread::defer(std::function<void()> work) {
    if (deferred_.empty()) {
        reactor_.post_here([this] { run_deferred(); });
    }
    deferred_.push_back(std::move(work));
}

void LoopThread::run_deferred() {
    running_.swap(deferred_);
    for (const auto& work : running_) {
        work();
    }
    running_.clear();
}

void LoopThread::every(std::chrono::milliseconds interval, std::function<void()> work) {
    post([this, interval, work = std::move(work)] {
        if (!draining_) {
            reactor_.at_intervals(interval, work);
        }
    });
}

void LoopThread::add_acceptor(Listener& listener, Descriptor socket) {
    const auto& options = listener.options;
    const auto shortest =
        std::min({options.handshake_deadline, options.request_deadline, options.idle_deadline});
    tick_interval_ = std::min(tick_interval_, std::max(kTickMin, shortest / 4));
    acceptors_.push_back(std::make_unique<Acceptor>(*this, listener, std::move(socket)));
}

void LoopThread::start() {
    for (const auto& acceptor : acceptors_) {
        acceptor->arm();
    }
    ticker_ = &reactor_.at_intervals(tick_interval_, [this] { tick(); });
    thread_ = std::thread([this] { run(); });
}

void LoopThread::run() {
    reactor_.run();
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    ended_changed_.notify_all();
}

void LoopThread::tick() {
    date_ = http_date(system_clock().now());
    const MonotonicTime now = system_clock().monotonic();
    for (const auto& connection : connections_) {
        connection->on_tick(now);
    }
    for (const auto& acceptor : acceptors_) {
        acceptor->on_tick();
    }
}

void LoopThread::adopt(Listener& listener, Accepted accepted) {
    connections_.push_front(std::make_unique<Connection>(*this, listener, std::move(accepted)));
    Connection& connection = *connections_.front();
    connection.place = connections_.begin();
    connection.start();
}

void LoopThread::retire(Connection& connection) {
    reactor_.post_here([this, &connection] {
        connections_.erase(connection.place);
        leave_when_empty();
    });
}

void LoopThread::resume_later(std::coroutine_handle<> coroutine) {
    reactor_.post_here([coroutine] { coroutine.resume(); });
}

void LoopThread::begin_drain() {
    post([this] { drain(); });
}

void LoopThread::drain() {
    if (std::exchange(draining_, true)) {
        return;
    }
    drain_end_ = system_clock().monotonic() + kDrainGrace;
    tick_interval_ = std::min(tick_interval_, std::chrono::milliseconds(kDrainGrace) / 4);
    ticker_->every = tick_interval_;
    ticker_->due = std::min(ticker_->due, system_clock().monotonic() + tick_interval_);
    for (const auto& acceptor : acceptors_) {
        acceptor->close();
    }
    for (const auto& connection : connections_) {
        connection->on_drain(drain_end_);
    }
    leave_when_empty();
}

void LoopThread::leave_when_empty() {
    if (!draining_ || !connections_.empty()) {
        return;
    }
    // What was posted or deferred before still runs.
    reactor_.stop_intervals();
    reactor_.finish();
}

void LoopThread::cut() {
    post([this] {
        drain();
        for (const auto& connection : connections_) {
            connection->cut();
        }
        reactor_.stop_intervals();
        reactor_.finish();
    });
}

bool LoopThread::wait_ended(MonotonicTime until) {
    std::unique_lock lock(mutex_);
    return ended_changed_.wait_until(lock, until, [this] { return ended_; });
}

void LoopThread::join() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

}  // namespace chatelaine::net

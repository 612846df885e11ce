#include "net/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "net/bounds.hpp"
#include "net/connection.hpp"
#include "net/response_writer.hpp"

namespace chatelaine::net {

/// Takes connections from one listening socket for one loop.
class Acceptor {
public:
    Acceptor(LoopThread& loop, Listener& listener, Descriptor socket)
        : loop_(loop), listener_(listener), socket_(loop.context(), socket.release()) {}

    void arm() {
        socket_.async_wait(Waitable::wait_read, [this](const boost::system::error_code& ec) {
            if (!ec) {
                take();
            }
        });
    }

    /// After an error of the system: accepts again from the next tick on, so that it cannot spin.
    void on_tick() {
        if (std::exchange(paused_, false)) {
            arm();
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
    void take() {
        int error = 0;
        for (std::size_t i = 0; i < kAcceptsPerTurnMax && error == 0; ++i) {
            error = accept();
        }
        if (error == 0 || error == EAGAIN) {
            return arm();
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
    Waitable socket_;
    bool paused_ = false;
};

struct LoopThread::Periodic {
    Periodic(asio::io_context& context, std::chrono::milliseconds every, std::function<void()> what)
        : timer(context), interval(every), work(std::move(what)) {}
    asio::steady_timer timer;
    std::chrono::milliseconds interval;
    std::function<void()> work;
};

// Only the loop's thread touches its descriptors, so the reactor's own locks are left out; posting
// from other threads stays safe.
LoopThread::LoopThread(std::size_t index)
    : index_(index),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      guard_(context_.get_executor()),
      ticker_(context_),
      tick_interval_(kTickMax),
      date_(http_date(system_clock().now())) {}

LoopThread::~LoopThread() = default;

template <class F>
void LoopThread::post_now(F&& work) {
    asio::post(context_, std::forward<F>(work));
}

void LoopThread::post(std::function<void()> work) {
    post_now([work = std::move(work)] { work(); });
}

void LoopThread::defer(std::function<void()> work) {
    if (deferred_.empty()) {
        post_now([this] { run_deferred(); });
    }
    deferred_.push_back(std::move(work));
}

void LoopThread::run_deferred() {
    const auto works = std::exchange(deferred_, {});
    for (const auto& work : works) {
        work();
    }
}

void LoopThread::every(std::chrono::milliseconds interval, std::function<void()> work) {
    post_now([this, interval, work = std::move(work)]() mutable {
        if (!draining_) {
            arm(periodics_.emplace_back(context_, interval, std::move(work)));
        }
    });
}

void LoopThread::arm(Periodic& periodic) {
    periodic.timer.expires_after(periodic.interval);
    periodic.timer.async_wait([&periodic](const boost::system::error_code& ec) {
        if (!ec) {
            periodic.work();
            arm(periodic);
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
    arm_tick();
    thread_ = std::thread([this] { run(); });
}

void LoopThread::run() {
    thread_id_ = std::this_thread::get_id();
    context_.run();
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    ended_changed_.notify_all();
}

void LoopThread::arm_tick() {
    ticker_.expires_after(tick_interval_);
    ticker_.async_wait([this](const boost::system::error_code& ec) {
        if (!ec) {
            tick();
            arm_tick();
        }
    });
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
    post_now([this, &connection] {
        connections_.erase(connection.place);
        leave_when_empty();
    });
}

void LoopThread::resume_later(std::coroutine_handle<> coroutine) {
    post_now([coroutine] { coroutine.resume(); });
}

void LoopThread::begin_drain() {
    post_now([this] { drain(); });
}

void LoopThread::drain() {
    if (std::exchange(draining_, true)) {
        return;
    }
    drain_end_ = system_clock().monotonic() + kDrainGrace;
    tick_interval_ = std::min(tick_interval_, std::chrono::milliseconds(kDrainGrace) / 4);
    ticker_.cancel();
    arm_tick();
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
    // What was posted or deferred before still runs: the context ends by itself when it is out of
    // work.
    ticker_.cancel();
    for (auto& periodic : periodics_) {
        periodic.timer.cancel();
    }
    guard_.reset();
}

void LoopThread::cut() {
    post_now([this] {
        drain();
        for (const auto& connection : connections_) {
            connection->cut();
        }
        ticker_.cancel();
        for (auto& periodic : periodics_) {
            periodic.timer.cancel();
        }
        guard_.reset();
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

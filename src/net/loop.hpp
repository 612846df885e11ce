#pragma once

#include <condition_variable>
#include <coroutine>
#include <list>
#include <thread>

#include "net/listener.hpp"
#include "net/reactor.hpp"

namespace chatelaine::net {

class Connection;
class Acceptor;

/// One thread with its own reactor, acceptors and connections. All but post(), begin_drain(),
/// cut(), start() and join() belongs to the loop's own thread.
///
/// Work given to defer() by one handler runs behind the handlers of all other connections that were
/// ready with it (reactor.hpp: the order of a turn).
class LoopThread final : public Loop {
public:
    explicit LoopThread(std::size_t index);
    ~LoopThread() override;

    std::size_t index() const override { return index_; }
    void post(std::function<void()> work) override;
    void defer(std::function<void()> work) override;
    void every(std::chrono::milliseconds interval, std::function<void()> work) override;

    /// Before start().
    void add_acceptor(Listener& listener, Descriptor socket);
    void start();
    /// Stops accepting (what waits in the system's queue is still taken) and ends the thread when
    /// the last connection is gone.
    void begin_drain();
    /// Ends every connection now. Exchanges that still wait for a reply stay valid until the loop
    /// is destroyed.
    void cut();
    /// False when the thread has not ended by then.
    bool wait_ended(MonotonicTime until);
    void join();

    // For its connections and acceptors.
    Reactor& reactor() { return reactor_; }
    bool on_thread() const { return reactor_.on_thread(); }
    bool draining() const { return draining_; }
    MonotonicTime drain_end() const { return drain_end_; }
    /// The date header's value, at most a tick old.
    std::string_view date() const { return date_; }
    void adopt(Listener& listener, Accepted accepted);
    /// The connection's coroutine is over: it is destroyed in a later turn.
    void retire(Connection& connection);
    void resume_later(std::coroutine_handle<> coroutine);

private:
    void run();
    void tick();
    void run_deferred();
    void drain();
    void leave_when_empty();

    std::size_t index_;
    Reactor reactor_;
    Reactor::Interval* ticker_ = nullptr;
    std::chrono::milliseconds tick_interval_;
    std::list<std::unique_ptr<Acceptor>> acceptors_;
    std::list<std::unique_ptr<Connection>> connections_;
    std::vector<std::function<void()>> deferred_;
    std::vector<std::function<void()>> running_;  ///< deferred ones of this turn
    std::string date_;
    bool draining_ = false;
    MonotonicTime drain_end_{};
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable ended_changed_;
    bool ended_ = false;
};

}  // namespace chatelaine::net

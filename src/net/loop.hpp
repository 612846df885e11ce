#pragma once

#include <condition_variable>
#include <coroutine>
#include <list>
#include <thread>

// The thread sanitizer knows no fences; the queue's own lock orders what crosses threads.
#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1
#endif
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/listener.hpp"

namespace chatelaine::net {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
using Waitable = asio::posix::basic_stream_descriptor<Executor>;

class Connection;
class Acceptor;

/// One thread with its own io_context, acceptors and connections. All but post(), begin_drain(),
/// cut(), start() and join() belongs to the loop's own thread.
///
/// Order of a turn: the io_context takes all descriptors that are ready, runs their handlers in
/// turn, then what those posted. So work given to defer() by one handler runs behind the handlers
/// of all other connections that were ready with it.
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
    asio::io_context& context() { return context_; }
    bool on_thread() const { return std::this_thread::get_id() == thread_id_; }
    bool draining() const { return draining_; }
    MonotonicTime drain_end() const { return drain_end_; }
    /// The date header's value, at most a tick old.
    std::string_view date() const { return date_; }
    void adopt(Listener& listener, Accepted accepted);
    /// The connection's coroutine is over: it is destroyed in a later turn.
    void retire(Connection& connection);
    void resume_later(std::coroutine_handle<> coroutine);
    template <class F>
    void post_now(F&& work);

private:
    struct Periodic;

    void run();
    void tick();
    void arm_tick();
    static void arm(Periodic& periodic);
    void run_deferred();
    void drain();
    void leave_when_empty();

    std::size_t index_;
    asio::io_context context_;
    asio::executor_work_guard<Executor> guard_;
    asio::steady_timer ticker_;
    std::chrono::milliseconds tick_interval_;
    std::list<std::unique_ptr<Acceptor>> acceptors_;
    std::list<std::unique_ptr<Connection>> connections_;
    std::list<Periodic> periodics_;
    std::vector<std::function<void()>> deferred_;
    std::string date_;
    bool draining_ = false;
    MonotonicTime drain_end_{};
    std::thread thread_;
    std::thread::id thread_id_;
    std::mutex mutex_;
    std::condition_variable ended_changed_;
    bool ended_ = false;
};

}  // namespace chatelaine::net

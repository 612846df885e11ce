#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/time.hpp"
#include "net/address.hpp"

struct epoll_event;

/// One thread's wait for the system: descriptors, work at intervals, work that was posted. A
/// descriptor is told to epoll once and edge-triggered for as long as it is watched, so that a wait
/// costs no system call (docs/decisions/0009-our-own-loop.md).

namespace chatelaine::net {

class Reactor;

/// Who waits for a descriptor. `cancelled`: it is not ready, the wait was ended by cancel().
class Waiter {
public:
    virtual void woken(bool cancelled) = 0;

protected:
    ~Waiter() = default;
};

/// A non-blocking descriptor and at most one wait for it. Threads: the reactor's, or none while it
/// does not run.
///
/// Edge-triggered: before waiting, use up what is there (until the system says "not now" or gives
/// less than was asked for). What becomes ready while nobody waits is not lost: the next wait ends
/// at once. A wait may end for nothing.
class Watched {
public:
    Watched(Reactor& reactor, Descriptor descriptor);
    ~Watched();
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    int native_handle() const { return descriptor_.get(); }
    bool is_open() const { return static_cast<bool>(descriptor_); }
    void wait_readable(Waiter& waiter);
    void wait_writable(Waiter& waiter);
    /// Ends the wait, in a later step of the loop.
    void cancel();
    /// Nothing waits any more, and nobody is told.
    void close();

private:
    friend class Reactor;
    void wait(Waiter& waiter, bool& ready);
    void happened(std::uint32_t events);

    Reactor& reactor_;
    Descriptor descriptor_;
    Waiter* waiter_ = nullptr;
    bool* awaited_ = nullptr;  ///< the flag that the waiter is for
    bool readable_ = false;    ///< since the last wait for it
    bool writable_ = false;
    bool ended_ = false;  ///< by the peer or the system: reading never blocks again
};

/// Order of a turn: all descriptors that are ready, then intervals that are due, then what was
/// posted up to now. So what one descriptor's waiter posts runs behind the waiters of all that were
/// ready with it. Threads: post() from any; everything else on the running thread, or before run().
class Reactor {
public:
    using Work = std::function<void()>;

    Reactor();
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    void post(Work work);
    /// On the running thread alone: takes no lock.
    void post_here(Work work) { here_.push_back(std::move(work)); }
    bool on_thread() const {
        return std::this_thread::get_id() == thread_.load(std::memory_order_relaxed);
    }

    struct Interval {
        std::chrono::nanoseconds every;
        MonotonicTime due;
        Work work;
    };
    /// Stays valid until stop_intervals().
    Interval& at_intervals(std::chrono::nanoseconds every, Work work);
    void stop_intervals() { stopping_intervals_ = true; }

    /// Until finish() was called and nothing is posted any more.
    void run();
    void finish() { finishing_ = true; }

private:
    friend class Watched;
    static constexpr std::size_t kEventsMax = 128;

    void watch(Watched& watched);
    void forget(Watched& watched);
    void wait_and_wake();
    int timeout_milliseconds() const;
    void run_intervals();
    void run_posted();
    bool idle();

    Descriptor epoll_;
    Descriptor bell_;  ///< an eventfd: somebody else posted
    std::atomic<std::thread::id> thread_{};
    std::vector<Work> here_;
    std::vector<Work> running_;
    std::list<Interval> intervals_;
    bool stopping_intervals_ = false;
    bool finishing_ = false;
    std::unique_ptr<epoll_event[]> events_;
    std::size_t events_at_ = 0;
    std::size_t events_end_ = 0;

    std::mutex mutex_;
    std::vector<Work> posted_;  ///< by other threads
    std::atomic<bool> has_posted_{false};
};

}  // namespace chatelaine::net

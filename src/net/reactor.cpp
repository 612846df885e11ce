#include "net/reactor.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <iterator>
#include <utility>

#include "base/check.hpp"

namespace chatelaine::net {

Watched::Watched(Reactor& reactor, Descriptor descriptor)
    : reactor_(reactor), descriptor_(std::move(descriptor)) {
    reactor_.watch(*this);
}

Watched::~Watched() { close(); }

void Watched::close() {
    if (descriptor_) {
        reactor_.forget(*this);
        descriptor_ = Descriptor();
    }
    waiter_ = nullptr;
}

void Watched::wait(Waiter& waiter, bool& ready) {
    CH_CHECK(waiter_ == nullptr);
    if (std::exchange(ready, false)) {
        reactor_.post_here([&waiter] { waiter.woken(false); });
        return;
    }
    waiter_ = &waiter;
    awaited_ = &ready;
}

void Watched::wait_readable(Waiter& waiter) {
    readable_ = readable_ || ended_;
    wait(waiter, readable_);
}

void Watched::wait_writable(Waiter& waiter) { wait(waiter, writable_); }

void Watched::cancel() {
    if (Waiter* const waiter = std::exchange(waiter_, nullptr)) {
        reactor_.post_here([waiter] { waiter->woken(true); });
    }
}

void Watched::happened(std::uint32_t events) {
    constexpr std::uint32_t over = EPOLLHUP | EPOLLERR;
    // The end of the stream may come with the last bytes: no other edge announces it then.
    ended_ = ended_ || (events & (over | EPOLLRDHUP)) != 0;
    readable_ = readable_ || ended_ || (events & EPOLLIN) != 0;
    writable_ = writable_ || (events & (EPOLLOUT | over)) != 0;
    if (waiter_ != nullptr && std::exchange(*awaited_, false)) {
        std::exchange(waiter_, nullptr)->woken(false);  // may destroy this
    }
}

Reactor::Reactor()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      events_(std::make_unique<epoll_event[]>(kEventsMax)) {
    CH_CHECK(epoll_ && bell_);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;  // each ring is an edge, so it is never read
    event.data.ptr = nullptr;
    CH_CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, bell_.get(), &event) == 0);
}

Reactor::~Reactor() = default;

void Reactor::watch(Watched& watched) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &watched;
    CH_CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, watched.native_handle(), &event) == 0);
}

void Reactor::forget(Watched& watched) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watched.native_handle(), nullptr);
    for (std::size_t i = events_at_; i < events_end_; ++i) {
        if (events_[i].data.ptr == &watched) {
            events_[i].data.ptr = nullptr;
        }
    }
}

void Reactor::post(Work work) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = posted_.empty();
        posted_.push_back(std::move(work));
        has_posted_.store(true, std::memory_order_release);
    }
    if (first) {
        // Fails only when the counter is full, and then the bell has rung.
        const std::uint64_t one = 1;
        static_cast<void>(!::write(bell_.get(), &one, sizeof one));
    }
}

Reactor::Interval& Reactor::at_intervals(std::chrono::nanoseconds every, Work work) {
    return intervals_.emplace_back(
        Interval{every, system_clock().monotonic() + every, std::move(work)});
}

bool Reactor::idle() { return here_.empty() && !has_posted_.load(std::memory_order_acquire); }

void Reactor::run() {
    thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    while (!finishing_ || !idle()) {
        wait_and_wake();
        run_intervals();
        run_posted();
    }
}

int Reactor::timeout_milliseconds() const {
    if (finishing_ || !here_.empty() || has_posted_.load(std::memory_order_acquire)) {
        return 0;
    }
    if (stopping_intervals_ || intervals_.empty()) {
        return -1;
    }
    MonotonicTime next = MonotonicTime::max();
    for (const Interval& interval : intervals_) {
        next = std::min(next, interval.due);
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(next - system_clock().monotonic());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

void Reactor::wait_and_wake() {
    const int count = ::epoll_wait(epoll_.get(), events_.get(), static_cast<int>(kEventsMax),
                                   timeout_milliseconds());
    CH_CHECK(count >= 0 || errno == EINTR);
    events_end_ = static_cast<std::size_t>(std::max(count, 0));
    for (events_at_ = 0; events_at_ < events_end_;) {
        const epoll_event event = events_[events_at_++];
        if (event.data.ptr != nullptr) {
            static_cast<Watched*>(event.data.ptr)->happened(event.events);
        }
    }
    events_at_ = events_end_ = 0;
}

void Reactor::run_intervals() {
    if (stopping_intervals_) {
        intervals_.clear();
        return;
    }
    if (intervals_.empty()) {
        return;
    }
    const MonotonicTime now = system_clock().monotonic();
    for (Interval& interval : intervals_) {
        if (now >= interval.due && !stopping_intervals_) {
            interval.work();
            interval.due = system_clock().monotonic() + interval.every;
        }
    }
}

void Reactor::run_posted() {
    running_.swap(here_);
    if (has_posted_.load(std::memory_order_acquire)) {
        const std::lock_guard lock(mutex_);
        std::move(posted_.begin(), posted_.end(), std::back_inserter(running_));
        posted_.clear();
        has_posted_.store(false, std::memory_order_release);
    }
    for (const Work& work : running_) {
        work();
    }
    running_.clear();
}

}  // namespace chatelaine::net

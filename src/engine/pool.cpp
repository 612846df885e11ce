#include "engine/pool.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace chatelaine::engine {

BlockingPool::BlockingPool(const Options& options) : options_(options) {
    threads_.reserve(options_.threads);
    for (std::size_t i = 0; i < options_.threads; ++i) {
        threads_.emplace_back([this] { run(); });
    }
}

BlockingPool::~BlockingPool() { stop(); }

bool BlockingPool::submit(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= options_.queue_max) {
            return false;
        }
        queue_.push_back(std::move(work));
    }
    wake_.notify_one();
    return true;
}

std::size_t BlockingPool::queued() {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void BlockingPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

void BlockingPool::run() {
    if (options_.low_priority) {
        // On Linux a nice value belongs to a thread. Not being allowed to only costs latency.
        constexpr int kNiceness = 10;
        const auto thread_id = static_cast<id_t>(::syscall(SYS_gettid));
        static_cast<void>(::setpriority(PRIO_PROCESS, thread_id, kNiceness));
    }
    for (;;) {
        std::function<void()> work;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) {
                return;
            }
            work = std::move(queue_.front());
            queue_.pop_front();
        }
        work();
    }
}

}  // namespace chatelaine::engine

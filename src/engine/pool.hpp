#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace chatelaine::engine {

/// A few threads on which plain blocking code is fine, behind a bounded queue. Threads: any.
class BlockingPool {
public:
    struct Options {
        std::size_t threads = 2;
        std::size_t queue_max = 0;
        /// For long computations: the scheduler lets network loops go first.
        bool low_priority = false;
    };
    explicit BlockingPool(const Options& options);
    ~BlockingPool();

    /// False when the queue is full; the work is not taken then.
    bool submit(std::function<void()> work);
    std::size_t queued();
    /// Runs what is queued, then ends the threads.
    void stop();

private:
    void run();

    Options options_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace chatelaine::engine

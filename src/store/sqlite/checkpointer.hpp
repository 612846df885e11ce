#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "store/sqlite/database.hpp"

/// Copies the log back beside the committer, so that no group waits for a long copy. Each pass has
/// a connection of its own: one whose sync failed is never used again.

namespace chatelaine::store::sqlite {

class Checkpointer {
public:
    using Open = std::function<Result<Connection>()>;
    explicit Checkpointer(Open open);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // The committer's thread alone:
    /// Starts a pass, unless one is under way or its outcome is still to be taken.
    void start_when_free();
    /// No pass under way and no outcome to take.
    bool is_free() const { return !busy_.load(std::memory_order_acquire) && !outcome_; }
    /// What the last pass came to, once, when it has ended.
    std::optional<Result<Connection::Checkpointed>> take_outcome();

private:
    void run();
    Result<Connection::Checkpointed> pass();

    const Open open_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool wanted_ = false;
    bool stopping_ = false;
    std::optional<Result<Connection::Checkpointed>> outcome_;  ///< the committer's while not busy_
    std::atomic<bool> busy_{false};
    std::thread thread_;
};

}  // namespace chatelaine::store::sqlite

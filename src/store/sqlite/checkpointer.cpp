#include "store/sqlite/checkpointer.hpp"

#include "base/failpoint.hpp"

namespace chatelaine::store::sqlite {

Checkpointer::Checkpointer(Open open) : open_(std::move(open)) {
    thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Checkpointer::start_when_free() {
    if (!is_free()) {
        return;
    }
    busy_.store(true, std::memory_order_release);
    {
        const std::lock_guard lock(mutex_);
        wanted_ = true;
    }
    wake_.notify_one();
}

std::optional<Result<Connection::Checkpointed>> Checkpointer::take_outcome() {
    if (busy_.load(std::memory_order_acquire)) {
        return std::nullopt;
    }
    return std::exchange(outcome_, std::nullopt);
}

void Checkpointer::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return wanted_ || stopping_; });
        if (stopping_) {
            return;
        }
        wanted_ = false;
        lock.unlock();
        outcome_ = pass();
        busy_.store(false, std::memory_order_release);
        lock.lock();
    }
}

Result<Connection::Checkpointed> Checkpointer::pass() {
    CH_FAILPOINT("store.before_checkpoint");
    CH_TRY(Connection connection, open_());
    auto done = connection.checkpoint();
    CH_FAILPOINT("store.after_checkpoint");
    return done;
}

}  // namespace chatelaine::store::sqlite

#include "apps/chatelaine/block_crew.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace chatelaine::cli {
namespace {

constexpr std::size_t kWorkersMax = 4;
constexpr std::size_t kSlotsBesides = 2;  // one that is filled and one that is emitted

class Crew {
public:
    Crew(const CrewSize& size, const WorkOnBlock& work) : work_(work), slots_(size.slots) {
        for (Slot& slot : slots_) {
            slot.block.bytes.resize(size.buffer_bytes);
        }
        for (std::size_t i = 0; i < size.workers; ++i) {
            threads_.emplace_back([this, i] { serve(i); });
        }
    }
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;
    ~Crew() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        given_.notify_all();
        for (std::thread& thread : threads_) {
            thread.join();
        }
        for (Slot& slot : slots_) {
            wipe(slot.block.bytes.data(), slot.block.bytes.size());
        }
    }

    std::size_t slots() const { return slots_.size(); }
    CrewBlock& block(std::size_t index) { return slots_[index % slots_.size()].block; }

    void give(std::size_t index) {
        Slot& slot = slots_[index % slots_.size()];
        if (threads_.empty()) {
            slot.outcome = work_(0, slot.block);
            slot.done = true;
            return;
        }
        {
            const std::lock_guard lock(mutex_);
            slot.done = false;
            queue_.push_back(&slot);
        }
        given_.notify_one();
    }

    /// Waits for the block's work.
    Result<void> take(std::size_t index) {
        Slot& slot = slots_[index % slots_.size()];
        std::unique_lock lock(mutex_);
        finished_.wait(lock, [&] { return slot.done; });
        return std::move(slot.outcome);
    }

private:
    struct Slot {
        CrewBlock block;
        Result<void> outcome;
        bool done = false;
    };

    void serve(std::size_t worker) {
        for (;;) {
            Slot* slot = nullptr;
            {
                std::unique_lock lock(mutex_);
                given_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
                if (stopping_) {
                    return;
                }
                slot = queue_.front();
                queue_.pop_front();
            }
            Result<void> outcome = work_(worker, slot->block);
            {
                const std::lock_guard lock(mutex_);
                slot->outcome = std::move(outcome);
                slot->done = true;
            }
            finished_.notify_one();
        }
    }

    const WorkOnBlock& work_;
    std::vector<Slot> slots_;
    std::mutex mutex_;  ///< what follows, and each slot's `done` and `outcome`
    std::condition_variable given_, finished_;
    std::deque<Slot*> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace

CrewSize crew_size(std::size_t buffer_bytes) {
    CH_CHECK(buffer_bytes > 0);
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t fit = std::max<std::size_t>(1, crew_bytes_max / buffer_bytes);
    const std::size_t slots = std::min(fit, std::min(cores, kWorkersMax) + kSlotsBesides);
    return {buffer_bytes, slots, slots > kSlotsBesides ? slots - kSlotsBesides : slots - 1};
}

Result<void> run_crew(const CrewSize& size, const FillBlock& fill, const WorkOnBlock& work,
                      const EmitBlock& emit) {
    CH_CHECK(size.slots > 0 && size.buffer_bytes > 0);
    Crew crew(size, work);
    std::size_t filled = 0;
    std::size_t emitted = 0;
    for (bool last = false; !last || emitted < filled;) {
        if (last || filled - emitted == crew.slots()) {
            CH_TRY_VOID(crew.take(emitted));
            CH_TRY_VOID(emit(crew.block(emitted)));
            ++emitted;
            continue;
        }
        CrewBlock& block = crew.block(filled);
        if (filled == UINT32_MAX) {
            return Error(Code::kTooLarge, "cli.blocks", "more blocks than a stream may have");
        }
        block.counter = static_cast<std::uint32_t>(filled);
        CH_TRY_VOID(fill(block));
        last = block.last;
        crew.give(filled);
        ++filled;
    }
    return ok();
}

}  // namespace chatelaine::cli

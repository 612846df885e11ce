#include "store/sqlite/committer.hpp"

#include "base/failpoint.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

namespace chatelaine::store::sqlite {

namespace {

constexpr std::string_view where = "store.committer";
constexpr std::chrono::seconds rest_after{1};
constexpr std::size_t page_bytes = 4096;

Error copy_of(const Error& error) {
    return Error(error.code(), error.where(), error.detail().message);
}

}  // namespace

Committer::Committer(Settings settings, std::unique_ptr<Writer> writer, Open open)
    : settings_(settings), open_(std::move(open)), writer_(std::move(writer)),
      checkpoint_pages_(settings.checkpoint_bytes / page_bytes) {
    publish();
    thread_ = std::thread([this] { run(); });
}

Committer::~Committer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Committer::submit(Transaction transaction, CommitDone done) {
    Code refusal = Code::kOverloaded;
    {
        std::unique_lock lock(mutex_);
        if (!stopping_ && queue_.size() < settings_.queue_max) {
            queue_.push_back(Pending{std::move(transaction), std::move(done)});
            const bool wake = idle_;
            lock.unlock();
            if (wake) {
                wake_.notify_one();
            }
            return;
        }
        refusal = stopping_ ? Code::kStoreUnavailable : Code::kOverloaded;
    }
    done(Error(refusal, where, refusal == Code::kOverloaded ? "the commit queue is full"
                                                            : "the store is closing"));
}

Statistics Committer::statistics() {
    Statistics statistics;
    {
        const std::lock_guard lock(mutex_);
        statistics.queue_depth = queue_.size();
    }
    statistics.records = live_records_.load(std::memory_order_relaxed);
    statistics.last_commit = last_commit_.load(std::memory_order_relaxed);
    statistics.groups = groups_.load(std::memory_order_relaxed);
    statistics.transactions = transactions_.load(std::memory_order_relaxed);
    statistics.writable = writable_.load(std::memory_order_relaxed);
    return statistics;
}

void Committer::run() {
    std::vector<Pending> group;
    while (wait_for_group(group)) {
        if (group.empty()) {
            rest();
            continue;
        }
        commit_group(group);
        group.clear();
        checkpoint_when_due();
    }
}

/// False at the end. An empty group: nothing came for a while.
bool Committer::wait_for_group(std::vector<Pending>& group) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return stopping_ || !queue_.empty(); };
    idle_ = true;
    if (rested_) {
        wake_.wait(lock, ready);
    } else if (!wake_.wait_for(lock, rest_after, ready)) {
        idle_ = false;
        return true;
    }
    idle_ = false;
    while (!queue_.empty() && group.size() < limits::commit_group_max) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return !group.empty();
}

void Committer::commit_group(std::vector<Pending>& group) {
    Answers answers;
    answers.reserve(group.size());
    bool commit_tried = false;
    auto written = write_group(group, answers, commit_tried);
    rested_ = false;
    bool is_there = written.has_value();
    if (!written) {
        is_there = recover(written.error(), commit_tried);
    }
    if (is_there) {
        groups_.fetch_add(1, std::memory_order_relaxed);
        transactions_.fetch_add(group.size(), std::memory_order_relaxed);
        writable_.store(true, std::memory_order_relaxed);
    }
    publish();
    CH_FAILPOINT("store.before_ack");
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (is_there) {
            group[i].done(std::move(answers[i]));
        } else {
            group[i].done(copy_of(written.error()));
        }
    }
}

Result<void> Committer::write_group(std::vector<Pending>& group, Answers& answers,
                                    bool& commit_tried) {
    if (!writer_) {
        CH_TRY_VOID(reopen());
    }
    durable_commit_ = writer_->head().last_commit;
    CH_TRY_VOID(writer_->begin());
    for (Pending& pending : group) {
        bool group_failed = false;
        answers.push_back(writer_->apply(pending.transaction, group_failed));
        if (group_failed) {
            return copy_of(answers.back().error());
        }
    }
    commit_tried = true;
    return writer_->commit();
}

bool Committer::recover(const Error& error, bool commit_tried) {
    if (writable_.exchange(false, std::memory_order_relaxed)) {
        log::error("store_refuses_changes", {{"error", error.to_string()}},
                   error.code() == Code::kStoreFull
                       ? "free space on the store's disk; changes go on by themselves"
                       : "check the store's disk; the store is opened again by itself");
    }
    if (!writer_) {
        return false;  // the reopening failed; the next group tries again
    }
    const std::uint64_t group_commit = writer_->head().last_commit;
    if (error.code() == Code::kStoreFull && writer_->rollback()) {
        return false;
    }
    if (!reopen()) {
        return false;
    }
    writable_.store(true, std::memory_order_relaxed);
    return commit_tried && writer_->head().last_commit >= group_commit;
}

/// A sync that failed is never tried again on the same connection: the kernel may have dropped the
/// pages. What the file says now is the truth; the barrier then overwrites what the failed group
/// may have left behind its end, and is flushed before anybody is answered.
Result<void> Committer::reopen() {
    writer_.reset();
    CH_TRY(auto writer, open_(durable_commit_));
    CH_TRY_VOID(writer->write_barrier());
    writer_ = std::move(writer);
    log_pages_ = 0;
    log::info("store_reopened", {{"last_commit", std::to_string(writer_->head().last_commit)}});
    return ok();
}

void Committer::checkpoint_when_due() {
    if (writer_) {
        log_pages_ = writer_->log_pages();
        if (log_pages_ >= checkpoint_pages_) {
            checkpoint();
        }
    }
}

void Committer::checkpoint() {
    CH_FAILPOINT("store.before_checkpoint");
    auto done = writer_->connection().checkpoint();
    if (!done) {
        log::warning("store_checkpoint_failed", {{"error", done.error().to_string()}},
                     "check space and health of the store's disk; the log grows until it works");
        // A full disk takes no pages back, and the log is still good; all else is a sick disk.
        if (done.error().code() != Code::kStoreFull && !reopen()) {
            writable_.store(false, std::memory_order_relaxed);
        }
        checkpoint_pages_ = log_pages_ + settings_.checkpoint_bytes / page_bytes;
        return;
    }
    CH_FAILPOINT("store.after_checkpoint");
    // A reader that holds an old snapshot stops it half-way: come back later, not at each group.
    const bool whole = done->copied_pages >= done->log_pages;
    const std::size_t step = settings_.checkpoint_bytes / page_bytes;
    checkpoint_pages_ = whole ? step : log_pages_ + step / 4;
}

void Committer::rest() {
    rested_ = true;
    if (writer_) {
        checkpoint();
        if (writer_) {
            writer_->connection().release_memory();
        }
    }
}

void Committer::publish() {
    if (writer_) {
        last_commit_.store(writer_->head().last_commit, std::memory_order_relaxed);
        live_records_.store(writer_->head().live_records, std::memory_order_relaxed);
    }
}

}  // namespace chatelaine::store::sqlite

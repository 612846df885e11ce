#include "store/sqlite/committer.hpp"

#include <algorithm>

#include "base/failpoint.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

namespace chatelaine::store::sqlite {

namespace {

constexpr std::string_view where = "store.committer";
constexpr std::chrono::seconds rest_after{1};
constexpr std::size_t page_bytes = 4096;
constexpr int passes_max = 3;  ///< then the committer copies the rest, however much it is

Error copy_of(const Error& error) {
    return Error(error.code(), error.where(), error.detail().message);
}

}  // namespace

Committer::Committer(Settings settings, std::unique_ptr<Writer> writer, Open open,
                     Checkpointer::Open open_checkpointer)
    : settings_(settings), open_(std::move(open)), writer_(std::move(writer)),
      checkpoint_pages_(settings.checkpoint_bytes / page_bytes),
      checkpointer_(std::move(open_checkpointer)) {
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

/// The bulk is copied beside the commits; what they added meanwhile is copied here, so that all of
/// the log is back and the next commit begins it again.
void Committer::checkpoint_when_due() {
    if (auto pass = checkpointer_.take_outcome()) {
        take_pass(*pass);
    }
    if (!writer_) {
        return;
    }
    log_pages_ = writer_->log_pages();
    if (log_pages_ >= checkpoint_pages_) {
        checkpointer_.start_when_free();
    }
}

void Committer::take_pass(const Result<Connection::Checkpointed>& pass) {
    if (!pass) {
        checkpoint_failed(pass.error());
        return;
    }
    if (!writer_) {
        return;
    }
    ++passes_;
    const auto copied = static_cast<std::size_t>(std::max(pass->copied_pages, 0));
    const std::size_t left = writer_->log_pages() - std::min(copied, writer_->log_pages());
    if (left <= settings_.checkpoint_bytes / page_bytes / 8 || passes_ >= passes_max) {
        finish_checkpoint();
    }
}

void Committer::finish_checkpoint() {
    passes_ = 0;
    auto done = writer_->connection().checkpoint();
    if (!done) {
        checkpoint_failed(done.error());
        return;
    }
    // A reader that holds an old snapshot stops it half-way: come back later, not at each group.
    const bool whole = done->copied_pages >= done->log_pages;
    const std::size_t step = settings_.checkpoint_bytes / page_bytes;
    checkpoint_pages_ = whole ? step : writer_->log_pages() + step / 4;
}

/// A full disk takes no pages back, and the log is still good; all else is a sick disk.
void Committer::checkpoint_failed(const Error& error) {
    log::warning("store_checkpoint_failed", {{"error", error.to_string()}},
                 "check space and health of the store's disk; the log grows until it works");
    if (error.code() != Code::kStoreFull && !reopen()) {
        writable_.store(false, std::memory_order_relaxed);
    }
    passes_ = 0;
    checkpoint_pages_ = log_pages_ + settings_.checkpoint_bytes / page_bytes;
}

void Committer::rest() {
    checkpoint_when_due();
    if (!checkpointer_.is_free()) {
        return;  // comes again
    }
    rested_ = true;
    if (writer_) {
        finish_checkpoint();
    }
    if (writer_) {
        writer_->connection().release_memory();
    }
}

void Committer::publish() {
    if (writer_) {
        last_commit_.store(writer_->head().last_commit, std::memory_order_relaxed);
        live_records_.store(writer_->head().live_records, std::memory_order_relaxed);
    }
}

}  // namespace chatelaine::store::sqlite

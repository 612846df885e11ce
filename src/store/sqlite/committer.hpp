#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/writer.hpp"

/// The one thread that writes: it takes what waits as a group, makes it durable with one flush,
/// then answers. After a failure of the disk it opens the file anew and asks the commit counter
/// what became of the group, so that an answer is always true.

namespace chatelaine::store::sqlite {

class Committer {
public:
    struct Settings {
        std::size_t queue_max = 0;
        std::size_t checkpoint_bytes = 0;
    };
    /// Opens the write connection; after a failure it also verifies from commit `durable` on.
    using Open =
        std::function<Result<std::unique_ptr<Writer>>(std::optional<std::uint64_t> durable)>;

    Committer(Settings settings, std::unique_ptr<Writer> writer, Open open,
              Checkpointer::Open open_checkpointer);
    /// Commits what is queued, then ends.
    ~Committer();

    void submit(Transaction transaction, CommitDone done);

    /// Fills everything but `bytes`.
    Statistics statistics();

private:
    struct Pending {
        Transaction transaction;
        CommitDone done;
    };
    using Answers = std::vector<Result<Receipt>>;

    void run();
    bool wait_for_group(std::vector<Pending>& group);
    void commit_group(std::vector<Pending>& group);
    Result<void> write_group(std::vector<Pending>& group, Answers& answers, bool& commit_tried);
    /// Gets ready for the next group and says whether the failed one is there after all.
    bool recover(const Error& error, bool commit_tried);
    Result<void> reopen();
    void checkpoint_when_due();
    void take_pass(const Result<Connection::Checkpointed>& pass);
    void finish_checkpoint();
    void checkpoint_failed(const Error& error);
    void rest();
    void publish();

    const Settings settings_;
    const Open open_;
    std::unique_ptr<Writer> writer_;  ///< none between a failure and a reopening that worked

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Pending> queue_;
    bool idle_ = false;
    bool stopping_ = false;

    // The committer's thread alone.
    std::uint64_t durable_commit_ = 0;
    std::size_t log_pages_ = 0;
    std::size_t checkpoint_pages_ = 0;  ///< the log's size at which the next checkpoint is due
    int passes_ = 0;  ///< of the checkpointer since the log was begun again
    bool rested_ = true;

    std::atomic<std::uint64_t> last_commit_{0};
    std::atomic<std::uint64_t> live_records_{0};
    std::atomic<std::uint64_t> groups_{0};
    std::atomic<std::uint64_t> transactions_{0};
    std::atomic<bool> writable_{true};

    Checkpointer checkpointer_;
    std::thread thread_;
};

}  // namespace chatelaine::store::sqlite

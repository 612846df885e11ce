#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "secrets/kept.hpp"

namespace chatelaine::secrets {

/// What is done about secrets when nobody asks: last reads are written down, deleted secrets are
/// erased when their while is over, and the end of a version is told before it comes, once.
///
/// All it goes by is in the records, so a killed service goes on where it was. What is lost then
/// are the last reads of at most `reads_interval`.
///
/// Threads: one of its own between start() and stop(); the steps from one at a time.
class Keeper {
public:
    /// For the audit: what was done to which secret.
    struct Event {
        std::string_view operation;
        DomainId domain;
        std::string path;
        std::vector<std::pair<std::string_view, std::string>> details;
    };
    struct Ports {
        /// The scopes whose records can be opened now; none while the service is sealed.
        std::function<std::vector<Uuid>()> scopes;
        std::function<std::unique_ptr<seal::Reader>()> reader;
        /// Changes and audit records in one transaction, durable and seen by all on return.
        std::function<Result<void>(std::vector<seal::RecordChange>, const std::vector<Event>&)>
            commit;
        const Clock* clock = &system_clock();
    };
    struct Options {
        std::chrono::milliseconds interval{5'000};         ///< between looks for what is due
        std::chrono::milliseconds reads_interval{30'000};  ///< between writings of last reads
        std::chrono::milliseconds warn_interval{600'000};  ///< between looks for what will end
    };
    Keeper(Options options, Ports ports, LastReads& reads)
        : options_(options), ports_(std::move(ports)), reads_(reads) {}
    ~Keeper() { stop(); }

    void start();
    /// Writes down what is left; no read may come after.
    void stop();

    /// Each does what it can, and gives the first error of what it could not do.
    Result<void> write_reads();
    Result<void> erase_due();
    Result<void> warn();

    /// Secrets whose current version ends within a day, within limits::secret_warning_days.
    std::uint64_t ending_within_day() const { return day_.load(std::memory_order_relaxed); }
    std::uint64_t ending_soon() const { return soon_.load(std::memory_order_relaxed); }
    bool stopping() const { return stopping_.load(); }
    std::uint64_t erased() const { return erased_.load(std::memory_order_relaxed); }

private:
    Result<void> write_some(const std::vector<LastReads::Entry>& entries);
    Result<void> add_reads(seal::Reader& reader, const LastReads::Entry& entry,
                           std::vector<seal::RecordChange>& changes);
    /// One that fails is reported and holds no other up; kSealed ends the round.
    Result<void> each_scope(std::string_view what,
                            const std::function<Result<void>(const Uuid&)>& step);
    Result<void> erase_in(const Uuid& scope);
    Result<void> erase_one(seal::Reader& reader, const DeletedSecret& gone);
    Result<void> warn_of_day(const Uuid& scope, WallTime day, WallTime now);
    Result<void> tell(seal::Reader& reader, const Secret& secret, WallTime end);
    void run();
    bool wait(std::chrono::milliseconds time);

    const Options options_;
    const Ports ports_;
    LastReads& reads_;
    std::uint64_t counted_day_ = 0, counted_soon_ = 0;
    std::atomic<std::uint64_t> day_{0}, soon_{0}, erased_{0};

    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> stopping_{false};  ///< asked before each record: a stop waits for one
    std::thread thread_;
};

}  // namespace chatelaine::secrets

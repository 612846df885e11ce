#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "operate/tools.hpp"

namespace chatelaine::operate {

/// Brings records under their scope's present sealing key, and then retires the older ones.
///
/// What is to do is in the records and the keybag themselves, so a killed service goes on where it
/// was: a pass walks a scope's records in pages and rewrites those of an older generation with
/// their plaintext, dates and terms as they are (a new record version: the seal binds it). A record
/// that somebody else changes at that moment is left to them. A generation is retired after a pass
/// that found nothing left and began when no change sealed before the rotation could still be in
/// flight; never while a backup runs.
///
/// Threads: one of its own between start() and stop(); wake() from any; pass() from one at a time.
class Resealer {
public:
    struct Options {
        std::size_t records_per_second_max = 500;
        std::size_t page_records = 100;
        /// How long a change may take from its sealing to its commit, at most.
        std::chrono::milliseconds in_flight_max{60'000};
        std::chrono::milliseconds pause{5'000};  ///< between rounds while there is work
    };
    Resealer(Options options, Tools& tools) : options_(options), tools_(tools) {}
    ~Resealer() { stop(); }

    void start();
    void stop();
    /// There may be work: after a rotation, after unsealing.
    void wake();

    struct Pass {
        std::size_t rewritten = 0;
        std::size_t left = 0;  ///< of an older generation still: changed meanwhile, or unreadable
    };
    Result<Pass> pass(const Uuid& scope);
    /// One pass over each scope that needs one; true while something is left to do.
    bool round();
    std::uint64_t rewritten() const { return rewritten_.load(std::memory_order_relaxed); }

private:
    struct Seen {
        std::uint32_t generation = 0;
        MonotonicTime since{};
    };
    Result<bool> finish(const Uuid& scope, std::uint32_t generation);
    Result<void> walk(store::Store& store, store::Query query, std::uint32_t generation,
                      Pass& pass);
    Result<void> rewrite(store::Store& store, std::vector<store::Record> records, Pass& pass);
    Result<store::Change> resealed(const store::Record& record) const;
    void run();
    /// False when it was told to stop.
    bool wait(std::chrono::milliseconds time);

    const Options options_;
    Tools& tools_;
    std::map<Uuid, Seen> seen_;
    std::atomic<std::uint64_t> rewritten_{0};

    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    bool woken_ = false;
    std::thread thread_;
};

}  // namespace chatelaine::operate

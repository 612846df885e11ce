#pragma once

#include <array>
#include <atomic>
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/access.hpp"
#include "audit/audit.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "engine/cache.hpp"
#include "engine/evidence.hpp"
#include "engine/overlay.hpp"
#include "engine/pool.hpp"
#include "engine/rate_limiter.hpp"
#include "gate/gate.hpp"
#include "net/net.hpp"
#include "operate/tools.hpp"
#include "secrets/last_reads.hpp"
#include "tenancy/tools.hpp"

/// The one coordinator: who is calling → gate → handler → commit with audit → reply.
///
/// What is in the cache and takes microseconds runs in place on the network loop; whatever may
/// block or takes long runs again from the start on a pool thread (handlers have no effects, so
/// nothing is done twice). A use is answered after its audit record is written to the loop's
/// journal, together with all others of that turn; a change after its transaction, audit included,
/// is durable and the caches have let go of what it changed.

namespace chatelaine::engine {

/// What a face knows of a call. The views live until the face's done().
struct Call {
    RequestId request;
    std::string_view type;  ///< of the audit record: "REST_AUDIT"
    std::string_view client_ip;
    std::string_view http_method;
    std::string_view http_path;  ///< raw, without the query
    access::Presented presented;
    int (*status_of)(Code code) = nullptr;  ///< the face's own error table, for the audit
    std::chrono::steady_clock::time_point received;
};

/// What a connection's client certificate presents. The views live as long as the peer.
access::Presented presented_by(const net::Peer& peer);

/// Counts and times one operation.
struct OperationMeter {
    metrics::Counter* allowed = nullptr;
    metrics::Counter* denied = nullptr;
    metrics::Counter* failed = nullptr;
    metrics::Histogram* duration = nullptr;
};

class Engine;

/// One execution of one operation, handed from thread to thread, never shared.
class Task {
public:
    virtual ~Task() = default;
    /// Tries to run; hands itself on.
    virtual void step(std::unique_ptr<Task> self, bool may_block) = 0;
    /// On the loop's thread: adds its audit record to the journal.
    virtual void record(audit::Journal& journal) = 0;
    /// On the loop's thread: its record is written (or could not be).
    virtual void recorded(const Result<void>& written) = 0;
};

/// The callers of one loop that came with a certificate lately, so that who they are is found once
/// and not for each request. As fresh as the object cache: any change of what says who a caller is
/// or what it may do makes all of it void before that change is answered. Threads: the loop's.
class RecentCallers {
public:
    /// Null when the caller has to be found: not there, or from before `epoch`.
    const access::Principal* find(const access::Presented& presented, std::uint64_t epoch,
                                  WallTime now) const;
    /// `epoch`: the object cache's callers_epoch() from before the principal was found.
    void keep(const access::Presented& presented, std::uint64_t epoch,
              const access::Principal& principal);

private:
    struct Entry {
        crypto::Sha256 certificate{};
        DomainId requested_domain;
        std::uint64_t epoch = 0;
        std::optional<access::Principal> principal;
    };
    /// A power of two: one place for a certificate and domain, the later one takes it.
    static constexpr std::size_t entries_max = 256;
    static bool may_keep(const access::Presented& presented);
    static std::size_t place_of(const access::Presented& presented);

    std::vector<Entry> entries_ = std::vector<Entry>(entries_max);
};

/// What belongs to one loop. Touched on that loop's thread only.
class Lane {
public:
    Lane(net::Loop& loop, audit::Journal& journal) : loop_(loop), journal_(journal) {}
    net::Loop& loop() { return loop_; }
    /// Buffers the task's record; it is finished once this turn's records are written.
    void add(std::unique_ptr<Task> task);
    RecentCallers& callers() { return callers_; }

private:
    void write();
    net::Loop& loop_;
    RecentCallers callers_;
    audit::Journal& journal_;
    std::vector<std::unique_ptr<Task>> waiting_;
    std::vector<std::unique_ptr<Task>> finishing_;
};

/// The reading side of one execution.
class View final : public seal::Reader {
public:
    View(Engine& engine, bool may_block) : engine_(engine), may_block_(may_block) {}
    Result<store::Term> term(const Uuid& scope, std::string_view name,
                             std::string_view value) override;
    Result<std::uint64_t> version_of(const store::RecordKey& key) override;
    bool may_block() const override { return may_block_; }
    /// From now on what is loaded or found is as these changes leave it. For batches.
    void see(const std::vector<seal::RecordChange>& changes) { seen_.add(changes); }

protected:
    Result<std::shared_ptr<const void>> load_any(const store::RecordKey& key,
                                                 seal::Decode decode) override;
    Result<ErasedPage> find_any(const store::Query& query, seal::Decode decode) override;

private:
    Result<std::shared_ptr<const void>> decode_seen(const store::RecordKey& key,
                                                    const Overlay::Seen& seen,
                                                    seal::Decode decode) const;
    Result<ErasedPage> find_over(const store::Query& query, seal::Decode decode);
    Engine& engine_;
    bool may_block_;
    Overlay seen_;
};

/// Threads: start() on a loop's thread; everything else as it says.
class Engine {
public:
    struct Options {
        std::string plate = "local";
        std::string region = "local";
        Uuid directory_writer;  ///< the stores' own ids: writers of change records
        Uuid region_writer;
        std::size_t quick_threads = 2;  ///< reads that missed the cache
        std::size_t slow_threads = 2;   ///< RSA, key generation, password hashing
        std::size_t cache_entries_max = 0;  ///< 0 = limits::object_cache_entries_max
        RateLimiter::Options rate;          ///< of one identity on this node
    };
    struct Parts {
        store::Store& directory;
        store::Store& region;
        seal::Seal& seal;
        const responsibility::Matrix& matrix;
        const Clock& clock;
        Random& random;
        metrics::Registry& registry;
        tenancy::Tools& tools;
        operate::Tools& operate;
        secrets::LastReads& secret_reads;
    };
    Engine(Options options, Parts parts);
    ~Engine();

    /// Before the server starts: one call for each loop, in the order of their indices.
    void attach(net::Loop& loop, audit::Journal& journal);
    /// Ends the pools; after the server has stopped.
    void stop();

    const Options& options() const { return options_; }
    const Parts& parts() const { return parts_; }
    const gate::Gate& gate() const { return gate_; }
    const access::Authenticator& authenticator() const { return authenticator_; }
    ObjectCache& cache() { return cache_; }
    /// From the next request on. Threads: any.
    void set_rate(const RateLimiter::Options& rate) { rate_.set(rate); }

    /// Counts one request of the caller: kRateLimited when one of its identities is over its rate.
    Result<void> count_request(const access::Principal& principal);
    OperationMeter meter(const gate::OperationRow& row);
    store::Store& store_of(store::Kind kind) const {
        return store::in_directory(kind) ? parts_.directory : parts_.region;
    }

    // For Execution alone.
    Lane& lane(const net::Loop& loop) { return *lanes_[loop.index()]; }
    /// False when the pool is full: the task comes back.
    bool offload(std::unique_ptr<Task>& task, const gate::OperationRow& row);
    /// An audit record and whose stream it goes to.
    struct Recorded {
        Uuid scope;
        audit::Facts facts;
    };
    /// Seals the changes and the audit records and submits them as one transaction.
    Result<void> submit(gate::CommitsIn commits, std::vector<seal::RecordChange>& changes,
                        const std::vector<Recorded>& records, store::CommitDone done);
    void invalidate(const std::vector<store::RecordKey>& keys);
    /// Where the matrix takes reads for evidence: once a minute, beside the answer. A read's own
    /// record is in the journal before.
    void note_read(responsibility::Activity activity, const Recorded& record);

private:
    /// What the registers take of a change: its evidence, and a notice where the matrix says I.
    /// The evidence that is to be noted once it is durable is added to `noted`.
    void witness(const Recorded& record, store::Transaction& transaction,
                 EvidenceTimes::Noted& noted);
    bool evidence_due(const Recorded& record, std::size_t activity, EvidenceTimes::Noted& noted);

    Options options_;
    Parts parts_;
    gate::Gate gate_;
    EvidenceTimes evidence_;  ///< of the data plane alone
    access::Authenticator authenticator_;
    ObjectCache cache_;
    RateLimiter rate_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    BlockingPool quick_;
    BlockingPool slow_;
};

}  // namespace chatelaine::engine

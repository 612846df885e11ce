#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "seal/seal.hpp"
#include "store/store.hpp"

/// The record of every operation, allowed or denied. A change's record is in the change's own
/// transaction (writer: the store). A use's record is in the journal of its loop before the reply
/// (writer: that journal) and moves to the region's store within seconds. A stream is (scope,
/// writer), gapless. Entries are sealed under the scope's audit key; the clear part of an entry
/// (stream, first sequence, count, time) is what a chain and signatures will run over.

namespace chatelaine::audit {

enum class Verdict : std::uint8_t { kAllowed, kDenied, kFailed };
std::string_view verdict_name(Verdict verdict);

/// One operation's record. Field names on the outside are those that OVH forwards
/// (control-plane.md, section 8) plus ours. Views: a record is encoded at once, never kept.
struct Facts {
    WallTime time;
    RequestId request;
    std::string_view region;
    DomainId domain;
    std::string_view type;           ///< "REST_AUDIT", "KMIP_AUDIT", "OPERATOR_AUDIT"
    std::string_view operation;      ///< the row's name: "serviceKey.encrypt"
    std::string_view iam_operation;  ///< "okms:apikms:serviceKey/encrypt"
    std::string_view activity;       ///< "3.1.1.e"
    std::string_view party;          ///< "customer" or "provider"
    std::vector<std::string_view> iam_identities;
    Uuid credential;                 ///< tls_cert_id, or the token's id; nil when nobody
    bool by_certificate = false;
    std::string_view client_ip;
    std::string_view res_urn;
    std::string_view http_method;
    std::string_view http_path;  ///< raw path without the query
    int http_status = 0;
    Verdict verdict{};
    std::string_view err_category;    ///< code_name of the error; empty when allowed
    std::uint64_t record_version = 0; ///< of the object that was used or made; 0 when none
    std::vector<std::pair<std::string_view, std::string_view>> details;  ///< few, no secrets
};

/// A record as it is read back.
struct Record {
    store::StreamKey stream;
    std::uint64_t sequence = 0;
    WallTime time;
    RequestId request;
    std::string region, type, operation, iam_operation, activity, party, client_ip, res_urn;
    std::string http_method, http_path, err_category;
    DomainId domain;
    std::vector<std::string> iam_identities;
    Uuid credential;
    bool by_certificate = false;
    int http_status = 0;
    Verdict verdict{};
    std::uint64_t record_version = 0;
    std::vector<std::pair<std::string, std::string>> details;

    /// One JSON object with OVH's field names and ours, and `message` as their logs show it.
    std::string to_json() const;
};

/// Appends the record's encoding (base/codec.hpp) to `out`, with its length in front.
void encode(const Facts& facts, Bytes& out);
/// The records of an opened entry. kStoreCorrupt when they do not add up to `count`.
Result<std::vector<Record>> decode_entry(const store::StreamKey& stream,
                                         std::uint64_t first_sequence, std::uint32_t count,
                                         BytesView plaintext);

/// The append for a transaction: seals the record for the place that the store gives it.
store::Append change_append(const seal::Seal& seal, const store::StreamKey& stream, WallTime now,
                            const Facts& facts);

/// The write-ahead of use records: one for each loop, used on that loop's thread only (sync() and
/// ship() are for the shipper's thread and may run beside it).
///
/// Records are buffered by add() and written by write(): one sealed batch for each scope, one
/// write(2) for all. Nothing may be answered before write() returned success for its record.
class Journal {
public:
    struct Options {
        std::filesystem::path directory;  ///< made when missing, mode 0700
        Uuid node;                        ///< writer ids are derived from node and loop
        std::size_t loop = 0;
        std::uint64_t segment_bytes_max = 0;  ///< 0 = limits::journal_segment_bytes_max
        bool flush_before_reply = false;
    };
    /// Starts a new segment. Old segments are for the Shipper.
    static Result<std::unique_ptr<Journal>> open(const Options& options, const seal::Seal& seal,
                                                 store::Store& region);
    virtual ~Journal() = default;

    virtual void add(const Uuid& scope, const Facts& facts) = 0;
    virtual std::size_t buffered() const = 0;
    /// kAuditUnavailable when the file cannot take it, kSealed while sealed: then none of the
    /// buffered records counts, they are dropped, and the place in the file is cut back before
    /// anything else is written.
    virtual Result<void> write() = 0;
    /// fdatasync of what was written; called each second. Any thread.
    virtual Result<void> sync() = 0;
};

/// Moves closed and open segments' batches to the region's store, many records an entry, and
/// removes segments that are there in full. One a node.
class Shipper {
public:
    struct Options {
        std::filesystem::path directory;
        Uuid node;
        std::size_t entry_records_max = 1000;
        std::size_t entry_bytes_max = 256 * 1024;
    };
    static std::unique_ptr<Shipper> create(const Options& options, const seal::Seal& seal,
                                           store::Store& region);
    virtual ~Shipper() = default;
    /// At start, before journals are opened: finds a torn tail, cuts it and writes a record of
    /// operation "journal.recovered" that marks it; ships all that is whole.
    virtual Result<void> recover(WallTime now) = 0;
    /// Ships what journals have written up to now. Any thread; one at a time inside.
    virtual Result<void> ship() = 0;
    /// Runs `journals`' sync and ship on a thread of its own, every `interval`, until stop().
    virtual void start(std::vector<Journal*> journals, std::chrono::milliseconds sync_interval,
                       std::chrono::milliseconds ship_interval) = 0;
    virtual void stop() = 0;
};

/// What a reader asks: all filters hold together; empty ones are not looked at.
struct Filter {
    std::optional<WallTime> from, to;
    std::string operation;     ///< exact row name
    std::string identity_urn;  ///< exact
    std::string resource_urn;  ///< exact
    std::optional<Verdict> verdict;
    std::optional<RequestId> request;
};
struct Position {
    std::string token;  ///< opaque; empty = from the start (or the end when newest first)
};
struct RecordPage {
    std::vector<Record> records;
    std::string next;  ///< empty at the end
};
/// Records of one scope over all its streams in all of `stores` (a domain has some in the region's
/// and some in the directory; no stream is in two), merged by time, oldest first or newest first.
/// Ships first, so that what was answered is seen. Blocks.
Result<RecordPage> read_records(const Uuid& scope, const Filter& filter, const Position& from,
                                std::size_t max, bool newest_first, const seal::Seal& seal,
                                const std::vector<store::Store*>& stores, Shipper* shipper);
/// The same over one store.
Result<RecordPage> read_records(const Uuid& scope, const Filter& filter, const Position& from,
                                std::size_t max, bool newest_first, const seal::Seal& seal,
                                store::Store& store, Shipper* shipper);

}  // namespace chatelaine::audit

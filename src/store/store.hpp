#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/secret.hpp"

/// The record store port. A store keeps sealed records and sealed stream entries, in transactions
/// that compare versions, and knows nothing else: no SQL, no key and no meaning comes through here.
///
/// Invariants every back end keeps (tests/conformance runs one suite over all of them):
///  - A transaction is wholly there or wholly not, and `done` is called with a receipt only when it
///    is durable. Records are compared and swapped: a change states the version it saw, 0 for
///    "never existed"; the new version is that plus one and goes on past a tombstone.
///  - `commit` numbers follow commit order without going back; each change takes one of its own (a
///    transaction without changes takes one too), so pages can be cut at any of them. `born` is the
///    commit number of the record's creation and never changes (a record made again after a
///    tombstone is born again).
///  - Changes of one transaction apply in their order: a key may be in it twice, each change
///  stating
///    the version that the one before made. So do its appends.
///  - Stream entries are gapless per stream: the next first sequence is the last one plus its
///  count.
///  - After a failed sync the store takes no more changes until it has been reopened and verified.

namespace chatelaine::store {

/// What a record is. The numbers are on disk: never reuse one. One list for the whole product.
enum class Kind : std::uint16_t {
    kManagedObject = 1,   ///< a key or another KMIP object, its newest material inside
    kKeyVersion = 2,      ///< an older version's material; id derived from object and number
    kSecret = 3,          ///< a secret and its newest versions' data; id = blind term of its path
    kSecretVersion = 4,   ///< data that does not go into the secret's own record
    kSecretConfig = 5,    ///< a domain's settings for its secrets
    kSecretFolder = 6,    ///< a path component with secrets below it; id = blind term of its path
    kDeletedSecret = 7,   ///< a deleted secret that can come back; id = that of its life
    kSecretNotes = 8,     ///< last reads, told expiries; id = that of the secret
    kKeyAlias = 12,       ///< a name that stands for a key; id = blind term of the name
    kQuorumUse = 13,      ///< that an approved request was carried out; id = the request's
    kDomain = 16,         ///< in the directory: which customer, which region
    kAccount = 17,        ///< in the directory: a customer
    kIdentity = 18,
    kCredential = 19,     ///< client certificate; id = its serial
    kToken = 20,          ///< bearer token, hashed
    kOperator = 21,       ///< an identity of the provider
    kAuthority = 22,      ///< a certificate authority and its sealed key
    kClaim = 23,          ///< a one-time code that claims a root or first operator credential
    kIntent = 24,         ///< work that spans two stores, resumed at start
    kEvidence = 25,       ///< last evidence of an activity
    kSetting = 26,
    kName = 27,           ///< a name that is taken in a scope; id = blind term of the name
    kPolicy = 28,         ///< who may do what on which resources (scope: its account)
    kPolicyMark = 29,     ///< changes with each of an account's rules; id = the account
    kPermissionsGroup = 30,  ///< actions under one name
    kResourceGroup = 31,     ///< resources under one name
    kUserGroup = 32,         ///< identities under one name
    kResourceTags = 33,      ///< the tags of one resource; id = blind term of its URN
    kQuorumBook = 48,        ///< an account's rules for approvals; id = the account
    kQuorumRequest = 49,     ///< what waits for approvals (scope: its account)
    kContact = 50,           ///< a person of a subscription (scope: one of its own)
    kElevation = 51,         ///< an operator's right for a time
    kSiteEntry = 52,         ///< who was in a site, when and why
};

/// All of them, for whoever goes through a store.
inline constexpr std::array all_kinds{
    Kind::kManagedObject,  Kind::kKeyVersion,    Kind::kSecret,           Kind::kSecretVersion,
    Kind::kSecretConfig,   Kind::kSecretFolder,  Kind::kDeletedSecret,    Kind::kSecretNotes,
    Kind::kKeyAlias,       Kind::kQuorumUse,     Kind::kDomain,           Kind::kAccount,
    Kind::kIdentity,       Kind::kCredential,    Kind::kToken,            Kind::kOperator,
    Kind::kAuthority,      Kind::kClaim,         Kind::kIntent,           Kind::kEvidence,
    Kind::kSetting,        Kind::kName,          Kind::kPolicy,           Kind::kPolicyMark,
    Kind::kPermissionsGroup, Kind::kResourceGroup, Kind::kUserGroup,      Kind::kResourceTags,
    Kind::kQuorumBook,     Kind::kQuorumRequest, Kind::kContact,          Kind::kElevation,
    Kind::kSiteEntry};

/// A record that is there before it was ever written, as its type makes it of no bytes at all: so
/// that its absence can be known without asking the store.
constexpr bool always_there(Kind kind) {
    return kind == Kind::kPolicyMark || kind == Kind::kQuorumBook;
}

/// Which of the two stores keeps a kind: the directory (accounts, identities, credentials: the
/// service's own) or the region's (everything of the domains in it).
constexpr bool in_directory(Kind kind) { return static_cast<std::uint16_t>(kind) >= 16; }

struct RecordKey {
    Uuid scope;  ///< domain, account or provider: whose keys seal it
    Kind kind{};
    Uuid id;
    auto operator<=>(const RecordKey&) const = default;
};

/// The dates that lists and Locate compare by range; each is a copy of what the sealed record says.
enum class DateColumn : std::uint8_t {
    kCreated, kChanged, kActivation, kDeactivation, kProcessStart, kProtectStop, kCompromise,
    kDestroy, kArchive, kEnd
};
inline constexpr std::size_t date_column_count = static_cast<std::size_t>(DateColumn::kEnd);
struct Dates {
    std::array<std::optional<WallTime>, date_column_count> values;
    std::optional<WallTime>& operator[](DateColumn c) {
        return values[static_cast<std::size_t>(c)];
    }
    const std::optional<WallTime>& operator[](DateColumn c) const {
        return values[static_cast<std::size_t>(c)];
    }
    bool operator==(const Dates&) const = default;
};

/// A blind index term: HMAC under the scope's index key, cut to 128 bits. Made by seal/.
struct Term {
    std::array<std::uint8_t, 16> value{};
    auto operator<=>(const Term&) const = default;
};

struct Record {
    RecordKey key;
    std::uint64_t version = 0;
    std::uint64_t commit = 0;
    std::uint64_t born = 0;
    bool tombstone = false;  ///< deleted: sealed is empty, only the version goes on
    Dates dates;
    crypto::SealedBytes sealed;
};

/// One record's next version, or its end.
struct Change {
    RecordKey key;
    std::uint64_t expected_version = 0;
    bool tombstone = false;
    Dates dates;
    /// Replaces all terms of the record; at most limits::terms_per_record_max.
    std::vector<Term> terms;
    /// The live record's terms stay as they are; `terms` is empty then (kInvalidArgument else).
    bool keep_terms = false;
    crypto::SealedBytes sealed;
};

/// A stream: (scope, writer). Writers are each node's journal and each store.
struct StreamKey {
    Uuid scope;
    Uuid writer;
    auto operator<=>(const StreamKey&) const = default;
};

/// What goes to the end of a stream within the transaction. The store says the place, `seal` makes
/// the bytes for it (the sequence is bound into the seal), called on the committer's thread.
struct Append {
    StreamKey stream;
    std::uint32_t count = 1;  ///< how many records the entry holds
    WallTime written;
    std::function<Result<crypto::SealedBytes>(std::uint64_t first_sequence)> seal;
    /// Set when the sequence was given elsewhere (a journal's batch): kVersionConflict unless it is
    /// the next one; an entry that is there already with the same bytes is taken as success.
    std::optional<std::uint64_t> first_sequence;
};

struct Transaction {
    std::vector<Change> changes;
    std::vector<Append> appends;
};

struct Receipt {
    std::uint64_t commit = 0;  ///< the last change's number; they were taken without a gap
    std::vector<std::uint64_t> sequences;  ///< first sequence of each append
};

struct StreamEntry {
    StreamKey stream;
    std::uint64_t first_sequence = 0;
    std::uint32_t count = 0;
    WallTime written;
    crypto::SealedBytes sealed;
};

struct DateCondition {
    enum class Test : std::uint8_t { kIsNull, kIsSet, kAtMost, kAtLeast, kNullOrAfter };
    DateColumn column{};
    Test test{};
    WallTime value;  ///< not looked at for kIsNull and kIsSet
};

/// All conditions hold together. Tombstones never match.
struct Query {
    Uuid scope;
    Kind kind{};
    std::vector<Term> terms;
    std::vector<DateCondition> dates;
    bool newest_first = false;
    /// Continue after this `born` (before it when newest_first); 0 = from the start.
    std::uint64_t after_born = 0;
    std::size_t max = 100;
    std::size_t offset = 0;
};

struct Page {
    std::vector<Record> records;
    bool more = false;  ///< another record matches: a page is never empty unless it is the last
};

struct Statistics {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t last_commit = 0;
    std::uint64_t queue_depth = 0;
    std::uint64_t groups = 0;       ///< commits to disk since start
    std::uint64_t transactions = 0; ///< transactions in them
    bool writable = true;
};

using CommitDone = std::function<void(Result<Receipt>)>;

/// Threads: every method from any thread at the same time.
class Store {
public:
    virtual ~Store() = default;

    /// Queues a transaction; `done` is called once, on the committer's thread, after it is durable
    /// or refused. It must be short and must not call submit's blocking twin. kVersionConflict when
    /// a compare fails, kOverloaded at once when the queue is full, kStoreFull, kStoreUnavailable.
    virtual void submit(Transaction transaction, CommitDone done) = 0;
    /// submit() and wait. Not on a network loop.
    Result<Receipt> commit(Transaction transaction);

    /// Nothing when it never existed; a tombstone is returned as such.
    virtual Result<std::optional<Record>> get(const RecordKey& key) = 0;
    virtual Result<Page> query(const Query& query) = 0;
    virtual Result<std::uint64_t> count(const Query& query, std::uint64_t at_most) = 0;
    /// Every record, tombstones included, with a commit number above `commit`, in commit order.
    virtual Result<Page> changed_since(std::uint64_t commit, std::size_t max) = 0;

    /// Entries that hold a sequence >= `from`, in order.
    virtual Result<std::vector<StreamEntry>> read_stream(const StreamKey& stream,
                                                         std::uint64_t from, std::size_t max) = 0;
    virtual Result<std::vector<StreamKey>> streams(const Uuid& scope) = 0;
    /// The next sequence of a stream; 1 for one that is not there.
    virtual Result<std::uint64_t> next_sequence(const StreamKey& stream) = 0;

    /// A consistent copy into a new file, taken while the store goes on.
    virtual Result<void> copy_to(const std::filesystem::path& file) = 0;
    /// The full check; slow. kStoreCorrupt says what is wrong.
    virtual Result<void> check_integrity() = 0;
    virtual Statistics statistics() = 0;
};

}  // namespace chatelaine::store

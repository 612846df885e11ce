#include "engine/engine.hpp"

#include "audit/register.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

namespace chatelaine::engine {
namespace {

/// A record that does not open or decode is the operator's business at once.
Error report_broken(const store::RecordKey& key, Error error) {
    if (error.code() != Code::kSealed) {
        log::error("record_unreadable",
                   {{"scope", key.scope.to_string()},
                    {"kind", std::to_string(static_cast<unsigned>(key.kind))},
                    {"id", key.id.to_string()},
                    {"reason", std::string(code_name(error.code()))}},
                   "stop writing to this store and restore the record from a backup");
    }
    return error;
}

Result<std::shared_ptr<const void>> open_and_decode(const seal::Seal& seal,
                                                    const store::Record& record,
                                                    seal::Decode decode) {
    const seal::Origin origin{record.key, record.version, record.commit, record.born, record.dates};
    auto plaintext = seal.open_record({record.key, record.version}, record.sealed);
    if (!plaintext) {
        return report_broken(record.key, std::move(plaintext).error());
    }
    auto object = plaintext->with_exposed(
        crypto::insecure_expose_secret(),
        [&](BytesView bytes) { return decode(origin, bytes); });
    if (!object) {
        return report_broken(record.key, std::move(object).error());
    }
    return object;
}

}  // namespace

void Lane::add(std::unique_ptr<Task> task) {
    task->record(journal_);
    waiting_.push_back(std::move(task));
    if (waiting_.size() == 1) {
        // Runs behind everything that is ready in this turn: one write for all of it.
        loop_.defer([this] { write(); });
    }
}

void Lane::write() {
    const Result<void> written = journal_.write();
    if (!written) {
        const bool sealed = written.error().code() == Code::kSealed;
        log::error(sealed ? "refused_while_sealed" : "journal_write_failed",
                   {{"reason", written.error().to_string()}},
                   sealed ? "nothing can be recorded, so nothing is done: unseal the service"
                          : "uses are refused: free space on the journal's volume");
    }
    finishing_.swap(waiting_);
    for (auto& task : finishing_) {
        task->recorded(written);
    }
    finishing_.clear();
}

Result<store::Term> View::term(const Uuid& scope, std::string_view name, std::string_view value) {
    return engine_.parts().seal.term(scope, name, value);
}

Result<std::uint64_t> View::version_of(const store::RecordKey& key) {
    if (!may_block_) {
        return Error(Code::kWouldBlock, "engine.view");
    }
    if (const Overlay::Seen* const seen = seen_.find(key)) {
        return seen->version;
    }
    CH_TRY(const auto record, engine_.store_of(key.kind).get(key));
    return record ? record->version : 0;
}

Result<std::shared_ptr<const void>> View::decode_seen(const store::RecordKey& key,
                                                      const Overlay::Seen& seen,
                                                      seal::Decode decode) const {
    const seal::Origin origin{key, seen.version, 0, 0, seen.dates};
    return seen.plaintext.with_exposed(
        crypto::insecure_expose_secret(),
        [&](BytesView plaintext) { return decode(origin, plaintext); });
}

Result<std::shared_ptr<const void>> View::load_any(const store::RecordKey& key,
                                                   seal::Decode decode) {
    if (const Overlay::Seen* const seen = seen_.find(key)) {
        return seen->tombstone ? std::shared_ptr<const void>() : decode_seen(key, *seen, decode);
    }
    if (auto object = engine_.cache().find(key)) {
        return object;
    }
    if (!may_block_) {
        return Error(Code::kWouldBlock, "engine.view");
    }
    const std::uint64_t epoch = engine_.cache().epoch(key);
    CH_TRY(const auto record, engine_.store_of(key.kind).get(key));
    if (!record && store::always_there(key.kind)) {
        CH_TRY(auto object, decode(seal::Origin{key, 0, 0, 0, {}}, {}));
        engine_.cache().put(key, object, epoch);
        return object;
    }
    if (!record || record->tombstone) {
        return std::shared_ptr<const void>();
    }
    CH_TRY(auto object, open_and_decode(engine_.parts().seal, *record, decode));
    engine_.cache().put(key, object, epoch, record->sealed.size());
    return object;
}

Result<View::ErasedPage> View::find_any(const store::Query& query, seal::Decode decode) {
    if (!may_block_) {
        return Error(Code::kWouldBlock, "engine.view");
    }
    if (!seen_.leaves(query)) {
        return find_over(query, decode);
    }
    CH_TRY(const auto page, engine_.store_of(query.kind).query(query));
    ErasedPage found;
    found.more = page.more;
    for (const store::Record& record : page.records) {
        CH_TRY(auto object, open_and_decode(engine_.parts().seal, record, decode));
        found.objects.push_back(std::move(object));
        found.born.push_back(record.born);
    }
    return found;
}

Result<View::ErasedPage> View::find_over(const store::Query& query, seal::Decode decode) {
    const auto make_term = [&](std::string_view name, std::string_view value) {
        return term(query.scope, name, value);
    };
    CH_TRY(const auto page, seen_.query(query, engine_.store_of(query.kind), make_term));
    ErasedPage found;
    found.more = page.more;
    for (const Overlay::Hit& hit : page.hits) {
        CH_TRY(auto object,
               hit.stored ? open_and_decode(engine_.parts().seal, *hit.stored, decode)
                          : decode_seen(hit.key, *seen_.find(hit.key), decode));
        found.objects.push_back(std::move(object));
        found.born.push_back(hit.born);
    }
    return found;
}

access::Presented presented_by(const net::Peer& peer) {
    access::Presented presented;
    if (peer.certificate) {
        access::Presented::Certificate& certificate = presented.certificate.emplace();
        certificate.common_name = peer.certificate->subject_common_name;
        certificate.serial = peer.certificate->serial;
        certificate.upn_names = &peer.certificate->upn_names;
        certificate.fingerprint = &peer.certificate->fingerprint;
        certificate.client_auth = peer.certificate->client_auth;
        certificate.verified = peer.certificate_verified;
    }
    return presented;
}

Engine::Engine(Options options, Parts parts)
    : options_(std::move(options)),
      parts_(parts),
      gate_(parts.matrix, options_.plate),
      authenticator_(options_.plate),
      cache_(options_.cache_entries_max == 0 ? limits::object_cache_entries_max
                                             : options_.cache_entries_max),
      rate_(options_.rate),
      quick_({options_.quick_threads, limits::blocking_queue_max, false}),
      slow_({options_.slow_threads, limits::blocking_queue_max, true}) {
    parts_.registry.gauge("chatelaine_cached_objects", "Opened records kept in locked memory", {},
                          [this] { return static_cast<double>(cache_.size()); });
    parts_.registry.gauge("chatelaine_blocking_queue", "Executions that wait for a pool thread", {},
                          [this] {
                              return static_cast<double>(quick_.queued() + slow_.queued());
                          });
}

Engine::~Engine() { stop(); }

void Engine::stop() {
    quick_.stop();
    slow_.stop();
}

void Engine::attach(net::Loop& loop, audit::Journal& journal) {
    CH_CHECK(loop.index() == lanes_.size());
    lanes_.push_back(std::make_unique<Lane>(loop, journal));
}

OperationMeter Engine::meter(const gate::OperationRow& row) {
    const std::string name(row.name);
    const auto counter = [&](const char* result) {
        return &parts_.registry.counter("chatelaine_operations_total", "Operations by their result",
                                        {{"operation", name}, {"result", result}});
    };
    return {counter("allowed"), counter("denied"), counter("failed"),
            &parts_.registry.histogram("chatelaine_operation_seconds",
                                       "Time from the whole request to its answer",
                                       {{"operation", name}})};
}

Result<void> Engine::count_request(const access::Principal& principal) {
    const MonotonicTime now = parts_.clock.monotonic();
    for (const auto& identity : principal.identities()) {
        CH_TRY_VOID(rate_.take(identity->id, now));
    }
    return ok();
}

bool Engine::offload(std::unique_ptr<Task>& task, const gate::OperationRow& row) {
    const bool slow = row.rate == gate::RateClass::kAsymmetric ||
                      row.rate == gate::RateClass::kAdmin || row.effect == gate::Effect::kWrite;
    Task* const raw = task.release();
    const bool taken = (slow ? slow_ : quick_).submit([raw] {
        std::unique_ptr<Task> owner(raw);
        raw->step(std::move(owner), true);
    });
    if (!taken) {
        task.reset(raw);
    }
    return taken;
}

Result<void> Engine::submit(gate::CommitsIn commits, std::vector<seal::RecordChange>& changes,
                            const std::vector<Recorded>& records, store::CommitDone done) {
    const bool directory = commits == gate::CommitsIn::kDirectory;
    store::Transaction transaction;
    transaction.changes.reserve(changes.size());
    for (seal::RecordChange& change : changes) {
        // Each operation commits in the one store that its row names.
        CH_CHECK(store::in_directory(change.key.kind) == directory);
        store::Change stored;
        stored.key = change.key;
        stored.expected_version = change.expected_version;
        stored.tombstone = change.tombstone;
        stored.dates = change.dates;
        for (const auto& [name, value] : change.terms) {
            CH_TRY(const auto term, parts_.seal.term(change.key.scope, name, value));
            stored.terms.push_back(term);
        }
        if (!change.tombstone) {
            const seal::Place place{change.key, change.expected_version + 1};
            auto sealed = change.plaintext.with_exposed(
                crypto::insecure_expose_secret(),
                [&](BytesView bytes) { return parts_.seal.seal(place, bytes); });
            if (!sealed) {
                return std::move(sealed).error();
            }
            stored.sealed = std::move(sealed).value();
        }
        transaction.changes.push_back(std::move(stored));
    }
    const Uuid& writer = directory ? options_.directory_writer : options_.region_writer;
    EvidenceTimes::Noted noted;
    for (const Recorded& record : records) {
        const store::StreamKey stream{record.scope, writer};
        transaction.appends.push_back(
            audit::change_append(parts_.seal, stream, record.facts.time, record.facts));
        witness(record, transaction, noted);
    }
    if (!noted.empty()) {
        done = [this, noted = std::move(noted), next = std::move(done)](Result<store::Receipt> it) {
            if (it) {
                evidence_.written(noted);
            }
            next(std::move(it));
        };
    }
    (directory ? parts_.directory : parts_.region).submit(std::move(transaction), std::move(done));
    return ok();
}

bool Engine::evidence_due(const Recorded& record, std::size_t activity,
                          EvidenceTimes::Noted& noted) {
    const std::string_view type = record.facts.type;
    return type == "CONTROL_AUDIT" || type == "OPERATOR_AUDIT" ||
           evidence_.due({record.scope, activity}, record.facts.time, noted);
}

void Engine::witness(const Recorded& record, store::Transaction& transaction,
                     EvidenceTimes::Noted& noted) {
    const audit::Facts& facts = record.facts;
    const auto activity = responsibility::activity_from_id(facts.activity);
    if (facts.verdict != audit::Verdict::kAllowed || !activity) {
        return;
    }
    const std::size_t index = responsibility::index_of(*activity);
    const auto append = [&](const Uuid& scope, audit::Register which, std::size_t number,
                            const audit::Facts& what) {
        const store::StreamKey stream{scope, audit::register_writer(which, number)};
        transaction.appends.push_back(
            audit::change_append(parts_.seal, stream, what.time, what));
    };
    if (evidence_due(record, index, noted)) {
        append(record.scope, audit::Register::kEvidence, index, facts);
    }
    const auto other = facts.party == "provider" ? responsibility::Party::kCustomer
                                                 : responsibility::Party::kProvider;
    if (!parts_.matrix.informed(other, *activity)) {
        return;
    }
    // No names, addresses or texts of the one party for the other: what was done, when, and in
    // which domain or account.
    audit::Facts notice;
    notice.time = facts.time;
    notice.request = facts.request;
    notice.region = facts.region;
    notice.domain = facts.domain;
    notice.type = "NOTICE";
    notice.operation = facts.operation;
    notice.iam_operation = facts.iam_operation;
    notice.activity = facts.activity;
    notice.party = facts.party;
    const std::string scope = record.scope.to_string();
    if (record.scope != access::provider_scope && facts.domain.is_nil()) {
        notice.details.emplace_back("account", scope);
    }
    append(access::provider_scope, audit::Register::kNotices, responsibility::index_of(other),
           notice);
}

void Engine::note_read(responsibility::Activity activity, const Recorded& record) {
    const std::size_t index = responsibility::index_of(activity);
    EvidenceTimes::Noted noted;
    if (!evidence_.due({record.scope, index}, record.facts.time, noted)) {
        return;
    }
    const store::StreamKey stream{record.scope,
                                  audit::register_writer(audit::Register::kEvidence, index)};
    store::Transaction transaction;
    transaction.appends.push_back(
        audit::change_append(parts_.seal, stream, record.facts.time, record.facts));
    // Of one that fails the next is the evidence: nothing waits for it.
    parts_.region.submit(std::move(transaction),
                         [this, noted = std::move(noted)](const Result<store::Receipt>& done) {
                             if (done) {
                                 evidence_.written(noted);
                             }
                         });
}

void Engine::invalidate(const std::vector<store::RecordKey>& keys) {
    for (const store::RecordKey& key : keys) {
        cache_.invalidate(key);
    }
}

}  // namespace chatelaine::engine

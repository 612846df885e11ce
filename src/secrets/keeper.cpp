#include "secrets/keeper.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/log.hpp"

namespace chatelaine::secrets {
namespace {

constexpr std::size_t kBatch = 100;
constexpr std::int64_t kDaySeconds = 24LL * 3600;

/// Once sealed, nothing can be read or written any more: what is left waits for the unsealing.
bool ends_round(const Result<void>& done) {
    return !done && done.error().code() == Code::kSealed;
}

/// Somebody was first, or it is not there any more: the next round sees to it.
bool passes(const Result<void>& done) {
    return done || done.error().code() == Code::kVersionConflict;
}

void report(std::string_view what, const Result<void>& done) {
    if (!done) {
        log::warning("secret_keeper", {{"step", std::string(what)},
                                       {"reason", std::string(code_name(done.error().code()))}},
                     "nothing is lost; it goes on by itself once the cause is gone");
    }
}

seal::RecordChange end_of(const store::RecordKey& key, std::uint64_t version) {
    seal::RecordChange change;
    change.key = key;
    change.expected_version = version;
    change.tombstone = true;
    return change;
}

/// The notes to go on with: those of this life, or new ones over whatever is there.
Result<SecretNotes> notes_of(seal::Reader& reader, const store::RecordKey& key, const Uuid& life) {
    CH_TRY(const auto there, reader.load<SecretNotes>(key.scope, key.id));
    SecretNotes notes;
    if (there && there->life == life) {
        notes = *there;
        return notes;
    }
    notes.life = life;
    CH_TRY(notes.origin.version, reader.version_of(key));
    return notes;
}

}  // namespace

void Keeper::start() {
    CH_CHECK(!thread_.joinable());
    stopping_.store(false);
    thread_ = std::thread([this] { run(); });
}

void Keeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_.store(true);
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
        report("reads", write_reads());
    }
}

bool Keeper::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return stopping_.load(); });
}

Result<void> Keeper::each_scope(std::string_view what,
                                const std::function<Result<void>(const Uuid&)>& step) {
    std::optional<Error> first;
    for (const Uuid& scope : ports_.scopes()) {
        if (stopping_.load()) {
            break;
        }
        auto done = step(scope);
        if (ends_round(done)) {
            return done;
        }
        if (!done) {
            report(what, done);
            if (!first) {
                first.emplace(std::move(done).error());
            }
        }
    }
    return first ? Result<void>(std::move(*first)) : ok();
}

void Keeper::run() {
    MonotonicTime reads = ports_.clock->monotonic();
    MonotonicTime warned = reads - options_.warn_interval;
    while (wait(options_.interval)) {
        const MonotonicTime now = ports_.clock->monotonic();
        static_cast<void>(erase_due());  // each scope's failure is reported there
        if (now - reads >= options_.reads_interval) {
            report("reads", write_reads());
            reads = now;
        }
        if (now - warned >= options_.warn_interval) {
            static_cast<void>(warn());
            warned = now;
        }
    }
}

Result<void> Keeper::write_reads() {
    const std::vector<Uuid> open = ports_.scopes();
    std::vector<LastReads::Entry> all = reads_.pending();
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const LastReads::Entry& entry) {
                                 return std::find(open.begin(), open.end(), entry.scope) ==
                                        open.end();
                             }),
              all.end());
    std::optional<Error> first_failure;
    for (std::size_t at = 0; at < all.size(); at += kBatch) {
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last = first + static_cast<std::ptrdiff_t>(std::min(kBatch, all.size() - at));
        const std::vector<LastReads::Entry> some(first, last);
        auto written = write_some(some);
        if (ends_round(written)) {
            return written;
        }
        if (!passes(written) && !first_failure) {
            first_failure.emplace(std::move(written).error());
        }
    }
    return first_failure ? Result<void>(std::move(*first_failure)) : ok();
}

/// What cannot be read stays pending and holds nothing else up.
Result<void> Keeper::write_some(const std::vector<LastReads::Entry>& entries) {
    const auto reader = ports_.reader();
    std::vector<seal::RecordChange> changes;
    std::vector<LastReads::Entry> written;
    std::optional<Error> failure;
    for (const LastReads::Entry& entry : entries) {
        auto done = add_reads(*reader, entry, changes);
        if (done) {
            written.push_back(entry);
        } else if (ends_round(done)) {
            return done;
        } else if (!failure) {
            failure.emplace(std::move(done).error());
        }
    }
    if (!changes.empty()) {
        CH_TRY_VOID(ports_.commit(std::move(changes), {}));
    }
    reads_.settle(written);
    return failure ? Result<void>(std::move(*failure)) : ok();
}

Result<void> Keeper::add_reads(seal::Reader& reader, const LastReads::Entry& entry,
                               std::vector<seal::RecordChange>& changes) {
    CH_TRY(const auto secret, reader.load<Secret>(entry.scope, entry.secret));
    if (!secret || secret->life != entry.life) {
        return ok();  // deleted since: nobody asks any more
    }
    const store::RecordKey key = notes_key(entry.scope, entry.secret);
    CH_TRY(SecretNotes notes, notes_of(reader, key, entry.life));
    merge_times(notes.reads, entry.times);
    notes.reads.erase(std::remove_if(notes.reads.begin(), notes.reads.end(),
                                     [&](const auto& each) {
                                         return secret->version(each.first) == nullptr;
                                     }),
                      notes.reads.end());
    changes.push_back(change_of(notes, key, notes.origin.version));
    return ok();
}

Result<void> Keeper::erase_due() {
    return each_scope("erase", [this](const Uuid& scope) { return erase_in(scope); });
}

Result<void> Keeper::erase_in(const Uuid& scope) {
    const auto reader = ports_.reader();
    store::Query query;
    query.scope = scope;
    query.dates.push_back({store::DateColumn::kDestroy, store::DateCondition::Test::kAtMost,
                           ports_.clock->now()});
    for (;;) {
        CH_TRY(const auto found, reader->find<DeletedSecret>(query));
        for (const auto& gone : found.objects) {
            if (stopping_.load()) {
                return ok();
            }
            auto done = erase_one(*reader, *gone);
            if (!passes(done)) {
                return done;
            }
        }
        if (!found.more) {
            return ok();
        }
        query.after_born = found.born.back();
    }
}

Result<void> Keeper::erase_one(seal::Reader& reader, const DeletedSecret& gone) {
    const Uuid& scope = gone.secret.domain.uuid;
    std::vector<seal::RecordChange> changes;
    changes.push_back(end_of(gone.origin.key, gone.origin.version));
    for (const Version& version : gone.secret.versions) {
        if (version.apart()) {
            const store::RecordKey key{scope, SecretVersion::kind,
                                       version_id(gone.secret.life, version.number)};
            CH_TRY(const std::uint64_t at, reader.version_of(key));
            changes.push_back(end_of(key, at));
        }
    }
    CH_TRY_VOID(ports_.commit(std::move(changes),
                              {{"secret.erase", gone.secret.domain, gone.secret.path,
                                {{"versions", std::to_string(gone.secret.versions.size())}}}}));
    erased_.fetch_add(1, std::memory_order_relaxed);
    return ok();
}

Result<void> Keeper::warn() {
    const WallTime now = ports_.clock->now();
    counted_day_ = 0;
    counted_soon_ = 0;
    auto done = each_scope("warn", [&](const Uuid& scope) -> Result<void> {
        for (std::int64_t day = 0; day <= limits::secret_warning_days; ++day) {
            CH_TRY_VOID(warn_of_day(scope, now.plus_seconds(day * kDaySeconds), now));
        }
        return ok();
    });
    day_.store(counted_day_, std::memory_order_relaxed);
    soon_.store(counted_soon_, std::memory_order_relaxed);
    return done;
}

Result<void> Keeper::warn_of_day(const Uuid& scope, WallTime day, WallTime now) {
    const auto reader = ports_.reader();
    store::Query query;
    query.scope = scope;
    CH_TRY(const store::Term term, reader->term(scope, term::kExpires, day_of(day)));
    query.terms.push_back(term);
    for (;;) {
        CH_TRY(const auto found, reader->find<Secret>(query));
        for (const auto& secret : found.objects) {
            if (stopping_.load()) {
                return ok();
            }
            const auto end = secret->dates()[store::DateColumn::kDeactivation];
            if (!end || *end <= now ||
                *end > now.plus_seconds(limits::secret_warning_days * kDaySeconds)) {
                continue;
            }
            ++counted_soon_;
            counted_day_ += *end <= now.plus_seconds(kDaySeconds) ? 1U : 0U;
            auto told = tell(*reader, *secret, *end);
            if (!passes(told)) {
                return told;
            }
        }
        if (!found.more) {
            return ok();
        }
        query.after_born = found.born.back();
    }
}

Result<void> Keeper::tell(seal::Reader& reader, const Secret& secret, WallTime end) {
    const store::RecordKey key = notes_key(secret.domain.uuid, secret.id);
    CH_TRY(SecretNotes notes, notes_of(reader, key, secret.life));
    if (notes.warned == secret.current) {
        return ok();
    }
    notes.warned = secret.current;
    std::vector<seal::RecordChange> changes;
    changes.push_back(change_of(notes, key, notes.origin.version));
    return ports_.commit(std::move(changes),
                         {{"secret.expiring", secret.domain, secret.path,
                           {{"version", std::to_string(secret.current)},
                            {"until", format_rfc3339(end)}}}});
}

}  // namespace chatelaine::secrets

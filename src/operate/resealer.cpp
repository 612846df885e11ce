#include "operate/resealer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/log.hpp"

namespace chatelaine::operate {
namespace {

using store::Kind;

/// The answers of a page's transactions.
class Answers {
public:
    explicit Answers(std::size_t expected) : missing_(expected) {}
    void take(const Result<store::Receipt>& receipt) {
        const std::lock_guard lock(mutex_);
        if (receipt) {
            ++written_;
        } else if (receipt.error().code() == Code::kVersionConflict) {
            ++lost_;
        } else if (!failed_) {
            failed_ = receipt.error().code();
        }
        if (--missing_ == 0) {
            all_there_.notify_all();
        }
    }
    Result<void> wait(Resealer::Pass& pass) {
        std::unique_lock lock(mutex_);
        all_there_.wait(lock, [this] { return missing_ == 0; });
        pass.rewritten += written_;
        pass.left += lost_;
        return failed_ ? Result<void>(Error(*failed_, "operate.reseal")) : ok();
    }

private:
    std::mutex mutex_;
    std::condition_variable all_there_;
    std::size_t missing_;
    std::size_t written_ = 0, lost_ = 0;
    std::optional<Code> failed_;
};

}  // namespace

void Resealer::start() {
    CH_CHECK(!thread_.joinable());
    stopping_ = false;
    woken_ = true;  // what an earlier process left
    thread_ = std::thread([this] { run(); });
}

void Resealer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Resealer::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

bool Resealer::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

void Resealer::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || woken_; });
            woken_ = false;
        }
        do {
            if (!wait(std::chrono::milliseconds(0))) {
                return;
            }
        } while (round() && wait(options_.pause));
    }
}

bool Resealer::round() {
    if (tools_.seal->is_sealed()) {
        return false;  // woken when it is open again
    }
    bool more = false;
    for (const Uuid& scope : tools_.seal->scopes()) {
        const std::uint32_t generation = tools_.seal->generation(scope);
        if (tools_.seal->oldest_generation(scope) == generation) {
            seen_.erase(scope);
            continue;
        }
        const auto done = finish(scope, generation);
        if (!done) {
            log::warning("reseal_interrupted",
                         {{"scope", scope.to_string()},
                          {"reason", std::string(code_name(done.error().code()))}},
                         "nothing is lost; it goes on by itself once the cause is gone");
        }
        more = more || !done || !*done;
    }
    return more;
}

/// True when older generations of the scope are retired.
Result<bool> Resealer::finish(const Uuid& scope, std::uint32_t generation) {
    const MonotonicTime begun = tools_.clock->monotonic();
    Seen& seen = seen_[scope];
    if (seen.generation != generation) {
        seen = {generation, begun};
    }
    CH_TRY(const Pass pass, this->pass(scope));
    const bool settled = begun - seen.since >= options_.in_flight_max;
    if (pass.rewritten + pass.left != 0 || !settled) {
        return false;
    }
    const std::unique_lock lock(tools_.keys, std::try_to_lock);
    if (!lock) {
        return false;
    }
    CH_TRY_VOID(tools_.seal->retire_generations(scope, generation));
    log::info("resealed", {{"scope", scope.to_string()},
                           {"generation", std::to_string(generation)}});
    return true;
}

Result<Resealer::Pass> Resealer::pass(const Uuid& scope) {
    const std::uint32_t generation = tools_.seal->generation(scope);
    Pass pass;
    for (const Kind kind : store::all_kinds) {
        store::Query query;
        query.scope = scope;
        query.kind = kind;
        query.max = options_.page_records;
        store::Store& store = store::in_directory(kind) ? *tools_.directory : *tools_.region;
        CH_TRY_VOID(walk(store, query, generation, pass));
    }
    return pass;
}

Result<void> Resealer::walk(store::Store& store, store::Query query, std::uint32_t generation,
                            Pass& pass) {
    for (;;) {
        CH_TRY(store::Page page, store.query(query));
        if (page.records.empty()) {
            return ok();
        }
        query.after_born = page.records.back().born;
        std::vector<store::Record> old;
        for (store::Record& record : page.records) {
            CH_TRY(const std::uint32_t sealed_by, tools_.seal->sealed_generation(record.sealed));
            if (sealed_by < generation) {
                old.push_back(std::move(record));
            }
        }
        const auto budget = std::chrono::milliseconds(
            old.size() * 1000 / std::max<std::size_t>(options_.records_per_second_max, 1));
        CH_TRY_VOID(rewrite(store, std::move(old), pass));
        if (!page.more) {
            return ok();
        }
        if (!wait(budget)) {
            return Error(Code::kStoreUnavailable, "operate.reseal", "the service stops");
        }
    }
}

Result<store::Change> Resealer::resealed(const store::Record& record) const {
    store::Change change;
    change.key = record.key;
    change.expected_version = record.version;
    change.dates = record.dates;
    change.keep_terms = true;
    CH_TRY(const crypto::SecretBytes plaintext,
           tools_.seal->open_record({record.key, record.version}, record.sealed));
    auto sealed = plaintext.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        return tools_.seal->seal({record.key, record.version + 1}, bytes);
    });
    if (!sealed) {
        return std::move(sealed).error();
    }
    change.sealed = std::move(sealed).value();
    return change;
}

Result<void> Resealer::rewrite(store::Store& store, std::vector<store::Record> records,
                               Pass& pass) {
    std::vector<store::Change> changes;
    for (const store::Record& record : records) {
        auto change = resealed(record);
        if (change) {
            changes.push_back(std::move(change).value());
            continue;
        }
        if (change.error().code() == Code::kSealed) {
            return std::move(change).error();
        }
        ++pass.left;
        log::error("record_unreadable",
                   {{"scope", record.key.scope.to_string()},
                    {"kind", std::to_string(static_cast<unsigned>(record.key.kind))},
                    {"id", record.key.id.to_string()},
                    {"reason", std::string(code_name(change.error().code()))}},
                   "restore the record from a backup; the old key is kept until then");
    }
    if (changes.empty()) {
        return ok();
    }
    // Each in a transaction of its own, so that one lost comparison loses nothing else; the store
    // commits them as a group.
    Answers answers(changes.size());
    for (store::Change& change : changes) {
        const store::RecordKey key = change.key;
        store::Transaction transaction;
        transaction.changes.push_back(std::move(change));
        store.submit(std::move(transaction), [this, key, &answers](Result<store::Receipt> receipt) {
            if (receipt) {
                rewritten_.fetch_add(1, std::memory_order_relaxed);
                if (tools_.invalidate) {
                    tools_.invalidate({key});
                }
            }
            answers.take(receipt);
        });
    }
    return answers.wait(pass);
}

}  // namespace chatelaine::operate

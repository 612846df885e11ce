#include "engine/execution.hpp"

#include "tenancy/operations.hpp"

namespace chatelaine::engine {
namespace {

/// Of a loser of a version comparison. One of those who write the same record at once wins each
/// round, so this is how many may do so before somebody is told to try again.
constexpr int kAttemptsMax = 100;

}  // namespace

void ExecutionStages::step(std::unique_ptr<Task> self, bool may_block) {
    now_ = engine_.parts().clock.now();
    View view(engine_, may_block);
    auto changes = attempt(view);
    if (changes) {
        // What changes a file or a key and no record (a backup, a rotation) has its audit record,
        // its evidence and its notices in a transaction all the same.
        if (changes->empty() && (error_ || row_.audit != gate::AuditLevel::kChange)) {
            to_lane(std::move(self), may_block);
        } else {
            commit(std::move(self), *changes);
        }
        return;
    }
    if (changes.error().code() != Code::kWouldBlock || may_block) {
        finish(std::move(self), std::move(changes).error(), may_block);
        return;
    }
    if (!engine_.offload(self, row_)) {
        finish(std::move(self), Error(Code::kOverloaded, "engine.pool", "try again later"), false);
    }
}

Result<void> ExecutionStages::authenticate(View& view) {
    if (row_.plane == gate::Plane::kPublic) {
        return ok();
    }
    CH_TRY_VOID(find_caller(view));
    if (counted_) {
        return ok();  // this run repeats one that was counted
    }
    counted_ = true;
    CH_TRY_VOID(engine_.count_request(principal_));
    return tenancy::check_state(engine_.parts().tools.account_states.of(principal_.account()),
                                row_);
}

Result<std::vector<seal::RecordChange>> ExecutionStages::ask_quorum(
    const gate::Touched& touched, const gate::RequestParts* parts, gate::Services& services) {
    const gate::RequestParts none;
    CH_TRY(auto answer, gate::ask_quorum(row_, urn_, principal_, touched,
                                         parts == nullptr ? none : *parts, services));
    if (parts == nullptr && (answer.refusal || !answer.changes.empty())) {
        return Error(Code::kForbidden, "engine.quorum",
                     "approvals are asked for: send it outside a batch");
    }
    details_ = std::move(answer.details);
    if (answer.refusal) {
        error_ = std::move(answer.refusal);
        commits_ = gate::CommitsIn::kDirectory;
    }
    return std::move(answer.changes);
}

Result<void> ExecutionStages::find_caller(View& view) {
    access::Presented presented = call().presented;
    presented.client_ip = call().client_ip;
    if (view.may_block()) {  // on another thread than the loop's
        CH_TRY(principal_, engine_.authenticator().authenticate(presented, view, now_));
        return ok();
    }
    RecentCallers& recent = engine_.lane(loop()).callers();
    const std::uint64_t epoch = engine_.cache().callers_epoch();
    if (const access::Principal* const known = recent.find(presented, epoch, now_)) {
        principal_ = known->again(now_, presented.client_ip);
        return ok();
    }
    CH_TRY(principal_, engine_.authenticator().authenticate(presented, view, now_));
    recent.keep(presented, epoch, principal_);
    return ok();
}

gate::Services ExecutionStages::services(View& view) {
    return {view,
            now_,
            engine_.parts().random,
            engine_.gate().plate(),
            engine_.options().region,
            [this](const gate::OperationRow& row, const gate::Resource& resource) {
                const gate::Gate& gate = engine_.gate();
                const std::string urn = gate.urn_of(row, resource, principal_);
                return gate.check(row, resource, urn, principal_).has_value();
            }};
}

void ExecutionStages::record(audit::Journal& journal) {
    for (std::size_t i = 0; i < record_count(); ++i) {
        journal.add(scope(), record_facts(i));
    }
}

void ExecutionStages::recorded(const Result<void>& written) {
    if (!written && !error_) {
        error_.emplace(written.error().code(), written.error().where(),
                       written.error().detail().message);
    } else if (!error_ && row_.effect == gate::Effect::kRead &&
               engine_.parts().matrix.row(row_.activity).reads_count) {
        engine_.note_read(row_.activity, {scope(), facts()});
    }
    answer();
}

void ExecutionStages::commit(std::unique_ptr<Task> self,
                             std::vector<seal::RecordChange>& changes) {
    changed_.clear();
    for (const auto& change : changes) {
        changed_.push_back(change.key);
    }
    std::vector<Engine::Recorded> records;
    for (std::size_t i = 0; i < record_count(); ++i) {
        records.push_back({scope(), record_facts(i)});
    }
    // The callback must be copyable, so the task is handed through it by hand.
    Task* const raw = self.release();
    auto submitted = engine_.submit(commits_, changes, records,
                                    [this, raw](Result<store::Receipt> receipt) {
                                        stored(std::unique_ptr<Task>(raw), std::move(receipt));
                                    });
    if (!submitted) {
        finish(std::unique_ptr<Task>(raw), std::move(submitted).error(), true);
    }
}

void ExecutionStages::stored(std::unique_ptr<Task> self, Result<store::Receipt> receipt) {
    // On the committer's thread. The caches let go before anybody is told.
    engine_.invalidate(changed_);
    if (receipt) {
        answer_on_loop(std::move(self));
        return;
    }
    if (receipt.error().code() == Code::kVersionConflict) {
        if (++attempts_ < kAttemptsMax && engine_.offload(self, row_)) {
            return;  // somebody was first: read again, decide again
        }
    }
    finish(std::move(self), std::move(receipt).error(), true);
}

void ExecutionStages::finish(std::unique_ptr<Task> self, Error error, bool other_thread) {
    error_.emplace(std::move(error));
    to_lane(std::move(self), other_thread);
}

void ExecutionStages::to_lane(std::unique_ptr<Task> self, bool other_thread) {
    if (row_.audit == gate::AuditLevel::kNone) {
        answer_on_loop(std::move(self));
        return;
    }
    Lane& lane = engine_.lane(loop());
    if (!other_thread) {
        lane.add(std::move(self));
        return;
    }
    Task* const raw = self.release();
    loop().post([&lane, raw] { lane.add(std::unique_ptr<Task>(raw)); });
}

void ExecutionStages::answer_on_loop(std::unique_ptr<Task> self) {
    static_cast<void>(self.release());
    loop().post([this] {
        const std::unique_ptr<ExecutionStages> owner(this);
        answer();
    });
}

/// Times it, and counts how it ended.
void ExecutionStages::count() {
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - call().received;
    meter_.duration->observe_seconds(took.count());
    const audit::Verdict end = verdict();
    (end == audit::Verdict::kAllowed  ? meter_.allowed
     : end == audit::Verdict::kDenied ? meter_.denied
                                      : meter_.failed)
        ->add();
}

void ExecutionStages::answer() {
    count();
    if (!error_ && then_) {
        then_();
    }
    deliver();
}

audit::Verdict ExecutionStages::verdict() const {
    if (!error_) {
        return audit::Verdict::kAllowed;
    }
    const Code code = error_->code();
    const bool denied = code == Code::kUnauthenticated || code == Code::kForbidden ||
                        code == Code::kDomainNotFound;
    return denied ? audit::Verdict::kDenied : audit::Verdict::kFailed;
}

/// Whose stream: the domain's, the account's, or (nobody known, operators) the provider's.
Uuid ExecutionStages::scope() const {
    if (principal_.is_anonymous() || principal_.party() == responsibility::Party::kProvider) {
        return access::provider_scope;
    }
    return principal_.domain().is_nil() ? principal_.account().uuid : principal_.domain().uuid;
}

audit::Facts ExecutionStages::facts() const {
    const Call& from = call();
    audit::Facts facts;
    facts.time = now_;
    facts.request = from.request;
    facts.region = engine_.options().region;
    facts.domain = principal_.domain();
    facts.type = from.type;
    facts.operation = row_.name;
    facts.iam_operation = row_.actions[0];
    facts.activity = responsibility::activity_id(row_.activity);
    facts.party =
        principal_.party() == responsibility::Party::kProvider ? "provider" : "customer";
    facts.iam_identities.reserve(principal_.identities().size());
    for (const auto& identity : principal_.identities()) {
        facts.iam_identities.push_back(identity->urn);
    }
    facts.credential = principal_.credential();
    facts.by_certificate = principal_.by_certificate();
    facts.client_ip = from.client_ip;
    facts.res_urn = urn_;
    facts.http_method = from.http_method;
    facts.http_path = from.http_path;
    facts.http_status = error_ ? from.status_of(error_->code()) : row_.rest.success_status;
    facts.verdict = verdict();
    facts.err_category = error_ ? code_name(error_->code()) : std::string_view{};
    facts.record_version = record_version_;
    for (const auto& [name, value] : details_) {
        facts.details.emplace_back(name, value);
    }
    return facts;
}

audit::Facts ExecutionStages::item_facts(std::size_t index) const {
    const ItemUse& item = items_[index];
    audit::Facts facts = this->facts();
    facts.operation = item.row->name;
    facts.iam_operation = item.row->actions[0];
    facts.activity = responsibility::activity_id(item.row->activity);
    facts.res_urn = item.urn;
    facts.http_status =
        item.error ? call().status_of(*item.error) : item.row->rest.success_status;
    facts.verdict = !item.error                      ? audit::Verdict::kAllowed
                    : *item.error == Code::kForbidden ? audit::Verdict::kDenied
                                                      : audit::Verdict::kFailed;
    facts.err_category = item.error ? code_name(*item.error) : std::string_view{};
    facts.record_version = item.record_version;
    facts.details.emplace_back("item", item.index);
    return facts;
}

}  // namespace chatelaine::engine

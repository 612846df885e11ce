#pragma once

#include "engine/engine.hpp"

namespace chatelaine::engine {

/// What a face does for one execution of `Op`: it decodes the body for a known caller (perhaps
/// twice, so without effects) and takes the end, on the loop's thread.
template <class Face, class Op>
concept FaceOf = requires(Face& face, const access::Principal& principal,
                          Result<gate::Committed<Op>> end) {
    { face.call() } -> std::same_as<const Call&>;
    { face.loop() } -> std::same_as<net::Loop&>;
    { face.decode(principal) } -> std::same_as<Result<typename Op::Command>>;
    face.done(std::move(end));
};

/// Drives one operation through the stages. Owned by whoever runs it at the moment.
template <gate::Operation Op, class Face>
class Execution final : public Task {
public:
    Execution(Engine& engine, const OperationMeter& meter, Face face)
        : engine_(engine), meter_(meter), face_(std::move(face)) {
        static_assert(FaceOf<Face, Op>);
    }

    /// On the loop's thread.
    static void start(Engine& engine, const OperationMeter& meter, Face face) {
        auto task = std::make_unique<Execution>(engine, meter, std::move(face));
        Execution& self = *task;
        self.step(std::move(task), false);
    }

    void step(std::unique_ptr<Task> self, bool may_block) override {
        now_ = engine_.parts().clock.now();
        View view(engine_, may_block);
        auto outcome = attempt(view);
        if (!outcome && outcome.error().code() == Code::kWouldBlock && !may_block) {
            if (!engine_.offload(self, Op::row)) {
                finish(std::move(self), Error(Code::kOverloaded, "engine.pool", "try again later"),
                       may_block);
            }
            return;
        }
        if (!outcome) {
            finish(std::move(self), std::move(outcome).error(), may_block);
            return;
        }
        record_version_ = outcome->record_version;
        details_ = std::move(outcome->details);
        if (!outcome->made_urn.empty()) {
            urn_ = std::move(outcome->made_urn);
        }
        reply_.emplace(std::move(outcome->reply));
        if (outcome->changes.empty()) {
            to_lane(std::move(self), may_block);
        } else {
            commit(std::move(self), outcome->changes);
        }
    }

    void record(audit::Journal& journal) override { journal.add(scope(), facts()); }

    void recorded(const Result<void>& written) override {
        if (!written && !error_) {
            error_.emplace(written.error().code(), written.error().where(),
                           written.error().detail().message);
        }
        answer();
    }

private:
    Result<gate::Outcome<Op>> attempt(View& view) {
        if constexpr (Op::row.plane != gate::Plane::kPublic) {
            CH_TRY(principal_, engine_.authenticator().authenticate(face_.call().presented, view,
                                                                    now_));
        }
        CH_TRY(typename Op::Command command, face_.decode(principal_));
        urn_ = engine_.gate().urn_of(Op::row, Op::resource(command), principal_);
        CH_TRY(const auto authorised,
               engine_.gate().template authorise<Op>(principal_, std::move(command)));
        gate::Services services{
            view,
            now_,
            engine_.parts().random,
            engine_.gate().plate(),
            engine_.options().region,
            [this](const gate::OperationRow& row, const gate::Resource& resource) {
                const gate::Gate& gate = engine_.gate();
                const std::string urn = gate.urn_of(row, resource, principal_);
                return gate.check(row, resource, urn, principal_).has_value();
            }};
        if constexpr (requires { run(authorised, services, engine_.parts().tools); }) {
            return run(authorised, services, engine_.parts().tools);
        } else {
            return run(authorised, services);
        }
    }

    void commit(std::unique_ptr<Task> self, std::vector<seal::RecordChange>& changes) {
        changed_.clear();
        for (const auto& change : changes) {
            changed_.push_back(change.key);
            creates_ = creates_ || change.expected_version == 0;
        }
        committed_in_store_ = true;
        // The callback must be copyable; the task is handed through it by hand.
        Task* const raw = self.release();
        auto submitted = engine_.submit(
            Op::row, scope(), changes, facts(), [this, raw](Result<store::Receipt> receipt) {
                std::unique_ptr<Task> task(raw);
                stored(std::move(task), std::move(receipt));
            });
        if (!submitted) {
            std::unique_ptr<Task> task(raw);
            committed_in_store_ = false;
            finish(std::move(task), std::move(submitted).error(), true);
        }
    }

    /// On the committer's thread.
    void stored(std::unique_ptr<Task> self, Result<store::Receipt> receipt) {
        engine_.invalidate(changed_);
        if (receipt) {
            post(std::move(self), [](Execution& execution) { execution.answer(); });
            return;
        }
        committed_in_store_ = false;
        if (receipt.error().code() == Code::kVersionConflict) {
            if (creates_) {
                finish(std::move(self),
                       Error(Code::kAlreadyExists, "engine.commit", "the id is in use"), true);
                return;
            }
            if (++attempts_ < kAttemptsMax && engine_.offload(self, Op::row)) {
                return;  // somebody was first: read again, decide again
            }
        }
        finish(std::move(self), std::move(receipt).error(), true);
    }

    void finish(std::unique_ptr<Task> self, Error error, bool other_thread) {
        reply_.reset();
        error_.emplace(std::move(error));
        to_lane(std::move(self), other_thread);
    }

    void to_lane(std::unique_ptr<Task> self, bool other_thread) {
        if constexpr (Op::row.audit == gate::AuditLevel::kNone) {
            if (!other_thread) {
                answer();
            } else {
                post(std::move(self), [](Execution& execution) { execution.answer(); });
            }
        } else {
            Lane& lane = engine_.lane(face_.loop());
            if (!other_thread) {
                lane.add(std::move(self));
                return;
            }
            Task* const raw = self.release();
            face_.loop().post([&lane, raw] { lane.add(std::unique_ptr<Task>(raw)); });
        }
    }

    void post(std::unique_ptr<Task> self, void (*f)(Execution&)) {
        Execution* const raw = this;
        self.release();
        face_.loop().post([raw, f] {
            const std::unique_ptr<Execution> owner(raw);
            f(*owner);
        });
    }

    void answer() {
        const std::chrono::duration<double> took =
            std::chrono::steady_clock::now() - face_.call().received;
        meter_.duration->observe_seconds(took.count());
        if (error_) {
            const bool denied = verdict() == audit::Verdict::kDenied;
            (denied ? meter_.denied : meter_.failed)->add();
            face_.done(Result<gate::Committed<Op>>(std::move(*error_)));
            return;
        }
        meter_.allowed->add();
        face_.done(Result<gate::Committed<Op>>(
            gate::CommittedMaker::insecure_make<Op>(std::move(*reply_))));
    }

    audit::Verdict verdict() const {
        if (!error_) {
            return audit::Verdict::kAllowed;
        }
        const Code code = error_->code();
        const bool denied = code == Code::kUnauthenticated || code == Code::kForbidden ||
                            code == Code::kDomainNotFound;
        return denied ? audit::Verdict::kDenied : audit::Verdict::kFailed;
    }

    /// Whose stream: the domain's, the account's, or (nobody known, operators) the provider's.
    Uuid scope() const {
        if (principal_.is_anonymous() || principal_.party() == responsibility::Party::kProvider) {
            return access::provider_scope;
        }
        return principal_.domain().is_nil() ? principal_.account().uuid : principal_.domain().uuid;
    }

    audit::Facts facts() const {
        const Call& call = face_.call();
        audit::Facts facts;
        facts.time = now_;
        facts.request = call.request;
        facts.region = engine_.options().region;
        facts.domain = principal_.domain();
        facts.type = call.type;
        facts.operation = Op::row.name;
        facts.iam_operation = Op::row.actions[0];
        facts.activity = responsibility::activity_id(Op::row.activity);
        facts.party = principal_.party() == responsibility::Party::kProvider ? "provider"
                                                                            : "customer";
        for (const auto& identity : principal_.identities()) {
            facts.iam_identities.push_back(identity->urn);
        }
        facts.credential = principal_.credential();
        facts.by_certificate = principal_.by_certificate();
        facts.client_ip = call.client_ip;
        facts.res_urn = urn_;
        facts.http_method = call.http_method;
        facts.http_path = call.http_path;
        facts.http_status =
            error_ ? call.status_of(error_->code()) : Op::row.rest.success_status;
        facts.verdict = verdict();
        facts.err_category = error_ ? code_name(error_->code()) : std::string_view{};
        facts.record_version = record_version_;
        for (const auto& [name, value] : details_) {
            facts.details.emplace_back(name, value);
        }
        return facts;
    }

    static constexpr int kAttemptsMax = 5;

    Engine& engine_;
    OperationMeter meter_;
    Face face_;
    WallTime now_;
    access::Principal principal_ = access::Principal::anonymous();
    std::string urn_;
    std::optional<typename Op::Reply> reply_;
    std::optional<Error> error_;
    std::vector<store::RecordKey> changed_;
    std::vector<std::pair<std::string_view, std::string>> details_;
    std::uint64_t record_version_ = 0;
    int attempts_ = 0;
    bool creates_ = false;
    bool committed_in_store_ = false;
};

}  // namespace chatelaine::engine

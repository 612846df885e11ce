#pragma once

#include "engine/engine.hpp"
#include "gate/quorum.hpp"

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

/// A face that must see the reply before anything is committed: an error keeps every effect from
/// happening. Called wherever the operation runs, perhaps several times.
template <class Face, class Op>
concept Admitting = requires(Face& face, typename Op::Reply& reply) {
    { face.admit(reply) } -> std::same_as<Result<void>>;
};

/// A face that has the bytes of one operation's request: only there can several have approved it.
template <class Face>
concept Approvable = requires(const Face& face) {
    { face.request_parts() } -> std::same_as<gate::RequestParts>;
};

/// The stages that are the same for every operation: where it runs, how it is recorded, committed
/// and answered. Compiled once; the operation's own part is `attempt` and `deliver`.
class ExecutionStages : public Task {
public:
    void step(std::unique_ptr<Task> self, bool may_block) final;
    void record(audit::Journal& journal) final;
    void recorded(const Result<void>& written) final;

protected:
    ExecutionStages(Engine& engine, const OperationMeter& meter, const gate::OperationRow& row)
        : engine_(engine), meter_(meter), row_(row), commits_(row.commits) {}

    virtual const Call& call() const = 0;
    virtual net::Loop& loop() = 0;
    /// Authenticate, decode, authorise, run: keeps the reply, returns the changes.
    virtual Result<std::vector<seal::RecordChange>> attempt(View& view) = 0;
    /// Hands the kept reply, or the error, to the face.
    virtual void deliver() = 0;

    /// One of several uses that one request makes: it has an audit record of its own, in place of
    /// the request's.
    struct ItemUse {
        const gate::OperationRow* row = nullptr;
        std::string urn;
        std::optional<Code> error;
        std::uint64_t record_version = 0;
        std::string index;  ///< of the item in the request
    };

    Result<void> authenticate(View& view);
    gate::Services services(View& view);
    /// Where the account asks for it: have several approved the very request? If not, error_ says
    /// so, and what is given is to be committed in place of what the operation would change.
    Result<std::vector<seal::RecordChange>> ask_quorum(const gate::Touched& touched,
                                                       const gate::RequestParts* parts,
                                                       gate::Services& services);

    Engine& engine_;
    OperationMeter meter_;
    const gate::OperationRow& row_;
    WallTime now_;
    access::Principal principal_ = access::Principal::anonymous();
    std::string urn_;
    std::optional<Error> error_;
    std::vector<std::pair<std::string_view, std::string>> details_;
    std::uint64_t record_version_ = 0;
    std::function<void()> then_;
    std::vector<ItemUse> items_;
    /// The row's store; for a request that is to wait for approvals, the directory.
    gate::CommitsIn commits_;

private:
    friend class Batch;
    void commit(std::unique_ptr<Task> self, std::vector<seal::RecordChange>& changes);
    void stored(std::unique_ptr<Task> self, Result<store::Receipt> receipt);
    void finish(std::unique_ptr<Task> self, Error error, bool other_thread);
    void to_lane(std::unique_ptr<Task> self, bool other_thread);
    Result<void> find_caller(View& view);
    void answer_on_loop(std::unique_ptr<Task> self);
    void answer();
    void count();
    audit::Verdict verdict() const;
    Uuid scope() const;
    audit::Facts facts() const;
    audit::Facts item_facts(std::size_t index) const;
    /// What goes to the audit: the items' records, or the request's when it has none or failed.
    std::size_t record_count() const { return error_ || items_.empty() ? 1 : items_.size(); }
    audit::Facts record_facts(std::size_t index) const {
        return error_ || items_.empty() ? facts() : item_facts(index);
    }

    std::vector<store::RecordKey> changed_;
    int attempts_ = 0;
    bool counted_ = false;  ///< against its identities' rate
};

/// Drives one operation through the stages. Owned by whoever runs it at the moment.
template <gate::Operation Op, class Face>
class Execution final : public ExecutionStages {
public:
    Execution(Engine& engine, const OperationMeter& meter, Face face)
        : ExecutionStages(engine, meter, Op::row), face_(std::move(face)) {
        static_assert(FaceOf<Face, Op>);
    }

    /// On the loop's thread.
    static void start(Engine& engine, const OperationMeter& meter, Face face) {
        auto task = std::make_unique<Execution>(engine, meter, std::move(face));
        Execution& self = *task;
        self.step(std::move(task), false);
    }

private:
    const Call& call() const override { return face_.call(); }
    net::Loop& loop() override { return face_.loop(); }

    Result<std::vector<seal::RecordChange>> attempt(View& view) override {
        CH_TRY_VOID(authenticate(view));
        CH_TRY(typename Op::Command command, face_.decode(principal_));
        CH_TRY(const auto authorised, authorise(std::move(command), view));
        gate::Services use = services(view);
        std::vector<seal::RecordChange> approved;
        if constexpr (gate::can_be_asked(Op::row)) {
            CH_TRY(approved, approvals_of(authorised, use));
            if (error_) {
                return approved;
            }
        }
        CH_TRY(gate::Outcome<Op> outcome, handle(authorised, use));
        if constexpr (gate::can_be_asked(Op::row)) {
            for (const auto& part : authorised.besides()) {
                CH_TRY_VOID(gate::refuse_asked(part.actions, part.urn, principal_, use));
            }
            std::move(approved.begin(), approved.end(), std::back_inserter(outcome.changes));
            std::move(details_.begin(), details_.end(), std::back_inserter(outcome.details));
        }
        record_version_ = outcome.record_version;
        details_ = std::move(outcome.details);
        then_ = std::move(outcome.then);
        if (!outcome.made_urn.empty()) {
            urn_ = std::move(outcome.made_urn);
        }
        if constexpr (requires { outcome.reply.uses; }) {
            items_.clear();
            for (const auto& item : outcome.reply.uses) {
                items_.push_back({item.row, item.urn, item.error, item.record_version,
                                  std::to_string(items_.size())});
            }
        }
        if constexpr (Admitting<Face, Op>) {
            CH_TRY_VOID(face_.admit(outcome.reply));
        }
        reply_.emplace(std::move(outcome.reply));
        return std::move(outcome.changes);
    }

    /// A name in place of an id is looked up before the gate, which decides on what it stands for.
    Result<gate::Authorised<Op>> authorise(typename Op::Command command, View& view) {
        if constexpr (requires { command.alias; }) {
            if (!command.alias.empty()) [[unlikely]] {
                CH_TRY(const auto named, resolve(command, principal_, view));
                auto done =
                    engine_.gate().template authorise<Op>(principal_, std::move(command), urn_);
                if (!done) {
                    return named.refused(std::move(done).error(), engine_.gate().plate());
                }
                return done;
            }
        }
        return engine_.gate().template authorise<Op>(principal_, std::move(command), urn_);
    }

    Result<std::vector<seal::RecordChange>> approvals_of(const gate::Authorised<Op>& authorised,
                                                         gate::Services& use) {
        error_.reset();  // of a run that lost a comparison
        details_.clear();
        commits_ = row_.commits;
        const auto touched = gate::touched_by(authorised.command());
        if constexpr (Approvable<Face>) {
            const gate::RequestParts parts = face_.request_parts();
            return ask_quorum(touched, &parts, use);
        } else {
            return ask_quorum(touched, nullptr, use);
        }
    }

    Result<gate::Outcome<Op>> handle(const gate::Authorised<Op>& authorised,
                                     gate::Services& use) {
        if constexpr (requires { run(authorised, use, engine_.parts().tools); }) {
            return run(authorised, use, engine_.parts().tools);
        } else if constexpr (requires { run(authorised, use, engine_.parts().operate); }) {
            return run(authorised, use, engine_.parts().operate);
        } else if constexpr (requires { run(authorised, use, engine_.parts().secret_reads); }) {
            return run(authorised, use, engine_.parts().secret_reads);
        } else {
            return run(authorised, use);
        }
    }

    void deliver() override {
        if (error_) {
            face_.done(Result<gate::Committed<Op>>(std::move(*error_)));
        } else {
            face_.done(Result<gate::Committed<Op>>(
                gate::CommittedMaker::insecure_make<Op>(std::move(*reply_))));
        }
    }

    Face face_;
    std::optional<typename Op::Reply> reply_;
};

}  // namespace chatelaine::engine

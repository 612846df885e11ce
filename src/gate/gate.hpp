#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/access.hpp"
#include "base/random.hpp"
#include "gate/operation.hpp"
#include "seal/reader.hpp"

/// The types that carry a request from "known caller" to "durable", each of which only the stage
/// before can make: Authorised (the gate), Outcome (a handler), Committed (the engine).

namespace chatelaine::gate {

/// Proof that the matrix and the caller's rights allow this command. Made by Gate::authorise only.
template <Operation Op>
class Authorised {
public:
    const access::Principal& principal() const { return principal_; }
    const typename Op::Command& command() const { return command_; }
    const std::string& resource_urn() const { return urn_; }

    /// For what a command needs besides its main right (the transport key of a wrapped import):
    /// kForbidden naming action and resource unless the caller holds one of `actions` on it.
    Result<void> also(std::string_view plate, std::array<std::string_view, 2> actions,
                      std::string_view kind, std::string_view id) const {
        const std::string urn = access::object_urn(plate, principal_.domain(), kind, id);
        if (principal_.decide({actions[0], actions[1]}, urn) != access::Decision::kAllowed) {
            return Error::forbidden("gate.also", std::string(actions[0]), urn);
        }
        besides_.push_back({actions, urn});
        return ok();
    }
    /// What also() allowed so far.
    struct Besides {
        std::array<std::string_view, 2> actions;
        std::string urn;
    };
    const std::vector<Besides>& besides() const { return besides_; }

private:
    friend class Gate;
    Authorised(access::Principal principal, typename Op::Command command, std::string urn)
        : principal_(std::move(principal)), command_(std::move(command)), urn_(std::move(urn)) {}
    access::Principal principal_;
    typename Op::Command command_;
    std::string urn_;
    mutable std::vector<Besides> besides_;
};

/// What a handler may use: reads, the time, randomness. One execution, one thread.
struct Services {
    seal::Reader& reader;
    WallTime now;
    Random& random;
    std::string_view plate;
    std::string_view region;
    /// For lists and `can`: may this caller do `row` on that resource?
    std::function<bool(const OperationRow& row, const Resource& resource)> allowed;
};

/// What a handler says: the reply, what is to change, and what the audit should know.
template <Operation Op>
struct Outcome {
    typename Op::Reply reply;
    std::vector<seal::RecordChange> changes;
    /// The object's record version that was used or is being made; 0 when there is none.
    std::uint64_t record_version = 0;
    /// The URN of what was made, where the command could not know it (a new key's id).
    std::string made_urn;
    std::vector<std::pair<std::string_view, std::string>> details;
    /// Run once all that is durable and recorded, before the reply, on the loop's thread: for what
    /// would make the recording impossible (sealing). Short, and it cannot fail.
    std::function<void()> then;
};

/// What the engine hands back: durable, audited. Faces encode only this or an Error.
template <Operation Op>
class Committed {
public:
    const typename Op::Reply& reply() const { return reply_; }
    typename Op::Reply& reply() { return reply_; }

private:
    friend struct CommittedMaker;
    explicit Committed(typename Op::Reply reply) : reply_(std::move(reply)) {}
    typename Op::Reply reply_;
};

/// The engine's key to make a Committed; engine/ alone may use it (tools/tidy).
struct CommittedMaker {
    template <Operation Op>
    static Committed<Op> insecure_make(typename Op::Reply reply) {
        return Committed<Op>(std::move(reply));
    }
};

/// The one door. Threads: any; immutable once made.
class Gate {
public:
    Gate(const responsibility::Matrix& matrix, std::string plate)
        : matrix_(matrix), plate_(std::move(plate)) {}

    const std::string& plate() const { return plate_; }

    /// Party (does the matrix give it R for the activity?), then tenant (is the resource in the
    /// caller's own domain? else the not-found of that resource type), then rights. kForbidden
    /// names action and resource; nothing about the object's existence has been looked at yet.
    /// `urn` is set to the resource's name in either case, for the audit.
    template <Operation Op>
    Result<Authorised<Op>> authorise(const access::Principal& principal,
                                     typename Op::Command command, std::string& urn) const {
        const Resource resource = Op::resource(command);
        urn = urn_of(Op::row, resource, principal);
        CH_TRY_VOID(check(Op::row, resource, urn, principal));
        return Authorised<Op>(principal, std::move(command), urn);
    }
    template <Operation Op>
    Result<Authorised<Op>> authorise(const access::Principal& principal,
                                     typename Op::Command command) const {
        std::string urn;
        return authorise<Op>(principal, std::move(command), urn);
    }

    /// The same decision without a command: for `can`, and for lists that show only what is
    /// allowed.
    Result<void> check(const OperationRow& row, const Resource& resource, std::string_view urn,
                       const access::Principal& principal) const;
    std::string urn_of(const OperationRow& row, const Resource& resource,
                       const access::Principal& principal) const;

private:
    const responsibility::Matrix& matrix_;
    std::string plate_;
};

}  // namespace chatelaine::gate

#pragma once

#include <optional>

#include "access/condition.hpp"
#include "access/quorum.hpp"
#include "gate/gate.hpp"

/// The third part of the gate: where the account asks for it, several must have approved the very
/// request. Nothing of it is reached by an operation that no rule can name (`can_be_asked`).

namespace chatelaine::gate {

inline constexpr std::string_view approve_action = "chatelaine:control:quorum/approve";

/// May a rule name this operation? Changes, and what takes key material out; never a use of a key
/// or a read, which are the hot path.
constexpr bool can_be_asked(const OperationRow& row) {
    const bool changes = row.effect == Effect::kWrite || row.effect == Effect::kDestructive;
    const bool exports = row.effect == Effect::kRead && row.activity == Activity::k2_2_a;
    const bool customers = row.plane == Plane::kData || row.plane == Plane::kControl;
    // Approving does not wait for approvals.
    const bool approves = row.name.starts_with("quorum.request.");
    return customers && (changes || exports) && !approves;
}

/// The request as its face has it.
struct RequestParts {
    std::string_view method;  ///< "DELETE", "KMIP"
    std::string_view target;  ///< raw, with the query
    BytesView body;
};
/// The hash of the exact request: operation, resource, method, target, body.
crypto::Sha256 request_digest(const OperationRow& row, std::string_view urn,
                              const RequestParts& parts);

/// Whose rights a command is about, as far as it says: what makes a credential of an approver, or
/// somebody an approver, needs the approvals of that rule, or one could approve one's own requests.
struct Touched {
    std::vector<IdentityId> identities;
    std::vector<std::string> identity_urns;
    std::vector<std::string> groups;
    Uuid rule;  ///< a rule for approvals that is to be changed
};
template <class Command>
Touched touched_by(const Command& command) {
    Touched touched;
    if constexpr (requires { IdentityId(command.identity); }) {
        touched.identities.push_back(command.identity);
    }
    if constexpr (requires { touched.identity_urns = command.identity_urns; }) {
        touched.identity_urns = command.identity_urns;
    }
    if constexpr (requires { touched.groups = command.groups; }) {
        touched.groups = command.groups;
    } else if constexpr (requires { touched.groups = *command.groups; }) {
        if (command.groups) {
            touched.groups = *command.groups;
        }
    }
    if constexpr (requires { touched.rule = command.quorum_rule; }) {
        touched.rule = command.quorum_rule;
    }
    return touched;
}

/// What an operation that can be asked for approvals is told.
struct QuorumAnswer {
    /// To be committed with what the operation changes (it is allowed), or alone, in the directory
    /// (it is refused): the use of the approvals, or the request that waits for them.
    std::vector<seal::RecordChange> changes;
    std::optional<Error> refusal;
    std::vector<std::pair<std::string_view, std::string>> details;  ///< for the audit
};

/// Once matrix and rights have allowed it. Nothing is asked of the service's own work. kWouldBlock
/// where a record has to be read first.
Result<QuorumAnswer> ask_quorum(const OperationRow& row, std::string_view urn,
                                const access::Principal& principal, const Touched& touched,
                                const RequestParts& parts, Services& services);

/// For what an operation does besides its main action (Authorised::besides()): kForbidden when a
/// rule is about that, which only a call of its own can wait for.
Result<void> refuse_asked(const std::array<std::string_view, 2>& actions, std::string_view urn,
                          const access::Principal& principal, Services& services);

/// The rules that a request must satisfy as they stand now, made since or not.
std::vector<const access::QuorumRule*> rules_of(const access::QuorumBook& book,
                                                const access::QuorumRequest& request);
/// Is one of the identities an approver of the rule, by name or by group, with the right to approve
/// as the account's rules stand now, in the circumstances of `facts`?
Result<bool> may_approve(const std::vector<IdentityId>& identities,
                         const access::QuorumRule& rule, const AccountId& account,
                         const access::RequestFacts& facts, seal::Reader& reader,
                         std::string_view plate);
/// How many of the request's approvals count for the rule now.
Result<std::size_t> approvals_for(const access::QuorumRequest& request,
                                  const access::QuorumRule& rule, seal::Reader& reader,
                                  std::string_view plate);
/// Was it carried out in the region's store? Its own record does not say so.
Result<bool> used_in_region(const access::QuorumRequest& request, seal::Reader& reader);
/// The record's next version.
seal::RecordChange request_change(const access::QuorumRequest& request, WallTime now);

/// Do the two have an identity in common?
bool share_identity(const std::vector<IdentityId>& a, const std::vector<IdentityId>& b);
std::vector<IdentityId> identities_of(const access::Principal& principal);

}  // namespace chatelaine::gate

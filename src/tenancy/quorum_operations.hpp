#pragma once

#include "gate/quorum.hpp"
#include "tenancy/policy_operations.hpp"

/// Approvals by several: the account's rules for them, and the requests that wait. What is approved
/// is carried out by its asker, who repeats the very request (docs/decisions/0011).

namespace chatelaine::tenancy {

struct QuorumRuleFields {
    std::string name;  ///< 1..64, no other rule's
    std::string description;
    std::vector<std::string> actions;    ///< 1..100; each names one that can be asked for
    std::vector<std::string> resources;  ///< 1..100 URNs; a `*` may end one
    std::vector<std::string> approvers;  ///< 1..50 URNs of identities and groups of the account
    std::int64_t approvals = 1;          ///< 1..20
    std::int64_t valid_seconds = 86400;  ///< 60..30 days
};
struct QuorumRuleReply {
    access::QuorumRule rule;
};

struct CreateQuorumRule {
    using Command = QuorumRuleFields;
    using Reply = QuorumRuleReply;
    static constexpr gate::OperationRow row =
        rule_row("quorum.rule.create", "Ask for approvals of several before an action",
                 "chatelaine:control:quorum/edit", gate::Effect::kWrite,
                 {"POST", "/v2/quorum/rule", 201});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListQuorumRules {
    struct Command {};
    struct Reply {
        std::vector<access::QuorumRule> rules;
    };
    static constexpr gate::OperationRow row =
        rule_row("quorum.rule.list", "List the rules that ask for approvals",
                 "chatelaine:control:quorum/get", gate::Effect::kRead,
                 {"GET", "/v2/quorum/rule", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct UpdateQuorumRule {
    struct Command : QuorumRuleFields {
        Uuid quorum_rule;
    };
    using Reply = QuorumRuleReply;
    static constexpr gate::OperationRow row =
        rule_row("quorum.rule.update", "Replace a rule, with the approvals that it asks for",
                 "chatelaine:control:quorum/edit", gate::Effect::kWrite,
                 {"PUT", "/v2/quorum/rule/{ruleId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct DeleteQuorumRule {
    struct Command {
        Uuid quorum_rule;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        rule_row("quorum.rule.delete", "Remove a rule, with the approvals that it asks for",
                 "chatelaine:control:quorum/edit", gate::Effect::kDestructive,
                 {"DELETE", "/v2/quorum/rule/{ruleId}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

/// A request as people read it.
struct QuorumRequestView {
    std::shared_ptr<const access::QuorumRequest> request;
    std::string state;  ///< open, used, refused, withdrawn, expired
    /// Of each rule that asks now: its name, how many it wants, and how many count.
    struct Part {
        Uuid rule;
        std::string name;
        std::size_t wanted = 0;
        std::size_t given = 0;
    };
    std::vector<Part> parts;
};

struct ListQuorumRequests {
    struct Command : PageCommand {
        bool all = false;  ///< those that are over, too
    };
    struct Reply {
        std::vector<QuorumRequestView> requests;
        std::uint64_t next = 0;
    };
    static constexpr gate::OperationRow row =
        rule_row("quorum.request.list", "List the requests that wait for approvals",
                 "chatelaine:control:quorum/get", gate::Effect::kRead,
                 {"GET", "/v2/quorum/request", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct QuorumRequestRef {
    Uuid request;
};
struct GetQuorumRequest {
    struct Command : QuorumRequestRef {};
    using Reply = QuorumRequestView;
    static constexpr gate::OperationRow row =
        rule_row("quorum.request.get", "Get a request that waits for approvals",
                 "chatelaine:control:quorum/get", gate::Effect::kRead,
                 {"GET", "/v2/quorum/request/{requestId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ApproveQuorumRequest {
    struct Command : QuorumRequestRef {
        std::string client_ip;  ///< where the approval comes from, for conditions of policies
    };
    using Reply = QuorumRequestView;
    static constexpr gate::OperationRow row =
        rule_row("quorum.request.approve", "Approve another's request, once",
                 gate::approve_action, gate::Effect::kWrite,
                 {"POST", "/v2/quorum/request/{requestId}/approve", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct EndQuorumRequest {
    struct Command : QuorumRequestRef {};
    using Reply = QuorumRequestView;
    static constexpr gate::OperationRow row =
        rule_row("quorum.request.end", "Refuse another's request, or withdraw one's own",
                 gate::approve_action, gate::Effect::kDestructive,
                 {"DELETE", "/v2/quorum/request/{requestId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_QUORUM_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_QUORUM_RUN(CreateQuorumRule);
CH_QUORUM_RUN(ListQuorumRules);
CH_QUORUM_RUN(UpdateQuorumRule);
CH_QUORUM_RUN(DeleteQuorumRule);
CH_QUORUM_RUN(ListQuorumRequests);
CH_QUORUM_RUN(GetQuorumRequest);
CH_QUORUM_RUN(ApproveQuorumRequest);
CH_QUORUM_RUN(EndQuorumRequest);
#undef CH_QUORUM_RUN

}  // namespace chatelaine::tenancy

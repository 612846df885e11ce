// Approvals by several: rules, and the requests that wait.
#include "tenancy/quorum_operations.hpp"

#include <algorithm>

#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

using access::QuorumBook;
using access::QuorumRequest;
using access::QuorumRule;

constexpr std::string_view kWhere = "tenancy.quorum";
constexpr std::size_t kApprovalsMax = 100;

Error no_rule() { return Error(Code::kNotFound, kWhere, "no such rule"); }
Error no_request() { return Error(Code::kNotFound, kWhere, "no such request"); }

Result<std::shared_ptr<const QuorumBook>> load_book(Services& services,
                                                    const access::Principal& principal) {
    const Uuid& account = principal.account().uuid;
    CH_TRY(auto book, services.reader.load<QuorumBook>(account, account));
    return book ? book : std::make_shared<const QuorumBook>();
}

seal::RecordChange book_change(const QuorumBook& book, const AccountId& account,
                               std::uint64_t version, WallTime now) {
    return change_of(book, account.uuid, account.uuid, version, now, now);
}

/// A rule about nothing that can be asked for would never hold anybody back.
Result<void> check_actions(const QuorumRuleFields& fields, const Tools& tools) {
    CH_TRY_VOID(check_patterns("actions", fields.actions, limits::policy_entries_max));
    if (fields.actions.empty()) {
        return Error::missing(kWhere, "actions");
    }
    for (std::size_t i = 0; i < fields.actions.size(); ++i) {
        const auto& known = tools.actions_to_approve;
        if (std::none_of(known.begin(), known.end(), [&](std::string_view action) {
                return access::matches(fields.actions[i], action);
            })) {
            return Error::invalid(kWhere, "actions." + std::to_string(i),
                                  "expected an action that changes something or exports a key; "
                                  "uses of keys and reads are not asked approvals for");
        }
    }
    return ok();
}

Result<void> check_approver(const std::string& urn, const std::string& field,
                            const access::Principal& principal, Services& services,
                            const RuleBook& rules) {
    for (const auto& group : rules.rules.user_groups) {
        if (group->urn == urn) {
            return ok();
        }
    }
    const std::string prefix = access::identity_urn(services.plate, principal.account(), "");
    if (urn.starts_with(prefix)) {
        store::Query query;
        query.scope = principal.account().uuid;
        query.max = 1;
        CH_TRY(const auto term,
               services.reader.term(query.scope, "name", urn.substr(prefix.size())));
        query.terms.push_back(term);
        CH_TRY(const auto found, services.reader.find<access::Identity>(query));
        if (!found.objects.empty()) {
            return ok();
        }
    }
    return Error::invalid(kWhere, field, "expected the URN of an identity or group of the account");
}

Result<void> check_approvers(const QuorumRuleFields& fields, const access::Principal& principal,
                             Services& services) {
    if (fields.approvers.empty() || fields.approvers.size() > limits::quorum_approvers_max) {
        return Error::invalid(kWhere, "approvers", "expected 1 to 50 approvers");
    }
    CH_TRY(const RuleBook rules, open_rules(services, principal));
    bool groups = false;
    for (std::size_t i = 0; i < fields.approvers.size(); ++i) {
        const std::string field = "approvers." + std::to_string(i);
        const std::string& urn = fields.approvers[i];
        CH_TRY_VOID(check_approver(urn, field, principal, services, rules));
        groups = groups || urn.find(":identity:group:") != std::string::npos;
        const auto here = fields.approvers.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(fields.approvers.begin(), here, urn) != here) {
            return Error::invalid(kWhere, field, "expected an approver that is not there already");
        }
    }
    const auto most = static_cast<std::int64_t>(groups ? limits::quorum_approvals_max
                                                       : fields.approvers.size());
    if (fields.approvals < 1 || fields.approvals > most ||
        fields.approvals > static_cast<std::int64_t>(limits::quorum_approvals_max)) {
        return Error::invalid(kWhere, "approvals",
                              "expected 1 to 20 approvals, and not more than approvers");
    }
    return ok();
}

Result<QuorumRule> checked_rule(QuorumRule rule, QuorumRuleFields fields, const QuorumBook& book,
                                const access::Principal& principal, Services& services,
                                const Tools& tools) {
    CH_TRY_VOID(check_rule_name(fields.name));
    CH_TRY_VOID(check_actions(fields, tools));
    for (auto* const urns : {&fields.resources, &fields.approvers}) {
        std::transform(urns->begin(), urns->end(), urns->begin(), [&](const std::string& urn) {
            return access::with_plate(urn, services.plate);
        });
    }
    CH_TRY_VOID(check_patterns("resources", fields.resources, limits::policy_entries_max));
    if (fields.resources.empty()) {
        return Error::missing(kWhere, "resources");
    }
    CH_TRY_VOID(check_approvers(fields, principal, services));
    if (fields.valid_seconds < limits::quorum_seconds_min ||
        fields.valid_seconds > limits::quorum_seconds_max) {
        return Error::invalid(kWhere, "validSeconds", "expected 60 to 2592000 seconds");
    }
    if (std::any_of(book.rules.begin(), book.rules.end(), [&](const QuorumRule& other) {
            return other.name == fields.name && other.id != rule.id;
        })) {
        return Error(Code::kAlreadyExists, kWhere, "the name is taken");
    }
    // Nobody holds others back from what they may not do themselves.
    CH_TRY_VOID(may_hand_out(services, principal, {{fields.actions, fields.resources}}));
    rule.name = std::move(fields.name);
    rule.description = std::move(fields.description);
    rule.actions = std::move(fields.actions);
    rule.resources = std::move(fields.resources);
    rule.approvers = std::move(fields.approvers);
    rule.approvals = static_cast<std::uint32_t>(fields.approvals);
    rule.valid_seconds = fields.valid_seconds;
    rule.updated = services.now;
    return rule;
}

/// The book as it is to be written over.
struct OpenBook {
    QuorumBook book;
    std::uint64_t version = 0;
};
Result<OpenBook> open_book(Services& services, const access::Principal& principal) {
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, kWhere);
    }
    CH_TRY(const auto book, load_book(services, principal));
    return OpenBook{*book, book->origin.version};
}

std::vector<QuorumRule>::iterator find_rule(QuorumBook& book, const Uuid& id) {
    return std::find_if(book.rules.begin(), book.rules.end(),
                        [&](const QuorumRule& rule) { return rule.id == id; });
}

Result<QuorumRequestView> view_of(std::shared_ptr<const QuorumRequest> request,
                                  const QuorumBook& book, Services& services) {
    QuorumRequestView view;
    CH_TRY(const bool used, gate::used_in_region(*request, services.reader));
    view.state = request->state(services.now, used);
    for (const QuorumRule* const rule : gate::rules_of(book, *request)) {
        CH_TRY(const std::size_t given,
               gate::approvals_for(*request, *rule, services.reader, services.plate));
        view.parts.push_back({rule->id, rule->name, rule->approvals, given});
    }
    view.request = std::move(request);
    return view;
}

/// The account's request, which is still open.
Result<std::shared_ptr<const QuorumRequest>> open_request(const access::Principal& principal,
                                                          const Uuid& id, Services& services) {
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, kWhere);
    }
    CH_TRY(auto request, services.reader.load<QuorumRequest>(principal.account().uuid, id));
    if (!request) {
        return no_request();
    }
    CH_TRY(const bool used, gate::used_in_region(*request, services.reader));
    if (used || !request->is_open(services.now)) {
        return Error(Code::kWrongState, kWhere,
                     "the request is " + std::string(request->state(services.now, used)));
    }
    return request;
}

Result<bool> approves_any(const QuorumRequest& request, const std::vector<IdentityId>& identities,
                          const QuorumBook& book, const access::RequestFacts& facts,
                          Services& services) {
    for (const QuorumRule* const rule : gate::rules_of(book, request)) {
        CH_TRY(const bool may, gate::may_approve(identities, *rule, request.account, facts,
                                                 services.reader, services.plate));
        if (may) {
            return true;
        }
    }
    return false;
}

Error not_an_approver(const QuorumRequest& request) {
    return Error(Code::kForbidden, kWhere,
                 "the caller is no approver of " + request.action + " on " + request.resource);
}

}  // namespace

Result<gate::Outcome<CreateQuorumRule>> run(const gate::Authorised<CreateQuorumRule>& authorised,
                                            Services& services, Tools& tools) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(OpenBook open, open_book(services, principal));
    if (open.book.rules.size() >= limits::quorum_rules_per_account_max) {
        return Error(Code::kTooLarge, kWhere, "an account has at most 50 rules for approvals");
    }
    QuorumRule fresh;
    fresh.id = Uuid::random(services.random);
    fresh.created = services.now;
    CH_TRY(QuorumRule rule, checked_rule(std::move(fresh), authorised.command(), open.book,
                                         principal, services, tools));
    open.book.rules.push_back(rule);
    gate::Outcome<CreateQuorumRule> outcome;
    outcome.changes.push_back(
        book_change(open.book, principal.account(), open.version, services.now));
    outcome.details.emplace_back("rule", rule.id.to_string());
    outcome.reply.rule = std::move(rule);
    return outcome;
}

Result<gate::Outcome<ListQuorumRules>> run(const gate::Authorised<ListQuorumRules>& authorised,
                                           Services& services, Tools&) {
    CH_TRY(const auto book, load_book(services, authorised.principal()));
    gate::Outcome<ListQuorumRules> outcome;
    outcome.reply.rules = book->rules;
    return outcome;
}

Result<gate::Outcome<UpdateQuorumRule>> run(const gate::Authorised<UpdateQuorumRule>& authorised,
                                            Services& services, Tools& tools) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(OpenBook open, open_book(services, principal));
    const auto found = find_rule(open.book, authorised.command().quorum_rule);
    if (found == open.book.rules.end()) {
        return no_rule();
    }
    CH_TRY(*found, checked_rule(*found, authorised.command(), open.book, principal, services,
                                tools));
    gate::Outcome<UpdateQuorumRule> outcome;
    outcome.reply.rule = *found;
    outcome.details.emplace_back("rule", found->id.to_string());
    outcome.changes.push_back(
        book_change(open.book, principal.account(), open.version, services.now));
    return outcome;
}

Result<gate::Outcome<DeleteQuorumRule>> run(const gate::Authorised<DeleteQuorumRule>& authorised,
                                            Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(OpenBook open, open_book(services, principal));
    const auto found = find_rule(open.book, authorised.command().quorum_rule);
    if (found == open.book.rules.end()) {
        return no_rule();
    }
    gate::Outcome<DeleteQuorumRule> outcome;
    outcome.details.emplace_back("rule", found->id.to_string());
    open.book.rules.erase(found);
    outcome.changes.push_back(
        book_change(open.book, principal.account(), open.version, services.now));
    return outcome;
}

Result<gate::Outcome<ListQuorumRequests>> run(
    const gate::Authorised<ListQuorumRequests>& authorised, Services& services, Tools&) {
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, kWhere);
    }
    const access::Principal& principal = authorised.principal();
    const auto& command = authorised.command();
    CH_TRY(const auto book, load_book(services, principal));
    store::Query query;
    query.scope = principal.account().uuid;
    query.after_born = command.after;
    query.max = command.max;
    if (!command.all) {
        CH_TRY(const auto term, services.reader.term(query.scope, "open", "1"));
        query.terms.push_back(term);
    }
    CH_TRY(auto found, services.reader.find<QuorumRequest>(query));
    gate::Outcome<ListQuorumRequests> outcome;
    for (auto& request : found.objects) {
        CH_TRY(auto view, view_of(std::move(request), *book, services));
        // One whose end nobody has written down yet is not open.
        if (command.all || view.state == "open") {
            outcome.reply.requests.push_back(std::move(view));
        }
    }
    outcome.reply.next = found.more ? found.born.back() : 0;
    return outcome;
}

Result<gate::Outcome<GetQuorumRequest>> run(const gate::Authorised<GetQuorumRequest>& authorised,
                                            Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const auto book, load_book(services, principal));
    CH_TRY(auto request, services.reader.load<QuorumRequest>(principal.account().uuid,
                                                             authorised.command().request));
    if (!request) {
        return no_request();
    }
    gate::Outcome<GetQuorumRequest> outcome;
    CH_TRY(outcome.reply, view_of(std::move(request), *book, services));
    return outcome;
}

Result<gate::Outcome<ApproveQuorumRequest>> run(
    const gate::Authorised<ApproveQuorumRequest>& authorised, Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    const auto& command = authorised.command();
    CH_TRY(const auto request, open_request(principal, command.request, services));
    const auto own = gate::identities_of(principal);
    if (gate::share_identity(own, request->askers)) {
        return Error(Code::kForbidden, kWhere, "nobody approves a request of their own");
    }
    for (const auto& approval : request->approvals) {
        if (gate::share_identity(own, approval.identities)) {
            return Error(Code::kAlreadyExists, kWhere, "the caller approved it already");
        }
    }
    if (request->approvals.size() >= kApprovalsMax) {
        return Error(Code::kTooLarge, kWhere, "the request has 100 approvals");
    }
    CH_TRY(const auto book, load_book(services, principal));
    CH_TRY(const bool may, approves_any(*request, own, *book,
                                        {services.now, command.client_ip}, services));
    if (!may) {
        return not_an_approver(*request);
    }
    auto next = std::make_shared<QuorumRequest>(*request);
    access::QuorumApproval approval{own, {}, services.now, command.client_ip};
    for (const auto& identity : principal.identities()) {
        approval.urns.push_back(identity->urn);
    }
    next->approvals.push_back(std::move(approval));
    gate::Outcome<ApproveQuorumRequest> outcome;
    outcome.changes.push_back(gate::request_change(*next, services.now));
    outcome.details.emplace_back("quorum", next->id.to_string());
    outcome.details.emplace_back("approved", next->action);
    CH_TRY(outcome.reply, view_of(std::move(next), *book, services));
    return outcome;
}

Result<gate::Outcome<EndQuorumRequest>> run(const gate::Authorised<EndQuorumRequest>& authorised,
                                            Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const auto request, open_request(principal, authorised.command().request, services));
    CH_TRY(const auto book, load_book(services, principal));
    const auto own = gate::identities_of(principal);
    const bool asker = gate::share_identity(own, request->askers);
    if (!asker) {
        CH_TRY(const bool may,
               approves_any(*request, own, *book, {services.now, {}}, services));
        if (!may) {
            return not_an_approver(*request);
        }
    }
    auto next = std::make_shared<QuorumRequest>(*request);
    next->end = asker ? QuorumRequest::End::kWithdrawn : QuorumRequest::End::kRefused;
    next->ended = services.now;
    next->ended_by = principal.identities().empty() ? "" : principal.identities().front()->urn;
    gate::Outcome<EndQuorumRequest> outcome;
    outcome.changes.push_back(gate::request_change(*next, services.now));
    outcome.details.emplace_back("quorum", next->id.to_string());
    CH_TRY(outcome.reply, view_of(std::move(next), *book, services));
    return outcome;
}

}  // namespace chatelaine::tenancy

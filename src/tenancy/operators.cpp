// The provider's people: operators, the states of accounts, elevations.
#include "tenancy/operator_operations.hpp"

#include <algorithm>

#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

using access::Elevation;

constexpr std::string_view kWhere = "tenancy.operators";
constexpr std::size_t kActionsMax = 20;
constexpr std::size_t kAccountsMax = 20;
constexpr std::size_t kReasonBytesMax = 500;
constexpr std::int64_t kMinutesMax = 480;
/// How long a request for an elevation waits.
constexpr std::int64_t kWaitSeconds = 86400;
constexpr std::size_t kPageMax = 500;

Result<void> require_blocking(const Services& services) {
    return services.reader.may_block() ? ok() : Result<void>(Error(Code::kWouldBlock, kWhere));
}

Result<void> check_reason(std::string_view reason) {
    if (reason.empty() || reason.size() > kReasonBytesMax) {
        return Error::invalid(kWhere, "reason", "expected 1 to 500 characters that say why");
    }
    return ok();
}

std::string name_of(const access::Principal& principal) {
    return principal.identities().empty() ? std::string() : principal.identities().front()->urn;
}

bool is_caller(const access::Principal& principal, const IdentityId& id) {
    return std::any_of(principal.identities().begin(), principal.identities().end(),
                       [&](const auto& identity) { return identity->id == id; });
}

seal::RecordChange elevation_change(const Elevation& elevation, WallTime now) {
    auto change = change_of(elevation, access::provider_scope, elevation.id,
                            elevation.origin.version, elevation.asked, now);
    change.terms = elevation.terms();
    return change;
}

/// One that is neither over nor refused.
Result<std::shared_ptr<const Elevation>> open_elevation(const Uuid& id, Services& services) {
    CH_TRY_VOID(require_blocking(services));
    CH_TRY(auto elevation, services.reader.load<Elevation>(access::provider_scope, id));
    if (!elevation) {
        return Error(Code::kNotFound, kWhere, "no such elevation");
    }
    if (!elevation->is_waiting(services.now) && !elevation->is_active(services.now)) {
        return Error(Code::kWrongState, kWhere,
                     "the elevation is " + std::string(elevation->state(services.now)));
    }
    return elevation;
}

void note(const Elevation& elevation,
          std::vector<std::pair<std::string_view, std::string>>& details) {
    details.emplace_back("elevation", elevation.id.to_string());
    details.emplace_back("reason", elevation.reason);
    for (const auto& account : elevation.accounts) {
        details.emplace_back("account", account.to_string());
    }
}

template <class T>
Result<PageReply<T>> provider_page(Services& services, const PageCommand& page,
                                   std::vector<store::Term> terms = {}) {
    store::Query query;
    query.scope = access::provider_scope;
    query.after_born = page.after;
    query.max = page.max;
    query.terms = std::move(terms);
    CH_TRY(auto found, services.reader.find<T>(query));
    PageReply<T> reply;
    reply.records = std::move(found.objects);
    reply.next = found.more ? found.born.back() : 0;
    return reply;
}

/// The elevation under which the caller may act on the account now.
Result<std::shared_ptr<const Elevation>> elevation_for(const access::Principal& principal,
                                                       const AccountId& account,
                                                       std::string_view action,
                                                       Services& services) {
    for (const auto& identity : principal.identities()) {
        CH_TRY(const auto active,
               access::active_elevations(services.reader, identity->id, services.now));
        for (const auto& elevation : active) {
            const bool names = std::any_of(
                elevation->actions.begin(), elevation->actions.end(),
                [&](const auto& pattern) { return access::matches(pattern, action); });
            if (names && elevation->concerns(account)) {
                return elevation;
            }
        }
    }
    return Error(Code::kForbidden, kWhere,
                 "it takes an elevation that names the account, approved by a second operator");
}

}  // namespace

std::string_view state_name(AccountState state) {
    switch (state) {
        case AccountState::kActive: return "active";
        case AccountState::kDraining: return "draining";
        case AccountState::kSuspended: return "suspended";
    }
    return "";
}

Result<void> check_state(AccountState state, const gate::OperationRow& row) {
    if (state == AccountState::kActive || row.party != Party::kCustomer) {
        return ok();
    }
    // Its audit, its notices, why it is so: a customer is told whatever its account's state.
    const bool looks = row.effect == gate::Effect::kRead && row.plane == gate::Plane::kControl;
    const bool makes = row.effect == gate::Effect::kWrite && !row.name.ends_with(".deactivate");
    if (looks || (state == AccountState::kDraining && !makes)) {
        return ok();
    }
    return Error(Code::kForbidden, "tenancy.state",
                 "the account is " + std::string(state_name(state)) + "; GET /v2/account says why");
}

Result<void> load_account_states(seal::Reader& reader, AccountStates& states) {
    store::Query query;
    query.scope = access::provider_scope;
    query.max = kPageMax;
    for (;;) {
        CH_TRY(const auto found, reader.find<Account>(query));
        for (const auto& account : found.objects) {
            states.set(account->id, account->state, account->origin.version);
        }
        if (!found.more) {
            return ok();
        }
        query.after_born = found.born.back();
    }
}

Result<gate::Outcome<ListOperators>> run(const gate::Authorised<ListOperators>& authorised,
                                         Services& services, Tools&) {
    gate::Outcome<ListOperators> outcome;
    CH_TRY(outcome.reply, provider_page<access::Identity>(services, authorised.command()));
    return outcome;
}

Result<gate::Outcome<UpdateOperator>> run(const gate::Authorised<UpdateOperator>& authorised,
                                          Services& services, Tools&) {
    const auto& command = authorised.command();
    CH_TRY_VOID(check_reason(command.reason));
    CH_TRY(const auto found, services.reader.load<access::Identity>(access::provider_scope,
                                                                    command.operator_id.uuid));
    if (!found) {
        return Error(Code::kNotFound, kWhere, "no such operator");
    }
    // So that one is always left: whoever switches the others off.
    if (is_caller(authorised.principal(), found->id)) {
        return Error(Code::kWrongState, kWhere, "another operator does that");
    }
    // Off is for anybody with the right; on again, what the operator may do is handed out anew.
    if (!command.disabled) {
        CH_TRY_VOID(may_hand_out(services, authorised.principal(), found->grants));
    }
    auto next = std::make_shared<access::Identity>(*found);
    next->disabled = command.disabled;
    gate::Outcome<UpdateOperator> outcome;
    auto change = change_of(*next, access::provider_scope, next->id.uuid, found->origin.version,
                            found->created, services.now);
    change.terms.emplace_back("name", next->name);
    outcome.changes.push_back(std::move(change));
    outcome.details.emplace_back("operator", next->name);
    outcome.details.emplace_back("disabled", command.disabled ? "true" : "false");
    outcome.details.emplace_back("reason", command.reason);
    outcome.reply.record = std::move(next);
    return outcome;
}

Result<gate::Outcome<SetAccountState>> run(const gate::Authorised<SetAccountState>& authorised,
                                           Services& services, Tools& tools) {
    const auto& command = authorised.command();
    CH_TRY_VOID(require_blocking(services));
    CH_TRY_VOID(check_reason(command.reason));
    CH_TRY(const auto found,
           services.reader.load<Account>(access::provider_scope, command.account.uuid));
    if (!found) {
        return Error(Code::kNotFound, kWhere, "no such account");
    }
    CH_TRY(const auto elevation,
           elevation_for(authorised.principal(), command.account, SetAccountState::row.actions[0],
                         services));
    auto next = std::make_shared<Account>(*found);
    next->state = command.state;
    next->reason = command.reason;
    next->since = services.now;
    gate::Outcome<SetAccountState> outcome;
    outcome.changes.push_back(change_of(*next, access::provider_scope, next->id.uuid,
                                        found->origin.version, found->created, services.now));
    outcome.details.emplace_back("account", next->id.to_string());
    outcome.details.emplace_back("state", state_name(next->state));
    outcome.details.emplace_back("reason", next->reason);
    outcome.details.emplace_back("elevation", elevation->id.to_string());
    outcome.then = [&tools, account = next->id, state = next->state,
                    version = found->origin.version + 1] {
        tools.account_states.set(account, state, version);
    };
    outcome.reply.record = std::move(next);
    return outcome;
}

Result<gate::Outcome<GetOwnAccount>> run(const gate::Authorised<GetOwnAccount>& authorised,
                                         Services& services, Tools&) {
    gate::Outcome<GetOwnAccount> outcome;
    CH_TRY(outcome.reply.record,
           services.reader.load<Account>(access::provider_scope,
                                         authorised.principal().account().uuid));
    if (!outcome.reply.record) {
        return Error(Code::kNotFound, kWhere, "no such account");
    }
    return outcome;
}

Result<gate::Outcome<RequestElevation>> run(const gate::Authorised<RequestElevation>& authorised,
                                            Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY_VOID(require_blocking(services));
    CH_TRY_VOID(check_reason(command.reason));
    CH_TRY_VOID(check_patterns("actions", command.actions, kActionsMax));
    if (command.actions.empty()) {
        return Error::missing(kWhere, "actions");
    }
    if (command.accounts.size() > kAccountsMax) {
        return Error::invalid(kWhere, "accounts", "expected at most 20 accounts");
    }
    if (command.minutes < 1 || command.minutes > kMinutesMax) {
        return Error::invalid(kWhere, "minutes", "expected 1 to 480 minutes");
    }
    for (std::size_t i = 0; i < command.accounts.size(); ++i) {
        CH_TRY(const auto account, services.reader.load<Account>(access::provider_scope,
                                                                 command.accounts[i].uuid));
        if (!account) {
            return Error::invalid(kWhere, "accounts." + std::to_string(i), "no such account");
        }
    }
    if (principal.identities().size() != 1) {
        return Error(Code::kWrongState, kWhere, "an elevation is one operator's");
    }
    auto elevation = std::make_shared<Elevation>();
    elevation->id = Uuid::random(services.random);
    elevation->by = principal.identities().front()->id;
    elevation->by_urn = name_of(principal);
    elevation->actions = command.actions;
    elevation->accounts = command.accounts;
    elevation->reason = command.reason;
    elevation->minutes = command.minutes;
    elevation->asked = services.now;
    elevation->expires = services.now.plus_seconds(kWaitSeconds);
    gate::Outcome<RequestElevation> outcome;
    outcome.changes.push_back(elevation_change(*elevation, services.now));
    note(*elevation, outcome.details);
    outcome.reply.record = std::move(elevation);
    outcome.reply.now = services.now;
    return outcome;
}

Result<gate::Outcome<ListElevations>> run(const gate::Authorised<ListElevations>& authorised,
                                          Services& services, Tools&) {
    gate::Outcome<ListElevations> outcome;
    CH_TRY(static_cast<PageReply<Elevation>&>(outcome.reply),
           provider_page<Elevation>(services, authorised.command()));
    outcome.reply.now = services.now;
    return outcome;
}

Result<gate::Outcome<ApproveElevation>> run(const gate::Authorised<ApproveElevation>& authorised,
                                            Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const auto found, open_elevation(authorised.command().elevation, services));
    if (is_caller(principal, found->by)) {
        return Error(Code::kForbidden, kWhere, "nobody approves an elevation of their own");
    }
    if (found->approved) {
        return Error(Code::kAlreadyExists, kWhere, "the elevation is approved already");
    }
    CH_TRY_VOID(may_hand_out(services, principal, {{found->actions, {"*"}}}));
    auto next = std::make_shared<Elevation>(*found);
    next->approved = services.now;
    next->approved_by = name_of(principal);
    next->ends = services.now.plus_seconds(next->minutes * 60);
    gate::Outcome<ApproveElevation> outcome;
    outcome.changes.push_back(elevation_change(*next, services.now));
    note(*next, outcome.details);
    outcome.reply.record = std::move(next);
    outcome.reply.now = services.now;
    return outcome;
}

Result<gate::Outcome<EndElevation>> run(const gate::Authorised<EndElevation>& authorised,
                                        Services& services, Tools&) {
    CH_TRY(const auto found, open_elevation(authorised.command().elevation, services));
    auto next = std::make_shared<Elevation>(*found);
    next->ended = services.now;
    next->ended_by = name_of(authorised.principal());
    gate::Outcome<EndElevation> outcome;
    outcome.changes.push_back(elevation_change(*next, services.now));
    note(*next, outcome.details);
    outcome.reply.record = std::move(next);
    outcome.reply.now = services.now;
    return outcome;
}

Result<gate::Outcome<ListElevationsOfAccount>> run(
    const gate::Authorised<ListElevationsOfAccount>& authorised, Services& services, Tools&) {
    CH_TRY(const auto term,
           services.reader.term(access::provider_scope, "account",
                                authorised.principal().account().to_string()));
    gate::Outcome<ListElevationsOfAccount> outcome;
    CH_TRY(static_cast<PageReply<Elevation>&>(outcome.reply),
           provider_page<Elevation>(services, authorised.command(), {term}));
    outcome.reply.now = services.now;
    // What else an elevation concerns is another customer's matter.
    for (auto& record : outcome.reply.records) {
        auto own = std::make_shared<Elevation>(*record);
        own->accounts = {authorised.principal().account()};
        record = std::move(own);
    }
    return outcome;
}

}  // namespace chatelaine::tenancy

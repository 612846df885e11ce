// Identities of an account and their bearer tokens.
#include "tenancy/names.hpp"
#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::int64_t kTokenSecondsMax = 10LL * 365 * 86400;

/// What an update gives to the identity beyond what it had. Switched on again it is given all; what
/// it keeps needs nobody who holds it, so that rights can be taken away piece by piece.
std::vector<Grant> added(const access::Identity& before, const access::Identity& after) {
    if (before.disabled && !after.disabled) {
        return after.grants;
    }
    return access::beyond(before.grants, after.grants);
}

/// A credential of one domain makes tokens of that domain. Another domain of the account is as
/// absent to it as one that is not there.
Result<void> check_binding(const access::Principal& principal, const DomainId& domain,
                           const std::string& account_urn) {
    const DomainId& bound = principal.bound_to();
    if (bound.is_nil() || bound == domain) {
        return ok();
    }
    if (domain.is_nil()) {
        return Error::forbidden("tenancy.rights", std::string(CreateToken::row.actions[0]),
                                account_urn);
    }
    return Error(Code::kDomainNotFound, "tenancy.token", "no such domain");
}

}  // namespace

Result<gate::Outcome<CreateIdentity>> run(const gate::Authorised<CreateIdentity>& authorised,
                                          Services& services, Tools&) {
    const auto& command = authorised.command();
    const AccountId account = authorised.principal().account();
    CH_TRY_VOID(check_name("name", command.name, 64));
    CH_TRY_VOID(check_grants(command.grants));
    CH_TRY_VOID(may_give_identity(services, authorised.principal(), command.grants));
    CH_TRY_VOID(check_unique<access::Identity>(services, account.uuid, command.name));
    auto identity = std::make_shared<access::Identity>();
    identity->id = IdentityId::random(services.random);
    identity->account = account;
    identity->name = command.name;
    identity->description = command.description;
    identity->grants = command.grants;
    identity->created = services.now;
    identity->urn = access::identity_urn(services.plate, account, command.name);
    const access::Identity outside = *identity;
    identity->groups = command.groups;
    CH_TRY(auto name, take_name(services, account.uuid, NameSpace::kIdentity, command.name,
                                identity->id.uuid));
    gate::Outcome<CreateIdentity> outcome;
    CH_TRY_VOID(join_groups(services, authorised.principal(), outside, *identity,
                            outcome.changes));
    outcome.changes.push_back(identity_change(*identity, 0, services.now));
    outcome.changes.push_back(std::move(name));
    outcome.made_urn = identity->urn;
    outcome.reply.identity = std::move(identity);
    return outcome;
}

Result<gate::Outcome<GetIdentity>> run(const gate::Authorised<GetIdentity>& authorised,
                                       Services& services, Tools&) {
    gate::Outcome<GetIdentity> outcome;
    CH_TRY(outcome.reply.identity,
           own_identity(services, authorised.principal(), authorised.command().identity));
    return outcome;
}

Result<gate::Outcome<ListIdentities>> run(const gate::Authorised<ListIdentities>& authorised,
                                          Services& services, Tools&) {
    store::Query query;
    query.scope = authorised.principal().account().uuid;
    query.after_born = authorised.command().after;
    query.max = authorised.command().max;
    CH_TRY(auto found, services.reader.find<access::Identity>(query));
    gate::Outcome<ListIdentities> outcome;
    outcome.reply.identities = std::move(found.objects);
    outcome.reply.next = found.more ? found.born.back() : 0;
    return outcome;
}

Result<gate::Outcome<UpdateIdentity>> run(const gate::Authorised<UpdateIdentity>& authorised,
                                          Services& services, Tools&) {
    const auto& command = authorised.command();
    CH_TRY(const auto identity,
           own_identity(services, authorised.principal(), command.identity));
    if (identity->root && command.disabled.value_or(false)) {
        return Error(Code::kWrongState, "tenancy.identity",
                     "the account's root cannot be disabled");
    }
    auto changed = std::make_shared<access::Identity>(*identity);
    if (command.grants) {
        CH_TRY_VOID(check_grants(*command.grants));
        if (!services.reader.may_block()) {
            return Error(Code::kWouldBlock, "tenancy.identity");  // comparing may take long
        }
        changed->grants = *command.grants;
        changed->own = nullptr;
    }
    changed->groups = command.groups.value_or(changed->groups);
    changed->description = command.description.value_or(changed->description);
    changed->disabled = command.disabled.value_or(changed->disabled);
    CH_TRY_VOID(may_give_identity(services, authorised.principal(), added(*identity, *changed)));
    if (identity->disabled && !changed->disabled) {
        CH_TRY(const auto standing, standing_of(services, identity, {services.now, {}}));
        CH_TRY_VOID(may_give_identity(services, authorised.principal(), standing->most()));
    }
    gate::Outcome<UpdateIdentity> outcome;
    CH_TRY_VOID(join_groups(services, authorised.principal(), *identity, *changed,
                            outcome.changes));
    outcome.changes.push_back(identity_change(*changed, identity->origin.version, services.now));
    outcome.record_version = identity->origin.version + 1;
    outcome.made_urn = identity->urn;
    outcome.reply.identity = std::move(changed);
    return outcome;
}

Result<gate::Outcome<DeleteIdentity>> run(const gate::Authorised<DeleteIdentity>& authorised,
                                          Services& services, Tools&) {
    CH_TRY(const auto identity,
           own_identity(services, authorised.principal(), authorised.command().identity));
    if (identity->root) {
        return Error(Code::kWrongState, "tenancy.identity", "the account's root cannot be removed");
    }
    gate::Outcome<DeleteIdentity> outcome;
    auto change = change_of(*identity, identity->account.uuid, identity->id.uuid,
                            identity->origin.version, identity->created, services.now);
    change.tombstone = true;
    outcome.changes.push_back(std::move(change));
    CH_TRY(auto name, free_name(services, identity->account.uuid, NameSpace::kIdentity,
                                identity->name, identity->id.uuid));
    if (name) {
        outcome.changes.push_back(std::move(*name));
    }
    outcome.made_urn = identity->urn;
    return outcome;
}

Result<gate::Outcome<CreateToken>> run(const gate::Authorised<CreateToken>& authorised,
                                       Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY_VOID(check_name("name", command.name, 64));
    CH_TRY(const auto identity, own_identity(services, principal, command.identity));
    // A token of the root is the root: only the root makes one.
    const auto& callers = principal.identities();
    if (identity->root && (callers.size() != 1 || !callers.front()->root)) {
        return Error::forbidden("tenancy.token", std::string(CreateToken::row.actions[0]),
                                identity->urn);
    }
    CH_TRY_VOID(may_act_as(services, principal, identity));
    access::Token facts;
    facts.account = principal.account();
    facts.identity = identity->id;
    facts.name = command.name;
    facts.description = command.description;
    CH_TRY_VOID(check_binding(principal, command.domain, authorised.resource_urn()));
    if (!command.domain.is_nil()) {
        CH_TRY(const auto domain, services.reader.load<access::Domain>(principal.account().uuid,
                                                                       command.domain.uuid));
        if (!domain || domain->account != principal.account()) {
            return Error(Code::kDomainNotFound, "tenancy.token", "no such domain");
        }
        facts.domain = command.domain;
    }
    if (command.expires_in_seconds) {
        if (*command.expires_in_seconds < 1 || *command.expires_in_seconds > kTokenSecondsMax) {
            return Error::invalid("tenancy.token", "expiresIn",
                                  "expected 1 second to 10 years, in seconds");
        }
        facts.expires = services.now.plus_seconds(*command.expires_in_seconds);
    }
    CH_TRY_VOID(
        may_outlive(principal, facts.expires, CreateToken::row.actions[0], identity->urn));
    NewToken made = new_token(services, facts, principal.account().uuid);
    gate::Outcome<CreateToken> outcome;
    outcome.changes.push_back(std::move(made.change));
    outcome.reply = {std::move(made.token), std::move(made.text)};
    outcome.made_urn = identity->urn;
    outcome.details.emplace_back("token", outcome.reply.token->id.to_string());
    return outcome;
}

Result<gate::Outcome<ListTokens>> run(const gate::Authorised<ListTokens>& authorised,
                                      Services& services, Tools&) {
    const Uuid scope = authorised.principal().account().uuid;
    CH_TRY(const auto identity,
           own_identity(services, authorised.principal(), authorised.command().identity));
    store::Query query;
    query.scope = scope;
    query.max = 1000;
    CH_TRY(const auto term, services.reader.term(scope, "identity", identity->id.to_string()));
    query.terms.push_back(term);
    CH_TRY(auto found, services.reader.find<access::Token>(query));
    gate::Outcome<ListTokens> outcome;
    outcome.reply.tokens = std::move(found.objects);
    return outcome;
}

Result<gate::Outcome<RevokeToken>> run(const gate::Authorised<RevokeToken>& authorised,
                                       Services& services, Tools&) {
    const auto& command = authorised.command();
    const Uuid scope = authorised.principal().account().uuid;
    CH_TRY(const auto token, services.reader.load<access::Token>(scope, command.token));
    if (!token || token->identity != command.identity) {
        return Error(Code::kNotFound, "tenancy.token", "no such token");
    }
    auto revoked = *token;
    revoked.revoked = revoked.revoked ? revoked.revoked : services.now;
    gate::Outcome<RevokeToken> outcome;
    auto change = change_of(revoked, scope, token->id, token->origin.version, token->created,
                            services.now);
    change.terms.emplace_back("identity", token->identity.to_string());
    outcome.changes.push_back(std::move(change));
    outcome.details.emplace_back("token", token->id.to_string());
    return outcome;
}

}  // namespace chatelaine::tenancy

// Service accounts, and how a client id and a secret become a bearer token.
#include "tenancy/service_accounts.hpp"

#include "crypto/random.hpp"
#include "tenancy/names.hpp"
#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::size_t kDescriptionBytesMax = 800;
constexpr std::size_t kPageSize = 100;

Result<std::shared_ptr<const access::Identity>> own_client(Services& services,
                                                           const access::Principal& principal,
                                                           const IdentityId& id) {
    CH_TRY(auto identity,
           services.reader.load<access::Identity>(principal.account().uuid, id.uuid));
    if (!identity || !identity->client_secret) {
        return Error(Code::kNotFound, "tenancy.client", "no such service account");
    }
    return identity;
}

Result<void> check_fields(const std::string& name, const std::string& description) {
    CH_TRY_VOID(check_name("name", name, 64));
    if (description.size() > kDescriptionBytesMax) {
        return Error::invalid("tenancy.client", "description", "expected at most 800 bytes");
    }
    return ok();
}

Error bad_client() {
    return Error(Code::kUnauthenticated, "tenancy.client", "client id and secret do not match");
}

/// Whose id and secret these are. The secret says which account to look in; it counts for nothing
/// until its hash was compared.
Result<std::shared_ptr<const access::Identity>> client_of(const IssueClientToken::Command& command,
                                                          Services& services) {
    const auto parts = command.client_secret.with_exposed(
        crypto::insecure_expose_secret(),
        [](BytesView text) { return access::parse_token_text(as_text(text)); });
    const auto id = Uuid::parse(command.client_id);
    if (!parts || !id || parts->id != *id || parts->scope == access::provider_scope) {
        return bad_client();
    }
    CH_TRY(auto identity, services.reader.load<access::Identity>(parts->scope, parts->id));
    if (!identity || !identity->client_secret || identity->disabled ||
        !crypto::equal_ct(*identity->client_secret, parts->hash)) {
        return bad_client();
    }
    return identity;
}

/// Takes away the identity's tokens that have ended: programs ask for one each hour, for years.
Result<void> sweep(const access::Identity& identity, Services& services,
                   std::vector<seal::RecordChange>& changes) {
    const Uuid scope = identity.account.uuid;
    store::Query query;
    query.scope = scope;
    query.max = client_tokens_max;
    CH_TRY(const auto term, services.reader.term(scope, "identity", identity.id.to_string()));
    query.terms.push_back(term);
    CH_TRY(const auto found, services.reader.find<access::Token>(query));
    for (const auto& token : found.objects) {
        if (token->ended(services.now)) {
            auto change = change_of(*token, scope, token->id, token->origin.version,
                                    token->created, services.now);
            change.tombstone = true;
            changes.push_back(std::move(change));
        }
    }
    if (changes.empty() && found.objects.size() == client_tokens_max) {
        return Error(Code::kRateLimited, "tenancy.client",
                     "256 tokens of this service account are good: use one until it ends");
    }
    return ok();
}

}  // namespace

Result<gate::Outcome<CreateServiceAccount>> run(
    const gate::Authorised<CreateServiceAccount>& authorised, Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    const std::string action(CreateServiceAccount::row.actions[0]);
    CH_TRY_VOID(check_fields(command.name, command.description));
    CH_TRY_VOID(may_outlive(principal, std::nullopt, action, authorised.resource_urn()));
    auto identity = std::make_shared<access::Identity>();
    identity->id = IdentityId::random(services.random);
    identity->account = principal.account();
    identity->name = "oauth2-" + identity->id.to_string();
    identity->label = command.name;
    identity->description = command.description;
    identity->created = services.now;
    identity->urn = access::client_urn(services.plate, identity->account, identity->name);
    // Policies may name it already, by a star: who makes it holds its secret.
    CH_TRY(const auto standing, standing_of(services, identity, {services.now, {}}));
    CH_TRY_VOID(may_give_identity(services, principal, standing->most()));
    gate::Outcome<CreateServiceAccount> outcome;
    outcome.reply.secret = access::make_token_text(identity->account.uuid, identity->id.uuid,
                                                   crypto::random_secret(32));
    identity->client_secret = access::token_hash(outcome.reply.secret);
    CH_TRY(auto name, take_name(services, identity->account.uuid, NameSpace::kIdentity,
                                identity->name, identity->id.uuid));
    outcome.changes.push_back(identity_change(*identity, 0, services.now));
    outcome.changes.push_back(std::move(name));
    outcome.made_urn = identity->urn;
    outcome.reply.identity = std::move(identity);
    return outcome;
}

Result<gate::Outcome<ListServiceAccounts>> run(
    const gate::Authorised<ListServiceAccounts>& authorised, Services& services, Tools&) {
    store::Query query;
    query.scope = authorised.principal().account().uuid;
    query.max = kPageSize;
    CH_TRY(const auto term, services.reader.term(query.scope, "kind", "service account"));
    query.terms.push_back(term);
    gate::Outcome<ListServiceAccounts> outcome;
    for (bool more = true; more;) {
        CH_TRY(auto found, services.reader.find<access::Identity>(query));
        auto& all = outcome.reply.identities;
        all.insert(all.end(), found.objects.begin(), found.objects.end());
        more = found.more;
        query.after_born = more ? found.born.back() : 0;
    }
    return outcome;
}

Result<gate::Outcome<GetServiceAccount>> run(const gate::Authorised<GetServiceAccount>& authorised,
                                             Services& services, Tools&) {
    gate::Outcome<GetServiceAccount> outcome;
    CH_TRY(outcome.reply.identity,
           own_client(services, authorised.principal(), authorised.command().identity));
    return outcome;
}

Result<gate::Outcome<UpdateServiceAccount>> run(
    const gate::Authorised<UpdateServiceAccount>& authorised, Services& services, Tools&) {
    const auto& command = authorised.command();
    CH_TRY(const auto identity,
           own_client(services, authorised.principal(), command.identity));
    auto changed = std::make_shared<access::Identity>(*identity);
    changed->label = command.name.value_or(changed->label);
    changed->description = command.description.value_or(changed->description);
    CH_TRY_VOID(check_fields(changed->label, changed->description));
    gate::Outcome<UpdateServiceAccount> outcome;
    outcome.changes.push_back(identity_change(*changed, identity->origin.version, services.now));
    outcome.made_urn = identity->urn;
    outcome.reply.identity = std::move(changed);
    return outcome;
}

Result<gate::Outcome<DeleteServiceAccount>> run(
    const gate::Authorised<DeleteServiceAccount>& authorised, Services& services, Tools&) {
    CH_TRY(const auto identity,
           own_client(services, authorised.principal(), authorised.command().identity));
    gate::Outcome<DeleteServiceAccount> outcome;
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

Result<gate::Outcome<IssueClientToken>> run(const gate::Authorised<IssueClientToken>& authorised,
                                            Services& services, Tools&) {
    CH_TRY(const auto identity, client_of(authorised.command(), services));
    gate::Outcome<IssueClientToken> outcome;
    CH_TRY_VOID(sweep(*identity, services, outcome.changes));
    access::Token facts;
    facts.account = identity->account;
    facts.identity = identity->id;
    facts.name = "oauth2";
    facts.expires = services.now.plus_seconds(client_token_seconds);
    NewToken made = new_token(services, facts, identity->account.uuid);
    outcome.changes.push_back(std::move(made.change));
    outcome.made_urn = identity->urn;
    outcome.details.emplace_back("token", made.token->id.to_string());
    outcome.reply = {std::move(made.token), std::move(made.text)};
    return outcome;
}

}  // namespace chatelaine::tenancy

// Domains, and what callers ask about themselves.
#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

}  // namespace

Result<bool> is_own(std::string_view urn, const access::Principal& principal, Services& services) {
    if (!take_prefix(urn, "urn:v1:") || !take_prefix(urn, services.plate)) {
        return false;
    }
    const std::string account = principal.account().to_string();
    if (take_prefix(urn, ":account:")) {
        return urn == account;
    }
    if (take_prefix(urn, ":identity:user:") || take_prefix(urn, ":identity:credential:")) {
        return take_prefix(urn, account + "/") && !urn.empty();
    }
    if (!take_prefix(urn, ":resource:okms:")) {
        return false;
    }
    const auto id = DomainId::parse(urn.substr(0, urn.find('/')));
    if (!id || (!principal.bound_to().is_nil() && *id != principal.bound_to())) {
        return false;
    }
    CH_TRY(const auto domain,
           services.reader.load<access::Domain>(principal.account().uuid, id->uuid));
    return domain && domain->account == principal.account() && !domain->terminated;
}

Result<gate::Outcome<CreateDomain>> run(const gate::Authorised<CreateDomain>& authorised,
                                        Services& services, Tools& tools) {
    const auto& command = authorised.command();
    CH_TRY_VOID(check_name("name", command.name, 64));
    if (command.region != services.region) {
        return Error::invalid("tenancy.domain", "region",
                              "this service has the region " + std::string(services.region));
    }
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "tenancy.domain");
    }
    auto domain = std::make_shared<access::Domain>();
    domain->id = DomainId::random(services.random);
    domain->account = authorised.principal().account();
    domain->region = command.region;
    domain->name = command.name;
    domain->created = services.now;
    CH_TRY_VOID(tools.seal->create_scope(domain->id.uuid));
    gate::Outcome<CreateDomain> outcome;
    outcome.changes.push_back(change_of(*domain, domain->id.uuid, domain->id.uuid, 0, services.now,
                                        services.now));
    // The account's list of its domains is a record of the account, so that listing needs no scan.
    auto entry = change_of(*domain, domain->account.uuid, domain->id.uuid, 0, services.now,
                           services.now);
    outcome.changes.push_back(std::move(entry));
    outcome.made_urn = access::domain_urn(services.plate, domain->id);
    outcome.reply.domain = std::move(domain);
    return outcome;
}

Result<gate::Outcome<ListDomains>> run(const gate::Authorised<ListDomains>& authorised,
                                       Services& services, Tools&) {
    store::Query query;
    query.scope = authorised.principal().account().uuid;
    query.max = 1000;
    CH_TRY(auto found, services.reader.find<access::Domain>(query));
    gate::Outcome<ListDomains> outcome;
    outcome.reply.domains = std::move(found.objects);
    return outcome;
}

Result<gate::Outcome<GetDomain>> run(const gate::Authorised<GetDomain>& authorised,
                                     Services& services, Tools&) {
    const Uuid& id = authorised.command().domain.uuid;
    CH_TRY(auto domain, services.reader.load<access::Domain>(id, id));
    if (!domain) {
        return Error(Code::kDomainNotFound, "tenancy.domain", "no such domain");
    }
    gate::Outcome<GetDomain> outcome;
    outcome.reply.domain = std::move(domain);
    return outcome;
}

Result<gate::Outcome<WhoAmI>> run(const gate::Authorised<WhoAmI>& authorised, Services&, Tools&) {
    const access::Principal& principal = authorised.principal();
    gate::Outcome<WhoAmI> outcome;
    outcome.reply = {principal.party(),      principal.account(),        principal.domain(),
                     principal.identities(), principal.by_certificate(), principal.credential()};
    return outcome;
}

Result<gate::Outcome<Can>> run(const gate::Authorised<Can>& authorised, Services& services,
                               Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const bool own, is_own(command.resource, principal, services));
    gate::Outcome<Can> outcome;
    if (own) {
        outcome.reply.explanation = principal.explain({command.action}, command.resource);
    }
    return outcome;
}

}  // namespace chatelaine::tenancy

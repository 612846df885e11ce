// Tags, and the questions about an account's rules: would it be allowed, by which statement; all
// that an identity may do; who may do a thing.
#include <algorithm>

#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

using access::ResourceTags;

constexpr std::size_t kTagCharactersMax = 256;
/// Patterns that one page of WhoCan looks at.
constexpr std::size_t kPatternsMax = 10'000'000;

/// A resource that may carry tags: one of the account's domains, or an object in it.
Result<std::string> own_resource(Services& services, const access::Principal& principal,
                                 const std::string& urn) {
    const std::string named = access::with_plate(urn, services.plate);
    const std::string prefix = "urn:v1:" + std::string(services.plate) + ":resource:okms:";
    if (named.size() <= limits::policy_pattern_characters_max && named.starts_with(prefix) &&
        named.find('*') == std::string::npos) {
        const std::string rest = named.substr(prefix.size());
        const auto id = DomainId::parse(rest.substr(0, rest.find('/')));
        if (id && (principal.bound_to().is_nil() || principal.bound_to() == *id)) {
            CH_TRY(const auto domain, services.reader.load<access::Domain>(
                                          principal.account().uuid, id->uuid));
            if (domain && domain->account == principal.account() && !domain->terminated) {
                return named;
            }
        }
    }
    return Error(Code::kNotFound, "tenancy.tags", "no such resource");
}

Result<Uuid> tags_id(Services& services, const AccountId& account, const std::string& urn) {
    CH_TRY(const auto term, services.reader.term(account.uuid, "resource", urn));
    return Uuid::from_octets(term.value);
}

Result<void> check_tags(const access::Tags& tags) {
    if (tags.size() > limits::tags_per_resource_max) {
        return Error::invalid("tenancy.tags", "tags", "expected at most 50 tags");
    }
    for (const auto& [name, value] : tags) {
        const auto good = [](const std::string& text) {
            return !text.empty() && text.size() <= kTagCharactersMax &&
                   text.find_first_of("()*,") == std::string::npos;
        };
        if (!good(name) || !good(value) || name.starts_with("ovh:")) {
            return Error::invalid("tenancy.tags", "tags." + name.substr(0, 64),
                                  "expected a name that does not begin with ovh:, and a value, of "
                                  "1 to 256 characters without ( ) * and comma");
        }
    }
    return ok();
}

bool asks_for_tags(const access::Condition& condition) {
    return std::any_of(condition.values.begin(), condition.values.end(),
                       [](const auto& value) { return value.first.starts_with("resource.Tag"); }) ||
           std::any_of(condition.conditions.begin(), condition.conditions.end(), &asks_for_tags);
}

/// A tag can bring a policy's condition about, or undo that of a denial.
Result<void> may_tag(Services& services, const access::Principal& principal,
                     const access::Rules& rules, const std::string& urn) {
    if (principal.is_root()) {
        return ok();
    }
    const auto set = access::PolicySet::compile(rules, services.plate);
    std::vector<Grant> given;
    for (const auto& clause : set->clauses()) {
        const bool asks = clause.policy->condition && asks_for_tags(*clause.policy->condition);
        const bool here = asks && std::any_of(clause.resources->begin(), clause.resources->end(),
                                              [&](const auto& pattern) {
                                                  return access::matches(pattern, urn);
                                              });
        for (const auto* actions : {&clause.permissions.allow, &clause.permissions.deny}) {
            if (here && !actions->empty()) {
                given.push_back({*actions, {urn}});
            }
        }
    }
    return may_give_identity(services, principal, given);
}

/// The identity of the account that a URN or an id names.
Result<std::shared_ptr<const access::Identity>> identity_of(Services& services,
                                                            const access::Principal& principal,
                                                            const std::string& urn) {
    if (const auto id = IdentityId::parse(urn)) {
        return own_identity(services, principal, *id);
    }
    CH_TRY(auto identity, identity_named(services, principal.account(), urn));
    if (!identity) {
        return Error(Code::kNotFound, "tenancy.simulate", "no such identity");
    }
    return identity;
}

/// The action of either family stands for the operation, as the gate asks for both.
access::Explanation explain(const access::Identity& identity, const access::Standing& standing,
                            const std::string& action, const std::string& resource) {
    if (identity.disabled) {
        return {};
    }
    return standing.explain({action}, resource);
}

/// How many patterns an explanation looks at, at most.
std::size_t patterns_of(const access::Standing& standing) {
    std::size_t count = 0;
    for (const auto& part : *standing.parts) {
        const auto& clauses = part.set->clauses();
        count += clauses.size();
        for (std::size_t i = 0; i < clauses.size(); ++i) {
            if ((part.about[i / 64] >> (i % 64) & 1) != 0) {
                const auto& permissions = clauses[i].permissions;
                count += clauses[i].resources->size() + permissions.allow.size() +
                         permissions.except.size() + permissions.deny.size();
            }
        }
    }
    return count;
}

}  // namespace

Result<gate::Outcome<GetResourceTags>> run(const gate::Authorised<GetResourceTags>& authorised,
                                           Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const std::string urn, own_resource(services, principal, authorised.command().urn));
    CH_TRY(const Uuid id, tags_id(services, principal.account(), urn));
    gate::Outcome<GetResourceTags> outcome;
    CH_TRY(outcome.reply.record,
           services.reader.load<ResourceTags>(principal.account().uuid, id));
    if (!outcome.reply.record) {
        auto none = std::make_shared<ResourceTags>();
        none->urn = urn;
        outcome.reply.record = std::move(none);
    }
    return outcome;
}

Result<gate::Outcome<SetResourceTags>> run(const gate::Authorised<SetResourceTags>& authorised,
                                           Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const std::string urn, own_resource(services, principal, command.urn));
    CH_TRY_VOID(check_tags(command.tags));
    const auto& tagged = book.rules.tags;
    const bool more = !command.tags.empty() &&
                      std::none_of(tagged.begin(), tagged.end(),
                                   [&](const auto& record) { return record->urn == urn; });
    if (more && tagged.size() >= limits::tagged_resources_per_account_max) {
        return Error(Code::kTooLarge, "tenancy.tags", "the account has 10000 tagged resources");
    }
    CH_TRY_VOID(may_tag(services, principal, book.rules, urn));
    CH_TRY(const Uuid id, tags_id(services, principal.account(), urn));
    const store::RecordKey key{principal.account().uuid, ResourceTags::kind, id};
    CH_TRY(const std::uint64_t version, services.reader.version_of(key));
    auto record = std::make_shared<ResourceTags>();
    record->urn = urn;
    record->tags = command.tags;
    record->updated = services.now;
    gate::Outcome<SetResourceTags> outcome;
    outcome.changes.push_back(
        change_of(*record, key.scope, id, version, services.now, services.now));
    // Untagged is untagged: no record stays for it, so that they do not add up.
    outcome.changes.back().tombstone = command.tags.empty();
    if (command.tags.empty() && version == 0) {
        outcome.changes.clear();
    }
    outcome.changes.push_back(mark_change(services, principal.account(), book.mark_version));
    outcome.made_urn = urn;
    outcome.reply.record = std::move(record);
    return outcome;
}

Result<gate::Outcome<SimulateAccess>> run(const gate::Authorised<SimulateAccess>& authorised,
                                          Services& services, Tools&) {
    const auto& command = authorised.command();
    CH_TRY(const auto identity,
           identity_of(services, authorised.principal(), command.identity));
    CH_TRY(const auto standing, standing_of(services, identity, {command.at.value_or(services.now),
                                                                 command.client_ip}));
    gate::Outcome<SimulateAccess> outcome;
    const std::string resource = access::with_plate(command.resource, services.plate);
    CH_TRY(const bool own, is_own(resource, authorised.principal(), services));
    if (own) {
        outcome.reply.explanation = explain(*identity, *standing, command.action, resource);
    }
    return outcome;
}

Result<gate::Outcome<EffectiveRights>> run(const gate::Authorised<EffectiveRights>& authorised,
                                           Services& services, Tools&) {
    gate::Outcome<EffectiveRights> outcome;
    CH_TRY(outcome.reply.identity,
           own_identity(services, authorised.principal(), authorised.command().identity));
    CH_TRY(outcome.reply.standing,
           standing_of(services, outcome.reply.identity, {services.now, {}}));
    return outcome;
}

Result<gate::Outcome<WhoCan>> run(const gate::Authorised<WhoCan>& authorised, Services& services,
                                  Tools&) {
    const auto& command = authorised.command();
    CH_TRY(auto page, page_of<access::Identity>(services, authorised.principal(), command));
    const std::string resource = access::with_plate(command.resource, services.plate);
    gate::Outcome<WhoCan> outcome;
    outcome.reply.next = page.next;
    CH_TRY(const bool own, is_own(resource, authorised.principal(), services));
    std::shared_ptr<const access::PolicySet> policies;
    if (own && authorised.principal().party() == access::Party::kCustomer) {
        CH_TRY(policies, access::policies_of(services.reader, authorised.principal().account(),
                                             services.plate));
    }
    std::size_t patterns_left = kPatternsMax;
    std::uint64_t last = 0;
    for (auto& identity : page.records) {
        if (!own) {
            break;
        }
        const auto standing =
            access::Standing::of({identity}, policies, services.plate, {services.now, {}});
        const std::size_t patterns = patterns_of(*standing);
        if (last != 0 && patterns > patterns_left) {
            outcome.reply.next = last;  // the page ends early; the first of the next is this one
            break;
        }
        patterns_left -= std::min(patterns, patterns_left);
        last = identity->origin.born;
        auto explanation = explain(*identity, *standing, command.action, resource);
        if (explanation.decision == access::Decision::kAllowed) {
            outcome.reply.found.push_back({std::move(identity), std::move(explanation)});
        }
    }
    return outcome;
}

}  // namespace chatelaine::tenancy

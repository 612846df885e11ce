// Policies.
#include <algorithm>

#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::size_t kGroupsOfPolicyMax = 10;
constexpr std::string_view kResourceGroup = ":resourceGroup:";
constexpr std::string_view kPermissionsGroup = ":permissionsGroup:";

Error no_policy() { return Error(Code::kNotFound, "tenancy.policy", "no such policy"); }

/// A group's UUID in lower case, as it stands in the group's own URN.
void lower_group(std::string& urn) {
    for (const std::string_view kind : {kResourceGroup, kPermissionsGroup}) {
        const std::size_t found = urn.find(kind);
        if (found != std::string::npos) {
            std::transform(urn.begin() + static_cast<std::ptrdiff_t>(found + kind.size()),
                           urn.end(),
                           urn.begin() + static_cast<std::ptrdiff_t>(found + kind.size()),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        }
    }
}

PolicyFields as_stored(PolicyFields fields) {
    std::for_each(fields.resources.begin(), fields.resources.end(), &lower_group);
    std::for_each(fields.permissions_groups.begin(), fields.permissions_groups.end(),
                  &lower_group);
    return fields;
}

/// One that is none would be a statement about nothing: a denial of it would deny nothing.
template <class T>
Result<void> check_group(const std::vector<std::shared_ptr<const T>>& known,
                         const std::string& named, std::string_view plate,
                         const std::string& field, const char* expected) {
    const std::string urn = access::with_plate(named, plate);
    if (std::none_of(known.begin(), known.end(),
                     [&](const auto& group) { return group->urn == urn; })) {
        return Error::invalid("tenancy.policy", field, expected);
    }
    return ok();
}

Result<void> check_fields(const PolicyFields& fields, const RuleBook& book,
                          std::string_view plate) {
    CH_TRY_VOID(check_rule_name(fields.name));
    CH_TRY_VOID(check_urns("identities", fields.identities, plate, limits::policy_entries_max));
    CH_TRY_VOID(check_urns("resources", fields.resources, plate, limits::policy_entries_max));
    if (fields.identities.empty() || fields.resources.empty()) {
        return Error::missing("tenancy.policy",
                              fields.identities.empty() ? "identities" : "resources");
    }
    CH_TRY_VOID(check_permissions(fields.permissions));
    if (fields.permissions_groups.size() > kGroupsOfPolicyMax) {
        return Error::invalid("tenancy.policy", "permissionsGroups", "expected at most 10");
    }
    for (std::size_t i = 0; i < fields.permissions_groups.size(); ++i) {
        CH_TRY_VOID(check_group(book.rules.permissions_groups, fields.permissions_groups[i], plate,
                                "permissionsGroups." + std::to_string(i),
                                "expected a permission group of the account"));
    }
    for (std::size_t i = 0; i < fields.resources.size(); ++i) {
        if (fields.resources[i].find(kResourceGroup) != std::string::npos) {
            CH_TRY_VOID(check_group(book.rules.resource_groups, fields.resources[i], plate,
                                    "resources." + std::to_string(i),
                                    "expected a resource group of the account"));
        }
    }
    if (fields.condition) {
        CH_TRY_VOID(access::check_condition(*fields.condition, "conditions"));
    }
    return ok();
}

void fill(access::Policy& policy, const PolicyFields& fields, WallTime now) {
    policy.name = fields.name;
    policy.description = fields.description;
    policy.identities = fields.identities;
    policy.resources = fields.resources;
    policy.permissions = fields.permissions;
    policy.permissions_groups = fields.permissions_groups;
    policy.condition = fields.condition;
    policy.expires = fields.expires;
    policy.updated = now;
}

bool is_named(const RuleBook& book, std::string_view name, const Uuid& but) {
    return std::any_of(book.rules.policies.begin(), book.rules.policies.end(),
                       [&](const auto& policy) {
                           return policy->name == name && policy->id != but;
                       });
}

seal::RecordChange policy_change(const access::Policy& policy, const AccountId& account,
                                 WallTime now) {
    return change_of(policy, account.uuid, policy.id, policy.origin.version, policy.created, now);
}

}  // namespace

Result<gate::Outcome<CreatePolicy>> run(const gate::Authorised<CreatePolicy>& authorised,
                                        Services& services, Tools&) {
    const PolicyFields fields = as_stored(authorised.command());
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY_VOID(check_fields(fields, book, services.plate));
    if (book.rules.policies.size() >= limits::policies_per_account_max) {
        return Error(Code::kTooLarge, "tenancy.policy", "the account has 2000 policies");
    }
    if (is_named(book, fields.name, {})) {
        return Error(Code::kAlreadyExists, "tenancy.policy", "the name is taken");
    }
    auto policy = std::make_shared<access::Policy>();
    policy->id = Uuid::random(services.random);
    policy->created = services.now;
    policy->origin.key = {principal.account().uuid, access::Policy::kind, policy->id};
    fill(*policy, fields, services.now);
    access::Rules after = book.rules;
    after.policies.push_back(policy);
    gate::Outcome<CreatePolicy> outcome;
    outcome.changes.push_back(policy_change(*policy, principal.account(), services.now));
    CH_TRY_VOID(close_rules(services, principal, book, after, outcome.changes));
    outcome.details.emplace_back("policy", policy->id.to_string());
    outcome.reply.record = std::move(policy);
    return outcome;
}

Result<gate::Outcome<ListPolicies>> run(const gate::Authorised<ListPolicies>& authorised,
                                        Services& services, Tools&) {
    gate::Outcome<ListPolicies> outcome;
    CH_TRY(outcome.reply, page_of<access::Policy>(services, authorised.principal(),
                                                  authorised.command()));
    return outcome;
}

Result<gate::Outcome<GetPolicy>> run(const gate::Authorised<GetPolicy>& authorised,
                                     Services& services, Tools&) {
    gate::Outcome<GetPolicy> outcome;
    CH_TRY(outcome.reply.record,
           services.reader.load<access::Policy>(authorised.principal().account().uuid,
                                                authorised.command().id));
    if (!outcome.reply.record) {
        return no_policy();
    }
    return outcome;
}

Result<gate::Outcome<UpdatePolicy>> run(const gate::Authorised<UpdatePolicy>& authorised,
                                        Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto old, services.reader.load<access::Policy>(principal.account().uuid,
                                                                command.id));
    if (!old) {
        return no_policy();
    }
    const PolicyFields fields = as_stored(command);
    CH_TRY_VOID(check_fields(fields, book, services.plate));
    if (is_named(book, command.name, command.id)) {
        return Error(Code::kAlreadyExists, "tenancy.policy", "the name is taken");
    }
    auto policy = std::make_shared<access::Policy>(*old);
    fill(*policy, fields, services.now);
    access::Rules after = book.rules;
    after.policies = replaced<access::Policy>(std::move(after.policies), policy);
    gate::Outcome<UpdatePolicy> outcome;
    outcome.changes.push_back(policy_change(*policy, principal.account(), services.now));
    CH_TRY_VOID(close_rules(services, principal, book, after, outcome.changes));
    outcome.record_version = old->origin.version + 1;
    outcome.details.emplace_back("policy", policy->id.to_string());
    outcome.reply.record = std::move(policy);
    return outcome;
}

Result<gate::Outcome<DeletePolicy>> run(const gate::Authorised<DeletePolicy>& authorised,
                                        Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto policy,
           services.reader.load<access::Policy>(principal.account().uuid,
                                                authorised.command().id));
    if (!policy) {
        return no_policy();
    }
    access::Rules after = book.rules;
    after.policies = without(std::move(after.policies), *policy);
    gate::Outcome<DeletePolicy> outcome;
    outcome.changes.push_back(policy_change(*policy, principal.account(), services.now));
    outcome.changes.back().tombstone = true;
    CH_TRY_VOID(close_rules(services, principal, book, after, outcome.changes));
    outcome.details.emplace_back("policy", policy->id.to_string());
    return outcome;
}

}  // namespace chatelaine::tenancy

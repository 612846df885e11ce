// Groups of permissions, of resources and of users.
#include <algorithm>

#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

using access::PermissionsGroup;
using access::ResourceGroup;
using access::UserGroup;

Error no_group() { return Error(Code::kNotFound, "tenancy.group", "no such group"); }

std::string group_urn(std::string_view plate, std::string_view kind, const Uuid& id) {
    std::string urn = "urn:v1:";
    return urn.append(plate).append(":").append(kind).append(":").append(id.to_string());
}

/// "urn:v1:PLATE:permissionsGroup:UUID", with or without the plate.
Result<std::shared_ptr<const PermissionsGroup>> load_permissions_group(
    Services& services, const access::Principal& principal, std::string_view urn) {
    const std::string named = access::with_plate(urn, services.plate);
    const std::string prefix =
        "urn:v1:" + std::string(services.plate) + ":permissionsGroup:";
    const auto id = named.starts_with(prefix) ? Uuid::parse(named.substr(prefix.size()))
                                              : std::nullopt;
    if (!id) {
        return no_group();
    }
    CH_TRY(auto group,
           services.reader.load<PermissionsGroup>(principal.account().uuid, *id));
    if (!group) {
        return no_group();
    }
    return group;
}

/// Groups of users are called by their name; it is in the rules, of which there are few.
Result<std::shared_ptr<const UserGroup>> find_user_group(const access::Rules& rules,
                                                         std::string_view name) {
    for (const auto& group : rules.user_groups) {
        if (group->name == name) {
            return group;
        }
    }
    return no_group();
}

template <class T>
Result<void> check_room(const std::vector<std::shared_ptr<const T>>& groups, std::string_view name,
                        const Uuid& but) {
    if (but.is_nil() && groups.size() >= limits::policy_groups_per_account_max) {
        return Error(Code::kTooLarge, "tenancy.group", "the account has 500 groups of this kind");
    }
    for (const auto& group : groups) {
        if (group->name == name && group->id != but) {
            return Error(Code::kAlreadyExists, "tenancy.group", "the name is taken");
        }
    }
    return ok();
}

template <class T>
seal::RecordChange group_change(const T& group, const AccountId& account, WallTime now) {
    return change_of(group, account.uuid, group.id, group.origin.version, group.created, now);
}

template <class T>
std::shared_ptr<T> new_group(Services& services, const AccountId& account) {
    auto group = std::make_shared<T>();
    group->id = Uuid::random(services.random);
    group->origin.key = {account.uuid, T::kind, group->id};
    group->created = services.now;
    group->updated = services.now;
    return group;
}

/// What a deletion says while a policy still names the group.
Result<void> check_unused(const access::Rules& rules, std::string_view plate,
                          const std::string& urn) {
    for (const auto& policy : rules.policies) {
        for (const auto* list :
             {&policy->identities, &policy->resources, &policy->permissions_groups}) {
            if (std::any_of(list->begin(), list->end(), [&](const auto& named) {
                    return access::with_plate(named, plate) == urn;
                })) {
                return Error(Code::kWrongState, "tenancy.group", "a policy names the group");
            }
        }
    }
    return ok();
}

Result<void> check_role(std::string_view role) {
    for (const std::string_view known : {"ADMIN", "REGULAR", "UNPRIVILEGED", "NONE"}) {
        if (role == known) {
            return ok();
        }
    }
    return Error::invalid("tenancy.group", "role", "expected ADMIN, REGULAR, UNPRIVILEGED or NONE");
}

/// One change of rules, from the group that is to be on.
template <class Op, class T>
Result<gate::Outcome<Op>> outcome_of(Services& services, const access::Principal& principal,
                                     const RuleBook& book, const access::Rules& after,
                                     const std::shared_ptr<const T>& group, bool gone = false) {
    gate::Outcome<Op> outcome;
    outcome.changes.push_back(group_change(*group, principal.account(), services.now));
    outcome.changes.back().tombstone = gone;
    CH_TRY_VOID(close_rules(services, principal, book, after, outcome.changes));
    outcome.made_urn = group->urn;
    if constexpr (requires { outcome.reply.record; }) {
        outcome.reply.record = group;
    }
    return outcome;
}

}  // namespace

Result<gate::Outcome<CreatePermissionsGroup>> run(
    const gate::Authorised<CreatePermissionsGroup>& authorised, Services& services, Tools&) {
    const auto& fields = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY_VOID(check_rule_name(fields.name));
    CH_TRY_VOID(check_permissions(fields.permissions));
    CH_TRY_VOID(check_room(book.rules.permissions_groups, fields.name, {}));
    auto group = new_group<PermissionsGroup>(services, principal.account());
    group->urn = group_urn(services.plate, "permissionsGroup", group->id);
    group->name = fields.name;
    group->description = fields.description;
    group->permissions = fields.permissions;
    access::Rules after = book.rules;
    after.permissions_groups.push_back(group);
    return outcome_of<CreatePermissionsGroup, PermissionsGroup>(services, principal, book, after,
                                                                group);
}

Result<gate::Outcome<ListPermissionsGroups>> run(
    const gate::Authorised<ListPermissionsGroups>& authorised, Services& services, Tools&) {
    gate::Outcome<ListPermissionsGroups> outcome;
    CH_TRY(outcome.reply, page_of<PermissionsGroup>(services, authorised.principal(),
                                                    authorised.command()));
    return outcome;
}

Result<gate::Outcome<GetPermissionsGroup>> run(
    const gate::Authorised<GetPermissionsGroup>& authorised, Services& services, Tools&) {
    gate::Outcome<GetPermissionsGroup> outcome;
    CH_TRY(outcome.reply.record, load_permissions_group(services, authorised.principal(),
                                                        authorised.command().urn));
    return outcome;
}

Result<gate::Outcome<UpdatePermissionsGroup>> run(
    const gate::Authorised<UpdatePermissionsGroup>& authorised, Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto old, load_permissions_group(services, principal, command.urn));
    CH_TRY_VOID(check_rule_name(command.name));
    CH_TRY_VOID(check_permissions(command.permissions));
    CH_TRY_VOID(check_room(book.rules.permissions_groups, command.name, old->id));
    auto group = std::make_shared<PermissionsGroup>(*old);
    group->name = command.name;
    group->description = command.description;
    group->permissions = command.permissions;
    group->updated = services.now;
    access::Rules after = book.rules;
    after.permissions_groups =
        replaced<PermissionsGroup>(std::move(after.permissions_groups), group);
    return outcome_of<UpdatePermissionsGroup, PermissionsGroup>(services, principal, book, after,
                                                                group);
}

Result<gate::Outcome<DeletePermissionsGroup>> run(
    const gate::Authorised<DeletePermissionsGroup>& authorised, Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto group,
           load_permissions_group(services, principal, authorised.command().urn));
    CH_TRY_VOID(check_unused(book.rules, services.plate, group->urn));
    access::Rules after = book.rules;
    after.permissions_groups = without(std::move(after.permissions_groups), *group);
    return outcome_of<DeletePermissionsGroup>(services, principal, book, after, group, true);
}

Result<gate::Outcome<CreateResourceGroup>> run(
    const gate::Authorised<CreateResourceGroup>& authorised, Services& services, Tools&) {
    const auto& fields = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY_VOID(check_rule_name(fields.name));
    CH_TRY_VOID(check_urns("resources", fields.resources, services.plate,
                           limits::policy_entries_max));
    CH_TRY_VOID(check_room(book.rules.resource_groups, fields.name, {}));
    auto group = new_group<ResourceGroup>(services, principal.account());
    group->urn = group_urn(services.plate, "resourceGroup", group->id);
    group->name = fields.name;
    group->resources = fields.resources;
    access::Rules after = book.rules;
    after.resource_groups.push_back(group);
    return outcome_of<CreateResourceGroup, ResourceGroup>(services, principal, book, after, group);
}

Result<gate::Outcome<ListResourceGroups>> run(
    const gate::Authorised<ListResourceGroups>& authorised, Services& services, Tools&) {
    gate::Outcome<ListResourceGroups> outcome;
    CH_TRY(outcome.reply, page_of<ResourceGroup>(services, authorised.principal(),
                                                 authorised.command()));
    return outcome;
}

Result<gate::Outcome<GetResourceGroup>> run(const gate::Authorised<GetResourceGroup>& authorised,
                                            Services& services, Tools&) {
    gate::Outcome<GetResourceGroup> outcome;
    CH_TRY(outcome.reply.record,
           services.reader.load<ResourceGroup>(authorised.principal().account().uuid,
                                               authorised.command().id));
    if (!outcome.reply.record) {
        return no_group();
    }
    return outcome;
}

Result<gate::Outcome<UpdateResourceGroup>> run(
    const gate::Authorised<UpdateResourceGroup>& authorised, Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto old,
           services.reader.load<ResourceGroup>(principal.account().uuid, command.id));
    if (!old) {
        return no_group();
    }
    CH_TRY_VOID(check_rule_name(command.name));
    CH_TRY_VOID(check_urns("resources", command.resources, services.plate,
                           limits::policy_entries_max));
    CH_TRY_VOID(check_room(book.rules.resource_groups, command.name, old->id));
    auto group = std::make_shared<ResourceGroup>(*old);
    group->name = command.name;
    group->resources = command.resources;
    group->updated = services.now;
    access::Rules after = book.rules;
    after.resource_groups = replaced<ResourceGroup>(std::move(after.resource_groups), group);
    return outcome_of<UpdateResourceGroup, ResourceGroup>(services, principal, book, after, group);
}

Result<gate::Outcome<DeleteResourceGroup>> run(
    const gate::Authorised<DeleteResourceGroup>& authorised, Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto group, services.reader.load<ResourceGroup>(principal.account().uuid,
                                                                 authorised.command().id));
    if (!group) {
        return no_group();
    }
    CH_TRY_VOID(check_unused(book.rules, services.plate, group->urn));
    access::Rules after = book.rules;
    after.resource_groups = without(std::move(after.resource_groups), *group);
    return outcome_of<DeleteResourceGroup>(services, principal, book, after, group, true);
}

Result<gate::Outcome<CreateUserGroup>> run(const gate::Authorised<CreateUserGroup>& authorised,
                                           Services& services, Tools&) {
    const auto& fields = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY_VOID(check_rule_name(fields.name));
    CH_TRY_VOID(check_role(fields.role));
    CH_TRY_VOID(check_room(book.rules.user_groups, fields.name, {}));
    auto group = new_group<UserGroup>(services, principal.account());
    group->urn = access::group_urn(services.plate, principal.account(), fields.name);
    group->name = fields.name;
    group->description = fields.description;
    group->role = fields.role;
    access::Rules after = book.rules;
    after.user_groups.push_back(group);
    return outcome_of<CreateUserGroup, UserGroup>(services, principal, book, after, group);
}

Result<gate::Outcome<ListUserGroups>> run(const gate::Authorised<ListUserGroups>& authorised,
                                          Services& services, Tools&) {
    gate::Outcome<ListUserGroups> outcome;
    CH_TRY(outcome.reply,
           page_of<UserGroup>(services, authorised.principal(), authorised.command()));
    return outcome;
}

Result<gate::Outcome<GetUserGroup>> run(const gate::Authorised<GetUserGroup>& authorised,
                                        Services& services, Tools&) {
    CH_TRY(const RuleBook book, open_rules(services, authorised.principal()));
    gate::Outcome<GetUserGroup> outcome;
    CH_TRY(outcome.reply.record, find_user_group(book.rules, authorised.command().name));
    return outcome;
}

Result<gate::Outcome<UpdateUserGroup>> run(const gate::Authorised<UpdateUserGroup>& authorised,
                                           Services& services, Tools&) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto old, find_user_group(book.rules, command.name));
    CH_TRY_VOID(check_role(command.role));
    auto group = std::make_shared<UserGroup>(*old);
    group->description = command.description;
    group->role = command.role;
    group->updated = services.now;
    access::Rules after = book.rules;
    after.user_groups = replaced<UserGroup>(std::move(after.user_groups), group);
    return outcome_of<UpdateUserGroup, UserGroup>(services, principal, book, after, group);
}

Result<gate::Outcome<DeleteUserGroup>> run(const gate::Authorised<DeleteUserGroup>& authorised,
                                           Services& services, Tools&) {
    const access::Principal& principal = authorised.principal();
    CH_TRY(const RuleBook book, open_rules(services, principal));
    CH_TRY(const auto group, find_user_group(book.rules, authorised.command().name));
    CH_TRY_VOID(check_unused(book.rules, services.plate, group->urn));
    CH_TRY(const auto term, services.reader.term(principal.account().uuid, "group", group->name));
    store::Query query;
    query.scope = principal.account().uuid;
    query.terms.push_back(term);
    query.max = 1;
    CH_TRY(const auto members, services.reader.find<access::Identity>(query));
    if (!members.objects.empty()) {
        return Error(Code::kWrongState, "tenancy.group", "identities are in the group");
    }
    access::Rules after = book.rules;
    after.user_groups = without(std::move(after.user_groups), *group);
    return outcome_of<DeleteUserGroup>(services, principal, book, after, group, true);
}

}  // namespace chatelaine::tenancy

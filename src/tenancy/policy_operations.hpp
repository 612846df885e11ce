#pragma once

#include "access/policy_set.hpp"
#include "tenancy/operations.hpp"

/// An account's rules (policies, groups of permissions, resources and users, tags) and the
/// questions about them. Whatever changes a rule takes the account's mark along in its transaction,
/// so that the changes of an account come one after the other and the new rules are in force
/// before the change is answered.

namespace chatelaine::tenancy {

/// The template of a row of this page: activity 3.1.2.c, on the account.
constexpr gate::OperationRow rule_row(std::string_view name, std::string_view summary,
                                      std::string_view action, gate::Effect effect,
                                      gate::RestRoute rest) {
    return make_row(name, summary, action, Activity::k3_1_2_c, Party::kCustomer, effect,
                    gate::ResourceType::kAccount, rest);
}

struct PageCommand {
    std::uint64_t after = 0;
    std::size_t max = 100;
};
template <class T>
struct PageReply {
    std::vector<std::shared_ptr<const T>> records;
    std::uint64_t next = 0;  ///< 0 at the end
};
template <class T>
struct RecordReply {
    std::shared_ptr<const T> record;
};

// ---- policies ------------------------------------------------------------------------------

struct PolicyFields {
    std::string name;  ///< 1..64 of the usual characters, not beginning with "ovh-"
    std::string description;
    std::vector<std::string> identities, resources;  ///< 1..100 each
    access::Permissions permissions;
    std::vector<std::string> permissions_groups;  ///< at most 10
    std::optional<access::Condition> condition;
    std::optional<WallTime> expires;
};

struct CreatePolicy {
    using Command = PolicyFields;
    using Reply = RecordReply<access::Policy>;
    static constexpr gate::OperationRow row =
        rule_row("policy.create", "Make a policy: who may do what on which resources, and when",
                 "chatelaine:control:policy/create", gate::Effect::kWrite,
                 {"POST", "/v2/iam/policy", 201});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListPolicies {
    struct Command : PageCommand {};
    using Reply = PageReply<access::Policy>;
    static constexpr gate::OperationRow row =
        rule_row("policy.list", "List the account's policies", "chatelaine:control:policy/get",
                 gate::Effect::kRead, {"GET", "/v2/iam/policy", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct GetPolicy {
    struct Command {
        Uuid id;
    };
    using Reply = RecordReply<access::Policy>;
    static constexpr gate::OperationRow row =
        rule_row("policy.get", "Get a policy", "chatelaine:control:policy/get",
                 gate::Effect::kRead, {"GET", "/v2/iam/policy/{policyId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct UpdatePolicy {
    struct Command : PolicyFields {
        Uuid id;
    };
    using Reply = RecordReply<access::Policy>;
    static constexpr gate::OperationRow row =
        rule_row("policy.update", "Replace a policy; in force before the answer",
                 "chatelaine:control:policy/update", gate::Effect::kWrite,
                 {"PUT", "/v2/iam/policy/{policyId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct DeletePolicy {
    struct Command {
        Uuid id;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        rule_row("policy.delete", "Remove a policy; in force before the answer",
                 "chatelaine:control:policy/delete", gate::Effect::kDestructive,
                 {"DELETE", "/v2/iam/policy/{policyId}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- groups of permissions -----------------------------------------------------------------

struct PermissionsGroupFields {
    std::string name;
    std::string description;
    access::Permissions permissions;
};
struct CreatePermissionsGroup {
    using Command = PermissionsGroupFields;
    using Reply = RecordReply<access::PermissionsGroup>;
    static constexpr gate::OperationRow row =
        rule_row("permissionsGroup.create", "Put actions under one name, for policies",
                 "chatelaine:control:permissionsGroup/create", gate::Effect::kWrite,
                 {"POST", "/v2/iam/permissionsGroup", 201});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListPermissionsGroups {
    struct Command : PageCommand {};
    using Reply = PageReply<access::PermissionsGroup>;
    static constexpr gate::OperationRow row = rule_row(
        "permissionsGroup.list", "List the account's permission groups",
        "chatelaine:control:permissionsGroup/get", gate::Effect::kRead,
        {"GET", "/v2/iam/permissionsGroup", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct GetPermissionsGroup {
    struct Command {
        std::string urn;
    };
    using Reply = RecordReply<access::PermissionsGroup>;
    static constexpr gate::OperationRow row = rule_row(
        "permissionsGroup.get", "Get a permission group", "chatelaine:control:permissionsGroup/get",
        gate::Effect::kRead, {"GET", "/v2/iam/permissionsGroup/{urn}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct UpdatePermissionsGroup {
    struct Command : PermissionsGroupFields {
        std::string urn;
    };
    using Reply = RecordReply<access::PermissionsGroup>;
    static constexpr gate::OperationRow row =
        rule_row("permissionsGroup.update", "Replace a permission group, for all its policies",
                 "chatelaine:control:permissionsGroup/update", gate::Effect::kWrite,
                 {"PUT", "/v2/iam/permissionsGroup/{urn}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct DeletePermissionsGroup {
    struct Command {
        std::string urn;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        rule_row("permissionsGroup.delete", "Remove a permission group that no policy names",
                 "chatelaine:control:permissionsGroup/delete", gate::Effect::kDestructive,
                 {"DELETE", "/v2/iam/permissionsGroup/{urn}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- groups of resources, and tags ---------------------------------------------------------

struct ResourceGroupFields {
    std::string name;
    std::vector<std::string> resources;  ///< at most 100
};
struct CreateResourceGroup {
    using Command = ResourceGroupFields;
    using Reply = RecordReply<access::ResourceGroup>;
    static constexpr gate::OperationRow row =
        rule_row("resourceGroup.create", "Put resources under one name, for policies",
                 "chatelaine:control:resourceGroup/create", gate::Effect::kWrite,
                 {"POST", "/v2/iam/resourceGroup", 201});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListResourceGroups {
    struct Command : PageCommand {};
    using Reply = PageReply<access::ResourceGroup>;
    static constexpr gate::OperationRow row = rule_row(
        "resourceGroup.list", "List the account's resource groups",
        "chatelaine:control:resourceGroup/get", gate::Effect::kRead,
        {"GET", "/v2/iam/resourceGroup", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct GetResourceGroup {
    struct Command {
        Uuid id;
    };
    using Reply = RecordReply<access::ResourceGroup>;
    static constexpr gate::OperationRow row = rule_row(
        "resourceGroup.get", "Get a resource group", "chatelaine:control:resourceGroup/get",
        gate::Effect::kRead, {"GET", "/v2/iam/resourceGroup/{groupId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct UpdateResourceGroup {
    struct Command : ResourceGroupFields {
        Uuid id;
    };
    using Reply = RecordReply<access::ResourceGroup>;
    static constexpr gate::OperationRow row =
        rule_row("resourceGroup.update", "Replace a resource group, for all its policies",
                 "chatelaine:control:resourceGroup/update", gate::Effect::kWrite,
                 {"PUT", "/v2/iam/resourceGroup/{groupId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct DeleteResourceGroup {
    struct Command {
        Uuid id;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        rule_row("resourceGroup.delete", "Remove a resource group that no policy names",
                 "chatelaine:control:resourceGroup/delete", gate::Effect::kDestructive,
                 {"DELETE", "/v2/iam/resourceGroup/{groupId}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

struct GetResourceTags {
    struct Command {
        std::string urn;
    };
    using Reply = RecordReply<access::ResourceTags>;
    static constexpr gate::OperationRow row = rule_row(
        "resourceTags.get", "Get a resource's tags", "chatelaine:control:resourceTags/get",
        gate::Effect::kRead, {"GET", "/v2/iam/resource/{urn}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct SetResourceTags {
    struct Command {
        std::string urn;
        access::Tags tags;  ///< at most 50; keys that begin with "ovh:" are the service's
    };
    using Reply = RecordReply<access::ResourceTags>;
    static constexpr gate::OperationRow row =
        rule_row("resourceTags.set", "Replace a resource's tags, on which conditions may ask",
                 "chatelaine:control:resourceTags/set", gate::Effect::kWrite,
                 {"PUT", "/v2/iam/resource/{urn}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- groups of users -----------------------------------------------------------------------

struct UserGroupFields {
    std::string name;  ///< fixed once made: it is in the group's URN
    std::string description;
    std::string role;  ///< ADMIN, REGULAR, UNPRIVILEGED or NONE
};
struct CreateUserGroup {
    using Command = UserGroupFields;
    using Reply = RecordReply<access::UserGroup>;
    static constexpr gate::OperationRow row =
        rule_row("group.create", "Make a group of identities; the role ADMIN may do everything",
                 "chatelaine:control:group/create", gate::Effect::kWrite,
                 {"POST", "/v2/group", 201});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListUserGroups {
    struct Command : PageCommand {};
    using Reply = PageReply<access::UserGroup>;
    static constexpr gate::OperationRow row =
        rule_row("group.list", "List the account's groups", "chatelaine:control:group/get",
                 gate::Effect::kRead, {"GET", "/v2/group", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct GetUserGroup {
    struct Command {
        std::string name;
    };
    using Reply = RecordReply<access::UserGroup>;
    static constexpr gate::OperationRow row =
        rule_row("group.get", "Get a group", "chatelaine:control:group/get", gate::Effect::kRead,
                 {"GET", "/v2/group/{name}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct UpdateUserGroup {
    using Command = UserGroupFields;
    using Reply = RecordReply<access::UserGroup>;
    static constexpr gate::OperationRow row =
        rule_row("group.update", "Change a group's description and role",
                 "chatelaine:control:group/update", gate::Effect::kWrite,
                 {"PUT", "/v2/group/{name}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct DeleteUserGroup {
    struct Command {
        std::string name;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        rule_row("group.delete", "Remove a group that no policy names and nobody is in",
                 "chatelaine:control:group/delete", gate::Effect::kDestructive,
                 {"DELETE", "/v2/group/{name}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- questions -----------------------------------------------------------------------------

struct SimulateAccess {
    struct Command {
        std::string identity;  ///< URN or id of one of the account's
        std::string action;
        std::string resource;
        std::string client_ip;       ///< empty: not known
        std::optional<WallTime> at;  ///< nothing: now
    };
    struct Reply {
        access::Explanation explanation;
    };
    static constexpr gate::OperationRow row =
        rule_row("policy.simulate", "Would an identity be allowed an action, by which statement",
                 "chatelaine:control:policy/simulate", gate::Effect::kRead,
                 {"POST", "/v2/iam/simulate", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct EffectiveRights {
    struct Command : IdentityRef {};
    struct Reply {
        std::shared_ptr<const access::Identity> identity;
        std::shared_ptr<const access::Standing> standing;
    };
    static constexpr gate::OperationRow row =
        rule_row("identity.rights", "All that an identity may do, statement by statement",
                 "chatelaine:control:identity/get", gate::Effect::kRead,
                 {"GET", "/v2/identity/{identityId}/rights", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct WhoCan {
    struct Command : PageCommand {
        std::string action;
        std::string resource;
    };
    struct Reply {
        struct Found {
            std::shared_ptr<const access::Identity> identity;
            access::Explanation explanation;
        };
        std::vector<Found> found;
        std::uint64_t next = 0;
    };
    static constexpr gate::OperationRow row =
        rule_row("policy.whoCan", "Which identities are allowed an action on a resource",
                 "chatelaine:control:policy/simulate", gate::Effect::kRead,
                 {"GET", "/v2/iam/whoCan", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_RULES_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_RULES_RUN(CreatePolicy);
CH_RULES_RUN(ListPolicies);
CH_RULES_RUN(GetPolicy);
CH_RULES_RUN(UpdatePolicy);
CH_RULES_RUN(DeletePolicy);
CH_RULES_RUN(CreatePermissionsGroup);
CH_RULES_RUN(ListPermissionsGroups);
CH_RULES_RUN(GetPermissionsGroup);
CH_RULES_RUN(UpdatePermissionsGroup);
CH_RULES_RUN(DeletePermissionsGroup);
CH_RULES_RUN(CreateResourceGroup);
CH_RULES_RUN(ListResourceGroups);
CH_RULES_RUN(GetResourceGroup);
CH_RULES_RUN(UpdateResourceGroup);
CH_RULES_RUN(DeleteResourceGroup);
CH_RULES_RUN(GetResourceTags);
CH_RULES_RUN(SetResourceTags);
CH_RULES_RUN(CreateUserGroup);
CH_RULES_RUN(ListUserGroups);
CH_RULES_RUN(GetUserGroup);
CH_RULES_RUN(UpdateUserGroup);
CH_RULES_RUN(DeleteUserGroup);
CH_RULES_RUN(SimulateAccess);
CH_RULES_RUN(EffectiveRights);
CH_RULES_RUN(WhoCan);
#undef CH_RULES_RUN

}  // namespace chatelaine::tenancy

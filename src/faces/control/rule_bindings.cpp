// Policies, groups and tags, as OVH's IAM v2 has them; and the questions about rights.
#include "faces/control/bindings.hpp"
#include "faces/control/rule_fields.hpp"

namespace chatelaine::faces::http {
namespace {

using control::text_field;
using tenancy::Nothing;

constexpr std::size_t kEntriesMax = limits::policy_entries_max;
constexpr std::size_t kUrnBytesMax = 1024;

/// Who the records are of: the account.
std::string owner_of(const store::RecordKey& key) { return key.scope.to_string(); }

Result<void> read_policy(Context& context, tenancy::PolicyFields& fields) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "identities", "resources", "permissions",
                                   "permissionsGroups", "conditions", "expiredAt"}));
    CH_TRY(fields.name, text_field(body, "name", {true, 64}));
    CH_TRY(fields.description, text_field(body, "description", {false, 800}));
    CH_TRY(fields.identities, control::texts_field(body, "identities", kEntriesMax));
    CH_TRY(fields.resources, control::objects_field(body, "resources", "urn", kEntriesMax));
    CH_TRY(fields.permissions, control::permissions_field(body));
    CH_TRY(fields.permissions_groups,
           control::objects_field(body, "permissionsGroups", "urn", kEntriesMax));
    CH_TRY(fields.condition, control::condition_field(body));
    CH_TRY(fields.expires, control::time_field(body, "expiredAt"));
    return ok();
}

void write(json::Writer& out, const access::Policy& policy) {
    out.begin_object()
        .member("id", policy.id.to_string())
        .member("owner", owner_of(policy.origin.key))
        .member("name", policy.name)
        .member("description", policy.description)
        .member("readOnly", false)
        .key("identities");
    control::write_texts(out, policy.identities);
    out.key("resources");
    control::write_objects(out, "urn", policy.resources);
    out.key("permissions");
    control::write_permissions(out, policy.permissions);
    out.key("permissionsGroups");
    control::write_objects(out, "urn", policy.permissions_groups);
    if (policy.condition) {
        out.key("conditions");
        control::write_condition(out, *policy.condition);
    }
    if (policy.expires) {
        out.member("expiredAt", format_rfc3339(*policy.expires));
    }
    out.member("createdAt", format_rfc3339(policy.created))
        .member("updatedAt", format_rfc3339(policy.updated))
        .end_object();
}

void write(json::Writer& out, const access::PermissionsGroup& group) {
    out.begin_object()
        .member("id", group.id.to_string())
        .member("urn", group.urn)
        .member("owner", owner_of(group.origin.key))
        .member("name", group.name)
        .member("description", group.description)
        .key("permissions");
    control::write_permissions(out, group.permissions);
    out.member("createdAt", format_rfc3339(group.created))
        .member("updatedAt", format_rfc3339(group.updated))
        .end_object();
}

void write(json::Writer& out, const access::ResourceGroup& group) {
    out.begin_object()
        .member("id", group.id.to_string())
        .member("urn", group.urn)
        .member("owner", owner_of(group.origin.key))
        .member("name", group.name)
        .member("readOnly", false)
        .key("resources")
        .begin_array();
    for (const auto& urn : group.resources) {
        out.begin_object().member("id", urn).member("urn", urn).end_object();
    }
    out.end_array()
        .member("createdAt", format_rfc3339(group.created))
        .member("updatedAt", format_rfc3339(group.updated))
        .end_object();
}

void write(json::Writer& out, const access::UserGroup& group) {
    out.begin_object()
        .member("name", group.name)
        .member("description", group.description)
        .member("role", group.role)
        .member("urn", group.urn)
        .member("defaultGroup", false)
        .member("creation", format_rfc3339(group.created))
        .member("lastUpdate", format_rfc3339(group.updated))
        .end_object();
}

void write(json::Writer& out, const access::ResourceTags& resource) {
    out.begin_object()
        .member("id", resource.urn)
        .member("urn", resource.urn)
        .member("type", "okms")
        .key("tags")
        .begin_object();
    for (const auto& [name, value] : resource.tags) {
        out.member(name, value);
    }
    out.end_object().end_object();
}

template <class Reply>
void write_record(const Reply& reply, net::HttpResponse& response) {
    json::Writer out(response.body);
    write(out, *reply.record);
}

template <class Reply>
void write_page(const Reply& reply, net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& record : reply.records) {
        write(out, *record);
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}

template <class Command>
Result<Command> read_page(const Context& context) {
    CH_TRY(const control::PageRequest page, control::page_request(context));
    Command command;
    command.after = page.after;
    command.max = page.max;
    return command;
}

Result<void> read_permissions_group(Context& context, tenancy::PermissionsGroupFields& fields) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "permissions"}));
    CH_TRY(fields.name, text_field(body, "name", {true, 64}));
    CH_TRY(fields.description, text_field(body, "description", {false, 800}));
    CH_TRY(fields.permissions, control::permissions_field(body));
    return ok();
}

/// A resource is called by its URN, or by the id that the answers give: the same, or a domain's.
Result<void> read_resource_group(Context& context, tenancy::ResourceGroupFields& fields) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "resources"}));
    CH_TRY(fields.name, text_field(body, "name", {true, 64}));
    const json::Value list = body.member("resources");
    if (!list.is_absent() && (!list.is_array() || list.size() > kEntriesMax)) {
        return Error::invalid("control.rules", list.path(), "expected an array of at most 100");
    }
    for (json::Value item = list.is_absent() ? json::Value() : list.first(); item.exists();
         item = item.next()) {
        if (!item.is_object()) {
            return Error::invalid("control.rules", item.path(), "expected an object");
        }
        CH_TRY_VOID(item.only_members({"id", "urn"}));
        const std::string_view name = item.member("urn").is_absent() ? "id" : "urn";
        CH_TRY(std::string text, text_field(item, name, {true, kUrnBytesMax}));
        const auto domain = DomainId::parse(text);
        fields.resources.push_back(domain ? access::domain_urn(context.plate(), *domain)
                                          : std::move(text));
    }
    return ok();
}

Result<void> read_user_group(const json::Value& body, tenancy::UserGroupFields& fields) {
    CH_TRY(fields.description, text_field(body, "description", {false, 800}));
    CH_TRY(fields.role, text_field(body, "role", {false, 16}));
    fields.role = fields.role.empty() ? "NONE" : fields.role;
    return ok();
}

}  // namespace

#define CH_DECODE(Op)                                                    \
    Result<tenancy::Op::Command> Binding<tenancy::Op>::decode(           \
        [[maybe_unused]] Context& context, const access::Principal&)
#define CH_ENCODE(Op)                                                               \
    void Binding<tenancy::Op>::encode([[maybe_unused]] tenancy::Op::Reply& reply, Context&, \
                                      [[maybe_unused]] net::HttpResponse& response)

// ---- policies ------------------------------------------------------------------------------

CH_DECODE(CreatePolicy) {
    tenancy::CreatePolicy::Command command;
    CH_TRY_VOID(read_policy(context, command));
    return command;
}
CH_ENCODE(CreatePolicy) { write_record(reply, response); }
CH_DECODE(ListPolicies) { return read_page<tenancy::ListPolicies::Command>(context); }
CH_ENCODE(ListPolicies) { write_page(reply, response); }
CH_DECODE(GetPolicy) {
    tenancy::GetPolicy::Command command;
    CH_TRY(command.id, context.id_parameter<Uuid>("policyId"));
    return command;
}
CH_ENCODE(GetPolicy) { write_record(reply, response); }
CH_DECODE(UpdatePolicy) {
    tenancy::UpdatePolicy::Command command;
    CH_TRY(command.id, context.id_parameter<Uuid>("policyId"));
    CH_TRY_VOID(read_policy(context, command));
    return command;
}
CH_ENCODE(UpdatePolicy) { write_record(reply, response); }
CH_DECODE(DeletePolicy) {
    tenancy::DeletePolicy::Command command;
    CH_TRY(command.id, context.id_parameter<Uuid>("policyId"));
    return command;
}
CH_ENCODE(DeletePolicy) {}

// ---- groups of permissions -----------------------------------------------------------------

CH_DECODE(CreatePermissionsGroup) {
    tenancy::CreatePermissionsGroup::Command command;
    CH_TRY_VOID(read_permissions_group(context, command));
    return command;
}
CH_ENCODE(CreatePermissionsGroup) { write_record(reply, response); }
CH_DECODE(ListPermissionsGroups) {
    return read_page<tenancy::ListPermissionsGroups::Command>(context);
}
CH_ENCODE(ListPermissionsGroups) { write_page(reply, response); }
CH_DECODE(GetPermissionsGroup) {
    tenancy::GetPermissionsGroup::Command command;
    CH_TRY(command.urn, context.parameter("urn"));
    return command;
}
CH_ENCODE(GetPermissionsGroup) { write_record(reply, response); }
CH_DECODE(UpdatePermissionsGroup) {
    tenancy::UpdatePermissionsGroup::Command command;
    CH_TRY(command.urn, context.parameter("urn"));
    CH_TRY_VOID(read_permissions_group(context, command));
    return command;
}
CH_ENCODE(UpdatePermissionsGroup) { write_record(reply, response); }
CH_DECODE(DeletePermissionsGroup) {
    tenancy::DeletePermissionsGroup::Command command;
    CH_TRY(command.urn, context.parameter("urn"));
    return command;
}
CH_ENCODE(DeletePermissionsGroup) {}

// ---- groups of resources, and tags ---------------------------------------------------------

CH_DECODE(CreateResourceGroup) {
    tenancy::CreateResourceGroup::Command command;
    CH_TRY_VOID(read_resource_group(context, command));
    return command;
}
CH_ENCODE(CreateResourceGroup) { write_record(reply, response); }
CH_DECODE(ListResourceGroups) { return read_page<tenancy::ListResourceGroups::Command>(context); }
CH_ENCODE(ListResourceGroups) { write_page(reply, response); }
CH_DECODE(GetResourceGroup) {
    tenancy::GetResourceGroup::Command command;
    CH_TRY(command.id, context.id_parameter<Uuid>("groupId"));
    return command;
}
CH_ENCODE(GetResourceGroup) { write_record(reply, response); }
CH_DECODE(UpdateResourceGroup) {
    tenancy::UpdateResourceGroup::Command command;
    CH_TRY(command.id, context.id_parameter<Uuid>("groupId"));
    CH_TRY_VOID(read_resource_group(context, command));
    return command;
}
CH_ENCODE(UpdateResourceGroup) { write_record(reply, response); }
CH_DECODE(DeleteResourceGroup) {
    tenancy::DeleteResourceGroup::Command command;
    CH_TRY(command.id, context.id_parameter<Uuid>("groupId"));
    return command;
}
CH_ENCODE(DeleteResourceGroup) {}

CH_DECODE(GetResourceTags) {
    tenancy::GetResourceTags::Command command;
    CH_TRY(command.urn, context.parameter("urn"));
    return command;
}
CH_ENCODE(GetResourceTags) { write_record(reply, response); }
CH_DECODE(SetResourceTags) {
    tenancy::SetResourceTags::Command command;
    CH_TRY(command.urn, context.parameter("urn"));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"tags"}));
    const json::Value tags = body.member("tags");
    if (!tags.is_object()) {
        return Error::invalid("control.rules", "tags", "expected an object");
    }
    for (json::Value tag = tags.first(); tag.exists(); tag = tag.next()) {
        CH_TRY(const std::string_view value, tag.string());
        command.tags.emplace_back(tag.member_name(), value);
    }
    return command;
}
CH_ENCODE(SetResourceTags) { write_record(reply, response); }

// ---- groups of users -----------------------------------------------------------------------

CH_DECODE(CreateUserGroup) {
    tenancy::CreateUserGroup::Command command;
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "role"}));
    CH_TRY(command.name, text_field(body, "name", {true, 64}));
    CH_TRY_VOID(read_user_group(body, command));
    return command;
}
CH_ENCODE(CreateUserGroup) { write_record(reply, response); }
CH_DECODE(ListUserGroups) { return read_page<tenancy::ListUserGroups::Command>(context); }
CH_ENCODE(ListUserGroups) { write_page(reply, response); }
CH_DECODE(GetUserGroup) {
    tenancy::GetUserGroup::Command command;
    CH_TRY(command.name, context.parameter("name"));
    return command;
}
CH_ENCODE(GetUserGroup) { write_record(reply, response); }
CH_DECODE(UpdateUserGroup) {
    tenancy::UpdateUserGroup::Command command;
    CH_TRY(command.name, context.parameter("name"));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"description", "role"}));
    CH_TRY_VOID(read_user_group(body, command));
    return command;
}
CH_ENCODE(UpdateUserGroup) { write_record(reply, response); }
CH_DECODE(DeleteUserGroup) {
    tenancy::DeleteUserGroup::Command command;
    CH_TRY(command.name, context.parameter("name"));
    return command;
}
CH_ENCODE(DeleteUserGroup) {}

// ---- questions -----------------------------------------------------------------------------

CH_DECODE(SimulateAccess) {
    tenancy::SimulateAccess::Command command;
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"identity", "action", "resource", "clientIp", "at"}));
    CH_TRY(command.identity, text_field(body, "identity", {true, kUrnBytesMax}));
    CH_TRY(command.action, text_field(body, "action", {true, kUrnBytesMax}));
    CH_TRY(command.resource, text_field(body, "resource", {true, kUrnBytesMax}));
    CH_TRY(command.client_ip, text_field(body, "clientIp", {false, 64}));
    CH_TRY(command.at, control::time_field(body, "at"));
    return command;
}
CH_ENCODE(SimulateAccess) {
    json::Writer out(response.body);
    out.begin_object();
    control::write_explanation(out, reply.explanation);
    out.end_object();
}

CH_DECODE(EffectiveRights) {
    tenancy::EffectiveRights::Command command;
    CH_TRY(command.identity, context.id_parameter<IdentityId>("identityId"));
    return command;
}
CH_ENCODE(EffectiveRights) {
    json::Writer out(response.body);
    out.begin_object()
        .member("identity", reply.identity->urn)
        .member("root", reply.identity->root)
        .member("disabled", reply.identity->disabled)
        .key("statements")
        .begin_array();
    for (const auto* clause : reply.standing->clauses()) {
        out.begin_object();
        if (!clause->policy->id.is_nil()) {
            out.member("policy", clause->policy->id.to_string());
        }
        out.member("policyName", clause->policy->name.empty() ? "the identity's own rights"
                                                              : clause->policy->name);
        if (!clause->group.empty()) {
            out.member("permissionsGroup", clause->group);
        }
        out.key("permissions");
        control::write_permissions(out, clause->permissions);
        out.key("resources");
        control::write_texts(out, *clause->resources);
        if (clause->policy->condition) {
            out.key("conditions");
            control::write_condition(out, *clause->policy->condition);
        }
        if (clause->expires) {
            out.member("expiredAt", format_rfc3339(*clause->expires));
        }
        out.end_object();
    }
    out.end_array().end_object();
}

CH_DECODE(WhoCan) {
    CH_TRY(auto command, read_page<tenancy::WhoCan::Command>(context));
    for (const auto& [name, out] : {std::pair{"action", &command.action},
                                    std::pair{"resource", &command.resource}}) {
        CH_TRY(auto value, context.query(name));
        if (!value || value->empty()) {
            return Error::missing("control.who_can", name);
        }
        *out = std::move(*value);
    }
    return command;
}
CH_ENCODE(WhoCan) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& found : reply.found) {
        out.begin_object().member("identity", found.identity->urn);
        control::write_explanation(out, found.explanation);
        out.end_object();
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}

#undef CH_DECODE
#undef CH_ENCODE

}  // namespace chatelaine::faces::http

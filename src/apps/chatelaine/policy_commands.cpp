// Policies, groups and tags; would it be allowed, by which statement; who may do a thing.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/show.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::string_view kPolicies = "/v2/iam/policy";
constexpr std::string_view kPermissions = "/v2/iam/permissionsGroup";
constexpr std::string_view kResources = "/v2/iam/resourceGroup";
constexpr std::string_view kGroups = "/v2/group";
constexpr std::size_t kConditionBytesMax = 64 * 1024;

std::string below(std::string_view collection, std::string_view id) {
    return std::string(collection) + "/" + encode_percent(id);
}

Result<int> show_get(Context& context, std::string path) {
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, std::move(path)));
    return show(context, reply);
}

Result<int> put(Context& context, std::string path, std::string body) {
    Client::Request request;
    request.method = "PUT";
    request.path = std::move(path);
    request.body = std::move(body);
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

Result<int> post(Context& context, std::string_view path, std::string body) {
    CH_TRY(const Reply reply,
           context.client().post(Listener::kControl, std::string(path), std::move(body)));
    return show(context, reply);
}

Result<int> remove(Context& context, std::string path, std::string_view what) {
    Client::Request request;
    request.method = "DELETE";
    request.path = std::move(path);
    CH_TRY(const Reply reply, context.client().send(request));
    return done(context, what);
}

void write_objects(json::Writer& out, std::string_view name, std::string_view member,
                   const std::vector<std::string>& texts) {
    out.key(name).begin_array();
    for (const auto& text : texts) {
        out.begin_object().member(member, text).end_object();
    }
    out.end_array();
}

void write_permissions(json::Writer& out, const Arguments& arguments) {
    out.key("permissions").begin_object();
    for (const std::string_view name : {"allow", "except", "deny"}) {
        write_objects(out, name, "action", arguments.list(name));
    }
    out.end_object();
}

void write_name(json::Writer& out, const Arguments& arguments) {
    out.begin_object().member("name", arguments.text("name"));
    if (arguments.has("description")) {
        out.member("description", arguments.text("description"));
    }
}

Result<std::string> policy_body(const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    write_name(out, arguments);
    out.key("identities").begin_array();
    for (const auto& identity : arguments.list("identity")) {
        out.string(identity);
    }
    out.end_array();
    write_objects(out, "resources", "urn", arguments.list("resource"));
    write_permissions(out, arguments);
    write_objects(out, "permissionsGroups", "urn", arguments.list("permissions"));
    if (arguments.has("condition-file")) {
        CH_TRY(const std::string condition,
               read_text(std::filesystem::path(arguments.text("condition-file")),
                         kConditionBytesMax));
        out.key("conditions").raw(condition);
    }
    if (arguments.has("expires")) {
        out.member("expiredAt", arguments.text("expires"));
    }
    out.end_object();
    return body;
}

Result<int> policy_create(Context& context, const Arguments& arguments) {
    CH_TRY(std::string body, policy_body(arguments));
    return post(context, kPolicies, std::move(body));
}
Result<int> policy_replace(Context& context, const Arguments& arguments) {
    CH_TRY(std::string body, policy_body(arguments));
    return put(context, below(kPolicies, arguments.text("id")), std::move(body));
}
Result<int> policy_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kControl, std::string(kPolicies)));
    return show_list(context, all, {{"ID", "id"}, {"NAME", "name"}, {"IDENTITIES", "identities"},
                                    {"EXPIRES", "expiredAt"}});
}
Result<int> policy_get(Context& context, const Arguments& arguments) {
    return show_get(context, below(kPolicies, arguments.text("id")));
}
Result<int> policy_delete(Context& context, const Arguments& arguments) {
    return remove(context, below(kPolicies, arguments.text("id")), "The policy is removed");
}

std::string permissions_body(const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    write_name(out, arguments);
    write_permissions(out, arguments);
    out.end_object();
    return body;
}
Result<int> permissions_create(Context& context, const Arguments& arguments) {
    return post(context, kPermissions, permissions_body(arguments));
}
Result<int> permissions_replace(Context& context, const Arguments& arguments) {
    return put(context, below(kPermissions, arguments.text("urn")), permissions_body(arguments));
}
Result<int> permissions_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kControl, std::string(kPermissions)));
    return show_list(context, all, {{"URN", "urn"}, {"NAME", "name"}});
}
Result<int> permissions_get(Context& context, const Arguments& arguments) {
    return show_get(context, below(kPermissions, arguments.text("urn")));
}
Result<int> permissions_delete(Context& context, const Arguments& arguments) {
    return remove(context, below(kPermissions, arguments.text("urn")), "The group is removed");
}

std::string resources_body(const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    out.begin_object().member("name", arguments.text("name"));
    write_objects(out, "resources", "urn", arguments.list("resource"));
    out.end_object();
    return body;
}
Result<int> resources_create(Context& context, const Arguments& arguments) {
    return post(context, kResources, resources_body(arguments));
}
Result<int> resources_replace(Context& context, const Arguments& arguments) {
    return put(context, below(kResources, arguments.text("id")), resources_body(arguments));
}
Result<int> resources_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kControl, std::string(kResources)));
    return show_list(context, all, {{"ID", "id"}, {"NAME", "name"}, {"URN", "urn"}});
}
Result<int> resources_get(Context& context, const Arguments& arguments) {
    return show_get(context, below(kResources, arguments.text("id")));
}
Result<int> resources_delete(Context& context, const Arguments& arguments) {
    return remove(context, below(kResources, arguments.text("id")), "The group is removed");
}

Result<int> group_create(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    write_name(out, arguments);
    out.member("role", arguments.text_or("role", "NONE")).end_object();
    return post(context, kGroups, std::move(body));
}
Result<int> group_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kControl, std::string(kGroups)));
    return show_list(context, all, {{"NAME", "name"}, {"ROLE", "role"}, {"URN", "urn"}});
}
Result<int> group_delete(Context& context, const Arguments& arguments) {
    return remove(context, below(kGroups, arguments.text("name")), "The group is removed");
}

Result<int> tags_get(Context& context, const Arguments& arguments) {
    return show_get(context, below("/v2/iam/resource", arguments.text("urn")));
}
Result<int> tags_set(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    out.begin_object().key("tags").begin_object();
    for (const std::string& tag : arguments.list("tag")) {
        const std::size_t sign = tag.find('=');
        if (sign == std::string::npos) {
            return Error(Code::kConfiguration, "cli.tags", "expected --tag NAME=VALUE");
        }
        out.member(std::string_view(tag).substr(0, sign), std::string_view(tag).substr(sign + 1));
    }
    out.end_object().end_object();
    return put(context, below("/v2/iam/resource", arguments.text("urn")), std::move(body));
}

/// Exit code 0 for yes, 7 for no.
Result<int> policy_simulate(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    for (const auto& [name, member] :
         {std::pair{"identity", "identity"}, std::pair{"action", "action"},
          std::pair{"resource", "resource"}, std::pair{"ip", "clientIp"}, std::pair{"at", "at"}}) {
        if (arguments.has(name)) {
            out.member(member, arguments.text(name));
        }
    }
    out.end_object();
    CH_TRY(const Reply reply,
           context.client().post(Listener::kControl, "/v2/iam/simulate", std::move(body)));
    CH_TRY(const json::Document document, reply.document());
    CH_TRY(const bool allowed, document.root().member("allowed").boolean());
    CH_TRY(const int shown, show(context, reply));
    return allowed ? shown : exit_no;
}

Result<int> policy_who_can(Context& context, const Arguments& arguments) {
    const std::string path =
        "/v2/iam/whoCan" + query({{"action", arguments.text("action")},
                                  {"resource", arguments.text("resource")}});
    CH_TRY(const std::string all, context.client().get_all(Listener::kControl, path));
    return show_list(context, all, {{"IDENTITY", "identity"}, {"POLICY", "policyName"},
                                    {"STATEMENT", "statement"}, {"WHY", "reason"}});
}

Result<int> identity_rights(Context& context, const Arguments& arguments) {
    CH_TRY(const Reply reply,
           context.client().get(Listener::kControl,
                                below("/v2/identity", arguments.text("id")) + "/rights"));
    if (context.json) {
        return show(context, reply);
    }
    CH_TRY(const json::Document document, reply.document());
    print(table(document.root().member("statements"),
                {{"POLICY", "policyName"}, {"PERMISSIONS", "permissions"},
                 {"RESOURCES", "resources"}, {"EXPIRES", "expiredAt"}}));
    return exit_ok;
}

const Param kName{ParamKind::kOption, "name", "its name", true};
const Param kAbout{ParamKind::kOption, "description", "what it is for"};
const Param kId{ParamKind::kPositional, "id", "its id", true};
const Param kUrn{ParamKind::kPositional, "urn", "its URN", true};
const Param kAllow{ParamKind::kList, "allow", "an action that is allowed; may be repeated"};
const Param kExcept{ParamKind::kList, "except", "an action to leave out of them"};
const Param kDeny{ParamKind::kList, "deny", "an action that is denied, whatever else allows it"};
const Param kOn{ParamKind::kList, "resource", "URN of a resource; a star may end it"};

void add_policies(std::vector<Command>& commands) {
    const std::vector<Param> fields{
        kName, kAbout, {ParamKind::kList, "identity", "URN of an identity or group", true},
        {ParamKind::kList, "resource", "URN of a resource or resource group", true},
        kAllow, kExcept, kDeny,
        {ParamKind::kList, "permissions", "URN of a permission group"},
        {ParamKind::kOption, "condition-file", "JSON file with the condition"},
        {ParamKind::kOption, "expires", "without effect from then on (RFC 3339)"}};
    std::vector<Param> with_id{kId};
    with_id.insert(with_id.end(), fields.begin(), fields.end());
    const Param action{ParamKind::kPositional, "action", "okms:apikms:serviceKey/encrypt", true};
    const Param resource{ParamKind::kPositional, "resource", "URN", true};
    commands.push_back({"policy create", "Make a policy", fields, &policy_create});
    commands.push_back({"policy list", "List the policies", {}, &policy_list});
    commands.push_back({"policy get", "Show a policy", {kId}, &policy_get});
    commands.push_back({"policy replace", "Replace a policy as a whole", with_id,
                        &policy_replace});
    commands.push_back({"policy delete", "Remove a policy", {kId}, &policy_delete});
    commands.push_back({"policy simulate",
                        "Would an identity be allowed, by which statement: exit code 0 or 7",
                        {{ParamKind::kPositional, "identity", "its URN or id", true}, action,
                         resource, {ParamKind::kOption, "ip", "coming from this address"},
                         {ParamKind::kOption, "at", "at this time (RFC 3339)"}},
                        &policy_simulate});
    commands.push_back({"policy who-can", "Who is allowed an action on a resource",
                        {action, resource}, &policy_who_can});
    commands.push_back({"identity rights", "All that an identity may do", {kId},
                        &identity_rights});
}

}  // namespace

void add_policy_commands(std::vector<Command>& commands) {
    add_policies(commands);
    commands.push_back({"permissions create", "Put actions under one name",
                        {kName, kAbout, kAllow, kExcept, kDeny}, &permissions_create});
    commands.push_back({"permissions list", "List the permission groups", {}, &permissions_list});
    commands.push_back({"permissions get", "Show a permission group", {kUrn}, &permissions_get});
    commands.push_back({"permissions replace", "Replace a permission group",
                        {kUrn, kName, kAbout, kAllow, kExcept, kDeny}, &permissions_replace});
    commands.push_back({"permissions delete", "Remove a permission group", {kUrn},
                        &permissions_delete});
    commands.push_back({"resources create", "Put resources under one name", {kName, kOn},
                        &resources_create});
    commands.push_back({"resources list", "List the resource groups", {}, &resources_list});
    commands.push_back({"resources get", "Show a resource group", {kId}, &resources_get});
    commands.push_back({"resources replace", "Replace a resource group", {kId, kName, kOn},
                        &resources_replace});
    commands.push_back({"resources delete", "Remove a resource group", {kId},
                        &resources_delete});
    commands.push_back({"group create", "Make a group of identities",
                        {kName, kAbout,
                         {ParamKind::kOption, "role", "ADMIN may do everything", false,
                          "ADMIN REGULAR UNPRIVILEGED NONE"}},
                        &group_create});
    commands.push_back({"group list", "List the groups of identities", {}, &group_list});
    commands.push_back({"group delete", "Remove a group that nobody is in",
                        {{ParamKind::kPositional, "name", "its name", true}}, &group_delete});
    commands.push_back({"tags get", "Show a resource's tags", {kUrn}, &tags_get});
    commands.push_back({"tags set", "Replace a resource's tags",
                        {kUrn, {ParamKind::kList, "tag", "NAME=VALUE; may be repeated"}},
                        &tags_set});
}

}  // namespace chatelaine::cli

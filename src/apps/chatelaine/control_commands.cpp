// Domains, identities and their tokens; who am I and what may I do.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/show.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::string_view kDomains = "/v2/okms/resource";
constexpr std::string_view kIdentities = "/v2/identity";

std::string below(std::string_view collection, std::string_view id) {
    return std::string(collection) + "/" + encode_percent(id);
}

Result<int> show_get(Context& context, std::string path) {
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, std::move(path)));
    return show(context, reply);
}

Result<int> domain_create(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("region", arguments.text("region"))
        .member("name", arguments.text("name"))
        .end_object();
    CH_TRY(const Reply reply,
           context.client().post(Listener::kControl, std::string(kDomains), body));
    return show(context, reply);
}

Result<int> domain_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kControl, std::string(kDomains)));
    return show_list(context, all,
                     {{"ID", "id"}, {"NAME", "name"}, {"REGION", "region"},
                      {"REST", "restEndpoint"}, {"CREATED", "createdAt"}});
}

Result<int> domain_get(Context& context, const Arguments& arguments) {
    if (arguments.has("id")) {
        return show_get(context, below(kDomains, arguments.text("id")));
    }
    CH_TRY(std::string path, context.domain_path());
    return show_get(context, std::move(path));
}

Result<int> domain_rotate(Context& context, const Arguments&) {
    CH_TRY(const std::string path, context.domain_path());
    CH_TRY(const Reply reply, context.client().post(Listener::kControl, path + "/rotate", ""));
    return show(context, reply);
}

Result<int> identity_create(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string grants, grants_json(arguments));
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .member("name", arguments.text("name"))
        .member("description", arguments.text("description"));
    out.key("grants").raw(grants.empty() ? "[]" : grants).end_object();
    CH_TRY(const Reply reply,
           context.client().post(Listener::kControl, std::string(kIdentities), body));
    return show(context, reply);
}

Result<int> identity_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kControl, std::string(kIdentities)));
    return show_list(context, all,
                     {{"ID", "id"}, {"NAME", "name"}, {"ROOT", "root"}, {"DISABLED", "disabled"},
                      {"URN", "urn"}, {"CREATED", "createdAt"}});
}

Result<int> identity_get(Context& context, const Arguments& arguments) {
    return show_get(context, below(kIdentities, arguments.text("id")));
}

Result<int> identity_update(Context& context, const Arguments& arguments) {
    if (arguments.has("disable") && arguments.has("enable")) {
        return Error(Code::kConfiguration, "cli.identity", "either --disable or --enable");
    }
    CH_TRY(const std::string grants, grants_json(arguments));
    Client::Request request;
    request.method = "PUT";
    request.path = below(kIdentities, arguments.text("id"));
    json::Writer out(request.body);
    out.begin_object();
    if (arguments.has("description")) {
        out.member("description", arguments.text("description"));
    }
    if (!grants.empty()) {
        out.key("grants").raw(grants);
    }
    if (arguments.has("group") || arguments.has("no-group")) {
        out.key("groups").begin_array();
        for (const std::string& group : arguments.list("group")) {
            out.string(group);
        }
        out.end_array();
    }
    if (arguments.has("disable") || arguments.has("enable")) {
        out.member("disabled", arguments.has("disable"));
    }
    out.end_object();
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

Result<int> remove(Context& context, std::string path, std::string_view what) {
    Client::Request request;
    request.method = "DELETE";
    request.path = std::move(path);
    CH_TRY(const Reply reply, context.client().send(request));
    return done(context, what);
}

Result<int> identity_delete(Context& context, const Arguments& arguments) {
    return remove(context, below(kIdentities, arguments.text("id")), "The identity is deleted");
}

std::string tokens_of(const Arguments& arguments) {
    return below(kIdentities, arguments.text("identity")) + "/token";
}

Result<int> token_create(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t expires, arguments.integer("expires-in", 0));
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .member("name", arguments.text("name"))
        .member("description", arguments.text("description"));
    if (expires != 0) {
        out.member("expiresIn", expires);
    }
    if (arguments.has("for-domain")) {
        CH_TRY(const std::string domain, context.domain());
        out.member("domain", domain);
    }
    out.end_object();
    CH_TRY(const Reply reply,
           context.client().post(Listener::kControl, tokens_of(arguments), body));
    return show_secret(context, reply, "token", arguments.text("out"));
}

Result<int> token_list(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kControl, tokens_of(arguments)));
    return show_list(context, all,
                     {{"ID", "id"}, {"NAME", "name"}, {"DOMAIN", "domain"},
                      {"CREATED", "createdAt"}, {"EXPIRES", "expiresAt"},
                      {"REVOKED", "revokedAt"}});
}

Result<int> token_revoke(Context& context, const Arguments& arguments) {
    return remove(context, below(tokens_of(arguments), arguments.text("token")),
                  "The token is revoked");
}

constexpr std::string_view kClients = "/me/api/oauth2/client";

Result<int> service_account_create(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("name", arguments.text("name"))
        .member("description", arguments.text("description"))
        .member("flow", "CLIENT_CREDENTIALS")
        .end_object();
    CH_TRY(const Reply reply,
           context.client().post(Listener::kControl, std::string(kClients), body));
    return show_secret(context, reply, "clientSecret", arguments.text("out"));
}

Result<int> service_account_list(Context& context, const Arguments&) {
    return show_get(context, std::string(kClients));
}

Result<int> service_account_get(Context& context, const Arguments& arguments) {
    return show_get(context, below(kClients, arguments.text("client")));
}

Result<int> service_account_delete(Context& context, const Arguments& arguments) {
    return remove(context, below(kClients, arguments.text("client")),
                  "The service account is deleted, its tokens have ended");
}

Result<int> whoami(Context& context, const Arguments&) {
    return show_get(context, "/v2/whoami");
}

Result<int> can(Context& context, const Arguments& arguments) {
    const std::string path = "/v2/can" + query({{"action", arguments.text("action")},
                                                {"resource", arguments.text("resource")}});
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, path));
    CH_TRY(const json::Document document, reply.document());
    CH_TRY(const bool allowed, document.root().member("allowed").boolean());
    print_line(context.json ? std::string_view(reply.body) : allowed ? "yes" : "no");
    return allowed ? exit_ok : exit_no;
}

}  // namespace

void add_control_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "the identity's id", true};
    const Param name{ParamKind::kPositional, "name", "its name", true};
    const Param about{ParamKind::kOption, "description", "what it is for"};
    const Param action{ParamKind::kList, "action", "an action to grant; may be repeated"};
    const Param resource{ParamKind::kList, "resource", "on which resources (default: *)"};
    const Param grants{ParamKind::kOption, "grants-file", "JSON file with the grants"};
    const Param identity{ParamKind::kPositional, "identity", "the identity's id", true};
    commands.push_back({"domain create", "Make a domain in a region",
                        {name, {ParamKind::kOption, "region", "where", true}}, &domain_create});
    commands.push_back({"domain list", "List the domains", {}, &domain_list});
    commands.push_back({"domain get", "Show a domain",
                        {{ParamKind::kPositional, "id", "default: the profile's"}}, &domain_get});
    commands.push_back({"domain rotate", "Seal the domain under a new key", {}, &domain_rotate});
    commands.push_back({"identity create", "Make an identity",
                        {name, about, action, resource, grants}, &identity_create});
    commands.push_back({"identity list", "List the identities", {}, &identity_list});
    commands.push_back({"identity get", "Show an identity", {id}, &identity_get});
    commands.push_back({"identity update", "Change an identity's description, rights or state",
                        {id, about, action, resource, grants,
                         {ParamKind::kList, "group", "the groups that it is in; may be repeated"},
                         {ParamKind::kFlag, "no-group", "it is in no group"},
                         {ParamKind::kFlag, "disable", "it may do nothing from now on"},
                         {ParamKind::kFlag, "enable", "it may work again"}},
                        &identity_update});
    commands.push_back({"identity delete", "Delete an identity", {id}, &identity_delete});
    commands.push_back({"token create", "Make a bearer token; it is shown once",
                        {identity, {ParamKind::kOption, "name", "its name", true}, about,
                         {ParamKind::kOption, "expires-in", "seconds"},
                         {ParamKind::kFlag, "for-domain", "good in the chosen domain only"},
                         {ParamKind::kOption, "out", "write the token to this file (0600)"}},
                        &token_create});
    commands.push_back({"token list", "List an identity's tokens", {identity}, &token_list});
    commands.push_back({"token revoke", "Revoke a token at once",
                        {identity, {ParamKind::kPositional, "token", "the token's id", true}},
                        &token_revoke});
    const Param client{ParamKind::kPositional, "client", "its client id", true};
    commands.push_back({"service-account create",
                        "Make an identity for a program; its client secret is shown once",
                        {name, about,
                         {ParamKind::kOption, "out", "write the secret to this file (0600)"}},
                        &service_account_create});
    commands.push_back({"service-account list", "List the client ids", {}, &service_account_list});
    commands.push_back({"service-account get", "Show a service account", {client},
                        &service_account_get});
    commands.push_back({"service-account delete", "Delete a service account", {client},
                        &service_account_delete});
    commands.push_back({"whoami", "Who am I to the service", {}, &whoami});
    commands.push_back({"can", "May I do this: exit code 0 for yes, 7 for no",
                        {{ParamKind::kPositional, "action", "okms:apikms:serviceKey/encrypt", true},
                         {ParamKind::kPositional, "resource", "URN", true}},
                        &can});
}

}  // namespace chatelaine::cli

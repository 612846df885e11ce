// Approvals by several: the rules that ask for them, and the requests that wait.
#include "apps/chatelaine/show.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::string_view kRules = "/v2/quorum/rule";
constexpr std::string_view kRequests = "/v2/quorum/request";

std::string below(std::string_view collection, std::string_view id) {
    return std::string(collection) + "/" + encode_percent(id);
}

void write_list(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name).begin_array();
    for (const auto& text : texts) {
        out.string(text);
    }
    out.end_array();
}

Result<std::string> rule_body(const Arguments& arguments) {
    CH_TRY(const std::int64_t approvals, arguments.integer("approvals", 1));
    CH_TRY(const std::int64_t seconds, arguments.integer("valid-seconds", 86400));
    std::string body;
    json::Writer out(body);
    out.begin_object().member("name", arguments.text("name"));
    if (arguments.has("description")) {
        out.member("description", arguments.text("description"));
    }
    write_list(out, "actions", arguments.list("action"));
    write_list(out, "resources",
               arguments.has("resource") ? arguments.list("resource")
                                         : std::vector<std::string>{"*"});
    write_list(out, "approvers", arguments.list("approver"));
    out.member("approvals", approvals).member("validSeconds", seconds).end_object();
    return body;
}

Result<int> send(Context& context, std::string_view method, std::string path, std::string body) {
    Client::Request request;
    request.method = method;
    request.path = std::move(path);
    request.body = std::move(body);
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

Result<int> rule_create(Context& context, const Arguments& arguments) {
    CH_TRY(std::string body, rule_body(arguments));
    return send(context, "POST", std::string(kRules), std::move(body));
}

Result<int> rule_replace(Context& context, const Arguments& arguments) {
    CH_TRY(std::string body, rule_body(arguments));
    return send(context, "PUT", below(kRules, arguments.text("id")), std::move(body));
}

Result<int> rule_list(Context& context, const Arguments&) {
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, std::string(kRules)));
    return show_list(context, reply.body,
                     {{"ID", "id"}, {"NAME", "name"}, {"APPROVALS", "approvals"},
                      {"OF", "approvers"}, {"ACTIONS", "actions"}, {"RESOURCES", "resources"},
                      {"SECONDS", "validSeconds"}});
}

Result<int> rule_delete(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.method = "DELETE";
    request.path = below(kRules, arguments.text("id"));
    CH_TRY(const Reply reply, context.client().send(request));
    return done(context, "the rule is gone");
}

Result<int> request_list(Context& context, const Arguments& arguments) {
    const std::string path =
        std::string(kRequests) + query({{"all", arguments.has("all") ? "true" : ""}});
    CH_TRY(const std::string all, context.client().get_all(Listener::kControl, path));
    return show_list(context, all,
                     {{"ID", "id"}, {"STATE", "state"}, {"ASKED BY", "askedBy"},
                      {"ACTION", "action"}, {"RESOURCE", "resource"}, {"RULES", "rules"},
                      {"EXPIRES", "expiresAt"}});
}

Result<int> request_get(Context& context, const Arguments& arguments) {
    CH_TRY(const Reply reply,
           context.client().get(Listener::kControl, below(kRequests, arguments.text("id"))));
    return show(context, reply);
}

Result<int> approve(Context& context, const Arguments& arguments) {
    return send(context, "POST", below(kRequests, arguments.text("id")) + "/approve", "");
}

Result<int> refuse(Context& context, const Arguments& arguments) {
    return send(context, "DELETE", below(kRequests, arguments.text("id")), "");
}

}  // namespace

void add_quorum_commands(std::vector<Command>& commands) {
    const Param name{ParamKind::kPositional, "name", "its name", true};
    const Param rule{ParamKind::kPositional, "id", "the rule's id", true};
    const Param request{ParamKind::kPositional, "id", "the request's id", true};
    const std::vector<Param> fields{
        {ParamKind::kList, "action", "what needs approvals; may be repeated", true},
        {ParamKind::kList, "resource", "on which resources (default: *)"},
        {ParamKind::kList, "approver", "URN of an identity or group; may be repeated", true},
        {ParamKind::kOption, "approvals", "how many must approve (default 1)"},
        {ParamKind::kOption, "valid-seconds", "how long a request may wait (default 86400)"},
        {ParamKind::kOption, "description", "what it is for"}};
    const auto with = [&fields](std::vector<Param> first) {
        first.insert(first.end(), fields.begin(), fields.end());
        return first;
    };
    commands.push_back({"quorum rule create", "Ask for approvals of several before an action",
                        with({name}), &rule_create});
    commands.push_back({"quorum rule replace", "Replace a rule, with the approvals that it asks",
                        with({rule, {ParamKind::kOption, "name", "its name", true}}),
                        &rule_replace});
    commands.push_back({"quorum rule list", "List the rules", {}, &rule_list});
    commands.push_back({"quorum rule delete", "Remove a rule, with the approvals that it asks",
                        {rule}, &rule_delete});
    commands.push_back({"quorum list", "List the requests that wait for approvals",
                        {{ParamKind::kFlag, "all", "those that are over, too"}}, &request_list});
    commands.push_back({"quorum get", "Show a request and what it would do", {request},
                        &request_get});
    commands.push_back({"quorum approve", "Approve another's request", {request}, &approve});
    commands.push_back({"quorum refuse", "Refuse a request, or withdraw one's own", {request},
                        &refuse});
}

}  // namespace chatelaine::cli

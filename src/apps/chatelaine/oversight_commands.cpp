// Operators and what they may do for a time, accounts' states, entries to sites; and what customers
// read of it.
#include "apps/chatelaine/show.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

std::string below(std::string_view collection, std::string_view id) {
    return std::string(collection) + "/" + encode_percent(id);
}

Result<int> send(Context& context, std::string_view method, std::string path, std::string body) {
    Client::Request request;
    request.listener = Listener::kOperator;
    request.method = method;
    request.path = std::move(path);
    request.body = std::move(body);
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

/// A collection as the provider's people or as a customer reads it.
Result<int> show_register(Context& context, const Arguments& arguments, std::string_view what,
                          const std::vector<Column>& columns) {
    const bool provider = arguments.has("operator");
    CH_TRY(const std::string all,
           context.client().get_all(provider ? Listener::kOperator : Listener::kControl,
                                    (provider ? "/v1/" : "/v2/") + std::string(what)));
    return show_list(context, all, columns);
}

void write_list(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name).begin_array();
    for (const auto& text : texts) {
        out.string(text);
    }
    out.end_array();
}

Result<int> operator_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all, context.client().get_all(Listener::kOperator, "/v1/operator"));
    return show_list(context, all,
                     {{"ID", "id"}, {"NAME", "name"}, {"DISABLED", "disabled"},
                      {"GRANTS", "grants"}});
}

Result<int> operator_update(Context& context, const Arguments& arguments) {
    if (arguments.has("disable") == arguments.has("enable")) {
        return Error(Code::kConfiguration, "cli.operator", "one of --disable and --enable");
    }
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("disabled", arguments.has("disable"))
        .member("reason", arguments.text("reason"))
        .end_object();
    return send(context, "PUT", below("/v1/operator", arguments.text("id")), std::move(body));
}

Result<int> account_state(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("state", arguments.text("state"))
        .member("reason", arguments.text("reason"))
        .end_object();
    return send(context, "PUT", below("/v1/account", arguments.text("id")) + "/state",
                std::move(body));
}

Result<int> account_show(Context& context, const Arguments&) {
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, "/v2/account"));
    return show(context, reply);
}

Result<int> elevation_request(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t minutes, arguments.integer("minutes", 60));
    std::string body;
    json::Writer out(body);
    out.begin_object();
    write_list(out, "actions", arguments.list("action"));
    write_list(out, "accounts", arguments.list("account"));
    out.member("reason", arguments.text("reason")).member("minutes", minutes).end_object();
    return send(context, "POST", "/v1/elevation", std::move(body));
}

Result<int> elevation_approve(Context& context, const Arguments& arguments) {
    return send(context, "POST", below("/v1/elevation", arguments.text("id")) + "/approve", "");
}

Result<int> elevation_end(Context& context, const Arguments& arguments) {
    return send(context, "DELETE", below("/v1/elevation", arguments.text("id")), "");
}

Result<int> elevation_list(Context& context, const Arguments& arguments) {
    return show_register(context, arguments, "elevation",
                         {{"ID", "id"}, {"OPERATOR", "operator"}, {"STATE", "state"},
                          {"ACTIONS", "actions"}, {"ACCOUNTS", "accounts"}, {"REASON", "reason"},
                          {"APPROVED BY", "approvedBy"}, {"FROM", "approvedAt"},
                          {"UNTIL", "endsAt"}});
}

Result<int> site_record(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .member("site", arguments.text("site"))
        .member("person", arguments.text("person"))
        .member("reason", arguments.text("reason"))
        .member("enteredAt", arguments.text("entered"));
    for (const auto& [option, member] :
         {std::pair{"left", "leftAt"}, std::pair{"company", "company"},
          std::pair{"region", "region"}}) {
        if (arguments.has(option)) {
            out.member(member, arguments.text(option));
        }
    }
    out.end_object();
    return send(context, "POST", "/v1/siteEntry", std::move(body));
}

Result<int> site_sign(Context& context, const Arguments& arguments) {
    return send(context, "POST", below("/v1/siteEntry", arguments.text("id")) + "/sign", "");
}

Result<int> site_list(Context& context, const Arguments& arguments) {
    return show_register(context, arguments, "siteEntry",
                         {{"ID", "id"}, {"REGION", "region"}, {"SITE", "site"},
                          {"PERSON", "person"}, {"COMPANY", "company"}, {"ENTERED", "enteredAt"},
                          {"LEFT", "leftAt"}, {"REASON", "reason"}, {"RECORDED BY", "recordedBy"},
                          {"SIGNED BY", "signedBy"}});
}

}  // namespace

void add_oversight_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "its id", true};
    const Param reason{ParamKind::kOption, "reason", "why; it is kept and shown", true};
    const Param provider{ParamKind::kFlag, "operator", "as the provider, on its own listener"};
    commands.push_back({"operator list", "List the operators", {}, &operator_list});
    commands.push_back({"operator update", "Switch another operator off, or on again",
                        {id, reason, {ParamKind::kFlag, "disable", "it may do nothing any more"},
                         {ParamKind::kFlag, "enable", "it may work again"}},
                        &operator_update});
    commands.push_back({"account state", "Drain, suspend or reopen an account, under an elevation",
                        {id, {ParamKind::kOption, "state", "what it is from now on", true,
                              "active draining suspended"},
                         reason},
                        &account_state});
    commands.push_back({"account show", "One's own account: its state, and why", {},
                        &account_show});
    commands.push_back({"elevation request", "Ask for a right for a time",
                        {{ParamKind::kList, "action", "what for; may be repeated", true},
                         {ParamKind::kList, "account", "whom it concerns; may be repeated"}, reason,
                         {ParamKind::kOption, "minutes", "1 to 480 (default 60)"}},
                        &elevation_request});
    commands.push_back({"elevation approve", "Approve another operator's elevation", {id},
                        &elevation_approve});
    commands.push_back({"elevation end", "Refuse an elevation, or end it early", {id},
                        &elevation_end});
    commands.push_back({"elevation list", "The elevations that concern one's account", {provider},
                        &elevation_list});
    commands.push_back({"site record", "Record who was in a site",
                        {{ParamKind::kPositional, "site", "which", true},
                         {ParamKind::kOption, "person", "who", true}, reason,
                         {ParamKind::kOption, "entered", "when, RFC 3339", true},
                         {ParamKind::kOption, "left", "until when"},
                         {ParamKind::kOption, "company", "of which company"},
                         {ParamKind::kOption, "region", "of which region (default: the node's)"}},
                        &site_record});
    commands.push_back({"site sign", "Sign an entry that another operator recorded", {id},
                        &site_sign});
    commands.push_back({"site list", "Who was in the sites of one's region", {provider},
                        &site_list});
}

}  // namespace chatelaine::cli

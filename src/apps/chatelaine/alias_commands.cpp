// Names that stand for service keys: give, move, take, list.
#include "apps/chatelaine/keys.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr int kPagesMax = 100'000;

Result<std::string> alias_path(const Context& context, const Arguments& arguments) {
    return key_path(context, arguments.text("id"),
                    "alias/" + encode_percent(arguments.text("alias")));
}

Result<int> alias_set(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "PUT";
    CH_TRY(request.path, alias_path(context, arguments));
    if (arguments.has("from")) {
        json::Writer(request.body)
            .begin_object()
            .member("from", arguments.text("from"))
            .end_object();
    }
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

Result<int> alias_delete(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "DELETE";
    CH_TRY(request.path, alias_path(context, arguments));
    CH_TRY_VOID(context.client().send(request));
    return done(context, "Done: alias " + std::string(arguments.text("alias")));
}

Result<int> alias_list(Context& context, const Arguments& arguments) {
    CH_TRY(std::string path, context.rest_path());
    path += "/alias";
    std::string all = "[";
    std::string after = "0";
    for (int page = 0; page < kPagesMax && !after.empty(); ++page) {
        std::string asked = path + query({{"max", "100"}, {"after", after}});
        if (arguments.has("key")) {
            asked += "&keyId=" + encode_percent(arguments.text("key"));
        }
        CH_TRY(const Reply reply, context.client().get(Listener::kRest, asked));
        CH_TRY(const json::Document document, reply.document());
        const json::Value aliases = document.root().member("aliases");
        for (json::Value alias = aliases.first(); alias.exists(); alias = alias.next()) {
            all += (all.size() == 1 ? "" : ",") + std::string(alias.source());
        }
        after = display(document.root(), "next");
    }
    return show_list(context, all + "]",
                     {{"ALIAS", "name"}, {"KEY", "keyId"}, {"CHANGED", "changed"}});
}

}  // namespace

void add_alias_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "the key's id, or alias:NAME", true};
    const Param alias{ParamKind::kPositional, "alias", "the name", true};
    commands.push_back({"key alias set", "Give a service key a name, or move the name to it",
                        {id, alias,
                         {ParamKind::kOption, "from",
                          "only when this key has the name now; none: when no key has it"}},
                        &alias_set});
    commands.push_back(
        {"key alias delete", "Take a name from a service key", {id, alias}, &alias_delete});
    commands.push_back({"key alias list", "List the names of service keys",
                        {{ParamKind::kOption, "key", "of this key's id alone"}}, &alias_list});
}

}  // namespace chatelaine::cli

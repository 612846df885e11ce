// Secrets beyond both APIs: last reads, and deleted secrets that can come back.
#include "apps/chatelaine/secrets.hpp"

namespace chatelaine::cli {
namespace {

Result<int> secret_reads(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string target, extra_path(context, "Reads", arguments.text("path")));
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, target));
    CH_TRY(const json::Document document, parse_data(reply.body));
    return show_list(context, std::string(document.root().member("versions").source()),
                     {{"VERSION", "id"}, {"LAST READ", "lastReadAt"}});
}

Result<int> secret_deleted(Context& context, const Arguments&) {
    CH_TRY(const std::string id, context.domain());
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kRest, "/api/" + id + "/v2/secretDeleted"));
    return show_list(context, all,
                     {{"PATH", "path"},
                      {"DELETED", "deletedAt"},
                      {"ERASED", "erasedAt"},
                      {"VERSION", "currentVersion"}});
}

Result<int> secret_restore(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string target, extra_path(context, "Undelete", arguments.text("path")));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, target, {}));
    return done(context, "Back: " + std::string(arguments.text("path")));
}

Result<int> secret_retention(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string id, context.domain());
    Client::Request request;
    request.listener = Listener::kRest;
    request.path = "/api/" + id + "/v2/secretRetention";
    if (arguments.has("undelete-within")) {
        request.method = "PUT";
        json::Writer(request.body)
            .begin_object()
            .member("undeleteWithin", arguments.text("undelete-within"))
            .end_object();
    }
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

}  // namespace

void add_secret_extra_commands(std::vector<Command>& commands) {
    const Param path{ParamKind::kPositional, "path", "the secret", true};
    commands.push_back(
        {"secret reads", "When each version was last read", {path}, &secret_reads});
    commands.push_back(
        {"secret deleted", "List deleted secrets that can still come back", {}, &secret_deleted});
    commands.push_back({"secret restore", "Bring a deleted secret back", {path}, &secret_restore});
    commands.push_back(
        {"secret retention", "Show or set how long deleted secrets can come back",
         {{ParamKind::kOption, "undelete-within", "such as 7d; 0s: not at all"}},
         &secret_retention});
}

}  // namespace chatelaine::cli

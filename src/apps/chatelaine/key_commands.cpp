// Service keys: making them, looking at them, their life.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/keys.hpp"
#include "base/ids.hpp"

namespace chatelaine::cli {
namespace {

constexpr int kPagesMax = 100'000;

Result<int> key_create(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t size, arguments.integer("size", 0));
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .member("name", arguments.text("name"))
        .member("context", arguments.text_or("context", arguments.text("name")));
    const std::string_view type = arguments.text("type");
    out.member("type", type);
    if (type == "EC") {
        out.member("curve", arguments.text_or("curve", "P-256"));
    } else {
        out.member("size", size != 0 ? size : type == "RSA" ? 3072 : 256);
    }
    if (arguments.has("id")) {
        out.member("id", arguments.text("id"));
    }
    out.key("operations").begin_array();
    for (const std::string& operation : arguments.list("operation")) {
        out.string(operation);
    }
    if (arguments.list("operation").empty()) {
        out.string(type == "oct" ? "encrypt" : "sign").string(type == "oct" ? "decrypt" : "verify");
    }
    out.end_array().member("extractable", arguments.has("extractable")).end_object();
    CH_TRY(const std::string path, key_path(context));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, body));
    return show(context, reply);
}

Result<int> key_list(Context& context, const Arguments& arguments) {
    std::string all = "[";
    std::string token;
    for (int page = 0; page < kPagesMax; ++page) {
        CH_TRY(const std::string path, key_path(context));
        CH_TRY(const Reply reply,
               context.client().get(Listener::kRest,
                                    path + query({{"state", arguments.text_or("state", "active")},
                                                  {"max", "100"},
                                                  {"continuation-token", token}})));
        CH_TRY(const json::Document document, reply.document());
        const json::Value keys = document.root().member("objects_list");
        for (json::Value key = keys.first(); key.exists(); key = key.next()) {
            all += (all.size() == 1 ? "" : ",") + std::string(key.source());
        }
        CH_TRY(const bool more, document.root().member("is_truncated").boolean());
        token = display(document.root(), "continuation_token");
        if (!more || token.empty()) {
            break;
        }
    }
    return show_list(context, all + "]",
                     {{"ID", "id"}, {"NAME", "name"}, {"TYPE", "type"}, {"SIZE", "size"},
                      {"CURVE", "curve"}, {"STATE", "attributes.state"},
                      {"OPERATIONS", "operations"}});
}

Result<int> key_get(Context& context, const Arguments& arguments) {
    const std::string_view id = arguments.text("id");
    if (arguments.has("pem")) {
        CH_TRY(const crypto::PublicKey key, fetch_public_key(context, id));
        CH_TRY(const std::string pem, key.to_pem());
        CH_TRY_VOID(write_private(std::filesystem::path(arguments.text_or("out", "-")),
                                  as_bytes(pem)));
        return exit_ok;
    }
    CH_TRY(std::string path, key_path(context, id));
    if (arguments.has("jwk")) {
        path += "?format=jwk";
    }
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, path));
    return show(context, reply);
}

Result<int> key_update(Context& context, const Arguments& arguments) {
    if (arguments.has("extractable") && arguments.has("not-extractable")) {
        return Error(Code::kConfiguration, "cli.key",
                     "either --extractable or --not-extractable");
    }
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "PATCH";
    CH_TRY(request.path, key_path(context, arguments.text("id")));
    json::Writer out(request.body);
    out.begin_object();
    if (arguments.has("name")) {
        out.member("name", arguments.text("name"));
    }
    if (arguments.has("extractable") || arguments.has("not-extractable")) {
        out.member("extractable", arguments.has("extractable"));
    }
    out.end_object();
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

Result<int> change(Context& context, const Arguments& arguments, std::string_view method,
                   std::string_view action, std::string body) {
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = method;
    CH_TRY(request.path, key_path(context, arguments.text("id"), action));
    request.body = std::move(body);
    CH_TRY(const Reply reply, context.client().send(request));
    return done(context, "Done: key " + std::string(arguments.text("id")));
}

Result<int> key_delete(Context& context, const Arguments& arguments) {
    return change(context, arguments, "DELETE", "", "");
}

Result<int> key_activate(Context& context, const Arguments& arguments) {
    return change(context, arguments, "POST", "activate", "");
}

Result<int> key_deactivate(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("reason", arguments.text_or("reason", "unspecified"))
        .end_object();
    return change(context, arguments, "POST", "deactivate", std::move(body));
}

}  // namespace

void add_key_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "the key's id, or alias:NAME", true};
    commands.push_back(
        {"key create", "Make a service key",
         {{ParamKind::kPositional, "name", "its name", true},
          {ParamKind::kOption, "type", "oct, RSA or EC", true, "oct RSA EC"},
          {ParamKind::kOption, "size", "bits: 128 192 256, or 2048 3072 4096", false,
           "128 192 256 2048 3072 4096"},
          {ParamKind::kOption, "curve", "P-256, P-384 or P-521", false, "P-256 P-384 P-521"},
          {ParamKind::kList, "operation", "what it may do; repeatable", false,
           "sign verify encrypt decrypt wrapKey unwrapKey"},
          {ParamKind::kOption, "context", "a text about it (default: the name)"},
          {ParamKind::kOption, "id", "its UUID, of your choice"},
          {ParamKind::kFlag, "extractable", "it may leave, wrapped"}},
         &key_create});
    commands.push_back({"key list", "List service keys",
                        {{ParamKind::kOption, "state", "default: active", false,
                          "all pre_active active deactivated compromised destroyed"}},
                        &key_list});
    commands.push_back({"key get", "Show a service key",
                        {id, {ParamKind::kFlag, "jwk", "with its public half as JWK"},
                         {ParamKind::kFlag, "pem", "only its public half, as PEM"},
                         {ParamKind::kOption, "out", "write the PEM to this file"}},
                        &key_get});
    commands.push_back({"key update", "Change a service key's name or whether it may leave",
                        {id, {ParamKind::kOption, "name", "the new name"},
                         {ParamKind::kFlag, "extractable", "it may leave, wrapped"},
                         {ParamKind::kFlag, "not-extractable", "it may not leave"}},
                        &key_update});
    commands.push_back({"key delete", "Destroy a service key that is not active", {id},
                        &key_delete});
    commands.push_back({"key activate", "Activate a service key", {id}, &key_activate});
    commands.push_back({"key deactivate", "Deactivate a service key",
                        {id, {ParamKind::kOption, "reason", "why", false,
                              "unspecified key_compromise ca_compromise affiliation_changed "
                              "superseded cessation_of_operation privilege_withdrawn"}},
                        &key_deactivate});
}

}  // namespace chatelaine::cli

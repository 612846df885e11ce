// Secrets: looking at them, writing them, their versions and settings. Values come from a file or
// standard input, never from arguments.
#include <algorithm>
#include <map>

#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/secrets.hpp"
#include "base/limits.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kDataBytesMax = 2 * limits::secret_data_bytes_max;

Result<int> secret_list(Context& context, const Arguments& arguments) {
    const std::string_view folder = arguments.text("folder");
    std::string rows = "[";
    json::Writer out(rows);
    if (arguments.has("recursive")) {
        CH_TRY(const auto paths, list_paths(context, folder));
        for (const std::string& path : paths) {
            out.begin_object().member("name", path).end_object();
        }
    } else {
        CH_TRY(std::string target, vault_path(context, "metadata", folder));
        CH_TRY(const Reply reply, context.client().get(Listener::kRest, target + "?list=true"));
        CH_TRY(const json::Document document, reply.document());
        const json::Value keys = document.root().member("data").member("keys");
        for (json::Value key = keys.first(); key.exists(); key = key.next()) {
            CH_TRY(const std::string_view name, key.string());
            out.begin_object().member("name", name).end_object();
        }
    }
    return show_list(context, rows + "]", {{"NAME", "name"}});
}

/// One field as it is: texts without quotes, else JSON.
Result<SecretText> field_of(const ReadSecretData& read, std::string_view path,
                            std::string_view name) {
    CH_TRY(const json::Document document, parse_data(read.data.text));
    const json::Value value = document.root().member(name);
    if (!value.exists()) {
        return Error(Code::kSecretNotFound, "cli.secret",
                     std::string(path) + " has no field " + std::string(name));
    }
    if (value.is_string()) {
        CH_TRY(const std::string_view text, value.string());
        return SecretText(std::string(text));
    }
    return SecretText(std::string(value.source()));
}

Result<int> secret_get(Context& context, const Arguments& arguments) {
    const std::string_view path = arguments.text("path");
    CH_TRY(const std::int64_t version, arguments.integer("version", 0));
    if (arguments.has("metadata-only")) {
        CH_TRY(std::string target, secret_path(context, path));
        if (version != 0) {
            target += "?version=" + std::to_string(version);
        }
        CH_TRY(const Reply reply, context.client().get(Listener::kRest, target));
        return show(context, reply);
    }
    CH_TRY(const ReadSecretData read, read_data(context, path, version));
    std::string_view text = read.data.text;
    SecretText field;
    if (arguments.has("field")) {
        CH_TRY(SecretText found, field_of(read, path, arguments.text("field")));
        field.text.swap(found.text);
        text = field.text;
    }
    SecretText line(std::string(text) + (arguments.has("out") ? "" : "\n"));
    CH_TRY_VOID(write_private(std::filesystem::path(arguments.text_or("out", "-")),
                              as_bytes(line.text)));
    return exit_ok;
}

/// What the service is to make, as JSON; empty when it is to make nothing. The value never comes
/// here.
Result<std::string> generate_of(const Arguments& arguments) {
    const bool key = arguments.has("generate-key");
    std::string text;
    if (!key && !arguments.has("generate")) {
        return text;
    }
    json::Writer out(text);
    out.begin_object();
    if (key) {
        out.member("key", arguments.text("generate-key"));
        if (arguments.has("common-name")) {
            CH_TRY(const std::int64_t days, arguments.integer("days", 365));
            out.key("certificate").begin_object();
            out.member("common_name", arguments.text("common-name")).member("days", days);
            out.key("dns").begin_array();
            for (const std::string& name : arguments.list("dns")) {
                out.string(name);
            }
            out.end_array().end_object();
        }
    } else {
        CH_TRY(const std::int64_t length, arguments.integer("length", 32));
        out.member("field", arguments.text_or("field", "value")).member("length", length);
        if (arguments.has("alphabet")) {
            out.member("alphabet", arguments.text("alphabet"));
        }
    }
    out.end_object();
    return text;
}

/// What is to be written: an object from a file, or one field from a file.
Result<SecretText> given_data(const Arguments& arguments, bool may_be_field = true) {
    const std::string file(arguments.text_or("file", "-"));
    if (!may_be_field || !arguments.has("field")) {
        CH_TRY(std::string text, read_text(file, kDataBytesMax));
        SecretText data(std::move(text));
        const auto document = parse_data(data.text);
        if (!document || !document->root().is_object()) {
            return Error(Code::kConfiguration, "cli.secret",
                         "expected one JSON object; --field NAME takes a bare text");
        }
        return data;
    }
    SecretText value;
    CH_TRY(value.text, read_text(file, kDataBytesMax));
    if (value.text.ends_with('\n')) {
        value.text.pop_back();  // the one that an editor or echo puts there
    }
    SecretText data;
    data.text.reserve(6 * value.text.size() + arguments.text("field").size() + 64);
    json::Writer(data.text)
        .begin_object()
        .member(arguments.text("field"), value.text)
        .end_object();
    return data;
}

std::optional<std::int64_t> cas_of(const Arguments& arguments, Result<std::int64_t> value) {
    return arguments.has("cas") && value ? std::optional(*value) : std::nullopt;
}

Result<int> secret_put(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t cas, arguments.integer("cas", 0));
    CH_TRY(const std::string generate, generate_of(arguments));
    SecretText data;
    if (generate.empty() || arguments.has("file")) {
        CH_TRY(SecretText given, given_data(arguments, generate.empty()));
        data.text.swap(given.text);
    }
    CH_TRY(const std::int64_t version, write_data(context, arguments.text("path"), data.text,
                                                  cas_of(arguments, cas), generate));
    return done(context, "Version " + std::to_string(version) + " of " +
                             std::string(arguments.text("path")));
}

Result<int> secret_patch(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t cas, arguments.integer("cas", 0));
    CH_TRY(const SecretText data, given_data(arguments));
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "PATCH";
    CH_TRY(request.path, vault_path(context, "data", arguments.text("path")));
    request.body.reserve(data.text.size() + 64);
    json::Writer out(request.body);
    out.begin_object().key("data").raw(data.text);
    if (arguments.has("cas")) {
        out.key("options").begin_object().member("cas", cas).end_object();
    }
    out.end_object();
    auto reply = context.client().send(request);
    wipe(request.body);
    if (!reply) {
        return std::move(reply).error();
    }
    return show(context, *reply);
}

/// {"versions": [...]} to one of KV2's lists.
Result<int> change_versions(Context& context, const Arguments& arguments, std::string_view kind) {
    std::string body;
    json::Writer out(body);
    out.begin_object().key("versions").begin_array();
    for (const std::string& version : arguments.list("version")) {
        out.string(version);
    }
    out.end_array().end_object();
    CH_TRY(const std::string target, vault_path(context, kind, arguments.text("path")));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, target, body));
    return done(context, "Done: " + std::string(arguments.text("path")));
}

Result<int> secret_delete(Context& context, const Arguments& arguments) {
    if (arguments.has("destroy") && !arguments.has("version")) {
        return Error(Code::kConfiguration, "cli.secret",
                     "--destroy goes with --version; --all deletes the whole secret");
    }
    if (arguments.has("version") && !arguments.has("all")) {
        return change_versions(context, arguments,
                               arguments.has("destroy") ? "destroy" : "delete");
    }
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "DELETE";
    if (arguments.has("all")) {
        CH_TRY(request.path, secret_path(context, arguments.text("path")));
    } else {
        CH_TRY(request.path, vault_path(context, "data", arguments.text("path")));
    }
    CH_TRY(const Reply reply, context.client().send(request));
    return done(context, "Done: " + std::string(arguments.text("path")));
}

Result<int> secret_undelete(Context& context, const Arguments& arguments) {
    return change_versions(context, arguments, "undelete");
}

Result<int> secret_versions(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string target, secret_path(context, arguments.text("path"), "/version"));
    CH_TRY(const std::string all, context.client().get_all(Listener::kRest, target));
    return show_list(context, all,
                     {{"VERSION", "id"},
                      {"STATE", "state"},
                      {"CREATED", "createdAt"},
                      {"DEACTIVATED", "deactivatedAt"}});
}

Result<int> secret_rollback(Context& context, const Arguments& arguments) {
    const std::string_view path = arguments.text("path");
    CH_TRY(const std::int64_t to, arguments.integer("to", 0));
    CH_TRY(const std::int64_t cas, arguments.integer("cas", 0));
    CH_TRY(std::string target, extra_path(context, "Rollback", path));
    if (arguments.has("cas")) {
        target += "?cas=" + std::to_string(cas);
    }
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, target,
                                                    "{\"version\":" + std::to_string(to) + "}"));
    CH_TRY(const json::Document document, reply.document());
    CH_TRY(const std::int64_t version,
           document.root().member("metadata").member("currentVersion").integer());
    return done(context, "Version " + std::to_string(version) + " of " + std::string(path) +
                             " holds what version " + std::to_string(to) + " held");
}

/// Which fields differ between two versions, and with --values how. The service compares.
Result<int> secret_diff(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t from, arguments.integer("from", 0));
    CH_TRY(const std::int64_t to, arguments.integer("to", 0));
    const bool values = arguments.has("values");
    CH_TRY(std::string target, extra_path(context, "Diff", arguments.text("path")));
    target += query({{"from", std::to_string(from)},
                     {"to", to == 0 ? std::string() : std::to_string(to)},
                     {"values", values ? "true" : ""}});
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, target));
    CH_TRY(const json::Document document, parse_data(reply.body));
    std::vector<Column> columns{{"FIELD", "field"}, {"CHANGE", "change"}};
    if (!values) {
        return show_list(context, document.root().member("changes").source(), columns);
    }
    // The values as they are written, whatever their type.
    SecretText rows;
    rows.text.reserve(4 * reply.body.size() + 64);
    json::Writer out(rows.text);
    out.begin_array();
    const json::Value changes = document.root().member("changes");
    for (json::Value each = changes.first(); each.exists(); each = each.next()) {
        CH_TRY(const std::string_view field, each.member("field").string());
        CH_TRY(const std::string_view change, each.member("change").string());
        out.begin_object().member("field", field).member("change", change);
        for (const std::string_view side : {"from", "to"}) {
            const json::Value value = each.member(side);
            out.member(side, value.exists() ? value.source() : std::string_view{});
        }
        out.end_object();
    }
    out.end_array();
    columns.push_back({"FROM", "from"});
    columns.push_back({"TO", "to"});
    return show_list(context, rows.text, columns);
}

/// The members that --max-versions and its like set.
Result<bool> write_settings(json::Writer& out, const Arguments& arguments) {
    bool any = false;
    if (arguments.has("max-versions")) {
        CH_TRY(const std::int64_t count, arguments.integer("max-versions", 0));
        out.member("max_versions", count);
        any = true;
    }
    if (arguments.has("cas-required")) {
        const std::string_view wanted = arguments.text("cas-required");
        if (wanted != "true" && wanted != "false") {
            return Error(Code::kConfiguration, "cli.secret", "--cas-required is true or false");
        }
        out.member("cas_required", wanted == "true");
        any = true;
    }
    if (arguments.has("deactivate-after")) {
        out.member("delete_version_after", arguments.text("deactivate-after"));
        any = true;
    }
    return any;
}

Result<int> secret_metadata(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "PATCH";
    CH_TRY(request.path, vault_path(context, "metadata", arguments.text("path")));
    json::Writer out(request.body);
    out.begin_object();
    CH_TRY(bool any, write_settings(out, arguments));
    if (arguments.has("clear")) {
        out.key("custom_metadata").null();
        any = true;
    } else if (arguments.has("custom")) {
        out.key("custom_metadata").begin_object();
        for (const std::string& entry : arguments.list("custom")) {
            const auto equals = entry.find('=');
            if (equals == std::string::npos) {
                return Error(Code::kConfiguration, "cli.secret", "--custom takes NAME=VALUE");
            }
            out.key(entry.substr(0, equals));
            if (equals + 1 == entry.size()) {
                out.null();  // NAME= takes the entry away
            } else {
                out.string(entry.substr(equals + 1));
            }
        }
        out.end_object();
        any = true;
    }
    out.end_object();
    if (any) {
        CH_TRY(const Reply changed, context.client().send(request));
    }
    CH_TRY(const std::string target, secret_path(context, arguments.text("path")));
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, target));
    return show(context, reply);
}

Result<int> secret_config(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    CH_TRY(const bool any, write_settings(out, arguments));
    out.end_object();
    CH_TRY(const std::string base, context.rest_path());
    if (any) {
        CH_TRY(const Reply changed,
               context.client().post(Listener::kRest, base + "/secret/config", body));
    }
    CH_TRY(const std::string id, context.domain());
    CH_TRY(const Reply reply,
           context.client().get(Listener::kRest, "/api/" + id + "/v2/secretConfig"));
    return show(context, reply);
}

}  // namespace

void add_secret_commands(std::vector<Command>& commands) {
    const Param path{ParamKind::kPositional, "path", "the secret's path", true};
    const Param version{ParamKind::kOption, "version", "which version (default: the current one)"};
    const Param versions{ParamKind::kList, "version", "which version; repeatable"};
    const Param file{ParamKind::kOption, "file", "where from (default: -, standard input)"};
    const Param field{ParamKind::kOption, "field", "the file is this field's text, not JSON"};
    const Param cas{ParamKind::kOption, "cas", "only if this is the current version; 0: none yet"};
    const Param count{ParamKind::kOption, "max-versions", "how many versions are kept"};
    const Param required{ParamKind::kOption, "cas-required", "must writes say --cas", false,
                         "true false"};
    const Param after{ParamKind::kOption, "deactivate-after",
                      "how long a new version is active: 30d, 10h30m"};
    commands.push_back({"secret list", "List the secrets and folders in a folder",
                        {{ParamKind::kPositional, "folder", "which (default: the root)"},
                         {ParamKind::kFlag, "recursive", "all paths that begin so"}},
                        &secret_list});
    commands.push_back({"secret get", "Print a secret's data",
                        {path, version, {ParamKind::kOption, "field", "only this field, bare"},
                         {ParamKind::kFlag, "metadata-only", "no data, but all about it"},
                         {ParamKind::kOption, "out", "write it to this file, mode 0600"}},
                        &secret_get});
    commands.push_back({"secret put", "Write a new version, and the secret when it is new",
                        {path, file, field, cas,
                         {ParamKind::kFlag, "generate", "the service makes the field's text"},
                         {ParamKind::kOption, "length", "of it (default: 32)"},
                         {ParamKind::kOption, "alphabet", "its characters"},
                         {ParamKind::kOption, "generate-key", "the service makes a key pair", false,
                          "EC-P256 EC-P384 EC-P521 RSA-2048 RSA-3072 RSA-4096"},
                         {ParamKind::kOption, "common-name", "and a certificate of that name"},
                         {ParamKind::kList, "dns", "a host name in it; repeatable"},
                         {ParamKind::kOption, "days", "how long it is good (default: 365)"}},
                        &secret_put});
    commands.push_back({"secret patch", "Merge a JSON patch into the current data",
                        {path, file, field, cas}, &secret_patch});
    commands.push_back({"secret delete", "Take the current version out of use",
                        {path, versions,
                         {ParamKind::kFlag, "destroy", "delete the versions' data for good"},
                         {ParamKind::kFlag, "all", "delete the whole secret"}},
                        &secret_delete});
    commands.push_back({"secret undelete", "Bring versions back", {path, versions},
                        &secret_undelete});
    commands.push_back({"secret versions", "List a secret's versions", {path}, &secret_versions});
    commands.push_back({"secret rollback", "Write an older version's data as the newest",
                        {path, {ParamKind::kOption, "to", "which version", true}, cas},
                        &secret_rollback});
    commands.push_back({"secret diff", "Which fields differ between two versions",
                        {path, {ParamKind::kOption, "from", "the older version", true},
                         {ParamKind::kOption, "to", "the newer (default: the current one)"},
                         {ParamKind::kFlag, "values", "with their values"}},
                        &secret_diff});
    commands.push_back({"secret metadata", "Show or change a secret's metadata",
                        {path, count, required, after,
                         {ParamKind::kList, "custom", "NAME=VALUE, or NAME= to remove; repeatable"},
                         {ParamKind::kFlag, "clear", "remove all custom entries"}},
                        &secret_metadata});
    commands.push_back({"secret config", "Show or change the domain's settings for secrets",
                        {count, required, after}, &secret_config});
}

}  // namespace chatelaine::cli

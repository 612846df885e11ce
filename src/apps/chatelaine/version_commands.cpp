// Versions of service keys: rotate, look, destroy one, schedule, re-encrypt.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/keys.hpp"
#include "base/limits.hpp"

namespace chatelaine::cli {
namespace {

Result<int> key_rotate(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string path, key_path(context, arguments.text("id"), "rotate"));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, ""));
    return show(context, reply);
}

Result<int> key_versions(Context& context, const Arguments& arguments) {
    CH_TRY(std::string path, key_path(context, arguments.text("id"), "version"));
    if (arguments.has("from")) {
        path += query({{"from", arguments.text("from")}});
    }
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, path));
    if (context.json) {
        return show(context, reply);
    }
    CH_TRY(const json::Document document, reply.document());
    const json::Value root = document.root();
    print(table(root.member("versions"), {{"VERSION", "version"},
                                          {"STATE", "state"},
                                          {"CREATED", "created"},
                                          {"DESTROYED", "destroyed"}}));
    const std::string next = display(root, "next");
    if (!next.empty()) {
        note("there are more: --from " + next);
    }
    return exit_ok;
}

Result<int> version_delete(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "DELETE";
    const std::string action = "version/" + std::string(arguments.text("version"));
    CH_TRY(request.path, key_path(context, arguments.text("id"), action));
    CH_TRY_VOID(context.client().send(request));
    return done(context, "Done: version " + std::string(arguments.text("version")));
}

Result<int> key_schedule(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.listener = Listener::kRest;
    request.method = "PUT";
    CH_TRY(request.path, key_path(context, arguments.text("id"), "rotation"));
    json::Writer out(request.body);
    out.begin_object();
    constexpr std::pair<std::string_view, std::string_view> numbers[] = {
        {"period-days", "periodDays"}, {"uses", "usesMax"}, {"minimum", "minimumVersion"}};
    for (const auto& [option, member] : numbers) {
        if (arguments.has(option)) {
            CH_TRY(const std::int64_t number, arguments.integer(option, 0));
            out.member(member, number);
        }
    }
    if (arguments.has("at-max")) {
        out.member("atMax", arguments.text("at-max"));
    }
    out.end_object();
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

Result<int> key_reencrypt(Context& context, const Arguments& arguments) {
    CH_TRY(std::string token, read_text(std::filesystem::path(arguments.text_or("in", "-")),
                                        limits::ciphertext_characters_max + 2));
    token.erase(token.find_last_not_of(" \r\n") + 1);
    std::string body;
    json::Writer out(body);
    out.begin_object().member("ciphertext", token);
    constexpr std::pair<std::string_view, std::string_view> texts[] = {
        {"from", "fromKeyId"}, {"context", "context"}, {"new-context", "newContext"}};
    for (const auto& [option, member] : texts) {
        if (arguments.has(option)) {
            out.member(member, arguments.text(option));
        }
    }
    out.end_object();
    CH_TRY(const std::string moved, call_key(context, arguments.text("id"), "reencrypt",
                                             std::move(body), "ciphertext"));
    CH_TRY_VOID(write_private(std::filesystem::path(arguments.text_or("out", "-")),
                              as_bytes(moved + "\n")));
    return exit_ok;
}

Result<int> key_batch(Context& context, const Arguments& arguments) {
    CH_TRY(std::string body, read_text(std::filesystem::path(arguments.text_or("in", "-")),
                                       limits::body_bytes_max));
    CH_TRY(std::string path, context.rest_path());
    path += "/batch";
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, std::move(body)));
    print_line(reply.body);
    return exit_ok;
}

}  // namespace

void add_version_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "the key's id, or alias:NAME", true};
    commands.push_back({"key rotate", "Give a service key a new version", {id}, &key_rotate});
    commands.push_back({"key versions", "List a service key's versions, the newest first",
                        {id, {ParamKind::kOption, "from", "begin at this version"}},
                        &key_versions});
    commands.push_back({"key version delete", "Destroy an older version of a service key",
                        {id, {ParamKind::kPositional, "version", "its number", true}},
                        &version_delete});
    commands.push_back({"key schedule", "Say when a key rotates by itself; 0 ends a schedule",
                        {id, {ParamKind::kOption, "period-days", "days of a version"},
                         {ParamKind::kOption, "uses", "uses of a version, 1000 to 2^32"},
                         {ParamKind::kOption, "at-max", "at the last use", false, "rotate refuse"},
                         {ParamKind::kOption, "minimum", "the lowest version that may be used"}},
                        &key_schedule});
    commands.push_back(
        {"key reencrypt", "Encrypt a ciphertext anew with the newest version, or from another key",
         {id, {ParamKind::kOption, "from", "the key that made it, when it is another"},
          {ParamKind::kOption, "in", "file to read (default: standard input)"},
          {ParamKind::kOption, "out", "file to write (default: standard output)"},
          {ParamKind::kOption, "context", "text that is bound to the ciphertext"},
          {ParamKind::kOption, "new-context", "text to bind instead"}},
         &key_reencrypt});
    commands.push_back({"key batch", "Use keys up to 1000 times in one call, as JSON in and out",
                        {{ParamKind::kOption, "in", "file to read (default: standard input)"}},
                        &key_batch});
}

}  // namespace chatelaine::cli

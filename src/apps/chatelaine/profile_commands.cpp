// login, profile, okms-profile, completion.
#include <filesystem>

#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/show.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kEndpointsBytesMax = 64 * 1024;

std::string absolute_file(std::string_view path) {
    if (path.empty() || path == "-") {
        return std::string(path);
    }
    return std::filesystem::absolute(path).lexically_normal().string();
}

/// endpoints.json, as the service writes it beside its data.
Result<void> take_endpoints(Profile& profile, std::string_view file) {
    CH_TRY(const std::string text, read_text(std::filesystem::path(file), kEndpointsBytesMax));
    CH_TRY(const json::Document document, json::Document::parse(text));
    for (const ProfileField& field : profile_fields()) {
        if (const json::Value value = document.root().member(field.name); value.is_string()) {
            CH_TRY(const std::string_view read, value.string());
            profile.*(field.member) = read;
        }
    }
    return ok();
}

/// The token, in memory until the service has taken it: a wrong one must not replace a good one.
Result<void> take_token(Profile& profile, std::string_view from) {
    CH_TRY(profile.token, read_secret_line(std::filesystem::path(from)));
    profile.token_file.clear();
    profile.cert.clear();
    profile.key.clear();
    return ok();
}

/// A token goes to a file of its own beside the profiles, mode 0600.
Result<void> keep_token(const Context& context, Profile& profile) {
    const auto file = context.profiles.path().parent_path() / (profile.name + ".token");
    profile.token.push_back('\n');
    const auto written = write_private(file, as_bytes(profile.token));
    wipe(profile.token);
    if (!written) {
        return file_error(file);
    }
    profile.token_file = absolute_file(file.string());
    return ok();
}

/// Who the service takes the caller for. Operators are nobody on the customers' listener: what they
/// may see there is tried on theirs.
Result<void> check(Context& context, const Profile& profile) {
    Client client(profile);
    auto reply = profile.control.empty() ? Result<Reply>(Error(Code::kForbidden, "cli.login"))
                                         : client.get(Listener::kControl, "/v2/whoami");
    if (!reply && reply.error().code() == Code::kForbidden && !profile.operator_.empty()) {
        CH_TRY_VOID(client.get(Listener::kOperator, "/v1/account"));
        return ok();
    }
    CH_TRY(const Reply known, std::move(reply));
    CH_TRY_VOID(show(context, known));
    return ok();
}

Result<int> login(Context& context, const Arguments& arguments) {
    Profile profile = context.profiles.find(arguments.text_or("name", context.profile.name));
    if (arguments.has("endpoints")) {
        CH_TRY_VOID(take_endpoints(profile, arguments.text("endpoints")));
    }
    for (const ProfileField& field : profile_fields()) {
        if (!arguments.has(field.name) || field.name == "token-file") {
            continue;
        }
        const bool is_file = field.name == "ca" || field.name == "cert" || field.name == "key";
        std::string value = is_file ? absolute_file(arguments.text(field.name))
                                    : std::string(arguments.text(field.name));
        while (!value.empty() && value.back() == '/') {
            value.pop_back();
        }
        profile.*(field.member) = std::move(value);
    }
    if (!context.profile.domain.empty() &&
        (profile.domain.empty() || profile.name == context.profile.name)) {
        profile.domain = context.profile.domain;
    }
    if (arguments.has("token-file")) {
        CH_TRY_VOID(take_token(profile, arguments.text("token-file")));
    } else if (arguments.has("cert")) {
        profile.token_file.clear();
    }
    const bool somebody =
        !profile.token.empty() || !profile.token_file.empty() || !profile.cert.empty();
    if (somebody && !arguments.has("no-check")) {
        CH_TRY_VOID(check(context, profile));
    }
    if (!profile.token.empty()) {
        CH_TRY_VOID(keep_token(context, profile));
    }
    context.profiles.set_current(profile.name);
    const std::string name = profile.name;
    context.profiles.put(std::move(profile));
    CH_TRY_VOID(context.profiles.save());
    return done(context, "Profile " + name + " is written to " + context.profiles.path().string());
}

Result<int> profile_list(Context& context, const Arguments&) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& [name, profile] : context.profiles.all()) {
        out.begin_object().member("name", name);
        out.member("current", name == context.profiles.current());
        for (const ProfileField& field : profile_fields()) {
            if (!(profile.*(field.member)).empty()) {
                out.member(field.name, profile.*(field.member));
            }
        }
        out.end_object();
    }
    out.end_array();
    return show_list(context, text,
                     {{"NAME", "name"}, {"CURRENT", "current"}, {"DOMAIN", "domain"},
                      {"REST", "rest"}, {"CONTROL", "control"}, {"CERT", "cert"},
                      {"TOKEN FILE", "token-file"}});
}

Result<int> profile_use(Context& context, const Arguments& arguments) {
    const std::string name(arguments.text("name"));
    if (context.profiles.all().find(name) == context.profiles.all().end()) {
        return Error(Code::kNotFound, "cli.profile", "there is no profile " + name);
    }
    context.profiles.set_current(name);
    CH_TRY_VOID(context.profiles.save());
    return done(context, "Profile " + name + " is used from now on");
}

Result<int> profile_remove(Context& context, const Arguments& arguments) {
    const std::string name(arguments.text("name"));
    if (!context.profiles.remove(name)) {
        return Error(Code::kNotFound, "cli.profile", "there is no profile " + name);
    }
    CH_TRY_VOID(context.profiles.save());
    return done(context, "Profile " + name + " is removed");
}

/// For the vendor's own command line: its okms.yaml.
Result<int> okms_profile(Context& context, const Arguments&) {
    const Profile& profile = context.profile;
    const auto line = [](std::string_view name, std::string_view value) {
        std::string text;
        json::Writer(text).string(value);
        print(std::string(name) + ": " + text + "\n");
    };
    print("version: 1\nprofile: default\nprofiles:\n  default:\n    restapi:\n");
    line("      endpoint", profile.rest);
    if (!profile.ca.empty()) {
        line("      ca", profile.ca);
    }
    print("      auth:\n");
    if (!profile.cert.empty()) {
        line("        type", "mtls");
        line("        cert", profile.cert);
        line("        key", profile.key);
    } else {
        line("        type", "token");
        line("        okmsId", profile.domain);
        print("        # the token goes into the environment: KMS_RESTAPI_TOKEN=$(cat FILE)\n");
        print("        # FILE is " + profile.token_file + "\n");
    }
    if (!profile.kmip.empty() && !profile.cert.empty()) {
        print("    kmip:\n");
        line("      endpoint", profile.kmip);
        line("      ca", profile.ca);
        print("      auth:\n");
        line("        type", "mtls");
        line("        cert", profile.cert);
        line("        key", profile.key);
    }
    return exit_ok;
}

Result<int> completion(Context&, const Arguments& arguments) {
    const std::string_view shell = arguments.text("shell");
    if (shell != "bash" && shell != "zsh") {
        return Error(Code::kConfiguration, "cli.completion", "expected bash or zsh");
    }
    print(completion_script(shell, all_commands()));
    return exit_ok;
}

}  // namespace

void add_profile_commands(std::vector<Command>& commands) {
    std::vector<Param> params{
        {ParamKind::kOption, "name", "the profile to write (default: the one in use)"},
        {ParamKind::kOption, "endpoints", "the service's endpoints.json, instead of the URLs"},
        {ParamKind::kFlag, "no-check", "write the profile without asking the service"},
    };
    for (const ProfileField& field : profile_fields()) {
        if (field.name == "token-file") {
            params.push_back({ParamKind::kOption, field.name,
                              "file with the bearer token, - for standard input; it is copied"});
        } else if (field.name != "domain") {
            params.push_back({ParamKind::kOption, field.name, field.help});
        }
    }
    commands.push_back({"login", "Write a profile: where the service is and who is calling",
                        std::move(params), &login});
    commands.push_back({"profile list", "List the profiles", {}, &profile_list});
    const Param name{ParamKind::kPositional, "name", "the profile", true};
    commands.push_back({"profile use", "Use a profile from now on", {name}, &profile_use});
    commands.push_back({"profile remove", "Remove a profile", {name}, &profile_remove});
    commands.push_back({"okms-profile", "Print a ready okms.yaml for the vendor's command line",
                        {}, &okms_profile});
    commands.push_back({"completion",
                        "Print the completion script of a shell",
                        {{ParamKind::kPositional, "shell", "bash or zsh", true, "bash zsh"}},
                        &completion});
}

}  // namespace chatelaine::cli

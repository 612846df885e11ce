// The command line: reads what was typed, picks the profile, runs the command, maps its error to
// an exit code. The commands themselves are a table (command.hpp).
#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <cstdio>
#include <deque>
#include <map>

#include "apps/chatelaine/command.hpp"
#include "apps/chatelaine/output.hpp"
#include "base/error.hpp"

namespace chatelaine::cli {
namespace {

/// One command with the places its parameters are parsed into.
struct Parsed {
    const Command* command = nullptr;
    CLI::App* app = nullptr;
    std::deque<std::vector<std::string>> values;  ///< by parameter; CLI11 keeps their addresses
};

struct Globals {
    std::string profile;
    std::string domain;
    std::string config;
    bool json = false;
};

std::string option_name(const Param& param) {
    std::string name(param.name);
    const bool bare = param.kind == ParamKind::kPositional || param.kind == ParamKind::kRest;
    return bare ? name : "--" + name;
}

/// What the words that only hold commands are about.
std::string about(std::string_view word) {
    static const std::map<std::string_view, std::string_view> groups{
        {"profile", "The profiles of this user"},
        {"operator", "The provider's operators"},
        {"account", "The customers' accounts, for operators"},
        {"seal", "The service's root key and its shares, for operators"},
        {"domain", "Domains of an account"},
        {"identity", "Who may do what"},
        {"policy", "Policies: who may do what on which resources, and when"},
        {"permissions", "Groups of permissions, for policies"},
        {"resources", "Groups of resources, for policies"},
        {"group", "Groups of identities"},
        {"quorum", "Approvals by several, for chosen actions"},
        {"contact", "The people of one's subscription"},
        {"elevation", "Operators' rights for a time"},
        {"site", "Entries to sites"},
        {"rule", "Which actions need approvals, by whom"},
        {"tags", "Tags of resources, for the conditions of policies"},
        {"token", "Bearer tokens of an identity"},
        {"credential", "Client certificates"},
        {"key", "Service keys"},
        {"datakey", "Data keys under a service key"},
        {"secret", "Secrets and their versions"},
        {"audit", "The audit trail"},
        {"kmip", "KMIP's operations on objects"}};
    const auto found = groups.find(word);
    return found == groups.end() ? std::string() : std::string(found->second);
}

CLI::App* group(CLI::App& root, std::string_view path) {
    CLI::App* at = &root;
    while (!path.empty()) {
        const auto blank = path.find(' ');
        const std::string word(path.substr(0, blank));
        const auto found = at->get_subcommands(
            [&](const CLI::App* child) { return child->get_name() == word; });
        at->require_subcommand(1);
        at = found.empty() ? at->add_subcommand(word, about(word)) : found.front();
        at->fallthrough();
        path = blank == std::string_view::npos ? std::string_view{} : path.substr(blank + 1);
    }
    return at;
}

void add_command(CLI::App& root, const Command& command, std::deque<Parsed>& parsed) {
    Parsed& into = parsed.emplace_back();
    into.command = &command;
    into.app = group(root, command.path);
    into.app->description(std::string(command.help));
    for (const Param& param : command.params) {
        auto& values = into.values.emplace_back();
        const std::string help(param.help);
        if (param.kind == ParamKind::kFlag) {
            into.app->add_flag(option_name(param), help);
            continue;
        }
        auto* const option = into.app->add_option(option_name(param), values, help);
        option->required(param.required);
        option->allow_extra_args(param.kind == ParamKind::kRest);
        if (param.kind == ParamKind::kRest) {
            option->expected(1, CLI::detail::expected_max_vector_size);
        } else if (param.kind != ParamKind::kList) {
            option->expected(1);
        }
    }
}

Arguments arguments_of(const Parsed& parsed) {
    Arguments arguments;
    for (std::size_t i = 0; i < parsed.command->params.size(); ++i) {
        const Param& param = parsed.command->params[i];
        if (parsed.app->get_option(option_name(param))->count() > 0) {
            arguments.set(std::string(param.name), parsed.values[i]);
        }
    }
    return arguments;
}

int report(const Error& error) {
    const Error::Detail& detail = error.detail();
    std::string text =
        detail.message.empty() ? std::string(code_name(error.code())) : detail.message;
    if (!detail.field.empty() && text.find(detail.field) == std::string::npos) {
        text += " (" + detail.field + ")";
    }
    note("chatelaine: " + text);
    return exit_code_of(error);
}

int run(const Globals& globals, const Parsed& parsed) {
    auto profiles =
        ProfileStore::open(globals.config.empty() ? ProfileStore::default_path()
                                                  : std::filesystem::path(globals.config));
    if (!profiles) {
        return report(profiles.error());
    }
    Context context(*profiles);
    context.profile =
        profiles->find(globals.profile.empty() ? profiles->current() : globals.profile);
    apply_environment(context.profile);
    if (!globals.domain.empty()) {
        context.profile.domain = globals.domain;
    }
    context.json = globals.json;
    auto result = parsed.command->run(context, arguments_of(parsed));
    std::fflush(stdout);
    return result ? *result : report(result.error());
}

int start(int argc, char** argv) {
    CLI::App root{"The command line of Chatelaine, a key management service.", "chatelaine"};
    Globals globals;
    root.add_option("--profile", globals.profile, "which profile to use")
        ->envname("CHATELAINE_PROFILE");
    root.add_option("--domain", globals.domain, "the domain's UUID, over the profile's");
    root.add_option("--config", globals.config, "the file of the profiles");
    root.add_flag("--json", globals.json, "print JSON, for programs");
    root.fallthrough();
    const std::vector<Command> commands = all_commands();
    std::deque<Parsed> parsed;
    for (const Command& command : commands) {
        add_command(root, command, parsed);
    }
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return root.exit(error) == 0 ? exit_ok : exit_usage;
    }
    for (const Parsed& candidate : parsed) {
        if (candidate.app->parsed() && candidate.app->get_subcommands().empty()) {
            return run(globals, candidate);
        }
    }
    return exit_usage;
}

}  // namespace
}  // namespace chatelaine::cli

int main(int argc, char** argv) {
    // Tokens and plaintexts pass through ordinary memory: no core is left of them. It stays
    // dumpable otherwise, or /dev/fd (a shell's process substitution) could not be read.
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    try {
        return chatelaine::cli::start(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "chatelaine: %s\n", error.what());
        return chatelaine::cli::exit_failure;
    }
}

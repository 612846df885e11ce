// Completion scripts, made from the table of commands.
#include <set>

#include "apps/chatelaine/command.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::string_view kGlobals = "--profile --domain --config --json --help";

/// What may follow a path of words: the next words of commands, and the options of one.
std::map<std::string, std::set<std::string>> followers(const std::vector<Command>& commands) {
    std::map<std::string, std::set<std::string>> next;
    for (const Command& command : commands) {
        std::string path;
        std::string_view rest = command.path;
        while (!rest.empty()) {
            const auto blank = rest.find(' ');
            const std::string word(rest.substr(0, blank));
            next[path].insert(word);
            path += (path.empty() ? "" : " ") + word;
            rest = blank == std::string_view::npos ? std::string_view{} : rest.substr(blank + 1);
        }
        auto& options = next[path];  // there too when the command has no option
        for (const Param& param : command.params) {
            if (param.kind != ParamKind::kPositional && param.kind != ParamKind::kRest) {
                options.insert("--" + std::string(param.name));
            }
        }
    }
    return next;
}

}  // namespace

std::string completion_script(std::string_view shell, const std::vector<Command>& commands) {
    std::string words;
    for (const auto& [path, set] : followers(commands)) {
        std::string line;
        for (const std::string& word : set) {
            line += (line.empty() ? "" : " ") + word;
        }
        words += "        '" + path + "') words='" + line + "' ;;\n";
    }
    std::string choices;
    std::set<std::string> seen;
    for (const Command& command : commands) {
        for (const Param& param : command.params) {
            // The word before the cursor: an option of the command, or the command's last word.
            std::string name(command.path);
            name += param.kind == ParamKind::kPositional
                        ? " " + name.substr(name.rfind(' ') + 1)
                        : " --" + std::string(param.name);
            if (!param.choices.empty() && seen.insert(name).second) {
                choices += "        '" + name + "') words='" + std::string(param.choices);
                choices += "' ;;\n";
            }
        }
    }
    std::string script;
    if (shell == "zsh") {
        script = "#compdef chatelaine\nautoload -U +X bashcompinit && bashcompinit\n";
    }
    script += R"(_chatelaine() {
    local word path='' words='' current="${COMP_WORDS[COMP_CWORD]}"
    local previous="${COMP_WORDS[COMP_CWORD-1]}" i skip=''
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if [ -n "$skip" ]; then skip=''; continue; fi
        case "$word" in
            --profile|--domain|--config) skip=yes ;;
            -*) ;;
            *) case "${path:+$path }$word" in
)";
    std::string known;
    for (const auto& [path, set] : followers(commands)) {
        if (!path.empty()) {
            known += (known.empty() ? "'" : "|'") + path + "'";
        }
    }
    script += "                " + known + ") path=\"${path:+$path }$word\" ;;\n";
    script += R"(               esac ;;
        esac
    done
    case "$path" in
)" + words + R"(    esac
    case "$path $previous" in
)" + choices + R"(    esac
)";
    script += "    words=\"$words " + std::string(kGlobals) + "\"\n";
    script += R"(    COMPREPLY=($(compgen -W "$words" -- "$current"))
    [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _chatelaine chatelaine
)";
    return script;
}

}  // namespace chatelaine::cli

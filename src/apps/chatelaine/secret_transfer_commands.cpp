// Many secrets at once: into a command's environment, to a file and from one. Import can be
// repeated: what is there already with the same data is left alone.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/secrets.hpp"
#include "base/time.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kImportBytesMax = 1024ULL * 1024 * 1024;
constexpr std::size_t kFieldsMax = 10'000;

/// "12 of 40" on a terminal, and nowhere else.
class Counter {
public:
    Counter(std::string_view what, std::size_t total)
        : what_(what), total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}
    ~Counter() {
        if (shown_) {
            std::fputs("\r\033[K", stderr);
        }
    }
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;
    void step() {
        ++done_;
        if (shown_) {
            constexpr std::size_t width = 30;
            const std::string bar(total_ == 0 ? width : width * done_ / total_, '#');
            std::fprintf(stderr, "\r%s [%-30s] %zu of %zu", what_.c_str(), bar.c_str(), done_,
                         total_);
        }
    }

private:
    std::string what_;
    std::size_t total_;
    std::size_t done_ = 0;
    bool shown_;
};

bool is_variable(std::string_view name) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && letter(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Name and value of each field that is a text, number or boolean.
Result<std::vector<std::pair<std::string, SecretText>>> variables_of(
    const ReadSecretData& read, std::string_view path, std::string_view prefix) {
    CH_TRY(const json::Document document, parse_data(read.data.text));
    std::vector<std::pair<std::string, SecretText>> variables;
    for (json::Value field = document.root().first(); field.exists(); field = field.next()) {
        std::string name = std::string(prefix) + std::string(field.member_name());
        if (!is_variable(name)) {
            return Error(Code::kConfiguration, "cli.secret",
                         std::string(path) + ": the field " + name + " is no name of a variable");
        }
        SecretText value;
        if (field.is_string()) {
            CH_TRY(const std::string_view text, field.string());
            if (text.find('\0') != std::string_view::npos) {
                return Error(Code::kConfiguration, "cli.secret",
                             std::string(path) + ": " + name + " holds a zero byte");
            }
            value.text = text;
        } else {
            value.text = field.source();
        }
        variables.emplace_back(std::move(name), std::move(value));
        if (variables.size() > kFieldsMax) {
            return Error(Code::kTooLarge, "cli.secret", "too many fields");
        }
    }
    return variables;
}

Result<int> secret_run(Context& context, const Arguments& arguments) {
    for (const std::string& from : arguments.list("from")) {
        // PATH or PATH=PREFIX: a path may hold "=", so the last one counts when a prefix follows.
        std::string path = from;
        std::string prefix;
        if (const auto equals = from.rfind('=');
            equals != std::string::npos &&
            (equals + 1 == from.size() || is_variable(from.substr(equals + 1)))) {
            path = from.substr(0, equals);
            prefix = from.substr(equals + 1);
        }
        CH_TRY(const ReadSecretData read, read_data(context, path, 0));
        CH_TRY(const auto variables, variables_of(read, path, prefix));
        for (const auto& [name, value] : variables) {
            if (::setenv(name.c_str(), value.text.c_str(), 1) != 0) {
                return Error(Code::kInternal, "cli.secret", "the environment is full");
            }
        }
    }
    std::vector<std::string> words = arguments.list("command");
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    std::fflush(stdout);
    // The command takes this process's place: its exit status, signals and streams are its own.
    ::execvp(argv.front(), argv.data());
    return Error(Code::kConfiguration, "cli.secret",
                 words.front() + ": " + std::strerror(errno));
}

/// A value as a line of a .env file: in double quotes, with what they need escaped.
void append_env(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append("=\"");
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\' || c == '$' || c == '`') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
    out += "\"\n";
}

Result<int> secret_export(Context& context, const Arguments& arguments) {
    const bool env = arguments.text_or("format", "jsonl") == "env";
    CH_TRY(const auto paths, list_paths(context, arguments.text("folder")));
    SecretText all;
    std::size_t skipped = 0;
    {
        Counter counter("export", paths.size());
        for (const std::string& path : paths) {
            auto read = read_data(context, path, 0);
            counter.step();
            if (!read && is_missing(read.error())) {
                ++skipped;
                continue;
            }
            if (!read) {
                return std::move(read).error();
            }
            if (env) {
                CH_TRY(const auto variables, variables_of(*read, path, ""));
                for (const auto& [name, value] : variables) {
                    append_env(all.text, name, value.text);
                }
                continue;
            }
            json::Writer(all.text)
                .begin_object()
                .member("path", path)
                .key("data")
                .raw(read->data.text)
                .end_object();
            all.text.push_back('\n');
        }
    }
    CH_TRY_VOID(write_private(std::filesystem::path(arguments.text_or("out", "-")),
                              as_bytes(all.text)));
    if (skipped != 0) {
        note(std::to_string(skipped) + " secrets have no active version and were left out");
    }
    return exit_ok;
}

enum class Imported : std::uint8_t { kWritten, kSame };

Result<Imported> import_one(Context& context, const std::string& path, std::string_view data) {
    auto there = read_data(context, path, 0);
    if (there && there->data.text == data) {
        return Imported::kSame;
    }
    if (!there && !is_missing(there.error())) {
        return std::move(there).error();
    }
    CH_TRY_VOID(write_data(context, path, data, {}));
    return Imported::kWritten;
}

/// NAME=VALUE lines as one object's text.
Result<SecretText> object_of_env(std::string_view text) {
    SecretText object;
    object.text.reserve(6 * text.size() + 64);
    json::Writer out(object.text);
    out.begin_object();
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.starts_with("export ")) {
            line.remove_prefix(7);
        }
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || !is_variable(line.substr(0, equals))) {
            return Error(Code::kConfiguration, "cli.secret", "expected lines of NAME=VALUE");
        }
        std::string_view raw = line.substr(equals + 1);
        SecretText value;
        if (raw.size() >= 2 && raw.front() == '\'' && raw.back() == '\'') {
            value.text = raw.substr(1, raw.size() - 2);
        } else if (raw.size() >= 2 && raw.front() == '"' && raw.back() == '"') {
            raw = raw.substr(1, raw.size() - 2);
            for (std::size_t i = 0; i < raw.size(); ++i) {
                const bool escaped = raw[i] == '\\' && i + 1 < raw.size();
                i += escaped ? 1 : 0;
                value.text.push_back(escaped && raw[i] == 'n' ? '\n' : raw[i]);
            }
        } else {
            value.text = raw;
        }
        out.member(line.substr(0, equals), value.text);
    }
    out.end_object();
    return object;
}

Result<int> secret_import(Context& context, const Arguments& arguments) {
    const std::string folder(arguments.text("folder"));
    CH_TRY(std::string input, read_text(arguments.text_or("file", "-"), kImportBytesMax));
    const SecretText all(std::move(input));
    if (arguments.text_or("format", "jsonl") == "env") {
        if (folder.empty()) {
            return Error(Code::kConfiguration, "cli.secret",
                         "an .env file is one secret: name its path as the folder");
        }
        CH_TRY(const SecretText object, object_of_env(all.text));
        CH_TRY(const Imported end, import_one(context, folder, object.text));
        return done(context, end == Imported::kSame ? "Nothing to do: " + folder
                                                    : "Imported: " + folder);
    }
    std::size_t written = 0;
    std::size_t same = 0;
    const auto lines = std::count(all.text.begin(), all.text.end(), '\n');
    {
        Counter counter("import", static_cast<std::size_t>(lines));
        std::string_view rest = all.text;
        for (std::size_t number = 1; !rest.empty(); ++number) {
            const auto end = rest.find('\n');
            const std::string_view line = rest.substr(0, end);
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
            if (line.empty()) {
                continue;
            }
            const auto document = parse_data(line);
            if (!document || !document->root().member("path").is_string() ||
                !document->root().member("data").is_object()) {
                return Error(Code::kConfiguration, "cli.secret",
                             "line " + std::to_string(number) +
                                 ": expected {\"path\": …, \"data\": {…}}");
            }
            CH_TRY(const std::string_view name, document->root().member("path").string());
            const std::string path = folder + std::string(name);
            CH_TRY(const Imported end_of_it,
                   import_one(context, path, document->root().member("data").source()));
            ++(end_of_it == Imported::kSame ? same : written);
            counter.step();
        }
    }
    return done(context, std::to_string(written) + " written, " + std::to_string(same) +
                             " were there already");
}

}  // namespace

void add_secret_transfer_commands(std::vector<Command>& commands) {
    const Param format{ParamKind::kOption, "format", "jsonl (default) or env", false, "jsonl env"};
    commands.push_back(
        {"secret run", "Run a command with secrets' fields in its environment: … -- COMMAND",
         {{ParamKind::kList, "from", "PATH, or PATH=PREFIX before its names; repeatable", true},
          {ParamKind::kRest, "command", "the command and its arguments, behind --", true}},
         &secret_run});
    commands.push_back({"secret export", "Write secrets and their data to a file",
                        {{ParamKind::kPositional, "folder", "paths that begin so (default: all)"},
                         format,
                         {ParamKind::kOption, "out", "the file, mode 0600 (default: -)"}},
                        &secret_export});
    commands.push_back({"secret import", "Read secrets from a file; can be repeated",
                        {{ParamKind::kPositional, "folder", "goes before each path"},
                         {ParamKind::kOption, "file", "where from (default: -)"},
                         format},
                        &secret_import});
}

}  // namespace chatelaine::cli

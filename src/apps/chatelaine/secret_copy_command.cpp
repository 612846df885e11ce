// secret copy: from a mount of Vault's KV version 2 into the domain, or back. What is equal already
// is left alone, so a copy that was cut short is just begun again; what was written is read back
// and compared.
#include <algorithm>

#include "apps/chatelaine/secrets.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kSecretsMax = 1'000'000;

/// One side: a client and where its KV version 2 is mounted.
struct Side {
    Client& client;
    std::string mount;  ///< "/v1/secret" or "/api/ID/v1/secret"
};

/// A path as Vault takes it: its slashes stay.
std::string escaped(std::string_view path) {
    std::string out;
    while (true) {
        const auto slash = path.find('/');
        out += encode_percent(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return out;
        }
        out.push_back('/');
        path.remove_prefix(slash + 1);
    }
}

/// The same text for the same value: members sorted, no white space. Numbers stay as written.
void write_canonical(json::Writer& out, const json::Value& value) {
    if (value.is_object()) {
        std::vector<json::Value> members;
        for (json::Value member = value.first(); member.exists(); member = member.next()) {
            members.push_back(member);
        }
        std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
            return a.member_name() < b.member_name();
        });
        out.begin_object();
        for (const json::Value& member : members) {
            out.key(member.member_name());
            write_canonical(out, member);
        }
        out.end_object();
    } else if (value.is_array()) {
        out.begin_array();
        for (json::Value item = value.first(); item.exists(); item = item.next()) {
            write_canonical(out, item);
        }
        out.end_array();
    } else if (value.is_string()) {
        out.string(*value.string());
    } else {
        out.raw(value.source());
    }
}

/// The current data as it was written, and in its canonical form; nothing when there is none.
struct Found {
    SecretText data;
    SecretText canonical;
};
Result<std::optional<Found>> read(const Side& side, std::string_view path) {
    auto reply = side.client.get(Listener::kRest, side.mount + "/data/" + escaped(path));
    if (!reply) {
        if (is_missing(reply.error())) {
            return std::optional<Found>{};
        }
        return std::move(reply).error();
    }
    CH_TRY(const json::Document document, parse_data(reply->body));
    const json::Value data = document.root().member("data").member("data");
    if (!data.is_object()) {
        return std::optional<Found>{};
    }
    Found found;
    found.data.text = data.source();
    json::Writer out(found.canonical.text);
    write_canonical(out, data);
    return std::optional<Found>(std::move(found));
}

Result<void> write(const Side& side, std::string_view path, std::string_view data) {
    SecretText body;
    body.text.reserve(data.size() + 16);
    json::Writer(body.text).begin_object().key("data").raw(data).end_object();
    CH_TRY(const Reply reply, side.client.post(
                                  Listener::kRest, side.mount + "/data/" + escaped(path),
                                  body.text));
    return ok();
}

/// All paths below a folder, by its lists.
Result<std::vector<std::string>> walk(const Side& side, const std::string& from) {
    std::vector<std::string> folders{from};
    std::vector<std::string> paths;
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        auto reply = side.client.get(
            Listener::kRest, side.mount + "/metadata/" + escaped(folder) + "?list=true");
        if (!reply) {
            if (folder == from && is_missing(reply.error())) {
                return paths;
            }
            return std::move(reply).error();
        }
        CH_TRY(const json::Document document, reply->document());
        const json::Value keys = document.root().member("data").member("keys");
        for (json::Value key = keys.first(); key.exists(); key = key.next()) {
            CH_TRY(const std::string_view name, key.string());
            (name.ends_with('/') ? folders : paths).push_back(folder + std::string(name));
            if (folders.size() + paths.size() > kSecretsMax) {
                return Error(Code::kTooLarge, "cli.copy", "more than a million secrets");
            }
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

enum class Copied : std::uint8_t { kWritten, kSame, kNothing };

Result<Copied> copy_one(const Side& from, const Side& to, const std::string& path) {
    CH_TRY(const auto source, read(from, path));
    if (!source) {
        return Copied::kNothing;
    }
    CH_TRY(const auto there, read(to, path));
    if (there && there->canonical.text == source->canonical.text) {
        return Copied::kSame;
    }
    CH_TRY_VOID(write(to, path, source->data.text));
    CH_TRY(const auto again, read(to, path));
    if (!again || again->canonical.text != source->canonical.text) {
        return Error(Code::kSealBroken, "cli.copy",
                     path + " does not read as it was written; it was changed meanwhile, or the "
                            "target does not keep it");
    }
    return Copied::kWritten;
}

Result<int> secret_copy(Context& context, const Arguments& arguments) {
    Profile remote;
    remote.rest = arguments.text("remote");
    while (remote.rest.ends_with('/')) {
        remote.rest.pop_back();
    }
    remote.token_file = arguments.text("token-file");
    remote.ca = arguments.text("remote-ca");
    Client other(remote);
    CH_TRY(const std::string base, context.rest_path());
    const Side domain{context.client(), base + "/secret"};
    const Side vault{other, "/v1/" + escaped(arguments.text_or("mount", "secret"))};
    const bool back = arguments.has("back");
    const Side& from = back ? domain : vault;
    const Side& to = back ? vault : domain;
    std::string folder(arguments.text("folder"));
    if (!folder.empty() && !folder.ends_with('/')) {
        folder.push_back('/');
    }
    CH_TRY(const auto paths, walk(from, folder));
    std::size_t written = 0;
    std::size_t same = 0;
    std::size_t nothing = 0;
    for (const std::string& path : paths) {
        CH_TRY(const Copied end, copy_one(from, to, path));
        written += end == Copied::kWritten ? 1 : 0;
        same += end == Copied::kSame ? 1 : 0;
        nothing += end == Copied::kNothing ? 1 : 0;
    }
    return done(context, std::to_string(written) + " copied and read back equal, " +
                             std::to_string(same) + " were equal already, " +
                             std::to_string(nothing) + " have no active version");
}

}  // namespace

void add_secret_copy_command(std::vector<Command>& commands) {
    commands.push_back(
        {"secret copy", "Copy a mount of Vault's KV version 2 into the domain, or back",
         {{ParamKind::kPositional, "folder", "only what is below it (default: all)"},
          {ParamKind::kOption, "remote", "https URL of Vault, without /v1", true},
          {ParamKind::kOption, "token-file", "holds a token for it (-: standard input)", true},
          {ParamKind::kOption, "remote-ca", "the authority to trust (default: the system's)"},
          {ParamKind::kOption, "mount", "where KV version 2 is mounted (default: secret)"},
          {ParamKind::kFlag, "back", "from the domain into the mount"}},
         &secret_copy});
}

}  // namespace chatelaine::cli

#include "apps/chatelaine/secrets.hpp"

#include "base/encoding.hpp"
#include "base/limits.hpp"

namespace chatelaine::cli {

Result<std::string> secret_path(const Context& context, std::string_view path,
                                std::string_view rest) {
    CH_TRY(const std::string id, context.domain());
    return "/api/" + id + "/v2/secret/" + encode_percent(path) + std::string(rest);
}

Result<std::string> extra_path(const Context& context, std::string_view what,
                               std::string_view path) {
    CH_TRY(const std::string id, context.domain());
    return "/api/" + id + "/v2/secret" + std::string(what) + "/" + encode_percent(path);
}

Result<std::string> vault_path(const Context& context, std::string_view kind,
                               std::string_view path) {
    CH_TRY(const std::string base, context.rest_path());
    return base + "/secret/" + std::string(kind) + "/" + encode_percent(path);
}

bool is_missing(const Error& error) {
    return error.code() == Code::kNotFound || error.code() == Code::kSecretNotFound;
}

Result<json::Document> parse_data(std::string_view text) {
    json::Document::Options options;
    options.limits = {limits::secret_json_depth_max, limits::secret_json_values_max};
    options.keep_source = true;
    return json::Document::parse(text, options);
}

Result<ReadSecretData> read_data(Context& context, std::string_view path, std::int64_t version) {
    CH_TRY(std::string target, secret_path(context, path, "?includeData=true"));
    if (version != 0) {
        target += "&version=" + std::to_string(version);
    }
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, target));
    CH_TRY(const json::Document document, parse_data(reply.body));
    const json::Value found = document.root().member("version");
    const json::Value data = found.member("data");
    if (!data.is_object()) {
        return Error(Code::kSecretNotFound, "cli.secret",
                     std::string(path) + " has no active version to read");
    }
    ReadSecretData read;
    read.data.text = data.source();
    CH_TRY(read.version, found.member("id").integer());
    return read;
}

Result<std::int64_t> write_data(Context& context, std::string_view path, std::string_view data,
                                std::optional<std::int64_t> cas, std::string_view generate) {
    CH_TRY(const std::string target, vault_path(context, "data", path));
    SecretText body;
    body.text.reserve(data.size() + generate.size() + 96);
    json::Writer out(body.text);
    out.begin_object();
    if (!data.empty()) {
        out.key("data").raw(data);
    }
    if (!generate.empty()) {
        out.key("generate").raw(generate);
    }
    if (cas) {
        out.key("options").begin_object().member("cas", *cas).end_object();
    }
    out.end_object();
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, target, body.text));
    CH_TRY(const json::Document document, reply.document());
    return document.root().member("data").member("version").integer();
}

Result<std::vector<std::string>> list_paths(Context& context, std::string_view folder) {
    CH_TRY(const std::string id, context.domain());
    CH_TRY(const std::string all,
           context.client().get_all(Listener::kRest, "/api/" + id + "/v2/secretSearch" +
                                                         query({{"prefix", folder}})));
    json::Document::Options options;
    options.limits.values_max = 100'000'000;
    CH_TRY(const json::Document document, json::Document::parse(all, options));
    std::vector<std::string> paths;
    for (json::Value each = document.root().first(); each.exists(); each = each.next()) {
        CH_TRY(const std::string_view path, each.member("path").string());
        paths.emplace_back(path);
    }
    return paths;
}

}  // namespace chatelaine::cli

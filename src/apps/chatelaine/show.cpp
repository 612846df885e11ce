#include "apps/chatelaine/show.hpp"

#include "apps/chatelaine/files.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kGrantsBytesMax = 1024 * 1024;

Result<json::Document> parse_keeping(std::string_view text) {
    json::Document::Options options;
    options.limits.values_max = 10'000'000;
    options.keep_source = true;
    return json::Document::parse(text, options);
}

void write_texts(json::Writer& out, const std::vector<std::string>& texts) {
    out.begin_array();
    for (const std::string& text : texts) {
        out.string(text);
    }
    out.end_array();
}

}  // namespace

Result<int> show(Context& context, const Reply& reply) {
    if (reply.body.empty()) {
        return exit_ok;
    }
    if (context.json) {
        print_line(reply.body);
        return exit_ok;
    }
    CH_TRY(const json::Document document, reply.document());
    print(card(document.root()));
    return exit_ok;
}

Result<int> show_list(Context& context, std::string_view array,
                      const std::vector<Column>& columns) {
    if (context.json) {
        print_line(array);
        return exit_ok;
    }
    CH_TRY(const json::Document document, parse_keeping(array));
    print(table(document.root(), columns));
    return exit_ok;
}

Result<int> show_secret(Context& context, const Reply& reply, std::string_view member,
                        std::string_view out) {
    if (out.empty()) {
        return show(context, reply);
    }
    CH_TRY(std::string secret, member_text(reply, member));
    secret.push_back('\n');
    const auto written = write_private(std::filesystem::path(out), as_bytes(secret));
    wipe(secret);
    if (!written) {
        return Error(Code::kConfiguration, "cli.file",
                     std::string(out) + " cannot be written, and the secret is shown only once");
    }
    CH_TRY(const json::Document document, reply.document());
    std::string rest;
    json::Writer writer(rest);
    writer.begin_object();
    const json::Value root = document.root();
    for (json::Value item = root.first(); item.exists(); item = item.next()) {
        if (item.member_name() != member) {
            writer.key(item.member_name()).raw(item.source());
        }
    }
    writer.member(std::string(member) + "File", out).end_object();
    Reply shown;
    shown.body = std::move(rest);
    return show(context, shown);
}

Result<int> done(Context& context, std::string_view what) {
    if (!context.json) {
        print_line(what);
    }
    return exit_ok;
}

Result<std::string> member_text(const Reply& reply, std::string_view member) {
    CH_TRY(const json::Document document, reply.document());
    CH_TRY(const std::string_view text, document.root().member(member).string());
    return std::string(text);
}

Result<std::string> grants_json(const Arguments& arguments) {
    if (arguments.has("grants-file")) {
        return read_text(std::filesystem::path(arguments.text("grants-file")), kGrantsBytesMax);
    }
    const auto actions = arguments.list("action");
    if (actions.empty()) {
        return std::string();
    }
    auto resources = arguments.list("resource");
    if (resources.empty()) {
        resources.emplace_back("*");
    }
    std::string out;
    json::Writer writer(out);
    writer.begin_array().begin_object().key("actions");
    write_texts(writer, actions);
    writer.key("resources");
    write_texts(writer, resources);
    writer.end_object().end_array();
    return out;
}

}  // namespace chatelaine::cli

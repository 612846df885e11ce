// KV version 2: bodies and answers. Bodies are read as leniently as Vault does where its clients
// need it (numbers as strings, no Content-Type); a member of which nothing is known is refused.
#include <charconv>

#include "faces/vault/bindings.hpp"
#include "secrets/data.hpp"
#include "secrets/duration.hpp"

namespace chatelaine::faces::http {
namespace {

using secrets::SecretAnswer;
using secrets::Settings;
using secrets::VersionState;

template <class Command>
Result<Command> decode_ref(Context& context, const access::Principal& principal) {
    Command command;
    command.domain = context.domain(principal);
    CH_TRY(command.path, context.parameter("path"));
    return command;
}

/// The same where a secret may come to be: what cannot be a path has no name to ask a right on.
template <class Command>
Result<Command> decode_new_ref(Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<Command>(context, principal));
    CH_TRY_VOID(secrets::check_path(command.path));
    if (command.path.ends_with('/')) {
        return Error::invalid("secrets.path", "path", "cannot write to a path that ends in '/'");
    }
    return command;
}

/// A whole number of 0 to 24000, as a number or as its text.
Result<std::uint32_t> small_number(const json::Value& value) {
    std::string_view text;
    if (value.is_string()) {
        CH_TRY(text, value.string());
    } else if (value.exists() && value.type() == json::Type::kNumber) {
        text = value.number_text();
    }
    std::uint32_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, fault] = std::from_chars(text.data(), end, number);
    if (text.empty() || fault != std::errc{} || stopped != end ||
        number > limits::secret_versions_max) {
        return Error::invalid("secrets.number", value.path(), "expected a whole number to 24000");
    }
    return number;
}

struct Write {
    std::optional<std::uint32_t> cas;
    secrets::NewData data;
};
/// {data, options: {cas}}, and our own `generate`. Go's client sends the method of its patch among
/// the options.
Result<Write> decode_write(Context& context) {
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"data", "generate", "options"}));
    Write write;
    if (const json::Value options = body.member("options"); !options.is_absent()) {
        if (!options.is_object()) {
            return Error::invalid("secrets.options", "options", "expected an object");
        }
        CH_TRY_VOID(options.only_members({"cas", "method"}));
        if (const json::Value cas = options.member("cas"); !cas.is_absent()) {
            CH_TRY(write.cas, small_number(cas));
        }
    }
    CH_TRY(write.data, secrets::new_data_of(body));
    return write;
}

Result<std::optional<std::uint32_t>> query_version(Context& context) {
    CH_TRY(const std::int64_t number,
           context.query_integer("version", {0, limits::secret_versions_max, 0}));
    return number == 0 ? std::optional<std::uint32_t>{}
                       : std::optional(static_cast<std::uint32_t>(number));
}

Result<std::vector<std::uint32_t>> decode_versions(Context& context) {
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"versions"}));
    const json::Value list = body.member("versions");
    if (!list.is_array() || list.size() == 0 || list.size() > limits::secret_versions_max) {
        return Error::invalid("secrets.versions", "versions", "expected an array of numbers");
    }
    std::vector<std::uint32_t> versions;
    for (json::Value each = list.first(); each.exists(); each = each.next()) {
        CH_TRY(const std::uint32_t number, small_number(each));
        versions.push_back(number);
    }
    return versions;
}

template <class Command>
Result<Command> decode_versions_ref(Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<Command>(context, principal));
    CH_TRY(command.versions, decode_versions(context));
    return command;
}

/// A duration as text, or as a number of seconds; kept as it was written.
Result<std::optional<std::string>> decode_duration(const json::Value& body) {
    for (const std::string_view name : {"delete_version_after", "deactivate_version_after"}) {
        const json::Value value = body.member(name);
        if (value.is_absent()) {
            continue;
        }
        std::string_view text;
        if (value.type() == json::Type::kNumber) {
            text = value.number_text();
        } else {
            CH_TRY(text, value.string());
        }
        CH_TRY_VOID(secrets::parse_duration(text, name));
        return std::optional(std::string(text));
    }
    return std::optional<std::string>{};
}

Result<Settings> decode_settings(const json::Value& body) {
    Settings settings;
    if (const json::Value cas = body.member("cas_required"); !cas.is_absent()) {
        CH_TRY(settings.cas_required, cas.boolean());
    }
    CH_TRY(settings.deactivate_after, decode_duration(body));
    if (const json::Value count = body.member("max_versions"); !count.is_absent()) {
        CH_TRY(settings.max_versions, small_number(count));
    }
    return settings;
}

template <class Command>
Result<Command> decode_metadata(Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_new_ref<Command>(context, principal));
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"cas_required", "custom_metadata", "delete_version_after",
                                   "deactivate_version_after", "max_versions"}));
    CH_TRY(command.settings, decode_settings(body));
    const json::Value custom = body.member("custom_metadata");
    if (custom.is_absent()) {
        return command;
    }
    if (!custom.is_object()) {
        return Error::invalid("secrets.metadata", "custom_metadata", "expected an object");
    }
    command.custom.emplace();
    for (json::Value entry = custom.first(); entry.exists(); entry = entry.next()) {
        std::optional<std::string> text;
        if (!entry.is_absent()) {
            CH_TRY(text, entry.string());
        }
        command.custom->emplace_back(entry.member_name(), std::move(text));
    }
    return command;
}

// ---- answers ----

/// RFC 3339 with nine decimals, as Go writes a time.
std::string nanoseconds(WallTime time) {
    std::string text = format_rfc3339_micros(time);
    text.insert(text.size() - 1, "000");
    return text;
}

std::string deletion_time(const secrets::Version& version) {
    return version.deactivation ? nanoseconds(*version.deactivation) : std::string{};
}

void write_custom(json::Writer& out, const secrets::Secret& secret) {
    out.key("custom_metadata");
    if (secret.custom_metadata.empty()) {
        out.null();
        return;
    }
    out.begin_object();
    for (const auto& [key, value] : secret.custom_metadata) {
        out.member(key, value);
    }
    out.end_object();
}

/// The members that go with one version, in an object of their own.
void write_version(json::Writer& out, const SecretAnswer& answer) {
    const secrets::Version& version = *answer.version;
    out.begin_object();
    out.member("created_time", nanoseconds(version.created));
    write_custom(out, *answer.secret);
    out.member("deletion_time", deletion_time(version));
    out.member("destroyed", version.deleted.has_value());
    out.member("version", static_cast<std::int64_t>(version.number));
    out.end_object();
}

void begin(json::Writer& out, const Context& context) {
    out.begin_object();
    out.member("request_id", context.call().request.to_string());
}

/// The beginning of a 404 whose body goes on with `data`.
void begin_not_found(json::Writer& out, const Context& context, net::HttpResponse& response) {
    const HttpError error = http_error(Code::kSecretNotFound);
    response.status = error.status;
    begin(out, context);
    out.member("error_id", code_name(Code::kSecretNotFound));
    out.member("error_code", static_cast<std::int64_t>(error.error_code));
    out.key("errors").begin_array().string("the version is deleted or expired").end_array();
}

/// Room for the whole answer at once: growing would leave data behind in freed memory.
void prepare(const secrets::Secret& secret, std::size_t data, net::HttpResponse& response) {
    constexpr std::size_t kRoom = 1024;
    constexpr std::size_t kEntryRoom = 16;
    std::size_t room = kRoom + data;
    for (const auto& [key, value] : secret.custom_metadata) {
        room += kEntryRoom + 6 * key.size() + value.size();
    }
    response.body.reserve(room);
    response.wipe_body = true;
}

void encode_version(const SecretAnswer& answer, const Context& context,
                    net::HttpResponse& response) {
    json::Writer out(response.body);
    begin(out, context);
    out.key("data");
    write_version(out, answer);
    out.end_object();
}

void write_versions(json::Writer& out, const secrets::Secret& secret) {
    out.key("versions").begin_object();
    for (const secrets::Version& version : secret.versions) {
        out.key(std::to_string(version.number)).begin_object();
        out.member("created_time", nanoseconds(version.created));
        out.member("deletion_time", deletion_time(version));
        out.member("destroyed", version.deleted.has_value());
        out.end_object();
    }
    out.end_object();
}

}  // namespace

Result<secrets::KvWrite::Command> Binding<secrets::KvWrite>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_new_ref<secrets::KvWrite::Command>(context, principal));
    CH_TRY(Write write, decode_write(context));
    command.cas = write.cas;
    command.data = std::move(write.data);
    return command;
}
void Binding<secrets::KvWrite>::encode(SecretAnswer& reply, Context& context,
                                       net::HttpResponse& response) {
    encode_version(reply, context, response);
}

Result<secrets::KvRead::Command> Binding<secrets::KvRead>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::KvRead::Command>(context, principal));
    CH_TRY(command.version, query_version(context));
    return command;
}
void Binding<secrets::KvRead>::encode(SecretAnswer& reply, Context& context,
                                      net::HttpResponse& response) {
    json::Writer out(response.body);
    prepare(*reply.secret, reply.data ? reply.data->size() : 0, response);
    if (reply.data) {
        begin(out, context);
    } else {
        begin_not_found(out, context, response);
    }
    out.key("data").begin_object().key("data");
    if (reply.data) {
        reply.data->with_exposed(crypto::insecure_expose_secret(),
                                 [&](BytesView data) { out.raw(as_text(data)); });
    } else {
        out.null();
    }
    out.key("metadata");
    write_version(out, reply);
    out.end_object().end_object();
}

Result<secrets::KvPatch::Command> Binding<secrets::KvPatch>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::KvPatch::Command>(context, principal));
    CH_TRY(Write write, decode_write(context));
    command.cas = write.cas;
    if (write.data.generate) {
        return Error(Code::kUnknownField, "secrets.patch", "the field is not known")
            .in_field("generate");
    }
    command.patch = std::move(write.data.sent);
    return command;
}
void Binding<secrets::KvPatch>::encode(secrets::KvPatch::Reply& reply, Context& context,
                                       net::HttpResponse& response) {
    if (reply.patched) {
        encode_version(reply, context, response);
        return;
    }
    json::Writer out(response.body);
    begin_not_found(out, context, response);
    out.key("data");
    write_version(out, reply);
    out.end_object();
}

Result<secrets::KvDeleteLatest::Command> Binding<secrets::KvDeleteLatest>::decode(
    Context& context, const access::Principal& principal) {
    return decode_ref<secrets::KvDeleteLatest::Command>(context, principal);
}
void Binding<secrets::KvDeleteLatest>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {}

Result<secrets::KvDelete::Command> Binding<secrets::KvDelete>::decode(
    Context& context, const access::Principal& principal) {
    return decode_versions_ref<secrets::KvDelete::Command>(context, principal);
}
void Binding<secrets::KvDelete>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {}

Result<secrets::KvUndelete::Command> Binding<secrets::KvUndelete>::decode(
    Context& context, const access::Principal& principal) {
    return decode_versions_ref<secrets::KvUndelete::Command>(context, principal);
}
void Binding<secrets::KvUndelete>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {}

Result<secrets::KvDestroy::Command> Binding<secrets::KvDestroy>::decode(
    Context& context, const access::Principal& principal) {
    return decode_versions_ref<secrets::KvDestroy::Command>(context, principal);
}
void Binding<secrets::KvDestroy>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {}

Result<secrets::KvSubkeys::Command> Binding<secrets::KvSubkeys>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::KvSubkeys::Command>(context, principal));
    CH_TRY(command.version, query_version(context));
    CH_TRY(const std::int64_t depth, context.query_integer("depth", {0, 0xffffffffLL, 0}));
    command.depth = static_cast<std::uint32_t>(depth);
    return command;
}
void Binding<secrets::KvSubkeys>::encode(secrets::KvSubkeys::Reply& reply, Context& context,
                                         net::HttpResponse& response) {
    json::Writer out(response.body);
    prepare(*reply.secret, reply.subkeys.size(), response);
    if (reply.subkeys.empty()) {
        begin_not_found(out, context, response);
    } else {
        begin(out, context);
    }
    out.key("data").begin_object().key("metadata");
    write_version(out, reply);
    out.key("subkeys");
    if (reply.subkeys.empty()) {
        out.null();
    } else {
        out.raw(reply.subkeys);
    }
    out.end_object().end_object();
    wipe(reply.subkeys);
}

Result<secrets::KvGetMetadata::Command> Binding<secrets::KvGetMetadata>::decode(
    Context& context, const access::Principal& principal) {
    return decode_ref<secrets::KvGetMetadata::Command>(context, principal);
}
void Binding<secrets::KvGetMetadata>::encode(SecretAnswer& reply, Context& context,
                                             net::HttpResponse& response) {
    const secrets::Secret& secret = *reply.secret;
    const auto after = secrets::parse_duration(secret.settings.deactivate_after.value_or(""), {});
    json::Writer out(response.body);
    begin(out, context);
    out.key("data").begin_object();
    out.member("cas_required", secret.settings.cas_required.value_or(false));
    out.member("created_time", nanoseconds(secret.created));
    out.member("current_version", static_cast<std::int64_t>(secret.current));
    write_custom(out, secret);
    out.member("delete_version_after", secrets::go_duration(after ? *after : 0));
    out.member("max_versions",
               static_cast<std::int64_t>(secret.settings.max_versions.value_or(0)));
    out.member("oldest_version", static_cast<std::int64_t>(secret.oldest));
    out.member("updated_time", nanoseconds(secret.updated));
    out.member("urn", access::object_urn(context.plate(), secret.domain, secrets::kSecretKind,
                                         secret.path));
    write_versions(out, secret);
    out.end_object().end_object();
}

Result<secrets::KvList::Command> Binding<secrets::KvList>::decode(
    Context& context, const access::Principal& principal) {
    secrets::KvList::Command command;
    command.domain = context.domain(principal);
    if (context.has_parameter("path")) {
        CH_TRY(command.folder, context.parameter("path"));
        CH_TRY_VOID(secrets::check_path(command.folder));
        if (!command.folder.ends_with('/')) {
            command.folder.push_back('/');
        }
    }
    command.cursor = context.header("X-Pagination-Cursor").value_or(std::string_view{});
    if (command.cursor.size() > limits::continuation_token_characters_max) {
        return Error::invalid("secrets.list", "X-Pagination-Cursor",
                              "expected at most 500 characters");
    }
    if (const auto size = context.header("X-Pagination-Size"); size && !size->empty()) {
        const char* const end = size->data() + size->size();
        const auto [stopped, fault] = std::from_chars(size->data(), end, command.max);
        if (fault != std::errc{} || stopped != end || command.max < limits::list_page_min ||
            command.max > limits::list_page_max) {
            return Error::invalid("secrets.list", "X-Pagination-Size",
                                  "expected a whole number from 10 to 100");
        }
    }
    return command;
}
void Binding<secrets::KvList>::encode(secrets::KvList::Reply& reply, Context& context,
                                      net::HttpResponse& response) {
    json::Writer out(response.body);
    begin(out, context);
    out.key("data").begin_object().key("keys").begin_array();
    for (const std::string& name : reply.names) {
        out.string(name);
    }
    out.end_array().end_object().end_object();
    if (!reply.next.empty()) {
        response.headers.emplace_back("X-Pagination-Cursor-Next", reply.next);
    }
}

Result<secrets::KvPutMetadata::Command> Binding<secrets::KvPutMetadata>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_metadata<secrets::KvPutMetadata::Command>(context, principal));
    // Null is the empty map here: a field that is there is replaced.
    CH_TRY(const json::Value body, context.secret_body());
    if (!command.custom && body.member("custom_metadata").exists()) {
        command.custom.emplace();
    }
    const json::Value custom = body.member("custom_metadata");
    for (json::Value entry = custom.first(); entry.exists(); entry = entry.next()) {
        CH_TRY_VOID(entry.string());
    }
    return command;
}
void Binding<secrets::KvPutMetadata>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {}

Result<secrets::KvPatchMetadata::Command> Binding<secrets::KvPatchMetadata>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_metadata<secrets::KvPatchMetadata::Command>(context, principal));
    CH_TRY(const json::Value body, context.secret_body());
    const json::Value custom = body.member("custom_metadata");
    command.clear_custom = custom.exists() && custom.is_absent();
    return command;
}
void Binding<secrets::KvPatchMetadata>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {
}

Result<secrets::KvDeleteMetadata::Command> Binding<secrets::KvDeleteMetadata>::decode(
    Context& context, const access::Principal& principal) {
    return decode_ref<secrets::KvDeleteMetadata::Command>(context, principal);
}
void Binding<secrets::KvDeleteMetadata>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {
}

Result<secrets::KvGetConfig::Command> Binding<secrets::KvGetConfig>::decode(
    Context& context, const access::Principal& principal) {
    return secrets::KvGetConfig::Command{context.domain(principal)};
}
void Binding<secrets::KvGetConfig>::encode(Settings& reply, Context& context,
                                           net::HttpResponse& response) {
    json::Writer out(response.body);
    begin(out, context);
    out.key("data").begin_object();
    out.member("cas_required", reply.cas_required.value_or(false));
    out.member("delete_version_after", reply.deactivate_after.value_or("0s"));
    out.member("max_versions", static_cast<std::int64_t>(reply.max_versions.value_or(0)));
    out.end_object().end_object();
}

Result<secrets::KvUpdateConfig::Command> Binding<secrets::KvUpdateConfig>::decode(
    Context& context, const access::Principal& principal) {
    secrets::KvUpdateConfig::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"cas_required", "delete_version_after",
                                   "deactivate_version_after", "max_versions"}));
    CH_TRY(command.settings, decode_settings(body));
    return command;
}
void Binding<secrets::KvUpdateConfig>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {}

}  // namespace chatelaine::faces::http

// Secrets v2: bodies, queries and pagination headers. Members are taken by the OpenAPI's names and
// by those of the vendor's guide (snake_case); one of which nothing is known is refused, since a
// misspelt casRequired that is passed over would lose a protection.
#include "faces/rest/secret_bindings.hpp"

#include <charconv>

#include "faces/rest/decode.hpp"
#include "secrets/data.hpp"

namespace chatelaine::faces::http {
namespace {

using secrets::MetadataChange;
using secrets::SecretAnswer;
using secrets::Settings;

template <class Command>
Result<Command> decode_ref(Context& context, const access::Principal& principal) {
    Command command;
    command.domain = context.domain(principal);
    CH_TRY(command.path, context.parameter("path"));
    return command;
}

/// The member by either name; both at once is refused.
Result<json::Value> either(const json::Value& object, std::string_view name,
                           std::string_view other) {
    const json::Value value = object.member(name);
    const json::Value twin = object.member(other);
    if (value.exists() && twin.exists()) {
        return Error::invalid("secrets.metadata", twin.path(),
                              "is there under both of its names");
    }
    return twin.exists() ? twin : value;
}

Result<Settings> decode_settings(const json::Value& object) {
    Settings settings;
    CH_TRY(const json::Value cas, either(object, "casRequired", "cas_required"));
    if (!cas.is_absent()) {
        CH_TRY(settings.cas_required, cas.boolean());
    }
    CH_TRY(const json::Value after,
           either(object, "deactivateVersionAfter", "deactivate_version_after"));
    if (!after.is_absent()) {
        CH_TRY(const std::string_view text, after.string());
        settings.deactivate_after = std::string(text);
    }
    CH_TRY(const json::Value versions, either(object, "maxVersions", "max_versions"));
    if (!versions.is_absent()) {
        CH_TRY(const std::int64_t count, versions.integer());
        if (count < 0 || count > limits::secret_versions_max) {
            return Error::invalid("secrets.settings", versions.path(), "expected 0 to 24000");
        }
        settings.max_versions = static_cast<std::uint32_t>(count);
    }
    return settings;
}

Result<MetadataChange> decode_metadata(const json::Value& metadata) {
    MetadataChange change;
    if (metadata.is_absent()) {
        return change;
    }
    if (!metadata.is_object()) {
        return Error::invalid("secrets.metadata", metadata.path(), "expected an object");
    }
    CH_TRY_VOID(metadata.only_members(
        {"casRequired", "cas_required", "customMetadata", "custom_metadata",
         "deactivateVersionAfter", "deactivate_version_after", "maxVersions", "max_versions"}));
    CH_TRY(change.settings, decode_settings(metadata));
    CH_TRY(const json::Value custom, either(metadata, "customMetadata", "custom_metadata"));
    if (!custom.is_absent()) {
        if (!custom.is_object()) {
            return Error::invalid("secrets.metadata", custom.path(), "expected an object");
        }
        change.custom_metadata.emplace();
        for (json::Value entry = custom.first(); entry.exists(); entry = entry.next()) {
            CH_TRY(const std::string_view text, entry.string());
            change.custom_metadata->emplace_back(entry.member_name(), text);
        }
    }
    return change;
}

/// `version: {data}`, and our own `generate`.
Result<secrets::NewData> decode_version_data(const json::Value& body) {
    const json::Value version = body.member("version");
    if (version.is_absent()) {
        return Error::missing("secrets.version", "version");
    }
    if (!version.is_object()) {
        return Error::invalid("secrets.version", "version", "expected an object");
    }
    CH_TRY_VOID(version.only_members({"data", "generate"}));
    return secrets::new_data_of(version);
}

Result<std::uint32_t> version_parameter(Context& context) {
    CH_TRY(const std::string text, context.parameter("version"));
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number < 1 ||
        number > limits::secret_versions_max) {
        return Error::invalid("secrets.version", "version", "expected 1 to 24000");
    }
    return number;
}

using Paging = SecretPaging;
Result<Paging> decode_paging(Context& context) {
    Paging paging;
    if (const auto cursor = context.header("X-Pagination-Cursor")) {
        if (cursor->size() > limits::continuation_token_characters_max) {
            return Error::invalid("secrets.list", "X-Pagination-Cursor",
                                  "expected at most 500 characters");
        }
        paging.cursor = *cursor;
    }
    if (const auto size = context.header("X-Pagination-Size"); size && !size->empty()) {
        const char* const end = size->data() + size->size();
        const auto [stopped, fault] = std::from_chars(size->data(), end, paging.max);
        if (fault != std::errc{} || stopped != end || paging.max < limits::list_page_min ||
            paging.max > limits::list_page_max) {
            return Error::invalid("secrets.list", "X-Pagination-Size",
                                  "expected a whole number from 10 to 100");
        }
    }
    return paging;
}

void encode_next(const std::string& cursor, net::HttpResponse& response) {
    if (!cursor.empty()) {
        response.headers.emplace_back("X-Pagination-Cursor-Next", cursor);
    }
}

void write_metadata(json::Writer& out, const secrets::Secret& secret, std::string_view plate) {
    const Settings& settings = secret.settings;
    out.key("metadata").begin_object();
    out.member("casRequired", settings.cas_required.value_or(false));
    out.member("createdAt", format_rfc3339(secret.created));
    out.member("currentVersion", static_cast<std::int64_t>(secret.current));
    out.key("customMetadata").begin_object();
    for (const auto& [key, value] : secret.custom_metadata) {
        out.member(key, value);
    }
    out.end_object();
    out.member("deactivateVersionAfter", settings.deactivate_after.value_or("0s"));
    const std::uint32_t kept = settings.max_versions.value_or(0);
    out.member("maxVersions", static_cast<std::int64_t>(
                                  kept == 0 ? limits::secret_versions_default : kept));
    out.member("oldestVersion", static_cast<std::int64_t>(secret.oldest));
    out.member("updatedAt", format_rfc3339(secret.updated));
    out.member("urn",
               access::object_urn(plate, secret.domain, secrets::kSecretKind, secret.path));
    out.end_object();
}

/// The members of a version. Data is in ordinary memory from here to the socket: the response is
/// marked to be wiped.
void write_version(json::Writer& out, const SecretAnswer& answer) {
    const secrets::Version& version = *answer.version;
    out.begin_object();
    out.member("id", static_cast<std::int64_t>(version.number));
    out.member("state", secrets::state_name(answer.state));
    out.member("createdAt", format_rfc3339(version.created));
    // A date that lies ahead, or lay ahead when the data was deleted, is none of a deactivation.
    const bool happened = answer.state == secrets::VersionState::kDeactivated ||
                          (version.deleted && version.deactivation <= version.deleted);
    if (happened && version.deactivation) {
        out.member("deactivatedAt", format_rfc3339(*version.deactivation));
    }
    if (answer.data) {
        answer.data->with_exposed(crypto::insecure_expose_secret(), [&](BytesView data) {
            out.key("data").raw(as_text(data));
        });
    }
    out.end_object();
}

/// Room for the whole answer at once: growing would leave data behind in freed memory.
void prepare(const SecretAnswer& answer, net::HttpResponse& response) {
    if (answer.data) {
        constexpr std::size_t kMetadataRoom = 1024;
        constexpr std::size_t kEntryRoom = 16;
        std::size_t room = kMetadataRoom + answer.data->size();
        if (answer.secret) {
            room += 2 * answer.secret->path.size();
            for (const auto& [key, value] : answer.secret->custom_metadata) {
                room += kEntryRoom + 6 * key.size() + value.size();
            }
        }
        response.body.reserve(room);
        response.wipe_body = true;
    }
}

/// {path, metadata, version?}
void write_secret(json::Writer& out, const SecretAnswer& answer, Context& context,
                  bool with_version) {
    out.begin_object();
    out.member("path", answer.secret->path);
    write_metadata(out, *answer.secret, context.plate());
    if (with_version && answer.version) {
        out.key("version");
        write_version(out, answer);
    }
    out.end_object();
}

void encode_secret(const SecretAnswer& answer, Context& context, net::HttpResponse& response,
                   bool with_version) {
    prepare(answer, response);
    json::Writer out(response.body);
    write_secret(out, answer, context, with_version);
}

void encode_list(const secrets::ListSecrets::Reply& reply, Context& context,
                 net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& secret : reply.secrets) {
        SecretAnswer answer;
        answer.secret = secret;
        write_secret(out, answer, context, false);
    }
    out.end_array();
    encode_next(reply.next, response);
}

void encode_version(const SecretAnswer& answer, net::HttpResponse& response) {
    prepare(answer, response);
    json::Writer out(response.body);
    write_version(out, answer);
}

template <class Command>
Result<Command> decode_read(Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<Command>(context, principal));
    CH_TRY(command.version, query_number(context, "version", 1));
    return command;
}

template <class Command>
Result<Command> decode_version_ref(Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<Command>(context, principal));
    CH_TRY(command.version, version_parameter(context));
    return command;
}

template <class Command>
Result<Command> decode_switch(Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_version_ref<Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"state"}));
    CH_TRY(const std::string_view state, body.member("state").string());
    if (!secrets::state_from_name(state)) {
        return Error::invalid("secrets.version", "state",
                              "expected active, deactivated or deleted");
    }
    return command;
}

void encode_config(const Settings& settings, net::HttpResponse& response) {
    const std::uint32_t kept = settings.max_versions.value_or(0);
    json::Writer(response.body)
        .begin_object()
        .member("casRequired", settings.cas_required.value_or(false))
        .member("deactivateVersionAfter", settings.deactivate_after.value_or("0s"))
        .member("maxVersions", static_cast<std::int64_t>(
                                   kept == 0 ? limits::secret_versions_default : kept))
        .end_object();
}

}  // namespace

Result<std::optional<std::uint32_t>> query_number(Context& context, std::string_view name,
                                                  std::int64_t lowest) {
    CH_TRY(const auto text, context.query(name));
    if (!text) {
        return std::optional<std::uint32_t>{};
    }
    CH_TRY(const std::int64_t number,
           context.query_integer(name, {lowest, limits::secret_versions_max, lowest}));
    return std::optional(static_cast<std::uint32_t>(number));
}

Result<SecretPaging> decode_secret_paging(Context& context) { return decode_paging(context); }

void encode_secret_cursor(const std::string& cursor, net::HttpResponse& response) {
    encode_next(cursor, response);
}

void encode_secret_answer(const SecretAnswer& answer, Context& context,
                          net::HttpResponse& response) {
    encode_secret(answer, context, response, false);
}

Result<secrets::CreateSecret::Command> Binding<secrets::CreateSecret>::decode(
    Context& context, const access::Principal& principal) {
    secrets::CreateSecret::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"path", "metadata", "version"}));
    CH_TRY(const std::string_view path, body.member("path").string());
    // Before the right is asked: what cannot be a path has no name to ask it on.
    CH_TRY_VOID(secrets::check_path(path));
    command.path = path;
    CH_TRY(command.metadata, decode_metadata(body.member("metadata")));
    CH_TRY(command.data, decode_version_data(body));
    return command;
}
void Binding<secrets::CreateSecret>::encode(SecretAnswer& reply, Context& context,
                                            net::HttpResponse& response) {
    encode_secret(reply, context, response, false);
}

Result<secrets::ListSecrets::Command> Binding<secrets::ListSecrets>::decode(
    Context& context, const access::Principal& principal) {
    secrets::ListSecrets::Command command;
    command.domain = context.domain(principal);
    CH_TRY(Paging paging, decode_paging(context));
    command.cursor = std::move(paging.cursor);
    command.max = paging.max;
    return command;
}
void Binding<secrets::ListSecrets>::encode(secrets::ListSecrets::Reply& reply, Context& context,
                                           net::HttpResponse& response) {
    encode_list(reply, context, response);
}

Result<secrets::SearchSecrets::Command> Binding<secrets::SearchSecrets>::decode(
    Context& context, const access::Principal& principal) {
    secrets::SearchSecrets::Command command;
    command.domain = context.domain(principal);
    CH_TRY(Paging paging, decode_paging(context));
    command.cursor = std::move(paging.cursor);
    command.max = paging.max;
    CH_TRY(auto prefix, context.query("prefix"));
    command.prefix = std::move(prefix).value_or("");
    CH_TRY(auto text, context.query("text"));
    command.text = std::move(text).value_or("");
    for (const auto* given : {&command.prefix, &command.text}) {
        if (!given->empty()) {
            CH_TRY_VOID(secrets::check_path(*given));
        }
    }
    return command;
}
void Binding<secrets::SearchSecrets>::encode(secrets::ListSecrets::Reply& reply,
                                             Context& context, net::HttpResponse& response) {
    encode_list(reply, context, response);
}

Result<secrets::GetSecret::Command> Binding<secrets::GetSecret>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY_VOID(rest::choose_secret_read(context));
    return decode_read<secrets::GetSecret::Command>(context, principal);
}
void Binding<secrets::GetSecret>::encode(SecretAnswer& reply, Context& context,
                                         net::HttpResponse& response) {
    encode_secret(reply, context, response, true);
}

Result<secrets::ReadSecret::Command> Binding<secrets::ReadSecret>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY_VOID(rest::choose_secret_read(context));
    return decode_read<secrets::ReadSecret::Command>(context, principal);
}
void Binding<secrets::ReadSecret>::encode(SecretAnswer& reply, Context& context,
                                          net::HttpResponse& response) {
    encode_secret(reply, context, response, true);
}

Result<secrets::UpdateSecret::Command> Binding<secrets::UpdateSecret>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::UpdateSecret::Command>(context, principal));
    CH_TRY(command.cas, query_number(context, "cas", 0));
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"metadata", "version"}));
    CH_TRY(command.metadata, decode_metadata(body.member("metadata")));
    return command;
}
void Binding<secrets::UpdateSecret>::encode(SecretAnswer& reply, Context& context,
                                            net::HttpResponse& response) {
    encode_secret(reply, context, response, false);
}

Result<secrets::PutSecret::Command> Binding<secrets::PutSecret>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::PutSecret::Command>(context, principal));
    CH_TRY(command.cas, query_number(context, "cas", 0));
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"metadata", "version"}));
    CH_TRY(command.metadata, decode_metadata(body.member("metadata")));
    CH_TRY(command.data, decode_version_data(body));
    return command;
}
void Binding<secrets::PutSecret>::encode(SecretAnswer& reply, Context& context,
                                         net::HttpResponse& response) {
    encode_secret(reply, context, response, false);
}

Result<secrets::DeleteSecret::Command> Binding<secrets::DeleteSecret>::decode(
    Context& context, const access::Principal& principal) {
    return decode_ref<secrets::DeleteSecret::Command>(context, principal);
}
void Binding<secrets::DeleteSecret>::encode(secrets::Nothing&, Context&, net::HttpResponse&) {}

Result<secrets::ListVersions::Command> Binding<secrets::ListVersions>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::ListVersions::Command>(context, principal));
    CH_TRY(Paging paging, decode_paging(context));
    command.cursor = std::move(paging.cursor);
    command.max = paging.max;
    return command;
}
void Binding<secrets::ListVersions>::encode(secrets::ListVersions::Reply& reply, Context&,
                                            net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const SecretAnswer& answer : reply.versions) {
        write_version(out, answer);
    }
    out.end_array();
    encode_next(reply.next, response);
}

Result<secrets::CreateVersion::Command> Binding<secrets::CreateVersion>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::CreateVersion::Command>(context, principal));
    CH_TRY(command.cas, query_number(context, "cas", 0));
    CH_TRY(const json::Value body, context.secret_body());
    CH_TRY_VOID(body.only_members({"data", "generate"}));
    CH_TRY(command.data, secrets::new_data_of(body));
    return command;
}
void Binding<secrets::CreateVersion>::encode(SecretAnswer& reply, Context&,
                                             net::HttpResponse& response) {
    encode_version(reply, response);
}

Result<secrets::GetVersion::Command> Binding<secrets::GetVersion>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY_VOID(rest::choose_secret_read(context));
    return decode_version_ref<secrets::GetVersion::Command>(context, principal);
}
void Binding<secrets::GetVersion>::encode(SecretAnswer& reply, Context&,
                                          net::HttpResponse& response) {
    encode_version(reply, response);
}

Result<secrets::ReadVersion::Command> Binding<secrets::ReadVersion>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY_VOID(rest::choose_secret_read(context));
    return decode_version_ref<secrets::ReadVersion::Command>(context, principal);
}
void Binding<secrets::ReadVersion>::encode(SecretAnswer& reply, Context&,
                                           net::HttpResponse& response) {
    encode_version(reply, response);
}

Result<secrets::ActivateVersion::Command> Binding<secrets::ActivateVersion>::decode(
    Context& context, const access::Principal& principal) {
    return decode_switch<secrets::ActivateVersion::Command>(context, principal);
}
void Binding<secrets::ActivateVersion>::encode(SecretAnswer& reply, Context&,
                                               net::HttpResponse& response) {
    encode_version(reply, response);
}

Result<secrets::DeactivateVersion::Command> Binding<secrets::DeactivateVersion>::decode(
    Context& context, const access::Principal& principal) {
    return decode_switch<secrets::DeactivateVersion::Command>(context, principal);
}
void Binding<secrets::DeactivateVersion>::encode(SecretAnswer& reply, Context&,
                                                 net::HttpResponse& response) {
    encode_version(reply, response);
}

Result<secrets::DeleteVersion::Command> Binding<secrets::DeleteVersion>::decode(
    Context& context, const access::Principal& principal) {
    return decode_switch<secrets::DeleteVersion::Command>(context, principal);
}
void Binding<secrets::DeleteVersion>::encode(SecretAnswer& reply, Context&,
                                             net::HttpResponse& response) {
    encode_version(reply, response);
}

Result<secrets::GetConfig::Command> Binding<secrets::GetConfig>::decode(
    Context& context, const access::Principal& principal) {
    return secrets::GetConfig::Command{context.domain(principal)};
}
void Binding<secrets::GetConfig>::encode(Settings& reply, Context&, net::HttpResponse& response) {
    encode_config(reply, response);
}

Result<secrets::UpdateConfig::Command> Binding<secrets::UpdateConfig>::decode(
    Context& context, const access::Principal& principal) {
    secrets::UpdateConfig::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"casRequired", "cas_required", "deactivateVersionAfter",
                                   "deactivate_version_after", "maxVersions", "max_versions"}));
    CH_TRY(command.settings, decode_settings(body));
    return command;
}
void Binding<secrets::UpdateConfig>::encode(Settings& reply, Context&,
                                            net::HttpResponse& response) {
    encode_config(reply, response);
}

}  // namespace chatelaine::faces::http

namespace chatelaine::faces::rest {

Result<std::size_t> choose_secret_read(http::Context& context) {
    CH_TRY(const auto value, context.query("includeData"));
    if (!value || *value == "false" || value->empty()) {
        return std::size_t{0};
    }
    if (*value != "true") {
        // The stronger right stands before the refusal.
        return Error::invalid("secrets.read", "includeData", "expected true or false");
    }
    return std::size_t{1};
}

Result<std::size_t> choose_secret_write(http::Context& context) {
    CH_TRY(const json::Value body, context.secret_body());
    return body.member("version").is_absent() && !body.member("metadata").is_absent()
               ? std::size_t{1}
               : std::size_t{0};
}

Result<std::size_t> choose_version_state(http::Context& context) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY(const std::string_view name, body.member("state").string());
    const auto state = secrets::state_from_name(name);
    return state ? static_cast<std::size_t>(*state) : std::size_t{0};
}

}  // namespace chatelaine::faces::rest

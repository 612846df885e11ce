// Mounts and tokens, as Vault's clients ask for them.
#include "faces/vault/bindings.hpp"
#include "secrets/duration.hpp"

namespace chatelaine::faces::vault {

Result<gate::Outcome<ListMounts>> run(const gate::Authorised<ListMounts>&, gate::Services&) {
    return gate::Outcome<ListMounts>{};
}

Result<gate::Outcome<GetMount>> run(const gate::Authorised<GetMount>&, gate::Services&) {
    return gate::Outcome<GetMount>{};
}

}  // namespace chatelaine::faces::vault

namespace chatelaine::faces::http {
namespace {

constexpr std::string_view kMount = "secret/";

void begin(json::Writer& out, const Context& context) {
    out.begin_object();
    out.member("request_id", context.call().request.to_string());
    out.member("lease_id", "");
    out.member("renewable", false);
    out.member("lease_duration", 0);
}

/// The members of the mount, in an object that the caller opened.
void write_mount(json::Writer& out) {
    out.member("type", "kv");
    out.member("description", "");
    out.key("options").begin_object().member("version", "2").end_object();
    out.key("config").begin_object().end_object();
    out.member("accessor", "kv_secret");
    out.member("local", false);
    out.member("seal_wrap", false);
    out.member("external_entropy_access", false);
    out.member("uuid", "");
}

std::int64_t seconds_left(const tenancy::TokenAnswer& answer) {
    const auto& expires = answer.token->expires;
    return expires ? std::max<std::int64_t>(0, expires->seconds() - answer.now.seconds()) : 0;
}

void write_policies(json::Writer& out, std::string_view name) {
    out.key(name).begin_array().string("default").end_array();
}

void write_token(json::Writer& out, const tenancy::TokenAnswer& answer) {
    const access::Token* const token = answer.token.get();
    const bool ends = token != nullptr && token->expires.has_value();
    const WallTime created = token != nullptr ? token->created : answer.identity->created;
    out.begin_object();
    out.member("accessor", token != nullptr ? token->id.to_string() : std::string{});
    out.member("creation_time", created.seconds());
    out.member("creation_ttl",
               ends ? token->expires->seconds() - token->created.seconds() : std::int64_t{0});
    out.member("display_name", answer.identity->name);
    out.member("entity_id", answer.identity->id.to_string());
    out.key("expire_time");
    if (ends) {
        out.string(format_rfc3339(*token->expires));
    } else {
        out.null();
    }
    out.member("explicit_max_ttl", 0);
    // Not the token's text: an answer that is logged must not give it away.
    out.member("id", token != nullptr ? token->id.to_string() : std::string{});
    out.member("issue_time", format_rfc3339(created));
    out.key("meta").null();
    out.member("num_uses", 0);
    out.member("orphan", token == nullptr || token->parent.is_nil());
    out.member("path", "auth/token/create");
    write_policies(out, "policies");
    out.member("renewable", false);
    out.member("ttl", ends ? seconds_left(answer) : std::int64_t{0});
    out.member("type", "service");
    out.end_object();
}

void encode_token(const tenancy::TokenAnswer& answer, const Context& context,
                  net::HttpResponse& response) {
    json::Writer out(response.body);
    begin(out, context);
    out.key("data");
    write_token(out, answer);
    out.end_object();
}

/// A duration as text or as seconds; 0 when absent.
Result<std::int64_t> decode_seconds(const json::Value& body, std::string_view name) {
    const json::Value value = body.member(name);
    if (value.is_absent()) {
        return std::int64_t{0};
    }
    if (value.type() == json::Type::kNumber) {
        return secrets::parse_duration(value.number_text(), name);
    }
    CH_TRY(const std::string_view text, value.string());
    return secrets::parse_duration(text, name);
}

/// What clients send when they mean nothing by it.
Result<void> require_empty(const json::Value& value) {
    const bool empty =
        value.is_absent() ||
        (value.is_string() && value.string()->empty()) ||
        (value.type() == json::Type::kNumber && value.number_text() == "0");
    if (!empty) {
        return Error(Code::kNotSupported, "vault.token", "tokens have no such property")
            .in_field(value.path());
    }
    return ok();
}

}  // namespace

Result<vault::ListMounts::Command> Binding<vault::ListMounts>::decode(Context&,
                                                                      const access::Principal&) {
    return vault::ListMounts::Command{};
}
void Binding<vault::ListMounts>::encode(vault::ListMounts::Reply&, Context& context,
                                        net::HttpResponse& response) {
    json::Writer out(response.body);
    begin(out, context);
    out.key("data").begin_object();
    out.key("auth").begin_object();
    out.key("token/").begin_object().member("type", "token").member("description", "");
    out.key("options").null();
    out.end_object().end_object();
    out.key("secret").begin_object().key(kMount).begin_object();
    write_mount(out);
    out.end_object().end_object().end_object().end_object();
}

Result<vault::GetMount::Command> Binding<vault::GetMount>::decode(Context& context,
                                                                  const access::Principal&) {
    CH_TRY(const std::string path, context.parameter("path"));
    if (path != "secret" && !path.starts_with(kMount)) {
        return Error(Code::kNotFound, "vault.mount", "nothing is mounted there but secret/");
    }
    return vault::GetMount::Command{};
}
void Binding<vault::GetMount>::encode(vault::GetMount::Reply&, Context& context,
                                      net::HttpResponse& response) {
    json::Writer out(response.body);
    begin(out, context);
    out.key("data").begin_object();
    out.member("path", kMount);
    write_mount(out);
    out.end_object().end_object();
}

Result<tenancy::LookupSelf::Command> Binding<tenancy::LookupSelf>::decode(
    Context&, const access::Principal&) {
    return tenancy::LookupSelf::Command{};
}
void Binding<tenancy::LookupSelf>::encode(tenancy::TokenAnswer& reply, Context& context,
                                          net::HttpResponse& response) {
    encode_token(reply, context, response);
}

Result<tenancy::LookupToken::Command> Binding<tenancy::LookupToken>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"token"}));
    CH_TRY(const std::string_view text, body.member("token").string());
    if (text.size() > limits::token_characters_max) {
        return Error::invalid("vault.token", "token", "not a token");
    }
    return tenancy::LookupToken::Command{crypto::SecretBytes::copy_of(as_bytes(text))};
}
void Binding<tenancy::LookupToken>::encode(tenancy::TokenAnswer& reply, Context& context,
                                           net::HttpResponse& response) {
    encode_token(reply, context, response);
}

Result<tenancy::CreateChildToken::Command> Binding<tenancy::CreateChildToken>::decode(
    Context& context, const access::Principal&) {
    tenancy::CreateChildToken::Command command;
    command.name = "child";
    if (context.request().body.empty()) {
        return command;
    }
    CH_TRY(const json::Value body, context.body());
    // What cannot be kept is refused; policies have no counterpart and give nothing more anyway.
    CH_TRY_VOID(body.only_members({"display_name", "entity_alias", "explicit_max_ttl", "id",
                                   "lease", "meta", "metadata", "no_default_policy", "no_parent",
                                   "num_uses", "period", "policies", "renewable", "ttl",
                                   "type"}));
    for (const std::string_view name : {"id", "num_uses", "period"}) {
        CH_TRY_VOID(require_empty(body.member(name)));
    }
    if (const json::Value type = body.member("type"); !type.is_absent()) {
        CH_TRY(const std::string_view text, type.string());
        if (!text.empty() && text != "service") {
            return Error::invalid("vault.token", "type", "expected service");
        }
    }
    if (const json::Value name = body.member("display_name"); !name.is_absent()) {
        CH_TRY(const std::string_view text, name.string());
        command.name = text.substr(0, limits::credential_name_characters_max);
    }
    CH_TRY(const std::int64_t ttl, decode_seconds(body, "ttl"));
    CH_TRY(const std::int64_t most, decode_seconds(body, "explicit_max_ttl"));
    command.seconds = ttl == 0 || most == 0 ? std::max(ttl, most) : std::min(ttl, most);
    return command;
}
void Binding<tenancy::CreateChildToken>::encode(tenancy::CreateChildToken::Reply& reply,
                                                Context& context, net::HttpResponse& response) {
    constexpr std::size_t kRoom = 2048;
    response.body.reserve(kRoom);
    response.wipe_body = true;
    json::Writer out(response.body);
    begin(out, context);
    out.key("data").null();
    out.key("warnings").null();
    out.key("auth").begin_object();
    reply.text.with_exposed(crypto::insecure_expose_secret(), [&](BytesView text) {
        out.member("client_token", as_text(text));
    });
    out.member("accessor", reply.token->id.to_string());
    write_policies(out, "policies");
    write_policies(out, "token_policies");
    out.key("metadata").null();
    out.member("lease_duration", seconds_left(reply));
    out.member("renewable", false);
    out.member("entity_id", reply.identity->id.to_string());
    out.member("token_type", "service");
    out.member("orphan", false);
    out.member("num_uses", 0);
    out.end_object().end_object();
}

}  // namespace chatelaine::faces::http

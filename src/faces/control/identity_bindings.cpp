// Identities and their tokens.
#include "faces/control/bindings.hpp"
#include "faces/control/fields.hpp"

namespace chatelaine::faces::http {
namespace {

using control::text_field;
using tenancy::Nothing;

void encode_identity(const access::Identity& identity, net::HttpResponse& response) {
    json::Writer out(response.body);
    control::write_identity(out, identity);
}

template <class Command>
Result<Command> decode_identity_ref(Context& context) {
    Command command;
    CH_TRY(command.identity, context.id_parameter<IdentityId>("identityId"));
    return command;
}

void write_token(json::Writer& out, const access::Token& token) {
    out.member("id", token.id.to_string())
        .member("name", token.name)
        .member("description", token.description)
        .member("identity", token.identity.to_string())
        .member("createdAt", format_rfc3339(token.created));
    if (!token.domain.is_nil()) {
        out.member("domain", token.domain.to_string());
    }
    if (token.expires) {
        out.member("expiresAt", format_rfc3339(*token.expires));
    }
    if (token.revoked) {
        out.member("revokedAt", format_rfc3339(*token.revoked));
    }
}

}  // namespace

Result<tenancy::CreateIdentity::Command> Binding<tenancy::CreateIdentity>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "grants", "groups"}));
    tenancy::CreateIdentity::Command command;
    CH_TRY(command.name, text_field(body, "name", {true, 64}));
    CH_TRY(command.description, text_field(body, "description", {false, 800}));
    CH_TRY(auto grants, control::grants_field(body));
    command.grants = std::move(grants).value_or(std::vector<access::Grant>{});
    if (!body.member("groups").is_absent()) {
        CH_TRY(command.groups, control::texts_field(body, "groups", 100));
    }
    return command;
}
void Binding<tenancy::CreateIdentity>::encode(tenancy::CreateIdentity::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    encode_identity(*reply.identity, response);
}

Result<tenancy::GetIdentity::Command> Binding<tenancy::GetIdentity>::decode(
    Context& context, const access::Principal&) {
    return decode_identity_ref<tenancy::GetIdentity::Command>(context);
}
void Binding<tenancy::GetIdentity>::encode(tenancy::GetIdentity::Reply& reply, Context&,
                                           net::HttpResponse& response) {
    encode_identity(*reply.identity, response);
}

Result<tenancy::ListIdentities::Command> Binding<tenancy::ListIdentities>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const control::PageRequest page, control::page_request(context));
    return tenancy::ListIdentities::Command{page.after, page.max};
}
void Binding<tenancy::ListIdentities>::encode(tenancy::ListIdentities::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& identity : reply.identities) {
        control::write_identity(out, *identity);
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}

Result<tenancy::UpdateIdentity::Command> Binding<tenancy::UpdateIdentity>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(auto command, decode_identity_ref<tenancy::UpdateIdentity::Command>(context));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"description", "grants", "groups", "disabled"}));
    if (!body.member("description").is_absent()) {
        CH_TRY(command.description, text_field(body, "description", {false, 800}));
    }
    CH_TRY(command.grants, control::grants_field(body));
    if (!body.member("groups").is_absent()) {
        CH_TRY(command.groups, control::texts_field(body, "groups", 100));
    }
    if (const json::Value disabled = body.member("disabled"); !disabled.is_absent()) {
        CH_TRY(command.disabled, disabled.boolean());
    }
    return command;
}
void Binding<tenancy::UpdateIdentity>::encode(tenancy::UpdateIdentity::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    encode_identity(*reply.identity, response);
}

Result<tenancy::DeleteIdentity::Command> Binding<tenancy::DeleteIdentity>::decode(
    Context& context, const access::Principal&) {
    return decode_identity_ref<tenancy::DeleteIdentity::Command>(context);
}
void Binding<tenancy::DeleteIdentity>::encode(Nothing&, Context&, net::HttpResponse&) {}

Result<tenancy::CreateToken::Command> Binding<tenancy::CreateToken>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(auto command, decode_identity_ref<tenancy::CreateToken::Command>(context));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "expiresIn", "domain"}));
    CH_TRY(command.name, text_field(body, "name", {true, 64}));
    CH_TRY(command.description, text_field(body, "description", {false, 800}));
    if (const json::Value expires = body.member("expiresIn"); !expires.is_absent()) {
        CH_TRY(command.expires_in_seconds, expires.integer());
    }
    if (const json::Value domain = body.member("domain"); !domain.is_absent()) {
        CH_TRY(const std::string_view text, domain.string());
        const auto id = DomainId::parse(text);
        if (!id) {
            return Error::invalid("control.token", "domain", "expected a UUID");
        }
        command.domain = *id;
    }
    return command;
}
void Binding<tenancy::CreateToken>::encode(tenancy::CreateToken::Reply& reply, Context&,
                                           net::HttpResponse& response) {
    response.wipe_body = true;
    json::Writer out(response.body);
    out.begin_object();
    write_token(out, *reply.token);
    control::write_secret_member(out, "token", reply.text);
    out.end_object();
}

Result<tenancy::ListTokens::Command> Binding<tenancy::ListTokens>::decode(
    Context& context, const access::Principal&) {
    return decode_identity_ref<tenancy::ListTokens::Command>(context);
}
void Binding<tenancy::ListTokens>::encode(tenancy::ListTokens::Reply& reply, Context&,
                                          net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& token : reply.tokens) {
        out.begin_object();
        write_token(out, *token);
        out.end_object();
    }
    out.end_array();
}

Result<tenancy::RevokeToken::Command> Binding<tenancy::RevokeToken>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(auto command, decode_identity_ref<tenancy::RevokeToken::Command>(context));
    CH_TRY(command.token, context.id_parameter<Uuid>("tokenId"));
    return command;
}
void Binding<tenancy::RevokeToken>::encode(Nothing&, Context&, net::HttpResponse&) {}

}  // namespace chatelaine::faces::http

// Service accounts as OVH's OAuth2 clients, and the token endpoint of RFC 6749.
#include "faces/control/bindings.hpp"
#include "faces/control/fields.hpp"
#include "faces/control/form.hpp"

namespace chatelaine::faces::http {
namespace {

using control::text_field;

void write_client(json::Writer& out, const access::Identity& identity) {
    out.member("clientId", identity.id.to_string())
        .member("name", identity.label)
        .member("description", identity.description)
        .member("flow", "CLIENT_CREDENTIALS")
        .member("identity", identity.urn)
        .member("createdAt", format_rfc3339(identity.created))
        .key("callbackUrls")
        .begin_array()
        .end_array();
}

void encode_client(const tenancy::ServiceAccountReply& reply, net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object();
    write_client(out, *reply.identity);
    out.end_object();
}

template <class Command>
Result<Command> decode_client_ref(Context& context) {
    Command command;
    CH_TRY(command.identity, context.id_parameter<IdentityId>("clientId"));
    return command;
}

/// There is nobody to call back: the other flow needs a browser.
Result<void> check_flow(const json::Value& body) {
    const json::Value flow = body.member("flow");
    if (!flow.is_absent()) {
        CH_TRY(const std::string_view text, flow.string());
        if (text != "CLIENT_CREDENTIALS") {
            return Error::invalid("control.client", "flow", "expected CLIENT_CREDENTIALS");
        }
    }
    const json::Value urls = body.member("callbackUrls");
    if (!urls.is_absent() && (!urls.is_array() || urls.size() != 0)) {
        return Error::invalid("control.client", "callbackUrls", "expected none for this flow");
    }
    return ok();
}

/// RFC 6749, section 5.2.
std::string_view oauth_error(const Error& error) {
    switch (http_status(error.code())) {
        case 401: return "invalid_client";
        case 429:
        case 503: return "temporarily_unavailable";
        case 500: return "server_error";
        default: break;
    }
    const std::string& field = error.detail().field;
    return field == "grant_type" ? "unsupported_grant_type"
           : field == "scope"    ? "invalid_scope"
                                 : "invalid_request";
}

}  // namespace

Result<tenancy::CreateServiceAccount::Command> Binding<tenancy::CreateServiceAccount>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "flow", "callbackUrls"}));
    CH_TRY_VOID(check_flow(body));
    tenancy::CreateServiceAccount::Command command;
    CH_TRY(command.name, text_field(body, "name", {true, 64}));
    CH_TRY(command.description, text_field(body, "description", {false, 800}));
    return command;
}
void Binding<tenancy::CreateServiceAccount>::encode(tenancy::CreateServiceAccount::Reply& reply,
                                                    Context&, net::HttpResponse& response) {
    constexpr std::size_t kRoom = 4096;  // so that the secret is written once, and wiped there
    response.body.reserve(kRoom);
    response.wipe_body = true;
    json::Writer out(response.body);
    out.begin_object();
    write_client(out, *reply.identity);
    control::write_secret_member(out, "clientSecret", reply.secret);
    out.end_object();
}

Result<tenancy::ListServiceAccounts::Command> Binding<tenancy::ListServiceAccounts>::decode(
    Context&, const access::Principal&) {
    return tenancy::ListServiceAccounts::Command{};
}
void Binding<tenancy::ListServiceAccounts>::encode(tenancy::ListServiceAccounts::Reply& reply,
                                                   Context&, net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& identity : reply.identities) {
        out.string(identity->id.to_string());
    }
    out.end_array();
}

Result<tenancy::GetServiceAccount::Command> Binding<tenancy::GetServiceAccount>::decode(
    Context& context, const access::Principal&) {
    return decode_client_ref<tenancy::GetServiceAccount::Command>(context);
}
void Binding<tenancy::GetServiceAccount>::encode(tenancy::GetServiceAccount::Reply& reply, Context&,
                                                 net::HttpResponse& response) {
    encode_client(reply, response);
}

Result<tenancy::UpdateServiceAccount::Command> Binding<tenancy::UpdateServiceAccount>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(auto command, decode_client_ref<tenancy::UpdateServiceAccount::Command>(context));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "flow", "callbackUrls"}));
    CH_TRY_VOID(check_flow(body));
    if (!body.member("name").is_absent()) {
        CH_TRY(command.name, text_field(body, "name", {true, 64}));
    }
    if (!body.member("description").is_absent()) {
        CH_TRY(command.description, text_field(body, "description", {false, 800}));
    }
    return command;
}
void Binding<tenancy::UpdateServiceAccount>::encode(tenancy::UpdateServiceAccount::Reply& reply,
                                                    Context&, net::HttpResponse& response) {
    encode_client(reply, response);
}

Result<tenancy::DeleteServiceAccount::Command> Binding<tenancy::DeleteServiceAccount>::decode(
    Context& context, const access::Principal&) {
    return decode_client_ref<tenancy::DeleteServiceAccount::Command>(context);
}
void Binding<tenancy::DeleteServiceAccount>::encode(tenancy::Nothing&, Context&,
                                                    net::HttpResponse& response) {
    response.body = "null";
}

Result<tenancy::IssueClientToken::Command> Binding<tenancy::IssueClientToken>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const control::Form form, control::Form::read(context));
    if (form.value("grant_type").empty()) {
        return Error::missing("control.client", "body");
    }
    if (form.value("grant_type") != "client_credentials") {
        return Error::invalid("control.client", "grant_type", "expected client_credentials");
    }
    CH_TRY(auto credentials, control::client_credentials(context, form));
    const std::string_view scope = form.value("scope");
    if (!scope.empty() && scope != "all") {
        return Error::invalid("control.client", "scope", "expected all");
    }
    return tenancy::IssueClientToken::Command{std::move(credentials.id),
                                              std::move(credentials.secret)};
}
void Binding<tenancy::IssueClientToken>::encode(tenancy::IssueClientToken::Reply& reply, Context&,
                                                net::HttpResponse& response) {
    constexpr std::size_t kRoom = 1024;
    response.body.reserve(kRoom);
    response.wipe_body = true;
    response.headers.emplace_back("Cache-Control", "no-store");
    json::Writer out(response.body);
    out.begin_object();
    control::write_secret_member(out, "access_token", reply.text);
    out.member("token_type", "Bearer")
        .member("expires_in", tenancy::client_token_seconds)
        .member("scope", "all")
        .end_object();
}
void Binding<tenancy::IssueClientToken>::encode_error(const Error& error, Context&,
                                                      net::HttpResponse& response) {
    response.body.clear();
    json::Writer(response.body)
        .begin_object()
        .member("error", oauth_error(error))
        .member("error_description", public_message(error))
        .end_object();
    for (auto& [name, value] : response.headers) {
        value = name == "WWW-Authenticate" ? "Basic realm=\"chatelaine\"" : value;
    }
    response.headers.emplace_back("Cache-Control", "no-store");
}

}  // namespace chatelaine::faces::http

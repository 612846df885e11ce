// Domains and their client certificates.
#include "faces/control/bindings.hpp"
#include "faces/control/fields.hpp"

namespace chatelaine::faces::http {
namespace {

using control::text_field;

void write_domain(json::Writer& out, const access::Domain& domain, const Context& context) {
    const tenancy::Tools& tools = context.tools();
    const std::string urn = access::domain_urn(context.plate(), domain.id);
    out.begin_object()
        .member("id", domain.id.to_string())
        .member("region", domain.region)
        .member("name", domain.name)
        .member("restEndpoint", tools.rest_url)
        .member("kmipEndpoint", tools.kmip_endpoint)
        .member("publicCA", tools.authorities_pem)
        .member("createdAt", format_rfc3339(domain.created))
        .key("iam")
        .begin_object()
        .member("id", domain.id.to_string())
        .member("urn", urn)
        .member("displayName", domain.name)
        .end_object()
        .end_object();
}

std::string_view status_of(const access::Credential& credential, WallTime now) {
    if (credential.revoked) {
        return "REVOKED";
    }
    return now >= credential.not_after ? "EXPIRED" : "READY";
}

void write_credential(json::Writer& out, const tenancy::CreateCredential::Reply& reply) {
    const access::Credential& credential = *reply.credential;
    out.begin_object()
        .member("id", credential.id.to_string())
        .member("name", credential.name)
        .member("description", credential.description)
        .member("status", status_of(credential, system_clock().now()))
        .member("fromCSR", credential.from_csr)
        .member("certificateType", credential.certificate_type)
        .member("createdAt", format_rfc3339(credential.created))
        .member("expiredAt", format_rfc3339(credential.not_after))
        .member("certificatePEM", credential.certificate_pem)
        .key("identityURNs")
        .begin_array();
    for (const auto& urn : reply.identity_urns) {
        out.string(urn);
    }
    out.end_array();
    if (credential.revoked) {
        out.member("revokedAt", format_rfc3339(*credential.revoked));
    }
    if (reply.private_key_pem) {
        control::write_secret_member(out, "privateKeyPEM", *reply.private_key_pem);
    }
    out.end_object();
}

template <class Command>
Result<Command> decode_credential_ref(Context& context, const access::Principal& principal) {
    Command command;
    command.domain = context.domain(principal);
    CH_TRY(command.credential, context.id_parameter<CredentialId>("credentialId"));
    return command;
}

}  // namespace

Result<tenancy::CreateDomain::Command> Binding<tenancy::CreateDomain>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"region", "name"}));
    tenancy::CreateDomain::Command command;
    CH_TRY(command.region, text_field(body, "region", {true, 64}));
    CH_TRY(command.name, text_field(body, "name", {true, 64}));
    return command;
}
void Binding<tenancy::CreateDomain>::encode(tenancy::CreateDomain::Reply& reply, Context& context,
                                            net::HttpResponse& response) {
    json::Writer out(response.body);
    write_domain(out, *reply.domain, context);
}

Result<tenancy::ListDomains::Command> Binding<tenancy::ListDomains>::decode(
    Context&, const access::Principal&) {
    return tenancy::ListDomains::Command{};
}
void Binding<tenancy::ListDomains>::encode(tenancy::ListDomains::Reply& reply, Context& context,
                                           net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& domain : reply.domains) {
        write_domain(out, *domain, context);
    }
    out.end_array();
}

Result<tenancy::GetDomain::Command> Binding<tenancy::GetDomain>::decode(
    Context& context, const access::Principal& principal) {
    tenancy::GetDomain::Command command;
    command.domain = context.domain(principal);
    return command;
}
void Binding<tenancy::GetDomain>::encode(tenancy::GetDomain::Reply& reply, Context& context,
                                         net::HttpResponse& response) {
    json::Writer out(response.body);
    write_domain(out, *reply.domain, context);
}

Result<tenancy::CreateCredential::Command> Binding<tenancy::CreateCredential>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members(
        {"name", "identityURNs", "description", "validity", "certificateType", "csr"}));
    tenancy::CreateCredential::Command command;
    command.domain = context.domain(principal);
    CH_TRY(command.name, text_field(body, "name", {true, 200}));
    CH_TRY(command.description, text_field(body, "description", {false, 800}));
    CH_TRY(command.identity_urns,
           control::texts_field(body, "identityURNs", limits::credential_identities_max));
    if (const json::Value validity = body.member("validity"); !validity.is_absent()) {
        CH_TRY(command.validity_days, validity.integer());
    }
    const bool typed = !body.member("certificateType").is_absent();
    if (typed) {
        CH_TRY(command.certificate_type, text_field(body, "certificateType", {true, 16}));
    }
    if (!body.member("csr").is_absent()) {
        if (typed) {
            return Error::invalid("control.credential", "certificateType",
                                  "a CSR has its own key type: give one or the other");
        }
        CH_TRY(command.csr, text_field(body, "csr", {true, limits::csr_bytes_max}));
    }
    return command;
}
void Binding<tenancy::CreateCredential>::encode(tenancy::CreateCredential::Reply& reply, Context&,
                                                net::HttpResponse& response) {
    response.wipe_body = reply.private_key_pem.has_value();
    json::Writer out(response.body);
    write_credential(out, reply);
}

Result<tenancy::GetCredential::Command> Binding<tenancy::GetCredential>::decode(
    Context& context, const access::Principal& principal) {
    return decode_credential_ref<tenancy::GetCredential::Command>(context, principal);
}
void Binding<tenancy::GetCredential>::encode(tenancy::GetCredential::Reply& reply, Context&,
                                             net::HttpResponse& response) {
    json::Writer out(response.body);
    write_credential(out, reply);
}

Result<tenancy::ListCredentials::Command> Binding<tenancy::ListCredentials>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(const control::PageRequest page, control::page_request(context));
    tenancy::ListCredentials::Command command;
    command.domain = context.domain(principal);
    command.after = page.after;
    command.max = page.max;
    return command;
}
void Binding<tenancy::ListCredentials>::encode(tenancy::ListCredentials::Reply& reply, Context&,
                                               net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& credential : reply.credentials) {
        write_credential(out, credential);
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}

Result<tenancy::RevokeCredential::Command> Binding<tenancy::RevokeCredential>::decode(
    Context& context, const access::Principal& principal) {
    return decode_credential_ref<tenancy::RevokeCredential::Command>(context, principal);
}
void Binding<tenancy::RevokeCredential>::encode(tenancy::RevokeCredential::Reply& reply, Context&,
                                                net::HttpResponse& response) {
    json::Writer out(response.body);
    write_credential(out, reply);
}

Result<operate::RotateDomainKey::Command> Binding<operate::RotateDomainKey>::decode(
    Context& context, const access::Principal& principal) {
    return operate::RotateDomainKey::Command{context.domain(principal)};
}
void Binding<operate::RotateDomainKey>::encode(operate::RotateDomainKey::Reply& reply, Context&,
                                               net::HttpResponse& response) {
    json::Writer(response.body)
        .begin_object()
        .member("generation", static_cast<std::int64_t>(reply.generation))
        .end_object();
}

}  // namespace chatelaine::faces::http

// Accounts, operators, claims; who am I and what may I do.
#include "faces/control/bindings.hpp"
#include "faces/control/fields.hpp"

namespace chatelaine::faces::http {
namespace {

using control::text_field;

void write_account(json::Writer& out, const tenancy::Account& account) {
    out.member("id", account.id.to_string())
        .member("name", account.name)
        .member("createdAt", format_rfc3339(account.created));
    if (account.claimed) {
        out.member("claimedAt", format_rfc3339(*account.claimed));
    }
    out.member("state", tenancy::state_name(account.state));
    if (account.since) {
        out.member("reason", account.reason).member("since", format_rfc3339(*account.since));
    }
}

}  // namespace

Result<tenancy::CreateAccount::Command> Binding<tenancy::CreateAccount>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "reason"}));
    tenancy::CreateAccount::Command command;
    CH_TRY(command.name, text_field(body, "name", {true, 64}));
    CH_TRY(command.reason, text_field(body, "reason", {false, 500}));
    return command;
}
void Binding<tenancy::CreateAccount>::encode(tenancy::CreateAccount::Reply& reply, Context&,
                                             net::HttpResponse& response) {
    response.wipe_body = true;
    json::Writer out(response.body);
    out.begin_object();
    write_account(out, *reply.account);
    control::write_secret_member(out, "claimCode", reply.claim_code);
    out.end_object();
}

Result<tenancy::ListAccounts::Command> Binding<tenancy::ListAccounts>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const control::PageRequest page, control::page_request(context));
    return tenancy::ListAccounts::Command{page.after, page.max};
}
void Binding<tenancy::ListAccounts>::encode(tenancy::ListAccounts::Reply& reply, Context&,
                                            net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& account : reply.accounts) {
        out.begin_object();
        write_account(out, *account);
        out.end_object();
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}

Result<tenancy::CreateOperator::Command> Binding<tenancy::CreateOperator>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "grants"}));
    tenancy::CreateOperator::Command command;
    CH_TRY(command.name, text_field(body, "name", {true, 64}));
    CH_TRY(auto grants, control::grants_field(body));
    command.grants = std::move(grants).value_or(std::vector<access::Grant>{});
    return command;
}
void Binding<tenancy::CreateOperator>::encode(tenancy::CreateOperator::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    response.wipe_body = true;
    json::Writer out(response.body);
    out.begin_object();
    control::write_secret_member(out, "enrolmentCode", reply.enrolment_code);
    out.end_object();
}

Result<tenancy::RedeemClaim::Command> Binding<tenancy::RedeemClaim>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"code", "csr"}));
    tenancy::RedeemClaim::Command command;
    CH_TRY(const std::string_view code, body.member("code").string());
    command.code = control::secret_text(code);
    command.operator_listener = context.call().type == "OPERATOR_AUDIT";
    if (!body.member("csr").is_absent()) {
        CH_TRY(command.csr, text_field(body, "csr", {true, limits::csr_bytes_max}));
    }
    return command;
}
void Binding<tenancy::RedeemClaim>::encode(tenancy::RedeemClaim::Reply& reply, Context&,
                                           net::HttpResponse& response) {
    response.wipe_body = true;
    json::Writer out(response.body);
    out.begin_object().key("identity");
    control::write_identity(out, *reply.identity);
    control::write_secret_member(out, "token", reply.token);
    if (!reply.certificate_pem.empty()) {
        out.member("certificatePEM", reply.certificate_pem);
    }
    out.end_object();
}

Result<tenancy::WhoAmI::Command> Binding<tenancy::WhoAmI>::decode(Context&,
                                                                  const access::Principal&) {
    return tenancy::WhoAmI::Command{};
}
void Binding<tenancy::WhoAmI>::encode(tenancy::WhoAmI::Reply& reply, Context&,
                                      net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object();
    out.member("party", reply.party == responsibility::Party::kProvider ? "provider" : "customer");
    out.member("account", reply.account.to_string());
    if (!reply.domain.is_nil()) {
        out.member("domain", reply.domain.to_string());
    }
    out.member("credential", reply.credential.to_string());
    out.member("byCertificate", reply.by_certificate);
    out.key("identities").begin_array();
    for (const auto& identity : reply.identities) {
        out.string(identity->urn);
    }
    out.end_array().end_object();
}

Result<tenancy::Can::Command> Binding<tenancy::Can>::decode(Context& context,
                                                            const access::Principal&) {
    tenancy::Can::Command command;
    for (const auto& [name, out] : {std::pair{"action", &command.action},
                                    std::pair{"resource", &command.resource}}) {
        CH_TRY(auto value, context.query(name));
        if (!value || value->empty()) {
            return Error::missing("control.can", name);
        }
        *out = std::move(*value);
    }
    return command;
}
void Binding<tenancy::Can>::encode(tenancy::Can::Reply& reply, Context&,
                                   net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object();
    control::write_explanation(out, reply.explanation);
    out.end_object();
}

}  // namespace chatelaine::faces::http

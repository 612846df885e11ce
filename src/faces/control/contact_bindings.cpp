// Contacts of a subscription. Bodies hold personal data: answers are wiped once written.
#include "faces/control/contact_bindings.hpp"

#include <algorithm>

#include "faces/control/fields.hpp"

namespace chatelaine::faces::http {
namespace {

constexpr std::size_t kValueBytesMax = 200;

Result<std::size_t> role_of(const Context& context) {
    CH_TRY(const std::string name, context.parameter("role"));
    const auto found =
        std::find(tenancy::contact_roles.begin(), tenancy::contact_roles.end(), name);
    if (found == tenancy::contact_roles.end()) {
        return Error::invalid("control.contact", "role",
                              "expected owner, admin, billing or security");
    }
    return static_cast<std::size_t>(found - tenancy::contact_roles.begin());
}

void write(json::Writer& out, const tenancy::Contact& contact) {
    out.begin_object().member("role", contact.role);
    for (std::size_t i = 0; i < contact.values.size(); ++i) {
        out.member(tenancy::contact_fields[i], contact.values[i]);
    }
    out.member("createdAt", format_rfc3339(contact.created))
        .member("updatedAt", format_rfc3339(contact.updated))
        .end_object();
}

void reply_contact(const tenancy::ContactReply& reply, net::HttpResponse& response) {
    response.wipe_body = true;
    json::Writer out(response.body);
    write(out, *reply.record);
}

}  // namespace

Result<tenancy::SetContact::Command> Binding<tenancy::SetContact>::decode(
    Context& context, const access::Principal&) {
    tenancy::SetContact::Command command;
    CH_TRY(command.role, role_of(context));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"firstName", "lastName", "organisation", "email", "phone",
                                   "address", "country", "language"}));
    for (std::size_t i = 0; i < command.values.size(); ++i) {
        const std::string_view name = tenancy::contact_fields[i];
        CH_TRY(command.values[i],
               control::text_field(body, name, {name == "email", kValueBytesMax}));
    }
    return command;
}
void Binding<tenancy::SetContact>::encode(tenancy::ContactReply& reply, Context&,
                                          net::HttpResponse& response) {
    reply_contact(reply, response);
}

Result<tenancy::GetContact::Command> Binding<tenancy::GetContact>::decode(
    Context& context, const access::Principal&) {
    tenancy::GetContact::Command command;
    CH_TRY(command.role, role_of(context));
    return command;
}
void Binding<tenancy::GetContact>::encode(tenancy::ContactReply& reply, Context&,
                                          net::HttpResponse& response) {
    reply_contact(reply, response);
}

Result<tenancy::ExportContacts::Command> Binding<tenancy::ExportContacts>::decode(
    Context&, const access::Principal&) {
    return tenancy::ExportContacts::Command{};
}
void Binding<tenancy::ExportContacts>::encode(tenancy::ExportContacts::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    response.wipe_body = true;
    json::Writer out(response.body);
    out.begin_object()
        .member("account", reply.account.to_string())
        .member("exportedAt", format_rfc3339(reply.at))
        .key("contacts")
        .begin_array();
    for (const auto& contact : reply.contacts) {
        write(out, *contact);
    }
    out.end_array().end_object();
}

Result<tenancy::EraseContact::Command> Binding<tenancy::EraseContact>::decode(
    Context& context, const access::Principal&) {
    tenancy::EraseContact::Command command;
    CH_TRY(command.role, role_of(context));
    return command;
}
void Binding<tenancy::EraseContact>::encode(tenancy::Nothing&, Context&, net::HttpResponse&) {}

}  // namespace chatelaine::faces::http

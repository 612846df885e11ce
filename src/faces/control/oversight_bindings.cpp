// Operators, elevations, accounts' states, entries to sites: the operators' side, the customers'.
#include "faces/control/oversight_bindings.hpp"

#include "faces/control/fields.hpp"
#include "faces/control/rule_fields.hpp"

namespace chatelaine::faces::http {
namespace {

using control::text_field;

constexpr std::size_t kReasonBytesMax = 500;
constexpr std::size_t kTextBytesMax = 200;
constexpr std::size_t kListMax = 20;

template <class Command>
Result<Command> page_of(const Context& context) {
    CH_TRY(const control::PageRequest page, control::page_request(context));
    Command command;
    command.after = page.after;
    command.max = page.max;
    return command;
}

/// To customers an account is their own, and is not written.
void write(json::Writer& out, const access::Elevation& elevation, WallTime now, bool provider) {
    out.begin_object()
        .member("id", elevation.id.to_string())
        .member("operator", elevation.by_urn)
        .member("state", elevation.state(now))
        .member("reason", elevation.reason)
        .member("minutes", elevation.minutes)
        .key("actions");
    control::write_texts(out, elevation.actions);
    if (provider) {
        out.key("accounts").begin_array();
        for (const auto& account : elevation.accounts) {
            out.string(account.to_string());
        }
        out.end_array();
    }
    out.member("askedAt", format_rfc3339(elevation.asked));
    if (elevation.approved) {
        out.member("approvedBy", elevation.approved_by)
            .member("approvedAt", format_rfc3339(*elevation.approved))
            .member("endsAt", format_rfc3339(*elevation.ends));
    }
    if (elevation.ended) {
        out.member("endedBy", elevation.ended_by)
            .member("endedAt", format_rfc3339(*elevation.ended));
    }
    out.end_object();
}

void write(json::Writer& out, const tenancy::SiteEntry& entry) {
    out.begin_object()
        .member("id", entry.id.to_string())
        .member("region", entry.region)
        .member("site", entry.site)
        .member("person", entry.person)
        .member("company", entry.company)
        .member("reason", entry.reason)
        .member("enteredAt", format_rfc3339(entry.entered));
    if (entry.left) {
        out.member("leftAt", format_rfc3339(*entry.left));
    }
    out.member("recordedBy", entry.recorded_by)
        .member("recordedAt", format_rfc3339(entry.recorded))
        .member("signed", entry.signed_at.has_value());
    if (entry.signed_at) {
        out.member("signedBy", entry.signed_by)
            .member("signedAt", format_rfc3339(*entry.signed_at));
    }
    out.end_object();
}

void write(json::Writer& out, const tenancy::Account& account) {
    out.begin_object()
        .member("id", account.id.to_string())
        .member("name", account.name)
        .member("createdAt", format_rfc3339(account.created))
        .member("state", tenancy::state_name(account.state));
    if (account.since) {
        out.member("reason", account.reason).member("since", format_rfc3339(*account.since));
    }
    out.end_object();
}

void reply_elevation(const tenancy::ElevationReply& reply,
                     net::HttpResponse& response) {
    json::Writer out(response.body);
    write(out, *reply.record, reply.now, true);
}
void reply_elevations(const tenancy::ElevationPage& reply, bool provider,
                      net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& elevation : reply.records) {
        write(out, *elevation, reply.now, provider);
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}
void reply_entry(const tenancy::RecordReply<tenancy::SiteEntry>& reply,
                 net::HttpResponse& response) {
    json::Writer out(response.body);
    write(out, *reply.record);
}
void reply_entries(const tenancy::PageReply<tenancy::SiteEntry>& reply,
                   net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& entry : reply.records) {
        write(out, *entry);
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}
void reply_account(const tenancy::RecordReply<tenancy::Account>& reply,
                   net::HttpResponse& response) {
    json::Writer out(response.body);
    write(out, *reply.record);
}

Result<WallTime> required_time(const json::Value& body, std::string_view name) {
    CH_TRY(const auto time, control::time_field(body, name));
    if (!time) {
        return Error::missing("control.time", std::string(name));
    }
    return *time;
}

}  // namespace

Result<tenancy::ListOperators::Command> Binding<tenancy::ListOperators>::decode(
    Context& context, const access::Principal&) {
    return page_of<tenancy::ListOperators::Command>(context);
}
void Binding<tenancy::ListOperators>::encode(tenancy::ListOperators::Reply& reply, Context&,
                                             net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& identity : reply.records) {
        control::write_identity(out, *identity);
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}

Result<tenancy::UpdateOperator::Command> Binding<tenancy::UpdateOperator>::decode(
    Context& context, const access::Principal&) {
    tenancy::UpdateOperator::Command command;
    CH_TRY(command.operator_id, context.id_parameter<IdentityId>("operatorId"));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"disabled", "reason"}));
    CH_TRY(command.disabled, body.member("disabled").boolean());
    CH_TRY(command.reason, text_field(body, "reason", {true, kReasonBytesMax}));
    return command;
}
void Binding<tenancy::UpdateOperator>::encode(tenancy::UpdateOperator::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    json::Writer out(response.body);
    control::write_identity(out, *reply.record);
}

Result<tenancy::SetAccountState::Command> Binding<tenancy::SetAccountState>::decode(
    Context& context, const access::Principal&) {
    using tenancy::AccountState;
    tenancy::SetAccountState::Command command;
    CH_TRY(command.account, context.id_parameter<AccountId>("accountId"));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"state", "reason"}));
    CH_TRY(const std::string state, text_field(body, "state", {true, 20}));
    CH_TRY(command.reason, text_field(body, "reason", {true, kReasonBytesMax}));
    for (const AccountState known :
         {AccountState::kActive, AccountState::kDraining, AccountState::kSuspended}) {
        if (state == tenancy::state_name(known)) {
            command.state = known;
            return command;
        }
    }
    return Error::invalid("control.state", "state", "expected active, draining or suspended");
}
void Binding<tenancy::SetAccountState>::encode(tenancy::SetAccountState::Reply& reply, Context&,
                                               net::HttpResponse& response) {
    reply_account(reply, response);
}

Result<tenancy::GetOwnAccount::Command> Binding<tenancy::GetOwnAccount>::decode(
    Context&, const access::Principal&) {
    return tenancy::GetOwnAccount::Command{};
}
void Binding<tenancy::GetOwnAccount>::encode(tenancy::GetOwnAccount::Reply& reply, Context&,
                                             net::HttpResponse& response) {
    reply_account(reply, response);
}

Result<tenancy::RequestElevation::Command> Binding<tenancy::RequestElevation>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"actions", "accounts", "reason", "minutes"}));
    tenancy::RequestElevation::Command command;
    CH_TRY(command.actions, control::texts_field(body, "actions", kListMax));
    CH_TRY(const auto accounts, control::texts_field(body, "accounts", kListMax));
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const auto id = AccountId::parse(accounts[i]);
        if (!id) {
            return Error::invalid("control.elevation", "accounts." + std::to_string(i),
                                  "expected a UUID");
        }
        command.accounts.push_back(*id);
    }
    CH_TRY(command.reason, text_field(body, "reason", {true, kReasonBytesMax}));
    if (!body.member("minutes").is_absent()) {
        CH_TRY(command.minutes, body.member("minutes").integer());
    }
    return command;
}
void Binding<tenancy::RequestElevation>::encode(tenancy::RequestElevation::Reply& reply, Context&,
                                                net::HttpResponse& response) {
    reply_elevation(reply, response);
}

Result<tenancy::ListElevations::Command> Binding<tenancy::ListElevations>::decode(
    Context& context, const access::Principal&) {
    return page_of<tenancy::ListElevations::Command>(context);
}
void Binding<tenancy::ListElevations>::encode(tenancy::ListElevations::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    reply_elevations(reply, true, response);
}

Result<tenancy::ApproveElevation::Command> Binding<tenancy::ApproveElevation>::decode(
    Context& context, const access::Principal&) {
    tenancy::ApproveElevation::Command command;
    CH_TRY(command.elevation, context.id_parameter<Uuid>("elevationId"));
    return command;
}
void Binding<tenancy::ApproveElevation>::encode(tenancy::ApproveElevation::Reply& reply, Context&,
                                                net::HttpResponse& response) {
    reply_elevation(reply, response);
}

Result<tenancy::EndElevation::Command> Binding<tenancy::EndElevation>::decode(
    Context& context, const access::Principal&) {
    tenancy::EndElevation::Command command;
    CH_TRY(command.elevation, context.id_parameter<Uuid>("elevationId"));
    return command;
}
void Binding<tenancy::EndElevation>::encode(tenancy::EndElevation::Reply& reply, Context&,
                                            net::HttpResponse& response) {
    reply_elevation(reply, response);
}

Result<tenancy::ListElevationsOfAccount::Command> Binding<
    tenancy::ListElevationsOfAccount>::decode(Context& context, const access::Principal&) {
    return page_of<tenancy::ListElevationsOfAccount::Command>(context);
}
void Binding<tenancy::ListElevationsOfAccount>::encode(
    tenancy::ListElevationsOfAccount::Reply& reply, Context&, net::HttpResponse& response) {
    reply_elevations(reply, false, response);
}

Result<tenancy::RecordSiteEntry::Command> Binding<tenancy::RecordSiteEntry>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members(
        {"region", "site", "person", "company", "reason", "enteredAt", "leftAt"}));
    tenancy::RecordSiteEntry::Command command;
    CH_TRY(command.region, text_field(body, "region", {false, kTextBytesMax}));
    CH_TRY(command.site, text_field(body, "site", {true, kTextBytesMax}));
    CH_TRY(command.person, text_field(body, "person", {true, kTextBytesMax}));
    CH_TRY(command.company, text_field(body, "company", {false, kTextBytesMax}));
    CH_TRY(command.reason, text_field(body, "reason", {true, kReasonBytesMax}));
    CH_TRY(command.entered, required_time(body, "enteredAt"));
    CH_TRY(command.left, control::time_field(body, "leftAt"));
    return command;
}
void Binding<tenancy::RecordSiteEntry>::encode(tenancy::RecordSiteEntry::Reply& reply, Context&,
                                               net::HttpResponse& response) {
    reply_entry(reply, response);
}

Result<tenancy::SignSiteEntry::Command> Binding<tenancy::SignSiteEntry>::decode(
    Context& context, const access::Principal&) {
    tenancy::SignSiteEntry::Command command;
    CH_TRY(command.entry, context.id_parameter<Uuid>("entryId"));
    return command;
}
void Binding<tenancy::SignSiteEntry>::encode(tenancy::SignSiteEntry::Reply& reply, Context&,
                                             net::HttpResponse& response) {
    reply_entry(reply, response);
}

Result<tenancy::ListSiteEntries::Command> Binding<tenancy::ListSiteEntries>::decode(
    Context& context, const access::Principal&) {
    return page_of<tenancy::ListSiteEntries::Command>(context);
}
void Binding<tenancy::ListSiteEntries>::encode(tenancy::ListSiteEntries::Reply& reply, Context&,
                                               net::HttpResponse& response) {
    reply_entries(reply, response);
}

Result<tenancy::ListSiteEntriesOfRegion::Command> Binding<
    tenancy::ListSiteEntriesOfRegion>::decode(Context& context, const access::Principal&) {
    return page_of<tenancy::ListSiteEntriesOfRegion::Command>(context);
}
void Binding<tenancy::ListSiteEntriesOfRegion>::encode(
    tenancy::ListSiteEntriesOfRegion::Reply& reply, Context&, net::HttpResponse& response) {
    reply_entries(reply, response);
}

}  // namespace chatelaine::faces::http

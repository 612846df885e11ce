// Reading the audit, a customer's and the provider's.
#include "faces/control/bindings.hpp"
#include "faces/control/fields.hpp"

namespace chatelaine::faces::http {
namespace {

Result<std::optional<WallTime>> time_query(const Context& context, std::string_view name) {
    CH_TRY(const auto text, context.query(name));
    if (!text) {
        return std::optional<WallTime>{};
    }
    const auto time = parse_rfc3339(*text);
    if (!time) {
        return Error::invalid("control.audit", std::string(name), "expected an RFC 3339 date-time");
    }
    return time;
}

Result<std::string> text_query(const Context& context, std::string_view name) {
    CH_TRY(auto text, context.query(name));
    return std::move(text).value_or(std::string());
}

Result<void> verdict_query(const Context& context, audit::Filter& filter) {
    CH_TRY(const std::string verdict, text_query(context, "verdict"));
    for (const audit::Verdict known :
         {audit::Verdict::kAllowed, audit::Verdict::kDenied, audit::Verdict::kFailed}) {
        if (verdict == audit::verdict_name(known)) {
            filter.verdict = known;
        }
    }
    if (!verdict.empty() && !filter.verdict) {
        return Error::invalid("control.audit", "verdict", "expected allowed, denied or failed");
    }
    return ok();
}

Result<operate::AuditQuery> audit_query(const Context& context) {
    operate::AuditQuery query;
    CH_TRY(query.filter.from, time_query(context, "from"));
    CH_TRY(query.filter.to, time_query(context, "to"));
    CH_TRY(query.filter.operation, text_query(context, "operation"));
    CH_TRY(query.filter.identity_urn, text_query(context, "identity"));
    CH_TRY(query.filter.resource_urn, text_query(context, "resource"));
    CH_TRY_VOID(verdict_query(context, query.filter));
    CH_TRY(const std::string request, text_query(context, "request"));
    if (!request.empty()) {
        query.filter.request = RequestId::parse(request);
        if (!query.filter.request) {
            return Error::invalid("control.audit", "request", "expected a UUID");
        }
    }
    CH_TRY(const std::string order, text_query(context, "order"));
    if (!order.empty() && order != "asc" && order != "desc") {
        return Error::invalid("control.audit", "order", "expected asc or desc");
    }
    query.newest_first = order == "desc";
    constexpr Context::Range page{1, limits::audit_page_max, 100};
    CH_TRY(const std::int64_t max, context.query_integer("max", page));
    query.max = static_cast<std::size_t>(max);
    CH_TRY(query.cursor, text_query(context, "cursor"));
    return query;
}

void encode_page(const audit::RecordPage& page, net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object().key("records").begin_array();
    for (const audit::Record& record : page.records) {
        out.raw(record.to_json());
    }
    out.end_array().member("next", page.next).end_object();
}

}  // namespace

Result<operate::ReadAudit::Command> Binding<operate::ReadAudit>::decode(
    Context& context, const access::Principal& principal) {
    operate::ReadAudit::Command command;
    command.domain = context.domain(principal);
    CH_TRY(command.query, audit_query(context));
    return command;
}
void Binding<operate::ReadAudit>::encode(audit::RecordPage& reply, Context&,
                                         net::HttpResponse& response) {
    encode_page(reply, response);
}

Result<operate::ReadAccountAudit::Command> Binding<operate::ReadAccountAudit>::decode(
    Context& context, const access::Principal&) {
    operate::ReadAccountAudit::Command command;
    CH_TRY(command.query, audit_query(context));
    return command;
}
void Binding<operate::ReadAccountAudit>::encode(audit::RecordPage& reply, Context&,
                                                net::HttpResponse& response) {
    encode_page(reply, response);
}

Result<operate::ReadProviderAudit::Command> Binding<operate::ReadProviderAudit>::decode(
    Context& context, const access::Principal&) {
    operate::ReadProviderAudit::Command command;
    CH_TRY(command.query, audit_query(context));
    return command;
}
void Binding<operate::ReadProviderAudit>::encode(audit::RecordPage& reply, Context&,
                                                 net::HttpResponse& response) {
    encode_page(reply, response);
}

}  // namespace chatelaine::faces::http

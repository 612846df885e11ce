// What the registers tell: evidence and notices, in the reader's language.
#include "faces/control/bindings.hpp"
#include "faces/control/control_face.hpp"

namespace chatelaine::faces::http {
namespace {

/// The language of the answer: `lang`, else what the client prefers, else English.
Result<bool> wants_french(const Context& context) {
    CH_TRY(const auto asked, context.query("lang"));
    if (asked && !asked->empty()) {
        if (*asked != "en" && *asked != "fr") {
            return Error::invalid("control.lang", "lang", "expected en or fr");
        }
        return *asked == "fr";
    }
    return context.header("Accept-Language").value_or("").starts_with("fr");
}

/// For an encoder, which runs after the same was read once without a fault.
bool is_french(const Context& context) {
    const auto french = wants_french(context);
    return french && *french;
}

std::string_view pick(const responsibility::Text& text, bool french) {
    return french ? text.french : text.english;
}

const responsibility::Matrix& matrix_of(const Context& context) {
    return *context.tools().matrix;
}

void encode_evidence(const operate::EvidenceReply& reply, const Context& context,
                     responsibility::Party reader, net::HttpResponse& response) {
    const bool french = is_french(context);
    if (context.request().path() == control::responsibilities_route.path) {
        auto text = operate::responsibilities_json(matrix_of(context), french ? "fr" : "en",
                                                   reply.operations, &reply, reader);
        CH_CHECK(text.has_value());
        response.body = std::move(*text);
        return;
    }
    json::Writer out(response.body);
    out.begin_array();
    for (const operate::ActivityEvidence& evidence : reply.activities) {
        const responsibility::Row& row = matrix_of(context).row(evidence.activity);
        out.begin_object()
            .member("activity", responsibility::activity_id(evidence.activity))
            .member("title", pick(row.text, french))
            .member("customer",
                    row.letters[responsibility::index_of(responsibility::Party::kCustomer)])
            .member("provider",
                    row.letters[responsibility::index_of(responsibility::Party::kProvider)])
            .member("evidenceIs", pick(row.evidence, french));
        operate::write_last(out, evidence, reader);
        out.end_object();
    }
    out.end_array();
}

Result<operate::NoticeQuery> notice_query(const Context& context) {
    CH_TRY(const bool french, wants_french(context));
    static_cast<void>(french);
    operate::NoticeQuery query;
    CH_TRY(const std::int64_t max, context.query_integer("max", {1, limits::audit_page_max, 100}));
    query.max = static_cast<std::size_t>(max);
    CH_TRY(auto cursor, context.query("cursor"));
    query.cursor = std::move(cursor).value_or(std::string());
    return query;
}

void encode_notices(const operate::NoticePage& page, const Context& context,
                    net::HttpResponse& response) {
    const bool french = is_french(context);
    json::Writer out(response.body);
    out.begin_object().key("notices").begin_array();
    for (const audit::Record& record : page.notices) {
        out.begin_object()
            .member("at", format_rfc3339(record.time))
            .member("activity", record.activity)
            .member("party", record.party)
            .member("operation", record.operation)
            .member("request", record.request.to_string());
        if (const auto activity = responsibility::activity_from_id(record.activity)) {
            out.member("title", pick(matrix_of(context).row(*activity).text, french));
        }
        if (!record.domain.is_nil()) {
            out.member("domain", record.domain.to_string());
        }
        for (const auto& [name, value] : record.details) {
            out.member(name, value);
        }
        out.end_object();
    }
    out.end_array().member("next", page.next).end_object();
}

}  // namespace

Result<operate::ReadEvidence::Command> Binding<operate::ReadEvidence>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const bool french, wants_french(context));
    static_cast<void>(french);
    return operate::ReadEvidence::Command{};
}
void Binding<operate::ReadEvidence>::encode(operate::EvidenceReply& reply, Context& context,
                                            net::HttpResponse& response) {
    encode_evidence(reply, context, responsibility::Party::kCustomer, response);
}

Result<operate::ReadProviderEvidence::Command> Binding<operate::ReadProviderEvidence>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const bool french, wants_french(context));
    static_cast<void>(french);
    return operate::ReadProviderEvidence::Command{};
}
void Binding<operate::ReadProviderEvidence>::encode(operate::EvidenceReply& reply,
                                                    Context& context,
                                                    net::HttpResponse& response) {
    encode_evidence(reply, context, responsibility::Party::kProvider, response);
}

Result<operate::NoticeQuery> Binding<operate::ReadNotices>::decode(Context& context,
                                                                   const access::Principal&) {
    return notice_query(context);
}
void Binding<operate::ReadNotices>::encode(operate::NoticePage& reply, Context& context,
                                           net::HttpResponse& response) {
    encode_notices(reply, context, response);
}

Result<operate::NoticeQuery> Binding<operate::ReadProviderNotices>::decode(
    Context& context, const access::Principal&) {
    return notice_query(context);
}
void Binding<operate::ReadProviderNotices>::encode(operate::NoticePage& reply, Context& context,
                                                   net::HttpResponse& response) {
    encode_notices(reply, context, response);
}

}  // namespace chatelaine::faces::http

#include "operate/responsibilities.hpp"

#include <algorithm>

namespace chatelaine::operate {
namespace {

/// Where the audit shows the record itself, to those who may read it.
std::string audit_link(const audit::Record& record, Party reader) {
    const std::string request = "?request=" + record.request.to_string();
    if (reader == Party::kProvider) {
        return "/v1/audit" + request;
    }
    return record.domain.is_nil()
               ? "/v2/audit" + request
               : "/v2/okms/resource/" + record.domain.to_string() + "/audit" + request;
}

std::string_view state_text(bool served, bool french) {
    if (served) {
        return french ? "réalisée" : "served";
    }
    return french ? "rien ne la réalise encore" : "nothing serves it yet";
}

/// Adds the members of one activity; the object stays open.
void write_activity(json::Writer& out, const responsibility::Row& row, bool french,
                    const Rows& rows) {
    const auto pick = [french](const responsibility::Text& text) -> std::string_view {
        return french ? text.french : text.english;
    };
    out.member("id", responsibility::activity_id(row.activity))
        .member("section", row.section)
        .member("title", pick(row.text))
        .member("customer", row.letters[index_of(responsibility::Party::kCustomer)])
        .member("provider", row.letters[index_of(responsibility::Party::kProvider)])
        .member("evidenceIs", pick(row.evidence))
        .key("operations")
        .begin_array();
    bool served = false;
    for (auto at = rows.begin(); at != rows.end(); ++at) {
        const bool again = std::find(rows.begin(), at, *at) != at;  // on two listeners
        if ((*at)->activity == row.activity && !again) {
            out.string((*at)->name);
            served = true;
        }
    }
    out.end_array().member("served", served).member("state", state_text(served, french));
}

}  // namespace

void write_last(json::Writer& out, const ActivityEvidence& evidence, Party reader) {
    const auto& last = evidence.last;
    if (!last) {
        return;
    }
    out.key("last")
        .begin_object()
        .member("at", format_rfc3339(last->time))
        .member("operation", last->operation)
        .member("party", last->party)
        .member("result", audit::verdict_name(last->verdict));
    if (!evidence.others) {
        out.key("by").begin_array();
        for (const auto& urn : last->iam_identities) {
            out.string(urn);
        }
        out.end_array()
            .member("request", last->request.to_string())
            .member("audit", audit_link(*last, reader));
    }
    out.end_object();
}

Result<std::string> responsibilities_json(const responsibility::Matrix& matrix,
                                          std::string_view language, const Rows& rows,
                                          const EvidenceReply* evidence, Party reader) {
    const bool french = language == "fr";
    if (!french && language != "en") {
        return Error::invalid("operate.responsibilities", "lang", "expected en or fr");
    }
    std::string text;
    json::Writer out(text);
    out.begin_object().member("language", language).key("sections").begin_array();
    for (const responsibility::Section& section : matrix.sections()) {
        out.begin_object()
            .member("id", section.id)
            .member("title", french ? section.title.french : section.title.english)
            .end_object();
    }
    out.end_array().key("activities").begin_array();
    for (const responsibility::Row& row : matrix.rows()) {
        out.begin_object();
        write_activity(out, row, french, rows);
        if (evidence != nullptr) {
            write_last(out, evidence->activities[responsibility::index_of(row.activity)], reader);
        }
        out.end_object();
    }
    out.end_array().end_object();
    return text;
}

}  // namespace chatelaine::operate

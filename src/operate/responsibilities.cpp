#include "operate/responsibilities.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace chatelaine::operate {
namespace {

void write_activity(json::Writer& out, const responsibility::Row& row, bool french,
                    const Rows& rows) {
    const auto pick = [french](const responsibility::Text& text) -> std::string_view {
        return french ? text.french : text.english;
    };
    out.begin_object()
        .member("id", responsibility::activity_id(row.activity))
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
    out.end_array().member("served", served).end_object();
}

}  // namespace

Result<std::string> responsibilities_json(const responsibility::Matrix& matrix,
                                          std::string_view language, const Rows& rows) {
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
        write_activity(out, row, french, rows);
    }
    out.end_array().end_object();
    return text;
}

}  // namespace chatelaine::operate

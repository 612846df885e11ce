#include "faces/http/reference.hpp"

namespace chatelaine::faces::http {
namespace {

constexpr std::string_view kIntroduction =
    "# Reference of operations\n"
    "\n"
    "Made by `chatelained print-reference` from the operation table; a test holds this file to\n"
    "it.\n"
    "\n"
    "- **Actions**: any one of them grants. They are written in a grant, where `*` stands for any\n"
    "  run of characters.\n"
    "- **Activity** and **party**: the row of the responsibility matrix, and who carries it out.\n"
    "- **Audit**: `journal` is written before the answer, `transaction` commits with the change.\n"
    "- The status is that of a success. Refusals are in [answers](answers-objects.md).\n";

void add_operation(std::string& text, const gate::OperationRow& row) {
    std::string actions;
    for (const std::string_view action : row.actions) {
        if (!action.empty()) {
            actions.append(actions.empty() ? "`" : "<br>`").append(action).append("`");
        }
    }
    text.append("| `").append(row.name).append("`<br>").append(row.summary);
    if (row.kmip != 0) {
        text.append(" | operation ").append(std::to_string(row.kmip)).append(" | ");
    } else {
        text.append(" | `").append(row.rest.method).append(" ").append(row.rest.path);
        text.append("` ").append(std::to_string(row.rest.success_status)).append(" | ");
    }
    text.append(actions.empty() ? "none: anybody" : actions).append(" | ");
    text.append(responsibility::activity_id(row.activity)).append(" ");
    text.append(responsibility::party_name(row.party)).append(" | ");
    text.append(effect_name(row.effect)).append(" | ").append(audit_name(row.audit));
    text.append(" | ").append(rate_name(row.rate)).append(" |\n");
}

}  // namespace

std::string reference_text(std::span<const Listener> listeners) {
    std::string text(kIntroduction);
    for (const Listener& listener : listeners) {
        text.append("\n## ").append(listener.title).append("\n\n");
        text.append(listener.mounted).append("\n\n");
        text.append("| operation | path, status | actions | activity, party | effect | audit | "
                    "rate |\n|---|---|---|---|---|---|---|\n");
        for (const gate::OperationRow* row : listener.catalogue.rows()) {
            add_operation(text, *row);
        }
        if (listener.catalogue.plain().empty()) {
            continue;
        }
        text.append("\nAnswered without a caller, rights or an audit record:\n\n");
        for (const PlainRoute& route : listener.catalogue.plain()) {
            text.append("- `").append(route.method).append(" ").append(route.path).append("`: ");
            text.append(route.summary).append("\n");
        }
    }
    return text;
}

}  // namespace chatelaine::faces::http

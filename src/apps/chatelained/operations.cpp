#include "apps/chatelained/operations.hpp"

#include <algorithm>

#include "apps/chatelained/reference.hpp"
#include "base/json.hpp"

namespace chatelaine::app {
namespace {

std::string_view resource_name(gate::ResourceType type) {
    switch (type) {
        case gate::ResourceType::kNone: return "none";
        case gate::ResourceType::kDomain: return "domain";
        case gate::ResourceType::kServiceKey: return "serviceKey";
        case gate::ResourceType::kSecret: return "secret";
        case gate::ResourceType::kAccount: return "account";
        case gate::ResourceType::kService: return "service";
        case gate::ResourceType::kUnset: break;
    }
    return "";
}

void write_row(json::Writer& out, const gate::OperationRow& row, std::string_view listener) {
    namespace http = faces::http;
    out.begin_object().member("name", row.name).member("listener", listener);
    out.key("actions").begin_array();
    for (const std::string_view action : row.actions) {
        if (!action.empty()) {
            out.string(action);
        }
    }
    out.end_array()
        .member("activity", responsibility::activity_id(row.activity))
        .member("party",
                row.party == responsibility::Party::kProvider ? "provider" : "customer")
        .member("plane", http::plane_name(row.plane))
        .member("effect", http::effect_name(row.effect))
        .member("audit", http::audit_name(row.audit))
        .member("rate", http::rate_name(row.rate))
        .member("method", row.rest.method)
        .member("path", row.rest.path)
        .member("status", row.rest.success_status)
        .member("kmip", static_cast<std::int64_t>(row.kmip))
        .member("resource", resource_name(row.resource))
        .member("rightOnEach", row.right_on_each)
        .end_object();
}

}  // namespace

std::string operations_json() {
    std::string text;
    json::Writer out(text);
    out.begin_object().key("rows").begin_array();
    for (const auto& listener : listeners()) {
        std::string name(listener.title);
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
        for (const gate::OperationRow* row : listener.catalogue.rows()) {
            write_row(out, *row, name);
        }
    }
    out.end_array().end_object();
    text.push_back('\n');
    return text;
}

}  // namespace chatelaine::app

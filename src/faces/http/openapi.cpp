#include "faces/http/openapi.hpp"

#include <algorithm>

namespace chatelaine::faces::http {
namespace {

using gate::OperationRow;

/// A map that keeps the order in which its keys came.
template <class T>
using Ordered = std::vector<std::pair<std::string_view, T>>;

template <class T>
T& found_or_new(Ordered<T>& items, std::string_view name) {
    const auto at = std::find_if(items.begin(), items.end(),
                                 [&](const auto& item) { return item.first == name; });
    return at != items.end() ? at->second : items.emplace_back(name, T{}).second;
}

/// The rows of one method at one path.
using Choice = std::vector<const OperationRow*>;

Ordered<Ordered<Choice>> by_path(std::span<const OperationRow* const> rows) {
    Ordered<Ordered<Choice>> paths;
    for (const OperationRow* row : rows) {
        found_or_new(found_or_new(paths, row->rest.path), row->rest.method).push_back(row);
    }
    return paths;
}

/// "okmsId" of "/api/{okmsId}/x", in order.
std::vector<std::string_view> parameters_of(std::string_view path) {
    std::vector<std::string_view> names;
    for (std::size_t open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1)) {
        names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
    }
    return names;
}

std::string lower(std::string_view text) {
    std::string small(text);
    std::transform(small.begin(), small.end(), small.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return small;
}

void write_reference(json::Writer& out, std::string_view name, std::string_view target) {
    out.key(name).begin_object().member("$ref", target).end_object();
}

void write_servers(json::Writer& out, const std::vector<std::string>& prefixes) {
    out.key("servers").begin_array();
    for (const std::string& prefix : prefixes) {
        out.begin_object().member("url", prefix.empty() ? std::string_view("/") : prefix);
        const auto names = parameters_of(prefix);
        if (!names.empty()) {
            out.key("variables").begin_object();
            for (const std::string_view name : names) {
                out.key(name)
                    .begin_object()
                    .member("default", Uuid{}.to_string())
                    .member("description", "UUID of the domain")
                    .end_object();
            }
            out.end_object();
        }
        out.end_object();
    }
    out.end_array();
}

/// What the gate asks of a caller, for one row.
void write_authority(json::Writer& out, const OperationRow& row) {
    out.key("x-iam-actions").begin_array();
    for (const std::string_view action : row.actions) {
        if (!action.empty()) {
            out.string(action);
        }
    }
    out.end_array()
        .member("x-activity", responsibility::activity_id(row.activity))
        .member("x-party", responsibility::party_name(row.party))
        .member("x-effect", effect_name(row.effect))
        .member("x-audit", audit_name(row.audit));
}

void write_security(json::Writer& out, const OperationRow& row) {
    out.key("security").begin_array();
    if (row.plane != gate::Plane::kPublic) {
        for (const std::string_view scheme : {"bearer", "mutualTLS"}) {
            out.begin_object().key(scheme).begin_array().end_array().end_object();
        }
    }
    out.end_array();
}

void write_parameters(json::Writer& out, std::string_view path) {
    out.key("parameters").begin_array();
    for (const std::string_view name : parameters_of(path)) {
        out.begin_object()
            .member("name", name)
            .member("in", "path")
            .member("required", true)
            .key("schema")
            .begin_object()
            .member("type", "string")
            .member("format", "uuid")
            .end_object()
            .end_object();
    }
    out.end_array();
}

void write_json_content(json::Writer& out, std::string_view schema) {
    out.key("content").begin_object().key("application/json").begin_object();
    write_reference(out, "schema", schema);
    out.end_object().end_object();
}

void write_responses(json::Writer& out, const Choice& choice) {
    out.key("responses").begin_object();
    std::vector<int> written;
    for (const OperationRow* row : choice) {
        const int status = row->rest.success_status;
        if (std::find(written.begin(), written.end(), status) != written.end()) {
            continue;
        }
        written.push_back(status);
        out.key(std::to_string(status)).begin_object().member("description", row->summary);
        if (status != 204) {
            write_json_content(out, "#/components/schemas/Object");
        }
        out.end_object();
    }
    write_reference(out, "default", "#/components/responses/Error");
    out.end_object();
}

void write_operation(json::Writer& out, std::string_view path, std::string_view method,
                     const Choice& choice) {
    const OperationRow& first = *choice.front();
    std::string summary;
    for (const OperationRow* row : choice) {
        summary.append(summary.empty() ? "" : "; or: ").append(row->summary);
    }
    out.key(lower(method))
        .begin_object()
        .member("operationId", first.name)
        .member("summary", summary)
        .key("tags")
        .begin_array()
        .string(plane_name(first.plane))
        .end_array();
    write_authority(out, first);
    if (choice.size() > 1) {
        out.key("x-alternatives").begin_array();
        for (const OperationRow* row : std::span(choice).subspan(1)) {
            out.begin_object().member("operationId", row->name).member("summary", row->summary);
            write_authority(out, *row);
            out.end_object();
        }
        out.end_array();
    }
    write_security(out, first);
    write_parameters(out, path);
    if (method == "POST" || method == "PUT" || method == "PATCH") {
        out.key("requestBody").begin_object();
        write_json_content(out, "#/components/schemas/Object");
        out.end_object();
    }
    write_responses(out, choice);
    out.end_object();
}

constexpr std::string_view kOkmsError =
    R"({"type":"object","required":["error_id","error_code","errors","request_id"],)"
    R"("properties":{"error_id":{"type":"string"},"error_code":{"type":"integer"},)"
    R"("errors":{"type":"array","items":{"type":"string"}},)"
    R"("request_id":{"type":"string","format":"uuid"}}})";
constexpr std::string_view kControlError =
    R"({"type":"object","required":["class","message","details"],)"
    R"("properties":{"class":{"type":"string"},"message":{"type":"string"},)"
    R"("details":{"type":"object"}}})";

void write_components(json::Writer& out, ErrorShape errors) {
    out.key("components").begin_object().key("schemas").begin_object();
    out.key("Object").raw(R"({"type":"object"})");
    out.key("Error").raw(errors == ErrorShape::kOkms ? kOkmsError : kControlError);
    out.end_object().key("responses").begin_object().key("Error").begin_object();
    out.member("description", "The request was refused, or failed");
    write_json_content(out, "#/components/schemas/Error");
    out.end_object().end_object().key("securitySchemes").begin_object();
    out.key("bearer").raw(R"({"type":"http","scheme":"bearer"})");
    out.key("mutualTLS").raw(R"({"type":"mutualTLS"})");
    out.end_object().end_object();
}

}  // namespace

std::string openapi_document(const OpenApi& options,
                             std::span<const OperationRow* const> rows) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("openapi", "3.1.0").key("info").begin_object();
    out.member("title", options.title).member("version", "1").end_object();
    write_servers(out, options.prefixes);
    out.key("paths").begin_object();
    for (const auto& [path, methods] : by_path(rows)) {
        out.key(path).begin_object();
        for (const auto& [method, choice] : methods) {
            write_operation(out, path, method, choice);
        }
        out.end_object();
    }
    out.end_object();
    write_components(out, options.errors);
    out.end_object();
    return text;
}

void add_openapi(Face& face, std::string_view title) {
    OpenApi options;
    options.title = title;
    options.errors = face.options().encode_error == &encode_control_error ? ErrorShape::kControl
                                                                          : ErrorShape::kOkms;
    options.prefixes = face.options().prefixes;
    face.add_plain(openapi_route.method, openapi_route.path,
                   [text = openapi_document(options, face.rows())](Context&) {
                       net::HttpResponse response;
                       response.body = text;
                       return response;
                   });
}

}  // namespace chatelaine::faces::http

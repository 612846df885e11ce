#pragma once

#include "base/json.hpp"
#include "faces/http/face.hpp"
#include "tenancy/operations.hpp"

/// Reads and writes that the control and operator bindings share.

namespace chatelaine::faces::control {

struct TextRule {
    bool required = false;
    std::size_t bytes_max = 0;
};
/// Empty when absent and not required.
Result<std::string> text_field(const json::Value& object, std::string_view name,
                               const TextRule& rule);
Result<std::vector<std::string>> texts_field(const json::Value& object, std::string_view name,
                                             std::size_t count_max);
Result<std::optional<std::vector<access::Grant>>> grants_field(const json::Value& object);
crypto::SecretBytes secret_text(std::string_view text);

/// X-Pagination-Cursor and X-Pagination-Size.
struct PageRequest {
    std::uint64_t after = 0;
    std::size_t max = 100;
};
Result<PageRequest> page_request(const http::Context& context);
void set_next_page(std::uint64_t next, net::HttpResponse& response);

void write_identity(json::Writer& out, const access::Identity& identity);
void write_texts(json::Writer& out, const std::vector<std::string>& texts);
/// How a decision came about: members of an object that stands open.
void write_explanation(json::Writer& out, const access::Explanation& explanation);
/// The text as a JSON string; the writer's buffer is the caller's to wipe.
void write_secret(json::Writer& out, const crypto::SecretBytes& text);
void write_secret_member(json::Writer& out, std::string_view name,
                         const crypto::SecretBytes& text);

}  // namespace chatelaine::faces::control

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "faces/http/face.hpp"

/// An OpenAPI 3.1 document made from operation rows. It says of each operation what its row says:
/// path, parameters of the path, success status, who may call it and under which IAM actions. Rows
/// do not know the members of a body or of a query, so those are left open.

namespace chatelaine::faces::http {

inline constexpr PlainRoute openapi_route{"GET", "/openapi.json",
                                          "This listener's operations as OpenAPI 3.1"};

enum class ErrorShape : std::uint8_t { kOkms, kControl };

struct OpenApi {
    std::string_view title;
    ErrorShape errors = ErrorShape::kOkms;
    /// Where the paths are mounted; they become the document's servers.
    std::vector<std::string> prefixes = {""};
};

/// The JSON text. Operations that share method and path are one OpenAPI operation: it has the first
/// one's operationId, and the others stand in `x-alternatives`.
std::string openapi_document(const OpenApi& options,
                             std::span<const gate::OperationRow* const> rows);

/// Serves the document of all that the face holds so far at `openapi_route`, without a caller.
void add_openapi(Face& face, std::string_view title);

}  // namespace chatelaine::faces::http

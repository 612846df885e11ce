#pragma once

#include <string>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "net/net.hpp"

namespace chatelaine::faces::http {

/// The one table from our codes to HTTP and to OKMS's structured error_code (system, component,
/// category, number: okms-rest.md, section 2). A test walks the enum over it.
struct HttpError {
    int status;
    std::int32_t error_code;
};
HttpError http_error(Code code);
int http_status(Code code);

/// {"error_id", "error_code", "errors", "request_id"}: OKMS and Vault clients both read it.
void encode_okms_error(const Error& error, const RequestId& request, net::HttpResponse& response);
/// {"class", "message", "details"}: the control API's shape, missing actions filled in on 403.
void encode_control_error(const Error& error, const RequestId& request,
                          net::HttpResponse& response);

/// What is said to a caller: never the inside of our own failures.
std::string public_message(const Error& error);

}  // namespace chatelaine::faces::http

#include "faces/http/errors.hpp"

#include "base/check.hpp"
#include "base/json.hpp"

namespace chatelaine::faces::http {
namespace {

constexpr std::int32_t okms_code(int system, int component, int category, int number) {
    return system << 24 | component << 16 | category << 12 | number;
}

// Systems, components and categories as OKMS numbers them.
constexpr int kCcm = 1, kRest = 3;
constexpr int kGeneral = 1, kIam = 2, kDomain = 3, kSecrets = 5, kKeys = 6;
constexpr int kInternalCategory = 1, kArgument = 2, kAuthentication = 3, kAuthorization = 4,
              kNotFoundCategory = 5, kUnavailable = 7, kTooMany = 9, kConflict = 10;

constexpr std::int32_t kRestArgument = okms_code(kRest, kGeneral, kArgument, 1);
constexpr std::int32_t kKeyArgument = okms_code(kCcm, kKeys, kArgument, 1);
constexpr std::int32_t kSecretArgument = okms_code(kCcm, kSecrets, kArgument, 1);
constexpr std::int32_t kRestConflict = okms_code(kRest, kGeneral, kConflict, 1);
constexpr std::int32_t kRestUnavailable = okms_code(kRest, kGeneral, kUnavailable, 2);
constexpr std::int32_t kRestInternal = okms_code(kRest, kGeneral, kInternalCategory, 1);

std::string_view control_class(int status) {
    switch (status) {
        case 400: return "Client::BadRequest";
        case 401: return "Client::Unauthorized";
        case 403: return "Client::Forbidden";
        case 404: return "Client::NotFound";
        case 405: return "Client::MethodNotAllowed";
        case 409: return "Client::Conflict";
        case 413: return "Client::PayloadTooLarge";
        case 415: return "Client::UnsupportedMediaType";
        case 429: return "Client::TooManyRequests";
        case 503: return "Server::ServiceUnavailable";
        default: return "Server::InternalServerError";
    }
}

void add_retry(int status, net::HttpResponse& response) {
    if (status == 429 || status == 503) {
        response.headers.emplace_back("Retry-After", "1");
    }
    if (status == 401) {
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
}

}  // namespace

HttpError http_error(Code code) {
    switch (code) {
        case Code::kMalformed:
        case Code::kMissingArgument:
        case Code::kUnknownField: return {400, kRestArgument};
        case Code::kInvalidArgument:
        case Code::kNotSupported:
        case Code::kWrongState:
        case Code::kWrongKeyType:
        case Code::kNotPermittedUse:
        case Code::kNotExtractable:
        case Code::kArchived:
        case Code::kKeyFormatNotSupported:
        case Code::kIllegalOperation:
        case Code::kDecryptFailed: return {400, kKeyArgument};
        case Code::kRouteNotFound: return {404, okms_code(kRest, kGeneral, kNotFoundCategory, 1)};
        case Code::kMethodNotAllowed: return {405, okms_code(kRest, kGeneral, kArgument, 2)};
        case Code::kUnsupportedMediaType: return {415, okms_code(kRest, kGeneral, kArgument, 3)};
        case Code::kTooLarge: return {413, okms_code(kRest, kGeneral, kArgument, 4)};
        case Code::kUnauthenticated: return {401, okms_code(kCcm, kIam, kAuthentication, 1)};
        case Code::kForbidden: return {403, okms_code(kCcm, kIam, kAuthorization, 1)};
        case Code::kKeyNotFound: return {404, okms_code(kCcm, kKeys, kNotFoundCategory, 1)};
        case Code::kDomainNotFound: return {404, okms_code(kCcm, kDomain, kNotFoundCategory, 1)};
        case Code::kSecretNotFound: return {404, okms_code(kCcm, kSecrets, kNotFoundCategory, 1)};
        case Code::kNotFound: return {404, okms_code(kCcm, kGeneral, kNotFoundCategory, 1)};
        case Code::kAlreadyExists:
        case Code::kUndone:
        case Code::kVersionConflict: return {409, kRestConflict};
        case Code::kRateLimited: return {429, okms_code(kRest, kGeneral, kTooMany, 1)};
        case Code::kOverloaded:
        case Code::kSealed:
        case Code::kStoreUnavailable:
        case Code::kStoreFull:
        case Code::kAuditUnavailable: return {503, kRestUnavailable};
        case Code::kCryptoFailed:
        case Code::kSealBroken:
        case Code::kStoreCorrupt:
        case Code::kFormatTooNew:
        case Code::kConfiguration:
        case Code::kInternal:
        case Code::kWouldBlock: return {500, kRestInternal};
        case Code::kEndOfCodes: break;
    }
    CH_CHECK(!"a code outside the enum");
}

int http_status(Code code) { return http_error(code).status; }

std::string public_message(const Error& error) {
    const int status = http_status(error.code());
    const Error::Detail& detail = error.detail();
    if (status == 500) {
        return "internal error; the request id finds it in the service's log";
    }
    std::string text;
    if (!detail.field.empty()) {
        text.append(detail.field).append(": ");
    }
    text.append(detail.message.empty() ? code_name(error.code()) : detail.message);
    if (!detail.action.empty()) {
        text.append(": ").append(detail.action).append(" on ").append(detail.resource);
    }
    return text;
}

void encode_okms_error(const Error& error, const RequestId& request, net::HttpResponse& response) {
    HttpError mapped = http_error(error.code());
    // An argument belongs to the component whose operation refused it.
    if (mapped.error_code == kKeyArgument && error.where().starts_with("secrets.")) {
        mapped.error_code = kSecretArgument;
    }
    response = net::HttpResponse{};
    response.status = mapped.status;
    json::Writer(response.body)
        .begin_object()
        .member("error_id", code_name(error.code()))
        .member("error_code", static_cast<std::int64_t>(mapped.error_code))
        .key("errors")
        .begin_array()
        .string(public_message(error))
        .end_array()
        .member("request_id", request.to_string())
        .end_object();
    add_retry(mapped.status, response);
}

void encode_control_error(const Error& error, const RequestId& request,
                          net::HttpResponse& response) {
    const int status = http_status(error.code());
    const Error::Detail& detail = error.detail();
    response = net::HttpResponse{};
    response.status = status;
    json::Writer writer(response.body);
    writer.begin_object()
        .member("class", control_class(status))
        .member("message", public_message(error))
        .key("details")
        .begin_object();
    if (!detail.field.empty()) {
        writer.member("field", detail.field);
    }
    if (!detail.action.empty()) {
        writer.member("unauthorizedActionsByIAM", detail.action);
        writer.member("resource", detail.resource);
    }
    writer.end_object().end_object();
    response.headers.emplace_back("X-OVH-QueryID", "OKMS." + request.to_string());
    add_retry(status, response);
}

}  // namespace chatelaine::faces::http

#include "base/error.hpp"

#include "base/check.hpp"

namespace chatelaine {

std::string_view code_name(Code code) {
    switch (code) {
        case Code::kMalformed: return "malformed";
        case Code::kInvalidArgument: return "invalid_argument";
        case Code::kMissingArgument: return "missing_argument";
        case Code::kUnknownField: return "unknown_field";
        case Code::kRouteNotFound: return "route_not_found";
        case Code::kMethodNotAllowed: return "method_not_allowed";
        case Code::kUnsupportedMediaType: return "unsupported_media_type";
        case Code::kTooLarge: return "too_large";
        case Code::kNotSupported: return "not_supported";
        case Code::kWrongState: return "wrong_state";
        case Code::kWrongKeyType: return "wrong_key_type";
        case Code::kNotPermittedUse: return "not_permitted_use";
        case Code::kNotExtractable: return "not_extractable";
        case Code::kArchived: return "archived";
        case Code::kKeyFormatNotSupported: return "key_format_not_supported";
        case Code::kIllegalOperation: return "illegal_operation";
        case Code::kUnauthenticated: return "unauthenticated";
        case Code::kForbidden: return "forbidden";
        case Code::kKeyNotFound: return "key_not_found";
        case Code::kDomainNotFound: return "domain_not_found";
        case Code::kSecretNotFound: return "secret_not_found";
        case Code::kNotFound: return "not_found";
        case Code::kAlreadyExists: return "already_exists";
        case Code::kUndone: return "undone";
        case Code::kVersionConflict: return "version_conflict";
        case Code::kRateLimited: return "rate_limited";
        case Code::kOverloaded: return "overloaded";
        case Code::kDecryptFailed: return "decrypt_failed";
        case Code::kCryptoFailed: return "crypto_failed";
        case Code::kSealed: return "sealed";
        case Code::kSealBroken: return "seal_broken";
        case Code::kStoreUnavailable: return "store_unavailable";
        case Code::kStoreFull: return "store_full";
        case Code::kStoreCorrupt: return "store_corrupt";
        case Code::kFormatTooNew: return "format_too_new";
        case Code::kAuditUnavailable: return "audit_unavailable";
        case Code::kConfiguration: return "configuration";
        case Code::kInternal: return "internal";
        case Code::kWouldBlock: return "would_block";
        case Code::kEndOfCodes: break;
    }
    CH_CHECK(!"a code outside the enum");
}

Error::Error(Code code, std::string_view where, std::string message) : Error(code, where) {
    make_detail().message = std::move(message);
}

Error Error::invalid(std::string_view where, std::string field, std::string message) {
    Error error(Code::kInvalidArgument, where, std::move(message));
    error.detail_->field = std::move(field);
    return error;
}

Error Error::missing(std::string_view where, std::string field) {
    Error error(Code::kMissingArgument, where, "the field is required");
    error.detail_->field = std::move(field);
    return error;
}

Error Error::forbidden(std::string_view where, std::string action, std::string resource) {
    Error error(Code::kForbidden, where, "the right is missing");
    error.detail_->action = std::move(action);
    error.detail_->resource = std::move(resource);
    return error;
}

const Error::Detail& Error::detail() const {
    static const Detail empty;
    return detail_ ? *detail_ : empty;
}

Error::Detail& Error::make_detail() {
    if (!detail_) {
        detail_ = std::make_unique<Detail>();
    }
    return *detail_;
}

Error Error::in_field(std::string_view outer) && {
    Detail& detail = make_detail();
    detail.field = detail.field.empty() ? std::string(outer)
                                        : std::string(outer) + "." + detail.field;
    return std::move(*this);
}

std::string Error::to_string() const {
    std::string text(code_name(code_));
    text.append(" ").append(where_);
    const Detail& facts = detail();
    if (!facts.message.empty()) {
        text.append(": ").append(facts.message);
    }
    if (!facts.field.empty()) {
        text.append(" (field ").append(facts.field).append(")");
    }
    if (!facts.action.empty()) {
        text.append(" (action ").append(facts.action);
        text.append(" on ").append(facts.resource).append(")");
    }
    return text;
}

}  // namespace chatelaine

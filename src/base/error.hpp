#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace chatelaine {

/// Every way in which an operation can fail, in bands. The enum is closed: each face has one
/// table from code to its own protocol (HTTP status and OKMS error_code, KMIP result reason), and
/// a test walks the enum over each table. kEndOfCodes is the guard, never a value.
enum class Code : std::uint8_t {
    // The caller's request is wrong (4xx).
    kMalformed,             ///< the bytes do not parse: HTTP, JSON, TTLV, PEM
    kInvalidArgument,       ///< a field has a wrong value; Detail::field names it
    kMissingArgument,       ///< a required field is absent; Detail::field names it
    kUnknownField,          ///< a field that the schema does not have; Detail::field names it
    kRouteNotFound,         ///< no operation at this path
    kMethodNotAllowed,      ///< the path exists, not with this method
    kUnsupportedMediaType,  ///< the body's type is not one that the operation takes
    kTooLarge,              ///< over a named limit of base/limits.hpp
    kNotSupported,          ///< a documented choice that this node does not offer
    kWrongState,            ///< the object's state forbids it (delete of an active key)
    kWrongKeyType,          ///< the algorithm or operation does not go with the key
    kNotPermittedUse,       ///< the key's own allowed operations forbid it
    kNotExtractable,        ///< the key may not leave
    kArchived,              ///< the object was put aside: it must be recovered first
    kKeyFormatNotSupported, ///< the key cannot be given in the wanted format
    kIllegalOperation,      ///< the operation makes no sense for such an object
    // Who is calling and what may they do.
    kUnauthenticated,  ///< no credential, or one that is not good (401)
    kForbidden,        ///< known caller, right missing; Detail names action and resource (403)
    // Not there, or not yours: the same answer on purpose.
    kKeyNotFound,
    kDomainNotFound,
    kSecretNotFound,
    kNotFound,  ///< any other object
    // Somebody was first.
    kAlreadyExists,
    kVersionConflict,
    kUndone,  ///< nothing was done: a part of the same batch failed
    // Limits and back-pressure.
    kRateLimited,  ///< this identity's rate (429)
    kOverloaded,   ///< a bounded queue is full (503)
    // Cryptography. One code for each side, so that nothing is told about why.
    kDecryptFailed,  ///< a caller's ciphertext does not open (400)
    kCryptoFailed,   ///< the library refused what ought to work (500)
    // The service's own condition.
    kSealed,            ///< the root key is not open (503)
    kSealBroken,        ///< a stored record does not open: altered, or of another row (500)
    kStoreUnavailable,  ///< the store cannot take or give it now (503)
    kStoreFull,         ///< no space: changes and uses are refused until there is (503)
    kStoreCorrupt,      ///< the store failed a check (500)
    kFormatTooNew,      ///< written by a newer version; both versions in the message (500)
    kAuditUnavailable,  ///< the journal cannot take the record, so the use did not happen (503)
    kConfiguration,     ///< a configuration file or a command line is wrong
    kInternal,          ///< a bug of ours (500)
    // Never reaches a face: the step needs a thread that may block and is run again there.
    kWouldBlock,
    kEndOfCodes
};

/// The code's stable name in snake_case, as logs and audit records write it.
std::string_view code_name(Code code);

/// A failure as a value: move-only, two words and a pointer. `where` is a literal that names the
/// stage; the detail is for the caller and must hold no key, token or plaintext.
class [[nodiscard]] Error {
public:
    struct Detail {
        std::string message;   ///< one sentence for a person, without secrets
        std::string field;     ///< the field of the request, as the caller wrote it
        std::string action;    ///< the IAM action that is missing
        std::string resource;  ///< the URN it was asked on
    };

    Error(Code code, std::string_view where) : where_(where), code_(code) {}
    Error(Code code, std::string_view where, std::string message);

    /// kInvalidArgument on `field`: what was expected.
    static Error invalid(std::string_view where, std::string field, std::string message);
    static Error missing(std::string_view where, std::string field);
    static Error forbidden(std::string_view where, std::string action, std::string resource);

    Code code() const { return code_; }
    std::string_view where() const { return where_; }
    /// An empty detail when none was given.
    const Detail& detail() const;

    /// Adds a field's name, keeping an inner one behind it ("keys" + "0.kty" = "keys.0.kty").
    Error in_field(std::string_view outer) &&;

    /// "code where: message (field x)" for logs and tests.
    std::string to_string() const;

private:
    Detail& make_detail();

    std::string_view where_;
    std::unique_ptr<Detail> detail_;
    Code code_;
};

}  // namespace chatelaine

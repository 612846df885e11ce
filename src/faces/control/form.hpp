#pragma once

#include "faces/http/face.hpp"

namespace chatelaine::faces::control {

/// A body of application/x-www-form-urlencoded, and the credentials of Basic (RFC 6749, sections
/// 2.3.1 and 3.2). Values may be secrets: wiped when the form goes.
class Form {
public:
    /// kInvalidArgument when the body is of another type, is not well formed, or has a parameter
    /// twice.
    static Result<Form> read(const http::Context& context);
    Form(Form&&) = default;
    Form& operator=(Form&&) = delete;
    ~Form();

    /// The value; empty when there is none.
    std::string_view value(std::string_view name) const;

private:
    Form() = default;
    std::vector<std::pair<std::string, std::string>> members_;
};

/// Who a client says it is, by Basic or by the form's client_id and client_secret, not by both.
struct ClientCredentials {
    std::string id;
    crypto::SecretBytes secret;
};
Result<ClientCredentials> client_credentials(const http::Context& context, const Form& form);

}  // namespace chatelaine::faces::control

#include "faces/control/control_face.hpp"

#include "faces/control/bindings.hpp"
#include "faces/http/openapi.hpp"

namespace chatelaine::faces::control {
namespace {

/// The same list for the face and for its description.
template <class To>
void add_operations(To& to) {
    to.template add<tenancy::RedeemClaim>();
    to.template add<tenancy::CreateDomain>();
    to.template add<tenancy::ListDomains>();
    to.template add<tenancy::GetDomain>();
    to.template add<tenancy::CreateIdentity>();
    to.template add<tenancy::GetIdentity>();
    to.template add<tenancy::ListIdentities>();
    to.template add<tenancy::UpdateIdentity>();
    to.template add<tenancy::DeleteIdentity>();
    to.template add<tenancy::CreateToken>();
    to.template add<tenancy::ListTokens>();
    to.template add<tenancy::RevokeToken>();
    to.template add<tenancy::CreateCredential>();
    to.template add<tenancy::GetCredential>();
    to.template add<tenancy::ListCredentials>();
    to.template add<tenancy::RevokeCredential>();
    to.template add<operate::ReadAudit>();
    to.template add<operate::ReadAccountAudit>();
    to.template add<operate::RotateDomainKey>();
    to.template add<tenancy::WhoAmI>();
    to.template add<tenancy::Can>();
}

net::HttpResponse responsibilities_answer(http::Context& context, const std::string& english,
                                          const std::string& french) {
    net::HttpResponse response;
    const auto language = context.query("lang");
    const std::string chosen = language ? (*language).value_or("en") : std::string("?");
    if (chosen == "en" || chosen == "fr" || chosen.empty()) {
        response.body = chosen == "fr" ? french : english;
    } else {
        http::encode_control_error(
            Error::invalid("control.responsibilities", "lang", "expected en or fr"),
            context.call().request, response);
    }
    return response;
}

}  // namespace

std::unique_ptr<http::Face> make_control_face(engine::Engine& engine) {
    http::Face::Options options;
    options.audit_type = "CONTROL_AUDIT";
    options.encode_error = &http::encode_control_error;
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    add_operations(*face);
    http::add_openapi(*face, "Chatelaine: a customer's domains, identities and credentials");
    return face;
}

void add_responsibilities(http::Face& face, const responsibility::Matrix& matrix,
                          const http::Rows& rows) {
    // Made once: neither the matrix nor the operations change while the service runs.
    const auto english = operate::responsibilities_json(matrix, "en", rows);
    const auto french = operate::responsibilities_json(matrix, "fr", rows);
    CH_CHECK(english && french);
    face.add_plain(responsibilities_route.method, responsibilities_route.path,
                   [english = *english, french = *french](http::Context& context) {
                       return responsibilities_answer(context, english, french);
                   });
}

http::Catalogue catalogue() {
    http::Catalogue catalogue;
    add_operations(catalogue);
    catalogue.add_plain(http::openapi_route);
    catalogue.add_plain(responsibilities_route);
    return catalogue;
}

}  // namespace chatelaine::faces::control

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
    to.template add<tenancy::WhoAmI>();
    to.template add<tenancy::Can>();
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

http::Catalogue catalogue() {
    http::Catalogue catalogue;
    add_operations(catalogue);
    catalogue.add_plain(http::openapi_route);
    return catalogue;
}

}  // namespace chatelaine::faces::control

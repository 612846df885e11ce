#include "faces/control/control_face.hpp"

#include "faces/control/bindings.hpp"

namespace chatelaine::faces::control {

std::unique_ptr<http::Face> make_control_face(engine::Engine& engine) {
    http::Face::Options options;
    options.audit_type = "CONTROL_AUDIT";
    options.encode_error = &http::encode_control_error;
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    face->add<tenancy::RedeemClaim>();
    face->add<tenancy::CreateDomain>();
    face->add<tenancy::ListDomains>();
    face->add<tenancy::GetDomain>();
    face->add<tenancy::CreateIdentity>();
    face->add<tenancy::GetIdentity>();
    face->add<tenancy::ListIdentities>();
    face->add<tenancy::UpdateIdentity>();
    face->add<tenancy::DeleteIdentity>();
    face->add<tenancy::CreateToken>();
    face->add<tenancy::ListTokens>();
    face->add<tenancy::RevokeToken>();
    face->add<tenancy::CreateCredential>();
    face->add<tenancy::GetCredential>();
    face->add<tenancy::ListCredentials>();
    face->add<tenancy::RevokeCredential>();
    face->add<operate::ReadAudit>();
    face->add<tenancy::WhoAmI>();
    face->add<tenancy::Can>();
    return face;
}

}  // namespace chatelaine::faces::control

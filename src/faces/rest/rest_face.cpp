#include "faces/rest/rest_face.hpp"

#include "faces/http/openapi.hpp"
#include "faces/rest/bindings.hpp"
#include "faces/rest/extension_bindings.hpp"
#include "faces/rest/secret_bindings.hpp"

namespace chatelaine::faces::rest {
namespace {

/// Which operation a POST to /v1/servicekey is: making a key or bringing one.
Result<std::size_t> choose_create(http::Context& context) {
    CH_TRY(const json::Value body, context.body());
    const bool brings = !body.member("keys").is_absent() || !body.member("wrappedKeys").is_absent();
    return brings ? std::size_t{1} : std::size_t{0};
}

/// Which operation a GET of one key is: looking at it or taking it out wrapped.
Result<std::size_t> choose_get(http::Context& context) {
    for (const std::string_view name : {"wrappingKeyId", "wrappedKeyFormat", "wrappingAlgorithm"}) {
        const auto value = context.query(name);
        if (!value || *value) {  // one that cannot be read is the export's to refuse
            return std::size_t{1};
        }
    }
    return std::size_t{0};
}

/// The same list for the face and for its description.
template <class To>
void add_operations(To& to) {
    to.template add_choice<objects::CreateKey, objects::ImportKey>(choose_create);
    to.template add_choice<objects::GetKey, objects::ExportKey>(choose_get);
    to.template add<objects::ListKeys>();
    to.template add<objects::UpdateKey>();
    to.template add<objects::DeleteKey>();
    to.template add<objects::ActivateKey>();
    to.template add<objects::DeactivateKey>();
    to.template add<objects::Encrypt>();
    to.template add<objects::Decrypt>();
    to.template add<objects::CreateDataKey>();
    to.template add<objects::DecryptDataKey>();
    to.template add<objects::Sign>();
    to.template add<objects::Verify>();
    to.template add<objects::GetRandom>();
}

/// What the vendor's service does not have. Its clients never ask for these paths.
template <class To>
void add_extensions(To& to) {
    to.template add<objects::GetCatalogue>();
    to.template add<objects::GetAdvice>();
    to.template add<objects::RotateKey>();
    to.template add<objects::ListKeyVersions>();
    to.template add<objects::DestroyKeyVersion>();
    to.template add<objects::ScheduleRotation>();
    to.template add<objects::ReEncrypt>();
    to.template add<objects::UseKeys>();
    to.template add<objects::SetAlias>();
    to.template add<objects::DeleteAlias>();
    to.template add<objects::ListAliases>();
}

template <class To>
void add_secret_operations(To& to) {
    to.template add<secrets::CreateSecret>();
    to.template add_also<secrets::CreateSecret>("POST", "/v2/secret/");
    to.template add<secrets::ListSecrets>();
    to.template add_also<secrets::ListSecrets>("GET", "/v2/secret/");
    to.template add<secrets::SearchSecrets>();
    to.template add_choice<secrets::GetSecret, secrets::ReadSecret>(choose_secret_read);
    to.template add_choice<secrets::PutSecret, secrets::UpdateSecret>(choose_secret_write);
    to.template add<secrets::DeleteSecret>();
    to.template add<secrets::ListVersions>();
    to.template add<secrets::CreateVersion>();
    to.template add_also<secrets::CreateVersion>("PUT", "/v2/secret/{path}/version");
    to.template add_choice<secrets::GetVersion, secrets::ReadVersion>(choose_secret_read);
    to.template add_choice<secrets::ActivateVersion, secrets::DeactivateVersion,
                           secrets::DeleteVersion>(choose_version_state);
    to.template add<secrets::DiffVersions>();
    to.template add<secrets::RollbackSecret>();
    to.template add<secrets::GetReads>();
    to.template add<secrets::ListDeleted>();
    to.template add<secrets::UndeleteSecret>();
    to.template add<secrets::GetRetention>();
    to.template add<secrets::UpdateRetention>();
    to.template add<secrets::GetConfig>();
    to.template add<secrets::UpdateConfig>();
}

}  // namespace

std::unique_ptr<http::Face> make_rest_face(engine::Engine& engine,
                                           void (*more)(http::Face& face)) {
    http::Face::Options options;
    options.prefixes = {"", "/api/{okmsId}"};
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    add_operations(*face);
    add_extensions(*face);
    add_secret_operations(*face);
    if (more != nullptr) {
        more(*face);
    }
    http::add_openapi(*face, "Chatelaine: service keys and secrets");
    return face;
}

http::Catalogue catalogue(void (*more)(http::Catalogue& catalogue)) {
    http::Catalogue catalogue;
    add_operations(catalogue);
    add_extensions(catalogue);
    add_secret_operations(catalogue);
    if (more != nullptr) {
        more(catalogue);
    }
    catalogue.add_plain(http::openapi_route);
    return catalogue;
}

}  // namespace chatelaine::faces::rest

#include "faces/rest/rest_face.hpp"

#include "faces/http/openapi.hpp"
#include "faces/rest/bindings.hpp"

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

}  // namespace

std::unique_ptr<http::Face> make_rest_face(engine::Engine& engine) {
    http::Face::Options options;
    options.prefixes = {"", "/api/{okmsId}"};
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    add_operations(*face);
    http::add_openapi(*face, "Chatelaine: service keys");
    return face;
}

http::Catalogue catalogue() {
    http::Catalogue catalogue;
    add_operations(catalogue);
    catalogue.add_plain(http::openapi_route);
    return catalogue;
}

}  // namespace chatelaine::faces::rest

#include "faces/rest/rest_face.hpp"

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
        CH_TRY(const auto value, context.query(name));
        if (value) {
            return std::size_t{1};
        }
    }
    return std::size_t{0};
}

}  // namespace

std::unique_ptr<http::Face> make_rest_face(engine::Engine& engine) {
    http::Face::Options options;
    options.prefixes = {"", "/api/{okmsId}"};
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    face->add_choice("POST", objects::CreateKey::row.rest.path, choose_create,
                     {face->runner<objects::CreateKey>(), face->runner<objects::ImportKey>()});
    face->add_choice("GET", objects::GetKey::row.rest.path, choose_get,
                     {face->runner<objects::GetKey>(), face->runner<objects::ExportKey>()});
    face->add<objects::ListKeys>();
    face->add<objects::UpdateKey>();
    face->add<objects::DeleteKey>();
    face->add<objects::ActivateKey>();
    face->add<objects::DeactivateKey>();
    face->add<objects::Encrypt>();
    face->add<objects::Decrypt>();
    face->add<objects::CreateDataKey>();
    face->add<objects::DecryptDataKey>();
    face->add<objects::Sign>();
    face->add<objects::Verify>();
    face->add<objects::GetRandom>();
    return face;
}

}  // namespace chatelaine::faces::rest

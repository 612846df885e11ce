#include "faces/operator/operator_face.hpp"

#include "faces/control/bindings.hpp"

namespace chatelaine::faces::operators {
namespace {

net::HttpResponse state_answer(bool good, std::string_view name) {
    net::HttpResponse response;
    response.status = good ? 200 : 503;
    json::Writer(response.body).begin_object().member(name, good).end_object();
    return response;
}

}  // namespace

std::unique_ptr<http::Face> make_operator_face(engine::Engine& engine,
                                               const metrics::Registry& registry) {
    http::Face::Options options;
    options.audit_type = "OPERATOR_AUDIT";
    options.encode_error = &http::encode_control_error;
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    face->add<tenancy::RedeemClaim>();
    face->add<tenancy::CreateAccount>();
    face->add<tenancy::ListAccounts>();
    face->add<tenancy::CreateOperator>();
    face->add<operate::ReadProviderAudit>();
    const seal::Seal& seal = engine.parts().seal;
    face->add_plain("GET", "/health/live",
                    [](http::Context&) { return state_answer(true, "live"); });
    face->add_plain("GET", "/health/ready", [&seal](http::Context&) {
        return state_answer(!seal.is_sealed(), "ready");
    });
    face->add_plain("GET", "/metrics", [&registry](http::Context&) {
        net::HttpResponse response;
        response.content_type = "text/plain; version=0.0.4";
        response.body = registry.expose();
        return response;
    });
    return face;
}

}  // namespace chatelaine::faces::operators

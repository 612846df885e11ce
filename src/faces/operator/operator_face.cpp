#include "faces/operator/operator_face.hpp"

#include "faces/control/bindings.hpp"

namespace chatelaine::faces::operators {
namespace {

constexpr http::PlainRoute kLive{"GET", "/health/live", "200 while the process answers"};
constexpr http::PlainRoute kReady{"GET", "/health/ready",
                                   "200 when it serves, 503 while it is sealed"};
constexpr http::PlainRoute kMetrics{"GET", "/metrics", "Counters and gauges for Prometheus"};

/// The same list for the face and for its description.
template <class To>
void add_operations(To& to) {
    to.template add<tenancy::RedeemClaim>();
    to.template add<tenancy::CreateAccount>();
    to.template add<tenancy::ListAccounts>();
    to.template add<tenancy::CreateOperator>();
    to.template add<operate::ReadProviderAudit>();
}

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
    add_operations(*face);
    const seal::Seal& seal = engine.parts().seal;
    face->add_plain(kLive.method, kLive.path,
                    [](http::Context&) { return state_answer(true, "live"); });
    face->add_plain(kReady.method, kReady.path, [&seal](http::Context&) {
        return state_answer(!seal.is_sealed(), "ready");
    });
    face->add_plain(kMetrics.method, kMetrics.path, [&registry](http::Context&) {
        net::HttpResponse response;
        response.content_type = "text/plain; version=0.0.4";
        response.body = registry.expose();
        return response;
    });
    return face;
}

http::Catalogue catalogue() {
    http::Catalogue catalogue;
    add_operations(catalogue);
    for (const http::PlainRoute& route : {kLive, kReady, kMetrics}) {
        catalogue.add_plain(route);
    }
    return catalogue;
}

}  // namespace chatelaine::faces::operators

#include "faces/operator/operator_face.hpp"

#include <array>

#include "faces/control/bindings.hpp"
#include "faces/control/control_face.hpp"
#include "faces/control/fields.hpp"
#include "faces/control/oversight_bindings.hpp"
#include "faces/operator/bindings.hpp"
#include "faces/operator/seal_json.hpp"
#include "operate/share_intake.hpp"

namespace chatelaine::faces::operators {
namespace {

constexpr http::PlainRoute kLive{"GET", "/health/live", "200 while the process answers"};
constexpr http::PlainRoute kReady{"GET", "/health/ready",
                                   "200 when it serves; 503, saying why, when it does not"};
constexpr http::PlainRoute kSealed{"GET", "/health/sealed",
                                    "Is it sealed, and how many shares are missing"};
constexpr http::PlainRoute kVersion{"GET", "/version", "The version of the service"};
constexpr http::PlainRoute kMetrics{"GET", "/metrics", "Counters and gauges for Prometheus"};
constexpr http::PlainRoute kShare{
    "POST", "/v1/seal/share",
    "Gives one break-glass share; while sealed nobody can be known, so its rate is bounded"};
constexpr std::array kPlainRoutes{kLive, kReady, kSealed, kVersion, kMetrics, kShare};

/// The same list for the face and for its description.
template <class To>
void add_operations(To& to) {
    to.template add<tenancy::RedeemClaim>();
    to.template add<tenancy::CreateAccount>();
    to.template add<tenancy::ListAccounts>();
    to.template add<tenancy::CreateOperator>();
    to.template add<tenancy::ListOperators>();
    to.template add<tenancy::UpdateOperator>();
    to.template add<tenancy::SetAccountState>();
    to.template add<tenancy::RequestElevation>();
    to.template add<tenancy::ListElevations>();
    to.template add<tenancy::ApproveElevation>();
    to.template add<tenancy::EndElevation>();
    to.template add<tenancy::RecordSiteEntry>();
    to.template add<tenancy::SignSiteEntry>();
    to.template add<tenancy::ListSiteEntries>();
    to.template add<operate::ReadProviderAudit>();
    to.template add<operate::ReadProviderEvidence>();
    to.template add<operate::ReadProviderNotices>();
    to.template add<operate::SealStatus>();
    to.template add<operate::SealNow>();
    to.template add<operate::RotateRoot>();
    to.template add<operate::Backup>();
}

net::HttpResponse refusal(const http::Context& context, const Error& error) {
    net::HttpResponse response;
    http::encode_control_error(error, context.call().request, response);
    return response;
}

net::HttpResponse live(http::Context&) {
    net::HttpResponse response;
    json::Writer(response.body).begin_object().member("live", true).end_object();
    return response;
}

net::HttpResponse ready(const operate::Tools& tools) {
    std::vector<std::pair<std::string, bool>> checks{{"unsealed", !tools.seal->is_sealed()}};
    if (tools.readiness) {
        for (auto& check : tools.readiness()) {
            checks.push_back(std::move(check));
        }
    }
    bool all = true;
    for (const auto& [name, good] : checks) {
        all = all && good;
    }
    net::HttpResponse response;
    response.status = all ? 200 : 503;
    json::Writer out(response.body);
    out.begin_object().member("ready", all).key("checks").begin_object();
    for (const auto& [name, good] : checks) {
        out.member(name, good);
    }
    out.end_object().end_object();
    return response;
}

net::HttpResponse sealed(const operate::Tools& tools) {
    net::HttpResponse response;
    json::Writer out(response.body);
    out.begin_object();
    write_seal_state(out, {tools.seal->is_sealed(), tools.seal->shares_missing()});
    out.end_object();
    return response;
}

net::HttpResponse take_share(http::Context& context, operate::ShareIntake& intake) {
    const auto state = [&]() -> Result<operate::SealState> {
        CH_TRY(const json::Value body, context.body());
        CH_TRY_VOID(body.only_members({"share"}));
        CH_TRY(const std::string_view text, body.member("share").string());
        return intake.submit(control::secret_text(text), context.call().client_ip);
    }();
    if (!state) {
        return refusal(context, state.error());
    }
    net::HttpResponse response;
    json::Writer out(response.body);
    out.begin_object();
    write_seal_state(out, *state);
    out.end_object();
    return response;
}

void add_plain_routes(http::Face& face, operate::Tools& tools) {
    const auto add = [&face](const http::PlainRoute& route, http::Face::Plain plain) {
        face.add_plain(route.method, route.path, std::move(plain));
    };
    add(kLive, &live);
    add(kReady, [&tools](http::Context&) { return ready(tools); });
    add(kSealed, [&tools](http::Context&) { return sealed(tools); });
    add(kVersion, [&tools](http::Context&) {
        net::HttpResponse response;
        json::Writer(response.body)
            .begin_object()
            .member("version", tools.version)
            .end_object();
        return response;
    });
    add(kMetrics, [&tools](http::Context&) {
        net::HttpResponse response;
        response.content_type = "text/plain; version=0.0.4";
        response.body = tools.registry->expose();
        return response;
    });
    add(kShare, [intake = std::make_shared<operate::ShareIntake>(tools)](http::Context& context) {
        return take_share(context, *intake);
    });
}

}  // namespace

std::unique_ptr<http::Face> make_operator_face(engine::Engine& engine, operate::Tools& tools) {
    http::Face::Options options;
    options.audit_type = "OPERATOR_AUDIT";
    options.encode_error = &http::encode_control_error;
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    add_operations(*face);
    add_plain_routes(*face, tools);
    return face;
}

http::Catalogue catalogue() {
    http::Catalogue catalogue;
    add_operations(catalogue);
    for (const http::PlainRoute& route : kPlainRoutes) {
        catalogue.add_plain(route);
    }
    catalogue.add_plain(control::responsibilities_route);
    return catalogue;
}

}  // namespace chatelaine::faces::operators

#include "faces/vault/vault_face.hpp"

#include <chrono>

#include "base/json.hpp"
#include "faces/vault/bindings.hpp"

namespace chatelaine::faces::vault {
namespace {

constexpr std::string_view kData = "/v1/secret/data/{path...}";
constexpr std::string_view kMetadata = "/v1/secret/metadata/{path...}";
/// The root of a list, as clients ask for it.
constexpr std::string_view kRoots[] = {"/v1/secret/metadata", "/v1/secret/metadata/"};

constexpr http::PlainRoute health_route{"GET", "/v1/sys/health",
                                        "Vault: is the service initialised and open"};

/// Metadata or, with list=true, a list.
Result<std::size_t> choose_metadata(http::Context& context) {
    CH_TRY(const auto list, context.query("list"));
    return list && *list == "true" ? std::size_t{1} : std::size_t{0};
}

/// The same list for the face and for its description.
template <class To>
void add_operations(To& to) {
    to.template add<secrets::KvWrite>();
    to.template add_also<secrets::KvWrite>("PUT", kData);
    to.template add<secrets::KvRead>();
    to.template add<secrets::KvPatch>();
    to.template add<secrets::KvDeleteLatest>();
    to.template add<secrets::KvDelete>();
    to.template add_also<secrets::KvDelete>("PUT", secrets::KvDelete::row.rest.path);
    to.template add<secrets::KvUndelete>();
    to.template add_also<secrets::KvUndelete>("PUT", secrets::KvUndelete::row.rest.path);
    to.template add<secrets::KvDestroy>();
    to.template add_also<secrets::KvDestroy>("POST", secrets::KvDestroy::row.rest.path);
    to.template add<secrets::KvSubkeys>();
    to.template add_choice<secrets::KvGetMetadata, secrets::KvList>(choose_metadata);
    to.template add_also<secrets::KvList>("LIST", kMetadata);
    for (const std::string_view root : kRoots) {
        to.template add_also<secrets::KvList>("GET", root);
        to.template add_also<secrets::KvList>("LIST", root);
    }
    to.template add<secrets::KvPutMetadata>();
    to.template add_also<secrets::KvPutMetadata>("PUT", kMetadata);
    to.template add<secrets::KvPatchMetadata>();
    to.template add<secrets::KvDeleteMetadata>();
    to.template add<secrets::KvGetConfig>();
    to.template add<secrets::KvUpdateConfig>();
    to.template add_also<secrets::KvUpdateConfig>("PUT", secrets::KvUpdateConfig::row.rest.path);
    to.template add<ListMounts>();
    to.template add<GetMount>();
    to.template add<tenancy::LookupSelf>();
    to.template add<tenancy::LookupToken>();
    to.template add_also<tenancy::LookupToken>("PUT", tenancy::LookupToken::row.rest.path);
    to.template add<tenancy::CreateChildToken>();
    to.template add_also<tenancy::CreateChildToken>("PUT",
                                                    tenancy::CreateChildToken::row.rest.path);
}

/// 200 when it serves, 503 while it is sealed: what balancers and clients go by.
net::HttpResponse health(http::Context& context) {
    const bool sealed = context.tools().seal != nullptr && context.tools().seal->is_sealed();
    net::HttpResponse response;
    response.status = sealed ? 503 : 200;
    const auto now = system_clock().now();
    json::Writer(response.body)
        .begin_object()
        .member("initialized", true)
        .member("sealed", sealed)
        .member("standby", false)
        .member("performance_standby", false)
        .member("replication_performance_mode", "disabled")
        .member("replication_dr_mode", "disabled")
        .member("server_time_utc", now.seconds())
        .member("version", "chatelaine")
        .end_object();
    return response;
}

}  // namespace

void add_to_face(http::Face& face) {
    add_operations(face);
    for (const std::string& prefix : face.options().prefixes) {
        for (const std::string_view method : {"GET", "HEAD"}) {
            face.add_plain(method, prefix + std::string(health_route.path), health);
        }
    }
}

void add_to_catalogue(http::Catalogue& catalogue) {
    add_operations(catalogue);
    catalogue.add_plain(health_route);
}

}  // namespace chatelaine::faces::vault

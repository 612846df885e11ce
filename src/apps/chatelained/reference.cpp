#include "apps/chatelained/reference.hpp"

#include "faces/control/control_face.hpp"
#include "faces/kmip/kmip_face.hpp"
#include "faces/operator/operator_face.hpp"
#include "faces/rest/rest_face.hpp"
#include "faces/vault/vault_face.hpp"

namespace chatelaine::app {

std::vector<faces::http::Listener> listeners() {
    return {{"REST",
             "Below `/api/{okmsId}`, and without it for a credential that names its domain.",
             faces::rest::catalogue(&faces::vault::add_to_catalogue)},
            {"Control", "The customers' management interface.", faces::control::catalogue()},
            {"Operator", "The provider's own listener, on loopback unless configured otherwise.",
             faces::operators::catalogue()},
            {"KMIP",
             "TTLV over mutual TLS, versions 1.0 to 1.4, 2.0 and 2.1. Query and Discover Versions "
             "need no right.",
             faces::kmip::catalogue()}};
}

std::string reference() { return faces::http::reference_text(listeners()); }

}  // namespace chatelaine::app

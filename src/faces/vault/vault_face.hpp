#pragma once

#include "faces/http/face.hpp"

/// Vault's KV version 2 (okms-rest.md, section 5) on the REST listener.

namespace chatelaine::faces::vault {

/// Adds the routes to the REST face, and to what it says of itself.
void add_to_face(http::Face& face);
void add_to_catalogue(http::Catalogue& catalogue);

}  // namespace chatelaine::faces::vault

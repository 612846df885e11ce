#pragma once

#include <memory>

#include "faces/http/face.hpp"

/// OKMS REST: v1, service keys and random (okms-rest.md, section 3), and v2, secrets (section 4),
/// below /api/{okmsId} and, for callers whose credential names the domain, without it.

namespace chatelaine::faces::rest {

/// `more` adds what another room serves on the same listener.
std::unique_ptr<http::Face> make_rest_face(engine::Engine& engine,
                                           void (*more)(http::Face& face) = nullptr);
/// What that face serves, without an engine: for the reference and for tests.
http::Catalogue catalogue(void (*more)(http::Catalogue& catalogue) = nullptr);

}  // namespace chatelaine::faces::rest

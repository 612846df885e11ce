#pragma once

#include <memory>

#include "faces/http/face.hpp"

/// OKMS REST v1, service keys and random (okms-rest.md, section 3), below /api/{okmsId} and, for
/// callers whose credential names the domain, without it.

namespace chatelaine::faces::rest {

std::unique_ptr<http::Face> make_rest_face(engine::Engine& engine);
/// What that face serves, without an engine: for the reference and for tests.
http::Catalogue catalogue();

}  // namespace chatelaine::faces::rest

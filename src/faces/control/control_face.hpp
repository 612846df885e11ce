#pragma once

#include <memory>

#include "faces/http/face.hpp"

/// The customers' management interface: claim, domains, identities, tokens, client certificates,
/// the matrix. OVH's own control API comes to the same operations later.

namespace chatelaine::faces::control {

std::unique_ptr<http::Face> make_control_face(engine::Engine& engine);
/// What that face serves, without an engine: for the reference and for tests.
http::Catalogue catalogue();

}  // namespace chatelaine::faces::control

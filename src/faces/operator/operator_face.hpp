#pragma once

#include <memory>

#include "faces/http/face.hpp"
#include "operate/tools.hpp"

/// The provider's own listener: accounts, operators, the seal, backup, its audit trail, health,
/// metrics.

namespace chatelaine::faces::operators {

/// Without a caller: health, metrics, version, and POST /v1/seal/share (no record opens while
/// sealed, so nobody can be known then). `tools` must outlive the face.
std::unique_ptr<http::Face> make_operator_face(engine::Engine& engine, operate::Tools& tools);
/// What that face serves, without an engine: for the reference and for tests.
http::Catalogue catalogue();

}  // namespace chatelaine::faces::operators

#pragma once

#include <memory>

#include "base/metrics.hpp"
#include "faces/http/face.hpp"

/// The provider's own listener: accounts, operators, health, metrics.

namespace chatelaine::faces::operators {

std::unique_ptr<http::Face> make_operator_face(engine::Engine& engine,
                                               const metrics::Registry& registry);
/// What that face serves, without an engine: for the reference and for tests.
http::Catalogue catalogue();

}  // namespace chatelaine::faces::operators

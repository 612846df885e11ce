#pragma once

#include <memory>

#include "faces/http/face.hpp"
#include "operate/responsibilities.hpp"

/// The customers' management interface: claim, domains, identities, tokens, client certificates,
/// the matrix. OVH's own control API comes to the same operations later.

namespace chatelaine::faces::control {

std::unique_ptr<http::Face> make_control_face(engine::Engine& engine);
inline constexpr http::PlainRoute responsibilities_route{
    "GET", "/responsibilities",
    "The matrix: who answers for what, by which operations; with a credential, by evidence.read or "
    "evidence.readProvider, the last evidence of each activity too"};
/// Adds it, over all the service's rows, for the readers of a listener; `?lang=` is en or fr.
void add_responsibilities(http::Face& face, const responsibility::Matrix& matrix,
                          const http::Rows& rows, responsibility::Party reader);
inline constexpr http::PlainRoute actions_route{
    "GET", "/v2/iam/reference/action", "Every action that a policy may name, with its categories"};
inline constexpr http::PlainRoute types_route{
    "GET", "/v2/iam/reference/resource/type", "The types of resources that actions are about"};
/// Adds both, over all the service's rows; `?resourceType=` leaves the actions of one type.
void add_reference(http::Face& face, const http::Rows& rows);
/// What that face serves, without an engine: for the reference and for tests.
http::Catalogue catalogue();

}  // namespace chatelaine::faces::control

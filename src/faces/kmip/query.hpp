#pragma once

#include "faces/kmip/kmip_face.hpp"

/// What needs no right: Query and Discover Versions.

namespace chatelaine::faces::kmip {

/// The version that brought an operation.
Version first_version(ttlv::Operation operation);

void add_queries(KmipFace& face);

}  // namespace chatelaine::faces::kmip

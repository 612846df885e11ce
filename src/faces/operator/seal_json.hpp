#pragma once

#include "base/json.hpp"
#include "operate/operations.hpp"

/// Private to the room.

namespace chatelaine::faces::operators {

/// The members "sealed" and "sharesMissing".
void write_seal_state(json::Writer& out, const operate::SealState& state);

}  // namespace chatelaine::faces::operators

#pragma once

#include <string>
#include <vector>

#include "faces/http/reference.hpp"

namespace chatelaine::app {

/// What each listener of this program serves.
std::vector<faces::http::Listener> listeners();

/// docs/reference.md.
std::string reference();

}  // namespace chatelaine::app

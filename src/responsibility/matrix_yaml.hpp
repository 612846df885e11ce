#pragma once

#include <string_view>

namespace chatelaine::responsibility {

/// The text of matrix.yaml as it was at build time.
std::string_view matrix_yaml();

}  // namespace chatelaine::responsibility

#include "base/log.hpp"

namespace chatelaine::log {

__attribute__((weak)) void write(Level, std::string_view, std::initializer_list<Pair>,
                                 std::string_view) {}

}  // namespace chatelaine::log

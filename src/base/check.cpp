#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace chatelaine {

void check_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "chatelaine: internal check failed: %s at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace chatelaine

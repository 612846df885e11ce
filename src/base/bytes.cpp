#include "base/bytes.hpp"

#include <cstring>

namespace chatelaine {

void wipe(void* data, std::size_t size) noexcept { ::explicit_bzero(data, size); }

void wipe(std::string& text) noexcept {
    wipe(text.data(), text.capacity());
    text.clear();
}

}  // namespace chatelaine

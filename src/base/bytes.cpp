#include "base/bytes.hpp"

#include <cstring>

namespace chatelaine {

void wipe(void* data, std::size_t size) noexcept {
    // An empty buffer may have no address, which explicit_bzero must not be given.
    if (size != 0) {
        ::explicit_bzero(data, size);
    }
}

void wipe(std::string& text) noexcept {
    wipe(text.data(), text.capacity());
    text.clear();
}

}  // namespace chatelaine

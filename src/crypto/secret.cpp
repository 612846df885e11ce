#include "crypto/secret.hpp"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstring>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "crypto/pool.hpp"

namespace chatelaine::crypto {

namespace {

PagePool& arena() {
    static PagePool pool({.reserve_bytes = limits::secret_arena_bytes,
                          .slot = 0,
                          .lock_pages = true,
                          .zeroed = true,
                          .cached_bytes_max = 2048,
                          .cached_block_max = 1024});
    return pool;
}

std::uint8_t* take(std::size_t size) {
    if (size == 0) {
        return nullptr;
    }
    void* const block = arena().allocate(size);
    CH_CHECK(block !=
             nullptr);  // The arena is full: sizes and counts are bounded so that it is not.
    return static_cast<std::uint8_t*>(block);
}

void give(std::uint8_t* data, std::size_t size) noexcept {
    if (data != nullptr) {
        wipe(data, size);
        arena().release(data);
    }
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : data_(take(size)), size_(size) {}

SecretBytes SecretBytes::copy_of(BytesView source) {
    SecretBytes copy(source.size());
    if (!source.empty()) {
        std::memcpy(copy.data_, source.data(), source.size());
    }
    return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        give(data_, size_);
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

SecretBytes::~SecretBytes() { give(data_, size_); }

SecretBytes SecretBytes::clone() const { return copy_of({data_, size_}); }

void SecretBytes::truncate(std::size_t size) {
    CH_CHECK(size <= size_);
    if (size == 0) {
        give(std::exchange(data_, nullptr), size_);
    } else {
        // Behind size_ everything is zero: the arena relies on it.
        wipe(data_ + size, size_ - size);
    }
    size_ = size;
}

bool equal_ct(BytesView a, BytesView b) {
    return a.size() == b.size() &&
           (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

bool equal_ct(const SecretBytes& a, const SecretBytes& b) {
    return a.with_exposed(insecure_expose_secret(), [&](BytesView left) {
        return b.with_exposed(insecure_expose_secret(),
                              [&](BytesView right) { return equal_ct(left, right); });
    });
}

ArenaStatus arena_status() {
    const PagePool& pool = arena();
    return {pool.reserved_bytes(), pool.used_bytes(), pool.locked()};
}

void forbid_core_dumps() {
    const ::rlimit none{0, 0};
    static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
    static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

}  // namespace chatelaine::crypto

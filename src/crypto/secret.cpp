#include "crypto/secret.hpp"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstring>

#include "base/check.hpp"
#include "crypto/arena.hpp"

namespace chatelaine::crypto {

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
    if (size > 0) {
        data_ = SecretArena::instance().allocate(size);
    }
}

SecretBytes SecretBytes::copy_of(BytesView source) {
    SecretBytes copy(source.size());
    if (!source.empty()) {
        std::memcpy(copy.data_, source.data(), source.size());
    }
    return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      allocated_(std::exchange(other.allocated_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        SecretBytes old(std::move(*this));
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        allocated_ = std::exchange(other.allocated_, 0);
    }
    return *this;
}

SecretBytes::~SecretBytes() {
    if (data_ != nullptr) {
        SecretArena::instance().release(data_, size_ + allocated_);
    }
}

SecretBytes SecretBytes::clone() const { return copy_of(BytesView(data_, size_)); }

void SecretBytes::truncate(std::size_t size) {
    CH_CHECK(size <= size_);
    if (data_ != nullptr) {
        wipe(data_ + size, size_ - size);
        allocated_ += size_ - size;
        size_ = size;
    }
}

bool equal_ct(BytesView a, BytesView b) {
    return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

bool equal_ct(const SecretBytes& a, const SecretBytes& b) {
    const ExposeToken token = insecure_expose_secret();
    return a.with_exposed(token, [&](BytesView left) {
        return b.with_exposed(token, [&](BytesView right) { return equal_ct(left, right); });
    });
}

ArenaStatus arena_status() { return SecretArena::instance().status(); }

void forbid_core_dumps() {
    const rlimit none{0, 0};
    CH_CHECK(::setrlimit(RLIMIT_CORE, &none) == 0);
    CH_CHECK(::prctl(PR_SET_DUMPABLE, 0) == 0);
}

}  // namespace chatelaine::crypto

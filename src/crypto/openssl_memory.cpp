#include <openssl/crypto.h>

#include <cstring>

#include "crypto/pool.hpp"
#include "crypto/secret.hpp"

/// OpenSSL's allocator. Its objects hold key schedules, private numbers and TLS buffers, so its
/// memory stays out of core dumps and every block is wiped when freed.

namespace chatelaine::crypto {

namespace {

constexpr std::size_t kReserveBytes = std::size_t{16} * 1024 * 1024 * 1024;

PagePool& heap() {
    static PagePool pool({.reserve_bytes = kReserveBytes,
                          .slot = 1,
                          .lock_pages = false,
                          .zeroed = false,
                          .cached_bytes_max = 96 * 1024,
                          .cached_block_max = PagePool::class_bytes_max});
    return pool;
}

void* allocate(std::size_t size, const char*, int) noexcept {
    return size == 0 ? nullptr : heap().allocate(size);
}

void release(void* block, const char*, int) noexcept {
    if (block != nullptr) {
        PagePool& pool = heap();
        wipe(block, pool.block_size(block));
        pool.release(block);
    }
}

void* reallocate(void* block, std::size_t size, const char* file, int line) noexcept {
    if (block == nullptr) {
        return allocate(size, file, line);
    }
    if (size == 0) {
        release(block, file, line);
        return nullptr;
    }
    const std::size_t old_size = heap().block_size(block);
    if (size <= old_size && size >= old_size / 2) {
        return block;
    }
    void* const moved = heap().allocate(size);
    if (moved != nullptr) {
        std::memcpy(moved, block, size < old_size ? size : old_size);
        release(block, file, line);
    }
    return moved;
}

}  // namespace

bool take_over_openssl_memory() {
    return CRYPTO_set_mem_functions(allocate, reallocate, release) == 1;
}

}  // namespace chatelaine::crypto

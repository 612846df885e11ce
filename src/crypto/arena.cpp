#include "crypto/arena.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <new>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace chatelaine::crypto {

SecretArena& SecretArena::instance() {
    // Never destroyed: secrets in statics of other rooms may outlive any order of destruction.
    alignas(SecretArena) static std::uint8_t place[sizeof(SecretArena)];
    static SecretArena* const arena = new (place) SecretArena();
    return *arena;
}

SecretArena::SecretArena() {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    reserved_ = limits::secret_arena_bytes;
    void* const region = ::mmap(nullptr, reserved_ + 2 * page, PROT_NONE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CH_CHECK(region != MAP_FAILED);
    next_ = static_cast<std::uint8_t*>(region) + page;
    end_ = next_ + reserved_;
    CH_CHECK(::mprotect(next_, reserved_, PROT_READ | PROT_WRITE) == 0);
    CH_CHECK(::madvise(next_, reserved_, MADV_DONTDUMP) == 0);
    // Huge pages would lock two megabytes for one key.
    static_cast<void>(::madvise(next_, reserved_, MADV_NOHUGEPAGE));
    locked_ = ::mlock2(next_, reserved_, MLOCK_ONFAULT) == 0;
}

std::size_t SecretArena::class_of(std::size_t size) {
    const std::size_t rounded = std::bit_ceil(size < 16 ? std::size_t{16} : size);
    const auto index = static_cast<std::size_t>(std::countr_zero(rounded)) - 4;
    CH_CHECK(index < class_count);
    return index;
}

std::uint8_t* SecretArena::carve(std::size_t bytes) {
    const std::lock_guard lock(carve_mutex_);
    CH_CHECK(static_cast<std::size_t>(end_ - next_) >= bytes);
    std::uint8_t* const block = next_;
    next_ += bytes;
    return block;
}

std::uint8_t* SecretArena::allocate(std::size_t size) {
    const std::size_t index = class_of(size);
    Class& blocks = classes_[index];
    std::uint8_t* block = nullptr;
    {
        const std::lock_guard lock(blocks.mutex);
        ++blocks.used;
        if (blocks.free != nullptr) {
            block = reinterpret_cast<std::uint8_t*>(blocks.free);
            blocks.free = blocks.free->next;
        }
    }
    if (block == nullptr) {
        return carve(class_bytes(index));  // fresh pages are zero
    }
    // All but the list's pointer was wiped when the block came back.
    wipe(block, sizeof(FreeBlock));
    return block;
}

void SecretArena::release(std::uint8_t* block, std::size_t size) noexcept {
    wipe(block, size);
    const std::size_t index = class_of(size);
    Class& blocks = classes_[index];
    const std::lock_guard lock(blocks.mutex);
    --blocks.used;
    blocks.free = new (block) FreeBlock{blocks.free};
}

ArenaStatus SecretArena::status() {
    ArenaStatus status;
    status.reserved_bytes = reserved_;
    status.locked = locked_;
    for (std::size_t i = 0; i < class_count; ++i) {
        const std::lock_guard lock(classes_[i].mutex);
        status.used_bytes += classes_[i].used * class_bytes(i);
    }
    return status;
}

}  // namespace chatelaine::crypto

// OpenSSL keeps raw keys in its own allocations (a kept cipher context, a private key's numbers).
// They go to memory that is left out of core dumps and wiped when it is freed. The allocator has
// size classes with a list for each thread, since TLS allocates on the hot path.
#include <openssl/crypto.h>
#include <sys/mman.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

#include "crypto/secret.hpp"

namespace chatelaine::crypto {
namespace {

/// In front of each block; keeps the payload aligned to 16.
struct alignas(16) Header {
    std::size_t size;        ///< as asked for
    std::size_t class_index; ///< or class_count: a mapping of its own
};
struct FreeBlock {
    FreeBlock* next;
};

constexpr std::size_t kClassCount = 12;  // 32 bytes to 64 KiB, header included
constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::size_t kThreadBlocksMax = 64;

constexpr std::size_t class_bytes(std::size_t index) { return std::size_t{32} << index; }

void* map_undumpable(std::size_t bytes) {
    void* const region =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) {
        return nullptr;
    }
    static_cast<void>(::madvise(region, bytes, MADV_DONTDUMP));
    return region;
}

/// What all threads share: freed blocks beyond a thread's own, and the chunk being cut up.
class Central {
public:
    static Central& instance() {
        alignas(Central) static std::uint8_t place[sizeof(Central)];
        static Central* const central = new (place) Central();
        return *central;
    }
    void* take(std::size_t index) {
        const std::lock_guard lock(mutex_);
        if (free_[index] != nullptr) {
            FreeBlock* const block = free_[index];
            free_[index] = block->next;
            return block;
        }
        const std::size_t bytes = class_bytes(index);
        if (chunk_left_ < bytes) {
            chunk_ = static_cast<std::uint8_t*>(map_undumpable(kChunkBytes));
            chunk_left_ = chunk_ == nullptr ? 0 : kChunkBytes;
            if (chunk_ == nullptr) {
                return nullptr;
            }
        }
        void* const block = chunk_;
        chunk_ += bytes;
        chunk_left_ -= bytes;
        return block;
    }
    void give(std::size_t index, FreeBlock* block) {
        const std::lock_guard lock(mutex_);
        block->next = free_[index];
        free_[index] = block;
    }

private:
    std::mutex mutex_;
    FreeBlock* free_[kClassCount] = {};
    std::uint8_t* chunk_ = nullptr;
    std::size_t chunk_left_ = 0;
};

/// A thread's own blocks; they go back to all when the thread ends.
struct ThreadLists {
    FreeBlock* free[kClassCount] = {};
    std::size_t count[kClassCount] = {};
    bool ended = false;
    ~ThreadLists() {
        for (std::size_t i = 0; i < kClassCount; ++i) {
            while (free[i] != nullptr) {
                FreeBlock* const block = free[i];
                free[i] = block->next;
                Central::instance().give(i, block);
            }
        }
        ended = true;
    }
};

ThreadLists& thread_lists() {
    static thread_local ThreadLists lists;
    return lists;
}

void* allocate(std::size_t size, const char*, int) {
    if (size == 0) {
        return nullptr;
    }
    const std::size_t whole = size + sizeof(Header);
    Header* header = nullptr;
    if (whole > class_bytes(kClassCount - 1)) {
        header = static_cast<Header*>(map_undumpable(whole));
        if (header == nullptr) {
            return nullptr;
        }
        *header = {size, kClassCount};
        return header + 1;
    }
    const std::size_t rounded = std::bit_ceil(whole < 32 ? std::size_t{32} : whole);
    const auto index = static_cast<std::size_t>(std::countr_zero(rounded)) - 5;
    ThreadLists& lists = thread_lists();
    if (!lists.ended && lists.free[index] != nullptr) {
        header = reinterpret_cast<Header*>(lists.free[index]);
        lists.free[index] = lists.free[index]->next;
        --lists.count[index];
    } else {
        header = static_cast<Header*>(Central::instance().take(index));
        if (header == nullptr) {
            return nullptr;
        }
    }
    *header = {size, index};
    return header + 1;
}

void release(void* block, const char*, int) {
    if (block == nullptr) {
        return;
    }
    Header* const header = static_cast<Header*>(block) - 1;
    const std::size_t index = header->class_index;
    const std::size_t whole = header->size + sizeof(Header);
    wipe(block, header->size);
    if (index == kClassCount) {
        ::munmap(header, whole);
        return;
    }
    auto* const freed = new (header) FreeBlock{nullptr};
    ThreadLists& lists = thread_lists();
    if (lists.ended || lists.count[index] >= kThreadBlocksMax) {
        Central::instance().give(index, freed);
        return;
    }
    freed->next = lists.free[index];
    lists.free[index] = freed;
    ++lists.count[index];
}

void* reallocate(void* block, std::size_t size, const char* file, int line) {
    if (block == nullptr) {
        return allocate(size, file, line);
    }
    if (size == 0) {
        release(block, file, line);
        return nullptr;
    }
    Header* const header = static_cast<Header*>(block) - 1;
    const std::size_t old_size = header->size;
    if (header->class_index < kClassCount &&
        size + sizeof(Header) <= class_bytes(header->class_index)) {
        if (size < old_size) {
            wipe(static_cast<std::uint8_t*>(block) + size, old_size - size);
        }
        header->size = size;
        return block;
    }
    void* const larger = allocate(size, file, line);
    if (larger != nullptr) {
        std::memcpy(larger, block, old_size < size ? old_size : size);
        release(block, file, line);
    }
    return larger;
}

}  // namespace

bool take_over_openssl_memory() {
    return CRYPTO_set_mem_functions(&allocate, &reallocate, &release) == 1;
}

}  // namespace chatelaine::crypto

#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "crypto/secret.hpp"

namespace chatelaine::crypto {

/// The one region that all SecretBytes live in: reserved once, guarded at both ends, out of core
/// dumps, locked page by page as it is touched. Blocks come in classes of powers of two; a freed
/// block is wiped before it goes back. Threads: any, one short lock for each class.
class SecretArena {
public:
    static SecretArena& instance();

    /// `size` zero bytes; aborts when the region is used up.
    std::uint8_t* allocate(std::size_t size);
    /// Wipes and takes back; `size` as it was asked for.
    void release(std::uint8_t* block, std::size_t size) noexcept;
    ArenaStatus status();

private:
    SecretArena();
    static constexpr std::size_t class_count = 17;  ///< 16 bytes to 1 MiB
    static std::size_t class_of(std::size_t size);
    static constexpr std::size_t class_bytes(std::size_t index) {
        return std::size_t{16} << index;
    }
    std::uint8_t* carve(std::size_t bytes);

    struct FreeBlock {
        FreeBlock* next;
    };
    struct alignas(64) Class {
        std::mutex mutex;
        FreeBlock* free = nullptr;
        std::size_t used = 0;
    };
    Class classes_[class_count];
    std::mutex carve_mutex_;
    std::uint8_t* next_ = nullptr;
    std::uint8_t* end_ = nullptr;
    std::size_t reserved_ = 0;
    bool locked_ = false;
};

}  // namespace chatelaine::crypto

#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace chatelaine::crypto {

/// An allocator over one reserved range of addresses that core dumps leave out. Private to the
/// room: the secret arena and OpenSSL's memory are its two users.
///
/// Pages are taken from the range as they are needed, cut into blocks of 40 size classes, and come
/// back to the range when all blocks of a cut are free; blocks above class_bytes_max are whole
/// pages. Each thread keeps a few free blocks of each class, so that most calls take no lock.
/// A page before and a page after the range cannot be touched.
/// Threads: any. Never destroyed: what uses it may outlive every static.
class PagePool {
public:
    struct Options {
        std::size_t reserve_bytes = 0;
        std::size_t slot = 0;    ///< which of a thread's caches is this pool's: below slot_count
        bool lock_pages = false;
        /// Blocks are handed out zeroed; whoever frees one has zeroed it.
        bool zeroed = false;
        std::size_t cached_bytes_max = 0;  ///< a thread keeps of one class
        std::size_t cached_block_max = 0;  ///< larger blocks are not kept by threads
    };
    static constexpr std::size_t slot_count = 2;
    static constexpr std::size_t page_bytes = 4096;
    static constexpr std::size_t class_count = 40;
    static constexpr std::size_t class_bytes_max = 32768;

    explicit PagePool(const Options& options);
    PagePool(const PagePool&) = delete;
    PagePool& operator=(const PagePool&) = delete;

    /// At least `size` bytes (size > 0), aligned to 16; null when the range is full.
    void* allocate(std::size_t size) noexcept;
    void release(void* block) noexcept;
    /// The whole size of an allocated block.
    std::size_t block_size(const void* block) const noexcept;

    std::size_t reserved_bytes() const { return page_count_ * page_bytes; }
    /// Blocks handed out, those that threads keep for later included.
    std::size_t used_bytes() const;
    /// True as long as every page taken is locked.
    bool locked() const { return locked_.load(std::memory_order_relaxed); }

    static constexpr std::size_t class_of(std::size_t size) {
        if (size <= 128) {
            return (size + 15) / 16 - 1;
        }
        const auto width = static_cast<std::size_t>(std::bit_width(size - 1));
        return 8 + (width - 8) * 4 + (((size - 1) >> (width - 3)) - 4);
    }
    static constexpr std::size_t class_bytes(std::size_t index) {
        if (index < 8) {
            return (index + 1) * 16;
        }
        return (5 + (index - 8) % 4) << ((index - 8) / 4 + 5);
    }

private:
    friend struct ThreadCaches;

    /// A free block; its first bytes link it.
    struct Block {
        Block* next;
    };
    /// What is known of a page. Only the first page of a run has all of it; the others have
    /// `first` and `kind`, a free run's last page has `first` too.
    struct Page {
        Block* free;
        std::uint32_t first;
        std::uint32_t count;  ///< pages in the run
        std::uint32_t next;   ///< run in the same list
        std::uint32_t previous;
        std::uint16_t used;    ///< blocks handed out
        std::uint16_t carved;  ///< blocks ever cut from the run
        std::uint8_t kind;     ///< kFree, kLarge or a class + kClassBase
        bool listed;
    };
    struct Central {
        std::mutex mutex;
        std::uint32_t partial = 0;  ///< runs that have a free block
        std::size_t used = 0;       ///< blocks handed out
    };
    static constexpr std::uint8_t kFree = 0;
    static constexpr std::uint8_t kLarge = 1;
    static constexpr std::uint8_t kClassBase = 2;
    static constexpr std::size_t bin_count = 65;

    static std::size_t run_pages(std::size_t index);
    std::size_t cached_count_max(std::size_t index) const;
    std::uint32_t page_of(const void* block) const noexcept;
    std::byte* address(std::uint32_t page) const;

    void* allocate_slowly(std::size_t index) noexcept;
    void* allocate_large(std::size_t size) noexcept;
    void release_large(std::uint32_t page) noexcept;
    Block* take_block(Central& central, std::size_t index);
    void give_block(Central& central, std::size_t index, Block* block);
    void give_back(std::size_t index, Block* blocks, std::size_t count) noexcept;

    std::uint32_t take_run(std::size_t count, std::uint8_t kind);
    std::uint32_t take_free_run(std::size_t count);
    void give_run(std::uint32_t first);
    bool commit(std::size_t count);
    void link(std::uint32_t& head, std::uint32_t page);
    void unlink(std::uint32_t& head, std::uint32_t page);

    Options options_;
    std::byte* base_ = nullptr;  ///< page 1 begins here: page number 0 means none
    Page* pages_ = nullptr;
    std::size_t page_count_ = 0;
    std::array<Central, class_count> centrals_;
    mutable std::mutex runs_mutex_;
    std::array<std::uint32_t, bin_count> free_runs_{};  ///< by length; the last holds longer ones
    std::size_t committed_ = 0;  ///< pages that may be touched
    std::size_t fresh_ = 1;      ///< pages from here on were never in a run
    std::size_t large_bytes_ = 0;
    std::atomic<bool> locked_{false};
};

}  // namespace chatelaine::crypto

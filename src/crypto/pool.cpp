#include "crypto/pool.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::size_t kCommitPages = 64;
/// Free runs from here on are given back to the system (locked pages cannot be).
constexpr std::size_t kReturnPages = 16;

constexpr bool classes_agree() {
    for (std::size_t size = 1; size <= PagePool::class_bytes_max; ++size) {
        const std::size_t index = PagePool::class_of(size);
        if (index >= PagePool::class_count || PagePool::class_bytes(index) < size ||
            (index > 0 && PagePool::class_bytes(index - 1) >= size)) {
            return false;
        }
    }
    return true;
}
static_assert(PagePool::class_of(1) == 0 && PagePool::class_of(129) == 8);
static_assert(PagePool::class_bytes(PagePool::class_count - 1) == PagePool::class_bytes_max);

}  // namespace

/// The free blocks that a thread keeps. Plain data without a constructor, so that reaching it costs
/// nothing; ThreadCachesEnd gives the blocks back when the thread ends.
struct ThreadCaches {
    struct List {
        PagePool::Block* head;
        std::uint32_t count;
        std::uint32_t count_max;  ///< 0 until the list is first used, or when it keeps nothing
    };
    List lists[PagePool::slot_count][PagePool::class_count];
    PagePool* pools[PagePool::slot_count];
    bool ended;

    void flush() noexcept {
        ended = true;
        for (std::size_t slot = 0; slot < PagePool::slot_count; ++slot) {
            for (std::size_t index = 0; index < PagePool::class_count; ++index) {
                List& list = lists[slot][index];
                if (list.count != 0) {
                    pools[slot]->give_back(index, list.head, list.count);
                }
                list = List{};
            }
        }
    }
};

namespace {

constinit thread_local ThreadCaches thread_caches{};

struct ThreadCachesEnd {
    ThreadCachesEnd() {}
    ~ThreadCachesEnd() { thread_caches.flush(); }
    void touch() {}
};
thread_local ThreadCachesEnd thread_caches_end;

std::byte* reserve(std::size_t bytes) {
    void* const range =
        ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return range == MAP_FAILED ? nullptr : static_cast<std::byte*>(range);
}

}  // namespace

PagePool::PagePool(const Options& options) : options_(options) {
    static_assert(classes_agree());
    CH_CHECK(options.slot < slot_count);
    // A limit on addresses (RLIMIT_AS) may forbid a wide range: a narrower one does as well.
    for (std::size_t bytes = options.reserve_bytes; bytes >= 1024 * 1024; bytes /= 2) {
        page_count_ = bytes / page_bytes;
        std::byte* const range = reserve((page_count_ + 2) * page_bytes);
        if (range != nullptr) {
            base_ = range + page_bytes;
            break;
        }
    }
    CH_CHECK(base_ != nullptr);
    static_cast<void>(::madvise(base_ - page_bytes, (page_count_ + 2) * page_bytes, MADV_DONTDUMP));
    void* const pages = ::mmap(nullptr, (page_count_ + 1) * sizeof(Page), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CH_CHECK(pages != MAP_FAILED);
    pages_ = static_cast<Page*>(pages);
    locked_ = options.lock_pages;
    const std::lock_guard lock(runs_mutex_);
    CH_CHECK(commit(1));
}

std::size_t PagePool::run_pages(std::size_t index) {
    const std::size_t bytes = class_bytes(index);
    const std::size_t blocks = bytes <= 4096 ? 8 : 4;
    return std::max<std::size_t>(1, (bytes * blocks + page_bytes - 1) / page_bytes);
}

std::size_t PagePool::cached_count_max(std::size_t index) const {
    const std::size_t bytes = class_bytes(index);
    if (bytes > options_.cached_block_max) {
        return 0;
    }
    return std::clamp<std::size_t>(options_.cached_bytes_max / bytes, 2, 64);
}

std::uint32_t PagePool::page_of(const void* block) const noexcept {
    const auto offset =
        static_cast<std::size_t>(static_cast<const std::byte*>(block) - base_);
    CH_CHECK(offset < page_count_ * page_bytes);
    return static_cast<std::uint32_t>(offset / page_bytes) + 1;
}

std::byte* PagePool::address(std::uint32_t page) const {
    return base_ + std::size_t{page - 1} * page_bytes;
}

std::size_t PagePool::block_size(const void* block) const noexcept {
    const Page& page = pages_[page_of(block)];
    return page.kind == kLarge ? std::size_t{page.count} * page_bytes
                               : class_bytes(static_cast<std::size_t>(page.kind - kClassBase));
}

void* PagePool::allocate(std::size_t size) noexcept {
    if (size > class_bytes_max) [[unlikely]] {
        return allocate_large(size);
    }
    const std::size_t index = class_of(size);
    ThreadCaches::List& list = thread_caches.lists[options_.slot][index];
    Block* const block = list.head;
    if (block == nullptr) [[unlikely]] {
        return allocate_slowly(index);
    }
    list.head = block->next;
    --list.count;
    block->next = nullptr;
    return block;
}

void* PagePool::allocate_slowly(std::size_t index) noexcept {
    ThreadCaches::List& list = thread_caches.lists[options_.slot][index];
    const bool keep = !thread_caches.ended;
    if (keep) {
        thread_caches_end.touch();
        thread_caches.pools[options_.slot] = this;
        list.count_max = static_cast<std::uint32_t>(cached_count_max(index));
    }
    Central& central = centrals_[index];
    const std::lock_guard lock(central.mutex);
    Block* const block = take_block(central, index);
    if (block == nullptr) {
        return nullptr;
    }
    block->next = nullptr;
    for (std::uint32_t i = 1; keep && i < list.count_max / 2; ++i) {
        Block* const more = take_block(central, index);
        if (more == nullptr) {
            break;
        }
        more->next = list.head;
        list.head = more;
        ++list.count;
    }
    return block;
}

void PagePool::release(void* released) noexcept {
    const std::uint32_t number = page_of(released);
    const std::uint8_t kind = pages_[number].kind;
    if (kind == kLarge) [[unlikely]] {
        release_large(number);
        return;
    }
    CH_CHECK(kind >= kClassBase);
    const auto index = static_cast<std::size_t>(kind - kClassBase);
    Block* const block = static_cast<Block*>(released);
    ThreadCaches::List& list = thread_caches.lists[options_.slot][index];
    if (list.count_max == 0) [[unlikely]] {
        // A thread that only frees, a thread that is at its end, or a class that is not kept.
        block->next = nullptr;
        give_back(index, block, 1);
        return;
    }
    block->next = list.head;
    list.head = block;
    if (++list.count > list.count_max) [[unlikely]] {
        const std::uint32_t kept = list.count_max / 2;
        Block* last = list.head;
        for (std::uint32_t i = 1; i < kept; ++i) {
            last = last->next;
        }
        Block* const surplus = last->next;
        last->next = nullptr;
        give_back(index, surplus, list.count - kept);
        list.count = kept;
    }
}

void PagePool::give_back(std::size_t index, Block* blocks, std::size_t count) noexcept {
    Central& central = centrals_[index];
    const std::lock_guard lock(central.mutex);
    for (; count > 0; --count) {
        Block* const next = blocks->next;
        give_block(central, index, blocks);
        blocks = next;
    }
}

PagePool::Block* PagePool::take_block(Central& central, std::size_t index) {
    const std::size_t bytes = class_bytes(index);
    if (central.partial == 0) {
        const std::size_t count = run_pages(index);
        const std::uint32_t first =
            take_run(count, static_cast<std::uint8_t>(index + kClassBase));
        if (first == 0) {
            return nullptr;
        }
        Page& fresh = pages_[first];
        fresh.free = nullptr;
        fresh.used = 0;
        fresh.carved = 0;
        link(central.partial, first);
    }
    const std::uint32_t first = central.partial;
    Page& run = pages_[first];
    Block* block = run.free;
    if (block != nullptr) {
        run.free = block->next;
    } else {
        // Cut only when needed: untouched pages cost no memory.
        block = reinterpret_cast<Block*>(address(first) + run.carved * bytes);
        ++run.carved;
    }
    ++run.used;
    ++central.used;
    if (run.free == nullptr && (run.carved + 1u) * bytes > run.count * page_bytes) {
        unlink(central.partial, first);
    }
    return block;
}

void PagePool::give_block(Central& central, std::size_t index, Block* block) {
    const std::uint32_t first = pages_[page_of(block)].first;
    Page& run = pages_[first];
    CH_CHECK(run.used > 0);
    block->next = run.free;
    run.free = block;
    --run.used;
    --central.used;
    if (!run.listed) {
        link(central.partial, first);
    }
    // One empty run stays with its class, so that a lone block does not take and give it each time.
    if (run.used == 0 && (central.partial != first || run.next != 0)) {
        unlink(central.partial, first);
        if (options_.zeroed) {
            wipe(address(first), run.carved * class_bytes(index));
        }
        const std::lock_guard lock(runs_mutex_);
        give_run(first);
    }
}

void* PagePool::allocate_large(std::size_t size) noexcept {
    if (size > page_count_ * page_bytes) {
        return nullptr;
    }
    const std::size_t count = (size + page_bytes - 1) / page_bytes;
    const std::uint32_t first = take_run(count, kLarge);
    if (first == 0) {
        return nullptr;
    }
    const std::lock_guard lock(runs_mutex_);
    large_bytes_ += count * page_bytes;
    return address(first);
}

void PagePool::release_large(std::uint32_t page) noexcept {
    const std::lock_guard lock(runs_mutex_);
    large_bytes_ -= std::size_t{pages_[page].count} * page_bytes;
    give_run(page);
}

std::uint32_t PagePool::take_run(std::size_t count, std::uint8_t kind) {
    const std::lock_guard lock(runs_mutex_);
    std::uint32_t first = take_free_run(count);
    if (first == 0) {
        if (fresh_ + count - 1 > page_count_ || !commit(fresh_ + count - 1)) {
            return 0;
        }
        first = static_cast<std::uint32_t>(fresh_);
        fresh_ += count;
    }
    // Every page is marked before the lock goes: a neighbour that is freed looks at them.
    for (std::uint32_t i = 0; i < count; ++i) {
        pages_[first + i].first = first;
        pages_[first + i].kind = kind;
    }
    pages_[first].count = static_cast<std::uint32_t>(count);
    return first;
}

std::uint32_t PagePool::take_free_run(std::size_t count) {
    for (std::size_t bin = std::min(count, bin_count - 1); bin < bin_count; ++bin) {
        for (std::uint32_t first = free_runs_[bin]; first != 0; first = pages_[first].next) {
            const std::size_t found = pages_[first].count;
            if (found < count) {
                continue;
            }
            unlink(free_runs_[bin], first);
            if (found > count) {
                const auto rest = static_cast<std::uint32_t>(first + count);
                pages_[rest].count = static_cast<std::uint32_t>(found - count);
                pages_[first].kind = kLarge;  // Not free any more: `rest` must not join it again.
                pages_[rest - 1].kind = kLarge;
                give_run(rest);
            }
            return first;
        }
    }
    return 0;
}

void PagePool::give_run(std::uint32_t first) {
    std::uint32_t count = pages_[first].count;
    if (!options_.lock_pages && count >= kReturnPages) {
        static_cast<void>(::madvise(address(first), count * page_bytes, MADV_DONTNEED));
    }
    const std::uint32_t after = first + count;
    if (after < fresh_ && pages_[after].kind == kFree) {
        unlink(free_runs_[std::min<std::size_t>(pages_[after].count, bin_count - 1)], after);
        count += pages_[after].count;
    }
    if (first > 1 && pages_[first - 1].kind == kFree) {
        const std::uint32_t before = pages_[first - 1].first;
        unlink(free_runs_[std::min<std::size_t>(pages_[before].count, bin_count - 1)], before);
        count += pages_[before].count;
        first = before;
    }
    pages_[first].kind = kFree;
    pages_[first].first = first;
    pages_[first].count = count;
    pages_[first + count - 1].kind = kFree;
    pages_[first + count - 1].first = first;
    link(free_runs_[std::min<std::size_t>(count, bin_count - 1)], first);
}

bool PagePool::commit(std::size_t count) {
    if (count <= committed_) {
        return true;
    }
    const std::size_t wanted =
        std::min(page_count_, (count + kCommitPages - 1) / kCommitPages * kCommitPages);
    std::byte* const from = base_ + committed_ * page_bytes;
    const std::size_t bytes = (wanted - committed_) * page_bytes;
    if (::mprotect(from, bytes, PROT_READ | PROT_WRITE) != 0) {
        return false;
    }
    // The limit on locked memory counts whole ranges, touched or not, so locking goes in steps.
    if (options_.lock_pages && ::mlock2(from, bytes, MLOCK_ONFAULT) != 0) {
        locked_.store(false, std::memory_order_relaxed);
    }
    committed_ = wanted;
    return true;
}

void PagePool::link(std::uint32_t& head, std::uint32_t page) {
    pages_[page].previous = 0;
    pages_[page].next = head;
    pages_[page].listed = true;
    if (head != 0) {
        pages_[head].previous = page;
    }
    head = page;
}

void PagePool::unlink(std::uint32_t& head, std::uint32_t page) {
    Page& gone = pages_[page];
    if (gone.previous != 0) {
        pages_[gone.previous].next = gone.next;
    } else {
        head = gone.next;
    }
    if (gone.next != 0) {
        pages_[gone.next].previous = gone.previous;
    }
    gone.next = 0;
    gone.previous = 0;
    gone.listed = false;
}

std::size_t PagePool::used_bytes() const {
    std::size_t bytes = 0;
    for (std::size_t index = 0; index < class_count; ++index) {
        auto& central = const_cast<Central&>(centrals_[index]);
        const std::lock_guard lock(central.mutex);
        bytes += central.used * class_bytes(index);
    }
    const std::lock_guard lock(runs_mutex_);
    return bytes + large_bytes_;
}

}  // namespace chatelaine::crypto

// Proves by a count of allocations what reading and writing cost, and that a length that is claimed
// and not sent costs nothing. The count is this binary's operator new.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "ttlv/names.hpp"
#include "ttlv/ttlv.hpp"

namespace {

std::atomic<std::size_t> allocations{0};
std::atomic<std::size_t> allocated_bytes{0};

}  // namespace

// Not inlined: the compiler would take new and free for a pair that does not match.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    allocated_bytes += size;
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace chatelaine::ttlv {
namespace {

TEST(TtlvCost, ReadingAndWritingAllocateOnce) {
    Bytes out;
    out.reserve(1024);
    std::size_t before = allocations;
    Writer writer(out);
    writer.begin(tag::kRequestMessage);
    for (int i = 0; i < 10; ++i) {
        writer.begin(tag::kAttribute).text(tag::kAttributeName, "Name").integer(1, 1).end();
    }
    writer.end();
    EXPECT_EQ(allocations - before, 0u);
    before = allocations;
    const auto document = Document::parse(out);
    EXPECT_TRUE(document.has_value());
    EXPECT_EQ(document->root().count(tag::kAttribute), 10u);
    EXPECT_EQ(allocations - before, 1u);
}

TEST(TtlvCost, AClaimedLengthCostsNothing) {
    // 3 GiB and 4 GiB less one, as the message, as a member of each type, and for framing.
    for (const std::uint32_t length : {0xc0000000u, 0xfffffff8u, 0xffffffffu}) {
        for (std::uint8_t type = 1; type <= 11; ++type) {
            for (const bool inside : {false, true}) {
                Bytes message;
                Writer writer(message);
                writer.begin(tag::kRequestMessage).begin(tag::kRequestHeader).end().end();
                const std::size_t at = inside ? 8 : 0;
                message[at + 3] = type;
                for (std::size_t i = 0; i < 4; ++i) {
                    message[at + 4 + i] = static_cast<std::uint8_t>(length >> (24 - 8 * i));
                }
                const std::size_t before = allocated_bytes;
                EXPECT_FALSE(Document::parse(message));
                if (!inside) {
                    EXPECT_FALSE(message_size(message, std::size_t{1} << 20));
                }
                EXPECT_LT(allocated_bytes - before, 4096u);
            }
        }
    }
}

}  // namespace
}  // namespace chatelaine::ttlv

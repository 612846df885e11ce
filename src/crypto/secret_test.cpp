// Proves that secret memory is zeroed, wiped, bounded, shared between threads and not copyable, and
// that OpenSSL's memory works as malloc does: by looking at the bytes, and in child processes where
// a limit or a fault is expected.
#include "crypto/secret.hpp"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <concepts>
#include <cstring>
#include <fstream>
#include <map>
#include <ostream>
#include <random>
#include <thread>
#include <type_traits>

#include "base/limits.hpp"
#include "crypto/pool.hpp"

namespace chatelaine::crypto {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept HasData = requires(const T& value) { value.data(); };

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(!std::equality_comparable<SecretBytes>);
static_assert(!Streamable<SecretBytes>);
static_assert(!HasData<SecretBytes>);
static_assert(!std::is_convertible_v<SecretBytes, BytesView>);
static_assert(!std::is_constructible_v<SealedBytes, SecretBytes>);
static_assert(!std::is_constructible_v<SealedBytes, Bytes>);
static_assert(!std::is_default_constructible_v<ExposeToken>);

Bytes reveal(const SecretBytes& secret) {
    return secret.with_exposed(insecure_expose_secret(),
                               [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}

const std::uint8_t* place(const SecretBytes& secret) {
    return secret.with_exposed(insecure_expose_secret(), [](BytesView raw) { return raw.data(); });
}

TEST(SecretBytes, BeginsZeroedInEverySize) {
    for (int round = 0; round < 3; ++round) {
        for (const std::size_t size :
             {1u, 15u, 16u, 17u, 32u, 129u, 1024u, 5000u, 40000u, 300000u}) {
            SecretBytes secret(size);
            EXPECT_EQ(reveal(secret), Bytes(size, 0)) << size;
            secret.with_exposed_mutable(insecure_expose_secret(), [](MutableBytesView out) {
                std::fill(out.begin(), out.end(), std::uint8_t{0xa5});
            });
        }
    }
}

TEST(SecretBytes, WipesWhenFreedAndWhenTruncated) {
    SecretBytes secret = SecretBytes::copy_of(Bytes(64, 0xc3));
    const std::uint8_t* const where = place(secret);
    secret.truncate(16);
    EXPECT_EQ(secret.size(), 16u);
    EXPECT_EQ(std::count(where, where + 64, 0xc3), 16);
    secret = SecretBytes();
    EXPECT_EQ(std::count(where, where + 64, 0xc3), 0);
    SecretBytes other = SecretBytes::copy_of(Bytes(8, 1));
    other.truncate(0);
    EXPECT_TRUE(other.empty());
    EXPECT_EQ(place(other), nullptr);
}

TEST(SecretBytes, MovesAndClones) {
    SecretBytes first = SecretBytes::copy_of(as_bytes("material"));
    const std::uint8_t* const where = place(first);
    SecretBytes second = std::move(first);
    EXPECT_EQ(place(second), where);
    EXPECT_TRUE(first.empty());  // NOLINT: a moved-from secret is empty by contract
    const SecretBytes third = second.clone();
    EXPECT_NE(place(third), where);
    EXPECT_TRUE(equal_ct(second, third));
    SecretBytes& alias = second;
    second = std::move(alias);
    EXPECT_EQ(place(second), where);
}

TEST(SecretBytes, ComparesByContent) {
    const auto a = SecretBytes::copy_of(as_bytes("abcd"));
    EXPECT_TRUE(equal_ct(a, SecretBytes::copy_of(as_bytes("abcd"))));
    EXPECT_FALSE(equal_ct(a, SecretBytes::copy_of(as_bytes("abce"))));
    EXPECT_FALSE(equal_ct(a, SecretBytes::copy_of(as_bytes("abc"))));
    EXPECT_TRUE(equal_ct(SecretBytes(), SecretBytes()));
    EXPECT_TRUE(equal_ct(BytesView(), BytesView()));
}

TEST(SecretArena, TellsHowItStands) {
    const std::size_t before = arena_status().used_bytes;
    {
        const SecretBytes large(1024 * 1024);
        const ArenaStatus status = arena_status();
        EXPECT_EQ(status.reserved_bytes, limits::secret_arena_bytes);
        EXPECT_GE(status.used_bytes, before + 1024 * 1024);
    }
    EXPECT_EQ(arena_status().used_bytes, before);
}

TEST(SecretArena, ReusesWhatOtherSizesLeft) {
    // Three times the arena in all, in sizes that follow one another.
    for (const std::size_t size : {48u, 700u, 9000u, 100000u, 32u}) {
        std::vector<SecretBytes> held;
        for (std::size_t used = 0; used < limits::secret_arena_bytes * 5 / 8; used += size) {
            held.emplace_back(size);
        }
    }
    const SecretBytes most(limits::secret_arena_bytes / 2);
    EXPECT_EQ(most.size(), limits::secret_arena_bytes / 2);
}

TEST(SecretArena, TakesFreesFromOtherThreads) {
    const std::size_t before = arena_status().used_bytes;
    std::vector<SecretBytes> made(2000);
    std::thread([&] {
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i] = SecretBytes::copy_of(Bytes(1 + i % 3000, 0x11));
        }
    }).join();
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
        threads.emplace_back([&made, t] {
            for (std::size_t i = t; i < made.size(); i += 4) {
                made[i] = SecretBytes(1 + (i * 7) % 600);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const SecretBytes& secret : made) {
        EXPECT_EQ(reveal(secret), Bytes(secret.size(), 0));
    }
    made.clear();
    // Only what this thread keeps for later may still count.
    EXPECT_LE(arena_status().used_bytes, before + 128 * 1024);
}

TEST(SecretArena, WorksWhereLockedMemoryIsLimited) {
    const ::pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        PagePool pool({.reserve_bytes = 4 << 20, .slot = 0, .lock_pages = true, .zeroed = true});
        const ::rlimit none{0, 0};
        ::setrlimit(RLIMIT_MEMLOCK, &none);
        bool works = true;
        for (int i = 0; i < 1000; ++i) {
            void* const block = pool.allocate(1024);
            works = works && block != nullptr;
            std::memset(block, 7, 1024);
        }
        ::_exit(works ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(SecretArena, IsLeftOutOfDumpsAndGuarded) {
    const SecretBytes secret(32);
    const auto address = reinterpret_cast<std::uintptr_t>(place(secret));
    std::ifstream maps("/proc/self/smaps");
    std::string line;
    bool inside = false;
    bool no_dump = false;
    while (std::getline(maps, line)) {
        unsigned long from = 0;
        unsigned long to = 0;
        char rest = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx %c", &from, &to, &rest) == 3) {
            inside = from <= address && address < to;
        } else if (inside && line.starts_with("VmFlags:")) {
            no_dump = line.find(" dd") != std::string::npos;
        }
    }
    EXPECT_TRUE(no_dump);
}

TEST(SecretArenaDeathTest, AbortsWhenFull) {
    EXPECT_DEATH(SecretBytes{limits::secret_arena_bytes + 1}, "block != nullptr");
    EXPECT_DEATH(SecretBytes(4).truncate(5), "size <= size_");
}

TEST(PagePool, KeepsBlocksApartInARandomWalk) {
    // Static: the thread's caches point to it until the thread ends.
    static PagePool pool({.reserve_bytes = 64 << 20,
                          .slot = 1,
                          .cached_bytes_max = 4096,
                          .cached_block_max = 1024});
    std::mt19937 random(7);
    std::map<std::uint8_t*, std::pair<std::size_t, std::uint8_t>> held;
    for (int step = 0; step < 60000; ++step) {
        if (held.size() < 400 || random() % 2 == 0) {
            const std::size_t size =
                random() % 50 == 0 ? 1 + random() % 200000 : 1 + random() % 2000;
            auto* const block = static_cast<std::uint8_t*>(pool.allocate(size));
            if (block == nullptr) {
                continue;
            }
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % 16, 0u);
            ASSERT_GE(pool.block_size(block), size);
            const auto mark = static_cast<std::uint8_t>(random());
            std::memset(block, mark, pool.block_size(block));
            ASSERT_TRUE(held.emplace(block, std::pair(pool.block_size(block), mark)).second);
        } else {
            const auto at = std::next(held.begin(), static_cast<long>(random() % held.size()));
            const auto [size, mark] = at->second;
            ASSERT_EQ(static_cast<std::size_t>(std::count(at->first, at->first + size, mark)),
                      size);
            pool.release(at->first);
            held.erase(at);
        }
    }
    for (const auto& [block, _] : held) {
        pool.release(block);
    }
    EXPECT_LE(pool.used_bytes(), 40u * 8192u);
    EXPECT_EQ(pool.allocate(65 << 20), nullptr);
}

/// Nothing when OpenSSL's allocations go to our memory and work there; else what was wrong.
const char* openssl_memory_fault() {
    if (!take_over_openssl_memory()) {
        return "refused";
    }
    auto* block = static_cast<std::uint8_t*>(OPENSSL_malloc(100));
    std::memset(block, 0x5a, 100);
    block = static_cast<std::uint8_t*>(OPENSSL_realloc(block, 100000));
    if (std::count(block, block + 100, 0x5a) != 100) {
        return "lost by growing";
    }
    block = static_cast<std::uint8_t*>(OPENSSL_realloc(block, 50));
    if (std::count(block, block + 50, 0x5a) != 50) {
        return "lost by shrinking";
    }
    OPENSSL_free(block);
    // The first bytes of a free block link it to the next.
    if (std::count(block + 8, block + 50, 0x5a) != 0) {
        return "not wiped";
    }
    EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    if (key == nullptr) {
        return "no key";
    }
    EVP_PKEY_free(key);
    return nullptr;
}

TEST(OpensslMemoryDeathTest, ServesOpensslAndWipes) {
    // A process of its own from the start, since OpenSSL takes an allocator only before first use.
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(
        {
            const char* const fault = openssl_memory_fault();
            std::fprintf(stderr, "%s", fault == nullptr ? "good" : fault);
            std::_Exit(0);
        },
        testing::ExitedWithCode(0), "good");
}

}  // namespace
}  // namespace chatelaine::crypto

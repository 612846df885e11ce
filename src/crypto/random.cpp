#include "crypto/random.hpp"

#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <cstring>

#include "base/check.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::size_t kBlockBytes = 768;
constexpr std::size_t kServedFromBlockMax = 64;

/// Counts forks, so that a child does not hand out what its parent has drawn.
std::atomic<unsigned>& fork_count() {
    static std::atomic<unsigned> count{0};
    static const int registered =
        ::pthread_atfork(nullptr, nullptr, [] { fork_count().fetch_add(1); });
    CH_CHECK(registered == 0);
    return count;
}

void draw(MutableBytesView out) {
    while (!out.empty()) {
        const std::size_t size = std::min<std::size_t>(out.size(), 1 << 20);
        CH_CHECK(RAND_bytes(out.data(), static_cast<int>(size)) == 1);
        out = out.subspan(size);
    }
}

class SystemRandom final : public Random {
public:
    void fill(MutableBytesView out) override {
        if (out.size() > kServedFromBlockMax) {
            draw(out);
            return;
        }
        thread_local constinit Block block{};
        const unsigned forks = fork_count().load(std::memory_order_relaxed);
        if (block.left < out.size() || block.forks != forks) {
            draw(block.bytes);
            block.left = block.bytes.size();
            block.forks = forks;
        }
        if (!out.empty()) {
            // What is handed out is wiped here: some of it becomes identifiers and salts.
            block.left -= out.size();
            std::uint8_t* const from = block.bytes.data() + block.left;
            std::memcpy(out.data(), from, out.size());
            wipe(from, out.size());
        }
    }

private:
    struct Block {
        std::array<std::uint8_t, kBlockBytes> bytes{};
        std::size_t left = 0;
        unsigned forks = 0;
    };
};

}  // namespace

Random& system_random() {
    static SystemRandom random;
    return random;
}

namespace {

/// Secret bytes drawn ahead, in locked memory; each is wiped here when it is handed out, and the
/// rest when the thread ends.
struct SecretBlock {
    SecretBytes bytes{kBlockBytes};
    std::size_t left = 0;
    unsigned forks = 0;
};

void draw_secret(MutableBytesView out) {
    CH_CHECK(out.empty() || RAND_priv_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

}  // namespace

SecretBytes random_secret(std::size_t size) {
    CH_CHECK(size <= INT_MAX);
    const ExposeToken token = insecure_expose_secret();
    SecretBytes secret(size);
    secret.with_exposed_mutable(token, [&](MutableBytesView out) {
        if (size > kServedFromBlockMax) {
            draw_secret(out);
            return;
        }
        thread_local SecretBlock block;
        const unsigned forks = fork_count().load(std::memory_order_relaxed);
        block.bytes.with_exposed_mutable(token, [&](MutableBytesView drawn) {
            if (block.left < size || block.forks != forks) {
                draw_secret(drawn);
                block.left = drawn.size();
                block.forks = forks;
            }
            if (size > 0) {
                block.left -= size;
                std::memcpy(out.data(), drawn.data() + block.left, size);
                wipe(drawn.data() + block.left, size);
            }
        });
    });
    return secret;
}

}  // namespace chatelaine::crypto

#include "crypto/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstring>

#include "base/check.hpp"

namespace chatelaine::crypto {
namespace {

/// Small draws come from a block: the DRBG's fixed cost is more than a short encryption's.
class SystemRandom final : public Random {
public:
    void fill(MutableBytesView out) override {
        if (out.size() > kBlockBytes / 8) {
            CH_CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
            return;
        }
        Block& block = thread_block();
        if (block.left < out.size()) {
            CH_CHECK(RAND_bytes(block.bytes.data(), static_cast<int>(kBlockBytes)) == 1);
            block.left = kBlockBytes;
        }
        // What is handed out is wiped here: it is used once.
        std::uint8_t* const from = block.bytes.data() + (kBlockBytes - block.left);
        std::memcpy(out.data(), from, out.size());
        wipe(from, out.size());
        block.left -= out.size();
    }

private:
    static constexpr std::size_t kBlockBytes = 1024;
    struct Block {
        std::array<std::uint8_t, kBlockBytes> bytes{};
        std::size_t left = 0;
    };
    static Block& thread_block() {
        static thread_local Block block;
        return block;
    }
};

}  // namespace

Random& system_random() {
    static SystemRandom random;
    return random;
}

SecretBytes random_secret(std::size_t size) {
    SecretBytes secret(size);
    secret.with_exposed_mutable(insecure_expose_secret(), [](MutableBytesView out) {
        CH_CHECK(out.empty() || RAND_priv_bytes(out.data(), static_cast<int>(out.size())) == 1);
    });
    return secret;
}

}  // namespace chatelaine::crypto

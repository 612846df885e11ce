// Proves that a forked child does not hand out the random bytes that its parent has drawn.
#include "crypto/random.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace chatelaine::crypto {
namespace {

TEST(Random, AForkedChildDrawsAnew) {
    std::array<std::uint8_t, 16> drawn{};
    system_random().fill(drawn);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const ::pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        system_random().fill(drawn);
        ::_exit(::write(ends[1], drawn.data(), drawn.size()) == 16 ? 0 : 1);
    }
    std::array<std::uint8_t, 16> mine{};
    std::array<std::uint8_t, 16> theirs{};
    system_random().fill(mine);
    ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), 16);
    EXPECT_NE(mine, theirs);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(Random, AForkedChildDrawsItsSecretsAnew) {
    EXPECT_EQ(random_secret(16).size(), 16u);  // the block is drawn
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto token = insecure_expose_secret();
    const ::pid_t child = ::fork();
    ASSERT_GE(child, 0);
    const SecretBytes drawn = random_secret(16);
    if (child == 0) {
        drawn.with_exposed(token, [&](BytesView bytes) {
            ::_exit(::write(ends[1], bytes.data(), bytes.size()) == 16 ? 0 : 1);
        });
    }
    Bytes theirs(16);
    ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), 16);
    drawn.with_exposed(token, [&](BytesView mine) { EXPECT_FALSE(equal_ct(mine, theirs)); });
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(Random, SecretsOfEverySizeAreFresh) {
    for (std::size_t size = 0; size <= 100; ++size) {
        for (int i = 0; i < 30; ++i) {  // over the ends of blocks
            const SecretBytes one = random_secret(size);
            const SecretBytes two = random_secret(size);
            ASSERT_EQ(one.size(), size);
            ASSERT_TRUE(size < 8 || !equal_ct(one, two));
            ASSERT_TRUE(size < 8 || !equal_ct(one, SecretBytes(size)));
        }
    }
}

}  // namespace
}  // namespace chatelaine::crypto

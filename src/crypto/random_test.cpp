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

}  // namespace
}  // namespace chatelaine::crypto

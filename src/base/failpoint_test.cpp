// Proves that a failpoint kills or fails at the hit that was asked for and nowhere else. Each case
// runs in a process of its own, because the plan is read once.
#include "base/failpoint.hpp"

#ifdef CHATELAINE_TEST_BUILD

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace chatelaine::failpoint {
namespace {

[[noreturn]] void run_with(const char* plan, int hits) {
    ::setenv("CHATELAINE_FAILPOINT", plan, 1);
    int errors = 0;
    for (int i = 0; i < hits; ++i) {
        CH_FAILPOINT("test.other");
        errors += CH_FAILPOINT_ERROR("test.place") ? 1 : 0;
    }
    std::exit(errors);
}

TEST(FailpointDeathTest, KillsAtTheHitThatWasAskedFor) {
    EXPECT_EXIT(run_with("test.place", 1), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(run_with("test.place:3", 2), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(run_with("test.place:3", 3), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(run_with("test.place:2:kill", 2), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(run_with("test.nowhere", 5), testing::ExitedWithCode(0), "");
}

TEST(FailpointDeathTest, FailsOnce) {
    EXPECT_EXIT(run_with("test.place:2:error", 1), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(run_with("test.place:2:error", 5), testing::ExitedWithCode(1), "");
}

TEST(FailpointDeathTest, APlanThatCannotBeReadAborts) {
    for (const char* plan : {"", ":1", "p:", "p:0", "p:x", "p:1x", "p:1:", "p:1:explode"}) {
        EXPECT_EXIT(run_with(plan, 1), testing::KilledBySignal(SIGABRT), "internal check failed");
    }
}

TEST(FailpointDeathTest, TracesEachNameReached) {
    const std::string file = testing::TempDir() + "failpoint_trace_" + std::to_string(::getpid());
    const auto traced = [&] {
        ::setenv("CHATELAINE_FAILPOINT_TRACE", file.c_str(), 1);
        run_with("test.place:2", 5);
    };
    EXPECT_EXIT(traced(), testing::KilledBySignal(SIGKILL), "");
    std::ifstream in(file);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::remove(file.c_str());
    EXPECT_EQ(text, "test.other\ntest.place\ntest.other\ntest.place\n");
}

}  // namespace
}  // namespace chatelaine::failpoint

#endif

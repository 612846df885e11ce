#include "base/failpoint.hpp"

#ifdef CHATELAINE_TEST_BUILD

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string>

#include "base/check.hpp"

namespace chatelaine::failpoint {
namespace {

/// What the environment asked for, read once at the first failpoint.
struct Plan {
    std::string name;
    std::uint64_t hit = 1;
    bool error = false;
    int trace = -1;
    std::atomic<std::uint64_t> hits{0};

    Plan() {
        if (const char* file = std::getenv("CHATELAINE_FAILPOINT_TRACE")) {
            trace = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
            CH_CHECK(trace >= 0);
        }
        const char* asked = std::getenv("CHATELAINE_FAILPOINT");
        if (asked == nullptr) {
            return;
        }
        // name[:hit[:action]]; a plan that cannot be read ends the test at once.
        const std::string_view text(asked);
        const std::size_t first = text.find(':');
        name = text.substr(0, first);
        CH_CHECK(!name.empty());
        if (first == std::string_view::npos) {
            return;
        }
        const std::size_t second = text.find(':', first + 1);
        const std::string_view count = text.substr(first + 1, second - first - 1);
        const auto parsed = std::from_chars(count.data(), count.data() + count.size(), hit);
        CH_CHECK(parsed.ec == std::errc{} && parsed.ptr == count.data() + count.size() && hit > 0);
        if (second != std::string_view::npos) {
            const std::string_view action = text.substr(second + 1);
            CH_CHECK(action == "kill" || action == "error");
            error = action == "error";
        }
    }
};

void write_trace(int file, std::string_view name) {
    const std::string line = std::string(name) + "\n";
    CH_CHECK(::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
}

}  // namespace

bool reached(std::string_view name) noexcept {
    static Plan plan;
    if (plan.trace >= 0) {
        write_trace(plan.trace, name);
    }
    if (plan.name.empty() || plan.name != name) {
        return false;
    }
    if (plan.hits.fetch_add(1, std::memory_order_relaxed) + 1 != plan.hit) {
        return false;
    }
    if (!plan.error) {
        ::kill(::getpid(), SIGKILL);
    }
    return true;
}

}  // namespace chatelaine::failpoint

#endif

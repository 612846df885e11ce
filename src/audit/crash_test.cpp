// What a kill or a failing disk leaves: every record whose write() returned is read back exactly
// once. A child process (this binary again) does the work and notes what was acknowledged; it is
// killed, or made to fail, at each failpoint in turn; then this process recovers.

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "audit/audit_test_support.hpp"
#include "audit/segment.hpp"

extern char** environ;

namespace chatelaine::audit {
namespace {

using testing::facts_number;
using testing::FileStore;
using testing::FixedSeal;
using testing::kStart;
using testing::number_of;
using testing::read_all;
using testing::scope_number;
using testing::TemporaryDirectory;

constexpr std::uint8_t kScopes = 3;

Journal::Options journal_options(const std::filesystem::path& directory, std::size_t loop) {
    Journal::Options options;
    options.directory = directory / "journal";
    options.node = scope_number(9);
    options.loop = loop;
    options.segment_bytes_max = 6'000;
    return options;
}

/// The work of a child: journals on two loops that write, rotate, flush and are shipped. Calls
/// `around` before and after each write.
template <class F>
void work(const std::filesystem::path& directory, std::uint64_t number, F&& around) {
    const FixedSeal seal;
    FileStore store(directory / "store");
    Shipper::Options options;
    options.directory = directory / "journal";
    const auto shipper = Shipper::create(options, seal, store);
    static_cast<void>(shipper->recover(kStart).has_value());
    std::vector<std::unique_ptr<Journal>> journals;
    for (std::size_t loop = 0; loop < 2; ++loop) {
        auto opened = Journal::open(journal_options(directory, loop), seal, store);
        if (opened) {
            journals.push_back(std::move(opened).value());
        }
    }
    const int acknowledged = ::open((directory / "acknowledged").c_str(),
                                    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    for (int round = 0; round < 40 && !journals.empty(); ++round) {
        Journal& journal = *journals[std::size_t(round) % journals.size()];
        Bytes numbers;
        for (std::uint8_t scope = 0; scope < kScopes; ++scope) {
            journal.add(scope_number(scope), facts_number(scope_number(scope), number));
            numbers.resize(numbers.size() + 8);
            put_integer(numbers.data() + numbers.size() - 8, number++, 8);
        }
        around(round, true);
        const bool written = journal.write().has_value();
        around(round, false);
        if (written) {
            EXPECT_EQ(::write(acknowledged, numbers.data(), numbers.size()),
                      ssize_t(numbers.size()));
        }
        if (round % 3 == 2) {
            static_cast<void>(journal.sync().has_value());
            static_cast<void>(shipper->ship().has_value());
        }
    }
    ::close(acknowledged);
}

TEST(AuditChild, Work) {
    const char* const directory = std::getenv("AUDIT_CHILD_DIRECTORY");
    if (directory == nullptr) {
        return;  // the tests below run this in a process of its own
    }
    const char* const number = std::getenv("AUDIT_CHILD_NUMBER");
    const bool full = std::getenv("AUDIT_CHILD_FULL") != nullptr;
    work(directory, std::strtoull(number, nullptr, 10), [&](int round, bool before) {
        if (full) {
            // A disk that is full from one round to another: writes come out short.
            ::signal(SIGXFSZ, SIG_IGN);
            const rlim_t size = before && round >= 10 && round < 20 ? 4'000 : RLIM_INFINITY;
            const rlimit limit{size, RLIM_INFINITY};
            EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        }
    });
}

/// Runs the child; its wait status.
int run_child(const std::filesystem::path& directory, std::uint64_t number,
              const std::string& failpoint, bool full = false) {
    std::vector<std::string> environment;
    for (char** at = environ; *at != nullptr; ++at) {
        environment.emplace_back(*at);
    }
    environment.push_back("AUDIT_CHILD_DIRECTORY=" + directory.string());
    environment.push_back("AUDIT_CHILD_NUMBER=" + std::to_string(number));
    if (!failpoint.empty()) {
        environment.push_back("CHATELAINE_FAILPOINT=" + failpoint);
    }
    if (full) {
        environment.emplace_back("AUDIT_CHILD_FULL=1");
    }
    std::vector<char*> variables;
    for (std::string& text : environment) {
        variables.push_back(text.data());
    }
    variables.push_back(nullptr);
    std::string program = "/proc/self/exe";
    std::string filter = "--gtest_filter=AuditChild.Work";
    std::string brief = "--gtest_brief=1";
    char* arguments[] = {program.data(), filter.data(), brief.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments,
                            variables.data()),
              0);
    ::posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return status;
}

std::set<std::uint64_t> acknowledged(const std::filesystem::path& directory) {
    std::ifstream in(directory / "acknowledged", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::set<std::uint64_t> out;
    for (std::size_t at = 0; at + 8 <= text.size(); at += 8) {
        out.insert(get_integer(as_bytes(text).data() + at, 8));
    }
    return out;
}

/// Recovers and compares.
void expect_all_there(const std::filesystem::path& directory) {
    const FixedSeal seal;
    FileStore store(directory / "store");
    Shipper::Options options;
    options.directory = directory / "journal";
    const auto recovered = Shipper::create(options, seal, store)->recover(kStart);
    ASSERT_TRUE(recovered) << recovered.error().to_string();
    EXPECT_TRUE(list_segments(options.directory)->empty());
    std::set<std::uint64_t> read;
    for (std::uint8_t scope = 0; scope < kScopes; ++scope) {
        for (const Record& record :
             read_all(scope_number(scope), {}, 1000, false, seal, store)) {
            EXPECT_TRUE(record.operation == "journal.recovered" ||
                        read.insert(number_of(record)).second)
                << number_of(record) << " is there twice";
        }
    }
    for (const std::uint64_t number : acknowledged(directory)) {
        EXPECT_EQ(read.count(number), 1u) << number << " was lost";
    }
}

constexpr const char* kFailpoints[] = {
    "journal.mkdir.before", "journal.mkdir.after", "journal.create.before",
    "journal.create.after", "journal.write.before", "journal.write.after",
    "journal.sync.before", "journal.sync.after", "journal.rename.before",
    "journal.rename.after", "journal.directory_sync.before", "journal.directory_sync.after",
    "journal.ship.before", "journal.ship.after", "journal.unlink.before",
    "journal.unlink.after"};

#ifdef CHATELAINE_TEST_BUILD

TEST(Crash, KilledAtEachFailpointAndAgainAtTheNextStart) {
    for (const char* const name : kFailpoints) {
        for (const int hit : {1, 2, 7}) {
            SCOPED_TRACE(std::string(name) + ":" + std::to_string(hit));
            const TemporaryDirectory directory;
            // A first run dies in the middle, so that the next one has something to recover.
            const int first = run_child(directory.path(), 0, "journal.write.after:25");
            EXPECT_TRUE(WIFSIGNALED(first));
            const int status = run_child(directory.path(), 1000,
                                         std::string(name) + ":" + std::to_string(hit));
            EXPECT_TRUE(WIFSIGNALED(status) ||
                        (hit > 1 && WIFEXITED(status) && WEXITSTATUS(status) == 0));
            expect_all_there(directory.path());
            EXPECT_GE(acknowledged(directory.path()).size(), 50u);
        }
    }
}

TEST(Crash, FailingCallsLoseNothingThatWasAcknowledged) {
    for (const std::string name :
         {"journal.write.before:9", "journal.sync.before:4", "journal.rename.before:4",
          "journal.create.before:4", "journal.directory_sync.before:4",
          "journal.unlink.before:2"}) {
        SCOPED_TRACE(name);
        const TemporaryDirectory directory;
        const int status = run_child(directory.path(), 0, name + ":error");
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        expect_all_there(directory.path());
        EXPECT_GE(acknowledged(directory.path()).size(), 50u);
    }
}

#endif

TEST(Crash, FullDiskDropsTheBatchAndGoesOnWhenThereIsSpace) {
    const TemporaryDirectory directory;
    const int status = run_child(directory.path(), 0, "", true);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    expect_all_there(directory.path());
    const std::set<std::uint64_t> numbers = acknowledged(directory.path());
    EXPECT_LT(numbers.size(), 40u * kScopes);
    EXPECT_EQ(numbers.count(39 * kScopes), 1u);
}

}  // namespace
}  // namespace chatelaine::audit

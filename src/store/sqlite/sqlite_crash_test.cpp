// Proves that what was answered is there after a kill at any moment, and that an answer is true
// after a failed write or commit. A child process runs this binary again as CrashChild.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <future>
#include <set>

#include "store/conformance_model.hpp"
#include "store/sqlite/failpoints.hpp"
#include "store/sqlite/test_directory.hpp"

namespace chatelaine::store {
namespace {

using conformance::append;
using conformance::key;
using conformance::stream;

constexpr std::uint32_t transactions = 120;
constexpr const char* child_variable = "CHATELAINE_STORE_CHILD";
constexpr int answers_descriptor = 9;

RecordKey numbered_key(std::uint32_t number) {
    RecordKey numbered = key(static_cast<std::uint8_t>(number));
    numbered.id.octets[1] = static_cast<std::uint8_t>(number >> 8);
    return numbered;
}

Transaction numbered(std::uint32_t number) {
    Transaction transaction = conformance::change(1, 0, {.terms = {1, 2}});
    transaction.changes[0].key = numbered_key(number);
    transaction.changes[0].sealed = crypto::SealedBytes::from_stored(Bytes(600, 1));
    transaction.appends.push_back(append(1, 1));
    return transaction;
}

SqliteOptions small_log(const std::filesystem::path& directory) {
    SqliteOptions options;
    options.path = directory / "region.db";
    options.create = true;
    options.writer.octets[0] = 7;
    options.checkpoint_bytes = 128 * 1024;
    return options;
}

/// Submits all, a few at a time, and writes the number of each that was answered well.
void run_child(const std::filesystem::path& directory) {
    auto opened = open_sqlite_store(small_log(directory));
    ASSERT_TRUE(opened.has_value()) << opened.error().to_string();
    Store& store = **opened;
    for (std::uint32_t number = 0; number < transactions; number += 8) {
        std::atomic<int> waiting{8};
        std::promise<void> all;
        for (std::uint32_t i = number; i < number + 8; ++i) {
            store.submit(numbered(i), [&, i](Result<Receipt> receipt) {
                if (receipt) {
                    CH_CHECK(::write(answers_descriptor, &i, sizeof i) == sizeof i);
                }
                if (--waiting == 0) {
                    all.set_value();
                }
            });
        }
        all.get_future().get();
    }
    const auto copied = store.copy_to(directory / "copy.db");
    EXPECT_TRUE(copied.has_value()) << copied.error().to_string();
}

TEST(CrashChild, Run) {
    if (const char* directory = std::getenv(child_variable)) {
        run_child(directory);
    }
}

struct ChildEnd {
    std::set<std::uint32_t> answered;
    int status = 0;
    bool was_killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
    bool ended_well() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
};

/// Runs the child; kills it after so many answers (0: lets it live).
ChildEnd run_in_child(const std::filesystem::path& directory, const std::string& failpoint,
                      std::size_t kill_after = 0) {
    int pipe_ends[2];
    CH_CHECK(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    CH_CHECK(child >= 0);
    if (child == 0) {
        ::setenv(child_variable, directory.c_str(), 1);
        if (!failpoint.empty()) {
            ::setenv("CHATELAINE_FAILPOINT", failpoint.c_str(), 1);
        }
        ::dup2(pipe_ends[1], answers_descriptor);
        ::close(pipe_ends[0]);
        ::close(pipe_ends[1]);
        ::execl("/proc/self/exe", "tests", "--gtest_filter=CrashChild.Run", "--gtest_brief=1",
                nullptr);
        ::_exit(127);
    }
    ::close(pipe_ends[1]);
    ChildEnd end;
    std::uint32_t number = 0;
    while (::read(pipe_ends[0], &number, sizeof number) == sizeof number) {
        end.answered.insert(number);
        if (end.answered.size() == kill_after) {
            ::kill(child, SIGKILL);
        }
    }
    ::close(pipe_ends[0]);
    CH_CHECK(::waitpid(child, &end.status, 0) == child);
    return end;
}

std::set<std::uint32_t> numbers_in(Store& store) {
    std::set<std::uint32_t> numbers;
    const auto page = store.changed_since(0, 10'000);
    EXPECT_TRUE(page.has_value());
    for (const Record& record : page ? page->records : std::vector<Record>{}) {
        numbers.insert(record.key.id.octets[0] + 256u * record.key.id.octets[1]);
    }
    return numbers;
}

/// Opens what is there and finds it whole: each transaction's record, terms and entry together.
std::set<std::uint32_t> verified(const SqliteOptions& options) {
    auto opened = open_sqlite_store(options);
    EXPECT_TRUE(opened.has_value()) << opened.error().to_string();
    if (!opened) {
        return {};
    }
    Store& store = **opened;
    conformance::current_scope() = conformance::first_scope();  // the child's
    const auto sound = store.check_integrity();
    EXPECT_TRUE(sound.has_value()) << sound.error().to_string();
    const auto numbers = numbers_in(store);
    EXPECT_EQ(*store.next_sequence(stream(1)), numbers.size() + 1);
    EXPECT_EQ(*store.count(conformance::query({1, 2}), 10'000), numbers.size());
    EXPECT_EQ(store.statistics().last_commit, numbers.size());
    EXPECT_TRUE(store.commit(numbered(60'000)).has_value()) << "it goes on";
    return numbers;
}

void expect_holds(const std::set<std::uint32_t>& there, const std::set<std::uint32_t>& answered) {
    EXPECT_TRUE(std::ranges::includes(there, answered)) << "an answered transaction is lost";
    EXPECT_LE(there.size(), answered.size() + 8) << "more than what was under way";
}

TEST(SqliteCrash, KilledFromOutsideAtAnyAnswer) {
    for (const std::size_t after : {1u, 13u, 50u, 117u}) {
        const TestDirectory directory;
        const ChildEnd end = run_in_child(directory.path(), "", after);
        expect_holds(verified(small_log(directory.path())), end.answered);
    }
}

#ifdef CHATELAINE_TEST_BUILD

TEST(SqliteCrash, KilledAtEachFailpoint) {
    for (const std::string_view point : sqlite::kill_points) {
        for (const char* hit : {":1", ":4"}) {
            SCOPED_TRACE(std::string(point) + hit);
            const TestDirectory directory;
            const ChildEnd end = run_in_child(directory.path(), std::string(point) + hit);
            const bool comes_seldom = point.starts_with("store.copy") ||
                                      point.ends_with("_checkpoint") ||
                                      point == "store.create_tables";
            EXPECT_TRUE(end.was_killed() || (comes_seldom && hit[1] != '1'));
            expect_holds(verified(small_log(directory.path())), end.answered);
            if (point == "store.copy_renamed" && hit[1] == '1') {
                SqliteOptions copy = small_log(directory.path());
                copy.path = directory.path() / "copy.db";
                EXPECT_EQ(verified(copy).size(), transactions);
            } else if (end.was_killed()) {
                EXPECT_FALSE(std::filesystem::exists(directory.path() / "copy.db"));
            }
        }
    }
}

TEST(SqliteCrash, AnswersAreTrueAfterAFailure) {
    for (const std::string_view point : sqlite::error_points) {
        for (const char* hit : {":1:error", ":5:error"}) {
            SCOPED_TRACE(std::string(point) + hit);
            const TestDirectory directory;
            const ChildEnd end = run_in_child(directory.path(), std::string(point) + hit);
            EXPECT_TRUE(end.ended_well());
            EXPECT_EQ(verified(small_log(directory.path())), end.answered);
            if (point == "store.commit_unknown") {
                EXPECT_EQ(end.answered.size(), transactions);
            } else {
                EXPECT_LT(end.answered.size(), transactions);
            }
        }
    }
}

#endif

}  // namespace
}  // namespace chatelaine::store

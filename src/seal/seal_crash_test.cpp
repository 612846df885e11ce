// Proves that a seal survives kill -9, and a failing disk, at every failpoint of every change: this
// binary starts itself again with one failpoint set, then looks at what the dead process left.
// After each death the seal opens by its key file, all acknowledged scopes are there, the one that
// was being changed is wholly old or wholly new, and the old shares open unless the rotation that
// replaced them had written its last file.

#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "seal/test_support.hpp"

#ifdef CHATELAINE_TEST_BUILD

namespace chatelaine::seal {
namespace {

namespace fs = std::filesystem;
using test::must;
using test::place_of;
using test::text_of;
using test::uuid_of;

const Uuid kept_scope = uuid_of(1);
const Uuid changed_scope = uuid_of(2);
const Uuid new_scope = uuid_of(3);
constexpr std::string_view secret = "what was sealed before";

/// The files that a step may write.
std::vector<std::string> files_of(const std::string& step) {
    if (step == "initialise") {
        return {"mark", "key_file", "keybag_copy", "keybag", "root"};
    }
    return {"key_file", "keybag_copy", "keybag", "root"};
}

constexpr std::array steps{".write.before",   ".write.after",         ".sync.before",
                           ".sync.after",     ".rename.before",       ".rename.after",
                           ".unlink.before",  ".unlink.after",        ".directory_sync.before",
                           ".directory_sync.after"};

std::unique_ptr<Seal> open_in(const fs::path& folder) {
    return must(Seal::open(test::paths_in(folder), crypto::system_random()));
}

/// The shares lie beside the files, one a line, for the child that needs them.
Result<void> give_shares(Seal& seal, const fs::path& folder) {
    std::ifstream file(folder / "shares");
    std::string line;
    while (seal.is_sealed() && std::getline(file, line)) {
        CH_TRY(const auto missing, seal.submit_share(test::share_of(line)));
        static_cast<void>(missing);
    }
    return ok();
}

/// One change, as the child makes it and, after it was killed, as the parent repeats it.
struct Step {
    std::string name;
    std::function<Result<void>(const fs::path& folder)> run;
};

std::vector<Step> all_steps() {
    const auto on_seal = [](auto change) {
        return [change](const fs::path& folder) -> Result<void> {
            CH_TRY(auto seal, Seal::open(test::paths_in(folder), crypto::system_random()));
            return change(*seal);
        };
    };
    return {
        {"initialise",
         [](const fs::path& folder) -> Result<void> {
             CH_TRY(const auto shares, Seal::initialise(test::paths_in(folder), {2, 3},
                                                        crypto::system_random()));
             static_cast<void>(shares);
             return ok();
         }},
        {"create_scope", on_seal([](Seal& seal) { return seal.create_scope(new_scope); })},
        {"rotate_scope", on_seal([](Seal& seal) -> Result<void> {
             CH_TRY(const auto generation, seal.rotate_scope(changed_scope));
             static_cast<void>(generation);
             return ok();
         })},
        {"retire", on_seal([](Seal& seal) -> Result<void> {
             CH_TRY(const auto generation, seal.rotate_scope(changed_scope));
             return seal.retire_generations(changed_scope, generation);
         })},
        {"destroy_scope", on_seal([](Seal& seal) { return seal.destroy_scope(changed_scope); })},
        {"rotate_root", on_seal([](Seal& seal) -> Result<void> {
             CH_TRY(const auto shares, seal.rotate_root({2, 3}));
             static_cast<void>(shares);
             return ok();
         })},
        {"restore_key_file",
         [](const fs::path& folder) -> Result<void> {
             fs::remove(test::paths_in(folder).key_file);
             CH_TRY(auto seal, Seal::open(test::paths_in(folder), crypto::system_random()));
             CH_TRY_VOID(give_shares(*seal, folder));
             return seal->restore_key_file();
         }},
        {"open", on_seal([](Seal&) { return ok(); })},
    };
}

/// Changes one after the other on one seal whose disk fails once: the seal must go on.
Result<void> go_on_after_error(const Step& step, const fs::path& folder) {
    const Paths paths = test::paths_in(folder);
    if (step.name == "initialise") {
        if (!step.run(folder)) {
            CH_TRY_VOID(step.run(folder));
        }
        return ok();
    }
    CH_TRY(auto seal, Seal::open(paths, crypto::system_random()));
    const auto change = [&]() -> Result<void> {
        if (step.name == "rotate_root") {
            CH_TRY(const auto shares, seal->rotate_root({2, 3}));
            static_cast<void>(shares);
            return ok();
        }
        return step.name == "create_scope" ? seal->create_scope(new_scope)
                                           : seal->destroy_scope(changed_scope);
    };
    if (!change()) {
        // It may stand in the one copy that was written, which is then the truth.
        auto again = change();
        if (!again && again.error().code() != Code::kAlreadyExists) {
            return again;
        }
    }
    if (!seal->create_scope(uuid_of(77))) {
        // The failure was meant for this one: the second pass of the failpoint.
        auto again = seal->create_scope(uuid_of(77));
        if (!again && again.error().code() != Code::kAlreadyExists) {
            return again;
        }
    }
    return ok();
}

TEST(SealCrashChild, makes_the_change_that_it_was_started_for) {
    const char* const name = std::getenv("CHATELAINE_SEAL_TEST_STEP");
    const char* const folder = std::getenv("CHATELAINE_SEAL_TEST_FOLDER");
    if (name == nullptr || folder == nullptr) {
        return;  // run by a person: only its parent gives it work
    }
    const bool errors = std::getenv("CHATELAINE_SEAL_TEST_ERRORS") != nullptr;
    for (const Step& step : all_steps()) {
        if (step.name == name) {
            const auto done = errors ? go_on_after_error(step, folder) : step.run(folder);
            ASSERT_TRUE(done) << done.error().to_string();
            test::write_text(fs::path(folder) / "acknowledged", "");
            return;
        }
    }
    FAIL() << "no such step";
}

struct Death {
    bool killed = false;
    bool succeeded = false;
};

Death run_child(const std::string& step, const fs::path& folder, const std::string& failpoint,
                bool errors) {
    std::vector<std::string> environment{"CHATELAINE_SEAL_TEST_STEP=" + step,
                                         "CHATELAINE_SEAL_TEST_FOLDER=" + folder.string(),
                                         "CHATELAINE_FAILPOINT=" + failpoint};
    if (errors) {
        environment.push_back("CHATELAINE_SEAL_TEST_ERRORS=1");
    }
    std::vector<char*> variables;
    for (std::string& variable : environment) {
        variables.push_back(variable.data());
    }
    variables.push_back(nullptr);
    std::string self = "/proc/self/exe";
    std::string filter = "--gtest_filter=SealCrashChild.*";
    std::string brief = "--gtest_brief=1";
    std::array<char*, 4> arguments{self.data(), filter.data(), brief.data(), nullptr};
    const ::pid_t child = ::fork();
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_WRONLY);  // its log is not this test's
        ::dup2(nowhere, 1);
        ::dup2(nowhere, 2);
        ::execve(self.c_str(), arguments.data(), variables.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
            WIFEXITED(status) && WEXITSTATUS(status) == 0};
}

class SealCrash : public testing::Test {
protected:
    void SetUp() override {
        const fs::path base = folder_.path() / "base";
        fs::create_directory(base);
        shares_ = must(Seal::initialise(test::paths_in(base), {2, 3}, crypto::system_random()));
        std::string lines;
        for (const ShareText& share : shares_) {
            lines.append(text_of(share)).append("\n");
        }
        test::write_text(base / "shares", lines);
        const auto seal = open_in(base);
        must(seal->create_scope(kept_scope));
        must(seal->create_scope(changed_scope));
        kept_ = must(seal->seal(place_of(kept_scope), as_bytes(secret)));
        changed_ = must(seal->seal(place_of(changed_scope), as_bytes(secret)));
    }

    /// A fresh work folder: empty for initialise, else a copy of `from`.
    fs::path work_folder(const std::string& step, const fs::path& from) {
        const fs::path work = folder_.path() / "work";
        fs::remove_all(work);
        if (step == "initialise") {
            fs::create_directory(work);
        } else {
            fs::copy(from, work);
        }
        return work;
    }

    /// Calls `check(folder, failpoint)` for each failpoint at which `step` dies, each time that it
    /// passes there; returns how many these were.
    template <class F>
    std::size_t at_each_failpoint(const std::string& step, const fs::path& from,
                                  const std::string& action, F&& check) {
        std::size_t count = 0;
        for (const std::string& file : files_of(step)) {
            for (const std::string place : steps) {
                for (int hit = 1; hit < 9; ++hit) {
                    const fs::path work = work_folder(step, from);
                    const std::string failpoint =
                        "seal." + file + place + ":" + std::to_string(hit);
                    const Death death = run_child(step, work, failpoint, false);
                    if (!death.killed) {
                        EXPECT_TRUE(death.succeeded) << step << " " << failpoint;
                        EXPECT_TRUE(fs::exists(work / "acknowledged"));
                        break;
                    }
                    EXPECT_FALSE(fs::exists(work / "acknowledged"));
                    SCOPED_TRACE(step + " killed at " + failpoint + action);
                    check(work, failpoint);
                    ++count;
                }
            }
        }
        return count;
    }

    bool old_shares_open(const fs::path& folder) const {
        const fs::path copy = folder.parent_path() / "shares";
        fs::remove_all(copy);
        fs::copy(folder, copy);
        fs::remove(test::paths_in(copy).key_file);
        const auto seal = open_in(copy);
        EXPECT_TRUE(seal->is_sealed());
        return seal->submit_share(shares_[0]) && seal->submit_share(shares_[2]) &&
               !seal->is_sealed() && holds_kept(*seal);
    }
    bool holds_kept(const Seal& seal) const {
        const auto opened = seal.open_record(place_of(kept_scope), kept_);
        return opened && text_of(*opened) == secret;
    }
    /// What the changed scope may look like: as before, or as after.
    void check_changed(const std::string& step, const Seal& seal) const {
        const std::uint32_t generation = seal.generation(changed_scope);
        const auto opened = seal.open_record(place_of(changed_scope), changed_);
        if (step == "destroy_scope" && generation == 0) {
            EXPECT_FALSE(opened);
            return;
        }
        if (step == "retire" && !opened) {
            EXPECT_EQ(generation, 2u);
            return;
        }
        EXPECT_TRUE(opened);
        EXPECT_LE(generation, step == "rotate_scope" || step == "retire" ? 2u : 1u);
    }

    test::Folder folder_;
    std::vector<ShareText> shares_;
    crypto::SealedBytes kept_;
    crypto::SealedBytes changed_;
};

TEST_F(SealCrash, an_initialisation_can_be_done_again) {
    const auto count = at_each_failpoint(
        "initialise", {}, "", [](const fs::path& folder, const std::string& failpoint) {
            const Paths paths = test::paths_in(folder);
            const auto opened = Seal::open(paths, crypto::system_random());
            if (!opened) {
                EXPECT_EQ(opened.error().code(), Code::kNotFound);
                EXPECT_EQ(must(Seal::initialise(paths, {2, 3}, crypto::system_random())).size(),
                          3u);
            } else {
                // All was written, and only the answer is missing: a rotation makes new shares.
                EXPECT_TRUE(failpoint.starts_with("seal.mark.unlink.after") ||
                            failpoint.starts_with("seal.mark.directory_sync"));
                EXPECT_EQ(must((*opened)->rotate_root({2, 3})).size(), 3u);
            }
            must(open_in(folder)->create_scope(new_scope));
            EXPECT_TRUE(open_in(folder)->has_scope(new_scope));
        });
    EXPECT_EQ(count, 44u);  // five files written, one removed
}

TEST_F(SealCrash, a_change_of_scopes_is_wholly_there_or_not) {
    std::size_t count = 0;
    for (const std::string step : {"create_scope", "rotate_scope", "retire", "destroy_scope"}) {
        count += at_each_failpoint(
            step, folder_.path() / "base", "",
            [&](const fs::path& folder, const std::string&) {
                {
                    const auto seal = open_in(folder);
                    EXPECT_FALSE(seal->is_sealed());
                    EXPECT_TRUE(holds_kept(*seal));
                    check_changed(step, *seal);
                }
                EXPECT_TRUE(old_shares_open(folder));
                const Paths paths = test::paths_in(folder);
                EXPECT_EQ(test::read_text(paths.keybag_file), test::read_text(paths.keybag_copy));
                must(open_in(folder)->create_scope(uuid_of(88)));
            });
    }
    EXPECT_EQ(count, 16u * 5);  // "retire" changes twice
}

TEST_F(SealCrash, a_rotation_of_the_root_is_undone_or_done) {
    const auto count = at_each_failpoint(
        "rotate_root", folder_.path() / "base", "",
        [&](const fs::path& folder, const std::string& failpoint) {
            {
                const auto seal = open_in(folder);
                EXPECT_FALSE(seal->is_sealed());
                EXPECT_TRUE(holds_kept(*seal));
            }
            const bool last_file_written = failpoint == "seal.root.rename.after:2" ||
                                           failpoint == "seal.root.directory_sync.before:2" ||
                                           failpoint == "seal.root.directory_sync.after:2";
            EXPECT_NE(old_shares_open(folder), last_file_written);
            const auto seal = open_in(folder);
            const auto shares = must(seal->rotate_root({2, 2}));
            fs::remove(test::paths_in(folder).key_file);
            const auto by_shares = open_in(folder);
            must(by_shares->submit_share(shares[0]));
            EXPECT_EQ(must(by_shares->submit_share(shares[1])), 0u);
            EXPECT_TRUE(holds_kept(*by_shares));
        });
    EXPECT_EQ(count, 32u);
}

TEST_F(SealCrash, a_restored_key_file_is_there_or_the_shares_still_open) {
    const auto count = at_each_failpoint(
        "restore_key_file", folder_.path() / "base", "",
        [&](const fs::path& folder, const std::string&) {
            EXPECT_TRUE(old_shares_open(folder));
            const auto seal = open_in(folder);
            if (seal->is_sealed()) {
                must(give_shares(*seal, folder));
                must(seal->restore_key_file());
            }
            EXPECT_FALSE(open_in(folder)->is_sealed());
        });
    EXPECT_EQ(count, 16u);
}

TEST_F(SealCrash, a_death_while_a_death_is_mended_is_mended_too) {
    std::size_t count = 0;
    for (const std::string first :
         {"seal.root.rename.after:1", "seal.keybag_copy.rename.after:1",
          "seal.keybag.rename.after:1", "seal.root.rename.before:2"}) {
        const fs::path half = folder_.path() / "half";
        fs::remove_all(half);
        fs::copy(folder_.path() / "base", half);
        ASSERT_TRUE(run_child("rotate_root", half, first, false).killed);
        // By shares alone, too: the key file may be lost at the same time.
        EXPECT_TRUE(old_shares_open(half)) << first;
        count += at_each_failpoint("open", half, " after " + first,
                                   [&](const fs::path& folder, const std::string&) {
                                       EXPECT_TRUE(holds_kept(*open_in(folder)));
                                       EXPECT_TRUE(old_shares_open(folder));
                                   });
    }
    EXPECT_GE(count, 80u);
}

TEST_F(SealCrash, goes_on_in_the_same_process_after_a_failed_write) {
    for (const std::string step : {"initialise", "create_scope", "destroy_scope", "rotate_root"}) {
        for (const std::string& file : files_of(step)) {
            for (const std::string place : steps) {
                for (const int hit : {1, 2}) {
                    const fs::path work = work_folder(step, folder_.path() / "base");
                    const std::string failpoint =
                        "seal." + file + place + ":" + std::to_string(hit) + ":error";
                    ASSERT_TRUE(run_child(step, work, failpoint, true).succeeded)
                        << step << " " << failpoint;
                    const auto seal = open_in(work);
                    EXPECT_TRUE(step == "initialise" || seal->has_scope(uuid_of(77)));
                    EXPECT_TRUE(step != "create_scope" || seal->has_scope(new_scope));
                    EXPECT_FALSE(step == "destroy_scope" && seal->has_scope(changed_scope));
                }
            }
        }
    }
}

}  // namespace
}  // namespace chatelaine::seal

#endif  // CHATELAINE_TEST_BUILD

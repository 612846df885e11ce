// Proves what a person and a program rely on: the table of commands is sound, profiles go round and
// are private, the environment takes its place over them, tables line up, and exit codes are fixed.
#include "apps/chatelaine/command.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <set>

#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/output.hpp"

namespace chatelaine::cli {
namespace {

class Folder : public testing::Test {
protected:
    void SetUp() override {
        std::string name = std::filesystem::temp_directory_path() / "chatelaine-cli-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};
using Profiles = Folder;
using Files = Folder;

TEST(Commands, EachHasItsOwnPathAndParameters) {
    std::set<std::string_view> paths;
    for (const Command& command : all_commands()) {
        EXPECT_TRUE(paths.insert(command.path).second) << command.path;
        EXPECT_FALSE(command.help.empty()) << command.path;
        std::set<std::string_view> names{"profile", "domain", "config", "json", "help"};
        for (const Param& param : command.params) {
            EXPECT_TRUE(names.insert(param.name).second) << command.path << " " << param.name;
            EXPECT_FALSE(param.help.empty()) << command.path << " " << param.name;
        }
    }
}

TEST(Commands, NoneTakesASecretAsAnArgument) {
    for (const Command& command : all_commands()) {
        for (const Param& param : command.params) {
            const bool secret = param.name == "token" || param.name == "code" ||
                                param.name == "share" || param.name == "secret" ||
                                param.name == "passphrase";
            // `token revoke` takes a token's id.
            EXPECT_FALSE(secret && command.path != "token revoke") << command.path;
        }
    }
}

TEST(Commands, CompletionKnowsThemAll) {
    const auto commands = all_commands();
    for (const std::string_view shell : {"bash", "zsh"}) {
        const std::string script = completion_script(shell, commands);
        for (const Command& command : commands) {
            EXPECT_NE(script.find("'" + std::string(command.path) + "'"), std::string::npos)
                << command.path;
        }
    }
}

/// What bash offers behind the given words.
std::string offered(const std::filesystem::path& script, const std::string& words) {
    const std::string command = "bash -c 'source " + script.string() + "; COMP_WORDS=(" + words +
                                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _chatelaine; " +
                                "echo \"${COMPREPLY[*]}\"'";
    std::string out;
    if (FILE* const pipe = ::popen(command.c_str(), "r"); pipe != nullptr) {
        char line[4096];
        while (std::fgets(line, sizeof line, pipe) != nullptr) {
            out += line;
        }
        ::pclose(pipe);
    }
    return out;
}

TEST_F(Files, CompletionFollowsTheWords) {
    const auto script = folder_ / "completion";
    ASSERT_TRUE(write_private(script, as_bytes(completion_script("bash", all_commands()))));
    EXPECT_EQ(offered(script, "chatelaine resp"), "responsibilities\n");
    EXPECT_EQ(offered(script, "chatelaine key datak"), "datakey\n");
    EXPECT_EQ(offered(script, "chatelaine --profile key key datakey c"), "create\n");
    EXPECT_EQ(offered(script, "chatelaine key create name --type E"), "EC\n");
    EXPECT_EQ(offered(script, "chatelaine key create name --curve P-3"), "P-384\n");
    EXPECT_EQ(offered(script, "chatelaine completion z"), "zsh\n");
}

TEST(Commands, ExitCodesAreFixed) {
    EXPECT_EQ(exit_code_of(Error(Code::kConfiguration, "t")), 2);
    EXPECT_EQ(exit_code_of(Error(Code::kForbidden, "t")), 3);
    EXPECT_EQ(exit_code_of(Error(Code::kUnauthenticated, "t")), 3);
    EXPECT_EQ(exit_code_of(Error(Code::kKeyNotFound, "t")), 4);
    EXPECT_EQ(exit_code_of(Error(Code::kStoreUnavailable, "t")), 5);
    EXPECT_EQ(exit_code_of(Error(Code::kSealBroken, "t")), 6);
    EXPECT_EQ(exit_code_of(Error(Code::kInvalidArgument, "t")), 1);
    for (auto code = std::size_t{0}; code < static_cast<std::size_t>(Code::kEndOfCodes); ++code) {
        EXPECT_NE(exit_code_of(Error(static_cast<Code>(code), "t")), 0);
    }
}

TEST_F(Profiles, GoRoundAndArePrivate) {
    const auto path = folder_ / "deep" / "profiles.toml";
    auto store = ProfileStore::open(path);
    ASSERT_TRUE(store);
    Profile profile;
    profile.name = "a \"quoted\" \\ name";
    profile.rest = "https://localhost:1";
    profile.cert = "/c\"e\\rt.pem";
    store->put(profile);
    store->set_current(profile.name);
    ASSERT_TRUE(store->save());
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat(path.parent_path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0700U);
    auto again = ProfileStore::open(path);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->current(), profile.name);
    EXPECT_EQ(again->find(profile.name).rest, profile.rest);
    EXPECT_EQ(again->find(profile.name).cert, profile.cert);
    EXPECT_TRUE(again->remove(profile.name));
    EXPECT_FALSE(again->remove(profile.name));
}

TEST_F(Profiles, AWrongFileIsRefusedWithItsLine) {
    const auto path = folder_ / "profiles.toml";
    for (const std::string_view text :
         {"current = \"x\"\n[x]\nunknown = \"y\"\n", "\n\n[x\n", "\n\nodd = 3\n",
          "[x]\n\nrest = 3\n"}) {
        ASSERT_TRUE(write_private(path, as_bytes(text)));
        auto store = ProfileStore::open(path);
        ASSERT_FALSE(store) << text;
        EXPECT_NE(store.error().detail().message.find("profiles.toml:"), std::string::npos);
        EXPECT_EQ(exit_code_of(store.error()), exit_usage);
    }
}

TEST_F(Profiles, TheEnvironmentComesFirst) {
    Profile profile;
    profile.rest = "https://a";
    profile.cert = "/cert";
    profile.key = "/key";
    ASSERT_EQ(::setenv("CHATELAINE_REST", "https://b", 1), 0);
    ASSERT_EQ(::setenv("CHATELAINE_TOKEN", "secret", 1), 0);
    apply_environment(profile);
    ::unsetenv("CHATELAINE_REST");
    ::unsetenv("CHATELAINE_TOKEN");
    EXPECT_EQ(profile.rest, "https://b");
    EXPECT_EQ(profile.token, "secret");
    EXPECT_TRUE(profile.cert.empty()) << "a token of the environment replaces the certificate";
    Profile other;
    other.token_file = "/token";
    ASSERT_EQ(::setenv("CHATELAINE_CERT", "/c", 1), 0);
    apply_environment(other);
    ::unsetenv("CHATELAINE_CERT");
    EXPECT_EQ(other.cert, "/c");
    EXPECT_TRUE(other.token_file.empty());
}

TEST_F(Files, ASecretIsOneLineAndBounded) {
    const auto path = folder_ / "token";
    ASSERT_TRUE(write_private(path, as_bytes(std::string_view("  abc.def \r\nmore\n"))));
    auto line = read_secret_line(path);
    ASSERT_TRUE(line);
    EXPECT_EQ(*line, "abc.def");
    ASSERT_TRUE(write_private(path, as_bytes(std::string_view(" \n"))));
    EXPECT_FALSE(read_secret_line(path));
    EXPECT_FALSE(read_secret_line(folder_ / "none"));
    ASSERT_TRUE(write_private(path, as_bytes(std::string(100, 'x'))));
    EXPECT_TRUE(read_text(path, 100));
    EXPECT_FALSE(read_text(path, 99));
}

TEST(Output, TablesLineUpAndAreSafeForATerminal) {
    json::Document::Options options;
    options.keep_source = true;
    auto document = json::Document::parse(
        R"([{"id":"1","iam":{"urn":"é"},"list":["a","b"]},{"id":"long\u001b[31m","yes":true}])",
        options);
    ASSERT_TRUE(document);
    EXPECT_EQ(table(document->root(),
                    {{"ID", "id"}, {"URN", "iam.urn"}, {"LIST", "list"}, {"YES", "yes"}}),
              "ID         URN  LIST  YES\n"
              "1          é    a, b\n"
              "long?[31m             yes\n");
}

TEST(Output, CardsLeaveOutPem) {
    json::Document::Options options;
    options.keep_source = true;
    auto document = json::Document::parse(
        R"({"a":{"b":1},"pem":"-----BEGIN CERTIFICATE-----\n","c":null})", options);
    ASSERT_TRUE(document);
    EXPECT_EQ(card(document->root()), "a.b  1\nc    \n");
}

TEST(Query, EscapesAndLeavesOutWhatIsEmpty) {
    EXPECT_EQ(query({{"a", "b c/&"}, {"d", ""}, {"e", "f"}}), "?a=b%20c%2F%26&e=f");
    EXPECT_EQ(query({{"a", ""}}), "");
}

}  // namespace
}  // namespace chatelaine::cli

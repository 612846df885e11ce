// Lists: what is in a folder, what a narrow caller sees, pages.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "base/limits.hpp"
#include "secrets/test_support.hpp"

namespace chatelaine::secrets::testing {
namespace {

using Names = std::vector<std::string>;

TEST_F(SecretsTest, FoldersShowWhatIsBelow) {
    for (const char* path : {"a", "a/b", "a/c/d", "x/y/z", "top"}) {
        create(path);
    }
    EXPECT_EQ(names(""), (Names{"a", "a/", "top", "x/"}));
    EXPECT_EQ(names("a/"), (Names{"b", "c/"}));
    EXPECT_EQ(names("x/"), (Names{"y/"}));
    EXPECT_EQ(names("none/"), (Names{"secret_not_found"}));
    ASSERT_TRUE(commit<DeleteSecret>(on<DeleteSecret>("x/y/z")));
    EXPECT_EQ(names(""), (Names{"a", "a/", "top"}));
    EXPECT_EQ(names("x/"), (Names{"secret_not_found"}));
    create("x/w");
    EXPECT_EQ(names("x/"), (Names{"w"}));
    become({});
    EXPECT_EQ(names(""), Names{});
    EXPECT_EQ(names("a/"), (Names{"secret_not_found"}));
    become({{{"okms:apikms:secret/get"}, {urn("a/c/*")}}});
    EXPECT_EQ(names(""), (Names{"a/"}));
    EXPECT_EQ(names("a/"), (Names{"c/"}));
}

TEST_F(SecretsTest, ListsOfNamesHavePages) {
    std::set<std::string> all;
    for (int i = 0; i < 57; ++i) {
        const std::string name = (i % 3 == 0 ? "f" + std::to_string(i) + "/s" : std::to_string(i));
        create("p/" + name);
        all.insert(i % 3 == 0 ? "f" + std::to_string(i) + "/" : name);
    }
    std::set<std::string> seen;
    KvList::Command command;
    command.folder = "p/";
    command.max = 10;
    for (int page = 0; page < 10; ++page) {
        KvList::Command next = command;
        const auto reply = commit<KvList>(std::move(next));
        ASSERT_TRUE(reply);
        EXPECT_TRUE(std::is_sorted(reply->names.begin(), reply->names.end()));
        EXPECT_LE(reply->names.size(), 10U);
        for (const auto& name : reply->names) {
            EXPECT_TRUE(seen.insert(name).second) << name;
        }
        if (reply->next.empty()) {
            break;
        }
        EXPECT_EQ(reply->names.size(), 10U);
        command.cursor = reply->next;
    }
    EXPECT_EQ(seen, all);
    command.cursor = "AAAA";
    EXPECT_EQ(refusal<KvList>(std::move(command)), Code::kInvalidArgument);
}

TEST_F(SecretsTest, AListCostsWhatItReturns) {
    for (int i = 0; i < 30; ++i) {
        create("many/" + std::to_string(i));
    }
    create("few/one");
    reader.finds = 0;
    EXPECT_EQ(names("few/"), (Names{"one"}));
    const std::size_t of_few = reader.finds;
    for (int i = 0; i < 300; ++i) {
        create("other" + std::to_string(i) + "/x");
    }
    reader.finds = 0;
    EXPECT_EQ(names("few/"), (Names{"one"}));
    EXPECT_EQ(reader.finds, of_few);
}

/// Folder lists and the flat list against a walk over all paths, for callers of random rights.
RC_GTEST_PROP(SecretLists, AgreeWithALinearOracle, ()) {
    World world;
    const auto component = rc::gen::element<std::string>("a", "b", "c", "", "d");
    std::set<std::string> paths;
    const auto parts = *rc::gen::container<std::vector<std::vector<std::string>>>(
        rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
                               component))));
    for (const auto& each : parts) {
        std::string path;
        for (const auto& part : each) {
            path += (path.empty() && &part == &each.front() ? "" : "/") + part;
        }
        if (!path.empty() && path.size() < 40 && world.create(path) == Code::kEndOfCodes) {
            paths.insert(path);
        }
    }
    const auto removed = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, 20));
    for (const std::size_t index : removed) {
        if (index < paths.size()) {
            const auto at = std::next(paths.begin(), static_cast<std::ptrdiff_t>(index));
            RC_ASSERT(world.commit<DeleteSecret>(World::on<DeleteSecret>(*at)).has_value());
            paths.erase(at);
        }
    }
    const auto patterns = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("*", "a*", "a/*", "*b", "b/c", "a", "c/*/d", "/*"));
    std::vector<std::string> resources;
    for (const auto& pattern : patterns) {
        resources.push_back(world.urn(pattern));
    }
    world.become({{{"okms:apikms:secret/get"}, resources}});
    const auto visible = [&](const std::string& path) {
        return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
            return access::matches(pattern, path);
        });
    };
    for (const std::string folder : {"", "a/", "b/", "a/b/", "/", "a//"}) {
        std::set<std::string> expected;
        for (const auto& path : paths) {
            if (path.starts_with(folder) && visible(path)) {
                const auto slash = path.find('/', folder.size());
                expected.insert(slash == std::string::npos
                                    ? path.substr(folder.size())
                                    : path.substr(folder.size(), slash + 1 - folder.size()));
            }
        }
        Names found = world.names(folder);
        if (found == Names{"secret_not_found"}) {
            found.clear();
        }
        RC_ASSERT(found == Names(expected.begin(), expected.end()));
    }
    std::set<std::string> listed;
    const auto reply = world.commit<ListSecrets>({});
    RC_ASSERT(reply.has_value());
    for (const auto& secret : reply->secrets) {
        listed.insert(secret->path);
    }
    std::set<std::string> expected;
    std::copy_if(paths.begin(), paths.end(), std::inserter(expected, expected.end()), visible);
    RC_ASSERT(listed == expected);
    for (const std::string prefix : {"", "a", "a/", "b/c", "/", "a//"}) {
        for (const std::string text : {"", "b", "/c"}) {
            std::set<std::string> found;
            SearchSecrets::Command search;
            search.prefix = prefix;
            search.text = text;
            const auto page = world.commit<SearchSecrets>(std::move(search));
            RC_ASSERT(page.has_value());
            for (const auto& secret : page->secrets) {
                found.insert(secret->path);
            }
            std::set<std::string> wanted;
            for (const auto& path : expected) {
                if (path.starts_with(prefix) && path.find(text) != std::string::npos) {
                    wanted.insert(path);
                }
            }
            RC_ASSERT(found == wanted);
        }
    }
}

}  // namespace
}  // namespace chatelaine::secrets::testing

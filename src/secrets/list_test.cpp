// Lists: what is in a folder, what a narrow caller sees, pages.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>
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

/// Search, page by page, for 200 identities of random rights against a walk over all paths.
TEST(SecretSearch, TwoHundredIdentitiesAgreeWithALinearOracle) {
    std::mt19937 chance(7);
    const auto pick = [&](std::size_t count) { return static_cast<std::size_t>(chance()) % count; };
    const std::string parts[] = {"app", "db", "prod", "a", "test", "x.y"};
    World world;
    std::set<std::string> paths;
    while (paths.size() < 400) {
        std::string path = parts[pick(6)];
        for (std::size_t depth = pick(4); depth > 0; --depth) {
            path += "/" + parts[pick(6)];
        }
        path += pick(2) == 0 ? "" : std::to_string(pick(10));
        if (paths.insert(path).second) {
            ASSERT_EQ(world.create(path), Code::kEndOfCodes);
        }
    }
    const std::vector<std::string> all(paths.begin(), paths.end());
    std::size_t shown = 0;
    for (int identity = 0; identity < 200; ++identity) {
        std::vector<std::string> patterns;
        std::vector<std::string> resources;
        for (std::size_t count = 1 + pick(4); count > 0; --count) {
            const std::string& path = all[pick(all.size())];
            const std::size_t cut = pick(path.size() + 1);
            const std::string forms[] = {path, path.substr(0, cut) + "*", "*" + path.substr(cut),
                                         path.substr(0, cut / 2) + "*" + path.substr(cut)};
            patterns.push_back(forms[pick(4)]);
            resources.push_back(world.urn(patterns.back()));
        }
        world.become({{{"okms:apikms:secret/get"}, resources}});
        const std::string& one = all[pick(all.size())];
        const std::string prefix = one.substr(0, pick(one.size()));
        const std::string text = pick(2) == 0 ? "" : one.substr(one.size() - 1);
        std::set<std::string> expected;
        for (const std::string& path : all) {
            const bool visible = std::any_of(
                patterns.begin(), patterns.end(),
                [&](const std::string& pattern) { return access::matches(pattern, path); });
            if (visible && path.starts_with(prefix) && path.find(text) != std::string::npos) {
                expected.insert(path);
            }
        }
        std::multiset<std::string> found;
        std::string cursor;
        do {
            SearchSecrets::Command command;
            command.prefix = prefix;
            command.text = text;
            command.cursor = cursor;
            command.max = 10;
            const auto page = world.commit<SearchSecrets>(std::move(command));
            ASSERT_TRUE(page) << page.error().to_string();
            ASSERT_LE(page->secrets.size(), 10U);
            for (const auto& secret : page->secrets) {
                found.insert(secret->path);
            }
            cursor = page->next;
        } while (!cursor.empty());
        ASSERT_EQ(found, std::multiset<std::string>(expected.begin(), expected.end()))
            << "identity " << identity << ", prefix " << prefix << ", text " << text;
        shown += found.size();
    }
    EXPECT_GT(shown, 1000U);
}

}  // namespace
}  // namespace chatelaine::secrets::testing

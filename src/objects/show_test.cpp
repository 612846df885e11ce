// Proves get and list: who sees what, pages that are never empty before the end, tokens that are
// checked, and that lists wait for no disk on a network loop.
#include <set>

#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using testing::World;

class Show : public World {
public:
    ListKeys::Command listing(std::optional<State> state = std::nullopt, std::size_t max = 10,
                              std::string token = {}) {
        ListKeys::Command command;
        command.state = state;
        command.max = max;
        command.continuation_token = std::move(token);
        return command;
    }
    /// All ids that the pages give, in order; checks the pages on the way.
    std::vector<ObjectId> walk(std::optional<State> state, std::size_t max = 10) {
        std::vector<ObjectId> ids;
        std::string token;
        for (int page = 0; page < 100; ++page) {
            const auto reply = commit<ListKeys>(listing(state, max, token));
            EXPECT_TRUE(reply) << (reply ? "" : reply.error().to_string());
            if (!reply) {
                break;
            }
            EXPECT_LE(reply->keys.size(), max);
            EXPECT_TRUE(!reply->truncated || !reply->keys.empty());
            EXPECT_FALSE(reply->continuation_token.empty());
            EXPECT_LE(reply->continuation_token.size(),
                      limits::continuation_token_characters_max);
            for (const KeyAnswer& answer : reply->keys) {
                ids.push_back(answer.object->id);
                EXPECT_TRUE(!state || answer.state == *state);
            }
            token = reply->continuation_token;
            if (!reply->truncated) {
                break;
            }
        }
        return ids;
    }
};

TEST_F(Show, GetGivesThePublicPartOnly) {
    const ObjectId key = make(ec());
    auto get = on<GetKey>(key);
    get.want_jwk = true;
    const auto shown = commit<GetKey>(std::move(get));
    ASSERT_TRUE(shown);
    const auto document = json::Document::parse(shown->public_jwk);
    ASSERT_TRUE(document);
    const json::Value jwk = document->root();
    EXPECT_EQ(*jwk.member("kid").string(), key.to_string());
    EXPECT_EQ(jwk.member("x").string()->size(), 43u);
    EXPECT_EQ(jwk.member("y").string()->size(), 43u);
    EXPECT_FALSE(jwk.member("d").exists());
    EXPECT_EQ(commit<GetKey>(on<GetKey>(key))->public_jwk, "");
}

TEST_F(Show, ASymmetricKeyNeverLeavesInThePlain) {
    auto command = oct();
    command.extractable = true;
    auto get = on<GetKey>(make(std::move(command)));
    get.want_jwk = true;
    EXPECT_EQ(commit<GetKey>(std::move(get))->public_jwk, "");
}

TEST_F(Show, WhatIsNotThereIsNotFound) {
    EXPECT_EQ(refusal<GetKey>(on<GetKey>(ObjectId::random(crypto::system_random()))),
              Code::kKeyNotFound);
}

TEST_F(Show, OtherObjectsAreNoServiceKeys) {
    const ObjectId key = make(oct());
    auto changed = stored(key)->clone();
    changed->type = ObjectType::kSecretData;
    std::vector<seal::RecordChange> changes;
    changes.push_back(changed->to_change());
    ASSERT_TRUE(reader.apply(changes));
    EXPECT_EQ(refusal<GetKey>(on<GetKey>(key)), Code::kKeyNotFound);
    EXPECT_TRUE(walk(std::nullopt).empty());
}

TEST_F(Show, AnEmptyListIsComplete) {
    const auto reply = commit<ListKeys>(listing());
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->keys.empty());
    EXPECT_FALSE(reply->truncated);
    EXPECT_FALSE(reply->continuation_token.empty());
}

TEST_F(Show, PagesGiveEachKeyOnceInTheOrderOfBirth) {
    std::vector<ObjectId> made;
    for (int i = 0; i < 25; ++i) {
        made.push_back(make(oct()));
    }
    EXPECT_EQ(walk(std::nullopt), made);
    EXPECT_EQ(walk(std::nullopt, 25), made);
    EXPECT_EQ(walk(std::nullopt, 100), made);
    EXPECT_FALSE(commit<ListKeys>(listing(std::nullopt, 25))->truncated);
}

TEST_F(Show, TheStateFilterIsInTheQuery) {
    std::set<ObjectId> active;
    for (int i = 0; i < 30; ++i) {
        const ObjectId key = make(oct());
        i % 3 == 0 ? static_cast<void>(active.insert(key)) : deactivate(key);
    }
    const auto found = walk(State::kActive);
    EXPECT_EQ(std::set<ObjectId>(found.begin(), found.end()), active);
    EXPECT_EQ(walk(State::kDeactivated).size(), 20u);
    EXPECT_TRUE(walk(State::kCompromised).empty());
}

TEST_F(Show, AllStatesListDestroyedKeysToo) {
    const ObjectId key = make(oct());
    destroy(key);
    EXPECT_EQ(walk(std::nullopt), std::vector<ObjectId>{key});
    EXPECT_EQ(walk(State::kDestroyed), std::vector<ObjectId>{key});
    EXPECT_TRUE(walk(State::kActive).empty());
}

TEST_F(Show, NarrowRightsNeverSeeAnEmptyPageBeforeTheEnd) {
    std::vector<ObjectId> mine;
    std::vector<std::string> resources{access::domain_urn("eu", domain)};
    for (int i = 0; i < 300; ++i) {
        const ObjectId key = make(oct());
        if (i == 5 || i > 270) {
            mine.push_back(key);
            resources.push_back(urn(key));
        }
    }
    become({{{"okms:apikms:serviceKey/get"}, resources}});
    EXPECT_EQ(walk(std::nullopt), mine);
}

TEST_F(Show, NoRightOnAnyKeyIsAnEmptyList) {
    make(oct());
    become({{{"okms:apikms:serviceKey/get"}, {access::domain_urn("eu", domain)}}});
    EXPECT_TRUE(walk(std::nullopt).empty());
}

TEST_F(Show, ATokenIsCheckedAndBoundToItsFilter) {
    for (int i = 0; i < 11; ++i) {
        make(oct());
    }
    const std::string token = commit<ListKeys>(listing(State::kActive))->continuation_token;
    EXPECT_EQ(refused_field<ListKeys>(listing(State::kActive, 10, token)), "(accepted)");
    EXPECT_EQ(refused_field<ListKeys>(listing(std::nullopt, 10, token)), "continuation-token");
    for (const std::string& bad : {std::string("x"), std::string("===="), token + "AA",
                                  token.substr(0, token.size() - 2), "Ag" + token.substr(2)}) {
        EXPECT_EQ(refused_field<ListKeys>(listing(State::kActive, 10, bad)),
                  "continuation-token")
            << bad;
    }
}

TEST_F(Show, ALaterPageShowsWhatWasMadeMeanwhile) {
    make(oct());
    const auto first = commit<ListKeys>(listing());
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->truncated);
    const ObjectId late = make(oct());
    const auto second = commit<ListKeys>(listing(std::nullopt, 10, first->continuation_token));
    ASSERT_TRUE(second);
    ASSERT_EQ(second->keys.size(), 1u);
    EXPECT_EQ(second->keys[0].object->id, late);
}

TEST_F(Show, AListIsNotReadOnANetworkLoop) {
    reader.blocking = false;
    EXPECT_EQ(refusal<ListKeys>(listing()), Code::kWouldBlock);
}

}  // namespace
}  // namespace chatelaine::objects

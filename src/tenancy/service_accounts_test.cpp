// Service accounts: the secret is shown once, opens for an hour, and ends with its account.
#include "tenancy/service_accounts.hpp"

#include "tenancy/test_support.hpp"

namespace chatelaine::tenancy {
namespace {

class ServiceAccounts : public testing::World {
protected:
    CreateServiceAccount::Reply made(std::string name = "ci") {
        auto reply = commit<CreateServiceAccount>({std::move(name), "for builds"});
        EXPECT_TRUE(reply) << reply.error().to_string();
        return std::move(reply).value();
    }
    /// As the gate lets it through: nobody is known there.
    Result<gate::Outcome<IssueClientToken>> ask(std::string id, const std::string& secret) {
        caller = access::Principal::anonymous();
        auto outcome = attempt<IssueClientToken>(
            {std::move(id), crypto::SecretBytes::copy_of(as_bytes(secret))});
        caller = root_caller_;
        return outcome;
    }
    crypto::SecretBytes token(const CreateServiceAccount::Reply& program) {
        auto outcome = ask(program.identity->id.to_string(), testing::reveal(program.secret));
        EXPECT_TRUE(outcome) << outcome.error().to_string();
        EXPECT_TRUE(reader.apply(outcome->changes));
        return std::move(outcome->reply.text);
    }
    Code refused(const std::string& id, const std::string& secret) {
        const auto outcome = ask(id, secret);
        return outcome ? Code::kEndOfCodes : outcome.error().code();
    }
    Code bearer(const crypto::SecretBytes& text) {
        const std::string header = "Bearer " + testing::reveal(text);
        access::Presented presented;
        presented.authorization = header;
        const auto found = access::Authenticator("eu").authenticate(presented, reader, now);
        return found ? Code::kEndOfCodes : found.error().code();
    }

    access::Principal root_caller_ = caller;
};

TEST_F(ServiceAccounts, IdAndSecretBecomeABearerForAnHour) {
    const auto program = made();
    EXPECT_EQ(program.identity->urn, "urn:v1:eu:identity:credential:" +
                                         account.to_string() + "/oauth2-" +
                                         program.identity->id.to_string());
    const auto text = token(program);
    const auto principal = authenticated(text, domain);
    ASSERT_EQ(principal.identities().size(), 1U);
    EXPECT_EQ(principal.identities().front()->urn, program.identity->urn);
    EXPECT_FALSE(principal.is_root());
    EXPECT_EQ(principal.decide({"okms:apikms:serviceKey/encrypt"}, account_urn()),
              access::Decision::kDenied);
    now = now.plus_seconds(client_token_seconds - 1);
    EXPECT_EQ(bearer(text), Code::kEndOfCodes);
    now = now.plus_seconds(1);
    EXPECT_EQ(bearer(text), Code::kUnauthenticated);
}

TEST_F(ServiceAccounts, TheSecretIsKeptAsAHashAndIsNoBearer) {
    const auto program = made();
    Bytes stored;
    program.identity->encode(stored);
    const std::string secret = testing::reveal(program.secret);
    EXPECT_EQ(as_text(stored).find(secret), std::string_view::npos);
    EXPECT_EQ(as_text(stored).find(secret.substr(60)), std::string_view::npos);
    EXPECT_EQ(bearer(program.secret), Code::kUnauthenticated);
    const auto read = commit<GetServiceAccount>({{program.identity->id}});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->identity->label, "ci");
    EXPECT_EQ(read->identity->client_secret, access::token_hash(program.secret));
}

TEST_F(ServiceAccounts, WhatDoesNotGoTogetherIsRefusedAlike) {
    const auto one = made("one");
    const auto two = made("two");
    const std::string id = one.identity->id.to_string();
    std::string changed = testing::reveal(one.secret);
    changed[changed.size() - 5] = changed[changed.size() - 5] == 'A' ? 'B' : 'A';
    const auto bearer_text = token(one);
    const auto texts = {changed, testing::reveal(two.secret), std::string(), std::string("x"),
                        testing::reveal(bearer_text), testing::reveal(one.secret) + "A"};
    for (const std::string& secret : texts) {
        EXPECT_EQ(refused(id, secret), Code::kUnauthenticated) << secret.size();
    }
    for (const std::string& other : {two.identity->id.to_string(), std::string(), id + "0",
                                     root->id.to_string()}) {
        EXPECT_EQ(refused(other, testing::reveal(one.secret)), Code::kUnauthenticated) << other;
    }
    EXPECT_EQ(refused(id, testing::reveal(one.secret)), Code::kEndOfCodes);
}

TEST_F(ServiceAccounts, SwitchedOffOrRemovedItsTokensEnd) {
    const auto program = made();
    const std::string id = program.identity->id.to_string();
    const std::string secret = testing::reveal(program.secret);
    const auto text = token(program);
    UpdateIdentity::Command off;
    off.identity = program.identity->id;
    off.disabled = true;
    ASSERT_TRUE(commit<UpdateIdentity>(off));
    EXPECT_EQ(bearer(text), Code::kUnauthenticated);
    EXPECT_EQ(refused(id, secret), Code::kUnauthenticated);
    off.disabled = false;
    ASSERT_TRUE(commit<UpdateIdentity>(off));
    EXPECT_EQ(bearer(text), Code::kEndOfCodes);
    ASSERT_TRUE(commit<DeleteServiceAccount>({{program.identity->id}}));
    EXPECT_EQ(bearer(text), Code::kUnauthenticated);
    EXPECT_EQ(refused(id, secret), Code::kUnauthenticated);
    EXPECT_FALSE(commit<GetServiceAccount>({{program.identity->id}}));
    EXPECT_FALSE(commit<DeleteServiceAccount>({{program.identity->id}}));
}

TEST_F(ServiceAccounts, AreListedApartFromPeople) {
    add_identity("ann", {});
    const auto one = made("one");
    const auto two = made("one");  // the name need not be unique
    UpdateServiceAccount::Command changed;
    changed.identity = two.identity->id;
    changed.name = "other";
    ASSERT_TRUE(commit<UpdateServiceAccount>(changed));
    const auto list = commit<ListServiceAccounts>({});
    ASSERT_TRUE(list);
    ASSERT_EQ(list->identities.size(), 2U);
    EXPECT_EQ(list->identities[1]->label, "other");
    EXPECT_FALSE(commit<GetServiceAccount>({{root->id}}));
    EXPECT_FALSE(commit<DeleteServiceAccount>({{root->id}}));
    EXPECT_EQ(refused(two.identity->id.to_string(), testing::reveal(two.secret)),
              Code::kEndOfCodes);
}

TEST_F(ServiceAccounts, OutlivesNobodyWhoMakesIt) {
    const auto clerk = add_identity(
        "clerk", {{{"chatelaine:control:serviceAccount/*"}, {"*"}}});
    const std::string what = forbidden("chatelaine:control:serviceAccount/create", account_urn(),
                                       "tenancy.outlives");
    caller = with_token(*clerk);
    EXPECT_EQ(answer<CreateServiceAccount>({"x", ""}), "done");
    caller = with_token(*clerk, domain);
    EXPECT_EQ(answer<CreateServiceAccount>({"x", ""}), "done");
    caller = with_token(*clerk, {}, now.plus_seconds(60));
    EXPECT_EQ(answer<CreateServiceAccount>({"x", ""}), what);
}

TEST_F(ServiceAccounts, EndedTokensAreSweptAndGoodOnesAreBounded) {
    const auto program = made();
    const auto first = token(program);
    now = now.plus_seconds(client_token_seconds);
    for (std::size_t i = 0; i < client_tokens_max; ++i) {
        token(program);
    }
    ListTokens::Command list;
    list.identity = program.identity->id;
    const auto tokens = commit<ListTokens>(list);
    ASSERT_TRUE(tokens);
    EXPECT_EQ(tokens->tokens.size(), client_tokens_max);
    EXPECT_EQ(bearer(first), Code::kUnauthenticated);
    const std::string id = program.identity->id.to_string();
    EXPECT_EQ(refused(id, testing::reveal(program.secret)), Code::kRateLimited);
    now = now.plus_seconds(client_token_seconds);
    EXPECT_EQ(refused(id, testing::reveal(program.secret)), Code::kEndOfCodes);
}

}  // namespace
}  // namespace chatelaine::tenancy

// Nobody hands out more than they hold.
#include "crypto/x509.hpp"
#include "tenancy/policy_operations.hpp"
#include "tenancy/test_support.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr const char* kMint = "chatelaine:control:token/create";
constexpr const char* kCreate = "chatelaine:control:identity/create";
constexpr const char* kUpdate = "chatelaine:control:identity/update";
constexpr const char* kCertify = "okms:apiovh:credential/create";
constexpr const char* kEncrypt = "okms:apikms:serviceKey/encrypt";

class Rights : public testing::World {
protected:
    std::string urn(const DomainId& of) const { return access::domain_urn("eu", of); }
    Identity clerk_ = add_identity("clerk", {{{kMint, kCreate, kUpdate, kCertify}, {"*"}},
                                             {{kEncrypt}, {urn(domain) + "/*"}}});
    Identity strong_ = add_identity("strong", {{{"*"}, {"*"}}});
    Identity weak_ = add_identity("weak", {{{kEncrypt}, {urn(domain) + "/serviceKey/*"}}});

    CreateToken::Command token(const Identity& of, DomainId bound = {},
                               std::optional<std::int64_t> expires = {}) const {
        CreateToken::Command command;
        command.identity = of->id;
        command.name = "t";
        command.domain = bound;
        command.expires_in_seconds = expires;
        return command;
    }
    CreateCredential::Command certificate(std::vector<Identity> of) const {
        CreateCredential::Command command;
        command.domain = domain;
        command.name = "c";
        for (const auto& identity : of) {
            command.identity_urns.push_back(identity->urn);
        }
        return command;
    }
    UpdateIdentity::Command update(const Identity& of) const {
        UpdateIdentity::Command command;
        command.identity = of->id;
        return command;
    }
    UpdateIdentity::Command update(const Identity& of, std::vector<Grant> grants) const {
        UpdateIdentity::Command command = update(of);
        command.grants = std::move(grants);
        return command;
    }
    void enable_authority() {
        tools.users_authority.set(std::make_shared<const crypto::CertificateAuthority>(
            *crypto::CertificateAuthority::create("users", now.plus_seconds(-60),
                                                  now.plus_seconds(1000LL * 86400))));
    }
};

// ---- what a token is bound to ------------------------------------------------------------------

TEST_F(Rights, ABoundTokenMintsTokensOfItsDomainAlone) {
    for (const Identity& who : {clerk_, strong_, root}) {
        caller = with_token(*who, domain);
        EXPECT_EQ(answer<CreateToken>(token(weak_, domain)), "done");
        EXPECT_EQ(answer<CreateToken>(token(who, domain)), "done");
        EXPECT_EQ(answer<CreateToken>(token(weak_)), forbidden(kMint, account_urn()));
        const std::string none = answer<CreateToken>(
            token(weak_, DomainId::random(crypto::system_random())));
        EXPECT_NE(none.find("domain_not_found"), std::string::npos) << none;
        EXPECT_EQ(answer<CreateToken>(token(weak_, second_domain)), none);
        EXPECT_EQ(answer<CreateToken>(token(weak_, other_domain)), none);
    }
}

TEST_F(Rights, ATokenOfTheWholeAccountMintsWhatItLikes) {
    caller = with_token(*clerk_);
    for (const DomainId& bound : {DomainId(), domain, second_domain}) {
        EXPECT_EQ(answer<CreateToken>(token(weak_, bound)), "done");
    }
}

TEST_F(Rights, WhatIsMintedEndsNoLaterThanItsMaker) {
    enable_authority();
    caller = with_token(*root, {}, now.plus_seconds(2 * 86400));
    EXPECT_EQ(answer<CreateToken>(token(weak_, {}, 2 * 86400)), "done");
    EXPECT_EQ(answer<CreateToken>(token(weak_, {}, 2 * 86400 + 1)),
              forbidden(kMint, weak_->urn, "tenancy.outlives"));
    EXPECT_EQ(answer<CreateToken>(token(weak_)),
              forbidden(kMint, weak_->urn, "tenancy.outlives"));
    caller = with_token(*root, domain, now.plus_seconds(2 * 86400));
    auto command = certificate({weak_});
    command.validity_days = 2;
    EXPECT_EQ(answer<CreateCredential>(command), "done");
    command.validity_days = 3;
    EXPECT_EQ(answer<CreateCredential>(command),
              forbidden(kCertify, urn(domain), "tenancy.outlives"));
}

// ---- rights ------------------------------------------------------------------------------------

TEST_F(Rights, ATokenIsMintedForNobodyStronger) {
    caller = with_token(*clerk_);
    EXPECT_EQ(answer<CreateToken>(token(weak_)), "done");
    EXPECT_EQ(answer<CreateToken>(token(clerk_)), "done");
    EXPECT_EQ(answer<CreateToken>(token(strong_)), forbidden("*", "*"));
    EXPECT_EQ(answer<CreateToken>(token(root)), forbidden(kMint, root->urn, "tenancy.token"));
    caller = with_token(*root);
    EXPECT_EQ(answer<CreateToken>(token(strong_)), "done");
    EXPECT_EQ(answer<CreateToken>(token(root)), "done");
}

TEST_F(Rights, ACertificateIsMadeForNobodyStronger) {
    enable_authority();
    caller = with_token(*clerk_, domain);
    EXPECT_EQ(answer<CreateCredential>(certificate({weak_, clerk_})), "done");
    EXPECT_EQ(answer<CreateCredential>(certificate({weak_, strong_})), forbidden("*", "*"));
    EXPECT_EQ(answer<CreateCredential>(certificate({root})),
              forbidden(kCertify, root->urn, "tenancy.credential"));
    caller = with_token(*root, domain);
    EXPECT_EQ(answer<CreateCredential>(certificate({weak_, strong_, root})), "done");
}

TEST_F(Rights, ADenialOfOneIdentityHoldsForAllOfACertificate) {
    enable_authority();
    caller = with_token(*root, domain);
    const Identity held_back = add_identity("back", {});
    const auto two = commit<CreateCredential>(certificate({clerk_, held_back}));
    ASSERT_TRUE(two) << two.error().to_string();
    caller = with_certificate(*two->credential);
    EXPECT_EQ(answer<CreateToken>(token(clerk_, domain)), "done");
    CreatePolicy::Command deny;
    deny.name = "deny";
    deny.identities = {held_back->urn};
    deny.resources = {urn(domain) + "/*"};
    deny.permissions.deny = {kEncrypt};
    caller = with_token(*root);
    ASSERT_TRUE(commit<CreatePolicy>(deny));
    caller = with_certificate(*two->credential);
    const auto expected = forbidden(kEncrypt, urn(domain) + "/*");
    EXPECT_EQ(answer<CreateToken>(token(clerk_, domain)), expected);
    EXPECT_EQ(answer<CreateCredential>(certificate({clerk_})), expected);
    EXPECT_EQ(answer<CreateToken>(token(held_back, domain)), "done") << "it may do nothing";
    caller = with_token(*clerk_, domain);
    EXPECT_EQ(answer<CreateToken>(token(clerk_, domain)), "done") << "the caller's only one";
}

TEST_F(Rights, AnIdentityIsMadeWithNoMoreThanItsMakerHolds) {
    caller = with_token(*clerk_);
    const std::string key = urn(domain) + "/serviceKey/1";
    EXPECT_EQ(answer<CreateIdentity>({"a", "", {{{kEncrypt}, {key}}}}), "done");
    EXPECT_EQ(answer<CreateIdentity>({"a", "", {{{kEncrypt, "okms:x"}, {key}}}}),
              forbidden("okms:x", key));
    EXPECT_EQ(answer<CreateIdentity>({"a", "", {{{kEncrypt}, {"*"}}}}), forbidden(kEncrypt, "*"));
    caller = with_token(*root);
    EXPECT_EQ(answer<CreateIdentity>({"a", "", {{{"*"}, {"*"}}}}), "done");
}

TEST_F(Rights, NobodyUpdatesTheirWayUp) {
    caller = with_token(*clerk_);
    EXPECT_EQ(answer<UpdateIdentity>(update(clerk_, {{{"*"}, {"*"}}})), forbidden("*", "*"));
    EXPECT_EQ(answer<UpdateIdentity>(update(weak_, {{{"*"}, {"*"}}})), forbidden("*", "*"));
    EXPECT_EQ(answer<UpdateIdentity>(update(weak_, {{{kMint}, {account_urn()}}})), "done");
    caller = with_token(*root);
    EXPECT_EQ(answer<UpdateIdentity>(update(weak_, {{{"*"}, {"*"}}})), "done");
}

TEST_F(Rights, WhatTakesRightsAwayNeedsNoneOfThem) {
    caller = with_token(*clerk_);
    EXPECT_EQ(answer<UpdateIdentity>(update(strong_, {})), "done");
    EXPECT_EQ(answer<UpdateIdentity>(update(strong_, {{{"okms:*"}, {"*"}}})), "done")
        << "what is left was the identity's before";
    auto command = update(strong_);
    command.description = "watched";
    command.disabled = true;
    EXPECT_EQ(answer<UpdateIdentity>(command), "done");
}

TEST_F(Rights, SwitchingOnHandsOutWhatTheIdentityHas) {
    for (const Identity& who : {strong_, weak_}) {
        caller = with_token(*root);
        auto off = update(who);
        off.disabled = true;
        ASSERT_TRUE(commit<UpdateIdentity>(off));
        caller = with_token(*clerk_);
        auto on = update(who);
        on.disabled = false;
        EXPECT_EQ(answer<UpdateIdentity>(on), who == strong_ ? forbidden("*", "*") : "done");
        on.grants = std::vector<Grant>{{{"okms:*"}, {"*"}}};
        EXPECT_EQ(answer<UpdateIdentity>(on), forbidden("okms:*", "*"));
    }
}

TEST_F(Rights, ABoundCallerHandsOutRightsInItsDomainAlone) {
    for (const Identity& who : {strong_, root}) {
        caller = with_token(*who, domain);
        const auto given = [&](const std::string& resource) {
            return std::vector<Grant>{{{kEncrypt}, {resource}}};
        };
        for (const std::string& inside :
             {urn(domain), urn(domain) + "/*", "urn:v1:*:resource:okms:" + domain.to_string(),
              account_urn()}) {
            EXPECT_EQ(answer<CreateIdentity>({"a", "", given(inside)}), "done") << inside;
            EXPECT_EQ(answer<UpdateIdentity>(update(weak_, given(inside))), "done") << inside;
        }
        for (const std::string& outside :
             {std::string("*"), urn(second_domain) + "/*", urn(domain) + "*",
              "urn:v1:eu:account:" + other_account.to_string()}) {
            EXPECT_EQ(answer<CreateIdentity>({"a", "", given(outside)}),
                      forbidden(kEncrypt, outside));
            EXPECT_EQ(answer<UpdateIdentity>(update(weak_, given(outside))),
                      forbidden(kEncrypt, outside));
        }
        // A token of the domain reaches no further than its maker, whatever the identity's rights.
        EXPECT_EQ(answer<CreateToken>(token(strong_, domain)), "done");
    }
}

TEST_F(Rights, AnOperatorInvitesNobodyStronger) {
    const std::string invite = "chatelaine:operator:operator/create";
    caller = with_token(*add_identity("op", {{{invite}, {"*"}}}, false, Party::kProvider));
    EXPECT_EQ(answer<CreateOperator>({"a", {}}), "done");
    EXPECT_EQ(answer<CreateOperator>({"a", {{{invite}, {"*"}}}}), "done");
    EXPECT_EQ(answer<CreateOperator>({"a", {{{"chatelaine:operator:*"}, {"*"}}}}),
              forbidden("chatelaine:operator:*", "*"));
}

// ---- can ---------------------------------------------------------------------------------------

TEST_F(Rights, CanAnswersForTheCallersOwnResourcesAlone) {
    const auto can = [&](const std::string& resource) {
        const auto reply = commit<Can>({kEncrypt, resource});
        return reply && reply->allowed();
    };
    for (const Identity& who : {root, strong_}) {
        for (const DomainId& bound : {DomainId(), domain}) {
            caller = with_token(*who, bound);
            EXPECT_TRUE(can(urn(domain)));
            EXPECT_TRUE(can(urn(domain) + "/serviceKey/1"));
            EXPECT_TRUE(can(account_urn()));
            EXPECT_TRUE(can(weak_->urn));
            EXPECT_EQ(can(urn(second_domain)), bound.is_nil());
            EXPECT_EQ(can(urn(second_domain) + "/serviceKey/1"), bound.is_nil());
            for (const std::string& outside :
                 {urn(other_domain), urn(other_domain) + "/serviceKey/1",
                  urn(DomainId::random(crypto::system_random())), urn(domain) + "x",
                  "urn:v1:eu:account:" + other_account.to_string(),
                  access::identity_urn("eu", other_account, "weak"),
                  "urn:v1:us:resource:okms:" + domain.to_string(),
                  std::string("urn:v1:eu:service:chatelaine"), std::string("urn:v1:x"),
                  std::string("*"), std::string()}) {
                EXPECT_FALSE(can(outside)) << outside;
            }
        }
    }
    caller = with_token(*weak_);
    EXPECT_TRUE(can(urn(domain) + "/serviceKey/1"));
    EXPECT_FALSE(can(urn(domain)));
}

}  // namespace
}  // namespace chatelaine::tenancy

// Approvals by several: only others, once each, for exactly what was asked, in time, by those who
// have the right when it counts; and the rules hold for what would get around them.
#include "tenancy/quorum_operations.hpp"

#include <algorithm>

#include "tenancy/rules.hpp"
#include "tenancy/test_support.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr const char* kDelete = "okms:apikms:serviceKey/delete";
constexpr std::size_t kPeople = 7;

/// Commits in the region's store, as the deletion of a key does.
constexpr gate::OperationRow key_row(gate::Effect effect, std::string_view action) {
    gate::OperationRow row = DeletePolicy::row;
    row.name = "serviceKey.delete";
    row.actions = {action, ""};
    row.plane = gate::Plane::kData;
    row.effect = effect;
    row.commits = gate::CommitsIn::kRegion;
    row.resource = gate::ResourceType::kServiceKey;
    return row;
}
constexpr gate::OperationRow kDeleteKey = key_row(gate::Effect::kDestructive, kDelete);
constexpr gate::OperationRow kEncrypt =
    key_row(gate::Effect::kCrypto, "okms:apikms:serviceKey/encrypt");

class Quorum : public testing::World {
protected:
    Quorum() {
        tools.actions_to_approve = {kDelete, "chatelaine:control:policy/delete",
                                    "chatelaine:control:quorum/edit"};
        for (std::size_t i = 0; i < kPeople; ++i) {
            people_.push_back(add_identity("p" + std::to_string(i),
                                           {{{"chatelaine:control:quorum/*"}, {"*"}}}));
        }
        asker_ = add_identity("asker", {{{"*"}, {"*"}}});
    }
    std::string key_urn() const {
        return access::object_urn("eu", domain, "serviceKey", "k");
    }
    QuorumRuleFields fields(std::size_t approvals, std::size_t approvers,
                            std::string action = kDelete) const {
        QuorumRuleFields rule;
        rule.name = "r";
        rule.actions = {std::move(action)};
        rule.resources = {"*"};
        rule.approvals = static_cast<std::int64_t>(approvals);
        for (std::size_t i = 0; i < approvers; ++i) {
            rule.approvers.push_back(people_[i]->urn);
        }
        return rule;
    }
    access::QuorumRule made(QuorumRuleFields rule) {
        caller = with_token(*root);
        auto reply = commit<CreateQuorumRule>(std::move(rule));
        EXPECT_TRUE(reply) << reply.error().to_string();
        return reply ? reply->rule : access::QuorumRule();
    }
    access::Principal as(const Identity& identity, bool in_domain = true) {
        return with_token(*identity, in_domain ? domain : DomainId());
    }
    /// Sends the request; gives "done", or the id of what it waits for.
    std::string ask(const access::Principal& who, const std::string& body = "x",
                    const gate::OperationRow& row = kDeleteKey, gate::Touched touched = {},
                    bool carry_out = true) {
        gate::Services now_services = services();
        const std::string urn =
            row.plane == gate::Plane::kData ? key_urn() : account_urn();
        const std::string target = "/v1/servicekey/k";
        auto answer = gate::ask_quorum(row, urn, who, touched,
                                       {"DELETE", target, as_bytes(body)}, now_services);
        EXPECT_TRUE(answer) << answer.error().to_string();
        if (!answer) {
            return answer.error().to_string();
        }
        if (answer->refusal || carry_out) {
            EXPECT_TRUE(reader.apply(answer->changes));
        }
        EXPECT_TRUE(!answer->refusal || answer->refusal->code() == Code::kForbidden);
        return answer->refusal ? answer->details.front().second : "done";
    }
    /// "done", or the error's code.
    std::string approve(const Identity& who, const std::string& request) {
        caller = as(who);
        ApproveQuorumRequest::Command command;
        command.request = *Uuid::parse(request);
        const auto reply = commit<ApproveQuorumRequest>(command);
        return reply ? "done" : std::string(code_name(reply.error().code()));
    }
    std::string end(const Identity& who, const std::string& request) {
        caller = as(who);
        EndQuorumRequest::Command command;
        command.request = *Uuid::parse(request);
        const auto reply = commit<EndQuorumRequest>(command);
        return reply ? reply->state : std::string(code_name(reply.error().code()));
    }
    std::string change(const Identity& identity, std::optional<bool> disabled,
                       std::optional<std::vector<Grant>> grants = {},
                       std::optional<std::vector<std::string>> groups = {}) {
        caller = with_token(*root);
        UpdateIdentity::Command command;
        command.identity = identity->id;
        command.disabled = disabled;
        command.grants = std::move(grants);
        command.groups = std::move(groups);
        const auto reply = commit<UpdateIdentity>(command);
        return reply ? "done" : reply.error().to_string();
    }

    std::vector<Identity> people_;
    Identity asker_;
};

TEST_F(Quorum, EverySubsetOfTheApproversCountsByItsSize) {
    for (std::size_t n = 1; n <= kPeople; ++n) {
        for (const std::size_t m : {std::size_t{1}, (n + 1) / 2, n}) {
            const auto rule = made(fields(m, n));
            for (std::size_t subset = 0; subset < (std::size_t{1} << n); ++subset) {
                const access::Principal who = as(asker_);
                const std::string body = std::to_string(n * 1000 + subset);
                const std::string request = ask(who, body);
                ASSERT_NE(request, "done");
                std::size_t given = 0;
                for (std::size_t i = 0; i < n; ++i) {
                    if ((subset >> i & 1) != 0) {
                        ASSERT_EQ(approve(people_[i], request), "done");
                        ++given;
                    }
                }
                const std::string again = ask(who, body);
                ASSERT_EQ(again, given >= m ? "done" : request) << n << " " << m << " " << subset;
                if (again != "done") {
                    ASSERT_EQ(end(asker_, request), "withdrawn");
                }
            }
            caller = with_token(*root);
            ASSERT_TRUE(commit<DeleteQuorumRule>({rule.id}));
        }
    }
}

TEST_F(Quorum, NothingIsAskedWithoutARuleOrOfAnotherAction) {
    EXPECT_EQ(ask(as(asker_)), "done");
    made(fields(1, 2, "chatelaine:control:policy/delete"));
    EXPECT_EQ(ask(as(asker_)), "done");
    EXPECT_NE(ask(as(asker_), "x", DeletePolicy::row), "done");
    static_assert(!gate::can_be_asked(kEncrypt), "the hot path does not get there");
    static_assert(gate::can_be_asked(kDeleteKey));
    static_assert(!gate::can_be_asked(ApproveQuorumRequest::row), "it would wait for itself");
    EXPECT_EQ(ask(access::Principal::system(Party::kCustomer, account, domain)), "done");
}

TEST_F(Quorum, TheRootWaitsToo) {
    made(fields(1, 1));
    const std::string request = ask(as(root));
    ASSERT_NE(request, "done");
    EXPECT_EQ(approve(people_[0], request), "done");
    EXPECT_EQ(ask(as(root)), "done");
}

TEST_F(Quorum, AnApprovalIsForTheVeryRequestOnce) {
    made(fields(1, 2));
    for (const gate::OperationRow& row : {kDeleteKey, DeletePolicy::row}) {
        made([&] {
            auto rule = fields(1, 2, "chatelaine:control:policy/delete");
            rule.name = "r" + std::string(row.name);
            return rule;
        }());
        const access::Principal who = as(asker_);
        const std::string request = ask(who, "body", row);
        EXPECT_EQ(ask(who, "body", row), request) << "asked again it is the same request";
        ASSERT_EQ(approve(people_[1], request), "done");
        EXPECT_NE(ask(who, "body ", row), "done") << "changed after the approval";
        EXPECT_NE(ask(as(people_[0]), "body", row), "done") << "another asker's";
        EXPECT_EQ(ask(who, "body", row), "done");
        const std::string replayed = ask(who, "body", row);
        EXPECT_NE(replayed, "done") << "used up";
        EXPECT_NE(replayed, request);
        EXPECT_EQ(approve(people_[0], request), "wrong_state") << "it is over";
    }
}

TEST_F(Quorum, OfTwoWhoUseOneApprovalAtOnceOneIsThrough) {
    made(fields(1, 2));
    const access::Principal who = as(asker_);
    ASSERT_EQ(approve(people_[0], ask(who)), "done");
    gate::Services now_services = services();
    const auto once = [&] {
        return gate::ask_quorum(kDeleteKey, key_urn(), who, {},
                                {"DELETE", "/v1/servicekey/k", as_bytes("x")}, now_services);
    };
    const auto first = once();
    const auto second = once();
    ASSERT_TRUE(first && second && !first->refusal && !second->refusal);
    EXPECT_TRUE(reader.apply(first->changes));
    const auto late = reader.apply(second->changes);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), Code::kVersionConflict);
    EXPECT_NE(ask(who), "done") << "and when it runs again it waits";
}

TEST_F(Quorum, NobodyApprovesTheirOwnOrTwice) {
    made(fields(2, 3));
    const std::string own = ask(as(people_[0]));
    EXPECT_EQ(approve(people_[0], own), "forbidden");
    const std::string request = ask(as(asker_));
    EXPECT_EQ(approve(people_[0], request), "done");
    EXPECT_EQ(approve(people_[0], request), "already_exists");
    EXPECT_EQ(approve(people_[3], request), "forbidden") << "no approver of the rule";
    EXPECT_EQ(ask(as(asker_)), request);
    EXPECT_EQ(approve(people_[2], request), "done");
    EXPECT_EQ(ask(as(asker_)), "done");
}

TEST_F(Quorum, AnotherCustomersRequestIsNotThere) {
    made(fields(1, 1));
    const std::string request = ask(as(asker_));
    access::Identity stranger = *people_[0];
    stranger.account = other_account;
    caller = access::Principal::system(Party::kCustomer, other_account, other_domain);
    ApproveQuorumRequest::Command command;
    command.request = *Uuid::parse(request);
    EXPECT_EQ(commit<ApproveQuorumRequest>(command).error().code(), Code::kNotFound);
    EXPECT_EQ(approve(people_[0], Uuid::random(crypto::system_random()).to_string()), "not_found");
}

TEST_F(Quorum, TimeEndsIt) {
    auto rule = fields(1, 2);
    rule.valid_seconds = 60;
    made(rule);
    const std::string late = ask(as(asker_), "late");
    const std::string approved = ask(as(asker_), "approved");
    ASSERT_EQ(approve(people_[0], approved), "done");
    now = now.plus_seconds(60);
    EXPECT_EQ(approve(people_[0], late), "wrong_state");
    EXPECT_NE(ask(as(asker_), "approved"), "done") << "an approval does not keep";
    caller = with_token(*root);
    ListQuorumRequests::Command command;
    EXPECT_EQ(commit<ListQuorumRequests>(command)->requests.size(), 1u) << "the new one";
    command.all = true;
    EXPECT_EQ(commit<ListQuorumRequests>(command)->requests.size(), 3u);
}

TEST_F(Quorum, WhoLostTheRightDoesNotCount) {
    made(fields(1, 1));
    const auto approved = [&](const std::string& body) {
        const std::string request = ask(as(asker_), body);
        EXPECT_EQ(approve(people_[0], request), "done");
        return request;
    };
    const std::vector<Grant> may{{{"chatelaine:control:quorum/*"}, {"*"}}};
    std::string request = approved("1");
    ASSERT_EQ(change(people_[0], {}, std::vector<Grant>{}), "done");
    EXPECT_EQ(ask(as(asker_), "1"), request) << "its grant is gone";
    ASSERT_EQ(change(people_[0], {}, may), "done");
    EXPECT_EQ(ask(as(asker_), "1"), "done") << "and is back";

    request = approved("2");
    ASSERT_EQ(change(people_[0], true), "done");
    EXPECT_EQ(ask(as(asker_), "2"), request) << "switched off";
    ASSERT_EQ(change(people_[0], false), "done");

    request = approved("3");
    caller = with_token(*root);
    PolicyFields deny;
    deny.name = "no";
    deny.identities = {people_[0]->urn};
    deny.resources = {"*"};
    deny.permissions.deny = {"chatelaine:control:quorum/approve"};
    ASSERT_TRUE(commit<CreatePolicy>(deny));
    EXPECT_EQ(ask(as(asker_), "3"), request) << "denied by a policy";
}

TEST_F(Quorum, ByGroupsAndOutOfThem) {
    caller = with_token(*root);
    CreateUserGroup::Command group;
    group.name = "board";
    group.role = "NONE";
    ASSERT_TRUE(commit<CreateUserGroup>(group));
    ASSERT_EQ(change(people_[0], {}, {}, std::vector<std::string>{"board"}), "done");
    auto rule = fields(1, 0);
    rule.approvers = {access::group_urn("eu", account, "board")};
    made(rule);
    const std::string request = ask(as(asker_));
    EXPECT_EQ(approve(people_[1], request), "forbidden");
    EXPECT_EQ(approve(people_[0], request), "done");
    ASSERT_EQ(change(people_[0], {}, {}, std::vector<std::string>{}), "done");
    EXPECT_EQ(ask(as(asker_)), request) << "no longer in the group";
}

TEST_F(Quorum, ARefusalOrWithdrawalEndsIt) {
    made(fields(1, 2));
    const std::string first = ask(as(asker_));
    EXPECT_EQ(end(people_[3], first), "forbidden") << "neither asker nor approver";
    EXPECT_EQ(end(people_[1], first), "refused");
    EXPECT_EQ(approve(people_[0], first), "wrong_state");
    const std::string second = ask(as(asker_));
    EXPECT_NE(second, first);
    ASSERT_EQ(approve(people_[0], second), "done");
    EXPECT_EQ(end(asker_, second), "withdrawn");
    EXPECT_NE(ask(as(asker_)), "done") << "approved, and withdrawn";
}

TEST_F(Quorum, WhatGetsAroundARuleNeedsItsApprovals) {
    const auto rule = made(fields(1, 2));
    const access::Principal who = as(root, false);
    const auto asked = [&](const gate::OperationRow& row, const gate::Touched& touched) {
        return ask(who, "x", row, touched) != "done";
    };
    EXPECT_TRUE(asked(UpdateQuorumRule::row, {{}, {}, {}, rule.id}));
    EXPECT_TRUE(asked(DeleteQuorumRule::row, {{}, {}, {}, rule.id}));
    EXPECT_TRUE(asked(CreateToken::row, {{people_[0]->id}, {}, {}, {}}));
    EXPECT_TRUE(asked(UpdateIdentity::row, {{people_[0]->id}, {}, {}, {}}));
    EXPECT_TRUE(asked(DeleteIdentity::row, {{people_[0]->id}, {}, {}, {}}));
    EXPECT_TRUE(asked(CreateCredential::row, {{}, {people_[3]->urn, people_[1]->urn}, {}, {}}));
    EXPECT_FALSE(asked(CreateToken::row, {{people_[2]->id}, {}, {}, {}})) << "no approver";
    EXPECT_FALSE(asked(RevokeToken::row, {{people_[0]->id}, {}, {}, {}}))
        << "a lost token is withdrawn at once";
    EXPECT_EQ(ask(as(people_[0]), "x", CreateToken::row, {{people_[0]->id}, {}, {}, {}}), "done")
        << "one's own next token";
    // What the commands say is what is looked at.
    UpdateIdentity::Command update;
    update.identity = people_[0]->id;
    update.groups = std::vector<std::string>{"board"};
    const auto touched = gate::touched_by(update);
    ASSERT_EQ(touched.identities.size(), 1u);
    EXPECT_EQ(touched.groups, std::vector<std::string>{"board"});
    CreateCredential::Command credential;
    credential.identity_urns = {"u"};
    EXPECT_EQ(gate::touched_by(credential).identity_urns.size(), 1u);
    EXPECT_EQ(gate::touched_by(DeleteQuorumRule::Command{rule.id}).rule, rule.id);
}

TEST_F(Quorum, TheSameOverAnotherProtocolWaitsToo) {
    access::QuorumRule rule;
    rule.resources = {"*"};
    rule.actions = {kDelete};
    EXPECT_TRUE(rule.is_about({"okms:kmip:destroy", ""}, "urn:x"));
    EXPECT_FALSE(rule.is_about({"okms:kmip:revoke", ""}, "urn:x"));
    rule.actions = {"okms:kmip:*"};
    EXPECT_TRUE(rule.is_about({"okms:apikms:serviceKey/delete", ""}, "urn:x"));
    EXPECT_TRUE(rule.is_about({"okms:apikms:serviceKey/get", "okms:apiovh:serviceKey/get"},
                              "urn:x"));
    EXPECT_FALSE(rule.is_about({"okms:apikms:serviceKey/rotate", ""}, "urn:x"));
    rule.actions = {"okms:apikms:serviceKey/get"};
    EXPECT_TRUE(rule.is_about({"okms:kmip:get", ""}, "urn:x"));
    EXPECT_TRUE(rule.is_about({"okms:kmip:export", ""}, "urn:x"));
}

TEST_F(Quorum, WhatIsDoneBesidesIsNotDoneUnasked) {
    gate::Services use = services();
    const auto who = as(asker_);
    ASSERT_TRUE(gate::refuse_asked({"okms:kmip:destroy", ""}, key_urn(), who, use));
    made(fields(1, 2));
    const auto refused = gate::refuse_asked({"okms:kmip:destroy", ""}, key_urn(), who, use);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kForbidden);
    EXPECT_NE(refused.error().detail().message.find("okms:kmip:destroy"), std::string::npos);
    EXPECT_TRUE(gate::refuse_asked({"okms:kmip:revoke", ""}, key_urn(), who, use));
}

TEST_F(Quorum, RulesThatCannotHoldAreRefused) {
    caller = with_token(*root);
    const auto refused = [&](auto spoil) {
        auto rule = fields(1, 2);
        spoil(rule);
        const auto reply = commit<CreateQuorumRule>(rule);
        return reply ? std::string() : std::string(code_name(reply.error().code()));
    };
    EXPECT_EQ(refused([](auto& r) { r.actions = {"okms:apikms:serviceKey/encrypt"}; }),
              "invalid_argument") << "the hot path is not asked for";
    EXPECT_EQ(refused([](auto& r) { r.actions.clear(); }), "missing_argument");
    EXPECT_EQ(refused([](auto& r) { r.resources.clear(); }), "missing_argument");
    EXPECT_EQ(refused([](auto& r) { r.approvers.clear(); }), "invalid_argument");
    EXPECT_EQ(refused([](auto& r) { r.approvers.push_back(r.approvers[0]); }), "invalid_argument");
    EXPECT_EQ(refused([](auto& r) { r.approvers = {"urn:v1:eu:identity:user:x/nobody"}; }),
              "invalid_argument");
    EXPECT_EQ(refused([](auto& r) { r.approvals = 0; }), "invalid_argument");
    EXPECT_EQ(refused([](auto& r) { r.approvals = 3; }), "invalid_argument") << "of two";
    EXPECT_EQ(refused([](auto& r) { r.valid_seconds = 59; }), "invalid_argument");
    EXPECT_EQ(refused([](auto& r) { r.valid_seconds = 30 * 86400 + 1; }), "invalid_argument");
    EXPECT_EQ(refused([](auto&) {}), "");
    EXPECT_EQ(refused([](auto&) {}), "already_exists");
    caller = as(people_[0]);
    EXPECT_EQ(refused([](auto& r) { r.name = "n"; }), "forbidden")
        << "nobody holds others back from what they may not do";
}

TEST_F(Quorum, WaitingRequestsAreBounded) {
    made(fields(1, 1));
    for (std::size_t i = 0; i < limits::quorum_requests_max; ++i) {
        ASSERT_NE(ask(as(asker_), std::to_string(i)), "done");
    }
    gate::Services now_services = services();
    const auto one_more = gate::ask_quorum(kDeleteKey, key_urn(), as(asker_), {},
                                           {"DELETE", "/more", {}}, now_services);
    ASSERT_FALSE(one_more);
    EXPECT_EQ(one_more.error().code(), Code::kRateLimited);
    now = now.plus_seconds(86400);
    EXPECT_NE(ask(as(asker_), "later"), "done") << "those past their end make room";
}

}  // namespace
}  // namespace chatelaine::tenancy

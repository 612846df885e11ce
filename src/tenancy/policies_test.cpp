// Policies: in force at once, and nobody hands out more than they hold by way of them.
#include <algorithm>

#include "tenancy/rules.hpp"
#include "tenancy/test_support.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr const char* kEncrypt = "okms:apikms:serviceKey/encrypt";
constexpr const char* kRule = "chatelaine:control:*";

class Policies : public testing::World {
protected:
    std::string urn(const DomainId& of) const { return access::domain_urn("eu", of); }
    std::string key_urn() const { return urn(domain) + "/serviceKey/1"; }
    Identity ann_ = add_identity("ann", {});
    Identity clerk_ = add_identity("clerk", {{{kRule}, {"*"}}, {{kEncrypt}, {urn(domain) + "/*"}}});

    PolicyFields policy(std::string name, std::vector<std::string> identities,
                        access::Permissions permissions) const {
        PolicyFields fields;
        fields.name = std::move(name);
        fields.identities = std::move(identities);
        fields.resources = {urn(domain) + "/*"};
        fields.permissions = std::move(permissions);
        return fields;
    }
    UpdatePolicy::Command update(const access::Policy& record, PolicyFields fields) const {
        UpdatePolicy::Command command;
        static_cast<PolicyFields&>(command) = std::move(fields);
        command.id = record.id;
        return command;
    }
    std::shared_ptr<const access::Policy> made(PolicyFields fields) {
        auto reply = commit<CreatePolicy>(std::move(fields));
        EXPECT_TRUE(reply) << reply.error().to_string();
        return reply->record;
    }
    bool may(const Identity& identity, const std::string& action, const std::string& resource) {
        const auto now_it_is = reader.load<access::Identity>(account.uuid, identity->id.uuid);
        return with_token(**now_it_is).decide({action}, resource) == access::Decision::kAllowed;
    }
};

TEST_F(Policies, AreInForceOnceTheChangeIsCommitted) {
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
    const auto record = made(policy("p", {ann_->urn}, {{"okms:apikms:*"}, {}, {}}));
    EXPECT_TRUE(may(ann_, kEncrypt, key_urn()));
    EXPECT_FALSE(may(ann_, kEncrypt, urn(second_domain) + "/serviceKey/1"));
    ASSERT_TRUE(commit<UpdatePolicy>(
        update(*record, policy("p", {ann_->urn}, {{"okms:apikms:*"}, {kEncrypt}, {}}))));
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
    ASSERT_TRUE(commit<UpdatePolicy>(
        update(*record, policy("p", {"urn:v1::identity:user:" + account.to_string() + "/*"},
                               {{"*"}, {}, {}}))));
    EXPECT_TRUE(may(ann_, kEncrypt, key_urn())) << "without a plate it is ours";
    ASSERT_TRUE(commit<DeletePolicy>({record->id}));
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
}

TEST_F(Policies, ADenyBeatsGrantsAndPoliciesButNotTheRoot) {
    made(policy("allow", {"*"}, {{"*"}, {}, {}}));
    made(policy("deny", {"*"}, {{}, {}, {kEncrypt}}));
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
    EXPECT_FALSE(may(clerk_, kEncrypt, key_urn()));
    EXPECT_TRUE(may(ann_, "okms:apikms:serviceKey/sign", key_urn()));
    EXPECT_TRUE(may(root, kEncrypt, key_urn()));
}

TEST_F(Policies, AnEndedPolicySaysNothing) {
    PolicyFields fields = policy("p", {ann_->urn}, {{"*"}, {}, {}});
    fields.expires = now.plus_seconds(60);
    made(fields);
    EXPECT_TRUE(may(ann_, kEncrypt, key_urn()));
    now = now.plus_seconds(60);
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
}

TEST_F(Policies, GroupsBringWhatTheyHold) {
    ASSERT_TRUE(commit<CreateUserGroup>({"dev", "", "NONE"}));
    const auto permissions =
        commit<CreatePermissionsGroup>({"crypto", "", {{kEncrypt}, {}, {}}});
    const auto resources = commit<CreateResourceGroup>({"keys", {urn(domain) + "/serviceKey/*"}});
    ASSERT_TRUE(permissions && resources);
    PolicyFields fields = policy("p", {access::group_urn("eu", account, "dev")}, {});
    fields.resources = {resources->record->urn};
    fields.permissions_groups = {permissions->record->urn};
    made(fields);
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
    UpdateIdentity::Command join;
    join.identity = ann_->id;
    join.groups = std::vector<std::string>{"dev"};
    ASSERT_TRUE(commit<UpdateIdentity>(join));
    EXPECT_TRUE(may(ann_, kEncrypt, key_urn()));
    EXPECT_NE(answer<DeleteUserGroup>({"dev"}).find("wrong_state"), std::string::npos);
    EXPECT_NE(answer<DeleteResourceGroup>({resources->record->id}).find("wrong_state"),
              std::string::npos);
    UpdatePermissionsGroup::Command none;
    none.urn = permissions->record->urn;
    none.name = "crypto";
    ASSERT_TRUE(commit<UpdatePermissionsGroup>(none));
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
    join.groups = std::vector<std::string>{"nobody"};
    EXPECT_NE(answer<UpdateIdentity>(join).find("groups.0"), std::string::npos);
}

TEST_F(Policies, TheRoleOfAnAdministratorsGroupIsEverything) {
    ASSERT_TRUE(commit<CreateUserGroup>({"admins", "", "ADMIN"}));
    UpdateIdentity::Command join;
    join.identity = ann_->id;
    join.groups = std::vector<std::string>{"admins"};
    caller = with_token(*clerk_);
    EXPECT_EQ(answer<UpdateIdentity>(join), forbidden("*", "*"));
    EXPECT_EQ(answer<CreateUserGroup>({"more", "", "ADMIN"}), forbidden("*", "*"));
    caller = with_token(*root);
    ASSERT_TRUE(commit<UpdateIdentity>(join));
    EXPECT_TRUE(may(ann_, "anything", "urn:v1:eu:resource:x"));
}

TEST_F(Policies, TagsAreWhatConditionsAskFor) {
    PolicyFields fields = policy("p", {ann_->urn}, {{kEncrypt}, {}, {}});
    fields.condition = access::Condition{};
    fields.condition->values = {{"resource.Tag(env)", "prod"}};
    made(fields);
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
    ASSERT_TRUE(commit<SetResourceTags>({key_urn(), {{"env", "prod"}}}));
    EXPECT_TRUE(may(ann_, kEncrypt, key_urn()));
    EXPECT_EQ(commit<GetResourceTags>({key_urn()})->record->tags.size(), 1u);
    ASSERT_TRUE(commit<SetResourceTags>({key_urn(), {}}));
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn()));
    EXPECT_NE(answer<SetResourceTags>({urn(other_domain), {}}).find("not_found"),
              std::string::npos);
    EXPECT_NE(answer<SetResourceTags>({key_urn(), {{"ovh:x", "y"}}}).find("tags.ovh:x"),
              std::string::npos);
    // Who could not give the right cannot bring its condition about.
    fields = policy("q", {ann_->urn}, {{"okms:apikms:serviceKey/sign"}, {}, {}});
    fields.condition = access::Condition{};
    fields.condition->values = {{"resource.Tag(env)", "prod"}};
    made(fields);
    caller = with_token(*clerk_);
    EXPECT_EQ(answer<SetResourceTags>({key_urn(), {{"env", "prod"}}}),
              forbidden("okms:apikms:serviceKey/sign", key_urn()));
}

// ---- nobody hands out more than they hold ------------------------------------------------------

TEST_F(Policies, APolicyAllowsNoMoreThanItsMakerHolds) {
    const auto strong = made(policy("strong", {ann_->urn}, {{"*"}, {}, {}}));
    caller = with_token(*clerk_);
    const std::string all = urn(domain) + "/*";
    EXPECT_EQ(answer<CreatePolicy>(policy("p", {ann_->urn}, {{kEncrypt}, {}, {}})), "done");
    EXPECT_EQ(answer<CreatePolicy>(policy("p", {ann_->urn}, {{"okms:*"}, {}, {}})),
              forbidden("okms:*", all));
    EXPECT_EQ(answer<UpdatePolicy>(update(*strong, policy("strong", {clerk_->urn},
                                                          {{"*"}, {}, {}}))),
              forbidden("*", all));
    EXPECT_EQ(answer<DeletePolicy>({strong->id}), "done") << "what takes away needs no right";
    CreateToken::Command token;
    token.identity = ann_->id;
    token.name = "t";
    EXPECT_EQ(answer<CreateToken>(token), forbidden("*", all));
}

TEST_F(Policies, ADenialIsLiftedOnlyByWhoHoldsWhatItDenies) {
    const auto deny = made(policy("deny", {"*"}, {{}, {}, {"okms:apikms:serviceKey/delete"}}));
    caller = with_token(*clerk_);
    const auto expected = forbidden("okms:apikms:serviceKey/delete", urn(domain) + "/*");
    EXPECT_EQ(answer<DeletePolicy>({deny->id}), expected);
    EXPECT_EQ(answer<UpdatePolicy>(update(*deny, policy("deny", {ann_->urn},
                                                        {{}, {}, {"okms:apikms:*"}}))),
              expected);
}

TEST_F(Policies, WhatIsHeldUnderAConditionIsNotHandedOn) {
    PolicyFields fields = policy("p", {clerk_->urn}, {{"okms:apikms:serviceKey/sign"}, {}, {}});
    fields.condition = access::Condition{};
    fields.condition->values = {{"date(UTC).Hour.GE", "0"}};
    made(fields);
    caller = with_token(*clerk_);
    EXPECT_TRUE(may(clerk_, "okms:apikms:serviceKey/sign", key_urn()));
    EXPECT_EQ(answer<CreatePolicy>(policy("q", {ann_->urn},
                                          {{"okms:apikms:serviceKey/sign"}, {}, {}})),
              forbidden("okms:apikms:serviceKey/sign", urn(domain) + "/*"));
}

TEST_F(Policies, ABoundCallerRulesInItsDomainAlone) {
    caller = with_token(*root, domain);
    EXPECT_EQ(answer<CreatePolicy>(policy("p", {ann_->urn}, {{"*"}, {}, {}})), "done");
    PolicyFields fields = policy("p", {ann_->urn}, {{"*"}, {}, {}});
    fields.resources = {urn(second_domain) + "/*"};
    EXPECT_EQ(answer<CreatePolicy>(fields), forbidden("*", urn(second_domain) + "/*"));
}

// ---- what is refused ---------------------------------------------------------------------------

TEST_F(Policies, WhatCouldNotBeJudgedIsRefusedWhereItIsWritten) {
    const auto with = [&](auto change) {
        PolicyFields fields = policy("p", {ann_->urn}, {{kEncrypt}, {}, {}});
        change(fields);
        return answer<CreatePolicy>(fields);
    };
    const auto names = [&](const std::string& text, auto change) {
        const std::string said = with(change);
        EXPECT_NE(said.find(text), std::string::npos) << said;
    };
    names("identities.0", [](auto& f) { f.identities = {"urn:v1:us:identity:user:x/y"}; });
    names("identities", [](auto& f) { f.identities = {}; });
    names("resources.0", [](auto& f) { f.resources = {"urn:v1:*:resource:okms:x"}; });
    names("permissions.allow.0", [](auto& f) { f.permissions.allow = {"okms:*:get"}; });
    names("name", [](auto& f) { f.name = "ovh-mine"; });
    names("permissionsGroups.0",
          [](auto& f) { f.permissions_groups = {"urn:v1:eu:permissionsGroup:none"}; });
    const auto condition = [](std::string key, std::string value) {
        return [key = std::move(key), value = std::move(value)](auto& f) {
            f.condition = access::Condition{};
            f.condition->values = {{key, value}};
        };
    };
    names("conditions.values.request.Port", condition("request.Port", "1"));
    names("conditions.values", condition("request.IP.LIKE", "10.0.0.1"));
    names("conditions.values", condition("request.IP", "10.0.0.0/33"));
    names("conditions.values", condition("date(Mars/Olympus).Hour", "1"));
    names("conditions.values", condition("date(UTC).Hour", "24"));
    names("conditions.values", condition("date(UTC).WeekDay", "funday"));
    names("conditions.values", condition("date(UTC).Date", "2026-02-29"));
    names("conditions.conditions.0.conditions.0.conditions.0", [](auto& f) {
        access::Condition leaf;
        leaf.values = {{"request.IP", "10.0.0.1"}};
        for (int i = 0; i < 3; ++i) {
            access::Condition above;
            above.op = access::Condition::Operator::kAnd;
            above.conditions = {leaf};
            leaf = above;
        }
        f.condition = leaf;
    });
    made(policy("p", {ann_->urn}, {{kEncrypt}, {}, {}}));
    EXPECT_NE(with([](auto&) {}).find("already_exists"), std::string::npos);
}

TEST_F(Policies, AGroupIsTheAccountsOwnAndNamedOnce) {
    const auto group = commit<CreateResourceGroup>({"keys", {urn(domain) + "/serviceKey/*"}});
    const auto permissions =
        commit<CreatePermissionsGroup>({"none", "", {{}, {}, {kEncrypt}}});
    ASSERT_TRUE(group && permissions);
    const auto upper = [](std::string text) {
        const std::size_t uuid = text.rfind(':') + 1;
        std::transform(text.begin() + static_cast<std::ptrdiff_t>(uuid), text.end(),
                       text.begin() + static_cast<std::ptrdiff_t>(uuid),
                       [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
        return text;
    };
    const std::string& name = group->record->urn;
    PolicyFields fields = policy("p", {ann_->urn}, {});
    fields.permissions_groups = {upper(permissions->record->urn)};
    const auto said = [&](std::vector<std::string> resources) {
        fields.resources = std::move(resources);
        return answer<CreatePolicy>(fields);
    };
    for (const std::string& none :
         {"urn:v1:eu:resourceGroup:" + account.to_string(), name + "0", name + "*",
          "urn:v1::resourceGroup:" + account.to_string()}) {
        EXPECT_NE(said({"*", none}).find("resources.1"), std::string::npos) << none;
    }
    EXPECT_NE(said({name, upper(name)}).find("resources.1"), std::string::npos);
    EXPECT_NE(said({name, "urn:v1::" + name.substr(10)}).find("resources.1"), std::string::npos);
    EXPECT_NE(answer<CreateResourceGroup>({"twice", {"*", "*"}}).find("resources.1"),
              std::string::npos);
    made(policy("allow", {ann_->urn}, {{"*"}, {}, {}}));
    EXPECT_TRUE(may(ann_, kEncrypt, key_urn()));
    EXPECT_EQ(said({upper(name)}), "done");
    const auto record = made(fields);
    EXPECT_EQ(record->resources, std::vector<std::string>{name});
    EXPECT_FALSE(may(ann_, kEncrypt, key_urn())) << "denied, however the group was written";
}

TEST_F(Policies, TwoChangesAtOnceDoNotPassEachOther) {
    auto first = attempt<CreatePolicy>(policy("same", {ann_->urn}, {{kEncrypt}, {}, {}}));
    auto second = attempt<CreatePolicy>(policy("same", {ann_->urn}, {{kEncrypt}, {}, {}}));
    ASSERT_TRUE(first && second);
    ASSERT_TRUE(reader.apply(first->changes));
    const auto lost = reader.apply(second->changes);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), Code::kVersionConflict);
}

/// A hundred groups of a hundred resources each.
class ManyResources : public Policies {
protected:
    std::vector<std::string> hundred(const std::string& salt) const {
        std::vector<std::string> urns;
        for (int i = 0; i < 100; ++i) {
            urns.push_back(urn(domain) + "/serviceKey/" + salt + std::to_string(i));
        }
        return urns;
    }
    void SetUp() override {
        for (int i = 0; i < 100; ++i) {
            const auto group = commit<CreateResourceGroup>(
                {"g" + std::to_string(i), hundred(std::to_string(i) + "-")});
            ASSERT_TRUE(group);
            last_ = *group->record;
            groups_.push_back(last_.urn);
        }
    }
    PolicyFields all_of(std::string name) const {
        PolicyFields fields = policy(std::move(name), {"*"}, {{kEncrypt}, {}, {}});
        fields.resources = groups_;
        return fields;
    }
    std::vector<std::string> groups_;
    access::ResourceGroup last_;
};

TEST_F(ManyResources, OfAllPoliciesTogetherAreLimited) {
    for (int i = 0; i < 4; ++i) {
        made(all_of("p" + std::to_string(i)));
    }
    const auto fifth = made(all_of("p4"));
    const std::string said = answer<CreatePolicy>(policy("more", {"*"}, {{kEncrypt}, {}, {}}));
    EXPECT_NE(said.find("too_large"), std::string::npos) << said;
    EXPECT_NE(said.find("50000"), std::string::npos) << said;
    UpdateResourceGroup::Command group;
    group.id = last_.id;
    group.name = last_.name;
    group.resources = hundred("new-");
    EXPECT_EQ(answer<UpdateResourceGroup>(group), "done");
    group.resources.pop_back();
    ASSERT_TRUE(commit<UpdateResourceGroup>(group));
    EXPECT_EQ(answer<CreatePolicy>(policy("more", {"*"}, {{kEncrypt}, {}, {}})), "done");
    group.resources = hundred("new-");
    made(policy("more", {"*"}, {{kEncrypt}, {}, {}}));
    EXPECT_NE(answer<UpdateResourceGroup>(group).find("too_large"), std::string::npos);
    EXPECT_EQ(answer<DeletePolicy>({fifth->id}), "done");
}

TEST_F(ManyResources, WhoCanEndsItsPageWhereItBecomesTooMuch) {
    const std::string first = groups_.front();
    PolicyFields fields = all_of("p");
    for (int i = 0; i < 10; ++i) {
        const auto group = commit<CreatePermissionsGroup>(
            {"g" + std::to_string(i), "", {{kEncrypt}, {}, {}}});
        ASSERT_TRUE(group);
        fields.permissions_groups.push_back(group->record->urn);
    }
    for (int i = 0; i < 4; ++i) {
        fields.name = "p" + std::to_string(i);
        made(fields);
    }
    for (int i = 0; i < 30; ++i) {
        add_identity("i" + std::to_string(i), {});
    }
    WhoCan::Command question;
    question.action = kEncrypt;
    question.resource = urn(domain) + "/serviceKey/0-0";
    question.max = 100;
    std::size_t found = 0;
    int pages = 0;
    do {
        const auto reply = commit<WhoCan>(question);
        ASSERT_TRUE(reply);
        found += reply->found.size();
        question.after = reply->next;
        ++pages;
    } while (question.after != 0 && pages < 10);
    EXPECT_EQ(pages, 2);
    EXPECT_EQ(found, 33u) << "each of them once";
}

TEST_F(Policies, TagsAreReplacedAndRemovedAtTheLimit) {
    ASSERT_TRUE(commit<SetResourceTags>({key_urn(), {{"env", "test"}}}));
    std::vector<seal::RecordChange> changes;
    for (std::size_t i = 1; i < limits::tagged_resources_per_account_max; ++i) {
        access::ResourceTags record;
        record.urn = urn(domain) + "/secret/" + std::to_string(i);
        record.tags = {{"a", "b"}};
        changes.push_back(change_of(record, account.uuid,
                                    Uuid::random(crypto::system_random()), 0, now, now));
    }
    ASSERT_TRUE(reader.apply(changes));
    const std::string other = urn(domain) + "/serviceKey/2";
    EXPECT_NE(answer<SetResourceTags>({other, {{"a", "b"}}}).find("too_large"),
              std::string::npos);
    EXPECT_EQ(answer<SetResourceTags>({other, {}}), "done");
    EXPECT_EQ(answer<SetResourceTags>({key_urn(), {{"env", "prod"}}}), "done");
    ASSERT_TRUE(commit<SetResourceTags>({key_urn(), {}}));
    EXPECT_EQ(answer<SetResourceTags>({other, {{"a", "b"}}}), "done");
}

// ---- questions ---------------------------------------------------------------------------------

TEST_F(Policies, SimulationSaysByWhichStatement) {
    const auto record = made(policy("reader", {ann_->urn}, {{"okms:apikms:*"}, {}, {}}));
    SimulateAccess::Command question{ann_->urn, kEncrypt, key_urn(), "", {}};
    auto reply = commit<SimulateAccess>(question);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->explanation.decision, access::Decision::kAllowed);
    EXPECT_EQ(reply->explanation.policy, record->id);
    EXPECT_EQ(reply->explanation.statement, "allow okms:apikms:*");
    made(policy("stop", {ann_->urn}, {{}, {}, {kEncrypt}}));
    reply = commit<SimulateAccess>(question);
    EXPECT_EQ(reply->explanation.reason, access::Explanation::Reason::kDenied);
    EXPECT_EQ(reply->explanation.policy_name, "stop");
    question.resource = urn(other_domain) + "/serviceKey/1";
    EXPECT_EQ(commit<SimulateAccess>(question)->explanation.decision, access::Decision::kDenied);
    question.identity = clerk_->urn;
    question.resource = key_urn();
    EXPECT_EQ(commit<SimulateAccess>(question)->explanation.statement,
              "allow " + std::string(kEncrypt));
    question.identity = root->urn;
    EXPECT_EQ(commit<SimulateAccess>(question)->explanation.reason,
              access::Explanation::Reason::kRoot);
    question.identity = "urn:v1:eu:identity:user:" + other_account.to_string() + "/ann";
    EXPECT_NE(answer<SimulateAccess>(question).find("not_found"), std::string::npos);
}

TEST_F(Policies, WhoCanAndEffectiveRightsAgreeWithEnforcement) {
    made(policy("p", {ann_->urn}, {{"okms:apikms:*"}, {}, {}}));
    WhoCan::Command question;
    question.action = kEncrypt;
    question.resource = key_urn();
    const auto reply = commit<WhoCan>(question);
    ASSERT_TRUE(reply);
    std::vector<std::string> names;
    for (const auto& found : reply->found) {
        names.push_back(found.identity->name);
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"ann", "clerk", "root"}));
    const auto rights = commit<EffectiveRights>({{ann_->id}});
    ASSERT_TRUE(rights);
    ASSERT_EQ(rights->standing->clauses().size(), 1u);
    EXPECT_EQ(rights->standing->clauses().front()->policy->name, "p");
}

}  // namespace
}  // namespace chatelaine::tenancy

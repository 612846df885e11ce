// The provider's people: nobody elevates alone, an elevation ends by itself, an account's state is
// changed under one that names it, and customers read what concerns them and nothing else.
#include "tenancy/operator_operations.hpp"

#include "tenancy/rules.hpp"
#include "tenancy/test_support.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr const char* kSetState = "chatelaine:operator:account/setState";
constexpr const char* kSeal = "chatelaine:operator:seal/close";

class Operators : public testing::World {
protected:
    Operators() {
        for (const AccountId& id : {account, other_account}) {
            Account record;
            record.id = id;
            record.name = id == account ? "ours" : "theirs";
            std::vector<seal::RecordChange> changes;
            changes.push_back(change_of(record, access::provider_scope, id.uuid, 0, now, now));
            EXPECT_TRUE(reader.apply(changes));
        }
    }
    Identity ann_ = add_identity("ann", {{{"chatelaine:operator:*"}, {"*"}}}, false,
                                 Party::kProvider);
    Identity bob_ = add_identity("bob", {{{"chatelaine:operator:*"}, {"*"}}}, false,
                                 Party::kProvider);
    /// May ask, and nothing else.
    Identity carl_ = add_identity("carl", {{{"chatelaine:operator:elevation/*"}, {"*"}}}, false,
                                  Party::kProvider);

    template <class Op>
    std::string as(const Identity& who, typename Op::Command command) {
        caller = with_token(*who);
        const auto reply = commit<Op>(std::move(command));
        return reply ? "done" : std::string(code_name(reply.error().code()));
    }
    RequestElevation::Command wish(std::string action, std::vector<AccountId> accounts = {}) {
        RequestElevation::Command command;
        command.actions = {std::move(action)};
        command.accounts = std::move(accounts);
        command.reason = "ticket 7";
        command.minutes = 30;
        return command;
    }
    Uuid asked(const Identity& who, RequestElevation::Command command) {
        caller = with_token(*who);
        const auto reply = commit<RequestElevation>(std::move(command));
        EXPECT_TRUE(reply) << reply.error().to_string();
        return reply ? reply->record->id : Uuid();
    }
    bool may(const Identity& who, const char* action) {
        return with_token(*who).decide({action}, "urn:v1:eu:service:chatelaine") ==
               access::Decision::kAllowed;
    }
    SetAccountState::Command state(AccountState state, const AccountId& of) const {
        return {of, state, "unpaid"};
    }
};

TEST_F(Operators, AnElevationNeedsASecondOneAndEndsByItself) {
    EXPECT_FALSE(may(carl_, kSeal));
    const Uuid id = asked(carl_, wish(kSeal));
    EXPECT_FALSE(may(carl_, kSeal)) << "asked for is not given";
    EXPECT_EQ(as<ApproveElevation>(carl_, {{id}}), "forbidden") << "nobody's own";
    EXPECT_EQ(as<ApproveElevation>(ann_, {{id}}), "done");
    EXPECT_EQ(as<ApproveElevation>(bob_, {{id}}), "already_exists");
    EXPECT_TRUE(may(carl_, kSeal));
    EXPECT_FALSE(may(carl_, "chatelaine:operator:seal/rotate")) << "that right alone";
    now = now.plus_seconds(30 * 60 - 1);
    EXPECT_TRUE(may(carl_, kSeal));
    now = now.plus_seconds(1);
    EXPECT_FALSE(may(carl_, kSeal));
    EXPECT_EQ(as<EndElevation>(ann_, {{id}}), "wrong_state") << "it is over";
}

TEST_F(Operators, AnElevationIsEndedOrRefusedOrForgotten) {
    const Uuid ended = asked(carl_, wish(kSeal));
    ASSERT_EQ(as<ApproveElevation>(ann_, {{ended}}), "done");
    EXPECT_EQ(as<EndElevation>(carl_, {{ended}}), "done");
    EXPECT_FALSE(may(carl_, kSeal));
    const Uuid refused = asked(carl_, wish(kSeal));
    EXPECT_EQ(as<EndElevation>(bob_, {{refused}}), "done");
    EXPECT_EQ(as<ApproveElevation>(ann_, {{refused}}), "wrong_state");
    const Uuid late = asked(carl_, wish(kSeal));
    now = now.plus_seconds(86400);
    EXPECT_EQ(as<ApproveElevation>(ann_, {{late}}), "wrong_state") << "it waited too long";
    EXPECT_EQ(as<ApproveElevation>(ann_, {{Uuid::random(crypto::system_random())}}), "not_found");
}

TEST_F(Operators, NobodyApprovesMoreThanTheyHold) {
    const Identity dora = add_identity("dora", {{{"chatelaine:operator:elevation/*"}, {"*"}}},
                                       false, Party::kProvider);
    const Uuid id = asked(carl_, wish(kSeal));
    EXPECT_EQ(as<ApproveElevation>(dora, {{id}}), "forbidden");
    EXPECT_FALSE(may(carl_, kSeal));
}

TEST_F(Operators, WishesThatAreNoneAreRefused) {
    const auto refused = [&](auto spoil) {
        auto command = wish(kSeal);
        spoil(command);
        return as<RequestElevation>(carl_, command);
    };
    EXPECT_EQ(refused([](auto& c) { c.reason.clear(); }), "invalid_argument");
    EXPECT_EQ(refused([](auto& c) { c.reason = std::string(501, 'x'); }), "invalid_argument");
    EXPECT_EQ(refused([](auto& c) { c.actions.clear(); }), "missing_argument");
    EXPECT_EQ(refused([](auto& c) { c.minutes = 0; }), "invalid_argument");
    EXPECT_EQ(refused([](auto& c) { c.minutes = 481; }), "invalid_argument");
    EXPECT_EQ(refused([](auto& c) { c.minutes = 480; }), "done");
    EXPECT_EQ(refused([](auto& c) {
                  c.accounts = {AccountId::random(crypto::system_random())};
              }),
              "invalid_argument");
}

TEST_F(Operators, AnAccountsStateNeedsAnElevationThatNamesIt) {
    EXPECT_EQ(as<SetAccountState>(ann_, state(AccountState::kSuspended, account)), "forbidden")
        << "every right of the service, and none over a customer";
    const Uuid other = asked(ann_, wish(kSetState, {other_account}));
    ASSERT_EQ(as<ApproveElevation>(bob_, {{other}}), "done");
    EXPECT_EQ(as<SetAccountState>(ann_, state(AccountState::kSuspended, account)), "forbidden")
        << "another account's";
    const Uuid seal_only = asked(ann_, wish(kSeal, {account}));
    ASSERT_EQ(as<ApproveElevation>(bob_, {{seal_only}}), "done");
    EXPECT_EQ(as<SetAccountState>(ann_, state(AccountState::kSuspended, account)), "forbidden")
        << "for another action";
    const Uuid right = asked(ann_, wish(kSetState, {account}));
    ASSERT_EQ(as<ApproveElevation>(bob_, {{right}}), "done");
    caller = with_token(*ann_);
    auto outcome = attempt<SetAccountState>(state(AccountState::kSuspended, account));
    ASSERT_TRUE(outcome) << outcome.error().to_string();
    ASSERT_TRUE(reader.apply(outcome->changes));
    outcome->then();
    EXPECT_EQ(tools.account_states.of(account), AccountState::kSuspended);
    EXPECT_EQ(tools.account_states.of(other_account), AccountState::kActive);
    EXPECT_EQ(as<SetAccountState>(bob_, state(AccountState::kActive, account)), "forbidden")
        << "one operator's elevation is not another's";

    // The end of one change may come after that of a later one.
    AccountStates late;
    late.set(account, AccountState::kSuspended, 3);
    late.set(account, AccountState::kActive, 2);
    EXPECT_EQ(late.of(account), AccountState::kSuspended);
    late.set(account, AccountState::kActive, 4);
    EXPECT_EQ(late.of(account), AccountState::kActive);

    AccountStates after_a_start;
    ASSERT_TRUE(load_account_states(reader, after_a_start));
    EXPECT_EQ(after_a_start.of(account), AccountState::kSuspended);
    caller = with_token(*root);
    const auto own = commit<GetOwnAccount>({});
    ASSERT_TRUE(own);
    EXPECT_EQ(own->record->reason, "unpaid");
    EXPECT_EQ(own->record->state, AccountState::kSuspended);
}

TEST_F(Operators, AStateLetsThroughWhatItSays) {
    const auto open = [](AccountState state, const gate::OperationRow& row) {
        return check_state(state, row).has_value();
    };
    gate::OperationRow encrypt = WhoAmI::row;
    encrypt.plane = gate::Plane::kData;
    encrypt.effect = gate::Effect::kCrypto;
    gate::OperationRow deactivate = CreateToken::row;
    deactivate.name = "serviceKey.deactivate";
    const gate::OperationRow* const all[] = {&WhoAmI::row, &CreateToken::row, &encrypt};
    for (const auto* const row : all) {
        EXPECT_TRUE(open(AccountState::kActive, *row)) << row->name;
    }
    EXPECT_TRUE(open(AccountState::kDraining, encrypt));
    EXPECT_TRUE(open(AccountState::kDraining, deactivate));
    EXPECT_TRUE(open(AccountState::kDraining, DeletePolicy::row));
    EXPECT_FALSE(open(AccountState::kDraining, CreateToken::row));
    EXPECT_TRUE(open(AccountState::kSuspended, WhoAmI::row)) << "to be told is always allowed";
    EXPECT_FALSE(open(AccountState::kSuspended, encrypt));
    EXPECT_FALSE(open(AccountState::kSuspended, DeletePolicy::row));
    EXPECT_TRUE(open(AccountState::kSuspended, SetAccountState::row)) << "no customer's";
}

TEST_F(Operators, CustomersReadWhatConcernsThem) {
    asked(ann_, wish(kSetState, {account, other_account}));
    asked(ann_, wish(kSetState, {other_account}));
    asked(ann_, wish(kSeal));
    caller = with_token(*root);
    const auto own = commit<ListElevationsOfAccount>({});
    ASSERT_TRUE(own);
    ASSERT_EQ(own->records.size(), 1u);
    EXPECT_EQ(own->records.front()->accounts, std::vector<AccountId>{account})
        << "not whom it concerns besides";
    EXPECT_EQ(own->records.front()->reason, "ticket 7");
    EXPECT_EQ(answer<ListElevations>({}).substr(0, 9), "forbidden");
}

TEST_F(Operators, AreSwitchedOffByAnother) {
    UpdateOperator::Command off{bob_->id, true, "left the company"};
    EXPECT_EQ(as<UpdateOperator>(bob_, off), "wrong_state") << "not by themselves";
    EXPECT_EQ(as<UpdateOperator>(ann_, {bob_->id, true, ""}), "invalid_argument");
    EXPECT_EQ(as<UpdateOperator>(ann_, off), "done");
    EXPECT_TRUE((*reader.load<access::Identity>(access::provider_scope, bob_->id.uuid))->disabled);
    EXPECT_EQ(as<UpdateOperator>(ann_, {bob_->id, false, "back"}), "done");
    EXPECT_EQ(as<UpdateOperator>(ann_, {IdentityId::random(crypto::system_random()), true, "x"}),
              "not_found");
}

TEST_F(Operators, AnEntryToASiteHasTwoSignatures) {
    RecordSiteEntry::Command command;
    command.site = "rbx-1";
    command.person = "E. Visitor";
    command.reason = "disk replaced";
    command.entered = now.plus_seconds(-3600);
    caller = with_token(*ann_);
    const auto made = commit<RecordSiteEntry>(command);
    ASSERT_TRUE(made) << made.error().to_string();
    const Uuid id = made->record->id;
    EXPECT_EQ(as<SignSiteEntry>(ann_, {id}), "forbidden");
    EXPECT_EQ(as<SignSiteEntry>(bob_, {id}), "done");
    EXPECT_EQ(as<SignSiteEntry>(bob_, {id}), "already_exists");
    command.region = "elsewhere";
    EXPECT_EQ(as<RecordSiteEntry>(ann_, command), "done");
    command.entered = now.plus_seconds(1);
    EXPECT_EQ(as<RecordSiteEntry>(ann_, command), "invalid_argument") << "not yet";
    command.entered = now.plus_seconds(-10);
    command.left = now.plus_seconds(-11);
    EXPECT_EQ(as<RecordSiteEntry>(ann_, command), "invalid_argument");
    caller = with_token(*root);
    const auto seen = commit<ListSiteEntriesOfRegion>({});
    ASSERT_TRUE(seen);
    ASSERT_EQ(seen->records.size(), 1u) << "those of the node's region";
    EXPECT_EQ(seen->records.front()->signed_by, bob_->urn);
}

}  // namespace
}  // namespace chatelaine::tenancy

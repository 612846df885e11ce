// One name, one holder: of those who come at the same time, one is first.
#include <barrier>
#include <thread>

#include "seal/test_support.hpp"
#include "tenancy/test_support.hpp"

namespace chatelaine::tenancy {
namespace {

class Names : public testing::World {
protected:
    Names() { tools.seal = seal_.get(); }

    /// Runs each command on a thread of its own; all have looked before anybody writes, the worst
    /// order there is. How many were done; the others were refused for the name's sake (the engine
    /// makes kAlreadyExists of a lost comparison when the transaction creates something).
    template <class Op>
    int done_at_once(const std::vector<typename Op::Command>& commands) {
        std::barrier looked(static_cast<std::ptrdiff_t>(commands.size()));
        std::atomic<int> done = 0;
        std::vector<std::thread> threads;
        for (const auto& command : commands) {
            auto authorised = door.authorise<Op>(caller, copy(command));
            EXPECT_TRUE(authorised);
            threads.emplace_back([&, mine = std::move(authorised).value()] {
                testing::MemoryReader own(store);
                gate::Services own_services = services(own);
                auto outcome = run(mine, own_services, tools);
                looked.arrive_and_wait();
                ASSERT_TRUE(outcome) << outcome.error().to_string();
                const bool creates = std::any_of(
                    outcome->changes.begin(), outcome->changes.end(),
                    [](const auto& change) { return change.expected_version == 0; });
                const auto committed = own.apply(outcome->changes);
                done += committed.has_value();
                EXPECT_TRUE(creates);
                EXPECT_TRUE(committed || committed.error().code() == Code::kVersionConflict);
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        return done;
    }
    template <class Command>
    static Command copy(const Command& command) {
        if constexpr (std::is_same_v<Command, RedeemClaim::Command>) {
            RedeemClaim::Command made;
            made.code = crypto::SecretBytes::copy_of(as_bytes(testing::reveal(command.code)));
            made.operator_listener = command.operator_listener;
            return made;
        } else {
            return command;
        }
    }
    template <class Op>
    Code refusal(typename Op::Command command) {
        const auto outcome = attempt<Op>(std::move(command));
        return outcome ? Code::kEndOfCodes : outcome.error().code();
    }
    static RedeemClaim::Command redemption(const crypto::SecretBytes& code) {
        RedeemClaim::Command command;
        command.code = crypto::SecretBytes::copy_of(as_bytes(testing::reveal(code)));
        command.operator_listener = true;
        return command;
    }
    void as_operator() {
        caller = access::Principal::system(Party::kProvider, AccountId(), DomainId());
    }

    seal::test::Folder folder_;
    std::unique_ptr<seal::Seal> seal_ = [this] {
        const auto paths = seal::test::paths_in(folder_.path());
        EXPECT_TRUE(seal::Seal::initialise(paths, {}, crypto::system_random()));
        return seal::test::must(seal::Seal::open(paths, crypto::system_random()));
    }();
};

TEST_F(Names, OneOfManyMakesTheIdentity) {
    EXPECT_EQ(done_at_once<CreateIdentity>(
                  std::vector<CreateIdentity::Command>(8, {"same", "", {}})),
              1);
    EXPECT_EQ(refusal<CreateIdentity>({"same", "", {}}), Code::kAlreadyExists);
    EXPECT_EQ(done_at_once<CreateIdentity>({{"one", "", {}}, {"two", "", {}}}), 2);
}

TEST_F(Names, OneOfManyInvitesTheOperator) {
    as_operator();
    EXPECT_EQ(done_at_once<CreateOperator>(std::vector<CreateOperator::Command>(8, {"same", {}})),
              1);
    EXPECT_EQ(refusal<CreateOperator>({"same", {}}), Code::kAlreadyExists)
        << "an invitation holds its name before anybody takes it up";
}

TEST_F(Names, OneOfManyOpensTheAccount) {
    as_operator();
    EXPECT_EQ(done_at_once<CreateAccount>(std::vector<CreateAccount::Command>(4, {"same"})), 1);
    EXPECT_EQ(refusal<CreateAccount>({"same"}), Code::kAlreadyExists);
}

TEST_F(Names, ANameIsFreeAgainAfterItsHolder) {
    for (int i = 0; i < 3; ++i) {
        const auto made = commit<CreateIdentity>({"passing", "", {}});
        ASSERT_TRUE(made) << made.error().to_string();
        EXPECT_EQ(refusal<CreateIdentity>({"passing", "", {}}), Code::kAlreadyExists);
        DeleteIdentity::Command remove;
        remove.identity = made->identity->id;
        ASSERT_TRUE(commit<DeleteIdentity>(remove));
    }
}

TEST_F(Names, AnAccountsNamesAreItsOwn) {
    ASSERT_TRUE(commit<CreateIdentity>({"same", "", {}}));
    caller = access::Principal::system(Party::kCustomer, other_account, other_domain);
    EXPECT_TRUE(commit<CreateIdentity>({"same", "", {}}));
    as_operator();
    EXPECT_TRUE(commit<CreateOperator>({"same", {}}));
    EXPECT_TRUE(commit<CreateAccount>({"same"}));
}

TEST_F(Names, WhatAnOlderBuildWroteKeepsItsName) {
    const Identity old = add_identity("old", {});
    EXPECT_EQ(refusal<CreateIdentity>({"old", "", {}}), Code::kAlreadyExists);
    DeleteIdentity::Command remove;
    remove.identity = old->id;
    ASSERT_TRUE(commit<DeleteIdentity>(remove));
    EXPECT_TRUE(commit<CreateIdentity>({"old", "", {}}));
}

TEST_F(Names, AnInvitationHoldsItsNameUntilItLapses) {
    as_operator();
    const auto first = commit<CreateOperator>({"guest", {}});
    ASSERT_TRUE(first);
    now = now.plus_seconds(7 * 86400 - 1);
    EXPECT_EQ(refusal<CreateOperator>({"guest", {}}), Code::kAlreadyExists);
    now = now.plus_seconds(1);
    EXPECT_EQ(done_at_once<CreateOperator>(std::vector<CreateOperator::Command>(4, {"guest", {}})),
              1);
    EXPECT_EQ(refusal<RedeemClaim>(redemption(first->enrolment_code)), Code::kUnauthenticated);
}

TEST_F(Names, WhoeverTakesUpAnInvitationHoldsTheName) {
    as_operator();
    const auto invited = commit<CreateOperator>({"guest", {}});
    ASSERT_TRUE(invited);
    std::vector<RedeemClaim::Command> both;
    both.push_back(redemption(invited->enrolment_code));
    both.push_back(redemption(invited->enrolment_code));
    EXPECT_EQ(done_at_once<RedeemClaim>(both), 1);
    now = now.plus_seconds(30LL * 86400);
    EXPECT_EQ(refusal<CreateOperator>({"guest", {}}), Code::kAlreadyExists);
}

TEST_F(Names, TheFirstOperatorTakesItsNameWithItsCode) {
    auto first = first_operator(crypto::system_random(), now);
    ASSERT_TRUE(first);
    ASSERT_TRUE(reader.apply(first->second));
    as_operator();
    ASSERT_TRUE(commit<RedeemClaim>(redemption(first->first)));
    EXPECT_EQ(refusal<CreateOperator>({"operator", {}}), Code::kAlreadyExists);
}

}  // namespace
}  // namespace chatelaine::tenancy

// Proves the life cycle: every move between states with the dates that clients read, what is
// refused in which state, and that making a key extractable marks it for ever.
#include <rapidcheck.h>

#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using testing::World;

class LifeCycle : public World {
public:
    Code deactivation(const ObjectId& key, RevocationReason reason) {
        auto command = on<DeactivateKey>(key);
        command.reason = reason;
        return refusal<DeactivateKey>(std::move(command));
    }
    UpdateKey::Command extractable(const ObjectId& key, bool value) {
        auto command = on<UpdateKey>(key);
        command.extractable = value;
        return command;
    }
};

TEST_F(LifeCycle, ActivatingAnActiveKeyChangesNothing) {
    const ObjectId key = make(oct());
    const auto outcome = attempt<ActivateKey>(on<ActivateKey>(key));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->changes.empty());
    EXPECT_EQ(outcome->record_version, 1u);
}

TEST_F(LifeCycle, DeactivateWorksFromActiveAndDeactivated) {
    const ObjectId key = make(oct());
    deactivate(key);
    const auto first = stored(key)->deactivation;
    EXPECT_EQ(first, now);
    EXPECT_EQ(state_of(key), State::kDeactivated);
    advance(10);
    deactivate(key, RevocationReason::kSuperseded);
    EXPECT_EQ(state_of(key), State::kDeactivated);
    EXPECT_EQ(stored(key)->deactivation, first);
    EXPECT_EQ(stored(key)->revocation_reason, RevocationReason::kSuperseded);
}

TEST_F(LifeCycle, KeyCompromiseCompromisesAlsoFromDeactivated) {
    const ObjectId key = make(oct());
    deactivate(key);
    deactivate(key, RevocationReason::kKeyCompromise);
    EXPECT_EQ(state_of(key), State::kCompromised);
    EXPECT_EQ(stored(key)->compromise, now);
    const ObjectId other = make(oct());
    deactivate(other, RevocationReason::kCaCompromise);
    EXPECT_EQ(state_of(other), State::kCompromised);
}

TEST_F(LifeCycle, ACompromisedKeyIsNotMadeHarmlessByAnotherReason) {
    const ObjectId key = make(oct());
    deactivate(key, RevocationReason::kKeyCompromise);
    EXPECT_EQ(deactivation(key, RevocationReason::kUnspecified), Code::kWrongState);
    const auto first = stored(key)->compromise;
    advance(10);
    deactivate(key, RevocationReason::kKeyCompromise);
    EXPECT_EQ(stored(key)->compromise, first);
}

TEST_F(LifeCycle, ReactivationClearsDatesAndReason) {
    const ObjectId key = make(oct());
    deactivate(key);
    deactivate(key, RevocationReason::kKeyCompromise);
    advance(10);
    ASSERT_TRUE(commit<ActivateKey>(on<ActivateKey>(key)));
    const auto object = stored(key);
    EXPECT_EQ(object->state(now), State::kActive);
    EXPECT_FALSE(object->deactivation);
    EXPECT_FALSE(object->compromise);
    EXPECT_FALSE(object->compromise_occurrence);
    EXPECT_EQ(object->revocation_reason, RevocationReason::kNone);
    EXPECT_EQ(object->activation, now.plus_seconds(-10));
    EXPECT_EQ(object->last_change, now);
}

TEST_F(LifeCycle, AReasonIsRequired) {
    EXPECT_EQ(deactivation(make(oct()), RevocationReason::kNone), Code::kMissingArgument);
}

TEST_F(LifeCycle, APreActiveKeyIsActivatedButNotDeactivated) {
    const ObjectId key = make(oct());
    auto changed = stored(key)->clone();
    changed->activation = now.plus_seconds(100);
    std::vector<seal::RecordChange> changes;
    changes.push_back(changed->to_change());
    ASSERT_TRUE(reader.apply(changes));
    EXPECT_EQ(state_of(key), State::kPreActive);
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kWrongState);
    EXPECT_EQ(deactivation(key, RevocationReason::kUnspecified), Code::kWrongState);
    ASSERT_TRUE(commit<ActivateKey>(on<ActivateKey>(key)));
    EXPECT_EQ(stored(key)->activation, now);
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kEndOfCodes);
}

TEST_F(LifeCycle, DeleteOfAnActiveKeyIsRefused) {
    const ObjectId key = make(oct());
    EXPECT_EQ(refusal<DeleteKey>(on<DeleteKey>(key)), Code::kWrongState);
    EXPECT_EQ(state_of(key), State::kActive);
}

TEST_F(LifeCycle, ADestroyedKeyStaysAsARecordWithoutMaterial) {
    const ObjectId key = make(oct());
    destroy(key);
    const auto object = stored(key);
    EXPECT_EQ(object->state(now), State::kDestroyed);
    EXPECT_TRUE(object->material.bytes.empty());
    EXPECT_EQ(object->destroy, now);
    EXPECT_EQ(object->material.destroyed, now);
    auto get = on<GetKey>(key);
    get.want_jwk = true;
    const auto shown = commit<GetKey>(std::move(get));
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->state, State::kDestroyed);
    EXPECT_EQ(shown->public_jwk, "");
    EXPECT_EQ(refusal<DeleteKey>(on<DeleteKey>(key)), Code::kWrongState);
    EXPECT_EQ(refusal<ActivateKey>(on<ActivateKey>(key)), Code::kWrongState);
    EXPECT_EQ(deactivation(key, RevocationReason::kKeyCompromise), Code::kWrongState);
    EXPECT_EQ(refusal<UpdateKey>(extractable(key, true)), Code::kWrongState);
}

TEST_F(LifeCycle, ACompromisedKeyIsDestroyedAsCompromised) {
    const ObjectId key = make(ec());
    deactivate(key, RevocationReason::kKeyCompromise);
    ASSERT_TRUE(commit<DeleteKey>(on<DeleteKey>(key)));
    EXPECT_EQ(state_of(key), State::kDestroyedCompromised);
    auto get = on<GetKey>(key);
    get.want_jwk = true;
    EXPECT_EQ(commit<GetKey>(std::move(get))->public_jwk, "");
}

TEST_F(LifeCycle, OnceExtractableIsRememberedForEver) {
    const ObjectId key = make(oct());
    ASSERT_TRUE(commit<UpdateKey>(extractable(key, true)));
    EXPECT_TRUE(stored(key)->extractable);
    EXPECT_FALSE(stored(key)->never_extractable);
    ASSERT_TRUE(commit<UpdateKey>(extractable(key, false)));
    EXPECT_FALSE(stored(key)->extractable);
    EXPECT_FALSE(stored(key)->never_extractable);
    EXPECT_TRUE(stored(key)->sensitive);
}

TEST_F(LifeCycle, RenamingKeepsTheRest) {
    const ObjectId key = make(oct());
    const auto before = stored(key);
    advance(5);
    auto command = on<UpdateKey>(key);
    command.name = "other";
    const auto reply = commit<UpdateKey>(std::move(command));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->object->names.front().value, "other");
    const auto after = stored(key);
    EXPECT_EQ(after->names.front().value, "other");
    EXPECT_TRUE(crypto::equal_ct(after->material.bytes, before->material.bytes));
    EXPECT_EQ(after->initial_date, before->initial_date);
    EXPECT_EQ(after->last_change, now);
    EXPECT_EQ(after->origin.version, 2u);
}

TEST_F(LifeCycle, AnUpdateToTheSameChangesNothing) {
    const ObjectId key = make(oct());
    auto command = on<UpdateKey>(key);
    command.name = "key";
    command.extractable = false;
    const auto outcome = attempt<UpdateKey>(std::move(command));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->changes.empty());
    auto empty = on<UpdateKey>(key);
    empty.name = "";
    EXPECT_EQ(refused_field<UpdateKey>(std::move(empty)), "name");
}

TEST_F(LifeCycle, TwoWritersOfOneVersionDoNotBothWin) {
    const ObjectId key = make(oct());
    auto one = attempt<UpdateKey>(extractable(key, true));
    auto rename = on<UpdateKey>(key);
    rename.name = "late";
    auto two = attempt<UpdateKey>(std::move(rename));
    ASSERT_TRUE(one && two);
    EXPECT_TRUE(reader.apply(one->changes));
    const auto lost = reader.apply(two->changes);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), Code::kVersionConflict);
}

TEST_F(LifeCycle, AnyWalkKeepsTheInvariants) {
    EXPECT_TRUE(rc::check([this] {
        const ObjectId key = make(oct());
        bool was_extractable = false;
        for (const int step : *rc::gen::container<std::vector<int>>(12, rc::gen::inRange(0, 7))) {
            const auto before = stored(key);
            advance(1);
            auto command = on<DeactivateKey>(key);
            command.reason = step == 0 ? RevocationReason::kKeyCompromise
                                       : RevocationReason::kSuperseded;
            bool done = false;
            switch (step) {
                case 0:
                case 1: done = commit<DeactivateKey>(command).has_value(); break;
                case 2: done = commit<ActivateKey>(on<ActivateKey>(key)).has_value(); break;
                case 3: done = commit<DeleteKey>(on<DeleteKey>(key)).has_value(); break;
                case 4: done = commit<UpdateKey>(extractable(key, true)).has_value(); break;
                case 5: done = commit<UpdateKey>(extractable(key, false)).has_value(); break;
                default: done = attempt<Encrypt>(encrypting(key, "x")).has_value(); break;
            }
            const auto after = stored(key);
            was_extractable = was_extractable || after->extractable;
            RC_ASSERT(!before->destroy || !done);
            RC_ASSERT(!before->destroy || after->destroy == before->destroy);
            RC_ASSERT(after->never_extractable == !was_extractable);
            RC_ASSERT(after->material.bytes.empty() == after->destroy.has_value());
            RC_ASSERT(step != 3 || !done || before->state(now) != State::kActive);
            RC_ASSERT(step != 6 || done == (before->state(now) == State::kActive));
        }
    }));
}

}  // namespace
}  // namespace chatelaine::objects

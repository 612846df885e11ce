/// Proves the life of an object: walks at random against a small model, and the rules by name.

#include "objects/kmip/kmip_test_support.hpp"

namespace chatelaine::objects::kmip {
namespace {

using test::KmipWorld;
using test::choice;
using test::date;
using test::name;
using test::text;
namespace tag = ttlv::tag;

/// What the specification says of one object (KMIP 1.4 section 3.22), in the smallest form.
struct Model {
    State state = State::kPreActive;
    bool archived = false;

    bool destroyed() const {
        return state == State::kDestroyed || state == State::kDestroyedCompromised;
    }
    Code activate() {
        if (state != State::kPreActive) {
            return Code::kWrongState;
        }
        state = State::kActive;
        return Code::kEndOfCodes;
    }
    Code revoke(bool compromise) {
        if (destroyed() || (!compromise && state != State::kActive)) {
            return Code::kWrongState;
        }
        state = compromise ? State::kCompromised : State::kDeactivated;
        return Code::kEndOfCodes;
    }
    Code destroy() {
        if (destroyed() || state == State::kActive) {
            return Code::kWrongState;
        }
        state = state == State::kCompromised ? State::kDestroyedCompromised : State::kDestroyed;
        return Code::kEndOfCodes;
    }
    Code archive(bool on) {
        if (destroyed()) {
            return Code::kWrongState;
        }
        archived = on;
        return Code::kEndOfCodes;
    }
    Code get() const {
        if (archived) {
            return Code::kArchived;
        }
        return destroyed() ? Code::kKeyNotFound : Code::kEndOfCodes;
    }
};

class LifeCycle : public KmipWorld {
public:
    Code step(const ObjectId& id, int which) {
        switch (which) {
            case 0: return outcome<Activate>(on<Activate>(id));
            case 1:
            case 2: {
                auto command = on<Revoke>(id);
                command.reason = which == 1 ? RevocationReason::kKeyCompromise
                                            : RevocationReason::kCessationOfOperation;
                return outcome<Revoke>(std::move(command));
            }
            case 3: return outcome<Destroy>(on<Destroy>(id));
            case 4: return outcome<Archive>(on<Archive>(id));
            case 5: return outcome<Recover>(on<Recover>(id));
            default: return outcome<Get>(on<Get>(id));
        }
    }
    static Code step(Model& model, int which) {
        switch (which) {
            case 0: return model.activate();
            case 1: return model.revoke(true);
            case 2: return model.revoke(false);
            case 3: return model.destroy();
            case 4: return model.archive(true);
            case 5: return model.archive(false);
            default: return model.get();
        }
    }
    std::size_t found(State state) {
        Locate::Command command;
        command.attributes = {choice("State", static_cast<std::uint32_t>(state))};
        command.storage_mask = 7;
        return attempt<Locate>(std::move(command))->reply.ids.size();
    }
};

TEST_F(LifeCycle, ten_thousand_walks_go_as_the_model_does) {
    std::mt19937 random(42);
    for (int walk = 0; walk < 10'000; ++walk) {
        const ObjectId id = create();
        Model model;
        for (int i = 0; i < 6; ++i) {
            const int which = static_cast<int>(random() % 7);
            const Code expected = step(model, which);
            ASSERT_EQ(step(id, which), expected) << "walk " << walk << ", step " << which;
            ASSERT_EQ(state_of(id), model.state) << "walk " << walk << ", step " << which;
        }
    }
}

TEST_F(LifeCycle, locate_by_state_says_what_get_attributes_says) {
    std::array<std::size_t, 7> expected{};
    std::mt19937 random(7);
    for (int i = 0; i < 60; ++i) {
        const ObjectId id = create();
        for (int steps = static_cast<int>(random() % 4); steps > 0; --steps) {
            step(id, static_cast<int>(random() % 4));
        }
        ++expected.at(static_cast<std::size_t>(state_of(id)));
    }
    for (std::uint32_t state = 1; state <= 6; ++state) {
        EXPECT_EQ(found(static_cast<State>(state)), expected.at(state)) << state;
    }
}

TEST_F(LifeCycle, dates_alone_move_a_key_on) {
    const ObjectId id = create({date("Activation Date", now.plus_seconds(10)),
                                date("Deactivation Date", now.plus_seconds(20))});
    EXPECT_EQ(state_of(id), State::kPreActive);
    EXPECT_EQ(found(State::kPreActive), 1U);
    advance(10);
    EXPECT_EQ(state_of(id), State::kActive);
    EXPECT_EQ(found(State::kActive), 1U);
    advance(10);
    EXPECT_EQ(state_of(id), State::kDeactivated);
    EXPECT_EQ(found(State::kDeactivated), 1U);
}

TEST_F(LifeCycle, the_activation_date_of_an_active_key_stands) {
    const ObjectId id = create({date("Activation Date", now)});
    auto command = on<ModifyAttribute>(id);
    command.attribute = date("Activation Date", now.plus_seconds(5));
    EXPECT_EQ(outcome<ModifyAttribute>(std::move(command)), Code::kNotPermittedUse);
}

TEST_F(LifeCycle, the_first_get_takes_the_freshness) {
    const ObjectId id = create();
    const auto fresh = value_of(id, "Fresh");
    EXPECT_EQ(outcome<Get>(on<Get>(id)), Code::kEndOfCodes);
    EXPECT_NE(value_of(id, "Fresh"), fresh);
    const auto version = stored(id)->origin.version;
    EXPECT_EQ(outcome<Get>(on<Get>(id)), Code::kEndOfCodes);
    EXPECT_EQ(stored(id)->origin.version, version);
}

TEST_F(LifeCycle, a_destroyed_object_keeps_its_attributes_and_loses_its_key) {
    const ObjectId id = create({text("Contact Information", "a")});
    EXPECT_EQ(outcome<Destroy>(on<Destroy>(id)), Code::kEndOfCodes);
    EXPECT_TRUE(stored(id)->material.bytes.empty());
    EXPECT_TRUE(stored(id)->registered.empty());
    EXPECT_EQ(value_of(id, "Contact Information"), text("", "a").value);
    EXPECT_TRUE(value_of(id, "Destroy Date").has_value());
    EXPECT_EQ(outcome<Get>(on<Get>(id)), Code::kKeyNotFound);
}

TEST_F(LifeCycle, a_key_that_is_not_extractable_or_sensitive_does_not_leave) {
    const auto flag = [](std::string name, bool value) {
        return AttributeValue{std::move(name), std::nullopt,
                              make_value([&](ttlv::Writer& out) {
                                  out.boolean(tag::kAttributeValue, value);
                              })};
    };
    EXPECT_EQ(outcome<Get>(on<Get>(create({flag("Extractable", false)}))), Code::kNotExtractable);
    EXPECT_EQ(outcome<Get>(on<Get>(create({flag("Sensitive", true)}))), Code::kNotExtractable);
    EXPECT_EQ(outcome<Get>(on<Get>(make(oct()))), Code::kNotExtractable);
}

TEST_F(LifeCycle, rekey_takes_the_name_and_links_both_ways) {
    const ObjectId old = create({name("key"), text("x-a", "1"), date("Activation Date", now)});
    const auto made = commit<Rekey>(on<Rekey>(old));
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(value_of(old, "Name"), std::nullopt);
    EXPECT_EQ(value_of(*made, "Name"), name("key").value);
    EXPECT_EQ(value_of(*made, "x-a"), text("", "1").value);
    EXPECT_EQ(stored(old)->links.front().object, *made);
    EXPECT_EQ(stored(*made)->links.front().object, old);
    EXPECT_EQ(state_of(*made), State::kActive);
    EXPECT_FALSE(equal_ct(stored(old)->material.bytes, stored(*made)->material.bytes));
}

TEST_F(LifeCycle, usage_is_allocated_until_it_is_gone) {
    const ObjectId id =
        create({date("Activation Date", now),
                {"Usage Limits", std::nullopt, make_value([](ttlv::Writer& out) {
                     out.begin(tag::kAttributeValue)
                         .long_integer(tag::kUsageLimitsTotal, 100)
                         .enumeration(tag::kUsageLimitsUnit, ttlv::UsageLimitsUnit::kByte)
                         .end();
                 })}});
    auto command = on<GetUsageAllocation>(id);
    command.count = 60;
    EXPECT_EQ(outcome<GetUsageAllocation>(command), Code::kEndOfCodes);
    EXPECT_EQ(outcome<GetUsageAllocation>(command), Code::kNotPermittedUse);
    command.count = 40;
    EXPECT_EQ(outcome<GetUsageAllocation>(command), Code::kEndOfCodes);
    command.count = -1;
    EXPECT_EQ(outcome<GetUsageAllocation>(command), Code::kNotPermittedUse);
}

}  // namespace
}  // namespace chatelaine::objects::kmip

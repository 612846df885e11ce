#include <gtest/gtest.h>

#include "objects/kmip/kmip_test_support.hpp"

namespace chatelaine::objects::kmip {
namespace {

using test::choice;
using test::date;
using test::name;
using test::number;
using test::text;

class Importing : public test::KmipWorld {
protected:
    Import::Command importing(const ObjectId& id) {
        const auto exported = commit<Export>(on<Export>(id));
        EXPECT_TRUE(exported) << exported.error().to_string();
        Import::Command command;
        command.id = id;
        command.type = exported->type;
        command.attributes = exported->attributes;
        command.object = exported->object.clone();
        return command;
    }
    AttributeValue interval(std::string name, std::uint32_t value) {
        return {std::move(name), std::nullopt, make_value([&](ttlv::Writer& out) {
                    out.interval(ttlv::tag::kAttributeValue, value);
                })};
    }
};

TEST_F(Importing, WhatWasExportedIsThereAgain) {
    const ObjectId id = create({name("moved"), date("Activation Date", now),
                                text("x-note", "kept"), text("Object Group", "g")});
    auto command = importing(id);
    EXPECT_EQ(outcome<Import>(importing(id)), Code::kAlreadyExists);
    command.replace = true;
    ASSERT_EQ(outcome<Import>(std::move(command)), Code::kEndOfCodes);
    const auto again = importing(id);
    const auto before = importing(id);
    ASSERT_EQ(again.attributes.size(), before.attributes.size());
    EXPECT_EQ(stored(id)->state(now), State::kActive);
    EXPECT_EQ(value_of(id, "x-note"), text("x-note", "kept").value);

    auto elsewhere = importing(id);
    elsewhere.id = *ObjectId::parse("6f0f5f0e-5f3c-4a0e-9d0a-3a1c5f1e0b77");
    const ObjectId other = elsewhere.id;
    ASSERT_EQ(outcome<Import>(std::move(elsewhere)), Code::kEndOfCodes);
    EXPECT_EQ(value_of(other, "Digest"), value_of(id, "Digest"));
    EXPECT_FALSE(stored(other)->never_extractable);
}

TEST_F(Importing, AStateThatTheDatesDoNotSayIsRefused) {
    const ObjectId id = create();
    auto command = importing(id);
    command.replace = true;
    for (AttributeValue& one : command.attributes) {
        if (one.name == "State") {
            one = choice("State", 2);
        }
    }
    EXPECT_EQ(outcome<Import>(std::move(command)), Code::kInvalidArgument);
    auto other = importing(id);
    other.replace = true;
    other.type = ObjectType::kSecretData;
    EXPECT_EQ(outcome<Import>(std::move(other)), Code::kInvalidArgument);
}

TEST_F(Importing, ReplacingIsADestroyToo) {
    const ObjectId active = create({date("Activation Date", now)});
    const ObjectId other = create({date("Activation Date", now)});
    const auto of_another = [&](const ObjectId& id) {
        auto command = importing(other);
        command.id = id;
        command.replace = true;
        return command;
    };
    EXPECT_EQ(outcome<Import>(of_another(active)), Code::kWrongState);
    const ObjectId idle = create();
    auto another = of_another(idle);
    auto refused = of_another(idle);
    become({{{"okms:kmip:import"}, {"*"}}});
    EXPECT_EQ(outcome<Import>(std::move(refused)), Code::kForbidden);
    become({{{"okms:kmip:import", "okms:kmip:destroy"}, {"*"}}});
    EXPECT_EQ(outcome<Import>(std::move(another)), Code::kEndOfCodes);
}

TEST_F(Importing, ADestroyedObjectHasItsAttributesAlone) {
    const ObjectId id = create({name("gone")});
    ASSERT_EQ(outcome<Destroy>(on<Destroy>(id)), Code::kEndOfCodes);
    auto command = importing(id);
    EXPECT_TRUE(command.object.empty());
    command.replace = true;
    EXPECT_EQ(outcome<Import>(std::move(command)), Code::kEndOfCodes);
    EXPECT_EQ(stored(id)->state(now), State::kDestroyed);
    const ObjectId alive = create();
    auto bare = importing(alive);
    bare.replace = true;
    bare.object = crypto::SecretBytes();
    EXPECT_EQ(outcome<Import>(std::move(bare)), Code::kMissingArgument);
}

TEST_F(Importing, WhatMayNotLeaveIsNotExported) {
    const AttributeValue kept{"Extractable", std::nullopt, make_value([](ttlv::Writer& out) {
                                  out.boolean(ttlv::tag::kAttributeValue, false);
                              })};
    EXPECT_EQ(outcome<Export>(on<Export>(create({kept}))), Code::kNotExtractable);
}

TEST_F(Importing, AttributesAreCountedUpDownAndNegated) {
    const ObjectId id = create({number("x-count", 5), interval("x-span", 3)});
    const auto adjust = [&](std::string what, std::uint32_t type, std::int64_t by) {
        auto command = on<AdjustAttribute>(id);
        command.name = std::move(what);
        command.type = type;
        command.by = by;
        return outcome<AdjustAttribute>(std::move(command));
    };
    EXPECT_EQ(adjust("x-count", 1, 1), Code::kEndOfCodes);
    EXPECT_EQ(adjust("x-count", 1, 4), Code::kEndOfCodes);
    EXPECT_EQ(value_of(id, "x-count"), number("x-count", 10).value);
    EXPECT_EQ(adjust("x-count", 2, 30), Code::kEndOfCodes);
    EXPECT_EQ(value_of(id, "x-count"), number("x-count", -20).value);
    EXPECT_EQ(adjust("x-count", 1, 0x7FFFFFFFFFFF), Code::kInvalidArgument);
    EXPECT_EQ(adjust("x-span", 2, 4), Code::kInvalidArgument);
    EXPECT_EQ(adjust("x-count", 3, 1), Code::kInvalidArgument);
    EXPECT_EQ(adjust("Sensitive", 3, 1), Code::kEndOfCodes);
    EXPECT_TRUE(stored(id)->sensitive);
    EXPECT_EQ(adjust("x-none", 1, 1), Code::kNotFound);
    EXPECT_EQ(adjust("State", 1, 1), Code::kInvalidArgument);
    EXPECT_EQ(adjust("Cryptographic Length", 1, 1), Code::kNotPermittedUse);
}

}  // namespace
}  // namespace chatelaine::objects::kmip

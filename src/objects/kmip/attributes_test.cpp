/// Proves who may set what, how instances keep their indices, and that values are held to the
/// table's types and enumerations.

#include "objects/kmip/kmip_test_support.hpp"

namespace chatelaine::objects::kmip {
namespace {

using test::KmipWorld;
using test::choice;
using test::name;
using test::number;
using test::text;

class Attributes : public KmipWorld {
public:
    Code add(const ObjectId& id, AttributeValue value) {
        auto command = on<AddAttribute>(id);
        command.attribute = std::move(value);
        return outcome<AddAttribute>(std::move(command));
    }
    Code modify(const ObjectId& id, AttributeValue value) {
        auto command = on<ModifyAttribute>(id);
        command.attribute = std::move(value);
        return outcome<ModifyAttribute>(std::move(command));
    }
    Code remove(const ObjectId& id, std::string name, std::optional<std::uint32_t> index = {}) {
        auto command = on<DeleteAttribute>(id);
        command.name = std::move(name);
        command.index = index;
        return outcome<DeleteAttribute>(std::move(command));
    }
};

TEST_F(Attributes, instances_keep_their_indices_when_others_go) {
    const ObjectId id = create();
    for (const char* const value : {"a", "b", "c"}) {
        EXPECT_EQ(add(id, text("x-list", value)), Code::kEndOfCodes);
    }
    EXPECT_EQ(remove(id, "x-list", 1), Code::kEndOfCodes);
    EXPECT_EQ(value_of(id, "x-list", 0), text("", "a").value);
    EXPECT_EQ(value_of(id, "x-list", 1), std::nullopt);
    EXPECT_EQ(value_of(id, "x-list", 2), text("", "c").value);
    EXPECT_EQ(remove(id, "x-list", 1), Code::kNotFound);
    EXPECT_EQ(add(id, text("x-list", "d")), Code::kEndOfCodes);
    EXPECT_EQ(value_of(id, "x-list", 3), text("", "d").value);
}

TEST_F(Attributes, names_keep_their_indices_in_the_record_too) {
    const ObjectId id = create({name("one"), name("two")});
    EXPECT_EQ(remove(id, "Name"), Code::kEndOfCodes);
    EXPECT_EQ(value_of(id, "Name", 0), std::nullopt);
    EXPECT_EQ(value_of(id, "Name", 1), name("two").value);
}

TEST_F(Attributes, what_the_service_sets_no_client_sets) {
    const ObjectId id = create();
    for (const char* const given : {"State", "Initial Date", "Digest", "Destroy Date", "y-own"}) {
        EXPECT_EQ(add(id, text(given, "v")), Code::kNotPermittedUse) << given;
        EXPECT_EQ(modify(id, text(given, "v")), Code::kNotPermittedUse) << given;
        EXPECT_EQ(remove(id, given), Code::kNotPermittedUse) << given;
        EXPECT_EQ(refusal<Create>(aes({text(given, "v")})), Code::kNotPermittedUse) << given;
    }
    EXPECT_EQ(modify(id, choice("Cryptographic Algorithm", 3)), Code::kNotPermittedUse);
}

TEST_F(Attributes, unknown_names_types_and_values_are_refused) {
    const ObjectId id = create();
    EXPECT_EQ(add(id, text("Colour", "red")), Code::kInvalidArgument);
    EXPECT_EQ(add(id, number("Contact Information", 1)), Code::kInvalidArgument);
    EXPECT_EQ(refusal<Create>(aes({text("Object Group", "g"), number("Object Group", 1)})),
              Code::kInvalidArgument);
    Create::Command command = aes();
    command.attributes[0] = choice("Cryptographic Algorithm", 0x7777);
    EXPECT_EQ(refusal<Create>(std::move(command)), Code::kInvalidArgument);
}

TEST_F(Attributes, a_single_attribute_is_added_once_and_given_once) {
    const ObjectId id = create({text("Contact Information", "a")});
    EXPECT_EQ(add(id, text("Contact Information", "b")), Code::kAlreadyExists);
    EXPECT_EQ(modify(id, text("Contact Information", "b")), Code::kEndOfCodes);
    EXPECT_EQ(value_of(id, "Contact Information"), text("", "b").value);
    EXPECT_EQ(refusal<Create>(aes({text("Comment", "a"), text("Comment", "b")})),
              Code::kInvalidArgument);
}

TEST_F(Attributes, no_object_keeps_more_instances_than_its_terms_allow) {
    AttributeValues many;
    for (std::size_t i = 0; i <= attribute_instances_max; ++i) {
        many.push_back(text("x-many", std::to_string(i)));
    }
    EXPECT_EQ(refusal<Create>(aes(many)), Code::kInvalidArgument);
    const ObjectId id = create({text("x-few", "1")});
    for (std::size_t i = 0; i < attribute_instances_max; ++i) {
        if (add(id, text("x-few", std::to_string(i))) != Code::kEndOfCodes) {
            break;
        }
    }
    EXPECT_LE(stored(id)->to_change().terms.size(), limits::terms_per_record_max);
    EXPECT_EQ(add(id, text("x-few", "one more")), Code::kInvalidArgument);
}

TEST_F(Attributes, a_name_twice_in_get_attributes_is_a_bad_message) {
    auto command = on<GetAttributes>(create());
    command.names = {"State", "Name", "State"};
    EXPECT_EQ(refusal<GetAttributes>(std::move(command)), Code::kMalformed);
}

TEST_F(Attributes, every_version_knows_what_its_specification_lists) {
    EXPECT_FALSE(known_in("Fresh", kVersion1_0));
    EXPECT_TRUE(known_in("Fresh", kVersion1_1));
    EXPECT_FALSE(known_in("Sensitive", kVersion1_3));
    EXPECT_TRUE(known_in("Sensitive", kVersion1_4));
    EXPECT_TRUE(known_in("Operation Policy Name", kVersion1_4));
    EXPECT_FALSE(known_in("Operation Policy Name", kVersion2_0));
    EXPECT_TRUE(known_in("x-anything", kVersion2_1));
    EXPECT_FALSE(known_in("anything", kVersion1_0));
}

}  // namespace
}  // namespace chatelaine::objects::kmip

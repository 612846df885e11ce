/// Proves Locate against an oracle that looks at every object, and its refusals by name.

#include "objects/kmip/kmip_test_support.hpp"

namespace chatelaine::objects::kmip {
namespace {

using test::KmipWorld;
using test::choice;
using test::date;
using test::name;
using test::number;
using test::text;

/// One object as the oracle knows it.
struct Known {
    ObjectId id;
    std::string name, group, custom;
    std::int32_t bits = 0;
    WallTime activation;
    bool archived = false, destroyed = false;
};

struct Wanted {
    std::optional<std::string> name, group, custom;
    std::optional<std::int32_t> bits;
    std::optional<std::pair<WallTime, WallTime>> activation;
    std::uint32_t storage = 1;
};

bool fits(const Known& known, const Wanted& wanted) {
    const std::uint32_t is = known.destroyed ? 4 : known.archived ? 2 : 1;
    return (wanted.storage & is) != 0 && (!wanted.name || *wanted.name == known.name) &&
           (!wanted.group || *wanted.group == known.group) &&
           (!wanted.custom || *wanted.custom == known.custom) &&
           (!wanted.bits || *wanted.bits == known.bits) &&
           (!wanted.activation || (wanted.activation->first <= known.activation &&
                                   known.activation <= wanted.activation->second));
}

class LocateTest : public KmipWorld {
public:
    std::mt19937 random{2026};
    int one_of(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
    bool maybe() { return one_of(2) == 0; }

    Known populate_one() {
        Known known;
        known.name = "n" + std::to_string(one_of(4));
        known.group = "g" + std::to_string(one_of(3));
        known.custom = "c" + std::to_string(one_of(3));
        known.bits = maybe() ? 128 : 256;
        known.activation = now.plus_seconds(one_of(5) * 100);
        Create::Command command;
        command.attributes = {choice("Cryptographic Algorithm", 3),
                              number("Cryptographic Length", known.bits),
                              number("Cryptographic Usage Mask", 12), name(known.name),
                              text("Object Group", known.group), text("x-c", known.custom),
                              date("Activation Date", known.activation)};
        known.id = commit<Create>(std::move(command))->id;
        if (one_of(4) == 0) {
            known.archived = outcome<Archive>(on<Archive>(known.id)) == Code::kEndOfCodes;
        } else if (one_of(4) == 0) {
            known.destroyed = outcome<Destroy>(on<Destroy>(known.id)) == Code::kEndOfCodes;
        }
        return known;
    }

    Wanted ask() {
        Wanted wanted;
        if (maybe()) {
            wanted.name = "n" + std::to_string(one_of(5));
        }
        if (maybe()) {
            wanted.group = "g" + std::to_string(one_of(4));
        }
        if (maybe()) {
            wanted.custom = "c" + std::to_string(one_of(4));
        }
        if (maybe()) {
            wanted.bits = maybe() ? 128 : 256;
        }
        if (maybe()) {
            const WallTime first = now.plus_seconds(one_of(5) * 100);
            wanted.activation = {first, maybe() ? first : first.plus_seconds(one_of(4) * 100)};
        }
        wanted.storage = static_cast<std::uint32_t>(1 + one_of(7));
        return wanted;
    }

    static Locate::Command command_of(const Wanted& wanted) {
        Locate::Command command;
        command.storage_mask = wanted.storage;
        AttributeValues& filters = command.attributes;
        if (wanted.name) {
            filters.push_back(name(*wanted.name));
        }
        if (wanted.group) {
            filters.push_back(text("Object Group", *wanted.group));
        }
        if (wanted.custom) {
            filters.push_back(text("x-c", *wanted.custom));
        }
        if (wanted.bits) {
            filters.push_back(number("Cryptographic Length", *wanted.bits));
        }
        if (wanted.activation) {
            filters.push_back(date("Activation Date", wanted.activation->first));
            if (wanted.activation->first != wanted.activation->second) {
                filters.push_back(date("Activation Date", wanted.activation->second));
            }
        }
        return command;
    }
};

TEST_F(LocateTest, finds_what_looking_at_every_object_finds) {
    for (int round = 0; round < 100; ++round) {
        // Each round is a domain of its own.
        domain = DomainId::random(crypto::system_random());
        caller = access::Principal::system(responsibility::Party::kCustomer, account, domain);
        std::vector<Known> all;
        for (int i = 1 + one_of(12); i > 0; --i) {
            all.push_back(populate_one());
        }
        for (int filters = 0; filters < 50; ++filters) {
            const Wanted wanted = ask();
            std::vector<ObjectId> expected;
            for (auto known = all.rbegin(); known != all.rend(); ++known) {
                if (fits(*known, wanted)) {
                    expected.push_back(known->id);
                }
            }
            const auto found = attempt<Locate>(command_of(wanted));
            ASSERT_TRUE(found) << found.error().to_string();
            ASSERT_EQ(found->reply.ids, expected) << "round " << round;
            ASSERT_EQ(found->reply.located, expected.size());
        }
    }
}

TEST_F(LocateTest, pages_are_cut_by_offset_and_maximum) {
    std::vector<ObjectId> newest_first;
    for (int i = 0; i < 7; ++i) {
        newest_first.insert(newest_first.begin(), create());
    }
    Locate::Command command;
    command.offset = 2;
    command.maximum = 3;
    const auto found = attempt<Locate>(std::move(command));
    EXPECT_EQ(found->reply.ids, (std::vector<ObjectId>{newest_first.begin() + 2,
                                                       newest_first.begin() + 5}));
    EXPECT_EQ(found->reply.located, 7U);
}

TEST_F(LocateTest, a_filter_that_is_not_known_finds_nothing_instead_of_everything) {
    create();
    const auto asked = [](AttributeValue filter) {
        Locate::Command command;
        command.attributes = {std::move(filter)};
        return command;
    };
    EXPECT_EQ(refusal<Locate>(asked(text("Colour", "red"))), Code::kInvalidArgument);
    EXPECT_EQ(refusal<Locate>(asked(number("Object Group", 1))), Code::kInvalidArgument);
    EXPECT_EQ(refusal<Locate>(asked(choice("State", 99))), Code::kInvalidArgument);
    auto thrice = asked(date("Initial Date", now));
    thrice.attributes.push_back(date("Initial Date", now));
    thrice.attributes.push_back(date("Initial Date", now));
    EXPECT_EQ(refusal<Locate>(std::move(thrice)), Code::kInvalidArgument);
}

TEST_F(LocateTest, only_what_the_caller_may_locate_is_found) {
    const ObjectId mine = create();
    create();
    become({{{"okms:kmip:locate"}, {urn(mine)}}});
    const auto found = attempt<Locate>({});
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_EQ(found->reply.ids, std::vector<ObjectId>{mine});
}

TEST_F(LocateTest, fresh_members_of_a_group_are_handed_out_in_turn) {
    const ObjectId first = create({text("Object Group", "g")});
    const ObjectId second = create({text("Object Group", "g")});
    const auto next = [&] {
        Locate::Command command;
        command.attributes = {text("Object Group", "g")};
        command.group_member = 1;
        command.maximum = 1;
        const auto found = attempt<Locate>(std::move(command));
        return found->reply.ids.empty() ? ObjectId{} : found->reply.ids.front();
    };
    EXPECT_EQ(next(), first);
    EXPECT_EQ(outcome<Get>(on<Get>(first)), Code::kEndOfCodes);
    EXPECT_EQ(next(), second);
    EXPECT_EQ(outcome<Get>(on<Get>(second)), Code::kEndOfCodes);
    EXPECT_EQ(next(), ObjectId{});
}

class DefaultGroup : public LocateTest {
public:
    static Locate::Command fresh_one() {
        Locate::Command command;
        command.attributes = {text("Object Group", "default")};
        command.group_member = 1;
        command.maximum = 1;
        return command;
    }
    std::vector<ObjectId> locate(Locate::Command command) {
        const auto found = commit<Locate>(std::move(command));
        EXPECT_TRUE(found) << (found ? "" : found.error().to_string());
        return found ? found->ids : std::vector<ObjectId>{};
    }
    void put_template() {
        Bytes structure;
        ttlv::Writer out(structure);
        out.begin(ttlv::tag::kTemplate);
        const auto add = [&](const AttributeValue& one) {
            out.begin(ttlv::tag::kAttribute).text(ttlv::tag::kAttributeName, one.name);
            out.item(one.value).end();
        };
        add(name("default"));
        add(choice("Cryptographic Algorithm", 3));
        add(number("Cryptographic Length", 192));
        add(number("Cryptographic Usage Mask", 12));
        out.end();
        Register::Command command;
        command.type = ObjectType::kTemplate;
        command.object = crypto::SecretBytes::copy_of(structure);
        const auto made = commit<Register>(std::move(command));
        ASSERT_TRUE(made) << made.error().to_string();
    }
};

TEST_F(DefaultGroup, a_template_of_its_name_says_what_is_made_on_demand) {
    put_template();
    const auto first = locate(fresh_one());
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(stored(first[0])->bits, 192u);
    EXPECT_EQ(stored(first[0])->material.bytes.size(), 24u);
    EXPECT_EQ(locate(fresh_one()), first) << "made once: it is still fresh";
    EXPECT_EQ(outcome<Get>(on<Get>(first[0])), Code::kEndOfCodes);
    const auto second = locate(fresh_one());
    ASSERT_EQ(second.size(), 1u);
    EXPECT_NE(second, first);
}

TEST_F(DefaultGroup, nothing_is_made_unless_just_that_is_asked) {
    EXPECT_TRUE(locate(fresh_one()).empty()) << "the domain has no such template";
    put_template();
    auto other = fresh_one();
    other.attributes = {text("Object Group", "other")};
    EXPECT_TRUE(locate(std::move(other)).empty());
    auto narrower = fresh_one();
    narrower.attributes.push_back(number("Cryptographic Length", 128));
    EXPECT_TRUE(locate(std::move(narrower)).empty());
    auto none = fresh_one();
    none.maximum = 0;
    EXPECT_TRUE(locate(std::move(none)).empty());
    auto any = fresh_one();
    any.group_member.reset();
    EXPECT_TRUE(locate(std::move(any)).empty());
    become({{{"okms:kmip:locate"}, {"*"}}});
    EXPECT_TRUE(locate(fresh_one()).empty()) << "the caller may not create";
}

}  // namespace
}  // namespace chatelaine::objects::kmip

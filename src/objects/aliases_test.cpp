#include "objects/aliases.hpp"

#include "objects/key_alias.hpp"
#include "objects/key_batch.hpp"
#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

class Aliases : public testing::World {
protected:
    static SetAlias::Command naming(const ObjectId& key, std::string name) {
        auto command = on<SetAlias>(key);
        command.name = std::move(name);
        return command;
    }
    void name(const ObjectId& key, const std::string& alias) {
        const auto done = commit<SetAlias>(naming(key, alias));
        ASSERT_TRUE(done) << done.error().to_string();
    }
    template <class Command>
    static Command by_name(Command command, std::string alias) {
        command.key = {};
        command.alias = std::move(alias);
        return command;
    }
    std::vector<std::string> listed(ListAliases::Command command = {}) {
        std::vector<std::string> names;
        const auto reply = commit<ListAliases>(std::move(command));
        EXPECT_TRUE(reply);
        for (const auto& alias : reply->aliases) {
            names.push_back(alias.name);
        }
        return names;
    }
    access::Grant may(std::vector<std::string> actions, const ObjectId& key) const {
        return {std::move(actions), {urn(key)}};
    }
};

TEST_F(Aliases, StandForAKeyAndMove) {
    const ObjectId one = make(oct()), other = make(oct());
    const auto first = commit<SetAlias>(naming(one, "payroll"));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->key, one);
    EXPECT_FALSE(first->moved_from);
    const auto made = commit<Encrypt>(by_name(encrypting({}, "text"), "payroll"));
    ASSERT_TRUE(made);
    EXPECT_EQ(testing::reveal(commit<Decrypt>(decrypting(one, made->ciphertext))->plaintext),
              "text");
    advance(10);
    const auto moved = commit<SetAlias>(naming(other, "payroll"));
    ASSERT_TRUE(moved);
    EXPECT_EQ(moved->moved_from, one);
    EXPECT_EQ(moved->changed, now);
    EXPECT_EQ(refusal<Decrypt>(by_name(decrypting({}, made->ciphertext), "payroll")),
              Code::kMalformed);  // another key's token
    EXPECT_EQ(listed(), std::vector<std::string>{"payroll"});
}

TEST_F(Aliases, TheSameAgainChangesNothing) {
    const ObjectId key = make(oct());
    name(key, "a");
    const WallTime before = now;
    advance(5);
    const auto again = attempt<SetAlias>(naming(key, "a"));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->changes.empty());
    EXPECT_EQ(again->reply.changed, before);
}

TEST_F(Aliases, MoveOnlyFromWhereTheCallerBelievesThemToBe) {
    const ObjectId one = make(oct()), other = make(oct()), third = make(oct());
    auto command = naming(one, "a");
    command.from = other;
    EXPECT_EQ(refusal<SetAlias>(command), Code::kNotFound);
    command.from = ObjectId{};
    ASSERT_TRUE(commit<SetAlias>(command));
    command = naming(other, "a");
    command.from = ObjectId{};
    EXPECT_EQ(refusal<SetAlias>(command), Code::kAlreadyExists);
    command.from = third;
    EXPECT_EQ(refusal<SetAlias>(command), Code::kAlreadyExists);
    command.from = one;
    EXPECT_TRUE(commit<SetAlias>(command));
}

TEST_F(Aliases, AreTakenFromTheKeyThatHasThem) {
    const ObjectId one = make(oct()), other = make(oct());
    name(one, "a");
    auto command = on<DeleteAlias>(other);
    command.name = "a";
    EXPECT_EQ(refusal<DeleteAlias>(command), Code::kNotFound);
    command.key = one;
    ASSERT_TRUE(commit<DeleteAlias>(command));
    EXPECT_EQ(refusal<DeleteAlias>(command), Code::kNotFound);
    EXPECT_EQ(refusal<Encrypt>(by_name(encrypting({}, "x"), "a")), Code::kKeyNotFound);
    EXPECT_TRUE(listed().empty());
    name(other, "a");  // over the tombstone
    EXPECT_TRUE(attempt<Encrypt>(by_name(encrypting({}, "x"), "a")));
}

TEST_F(Aliases, NamesAreHeldToTheirForm) {
    const ObjectId key = make(oct());
    for (const std::string bad : {"", ".a", "-a", "_a", "a b", "a/b", "a:b", "é", "a\n"}) {
        EXPECT_EQ(refused_field<SetAlias>(naming(key, bad)), "alias") << bad;
    }
    EXPECT_EQ(refused_field<SetAlias>(naming(key, std::string(65, 'a'))), "alias");
    name(key, std::string(64, 'a'));
    name(key, "0.A_b-c");
}

TEST_F(Aliases, AreSeenByWhoMayGetTheKey) {
    const ObjectId one = make(oct()), other = make(oct());
    for (int i = 0; i < 12; ++i) {
        name(i % 2 == 0 ? one : other, "n" + std::to_string(i));
    }
    ListAliases::Command of_one;
    of_one.key = one;
    EXPECT_EQ(listed(of_one).size(), 6U);
    ListAliases::Command page;
    page.max = 5;
    std::size_t seen = 0, pages = 0;
    do {
        const auto reply = commit<ListAliases>(page);
        ASSERT_TRUE(reply);
        seen += reply->aliases.size();
        page.after = reply->next;
        ++pages;
    } while (page.after != 0);
    EXPECT_EQ(seen, 12U);
    EXPECT_EQ(pages, 3U);
    become({may({"okms:apikms:serviceKey/get"}, other)});
    EXPECT_EQ(listed().size(), 6U);
    EXPECT_TRUE(listed(of_one).empty());
}

TEST_F(Aliases, TheRightIsOnTheKeyAndARefusalDoesNotSayWhichKey) {
    const ObjectId one = make(oct()), other = make(oct());
    name(one, "one");
    name(other, "other");
    become({may({"okms:apikms:serviceKey/encrypt", "okms:apikms:serviceKey/alias/update",
                 "okms:apikms:serviceKey/alias/delete"},
                one)});
    EXPECT_TRUE(attempt<Encrypt>(by_name(encrypting({}, "x"), "one")));
    for (const std::string alias : {"other", "nobody"}) {
        const auto refused = attempt<Encrypt>(by_name(encrypting({}, "x"), alias));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Code::kForbidden);
        EXPECT_EQ(refused.error().detail().action, "okms:apikms:serviceKey/encrypt");
        EXPECT_TRUE(refused.error().detail().resource.ends_with("alias:" + alias));
    }
    // To take a name away from a key is that key's to allow.
    const auto taken = attempt<SetAlias>(naming(one, "other"));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code(), Code::kForbidden);
    EXPECT_TRUE(taken.error().detail().resource.ends_with("alias:other"));
    EXPECT_EQ(refusal<SetAlias>(naming(other, "new")), Code::kForbidden);
    EXPECT_TRUE(commit<SetAlias>(naming(one, "new")));
}

TEST_F(Aliases, StandInABatch) {
    const ObjectId one = make(oct()), other = make(oct());
    name(one, "one");
    name(other, "other");
    const auto items = [&] {
        UseKeys::Command command;
        command.items.emplace_back(by_name(encrypting({}, "x"), "one"));
        command.items.emplace_back(encrypting(one, "x"));
        command.items.emplace_back(by_name(encrypting({}, "x"), "nobody"));
        command.items.emplace_back(by_name(encrypting({}, "x"), "other"));
        return command;
    };
    auto reply = commit<UseKeys>(items());
    ASSERT_TRUE(reply);
    EXPECT_TRUE(std::holds_alternative<Encrypt::Reply>(reply->items[0]));
    EXPECT_TRUE(std::holds_alternative<Encrypt::Reply>(reply->items[1]));
    EXPECT_EQ(std::get<Error>(reply->items[2]).code(), Code::kKeyNotFound);
    EXPECT_TRUE(std::holds_alternative<Encrypt::Reply>(reply->items[3]));
    EXPECT_EQ(reply->uses[0].urn, urn(one));
    become({may({"okms:apikms:serviceKey/encrypt"}, one),
            {{"okms:apikms:serviceKey/batch"}, {access::domain_urn("eu", domain)}}});
    reply = commit<UseKeys>(items());
    ASSERT_TRUE(reply);
    EXPECT_TRUE(std::holds_alternative<Encrypt::Reply>(reply->items[0]));
    const Error& refused = std::get<Error>(reply->items[3]);
    EXPECT_EQ(refused.code(), Code::kForbidden);
    EXPECT_TRUE(refused.detail().resource.ends_with("alias:other"));
}

TEST_F(Aliases, OfAnotherDomainAreNotLookedAt) {
    const ObjectId key = make(oct());
    name(key, "a");
    KeyRef ref{DomainId::random(crypto::system_random()), {}, "a"};
    ASSERT_TRUE(resolve(ref, caller, reader));
    EXPECT_TRUE(ref.key.is_nil());
}

TEST_F(Aliases, StayOnADestroyedKeyAndMoveOn) {
    const ObjectId gone = make(oct()), next = make(oct());
    name(gone, "a");
    destroy(gone);
    EXPECT_EQ(refusal<Encrypt>(by_name(encrypting({}, "x"), "a")), Code::kWrongState);
    EXPECT_EQ(refusal<SetAlias>(naming(gone, "b")), Code::kWrongState);
    auto taking = on<DeleteAlias>(gone);
    taking.name = "a";
    EXPECT_EQ(refusal<DeleteAlias>(taking), Code::kWrongState);
    name(next, "a");
    EXPECT_TRUE(attempt<Encrypt>(by_name(encrypting({}, "x"), "a")));
}

TEST_F(Aliases, OfTwoThatMoveOneAtOnceOneLoses) {
    const ObjectId one = make(oct()), other = make(oct()), third = make(oct());
    name(one, "a");
    auto first = attempt<SetAlias>(naming(other, "a"));
    auto second = attempt<SetAlias>(naming(third, "a"));
    ASSERT_TRUE(first && second);
    ASSERT_TRUE(reader.apply(first->changes));
    const auto lost = reader.apply(second->changes);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), Code::kVersionConflict);
}

TEST_F(Aliases, ARecordOfAnotherNameIsCorrupt) {
    KeyAlias alias;
    alias.domain = domain;
    alias.key = make(oct());
    alias.name = "other";
    const auto key = alias_record(reader, domain, "a");
    ASSERT_TRUE(key);
    alias.origin.key = *key;
    std::vector<seal::RecordChange> changes;
    changes.push_back(alias.to_change());
    ASSERT_TRUE(reader.apply(changes));
    EXPECT_EQ(load_alias(reader, domain, "a").error().code(), Code::kStoreCorrupt);
}

TEST_F(Aliases, AFieldOfALaterBuildIsSkippedAndACutRecordRefused) {
    KeyAlias alias;
    alias.domain = domain;
    alias.key = make(oct());
    alias.name = "a";
    alias.created = alias.changed = now;
    Bytes plain;
    alias.encode(plain);
    const seal::Origin origin{{domain.uuid, KeyAlias::kind, {}}, 1, 1, 1, {}};
    const auto back = KeyAlias::decode(origin, plain);
    ASSERT_TRUE(back);
    EXPECT_EQ((*back)->name, "a");
    EXPECT_EQ((*back)->created, now);
    EXPECT_FALSE(KeyAlias::decode(origin, BytesView(plain).first(plain.size() - 1)));
}

}  // namespace
}  // namespace chatelaine::objects

// Contacts: each under keys of its own, erased by destroying them, and nobody else's.
#include "tenancy/contact_operations.hpp"

#include "tenancy/test_support.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::size_t kOwner = 0;
constexpr std::size_t kBilling = 2;

class Contacts : public testing::World {
protected:
    Contacts() {
        std::filesystem::create_directory(data());
        EXPECT_TRUE(seal::Seal::initialise(paths(), {2, 3}, crypto::system_random()));
        auto opened = seal::Seal::open(paths(), crypto::system_random());
        EXPECT_TRUE(opened);
        seal_ = std::move(*opened);
        tools.seal = seal_.get();
    }
    std::filesystem::path data() const { return folder_.path() / "data"; }
    seal::Paths paths() const {
        return {data() / "root.seal", data() / "keybag", data() / "keybag.copy",
                folder_.path() / "root.key"};
    }
    SetContact::Command person(std::size_t role, std::string email) const {
        SetContact::Command command;
        command.role = role;
        command.values[0] = "Ann";
        command.values[3] = std::move(email);
        return command;
    }
    std::string set(std::size_t role, std::string email) {
        return answer_of(commit<SetContact>(person(role, std::move(email))));
    }
    std::string email(std::size_t role) {
        GetContact::Command command;
        command.role = role;
        const auto reply = commit<GetContact>(command);
        return reply ? reply->record->values[3] : std::string(code_name(reply.error().code()));
    }
    std::string erase(std::size_t role) {
        EraseContact::Command command;
        command.role = role;
        return answer_of(commit<EraseContact>(command));
    }
    template <class T>
    static std::string answer_of(const Result<T>& reply) {
        return reply ? "done" : std::string(code_name(reply.error().code()));
    }
    std::shared_ptr<const ContactIndex> index() {
        return *reader.load<ContactIndex>(account.uuid, ContactIndex::id());
    }

    seal::test::Folder folder_;
    std::unique_ptr<seal::Seal> seal_;
};

TEST_F(Contacts, AreGivenCorrectedExportedAndErased) {
    EXPECT_EQ(email(kOwner), "not_found");
    EXPECT_EQ(erase(kOwner), "not_found");
    EXPECT_EQ(set(kOwner, "ann@example.org"), "done");
    EXPECT_EQ(set(kBilling, "bill@example.org"), "done");
    EXPECT_EQ(email(kOwner), "ann@example.org");
    const WallTime made = now;
    now = now.plus_seconds(60);
    EXPECT_EQ(set(kOwner, "ann@example.com"), "done");
    const auto all = commit<ExportContacts>({});
    ASSERT_TRUE(all);
    ASSERT_EQ(all->contacts.size(), 2u);
    EXPECT_EQ(all->contacts[0]->values[3], "ann@example.com");
    EXPECT_EQ(all->contacts[0]->created, made);
    EXPECT_EQ(all->contacts[0]->updated, now);
    EXPECT_EQ(erase(kOwner), "done");
    EXPECT_EQ(email(kOwner), "not_found");
    EXPECT_EQ(erase(kOwner), "not_found");
    EXPECT_EQ(email(kBilling), "bill@example.org") << "each has keys of its own";
    EXPECT_EQ(set(kOwner, "new@example.org"), "done");
    EXPECT_EQ(email(kOwner), "new@example.org");
}

TEST_F(Contacts, HaveKeysOfTheirOwnThatErasingDestroys) {
    ASSERT_EQ(set(kOwner, "ann@example.org"), "done");
    ASSERT_EQ(set(kBilling, "bill@example.org"), "done");
    const Uuid owner = index()->scopes[kOwner];
    const Uuid billing = index()->scopes[kBilling];
    EXPECT_NE(owner, billing);
    const seal::Place place{{owner, Contact::kind, owner}, 1};
    const auto sealed = seal_->seal(place, as_bytes("a backup's"));
    ASSERT_TRUE(sealed);
    EXPECT_TRUE(seal_->open_record(place, *sealed));
    ASSERT_EQ(erase(kOwner), "done");
    EXPECT_FALSE(seal_->has_scope(owner));
    EXPECT_TRUE(seal_->has_scope(billing));
    EXPECT_FALSE(seal_->open_record(place, *sealed)) << "no copy of it opens any more";
    EXPECT_FALSE(seal_->create_scope(owner)) << "nor are its keys made again";
}

TEST_F(Contacts, AnErasureThatWasCutShortIsAnErasure) {
    ASSERT_EQ(set(kOwner, "ann@example.org"), "done");
    EraseContact::Command command;
    command.role = kOwner;
    ASSERT_TRUE(attempt<EraseContact>(command)) << "nothing of it was committed";
    EXPECT_EQ(email(kOwner), "not_found");
    EXPECT_TRUE(commit<ExportContacts>({})->contacts.empty());
    EXPECT_EQ(erase(kOwner), "done") << "done again it is whole";
    EXPECT_EQ(erase(kOwner), "not_found");
}

TEST_F(Contacts, OfAnotherAccountAreAnothers) {
    ASSERT_EQ(set(kOwner, "ann@example.org"), "done");
    caller = access::Principal::system(Party::kCustomer, other_account, {});
    EXPECT_EQ(email(kOwner), "not_found");
    EXPECT_EQ(erase(kOwner), "not_found");
    EXPECT_TRUE(commit<ExportContacts>({})->contacts.empty());
    caller = access::Principal::system(Party::kProvider, {}, {});
    EXPECT_EQ(email(kOwner), "forbidden");
    EXPECT_EQ(erase(kOwner), "forbidden");
    EXPECT_EQ(answer_of(commit<ExportContacts>({})), "forbidden");
    caller = with_token(*root);
    EXPECT_EQ(email(kOwner), "ann@example.org");
}

TEST_F(Contacts, WhatIsNoAddressIsRefusedAndKeysAreNotMadeForIt) {
    const std::size_t scopes = seal_->scopes().size();
    for (const char* wrong : {"", "x", "@x", "x@", "a@b@c", "a b@c", "a@b\n"}) {
        EXPECT_EQ(set(kOwner, wrong), "invalid_argument") << wrong;
    }
    auto command = person(kOwner, "a@b");
    command.values[0] = std::string(200, 'x');
    EXPECT_EQ(answer_of(commit<SetContact>(command)), "done");
    command.values[0] += 'x';
    EXPECT_EQ(answer_of(commit<SetContact>(command)), "invalid_argument");
    EXPECT_EQ(seal_->scopes().size(), scopes + 1);
}

}  // namespace
}  // namespace chatelaine::tenancy

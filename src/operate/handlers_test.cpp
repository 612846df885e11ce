// Operations through the real gate: a trail is the caller's own and holds both stores' records;
// operators reach no customer's; sealing comes after its record; shares come one a second.
#include <thread>

#include "audit/register.hpp"
#include "base/json.hpp"
#include "operate/registers.hpp"
#include "operate/resealer.hpp"
#include "operate/responsibilities.hpp"
#include "operate/share_intake.hpp"
#include "operate/test_support.hpp"

namespace chatelaine::operate {
namespace {

using responsibility::Matrix;
using testing::code_of;
using testing::must;

class Operate : public ::testing::Test {
protected:
    Operate() {
        must(world.seal->create_scope(domain.uuid));
        must(world.seal->create_scope(account.uuid));
        must(world.seal->create_scope(access::provider_scope));
        tools.seal = world.seal.get();
        tools.directory = &directory;
        tools.region = &region;
        tools.clock = &clock;
        tools.backup_directory = world.folder.path() / "backups";
    }
    template <class Op>
    Result<gate::Outcome<Op>> attempt(const access::Principal& caller,
                                      typename Op::Command command = {}) {
        CH_TRY(const auto authorised, door.authorise<Op>(caller, std::move(command)));
        gate::Services services{reader, clock.now(), crypto::system_random(), door.plate(),
                                "local", {}};
        return run(authorised, services, tools);
    }
    /// A record of `operation` in the scope's stream of a store.
    void record(store::Store& store, const Uuid& scope, std::string_view operation) {
        audit::Facts facts;
        facts.time = clock.now();
        clock.advance(std::chrono::seconds(1));
        facts.request = RequestId::random(crypto::system_random());
        facts.operation = operation;
        Uuid writer;
        writer.octets[0] = &store == &directory ? 1 : 2;
        store::Transaction transaction;
        transaction.appends.push_back(
            audit::change_append(*world.seal, {scope, writer}, facts.time, facts));
        must(store.commit(std::move(transaction)));
    }
    static std::string names(const audit::RecordPage& page) {
        std::string all;
        for (const audit::Record& record : page.records) {
            all += record.operation;
        }
        return all;
    }

    testing::SealedFolder world;
    store::MemoryStore directory, region;
    ManualClock clock{WallTime::from_seconds(1'790'000'000)};
    testing::NoReader reader;
    Tools tools;
    gate::Gate door{Matrix::built_in(), "eu"};
    AccountId account = AccountId::random(crypto::system_random());
    DomainId domain = DomainId::random(crypto::system_random());
    access::Principal customer =
        access::Principal::system(responsibility::Party::kCustomer, account, domain);
    access::Principal provider =
        access::Principal::system(responsibility::Party::kProvider, {}, {});
};

TEST_F(Operate, ADomainsTrailIsInBothStores) {
    record(region, domain.uuid, "a");
    record(directory, domain.uuid, "b");
    record(directory, account.uuid, "x");
    record(region, access::provider_scope, "p");
    record(region, domain.uuid, "c");
    ReadAudit::Command command;
    command.domain = domain;
    EXPECT_EQ(names(must(attempt<ReadAudit>(customer, command)).reply), "abc");
    command.query.newest_first = true;
    command.query.max = 2;
    const auto page = must(attempt<ReadAudit>(customer, command)).reply;
    EXPECT_EQ(names(page), "cb");
    command.query.cursor = page.next;
    EXPECT_EQ(names(must(attempt<ReadAudit>(customer, command)).reply), "a");
    EXPECT_EQ(names(must(attempt<ReadAccountAudit>(customer)).reply), "x");
    EXPECT_EQ(names(must(attempt<ReadProviderAudit>(provider)).reply), "p");
    reader.blocking = false;
    EXPECT_EQ(code_of(attempt<ReadAudit>(customer, command)), Code::kWouldBlock);
}

TEST_F(Operate, PagesOfNoticesMissNoneWhenTheClockWasPutBack) {
    const Uuid writer = audit::register_writer(
        audit::Register::kNotices,
        responsibility::index_of(responsibility::Party::kCustomer));
    const auto notice = [&](store::Store& store, std::string_view operation, int seconds) {
        audit::Facts facts;
        facts.time = clock.now().plus_seconds(seconds);
        facts.request = RequestId::random(crypto::system_random());
        facts.operation = operation;
        store::Transaction transaction;
        transaction.appends.push_back(audit::change_append(
            *world.seal, {access::provider_scope, writer}, facts.time, facts));
        must(store.commit(std::move(transaction)));
    };
    notice(directory, "a", 10);
    notice(directory, "b", 90);
    notice(directory, "c", 20);
    notice(region, "d", 95);
    notice(region, "e", 15);
    notice(directory, "f", 30);
    for (const std::size_t max : {1u, 2u, 3u, 6u}) {
        std::string all;
        NoticeQuery query{max, ""};
        do {
            const auto page = attempt<ReadNotices>(customer, query);
            ASSERT_TRUE(page) << page.error().to_string();
            for (const auto& record : page->reply.notices) {
                all += record.operation;
            }
            query.cursor = page->reply.next;
        } while (!query.cursor.empty() && all.size() <= 6);
        EXPECT_EQ(all, "fcbeda") << max;
    }
}

TEST_F(Operate, NobodyReadsAnothersTrail) {
    ReadAudit::Command command;
    command.domain = domain;
    EXPECT_EQ(code_of(attempt<ReadAudit>(provider, command)), Code::kForbidden);
    EXPECT_EQ(code_of(attempt<ReadAccountAudit>(provider)), Code::kForbidden);
    EXPECT_EQ(code_of(attempt<ReadProviderAudit>(customer)), Code::kForbidden);
    command.domain = DomainId::random(crypto::system_random());
    EXPECT_EQ(code_of(attempt<ReadAudit>(customer, command)), Code::kDomainNotFound);
    EXPECT_EQ(code_of(attempt<ReadAudit>(access::Principal::anonymous(), command)),
              Code::kUnauthenticated);
}

TEST_F(Operate, PartiesKeepToTheirSide) {
    EXPECT_EQ(code_of(attempt<RotateDomainKey>(provider, {domain})), Code::kForbidden);
    EXPECT_EQ(code_of(attempt<SealNow>(customer)), Code::kForbidden);
    EXPECT_EQ(code_of(attempt<RotateRoot>(customer)), Code::kForbidden);
    EXPECT_EQ(code_of(attempt<Backup>(customer, {"x"})), Code::kForbidden);
    EXPECT_EQ(code_of(attempt<SealStatus>(customer)), Code::kForbidden);
}

TEST_F(Operate, SealingComesAfterItsRecord) {
    bool let_go = false;
    tools.on_sealed = [&] { let_go = true; };
    const auto outcome = must(attempt<SealNow>(provider));
    EXPECT_FALSE(world.seal->is_sealed());
    ASSERT_TRUE(outcome.then);
    outcome.then();
    EXPECT_TRUE(world.seal->is_sealed());
    EXPECT_TRUE(let_go);
    const auto status = must(attempt<SealStatus>(provider)).reply;
    EXPECT_TRUE(status.sealed);
    EXPECT_EQ(status.shares_missing, 2u);
}

TEST_F(Operate, ANewRootHasNewShares) {
    {
        const std::lock_guard backup(tools.keys);
        std::thread([&] {
            EXPECT_EQ(code_of(attempt<RotateRoot>(provider)), Code::kWrongState);
        }).join();
    }
    const auto outcome = must(attempt<RotateRoot>(provider, {2, 4}));
    EXPECT_EQ(outcome.reply.shares.size(), 4u);
    world.seal->seal_now();
    EXPECT_EQ(code_of(world.seal->submit_share(world.shares[0])), Code::kInvalidArgument);
    must(world.seal->submit_share(outcome.reply.shares[3]));
    EXPECT_EQ(must(world.seal->submit_share(outcome.reply.shares[1])), 0u);
}

TEST_F(Operate, ARotatedDomainShowsInTheStatus) {
    EXPECT_EQ(must(attempt<RotateDomainKey>(customer, {domain})).reply.generation, 2u);
    const auto status = must(attempt<SealStatus>(provider)).reply;
    EXPECT_EQ(status.scopes, 3u);
    EXPECT_EQ(status.scopes_resealing, 1u);
}

TEST_F(Operate, ABackupStaysInItsFolder) {
    EXPECT_EQ(code_of(attempt<Backup>(provider, {"/tmp/x"})), Code::kInvalidArgument);
    EXPECT_EQ(code_of(attempt<Backup>(provider, {"../x"})), Code::kInvalidArgument);
    // A store in memory has no file: the folder's own absolute path got as far as that.
    const std::string inside = (tools.backup_directory / "x").string();
    EXPECT_EQ(code_of(attempt<Backup>(provider, {inside})), Code::kNotSupported);
    EXPECT_TRUE(std::filesystem::is_empty(tools.backup_directory));
}

TEST_F(Operate, SharesOpenTheSealOneASecond) {
    int unsealed = 0;
    tools.on_unsealed = [&] { ++unsealed; };
    world.seal->seal_now();
    ShareIntake intake(tools);
    const auto text = [](const char* share) {
        return crypto::SecretBytes::copy_of(as_bytes(share));
    };
    EXPECT_EQ(code_of(intake.submit(text("nonsense"), "::1")), Code::kInvalidArgument);
    const SealState first = must(intake.submit(world.shares[0], "::1"));
    EXPECT_TRUE(first.sealed);
    EXPECT_EQ(first.shares_missing, 1u);
    EXPECT_EQ(code_of(intake.submit(world.shares[0], "::1")), Code::kInvalidArgument);
    EXPECT_EQ(unsealed, 0);
    const SealState last = must(intake.submit(world.shares[1], "::1"));
    EXPECT_FALSE(last.sealed);
    EXPECT_EQ(unsealed, 1);
    EXPECT_FALSE(must(intake.submit(world.shares[1], "::1")).sealed);
    EXPECT_EQ(unsealed, 1) << "it was open already";
    EXPECT_EQ(code_of(intake.submit(world.shares[1], "::1")), Code::kRateLimited);
    clock.advance(std::chrono::milliseconds(999));
    EXPECT_EQ(code_of(intake.submit(world.shares[1], "::1")), Code::kRateLimited);
    clock.advance(std::chrono::milliseconds(2));
    EXPECT_TRUE(intake.submit(world.shares[1], "::1"));
}

TEST(Responsibilities, AreAllThereInBothLanguages) {
    const Rows rows{&ReadAudit::row, &RotateDomainKey::row, &Backup::row, &Backup::row};
    std::string first[2];
    for (const std::string language : {"en", "fr"}) {
        const std::string text = must(responsibilities_json(Matrix::built_in(), language, rows));
        const auto document = must(json::Document::parse(text, {}));
        const json::Value activities = document.root().member("activities");
        EXPECT_EQ(activities.size(), responsibility::activity_count);
        std::size_t served = 0;
        for (json::Value row = activities.first(); row.exists(); row = row.next()) {
            const bool is_served = must(row.member("served").boolean());
            EXPECT_EQ(is_served, row.member("operations").size() != 0);
            served += is_served ? 1 : 0;
            if (must(row.member("id").string()) == "3.1.1.d") {
                EXPECT_EQ(row.member("operations").size(), 1u);
                EXPECT_EQ(must(row.member("provider").string()), "RA");
                EXPECT_EQ(must(row.member("customer").string()), "");
            }
        }
        EXPECT_EQ(served, 3u);
        first[language == "fr"] = must(activities.first().member("title").string());
    }
    EXPECT_NE(first[0], first[1]);
    EXPECT_EQ(code_of(responsibilities_json(Matrix::built_in(), "de", rows)),
              Code::kInvalidArgument);
}

}  // namespace
}  // namespace chatelaine::operate

// What happens to secrets when nobody asks: last reads, deleted secrets, ends that are told.
#include "secrets/keeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <thread>

#include "base/limits.hpp"
#include "secrets/test_support.hpp"

namespace chatelaine::secrets::testing {
namespace {

class FixedClock final : public Clock {
public:
    explicit FixedClock(const WallTime& now) : now_(now) {}
    WallTime now() const override { return now_; }
    MonotonicTime monotonic() const override { return {}; }

private:
    const WallTime& now_;
};

class SecretKeeperTest : public SecretsTest {
protected:
    FixedClock clock{now};
    std::vector<std::string> events;
    std::size_t commits = 0;
    bool sealed = false;
    std::vector<Uuid> more_scopes;  ///< looked at before the domain
    std::function<Result<void>(const std::vector<seal::RecordChange>&)> before_commit;
    Keeper keeper{{}, ports(), reads};

    Keeper::Ports ports() {
        Keeper::Ports ports;
        ports.scopes = [this] {
            std::vector<Uuid> open = more_scopes;
            open.push_back(domain.uuid);
            return sealed ? std::vector<Uuid>{} : open;
        };
        ports.reader = [this] { return std::make_unique<seal::test::MemoryReader>(store); };
        ports.commit = [this](std::vector<seal::RecordChange> changes,
                              const std::vector<Keeper::Event>& told) -> Result<void> {
            ++commits;
            if (before_commit) {
                CH_TRY_VOID(before_commit(changes));
            }
            for (const auto& event : told) {
                events.push_back(std::string(event.operation) + " " + event.path);
            }
            return reader.apply(changes);
        };
        ports.clock = &clock;
        return ports;
    }
    /// A record that nobody can decode.
    void spoil(const store::RecordKey& key, std::optional<WallTime> due = {}) {
        seal::RecordChange change;
        change.key = key;
        change.plaintext = crypto::SecretBytes::copy_of(as_bytes(std::string_view("\xff")));
        if (due) {
            change.dates[store::DateColumn::kDestroy] = due;
        }
        std::vector<seal::RecordChange> changes;
        changes.push_back(std::move(change));
        ASSERT_TRUE(reader.apply(changes));
    }
    Code keep_for(std::string_view window) {
        UpdateRetention::Command command;
        command.undelete_within = window;
        const auto done = commit<UpdateRetention>(std::move(command));
        return done ? Code::kEndOfCodes : done.error().code();
    }
    Code remove(const std::string& path) {
        const auto done = commit<DeleteSecret>(on<DeleteSecret>(path));
        return done ? Code::kEndOfCodes : done.error().code();
    }
    Code undelete(const std::string& path) {
        const auto done = commit<UndeleteSecret>(on<UndeleteSecret>(path));
        return done ? Code::kEndOfCodes : done.error().code();
    }
    std::vector<std::string> deleted() {
        std::vector<std::string> paths;
        const auto reply = commit<ListDeleted>({});
        EXPECT_TRUE(reply);
        for (const auto& gone : reply->secrets) {
            paths.push_back(gone->secret.path);
        }
        return paths;
    }
    std::map<std::uint32_t, std::int64_t> last_reads(const std::string& path) {
        std::map<std::uint32_t, std::int64_t> found;
        const auto reply = commit<GetReads>(on<GetReads>(path));
        EXPECT_TRUE(reply);
        for (const auto& [number, when] : reply->reads) {
            found[number] = when.microseconds / 1'000'000;
        }
        return found;
    }
};

constexpr Code kOk = Code::kEndOfCodes;
using Reads = std::map<std::uint32_t, std::int64_t>;

TEST_F(SecretKeeperTest, LastReadsAreThereAtOnceAndWrittenDownTogether) {
    create("a");
    put("a", R"({"n":2})");
    const std::int64_t start = now.microseconds / 1'000'000;
    EXPECT_EQ(last_reads("a"), Reads{});
    for (int i = 0; i < 1000; ++i) {
        now = now.plus_seconds(1);
        read("a", 1);
    }
    ASSERT_TRUE(commit<KvRead>(on<KvRead>("a")));
    const Reads expected{{1, start + 1000}, {2, start + 1000}};
    EXPECT_EQ(last_reads("a"), expected);
    ASSERT_TRUE(commit<GetSecret>(on<GetSecret>("a")));  // no data, no read
    ASSERT_TRUE(keeper.write_reads());
    EXPECT_EQ(commits, 1U);
    EXPECT_TRUE(reads.pending().empty());
    EXPECT_EQ(last_reads("a"), expected);
    // A later read of one version leaves the other's time as it was written.
    now = now.plus_seconds(5);
    read("a", 1);
    ASSERT_TRUE(keeper.write_reads());
    EXPECT_EQ(last_reads("a"), (Reads{{1, start + 1005}, {2, start + 1000}}));
    // Another life of the path has no reads.
    read("a", 1);
    ASSERT_EQ(remove("a"), kOk);
    create("a");
    EXPECT_EQ(last_reads("a"), Reads{});
    ASSERT_TRUE(keeper.write_reads());
    EXPECT_EQ(last_reads("a"), Reads{});
}

TEST_F(SecretKeeperTest, NothingIsWrittenWhileSealed) {
    create("a");
    read("a");
    sealed = true;
    ASSERT_TRUE(keeper.write_reads());
    EXPECT_EQ(commits, 0U);
    EXPECT_EQ(reads.pending().size(), 1U);
}

TEST_F(SecretKeeperTest, AReadThatCannotBeWrittenHoldsNoOtherUp) {
    create("a");
    create("bad");
    read("a");
    read("bad");
    spoil({domain.uuid, SecretNotes::kind, notes_key(domain.uuid, stored("bad")->id).id});
    EXPECT_FALSE(keeper.write_reads());
    EXPECT_EQ(commits, 1U);
    ASSERT_EQ(reads.pending().size(), 1U);
    EXPECT_EQ(reads.pending().front().secret, stored("bad")->id);
    EXPECT_EQ(last_reads("a").size(), 1U);
}

TEST_F(SecretKeeperTest, AScopeThatFailsStopsNoOther) {
    create("a");
    ASSERT_EQ(keep_for("60s"), kOk);
    ASSERT_EQ(remove("a"), kOk);
    now = now.plus_seconds(61);
    const Uuid broken = Uuid::random(crypto::system_random());
    spoil({broken, store::Kind::kDeletedSecret, Uuid::random(crypto::system_random())}, now);
    more_scopes = {broken};
    EXPECT_FALSE(keeper.erase_due());
    EXPECT_EQ(keeper.erased(), 1U);
}

TEST_F(SecretKeeperTest, ASealingEndsTheRound) {
    ASSERT_EQ(keep_for("60s"), kOk);
    for (const char* const path : {"a", "b"}) {
        create(path);
        ASSERT_EQ(remove(path), kOk);
    }
    now = now.plus_seconds(61);
    more_scopes = {domain.uuid};
    before_commit = [](const auto&) { return Result<void>(Error(Code::kSealed, "test")); };
    EXPECT_EQ(keeper.erase_due().error().code(), Code::kSealed);
    EXPECT_EQ(commits, 1U);
}

TEST_F(SecretKeeperTest, AStopWaitsForOneRecordAndNotForAllThatAreDue) {
    ASSERT_EQ(keep_for("60s"), kOk);
    for (int i = 0; i < 20; ++i) {
        create("a" + std::to_string(i));
        ASSERT_EQ(remove("a" + std::to_string(i)), kOk);
    }
    now = now.plus_seconds(61);
    Keeper prompt({std::chrono::milliseconds(1)}, ports(), reads);
    std::promise<void> first;
    std::thread stopper([&] {
        first.get_future().wait();
        prompt.stop();
    });
    before_commit = [&](const auto&) -> Result<void> {
        if (commits == 1) {
            first.set_value();
            while (!prompt.stopping()) {
                std::this_thread::yield();
            }
        }
        return ok();
    };
    prompt.start();
    stopper.join();
    EXPECT_EQ(prompt.erased(), 1U);
}

TEST_F(SecretKeeperTest, TimesAreMergedToTheLatestOfEachNumber) {
    LastReads::Times into{{1, now}, {3, now.plus_seconds(9)}};
    merge_times(into, {{3, now}, {2, now}, {1, now.plus_seconds(1)}});
    const LastReads::Times expected{
        {1, now.plus_seconds(1)}, {2, now}, {3, now.plus_seconds(9)}};
    EXPECT_EQ(into, expected);
}

TEST_F(SecretKeeperTest, ReadsAreBounded) {
    const Uuid life = Uuid::random(crypto::system_random());
    for (std::uint32_t number = 1; number <= 2000; ++number) {
        reads.note(domain.uuid, life, life, number, now);
    }
    EXPECT_EQ(reads.of(life, life).size(), limits::secret_reads_versions_max);
    EXPECT_EQ(reads.missed(), 2000 - limits::secret_reads_versions_max);
}

TEST_F(SecretKeeperTest, DeletedSecretsComeBackWithinTheirWhile) {
    create("x/a", R"({"n":1})");
    put("x/a", "{\"big\":\"" + std::string(9000, 'x') + "\"}");
    ASSERT_EQ(keep_for("1h"), kOk);
    const std::string before = read("x/a");
    ASSERT_EQ(remove("x/a"), kOk);
    EXPECT_EQ(read("x/a"), "secret_not_found");
    EXPECT_EQ(names("x/"), (std::vector<std::string>{"secret_not_found"}));
    EXPECT_EQ(deleted(), (std::vector<std::string>{"x/a"}));
    ASSERT_EQ(undelete("x/a"), kOk);
    EXPECT_EQ(read("x/a"), before);
    EXPECT_EQ(read("x/a", 1), R"({"n":1})");
    EXPECT_EQ(names("x/"), (std::vector<std::string>{"a"}));
    EXPECT_TRUE(deleted().empty());
    EXPECT_EQ(undelete("x/a"), Code::kSecretNotFound);
    put("x/a", "{}");
    EXPECT_EQ(stored("x/a")->current, 3U);
    // Once more, and the path is taken meanwhile: it comes back when that one is gone, too.
    ASSERT_EQ(remove("x/a"), kOk);
    create("x/a", R"({"second":true})");
    EXPECT_EQ(stored("x/a")->current, 1U);
    EXPECT_EQ(undelete("x/a"), Code::kAlreadyExists);
    now = now.plus_seconds(1);
    ASSERT_TRUE(commit<KvDeleteMetadata>(on<KvDeleteMetadata>("x/a")));
    EXPECT_EQ(deleted().size(), 2U);
    ASSERT_EQ(undelete("x/a"), kOk);
    EXPECT_EQ(read("x/a"), R"({"second":true})");
}

TEST_F(SecretKeeperTest, AfterTheWhileTheDataIsGoneForGood) {
    create("a", "{\"big\":\"" + std::string(9000, 'x') + "\"}");
    put("a", R"({"n":2})");
    ASSERT_EQ(keep_for("60s"), kOk);
    ASSERT_EQ(remove("a"), kOk);
    now = now.plus_seconds(59);
    ASSERT_TRUE(keeper.erase_due());
    EXPECT_EQ(keeper.erased(), 0U);
    now = now.plus_seconds(1);
    // Before the keeper comes by it is gone already, for everyone who asks.
    EXPECT_TRUE(deleted().empty());
    EXPECT_EQ(undelete("a"), Code::kSecretNotFound);
    ASSERT_TRUE(keeper.erase_due());
    EXPECT_EQ(keeper.erased(), 1U);
    EXPECT_EQ(events, (std::vector<std::string>{"secret.erase a"}));
    store::Query query;
    query.scope = domain.uuid;
    for (const store::Kind kind : {store::Kind::kSecret, store::Kind::kSecretVersion,
                                   store::Kind::kDeletedSecret}) {
        query.kind = kind;
        const auto left = store.count(query, 10);
        ASSERT_TRUE(left);
        EXPECT_EQ(*left, 0U);
    }
}

TEST_F(SecretKeeperTest, AnAnswerLooksAtABoundedNumberOfDeletedSecrets) {
    ASSERT_EQ(keep_for("60s"), kOk);
    for (int i = 0; i < 1100; ++i) {
        create("a");
        ASSERT_EQ(remove("a"), kOk);
    }
    now = now.plus_seconds(60);
    create("b");
    ASSERT_EQ(remove("b"), kOk);
    ListDeleted::Command command;
    command.max = 9;
    auto reply = commit<ListDeleted>(command);
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->secrets.empty());
    ASSERT_FALSE(reply->next.empty());
    command.cursor = reply->next;
    reply = commit<ListDeleted>(command);
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->secrets.size(), 1U);
    EXPECT_EQ(reply->secrets[0]->secret.path, "b");
    EXPECT_TRUE(reply->next.empty());
}

TEST_F(SecretKeeperTest, ReadsAreShownInTheOrderOfTheVersions) {
    create("a");
    put("a", "{}");
    put("a", "{}");
    for (const std::uint32_t number : {3U, 1U, 2U}) {
        read("a", number);
    }
    const auto reply = commit<GetReads>(on<GetReads>("a"));
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->reads.size(), 3U);
    EXPECT_TRUE(std::is_sorted(reply->reads.begin(), reply->reads.end()));
}

TEST_F(SecretKeeperTest, TheWhileIsOffUntilItIsSet) {
    create("a");
    ASSERT_EQ(remove("a"), kOk);
    EXPECT_TRUE(deleted().empty());
    EXPECT_EQ(commit<GetRetention>({})->undelete_within, "0s");
    EXPECT_EQ(keep_for("soon"), Code::kInvalidArgument);
    EXPECT_EQ(keep_for("367d"), Code::kInvalidArgument);
    ASSERT_EQ(keep_for("1d"), kOk);
    EXPECT_EQ(commit<GetRetention>({})->undelete_within, "1d");
    // The settings that clients write leave it, and the other way round.
    UpdateConfig::Command settings;
    settings.settings.max_versions = 3;
    ASSERT_TRUE(commit<UpdateConfig>(std::move(settings)));
    EXPECT_EQ(commit<GetRetention>({})->undelete_within, "1d");
    ASSERT_EQ(keep_for("0s"), kOk);
    EXPECT_EQ(commit<GetConfig>({})->max_versions, 3U);
    create("a");
    ASSERT_EQ(remove("a"), kOk);
    EXPECT_TRUE(deleted().empty());
}

TEST_F(SecretKeeperTest, EndsAreToldOnceBeforeTheyCome) {
    MetadataChange lasting;
    lasting.settings.deactivate_after = "3d";
    create("soon", "{}", lasting);
    lasting.settings.deactivate_after = "12h";
    create("today", "{}", lasting);
    lasting.settings.deactivate_after = "30d";
    create("later", "{}", lasting);
    create("never");
    ASSERT_TRUE(keeper.warn());
    EXPECT_EQ(keeper.ending_within_day(), 1U);
    EXPECT_EQ(keeper.ending_soon(), 2U);
    std::sort(events.begin(), events.end());
    const std::vector<std::string> told{"secret.expiring soon", "secret.expiring today"};
    EXPECT_EQ(events, told);
    ASSERT_TRUE(keeper.warn());
    EXPECT_EQ(events, told);
    now = now.plus_seconds(13 * 3600);
    put("soon", "{}");  // the new version ends later: counted, and told again
    ASSERT_TRUE(keeper.warn());
    EXPECT_EQ(keeper.ending_soon(), 1U);
    EXPECT_EQ(events.size(), 3U);
    now = now.plus_seconds(24LL * 24 * 3600);
    ASSERT_TRUE(keeper.warn());
    EXPECT_EQ(events.back(), "secret.expiring later");
}

}  // namespace
}  // namespace chatelaine::secrets::testing

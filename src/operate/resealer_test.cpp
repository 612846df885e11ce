// After a rotation every record comes under the new generation with its text, dates and terms; the
// old generation goes when nothing needs it and not before; a new process goes on where one ended.
#include <thread>

#include "operate/resealer.hpp"
#include "operate/test_support.hpp"

namespace chatelaine::operate {
namespace {

using testing::get;
using testing::must;
using testing::put;
using testing::SealedFolder;

class Reseal : public ::testing::Test {
protected:
    Reseal() {
        must(world.seal->create_scope(scope));
        tools.seal = world.seal.get();
        tools.directory = &directory;
        tools.region = &region;
        tools.clock = &clock;
        options.page_records = 7;
        options.records_per_second_max = 1'000'000;
    }
    void fill(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            keys.push_back(put(region, *world.seal, scope, store::Kind::kManagedObject,
                               "key " + std::to_string(i)));
            keys.push_back(put(directory, *world.seal, scope, store::Kind::kCredential,
                               "credential " + std::to_string(i)));
        }
    }
    store::Store& store_of(const store::RecordKey& key) {
        return store::in_directory(key.kind) ? static_cast<store::Store&>(directory) : region;
    }
    std::uint32_t sealed_by(const store::RecordKey& key) {
        return must(world.seal->sealed_generation(must(store_of(key).get(key))->sealed));
    }

    SealedFolder world;
    store::MemoryStore directory, region;
    ManualClock clock{WallTime::from_seconds(1'790'000'000)};
    Uuid scope = Uuid::random(crypto::system_random());
    std::vector<store::RecordKey> keys;
    Tools tools;
    Resealer::Options options;
};

TEST_F(Reseal, KeepsTextDatesAndTerms) {
    fill(20);
    must(world.seal->rotate_scope(scope));
    std::size_t let_go = 0;
    tools.invalidate = [&](const std::vector<store::RecordKey>& rewritten) {
        let_go += rewritten.size();
    };
    Resealer resealer(options, tools);
    const auto pass = must(resealer.pass(scope));
    EXPECT_EQ(pass.rewritten, keys.size());
    EXPECT_EQ(let_go, keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_EQ(sealed_by(keys[i]), 2u);
        const std::string text =
            (i % 2 == 0 ? "key " : "credential ") + std::to_string(i / 2);
        EXPECT_EQ(get(store_of(keys[i]), *world.seal, keys[i]), text);
        store::Query query;
        query.scope = scope;
        query.kind = keys[i].kind;
        query.terms = {must(world.seal->term(scope, "name", text))};
        const auto found = must(store_of(keys[i]).query(query));
        ASSERT_EQ(found.records.size(), 1u);
        EXPECT_EQ(found.records[0].key, keys[i]);
        EXPECT_EQ(found.records[0].version, 2u);
        EXPECT_EQ(found.records[0].dates[store::DateColumn::kCreated],
                  WallTime::from_seconds(1000));
    }
    EXPECT_EQ(must(resealer.pass(scope)).rewritten, 0u);
}

TEST_F(Reseal, RetiresOnlyWhatNothingNeeds) {
    fill(3);
    must(world.seal->rotate_scope(scope));
    Resealer resealer(options, tools);
    EXPECT_TRUE(resealer.round());  // rewrote
    EXPECT_TRUE(resealer.round());  // clean, but a change may still be in flight
    EXPECT_EQ(world.seal->oldest_generation(scope), 1u);
    clock.advance(options.in_flight_max);
    {
        const std::lock_guard backup(tools.keys);
        std::thread([&] { EXPECT_TRUE(resealer.round()); }).join();
        EXPECT_EQ(world.seal->oldest_generation(scope), 1u);
    }
    EXPECT_FALSE(resealer.round());
    EXPECT_EQ(world.seal->oldest_generation(scope), 2u);
    for (const auto& key : keys) {
        EXPECT_FALSE(get(store_of(key), *world.seal, key).empty());
    }
}

TEST_F(Reseal, ANewRotationStartsTheWaitAgain) {
    fill(1);
    must(world.seal->rotate_scope(scope));
    Resealer resealer(options, tools);
    EXPECT_TRUE(resealer.round());
    clock.advance(options.in_flight_max);
    must(world.seal->rotate_scope(scope));
    EXPECT_TRUE(resealer.round());
    EXPECT_TRUE(resealer.round());
    EXPECT_EQ(world.seal->oldest_generation(scope), 1u);
    clock.advance(options.in_flight_max);
    EXPECT_FALSE(resealer.round());
    EXPECT_EQ(world.seal->oldest_generation(scope), 3u);
}

TEST_F(Reseal, ANewProcessGoesOn) {
    fill(30);
    must(world.seal->rotate_scope(scope));
    region.refuse_changes(Code::kStoreUnavailable);
    {
        Resealer interrupted(options, tools);
        EXPECT_TRUE(interrupted.round());
    }
    region.refuse_changes(std::nullopt);
    Resealer resealer(options, tools);
    EXPECT_EQ(must(resealer.pass(scope)).rewritten, keys.size());
}

TEST_F(Reseal, AnUnreadableRecordKeepsTheOldKey) {
    fill(2);
    store::Transaction broken;
    store::Change change;
    change.key = keys[0];
    change.expected_version = 1;
    change.sealed = must(world.seal->seal({keys[0], 99}, as_bytes("of another place")));
    broken.changes.push_back(std::move(change));
    must(region.commit(std::move(broken)));
    must(world.seal->rotate_scope(scope));
    Resealer resealer(options, tools);
    EXPECT_TRUE(resealer.round());
    clock.advance(options.in_flight_max);
    EXPECT_TRUE(resealer.round());
    EXPECT_EQ(world.seal->oldest_generation(scope), 1u);
    EXPECT_EQ(sealed_by(keys[1]), 2u);
}

TEST_F(Reseal, WorksOnAThreadOfItsOwn) {
    fill(5);
    options.in_flight_max = std::chrono::milliseconds(0);
    options.pause = std::chrono::milliseconds(1);
    Resealer resealer(options, tools);
    resealer.start();
    must(world.seal->rotate_scope(scope));
    resealer.wake();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (world.seal->oldest_generation(scope) != 2 &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    resealer.stop();
    EXPECT_EQ(world.seal->oldest_generation(scope), 2u);
    EXPECT_EQ(resealer.rewritten(), keys.size());
}

}  // namespace
}  // namespace chatelaine::operate

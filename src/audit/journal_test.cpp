// Journal and shipper in one process: streams are gapless and in order over journals, scopes and
// restarts; a torn tail is cut at every byte and marked once; no text is in the files.

#include <gtest/gtest.h>

#include <thread>

#include "audit/audit_test_support.hpp"
#include "audit/segment.hpp"

namespace chatelaine::audit {
namespace {

using testing::facts_number;
using testing::FixedSeal;
using testing::kCanary;
using testing::kStart;
using testing::number_of;
using testing::read_all;
using testing::scope_number;
using testing::TemporaryDirectory;

/// Few bytes, where each of them costs a recovery.
Facts small_facts(std::uint64_t number) {
    Facts facts;
    facts.time = WallTime{kStart.microseconds + std::int64_t(number)};
    facts.operation = "a.b";
    return facts;
}

class JournalTest : public ::testing::Test {
protected:
    std::unique_ptr<Journal> journal(std::size_t loop, std::uint64_t segment_bytes_max = 0,
                                     bool flush = false) {
        Journal::Options options;
        options.directory = directory_.path() / "journal";
        options.node = scope_number(9);
        options.loop = loop;
        options.segment_bytes_max = segment_bytes_max;
        options.flush_before_reply = flush;
        auto opened = Journal::open(options, seal_, store_);
        EXPECT_TRUE(opened);
        return std::move(opened).value();
    }
    std::unique_ptr<Shipper> shipper() {
        Shipper::Options options;
        options.directory = directory_.path() / "journal";
        options.node = scope_number(9);
        options.entry_records_max = 50;
        return Shipper::create(options, seal_, store_);
    }
    /// Numbers of a scope's records, which must not be there twice; "journal.recovered" apart.
    std::set<std::uint64_t> numbers(const Uuid& scope, std::size_t* markers = nullptr) {
        std::set<std::uint64_t> out;
        std::map<Uuid, std::uint64_t> next;
        for (const Record& record : read_all(scope, {}, 100, false, seal_, store_)) {
            std::uint64_t& expected = next.try_emplace(record.stream.writer, 1).first->second;
            EXPECT_EQ(record.sequence, expected++);
            if (record.operation == "journal.recovered") {
                *markers += 1;
            } else {
                EXPECT_TRUE(out.insert(number_of(record)).second);
            }
        }
        return out;
    }
    std::vector<SegmentName> segments() {
        return list_segments(directory_.path() / "journal").value();
    }

    TemporaryDirectory directory_;
    FixedSeal seal_;
    store::MemoryStore store_;
};

TEST_F(JournalTest, GaplessOverJournalsScopesAndRestarts) {
    std::map<Uuid, std::set<std::uint64_t>> expected;
    std::uint64_t number = 0;
    for (int restart = 0; restart < 3; ++restart) {
        auto ship = shipper();
        ASSERT_TRUE(ship->recover(kStart));
        EXPECT_TRUE(segments().empty());
        std::vector<std::unique_ptr<Journal>> journals;
        for (std::size_t loop = 0; loop < 3; ++loop) {
            journals.push_back(journal(loop, 20'000));
        }
        for (int round = 0; round < 120; ++round) {
            Journal& at = *journals[std::size_t(round) % 3];
            for (std::uint8_t scope = 1; scope <= 4; ++scope) {
                for (int i = 0; i < round / 3 % 3; ++i) {
                    at.add(scope_number(scope), facts_number(scope_number(scope), number));
                    expected[scope_number(scope)].insert(number++);
                }
            }
            ASSERT_TRUE(at.write());
            EXPECT_EQ(at.buffered(), 0u);
            if (round % 7 == 0) {
                ASSERT_TRUE(at.sync());
                ASSERT_TRUE(ship->ship());
            }
        }
        EXPECT_GE(segments().size(), 3u);
    }
    ASSERT_TRUE(shipper()->recover(kStart));
    for (const auto& [scope, wanted] : expected) {
        EXPECT_EQ(numbers(scope), wanted);
        EXPECT_EQ(store_.streams(scope)->size(), 9u);
    }
}

TEST_F(JournalTest, TornTailAtEveryByte) {
    const std::filesystem::path keep = directory_.path() / "keep";
    std::uint64_t good = 0;
    std::string name;
    {
        auto at = journal(0);
        for (std::uint64_t i = 0; i < 3; ++i) {
            at->add(scope_number(1), small_facts(i));
            at->add(scope_number(2), small_facts(i));
            ASSERT_TRUE(at->write());
        }
        name = segments().front().to_string();
        good = std::filesystem::file_size(directory_.path() / "journal" / name);
        at->add(scope_number(1), small_facts(3));
        at->add(scope_number(3), small_facts(3));
        ASSERT_TRUE(at->write());
        std::filesystem::copy(directory_.path() / "journal", keep);
    }
    const std::uint64_t full = std::filesystem::file_size(keep / name);
    const std::filesystem::path file = directory_.path() / "journal" / name;
    for (std::uint64_t size = good; size <= full; ++size) {
        store::MemoryStore fresh;
        std::filesystem::copy_file(keep / name, file,
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(file, size);
        Shipper::Options options;
        options.directory = directory_.path() / "journal";
        for (int again = 0; again < 2; ++again) {
            // The second time the crash came after the marks and before the file went away.
            ASSERT_TRUE(Shipper::create(options, seal_, fresh)->recover(kStart));
            EXPECT_TRUE(segments().empty());
            std::filesystem::copy_file(keep / name, file);
            std::filesystem::resize_file(file, size);
        }
        std::size_t markers = 0;
        std::size_t records = 0;
        for (std::uint8_t scope = 1; scope <= 3; ++scope) {
            for (const Record& r : read_all(scope_number(scope), {}, 10, false, seal_, fresh)) {
                (r.operation == "journal.recovered" ? markers : records) += 1;
            }
        }
        EXPECT_EQ(records, size == full ? 8u : 6u);
        const bool torn = size != good && size != full;
        EXPECT_EQ(markers, torn ? 2u : 0u) << size;
    }
}

TEST_F(JournalTest, DamageInTheMiddleIsKeptAside) {
    {
        auto at = journal(0);
        for (std::uint64_t i = 0; i < 4; ++i) {
            at->add(scope_number(1), facts_number(scope_number(1), i));
            ASSERT_TRUE(at->write());
        }
    }
    const std::string name = segments().front().to_string();
    const std::filesystem::path file = directory_.path() / "journal" / name;
    {
        std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
        out.seekp(std::streamoff(kSegmentHeaderBytes + 200));
        out.put('x');
    }
    ASSERT_TRUE(shipper()->recover(kStart));
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_TRUE(std::filesystem::exists(file.string() + ".damaged"));
    std::size_t markers = 0;
    EXPECT_TRUE(numbers(scope_number(1), &markers).empty());
    EXPECT_EQ(markers, 1u);
}

TEST_F(JournalTest, NothingOfARecordIsInTheFiles) {
    auto at = journal(0);
    at->add(scope_number(1), facts_number(scope_number(1), 1));
    ASSERT_TRUE(at->write());
    const std::filesystem::path file =
        directory_.path() / "journal" / segments().front().to_string();
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_GT(text.size(), 400u);
    EXPECT_EQ(text.find(kCanary), std::string::npos);
    EXPECT_EQ(text.find("urn:"), std::string::npos);
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(JournalTest, RefusedSealDropsAllAndReusesSequences) {
    auto at = journal(0);
    seal_.refuse = true;
    at->add(scope_number(1), facts_number(scope_number(1), 1));
    at->add(scope_number(2), facts_number(scope_number(2), 2));
    const auto refused = at->write();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kSealed);
    EXPECT_EQ(at->buffered(), 0u);
    seal_.refuse = false;
    at->add(scope_number(1), facts_number(scope_number(1), 3));
    ASSERT_TRUE(at->write());
    ASSERT_TRUE(shipper()->recover(kStart));
    EXPECT_EQ(numbers(scope_number(1)), (std::set<std::uint64_t>{3}));
    EXPECT_TRUE(numbers(scope_number(2)).empty());
}

TEST_F(JournalTest, ShipsLaterWhenTheStoreRefuses) {
    auto ship = shipper();
    auto at = journal(0, 0, true);
    at->add(scope_number(1), facts_number(scope_number(1), 1));
    ASSERT_TRUE(at->write());
    store_.refuse_changes(Code::kStoreUnavailable);
    EXPECT_FALSE(ship->ship());
    store_.refuse_changes(std::nullopt);
    ASSERT_TRUE(ship->ship());
    ASSERT_TRUE(ship->ship());
    EXPECT_EQ(numbers(scope_number(1)), (std::set<std::uint64_t>{1}));
}

TEST_F(JournalTest, BatchesBecomeFewEntries) {
    auto at = journal(0);
    for (std::uint64_t i = 0; i < 100; ++i) {
        at->add(scope_number(1), facts_number(scope_number(1), i));
        ASSERT_TRUE(at->write());
    }
    ASSERT_TRUE(shipper()->ship());
    const auto streams = store_.streams(scope_number(1));
    ASSERT_EQ(streams->size(), 1u);
    EXPECT_EQ(store_.read_stream(streams->front(), 1, 100)->size(), 2u);
}

/// A journal that is written while it is shipped.
class BusySeal final : public FixedSeal {
public:
    Result<crypto::SealedBytes> seal_audit(const store::StreamKey& stream, std::uint64_t first,
                                           std::uint32_t count,
                                           BytesView plaintext) const override {
        if (auto work = std::exchange(meanwhile, {})) {
            work();
            meanwhile = std::move(work);
        }
        return FixedSeal::seal_audit(stream, first, count, plaintext);
    }
    mutable std::function<void()> meanwhile;
};

TEST_F(JournalTest, APassEndsWithWhatWasThereAtItsStart) {
    BusySeal seal;
    Journal::Options options;
    options.directory = directory_.path() / "journal";
    auto at = Journal::open(options, seal, store_).value();
    Shipper::Options shipping;
    shipping.directory = options.directory;
    auto ship = Shipper::create(shipping, seal, store_);
    std::uint64_t number = 0;
    const auto write = [&] {
        ASSERT_LT(number, 100u) << "the pass follows the journal";
        at->add(scope_number(1), facts_number(scope_number(1), number++));
        ASSERT_TRUE(at->write());
    };
    write();
    seal.meanwhile = write;
    ASSERT_TRUE(ship->ship());
    EXPECT_EQ(number, 2u);
    EXPECT_EQ(numbers(scope_number(1)).size(), 1u);
    seal.meanwhile = {};
    ASSERT_TRUE(ship->ship());
    EXPECT_EQ(numbers(scope_number(1)).size(), 2u);
}

TEST_F(JournalTest, LoopsAndShipperSideBySide) {
    auto ship = shipper();
    auto one = journal(0, 30'000);
    auto two = journal(1, 30'000);
    ship->start({one.get(), two.get()}, std::chrono::milliseconds(3),
                std::chrono::milliseconds(5));
    const auto loop = [](Journal& at, std::uint64_t from) {
        for (std::uint64_t i = from; i < from + 1500; ++i) {
            at.add(scope_number(std::uint8_t(1 + i % 2)), facts_number(scope_number(1), i));
            if (i % 4 == 3) {
                ASSERT_TRUE(at.write());
            }
        }
    };
    std::thread other([&] { loop(*two, 10'000); });
    loop(*one, 0);
    other.join();
    ship->stop();
    EXPECT_EQ(numbers(scope_number(1)).size() + numbers(scope_number(2)).size(), 3000u);
    EXPECT_EQ(segments().size(), 2u);
}

}  // namespace
}  // namespace chatelaine::audit

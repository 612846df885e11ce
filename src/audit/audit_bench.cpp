// What a use's record costs: encoding (add), sealing and writing (write), moving it to the store
// (ship). The seal is a plain AES-256-GCM under a kept context, the store is in memory, so the
// figures are this room's own and the system calls'.

#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include "audit/audit_test_support.hpp"
#include "audit/segment.hpp"

namespace chatelaine::audit {
namespace {

using testing::facts_number;
using testing::FixedSeal;
using testing::scope_number;
using testing::TemporaryDirectory;

std::unique_ptr<Journal> open_journal(const TemporaryDirectory& directory, const FixedSeal& seal,
                                      store::Store& store) {
    Journal::Options options;
    options.directory = directory.path();
    return Journal::open(options, seal, store).value();
}

void add(benchmark::State& state) {
    const TemporaryDirectory directory;
    const FixedSeal seal;
    store::MemoryStore store;
    const auto journal = open_journal(directory, seal, store);
    const Facts facts = facts_number(scope_number(1), 1);
    for (auto _ : state) {
        journal->add(scope_number(1), facts);
        if (journal->buffered() == 16) {
            state.PauseTiming();
            CH_CHECK(journal->write().has_value());
            state.ResumeTiming();
        }
    }
}
BENCHMARK(add)->Iterations(200'000);

void add_and_write(benchmark::State& state) {
    const TemporaryDirectory directory;
    const FixedSeal seal;
    store::MemoryStore store;
    const auto journal = open_journal(directory, seal, store);
    const Facts facts = facts_number(scope_number(1), 1);
    for (auto _ : state) {
        for (std::int64_t i = 0; i < state.range(0); ++i) {
            journal->add(scope_number(1), facts);
        }
        CH_CHECK(journal->write().has_value());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(add_and_write)->Arg(1)->Arg(8)->Arg(32);

void seal_one(benchmark::State& state) {
    const FixedSeal seal;
    Bytes plaintext;
    encode(facts_number(scope_number(1), 1), plaintext);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            seal.seal_audit({scope_number(1), scope_number(2)}, 1, 1, plaintext));
    }
    state.SetLabel(std::to_string(plaintext.size()) + " bytes");
}
BENCHMARK(seal_one);

void encode_one(benchmark::State& state) {
    const Facts facts = facts_number(scope_number(1), 1);
    Bytes plaintext;
    for (auto _ : state) {
        plaintext.clear();
        encode(facts, plaintext);
        benchmark::DoNotOptimize(plaintext.data());
    }
}
BENCHMARK(encode_one);

void write_raw(benchmark::State& state) {
    const TemporaryDirectory directory;
    const auto file = create_segment(directory.path(), {}, {}, {}, false).value();
    const Bytes bytes(650);
    std::uint64_t offset = 64;
    for (auto _ : state) {
        CH_CHECK(write_at(file, offset, bytes).has_value());
        offset += bytes.size();
    }
}
BENCHMARK(write_raw);

/// Per record, with batches of range(0) records.
void ship(benchmark::State& state) {
    constexpr std::int64_t kRecords = 8192;
    const Facts facts = facts_number(scope_number(1), 1);
    for (auto _ : state) {
        state.PauseTiming();
        auto store = std::make_unique<store::MemoryStore>();
        const FixedSeal seal;
        const TemporaryDirectory directory;
        auto journal = open_journal(directory, seal, *store);
        for (std::int64_t i = 0; i < kRecords; ++i) {
            journal->add(scope_number(1), facts);
            if ((i + 1) % state.range(0) == 0) {
                CH_CHECK(journal->write().has_value());
            }
        }
        Shipper::Options options;
        options.directory = directory.path();
        auto shipper = Shipper::create(options, seal, *store);
        state.ResumeTiming();
        CH_CHECK(shipper->ship().has_value());
        state.PauseTiming();
        shipper.reset();
        journal.reset();
        store.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * kRecords);
}
BENCHMARK(ship)->Arg(1)->Arg(8)->Arg(32)->Iterations(20);

}  // namespace
}  // namespace chatelaine::audit

BENCHMARK_MAIN();

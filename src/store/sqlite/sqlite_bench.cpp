// Measures the embedded back end: durable transactions a second and CPU time for each, with many
// callers, on an empty store and on one with many rows; then single reads and queries.
//
//     sqlite_bench DIRECTORY [rows=1000000] [seconds=5] [callers=64]
//
// A transaction is a record of 600 bytes with four terms (two of its own, two that many share) and
// a stream entry of 350 bytes; 64 scopes.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "store/sqlite/sqlite_store.hpp"

namespace chatelaine::store {
namespace {

using Clock = std::chrono::steady_clock;

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}
double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Sixteen octets that look random and are the same for the same number.
std::array<std::uint8_t, 16> scattered(std::uint64_t number, std::uint64_t salt) {
    std::array<std::uint8_t, 16> octets{};
    std::uint64_t state = number * 0x9E3779B97F4A7C15ull + salt * 0xD1B54A32D192ED03ull;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i % 8 == 0) {
            state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9ull;
            state = (state ^ (state >> 27)) * 0x94D049BB133111EBull;
            state ^= state >> 31;
        }
        octets[i] = static_cast<std::uint8_t>(state >> (8 * (i % 8)));
    }
    return octets;
}

RecordKey key_of(std::uint64_t number) {
    RecordKey key;
    key.scope.octets[0] = static_cast<std::uint8_t>(number % 64 + 1);
    key.kind = Kind::kManagedObject;
    key.id.octets = scattered(number, 1);
    return key;
}

Transaction transaction_of(std::uint64_t number, const Uuid& writer) {
    Transaction transaction;
    Change change;
    change.key = key_of(number);
    change.dates[DateColumn::kCreated] = WallTime{static_cast<std::int64_t>(number)};
    change.dates[DateColumn::kChanged] = WallTime{static_cast<std::int64_t>(number)};
    change.dates[DateColumn::kActivation] = WallTime{static_cast<std::int64_t>(number)};
    change.terms = {Term{scattered(number, 2)}, Term{scattered(number, 3)},
                    Term{scattered(number % 3, 4)}, Term{scattered(number % 100, 5)}};
    change.sealed = crypto::SealedBytes::from_stored(Bytes(600, 1));
    transaction.changes.push_back(std::move(change));
    Append append;
    append.stream = StreamKey{key_of(number).scope, writer};
    append.seal = [](std::uint64_t) -> Result<crypto::SealedBytes> {
        return crypto::SealedBytes::from_stored(Bytes(350, 2));
    };
    transaction.appends.push_back(std::move(append));
    return transaction;
}

struct Load {
    std::uint64_t first = 0;
    double seconds = 0;
    std::size_t callers = 64;
};

/// Blocking callers for so many seconds; returns how many transactions were made.
std::uint64_t run_callers(SqliteStore& store, const Load& load, const char* label) {
    std::atomic<std::uint64_t> next{load.first};
    std::atomic<bool> stop{false};
    std::vector<double> slowest(load.callers, 0);
    std::vector<std::thread> threads;
    const auto before = store.statistics();
    const double cpu = cpu_seconds();
    const auto start = Clock::now();
    for (std::size_t i = 0; i < load.callers; ++i) {
        threads.emplace_back([&, i] {
            while (!stop.load(std::memory_order_relaxed)) {
                const auto begin = Clock::now();
                const auto receipt = store.commit(transaction_of(next++, store.writer()));
                if (!receipt) {
                    std::fprintf(stderr, "%s\n", receipt.error().to_string().c_str());
                    std::exit(1);
                }
                slowest[i] = std::max(slowest[i], seconds_since(begin));
            }
        });
    }
    while (seconds_since(start) < load.seconds) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    stop = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    const double elapsed = seconds_since(start);
    const double used = cpu_seconds() - cpu;
    const auto after = store.statistics();
    const auto made = after.transactions - before.transactions;
    std::printf("%-22s %8.0f tx/s  %6.1f us CPU/tx  %5.1f tx/group  slowest %6.1f ms\n", label,
                static_cast<double>(made) / elapsed, used / static_cast<double>(made) * 1e6,
                static_cast<double>(made) / static_cast<double>(after.groups - before.groups),
                *std::max_element(slowest.begin(), slowest.end()) * 1e3);
    return made;
}

/// Rows without waiting for each, as fast as the queue takes them.
void fill(SqliteStore& store, std::uint64_t first, std::uint64_t end) {
    std::atomic<std::uint64_t> answered{first};
    const auto start = Clock::now();
    const double cpu = cpu_seconds();
    for (std::uint64_t number = first; number < end; ++number) {
        while (number - answered.load() > 4000) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        store.submit(transaction_of(number, store.writer()), [&](Result<Receipt> receipt) {
            if (!receipt) {
                std::exit(1);
            }
            ++answered;
        });
    }
    while (answered.load() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto made = static_cast<double>(end - first);
    std::printf("%-22s %8.0f tx/s  %6.1f us CPU/tx\n", "fill, pipelined",
                made / seconds_since(start), (cpu_seconds() - cpu) / made * 1e6);
}

template <class F>
void time_reads(const char* label, int rounds, F&& read) {
    const auto start = Clock::now();
    for (int i = 0; i < rounds; ++i) {
        if (!read(static_cast<std::uint64_t>(i)).has_value()) {
            std::exit(1);
        }
    }
    std::printf("%-22s %8.1f us\n", label, seconds_since(start) / rounds * 1e6);
}

void reads(SqliteStore& store, std::uint64_t rows) {
    std::mt19937_64 random(1);
    time_reads("get", 20000, [&](std::uint64_t) { return store.get(key_of(random() % rows)); });
    const auto query_of = [](std::uint64_t number, std::vector<Term> terms) {
        Query query;
        query.scope = key_of(number).scope;
        query.kind = Kind::kManagedObject;
        query.terms = std::move(terms);
        return query;
    };
    time_reads("query, own term", 20000, [&](std::uint64_t) {
        const std::uint64_t n = random() % rows;
        return store.query(query_of(n, {Term{scattered(n, 2)}}));
    });
    time_reads("query, own and common", 20000, [&](std::uint64_t) {
        const std::uint64_t n = random() % rows;
        return store.query(query_of(n, {Term{scattered(n % 3, 4)}, Term{scattered(n, 2)}}));
    });
    time_reads("list page of 100", 500, [&](std::uint64_t i) {
        Query query = query_of(i, {});
        query.after_born = random() % rows;
        return store.query(query);
    });
}

int run(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: sqlite_bench DIRECTORY [rows] [seconds] [callers]\n");
        return 2;
    }
    const auto argument = [&](int index, std::uint64_t otherwise) {
        return argc > index ? std::strtoull(argv[index], nullptr, 10) : otherwise;
    };
    const std::uint64_t rows = argument(2, 1'000'000);
    Load load;
    load.seconds = static_cast<double>(argument(3, 5));
    load.callers = argument(4, 64);
    SqliteOptions options;
    options.path = std::filesystem::path(argv[1]) / "bench.db";
    options.create = true;
    options.writer.octets[0] = 1;
    auto store = open_sqlite_store(options);
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().to_string().c_str());
        return 1;
    }
    std::uint64_t next = (*store)->statistics().last_commit;
    next += run_callers(**store, {next, load.seconds, load.callers}, "as it is");
    if (next < rows) {
        fill(**store, next, rows);
        next = rows;
        run_callers(**store, {next, load.seconds, load.callers}, "with these rows");
    }
    reads(**store, std::min(next, rows));
    auto closing = Clock::now();
    store->reset();
    std::printf("%-22s %8.1f ms\n", "close", seconds_since(closing) * 1e3);
    const auto opening = Clock::now();
    store = open_sqlite_store(options);
    std::printf("%-22s %8.1f ms\n", "open", seconds_since(opening) * 1e3);
    return store ? 0 : 1;
}

}  // namespace
}  // namespace chatelaine::store

int main(int argc, char** argv) { return chatelaine::store::run(argc, argv); }

// What the hot path pays in this room, its lock included: a record, an audit entry, a blind term.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

#include "crypto/random.hpp"
#include "seal/seal.hpp"

namespace chatelaine::seal {
namespace {

/// One seal in a folder of its own, with one scope.
class Fixture {
public:
    Fixture() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "chatelaine-seal-bench-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        const Paths paths{folder_ / "root.seal", folder_ / "keybag", folder_ / "keybag.copy",
                          folder_ / "unseal.key"};
        CH_CHECK(Seal::initialise(paths, {}, crypto::system_random()).has_value());
        seal_ = Seal::open(paths, crypto::system_random()).value();
        scope_.octets[0] = 1;
        CH_CHECK(seal_->create_scope(scope_).has_value());
    }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;
    ~Fixture() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    const Seal& seal() const { return *seal_; }
    const Uuid& scope() const { return scope_; }
    Place place() const { return {{scope_, store::Kind::kManagedObject, scope_}, 1}; }
    store::StreamKey stream() const { return {scope_, scope_}; }

private:
    std::filesystem::path folder_;
    std::unique_ptr<Seal> seal_;
    Uuid scope_;
};

const Fixture& fixture() {
    static const Fixture made;
    return made;
}

void seal_record(benchmark::State& state) {
    const Bytes plaintext(static_cast<std::size_t>(state.range(0)), 0x5a);
    for (auto _ : state) {
        benchmark::DoNotOptimize(fixture().seal().seal(fixture().place(), plaintext));
    }
}
BENCHMARK(seal_record)->Arg(400)->Arg(4096);

void open_record(benchmark::State& state) {
    const Bytes plaintext(static_cast<std::size_t>(state.range(0)), 0x5a);
    const auto sealed = fixture().seal().seal(fixture().place(), plaintext).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(fixture().seal().open_record(fixture().place(), sealed));
    }
}
BENCHMARK(open_record)->Arg(400)->Arg(4096);

void seal_audit(benchmark::State& state) {
    const Bytes plaintext(static_cast<std::size_t>(state.range(0)), 0x5a);
    std::uint64_t sequence = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            fixture().seal().seal_audit(fixture().stream(), ++sequence, 1, plaintext));
    }
}
BENCHMARK(seal_audit)->Arg(400)->Arg(4096);
BENCHMARK(seal_audit)->Arg(400)->Threads(2);

void open_audit(benchmark::State& state) {
    const Bytes plaintext(400, 0x5a);
    const auto sealed = fixture().seal().seal_audit(fixture().stream(), 1, 1, plaintext).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(fixture().seal().open_audit(fixture().stream(), 1, 1, sealed));
    }
}
BENCHMARK(open_audit);

void blind_term(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(fixture().seal().term(fixture().scope(), "name", "payroll-2026"));
    }
}
BENCHMARK(blind_term);

}  // namespace
}  // namespace chatelaine::seal

int main(int argc, char** argv) {
    chatelaine::crypto::take_over_openssl_memory();  // as the service does
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

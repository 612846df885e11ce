// What the hot path pays in this room: base64 both ways at 4 KiB, and a small and a large body.
#include <benchmark/benchmark.h>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/metrics.hpp"

namespace chatelaine {
namespace {

void encode_4k(benchmark::State& state) {
    const Bytes bytes(4096, 0x5a);
    std::string out;
    for (auto _ : state) {
        out.clear();
        append_base64(out, bytes);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(encode_4k);

void decode_4k(benchmark::State& state) {
    const std::string text = encode_base64(Bytes(4096, 0x5a));
    Bytes out(base64_decoded_max(text.size()));
    for (auto _ : state) {
        benchmark::DoNotOptimize(decode_base64_into(text, out).has_value());
    }
}
BENCHMARK(decode_4k);

void decode_4k_url(benchmark::State& state) {
    const std::string text = encode_base64url(Bytes(4096, 0xfb));
    for (auto _ : state) {
        benchmark::DoNotOptimize(decode_base64url(text).has_value());
    }
}
BENCHMARK(decode_4k_url);

void read_body(benchmark::State& state, const std::string& body) {
    for (auto _ : state) {
        const auto document = json::Document::parse(body);
        const json::Value root = document->root();
        benchmark::DoNotOptimize(root.only_members({"plaintext", "context", "format"}));
        benchmark::DoNotOptimize(root.member("plaintext").string()->size());
        benchmark::DoNotOptimize(root.member("context").string()->size());
        benchmark::DoNotOptimize(root.member("format").string()->size());
    }
}

void json_200(benchmark::State& state) {
    read_body(state, R"({"plaintext": ")" + std::string(120, 'A') +
                         R"(", "context": "0123456789012345", "format": "jwe"})");
}
BENCHMARK(json_200);

void json_4k(benchmark::State& state) {
    read_body(state, R"({"plaintext": ")" + std::string(5464, 'A') +
                         R"(", "context": "0123456789012345", "format": "jwe"})");
}
BENCHMARK(json_4k);

void write_reply(benchmark::State& state) {
    std::string out;
    for (auto _ : state) {
        out.clear();
        json::Writer(out).begin_object().member("ciphertext", std::string_view(out)).end_object();
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(write_reply);

void observe(benchmark::State& state) {
    metrics::Histogram histogram;
    for (auto _ : state) {
        histogram.observe_seconds(0.0007);
    }
}
BENCHMARK(observe);

}  // namespace
}  // namespace chatelaine

BENCHMARK_MAIN();

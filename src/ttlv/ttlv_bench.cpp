// What a request costs in this room: a message of about 400 bytes read, walked and written, and the
// same in XML and JSON.
#include <benchmark/benchmark.h>

#include "ttlv/enums.hpp"
#include "ttlv/names.hpp"
#include "ttlv/text.hpp"

namespace chatelaine::ttlv {
namespace {

void write_encrypt(Bytes& out) {
    const Bytes data(96, 0x5a);
    Writer writer(out);
    writer.begin(tag::kRequestMessage)
        .begin(tag::kRequestHeader)
        .begin(tag::kProtocolVersion)
        .integer(tag::kProtocolVersionMajor, 1)
        .integer(tag::kProtocolVersionMinor, 4)
        .end()
        .integer(tag::kBatchCount, 1)
        .end()
        .begin(tag::kBatchItem)
        .enumeration(tag::kOperation, Operation::kEncrypt)
        .begin(tag::kRequestPayload)
        .text(tag::kUniqueIdentifier, "0190a8f2-5c0e-7cc1-9d4e-2f1f3a9b7c11")
        .begin(tag::kCryptographicParameters)
        .enumeration(tag::kBlockCipherMode, BlockCipherMode::kGCM)
        .enumeration(tag::kCryptographicAlgorithm, CryptographicAlgorithm::kAES)
        .integer(tag::kTagLength, 16)
        .boolean(tag::kRandomIV, true)
        .end()
        .bytes(tag::kData, data)
        .bytes(tag::kIVCounterNonce, BytesView(data).first(12))
        .end()
        .end()
        .end();
}

Bytes message() {
    Bytes out;
    write_encrypt(out);
    return out;
}

void parse(benchmark::State& state) {
    const Bytes bytes = message();
    for (auto _ : state) {
        const auto document = Document::parse(bytes);
        benchmark::DoNotOptimize(document->root());
    }
    state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(parse);

void parse_and_find(benchmark::State& state) {
    const Bytes bytes = message();
    for (auto _ : state) {
        const auto document = Document::parse(bytes);
        const Item payload = document->root().find(tag::kBatchItem).find(tag::kRequestPayload);
        benchmark::DoNotOptimize(payload.find(tag::kUniqueIdentifier).text()->data());
        benchmark::DoNotOptimize(payload.find(tag::kData).bytes()->data());
    }
}
BENCHMARK(parse_and_find);

void write(benchmark::State& state) {
    for (auto _ : state) {
        Bytes out;
        out.reserve(512);
        write_encrypt(out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(write);

void read_xml(benchmark::State& state) {
    const std::string text = to_xml(message()).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(from_xml(text)->data());
    }
}
BENCHMARK(read_xml);

void read_json(benchmark::State& state) {
    const std::string text = to_json(message()).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(from_json(text)->data());
    }
}
BENCHMARK(read_json);

void write_xml(benchmark::State& state) {
    const Bytes bytes = message();
    for (auto _ : state) {
        benchmark::DoNotOptimize(to_xml(bytes)->data());
    }
}
BENCHMARK(write_xml);

}  // namespace
}  // namespace chatelaine::ttlv

BENCHMARK_MAIN();

// Runs a fuzz target over each file of a directory, and over each file's prefixes and single
// altered bytes, without a fuzzer: the corpus as an ordinary test.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

/// Neighbours of one input; more would make the test slow and belong to the fuzzer.
constexpr std::size_t kNeighbours = 24;

void replay(const std::vector<std::uint8_t>& input) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    const std::size_t step = input.size() / kNeighbours + 1;
    for (std::size_t at = 0; at < input.size(); at += step) {
        // A copy of the exact size, so that a sanitizer sees the first byte read past it.
        const std::vector<std::uint8_t> prefix(input.begin(),
                                               input.begin() + static_cast<std::ptrdiff_t>(at));
        LLVMFuzzerTestOneInput(prefix.data(), prefix.size());
        std::vector<std::uint8_t> altered = input;
        altered[at] ^= 0x21;
        LLVMFuzzerTestOneInput(altered.data(), altered.size());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        std::ifstream in(entry.path(), std::ios::binary);
        replay({std::istreambuf_iterator<char>(in), {}});
        ++files;
    }
    std::printf("replayed %zu files\n", files);
    return files == 0 ? 1 : 0;
}

// Proves that the crypto room agrees with Project Wycheproof, vector by vector, and that no vector
// of the families was left out: chatelaine_wycheproof DIRECTORY, of the JSON files.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/secret.hpp"
#include "families.hpp"

namespace {

using chatelaine::wycheproof::Family;
namespace json = chatelaine::json;

constexpr std::size_t kAgreeMin = 31'615;
/// What the product answers over the pinned release, in all: a function that accepts everything, or
/// nothing, cannot pass.
constexpr std::size_t kAccepted = 14'443;
constexpr std::size_t kRefused = 17'196;

struct Tally {
    std::size_t vectors = 0;
    std::size_t agree = 0;
    std::size_t unsupported = 0;
    std::size_t accepted = 0;
    std::size_t refused = 0;
};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void run_file(const Family& family, const std::filesystem::path& path, Tally& tally) {
    const json::Document::Options options{{.depth_max = 32, .values_max = 2'000'000}, false};
    const auto document = json::Document::parse(read_file(path), options).value();
    for (auto group = document.root().member("testGroups").first(); group.exists();
         group = group.next()) {
        const auto run = family.open(group);
        if (!run) {
            continue;
        }
        for (auto test = group.member("tests").first(); test.exists(); test = test.next()) {
            ++tally.vectors;
            const auto expected = test.member("result").string().value();
            const auto accepted = run(test);
            // What the vectors leave open may differ with the linked library.
            if (accepted && expected != "acceptable") {
                ++(*accepted ? tally.accepted : tally.refused);
            }
            if (!accepted) {
                ++tally.unsupported;
            } else if (expected == "acceptable" || *accepted == (expected == "valid")) {
                ++tally.agree;
            } else {
                std::printf("%s: vector %lld (%s) was %s\n", path.filename().c_str(),
                            static_cast<long long>(test.member("tcId").integer().value()),
                            std::string(expected).c_str(), *accepted ? "accepted" : "refused");
            }
        }
    }
}

bool covers(const Family& family, const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    return std::any_of(family.prefixes.begin(), family.prefixes.end(),
                       [&](const std::string& prefix) { return name.starts_with(prefix); });
}

Tally run_family(const Family& family, const std::vector<std::filesystem::path>& files) {
    Tally tally;
    for (const auto& path : files) {
        if (covers(family, path)) {
            run_file(family, path, tally);
        }
    }
    return tally;
}

/// Files of no family: for algorithms that the product does not have.
void list_skipped(const std::vector<Family>& families,
                  const std::vector<std::filesystem::path>& files) {
    for (const auto& path : files) {
        if (std::none_of(families.begin(), families.end(),
                         [&](const Family& family) { return covers(family, path); })) {
            std::printf("skipped: %s\n", path.filename().c_str());
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    chatelaine::crypto::take_over_openssl_memory();
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    const std::vector<Family> families = chatelaine::wycheproof::families();
    list_skipped(families, files);
    Tally total;
    bool good = true;
    for (const Family& family : families) {
        const Tally tally = run_family(family, files);
        const bool as_expected = tally.vectors == family.vectors &&
                                 tally.unsupported == family.unsupported &&
                                 tally.agree + tally.unsupported == tally.vectors;
        std::printf("%-18s %6zu vectors, %6zu agree, %4zu not offered%s\n", family.name.c_str(),
                    tally.vectors, tally.agree, tally.unsupported, as_expected ? "" : "  FAILED");
        good = good && as_expected;
        total.vectors += tally.vectors;
        total.agree += tally.agree;
        total.unsupported += tally.unsupported;
        total.accepted += tally.accepted;
        total.refused += tally.refused;
    }
    std::printf("%zu of %zu vectors agree (at least %zu); %zu accepted, %zu refused\n", total.agree,
                total.vectors, kAgreeMin, total.accepted, total.refused);
    if (total.accepted != kAccepted || total.refused != kRefused) {
        std::printf("expected %zu accepted and %zu refused\n", kAccepted, kRefused);
        good = false;
    }
    good = good && total.agree >= kAgreeMin;
    // A count that is off is a failure even where every vector agrees.
    const std::size_t disagree = total.vectors - total.agree - total.unsupported;
    std::printf("%zu passed, %zu failed\n", total.agree,
                good ? 0 : std::max<std::size_t>(1, disagree));
    return good ? 0 : 1;
}

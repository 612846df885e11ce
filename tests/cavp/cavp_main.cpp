// Proves that the crypto room agrees with NIST's vectors (CAVP), one by one and in parts, and that
// no vector of the pinned release was left out: chatelaine_cavp DIRECTORY, of the unpacked package.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "crypto/secret.hpp"
#include "suites.hpp"

namespace {

using chatelaine::cavp::Record;
using chatelaine::cavp::Suite;

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r");
    return first == std::string::npos
               ? std::string()
               : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// "NAME = value", or a name alone.
void take(const std::string& line, Record& into) {
    const auto equals = line.find('=');
    into[lower(trimmed(line.substr(0, equals)))] =
        equals == std::string::npos ? std::string() : trimmed(line.substr(equals + 1));
}

struct Tally {
    std::size_t agree = 0;
    std::size_t disagree = 0;
    std::size_t not_offered = 0;
};

/// A block of lines that has a count is a vector; any other, and what stands in brackets, holds for
/// all that follow.
class Reader {
public:
    Reader(const Suite& suite, Tally& tally) : suite_(suite), tally_(tally) {}

    void read(const std::filesystem::path& path) {
        std::ifstream in(path);
        std::string line;
        name_ = path.filename().string();
        section_.clear();
        while (std::getline(in, line)) {
            line = trimmed(line);
            if (line.empty()) {
                end_block();
            } else if (line.front() == '[') {
                bracket(line.substr(1, line.find(']') - 1));
            } else if (line.front() != '#') {
                take(line, block_);
            }
        }
        end_block();
    }

private:
    void bracket(const std::string& content) {
        end_block();
        for (std::size_t at = 0; at < content.size();) {
            const std::size_t comma = std::min(content.find(',', at), content.size());
            take(content.substr(at, comma - at), section_);
            at = comma + 1;
        }
    }

    void end_block() {
        Record record = section_;
        for (const auto& [name, value] : block_) {
            record[name] = value;
        }
        if (block_.contains("count")) {
            run(record);
        } else {
            section_ = std::move(record);
        }
        block_.clear();
    }

    void run(const Record& record) {
        const auto agrees = suite_.run(record);
        ++(!agrees ? tally_.not_offered : *agrees ? tally_.agree : tally_.disagree);
        if (agrees && !*agrees) {
            std::printf("%s: vector %s\n", name_.c_str(), record.at("count").c_str());
        }
    }

    const Suite& suite_;
    Tally& tally_;
    std::string name_;
    Record section_;
    Record block_;
};

bool covers(const Suite& suite, const std::string& name) {
    bool covered = false;
    for (const std::string& prefix : suite.prefixes) {
        const bool excludes = prefix.front() == '!';
        if (name.starts_with(excludes ? prefix.substr(1) : prefix)) {
            covered = !excludes;
        }
    }
    return covered && (name.ends_with(".rsp") || suite.folder.find("AES/CCM") == std::string::npos);
}

Tally run_suite(const Suite& suite, const std::filesystem::path& root) {
    Tally tally;
    Reader reader(suite, tally);
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(root / suite.folder)) {
        if (covers(suite, entry.path().filename().string())) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    for (const auto& path : files) {
        reader.read(path);
    }
    return tally;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    chatelaine::crypto::take_over_openssl_memory();
    std::size_t agree = 0;
    std::size_t failed = 0;
    for (const Suite& suite : chatelaine::cavp::suites()) {
        const Tally tally = run_suite(suite, argv[1]);
        // A count that is off is a failure even where every vector agrees.
        const bool good = tally.disagree == 0 && tally.agree == suite.vectors;
        std::printf("%-18s %6zu agree, %4zu not offered%s\n", suite.name.c_str(), tally.agree,
                    tally.not_offered, good ? "" : "  FAILED");
        agree += tally.agree;
        failed += good ? 0 : std::max<std::size_t>(1, tally.disagree);
    }
    std::printf("%zu passed, %zu failed\n", agree, failed);
    return failed == 0 ? 0 : 1;
}

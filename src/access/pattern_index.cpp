#include "access/pattern_index.hpp"

#include <algorithm>

#include "access/access.hpp"

namespace chatelaine::access {

namespace {

/// Sorted, and each once, with the clauses of all that are equal.
template <class Tails>
void merge_tails(Tails& tails) {
    std::sort(tails.begin(), tails.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    Tails merged;
    for (auto& tail : tails) {
        if (merged.empty() || merged.back().first != tail.first) {
            merged.push_back(std::move(tail));
        } else {
            merged.back().second.few.push_back(tail.second.few.front());
        }
    }
    tails = std::move(merged);
}

}  // namespace

void PatternIndex::Set::finish(std::size_t words) {
    std::sort(few.begin(), few.end());
    few.erase(std::unique(few.begin(), few.end()), few.end());
    if (few.size() <= words) {
        return;
    }
    many.assign(words, 0);
    for (const std::uint32_t clause : few) {
        many[clause / 64] |= std::uint64_t{1} << (clause % 64);
    }
    few.clear();
    few.shrink_to_fit();
}

void PatternIndex::Set::mark(std::uint64_t* bits, std::size_t words) const {
    if (many.empty()) {
        for (const std::uint32_t clause : few) {
            bits[clause / 64] |= std::uint64_t{1} << (clause % 64);
        }
        return;
    }
    for (std::size_t i = 0; i < words; ++i) {
        bits[i] |= many[i];
    }
}

void PatternIndex::add(std::string_view pattern, std::uint32_t clause) {
    const std::size_t star = pattern.find('*');
    const std::string_view literal = pattern.substr(0, star);
    auto place = places_.find(literal);
    if (place == places_.end()) {
        place = places_.emplace(std::string(literal), nodes_.size()).first;
        nodes_.push_back({});
        nodes_.back().literal = literal;
    }
    Node& node = nodes_[place->second];
    if (star == std::string_view::npos) {
        node.whole.few.push_back(clause);
        return;
    }
    const std::string_view tail = pattern.substr(star);
    if (tail.find_first_not_of('*') == std::string_view::npos) {
        node.open.few.push_back(clause);
        return;
    }
    node.tails.emplace_back(tail, Set{{clause}, {}});
}

void PatternIndex::finish(std::size_t clauses) {
    words_ = (clauses + 63) / 64;
    places_.clear();
    std::sort(nodes_.begin(), nodes_.end(),
              [](const Node& a, const Node& b) { return a.literal < b.literal; });
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        Node& node = nodes_[i];
        // Sorted, so what begins this one is its neighbour or stands above its neighbour.
        std::size_t above = i == 0 ? none : i - 1;
        while (above != none && !node.literal.starts_with(nodes_[above].literal)) {
            above = nodes_[above].above;
        }
        node.above = above;
        node.whole.finish(words_);
        node.open.finish(words_);
        merge_tails(node.tails);
        for (auto& [tail, set] : node.tails) {
            set.finish(words_);
        }
    }
}

void PatternIndex::mark(std::string_view text, std::uint64_t* bits) const {
    const auto after = std::upper_bound(
        nodes_.begin(), nodes_.end(), text,
        [](std::string_view wanted, const Node& node) { return wanted < node.literal; });
    std::size_t at = after == nodes_.begin()
                         ? none
                         : static_cast<std::size_t>(after - nodes_.begin()) - 1;
    // Whatever begins the text is this node or above it.
    while (at != none && !text.starts_with(nodes_[at].literal)) {
        at = nodes_[at].above;
    }
    for (; at != none; at = nodes_[at].above) {
        const Node& node = nodes_[at];
        if (node.literal.size() == text.size()) {
            node.whole.mark(bits, words_);
        }
        node.open.mark(bits, words_);
        for (const auto& [tail, set] : node.tails) {
            if (matches(tail, text.substr(node.literal.size()))) {
                set.mark(bits, words_);
            }
        }
    }
}

}  // namespace chatelaine::access

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Many patterns, each with the clauses that it stands for; a text finds all that match it.

namespace chatelaine::access {

/// Filled, finished, then read by any thread.
class PatternIndex {
public:
    /// A pattern may hold `*` anywhere; what stands before its first one is what is looked up.
    void add(std::string_view pattern, std::uint32_t clause);
    /// `clauses`: how many there are.
    void finish(std::size_t clauses);
    /// Sets the bits of the clauses that a pattern of matches `text`.
    void mark(std::string_view text, std::uint64_t* bits) const;

private:
    /// A few are kept as numbers, many as bits.
    struct Set {
        std::vector<std::uint32_t> few;
        std::vector<std::uint64_t> many;
        void finish(std::size_t words);
        void mark(std::uint64_t* bits, std::size_t words) const;
    };
    struct Node {
        std::string literal;  ///< up to the first star
        std::size_t above = none;  ///< the longest other literal that begins this one
        Set whole;            ///< patterns without a star
        Set open;             ///< literal and one star
        std::vector<std::pair<std::string, Set>> tails;  ///< what follows, with its stars
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::map<std::string, std::size_t, std::less<>> places_;  ///< while it is filled
    std::vector<Node> nodes_;                                 ///< sorted by literal once finished
    std::size_t words_ = 0;
};

}  // namespace chatelaine::access

#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Comparing patterns with patterns within a bound. Private to the room.

namespace chatelaine::access {

/// Greedy with one point to come back to: the last star alone is ever retried, so it is at worst
/// pattern times text. No match when `steps_left` is used up before the end.
inline bool matches_within(std::string_view pattern, std::string_view text,
                           std::size_t& steps_left) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (steps_left-- == 0) {
            steps_left = 0;
            return false;
        }
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

/// Compares patterns, so much and no more: it bounds the work that one request can ask for.
/// Identities of a thousand plain grants stay below it.
class Comparisons {
public:
    /// Does `held` match every text that `given` matches? Read as a text itself, the stars of
    /// `given` can be taken up by stars of `held` alone: a match takes in whatever they stand for.
    bool takes_in(std::string_view held, std::string_view given) {
        return matches_within(held, given, steps_left_);
    }
    std::vector<bool> taken_in(const std::vector<std::string>& held,
                               const std::vector<std::string>& given) {
        std::vector<bool> taken(given.size());
        for (std::size_t i = 0; i < given.size(); ++i) {
            taken[i] = std::any_of(held.begin(), held.end(), [&](const std::string& pattern) {
                return takes_in(pattern, given[i]);
            });
        }
        return taken;
    }
    /// May one text match both? In doubt yes: of two with stars only what stands before the first
    /// star of each is compared.
    bool may_meet(std::string_view a, std::string_view b) {
        count(4);
        const std::size_t a_star = a.find('*');
        const std::size_t b_star = b.find('*');
        if (a_star == std::string_view::npos) {
            return takes_in(b, a) || used_up();
        }
        if (b_star == std::string_view::npos) {
            return takes_in(a, b) || used_up();
        }
        const std::string_view first = a.substr(0, a_star);
        const std::string_view second = b.substr(0, b_star);
        return first.starts_with(second) || second.starts_with(first);
    }
    /// The first of `given` that may meet one of `held`.
    const std::string* meeting(const std::vector<std::string>& given,
                               const std::vector<std::string>& held) {
        for (const auto& pattern : given) {
            if (std::any_of(held.begin(), held.end(),
                            [&](const auto& other) { return may_meet(pattern, other); })) {
                return &pattern;
            }
        }
        return nullptr;
    }
    /// Work that is no comparison of two patterns.
    void count(std::size_t steps) { steps_left_ -= std::min(steps, steps_left_); }
    /// From then on the answers mean nothing.
    bool used_up() const { return steps_left_ == 0; }

private:
    std::size_t steps_left_ = 100'000'000;
};

}  // namespace chatelaine::access

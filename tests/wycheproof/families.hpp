#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

/// The families of Project Wycheproof that the product's functions answer.

namespace chatelaine::wycheproof {

/// One vector: true when the function accepts it (and gives the expected output), false when it
/// refuses it, nothing when the product does not offer what it needs (a key below 2048 bits).
using Run = std::function<std::optional<bool>(const json::Value& test)>;
/// Prepares a group (reads its key once); an empty function when the group is not of the family.
using Open = std::function<Run(const json::Value& group)>;

struct Family {
    std::string name;
    std::vector<std::string> prefixes;  ///< of file names
    std::size_t vectors;                ///< how many the pinned release has: a test of the runner
    std::size_t unsupported;            ///< how many of them the product refuses to take on
    Open open;
};

std::vector<Family> families();
/// Those of the functions that take every parameter from outside; a part of families().
std::vector<Family> named_parameter_families();

}  // namespace chatelaine::wycheproof

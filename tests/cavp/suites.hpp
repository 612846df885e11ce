#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// CAVP's files and the functions of the crypto room that they judge.

namespace chatelaine::cavp {

/// One vector: what its section and its own lines say, names in lower case. "direction" is
/// "encrypt" or "decrypt"; "fail" is there when the answer is a refusal.
using Record = std::map<std::string, std::string>;

struct Suite {
    std::string name;
    std::string folder;                 ///< below the package's root
    std::vector<std::string> prefixes;  ///< of file names; one that begins with '!' excludes
    std::size_t vectors;                ///< that agree in the pinned release
    /// Whether the room agrees; nothing for what the product does not offer.
    std::function<std::optional<bool>(const Record&)> run;
};
std::vector<Suite> suites();

}  // namespace chatelaine::cavp

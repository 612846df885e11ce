#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatelaine::faces::http {

/// Where a raw path led. Segments are still percent-encoded: decoding comes after the split, so
/// that `a%2Fb` is one segment. Views of the request.
struct RouteMatch {
    static constexpr std::size_t parameters_max = 8;
    enum class Kind : std::uint8_t { kFound, kNoPath, kNoMethod };
    Kind kind = Kind::kNoPath;
    std::size_t route = 0;  ///< as given to add(), when found
    std::array<std::pair<std::string_view, std::string_view>, parameters_max> parameters;
    std::size_t parameter_count = 0;

    /// The raw segment of `{name}`, or nothing. Of `{name...}`: all that is left, with slashes.
    std::optional<std::string_view> raw(std::string_view name) const;
};

/// A tree of path segments. Built once, then immutable. A literal wins over a parameter, and a
/// parameter over `{name...}`, which takes the rest of the path (at least one character) and can
/// only be the last. Nothing is tried twice: where a literal or a parameter went on to a dead end,
/// the rest that begins at its parent is not looked at again.
class Router {
public:
    Router();
    ~Router();
    /// `pattern` like "/v1/servicekey/{keyId}/sign". The pair must be new.
    void add(std::string_view method, std::string_view pattern, std::size_t route);
    RouteMatch match(std::string_view method, std::string_view raw_path) const;
    /// "GET, POST": what a 405 says in Allow.
    std::string allowed(std::string_view raw_path) const;

private:
    struct Node;
    const Node* find(std::string_view raw_path, RouteMatch& match) const;
    std::unique_ptr<Node> root_;
};

}  // namespace chatelaine::faces::http

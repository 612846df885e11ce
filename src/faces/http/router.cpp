#include "faces/http/router.hpp"

#include "base/check.hpp"

namespace chatelaine::faces::http {
namespace {

/// Takes the first segment off `path` ("/a/b" gives "a" and leaves "/b").
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const std::size_t end = path.find('/');
    const std::string_view segment = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    return segment;
}

}  // namespace

struct Router::Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
    std::string parameter_name;
    std::unique_ptr<Node> parameter;
    std::string rest_name;
    std::unique_ptr<Node> rest;
    std::vector<std::pair<std::string, std::size_t>> methods;

    const Node* literal(std::string_view segment) const {
        for (const auto& [text, child] : literals) {
            if (text == segment) {
                return child.get();
            }
        }
        return nullptr;
    }
};

std::optional<std::string_view> RouteMatch::raw(std::string_view name) const {
    for (std::size_t i = 0; i < parameter_count; ++i) {
        if (parameters[i].first == name) {
            return parameters[i].second;
        }
    }
    return std::nullopt;
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(std::string_view method, std::string_view pattern, std::size_t route) {
    Node* node = root_.get();
    while (!pattern.empty()) {
        const std::string_view segment = take_segment(pattern);
        if (segment.starts_with('{')) {
            std::string_view name = segment.substr(1, segment.size() - 2);
            const bool rest = name.ends_with("...");
            if (rest) {
                name.remove_suffix(3);
                CH_CHECK(pattern.empty());
            }
            auto& child = rest ? node->rest : node->parameter;
            auto& child_name = rest ? node->rest_name : node->parameter_name;
            if (!child) {
                child = std::make_unique<Node>();
                child_name = name;
            }
            CH_CHECK(child_name == name);
            node = child.get();
            continue;
        }
        Node* next = nullptr;
        for (auto& [text, child] : node->literals) {
            if (text == segment) {
                next = child.get();
            }
        }
        if (next == nullptr) {
            node->literals.emplace_back(std::string(segment), std::make_unique<Node>());
            next = node->literals.back().second.get();
        }
        node = next;
    }
    for (const auto& [known, unused] : node->methods) {
        CH_CHECK(known != method);
    }
    node->methods.emplace_back(std::string(method), route);
}

const Router::Node* Router::find(std::string_view raw_path, RouteMatch& match) const {
    const Node* node = root_.get();
    if (raw_path.empty() || raw_path.front() != '/') {
        return nullptr;
    }
    while (!raw_path.empty()) {
        const std::string_view rest = raw_path.substr(1);
        const std::string_view segment = take_segment(raw_path);
        // An empty literal is a slash at the path's end; in the middle it belongs to the rest.
        const bool inner_slash = segment.empty() && !raw_path.empty();
        if (const Node* literal = inner_slash ? nullptr : node->literal(segment)) {
            node = literal;
            continue;
        }
        if (match.parameter_count == RouteMatch::parameters_max) {
            return nullptr;
        }
        if (!node->parameter || segment.empty()) {
            if (!node->rest || rest.empty()) {
                return nullptr;
            }
            match.parameters[match.parameter_count++] = {node->rest_name, rest};
            node = node->rest.get();
            break;
        }
        match.parameters[match.parameter_count++] = {node->parameter_name, segment};
        node = node->parameter.get();
    }
    return node->methods.empty() ? nullptr : node;
}

RouteMatch Router::match(std::string_view method, std::string_view raw_path) const {
    RouteMatch match;
    const Node* node = find(raw_path, match);
    if (node == nullptr) {
        return match;
    }
    match.kind = RouteMatch::Kind::kNoMethod;
    for (const auto& [known, route] : node->methods) {
        if (known == method) {
            match.kind = RouteMatch::Kind::kFound;
            match.route = route;
        }
    }
    return match;
}

std::string Router::allowed(std::string_view raw_path) const {
    RouteMatch match;
    std::string list;
    if (const Node* node = find(raw_path, match)) {
        for (const auto& [method, route] : node->methods) {
            list.append(list.empty() ? "" : ", ").append(method);
        }
    }
    return list;
}

}  // namespace chatelaine::faces::http

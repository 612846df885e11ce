#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/json.hpp"

/// Private to the room: how a parsed document lies in memory. One copy of the text, in which
/// strings are unescaped in place (they never grow), and one row of nodes linked by index. Small
/// documents live wholly inside the Tree: one allocation.

namespace chatelaine::json {

inline constexpr std::uint32_t kNoNode = 0xffffffff;

/// One value. Places are offsets in the tree's text.
struct Node {
    std::uint32_t name_at;
    std::uint32_t name_size;
    std::uint32_t text_at;    ///< a scalar's text; of a container its first child
    std::uint32_t text_size;  ///< a scalar's size; of a container how many children
    std::uint32_t next;       ///< next sibling or kNoNode
    std::uint32_t parent;     ///< container or kNoNode
    std::uint32_t source_at;
    std::uint32_t source_size;
    Type type;

    bool is_container() const { return type == Type::kArray || type == Type::kObject; }
    std::uint32_t first_child() const { return is_container() ? text_at : kNoNode; }
};

struct Tree {
    static constexpr std::size_t kInlineText = 1024;
    static constexpr std::size_t kInlineNodes = 24;
    /// Zero bytes behind the text: a sentinel, and room for reads of whole vectors.
    static constexpr std::size_t kPadding = 16;

    Tree() noexcept {}
    ~Tree();
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    /// Takes the copy of the text that the parser works in.
    void load(std::string_view source_text, bool keep_source);

    std::string_view slice(std::uint32_t at, std::uint32_t size) const { return {text + at, size}; }
    const Node* node(std::uint32_t index) const {
        return index == kNoNode ? nullptr : nodes + index;
    }
    std::string path_of(const Node& of) const;
    /// The path of the member `name` (or none) in `parent`.
    std::string path_of_member(const Node& parent, std::string_view name) const;

    /// A new node at the end of the row; old pointers to nodes are then stale.
    std::uint32_t add_node() {
        if (node_count == node_room) [[unlikely]] {
            grow();
        }
        return node_count++;
    }

    char* text = inline_text;
    std::size_t text_size = 0;
    Node* nodes = inline_nodes;
    std::uint32_t node_count = 0;
    std::uint32_t node_room = kInlineNodes;
    std::string source;  ///< the text as it came, when it is kept

    std::unique_ptr<char[]> heap_text;
    std::vector<Node> heap_nodes;
    // Left uninitialised: only what the counts cover is ever read.
    Node inline_nodes[kInlineNodes];
    char inline_text[kInlineText];

private:
    void grow();
};

/// Parses the tree's text into its nodes.
Result<void> parse_into(Tree& tree, const Limits& limits);

}  // namespace chatelaine::json

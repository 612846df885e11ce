#include "base/json.hpp"

#include <charconv>
#include <limits>

#include "base/json_tree.hpp"

namespace chatelaine::json {
namespace {

constexpr std::string_view kWhere = "json.value";
constexpr std::size_t kPathBytesMax = 256;
// Offsets are 32 bits wide; the bodies that the service takes are far below this.
constexpr std::size_t kTextBytesMax = 64 * 1024 * 1024;

std::string_view type_name(Type type) {
    switch (type) {
        case Type::kNull: return "null";
        case Type::kBool: return "a boolean";
        case Type::kNumber: return "a number";
        case Type::kString: return "a string";
        case Type::kArray: return "an array";
        case Type::kObject: return "an object";
    }
    return "";
}

}  // namespace

// ---- Tree

Tree::~Tree() {
    wipe(text, text_size);
    wipe(source);
}

void Tree::load(std::string_view source_text, bool keep_source) {
    if (source_text.size() + kPadding > kInlineText) {
        heap_text = std::make_unique_for_overwrite<char[]>(source_text.size() + kPadding);
        text = heap_text.get();
    }
    text_size = source_text.size();
    std::char_traits<char>::copy(text, source_text.data(), text_size);
    std::char_traits<char>::assign(text + text_size, kPadding, '\0');
    if (keep_source) {
        source.assign(source_text);
    }
}

void Tree::grow() {
    // A value takes two bytes of text at least, so the row is never longer than half the text.
    if (heap_nodes.empty()) {
        heap_nodes.assign(inline_nodes, inline_nodes + node_count);
    }
    heap_nodes.resize(std::size_t{node_room} * 4);
    nodes = heap_nodes.data();
    node_room = static_cast<std::uint32_t>(heap_nodes.size());
}

std::string Tree::path_of(const Node& of) const {
    std::vector<std::string> steps;
    for (const Node* at = &of; at->parent != kNoNode; at = nodes + at->parent) {
        const Node& parent = nodes[at->parent];
        if (parent.type == Type::kObject) {
            steps.emplace_back(slice(at->name_at, at->name_size));
            continue;
        }
        std::size_t index = 0;
        for (std::uint32_t i = parent.text_at; nodes + i != at; i = nodes[i].next) {
            ++index;
        }
        steps.push_back(std::to_string(index));
    }
    std::string path;
    for (std::size_t i = steps.size(); i > 0; --i) {
        path.append(path.empty() ? "" : ".").append(steps[i - 1]);
    }
    if (path.size() > kPathBytesMax) {
        std::size_t size = kPathBytesMax;
        while ((static_cast<unsigned char>(path[size]) & 0xc0) == 0x80) {
            --size;
        }
        path.resize(size);
        path.append("...");
    }
    return path;
}

std::string Tree::path_of_member(const Node& parent, std::string_view name) const {
    std::string path = path_of(parent);
    return path.append(path.empty() ? "" : ".").append(name);
}

// ---- Value

Type Value::type() const {
    CH_CHECK(exists());
    return node_->type;
}

Value Value::member(std::string_view name) const {
    if (!exists()) {
        return *this;
    }
    if (node_->type == Type::kObject) {
        for (const Node* at = tree_->node(node_->text_at); at; at = tree_->node(at->next)) {
            if (tree_->slice(at->name_at, at->name_size) == name) {
                return Value(tree_, at);
            }
        }
    }
    Value absent(tree_, nullptr);
    absent.absent_parent_ = node_;
    absent.absent_name_ = name;
    return absent;
}

std::string_view Value::member_name() const {
    return exists() ? tree_->slice(node_->name_at, node_->name_size) : std::string_view{};
}

std::size_t Value::size() const { return exists() && node_->is_container() ? node_->text_size : 0; }

Value Value::first() const {
    return exists() ? Value(tree_, tree_->node(node_->first_child())) : Value{};
}

Value Value::next() const { return exists() ? Value(tree_, tree_->node(node_->next)) : Value{}; }

std::string Value::path() const {
    if (exists()) {
        return tree_->path_of(*node_);
    }
    return absent_parent_ ? tree_->path_of_member(*absent_parent_, absent_name_) : std::string{};
}

Result<void> Value::expect(Type wanted) const {
    if (is_absent()) {
        return Error::missing(kWhere, path());
    }
    if (type() != wanted) {
        return Error::invalid(kWhere, path(), "must be " + std::string(type_name(wanted)));
    }
    return ok();
}

Result<std::string_view> Value::string() const {
    if (is_string()) {
        return tree_->slice(node_->text_at, node_->text_size);
    }
    return expect(Type::kString).error();
}

Result<std::int64_t> Value::integer() const {
    CH_TRY_VOID(expect(Type::kNumber));
    const std::string_view text = number_text();
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{}) {
        return Error::invalid(kWhere, path(), "is out of range");
    }
    if (end != text.data() + text.size()) {
        return Error::invalid(kWhere, path(), "must be a whole number");
    }
    return value;
}

Result<bool> Value::boolean() const {
    CH_TRY_VOID(expect(Type::kBool));
    return tree_->text[node_->text_at] == 't';
}

std::string_view Value::number_text() const {
    CH_CHECK(exists() && node_->type == Type::kNumber);
    return tree_->slice(node_->text_at, node_->text_size);
}

std::string_view Value::source() const {
    CH_CHECK(exists() && !tree_->source.empty());
    return std::string_view(tree_->source).substr(node_->source_at, node_->source_size);
}

Result<void> Value::only_members(std::initializer_list<std::string_view> known) const {
    CH_TRY_VOID(expect(Type::kObject));
    for (Value at = first(); at.exists(); at = at.next()) {
        const std::string_view name = at.member_name();
        bool found = false;
        for (const std::string_view each : known) {
            found = found || each == name;
        }
        if (!found) {
            return Error(Code::kUnknownField, kWhere, "the field is not known").in_field(at.path());
        }
    }
    return ok();
}

// ---- Document

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text, const Options& options) {
    CH_CHECK(options.limits.depth_max <= depth_hard_max);
    if (text.size() > kTextBytesMax) {
        return Error(Code::kTooLarge, "json.parse", "the text is too long");
    }
    auto tree = std::make_unique_for_overwrite<Tree>();
    tree->load(text, options.keep_source);
    CH_TRY_VOID(parse_into(*tree, options.limits));
    return Document(std::move(tree));
}

Value Document::root() const { return Value(tree_.get(), tree_->nodes); }

}  // namespace chatelaine::json

#include <algorithm>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/encoding.hpp"
#include "base/json_tree.hpp"

namespace chatelaine::json {
namespace {

constexpr std::string_view kWhere = "json.parse";
/// Objects up to this size are compared name by name; larger ones are sorted first, so that many
/// names cannot cost the square of their number.
constexpr std::uint32_t kPairwiseMax = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Iterative, so that nesting cannot use up the stack. Works in the tree's own copy of the text,
/// which ends in zero bytes: every loop stops there by itself.
class Parser {
public:
    Parser(Tree& tree, const Limits& limits)
        : tree_(tree), limits_(limits), at_(tree.text), end_(tree.text + tree.text_size) {}

    Result<void> run() {
        while (true) {
            skip_space();
            const bool opened = depth_ > 0 && expects_member_or_end_;
            if (opened && at_ < end_ && *at_ == closer()) {
                CH_TRY_VOID(close());
            } else {
                CH_TRY(const bool container, value());
                if (container) {
                    continue;
                }
            }
            CH_TRY(const bool done, after_value());
            if (done) {
                return ok();
            }
        }
    }

private:
    struct Frame {
        std::uint32_t node;
        std::uint32_t last;  ///< the last child so far
    };

    Frame& top() { return frames_[depth_ - 1]; }
    Node& container() { return tree_.nodes[top().node]; }
    char closer() { return container().type == Type::kObject ? '}' : ']'; }
    std::uint32_t offset() const { return static_cast<std::uint32_t>(at_ - tree_.text); }

    Error malformed(std::string_view expected) {
        std::string message = "expected ";
        message.append(expected).append(at_ >= end_ ? " where the text ends" : " at byte ");
        if (at_ < end_) {
            message += std::to_string(offset());
        }
        Error error(Code::kMalformed, kWhere, std::move(message));
        const std::uint32_t open_container = depth_ > 0 ? top().node : kNoNode;
        const std::uint32_t node = current_ != kNoNode ? current_ : open_container;
        std::string path = node == kNoNode ? std::string{} : tree_.path_of(tree_.nodes[node]);
        return path.empty() ? std::move(error) : std::move(error).in_field(path);
    }

    Error too_large(std::string_view message) {
        return Error(Code::kTooLarge, kWhere, std::string(message));
    }

    void skip_space() {
        while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') {
            ++at_;
        }
    }

    /// After a value: closes what ends here; true when the whole text is read.
    Result<bool> after_value() {
        while (true) {
            skip_space();
            if (depth_ == 0) {
                if (at_ != end_) {
                    return malformed("the end");
                }
                return true;
            }
            if (*at_ == ',') {
                ++at_;
                expects_member_or_end_ = false;
                return false;
            }
            if (*at_ != closer()) {
                return malformed(closer() == '}' ? "',' or '}'" : "',' or ']'");
            }
            CH_TRY_VOID(close());
        }
    }

    Result<void> close() {
        ++at_;
        Node& closed = container();
        closed.source_size = offset() - closed.source_at;
        if (closed.type == Type::kObject) {
            CH_TRY_VOID(refuse_duplicates(closed));
        }
        --depth_;
        expects_member_or_end_ = false;
        return ok();
    }

    /// Reads one value (with its name, inside an object); true when it opened a container.
    Result<bool> value() {
        std::uint32_t name_at = 0;
        std::uint32_t name_size = 0;
        if (depth_ > 0 && container().type == Type::kObject) {
            if (*at_ != '"') {
                return malformed(expects_member_or_end_ ? "a member name or '}'"
                                                        : "a member name");
            }
            CH_TRY_VOID(string(name_at, name_size));
            skip_space();
            if (*at_ != ':') {
                return malformed("':'");
            }
            ++at_;
            skip_space();
        }
        if (tree_.node_count >= limits_.values_max) {
            return too_large("more than " + std::to_string(limits_.values_max) + " values");
        }
        const std::uint32_t index = tree_.add_node();
        Node& node = tree_.nodes[index];
        node = Node{name_at, name_size, 0, 0, kNoNode, kNoNode, offset(), 0, Type::kNull};
        link(index, node);
        if (*at_ == '{' || *at_ == '[') {
            return open(index, node);
        }
        current_ = index;
        CH_TRY_VOID(scalar(node));
        current_ = kNoNode;
        node.source_size = offset() - node.source_at;
        return false;
    }

    void link(std::uint32_t index, Node& node) {
        if (depth_ == 0) {
            return;
        }
        Node& parent = container();
        node.parent = top().node;
        if (parent.text_size++ == 0) {
            parent.text_at = index;
        } else {
            tree_.nodes[top().last].next = index;
        }
        top().last = index;
    }

    Result<bool> open(std::uint32_t index, Node& node) {
        if (depth_ >= limits_.depth_max) {
            return too_large("nested deeper than " + std::to_string(limits_.depth_max));
        }
        node.type = *at_ == '{' ? Type::kObject : Type::kArray;
        node.text_at = kNoNode;
        ++at_;
        frames_[depth_++] = Frame{index, kNoNode};
        expects_member_or_end_ = true;
        return true;
    }

    Result<void> scalar(Node& node) {
        switch (*at_) {
            case '"': node.type = Type::kString; return string(node.text_at, node.text_size);
            case 't': node.type = Type::kBool; return word("true", node);
            case 'f': node.type = Type::kBool; return word("false", node);
            case 'n': return word("null", node);
            default: node.type = Type::kNumber; return number(node);
        }
    }

    Result<void> word(std::string_view expected, Node& node) {
        const auto left = static_cast<std::size_t>(end_ - at_);
        if (std::string_view(at_, std::min(left, expected.size())) != expected) {
            return malformed("a value");
        }
        node.text_at = offset();
        node.text_size = static_cast<std::uint32_t>(expected.size());
        at_ += expected.size();
        return ok();
    }

    bool digits() {
        const char* begin = at_;
        while (is_digit(*at_)) {
            ++at_;
        }
        return at_ != begin;
    }

    Result<void> number(Node& node) {
        node.text_at = offset();
        const bool minus = *at_ == '-';
        at_ += minus ? 1 : 0;
        if (*at_ == '0') {
            ++at_;
        } else if (!digits()) {
            return malformed(minus ? "a digit" : "a value");
        }
        if (*at_ == '.') {
            ++at_;
            if (!digits()) {
                return malformed("a digit");
            }
        }
        if (*at_ == 'e' || *at_ == 'E') {
            ++at_;
            at_ += *at_ == '+' || *at_ == '-' ? 1 : 0;
            if (!digits()) {
                return malformed("a digit");
            }
        }
        node.text_size = offset() - node.text_at;
        return ok();
    }

    /// Moves on to the next byte of a string that is not plain ASCII.
    void skip_plain() {
#if defined(__SSE2__)
        // Signed comparison: bytes from 0x80 on count as below the space, as controls do.
        while (true) {
            const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at_));
            const __m128i special =
                _mm_or_si128(_mm_cmpgt_epi8(_mm_set1_epi8(0x20), text),
                             _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')),
                                          _mm_cmpeq_epi8(text, _mm_set1_epi8('\\'))));
            const int mask = _mm_movemask_epi8(special);
            if (mask != 0) {
                at_ += __builtin_ctz(static_cast<unsigned>(mask));
                return;
            }
            at_ += 16;
        }
#else
        while (static_cast<unsigned char>(*at_ - 0x20) < 0x60 && *at_ != '"' && *at_ != '\\') {
            ++at_;
        }
#endif
    }

    /// Reads a string from its opening quote; unescapes it where it stands.
    Result<void> string(std::uint32_t& text_at, std::uint32_t& text_size) {
        ++at_;
        char* out = at_;
        text_at = offset();
        while (true) {
            char* const begin = at_;
            skip_plain();
            if (out != begin) {
                std::copy(begin, at_, out);
            }
            out += at_ - begin;
            if (*at_ == '"') {
                text_size = static_cast<std::uint32_t>(out - tree_.text) - text_at;
                ++at_;
                return ok();
            }
            if (*at_ == '\\') {
                CH_TRY_VOID(escape(out));
            } else if (static_cast<signed char>(*at_) >= 0) {
                return malformed(at_ >= end_ ? "'\"'" : "an escape instead of a control character");
            } else {
                const auto left = static_cast<std::size_t>(end_ - at_);
                const std::size_t length = utf8_sequence({at_, std::min<std::size_t>(left, 4)});
                if (length == 0) {
                    return malformed("UTF-8");
                }
                out = std::copy(at_, at_ + length, out);
                at_ += length;
            }
        }
    }

    Result<void> escape(char*& out) {
        ++at_;
        switch (*at_) {
            case '"': *out++ = '"'; break;
            case '\\': *out++ = '\\'; break;
            case '/': *out++ = '/'; break;
            case 'b': *out++ = '\b'; break;
            case 'f': *out++ = '\f'; break;
            case 'n': *out++ = '\n'; break;
            case 'r': *out++ = '\r'; break;
            case 't': *out++ = '\t'; break;
            case 'u': return unicode_escape(out);
            default: return malformed("an escape of JSON");
        }
        ++at_;
        return ok();
    }

    /// The four hex digits behind \u, or -1; moves over them.
    int four_hex() {
        int value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = *at_;
            const int digit = is_digit(c)              ? c - '0'
                              : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                              : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                                       : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }

    Result<void> unicode_escape(char*& out) {
        ++at_;
        int code = four_hex();
        if (code < 0) {
            return malformed("a hex digit");
        }
        if (code >= 0xdc00 && code <= 0xdfff) {
            return malformed("a high surrogate before the low one");
        }
        if (code >= 0xd800 && code <= 0xdbff) {
            if (at_[0] != '\\' || at_[1] != 'u') {
                return malformed("the low surrogate");
            }
            at_ += 2;
            const int low = four_hex();
            if (low < 0xdc00 || low > 0xdfff) {
                return malformed("the low surrogate");
            }
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        append_utf8(out, static_cast<unsigned>(code));
        return ok();
    }

    static void append_utf8(char*& out, unsigned code) {
        const auto put = [&](unsigned octet) { *out++ = static_cast<char>(octet); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xc0 | code >> 6);
            put(0x80 | (code & 63));
        } else if (code < 0x10000) {
            put(0xe0 | code >> 12);
            put(0x80 | (code >> 6 & 63));
            put(0x80 | (code & 63));
        } else {
            put(0xf0 | code >> 18);
            put(0x80 | (code >> 12 & 63));
            put(0x80 | (code >> 6 & 63));
            put(0x80 | (code & 63));
        }
    }

    std::string_view name_of(std::uint32_t index) const {
        const Node& node = tree_.nodes[index];
        return tree_.slice(node.name_at, node.name_size);
    }

    Error duplicate(std::uint32_t index) {
        return Error(Code::kMalformed, kWhere, "the member is there twice")
            .in_field(tree_.path_of(tree_.nodes[index]));
    }

    Result<void> refuse_duplicates(const Node& object) {
        if (object.text_size > kPairwiseMax) {
            return refuse_duplicates_sorted(object);
        }
        for (std::uint32_t a = object.text_at; a != kNoNode; a = tree_.nodes[a].next) {
            const std::string_view name = name_of(a);
            for (std::uint32_t b = tree_.nodes[a].next; b != kNoNode; b = tree_.nodes[b].next) {
                if (name_of(b) == name) {
                    return duplicate(b);
                }
            }
        }
        return ok();
    }

    Result<void> refuse_duplicates_sorted(const Node& object) {
        std::vector<std::uint32_t> members;
        members.reserve(object.text_size);
        for (std::uint32_t i = object.text_at; i != kNoNode; i = tree_.nodes[i].next) {
            members.push_back(i);
        }
        std::sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) {
            const int order = name_of(a).compare(name_of(b));
            return order != 0 ? order < 0 : a < b;
        });
        for (std::size_t i = 1; i < members.size(); ++i) {
            if (name_of(members[i]) == name_of(members[i - 1])) {
                return duplicate(members[i]);
            }
        }
        return ok();
    }

    Tree& tree_;
    const Limits& limits_;
    char* at_;
    char* const end_;
    std::size_t depth_ = 0;
    std::uint32_t current_ = kNoNode;     ///< the scalar being read, for its path in an error
    bool expects_member_or_end_ = false;  ///< just behind an opening brace or bracket
    std::array<Frame, depth_hard_max> frames_;
};

}  // namespace

Result<void> parse_into(Tree& tree, const Limits& limits) { return Parser(tree, limits).run(); }

}  // namespace chatelaine::json

#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// JSON (RFC 8259) behind a plain interface: a bounded tree to read, an appender to write.
///
/// Reading refuses what a lenient parser lets through: a duplicate member name in one object, bad
/// UTF-8, depth over the limit, bytes after the value. Number tokens are kept as their text. The
/// tree's memory is wiped when the document goes, since bodies hold plaintext and tokens.
/// Errors carry the path of the field as the caller wrote it ("keys.0.kty").
/// Threads: a document belongs to one thread at a time.

namespace chatelaine::json {

enum class Type : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

struct Limits {
    std::size_t depth_max = 16;
    std::size_t values_max = 10'000;
};

/// Deeper than any Limits::depth_max may be.
inline constexpr std::size_t depth_hard_max = 128;

struct Node;
struct Tree;
class Document;

/// A position in a document, cheap to copy, valid as long as the document (also when it moves). An
/// absent member is a Value too (`exists()` is false), so that lookups chain; it keeps the name it
/// was asked for, which must live as long.
class Value {
public:
    Value() = default;

    bool exists() const { return node_ != nullptr; }
    /// Absent or null: most optional fields of the OKMS API take either.
    bool is_absent() const { return !exists() || type() == Type::kNull; }
    Type type() const;  ///< the value must exist
    bool is_object() const { return exists() && type() == Type::kObject; }
    bool is_array() const { return exists() && type() == Type::kArray; }
    bool is_string() const { return exists() && type() == Type::kString; }

    /// The member of an object, or an absent Value (also when this is no object).
    Value member(std::string_view name) const;
    std::string_view member_name() const;  ///< of this value inside its object; else empty
    std::size_t size() const;              ///< elements or members; 0 for scalars
    /// First child and next sibling: how arrays and objects are walked in the order written.
    Value first() const;
    Value next() const;

    /// Typed reads. kMissingArgument when absent or null, kInvalidArgument on another type; the
    /// error's field is this value's path from the root.
    Result<std::string_view> string() const;
    Result<std::int64_t> integer() const;  ///< a number with no fraction that fits
    Result<bool> boolean() const;
    /// The number's text exactly as it stood.
    std::string_view number_text() const;
    /// This value's JSON text exactly as it stood, white space included. Only where the document
    /// was parsed with `keep_source`.
    std::string_view source() const;

    /// "keys.0.kty" from the root; empty for the root and for an absent value of no parent. Cut
    /// with "..." where names are long.
    std::string path() const;

    /// kUnknownField naming the first member that is not in `known` (v1 bodies are closed).
    Result<void> only_members(std::initializer_list<std::string_view> known) const;

private:
    friend class Document;
    Value(const Tree* tree, const Node* node) : tree_(tree), node_(node) {}
    /// ok() when this is there and of that type; kMissingArgument, kInvalidArgument else.
    Result<void> expect(Type wanted) const;
    const Tree* tree_ = nullptr;
    const Node* node_ = nullptr;
    /// An absent member remembers where it would have stood, so that its error has a path.
    const Node* absent_parent_ = nullptr;
    std::string_view absent_name_;
};

/// A parsed text. Move-only; wiped when destroyed.
class Document {
public:
    struct Options {
        Limits limits;
        bool keep_source = false;  ///< keeps a copy of the text for Value::source()
    };

    /// kMalformed with the position on bad JSON; kTooLarge on a limit.
    static Result<Document> parse(std::string_view text, const Options& options);
    static Result<Document> parse(std::string_view text) { return parse(text, Options{}); }

    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();

    Value root() const;

private:
    explicit Document(std::unique_ptr<Tree> tree);
    std::unique_ptr<Tree> tree_;
};

/// Writes JSON by appending to a string. Commas are its business, nesting is the caller's. What is
/// not UTF-8 in a string is written as U+FFFD, so that the output is JSON whatever comes in.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}

    Writer& begin_object();
    Writer& end_object();
    Writer& begin_array();
    Writer& end_array();
    Writer& key(std::string_view name);
    Writer& string(std::string_view value);
    Writer& integer(std::int64_t value);
    Writer& boolean(bool value);
    Writer& null();
    /// JSON text that is known to be valid.
    Writer& raw(std::string_view json);
    /// The bytes in standard base64, as a string.
    Writer& base64(BytesView value);
    Writer& base64url(BytesView value);

    Writer& member(std::string_view name, std::string_view value) {
        return key(name).string(value);
    }
    Writer& member(std::string_view name, const char* value) { return key(name).string(value); }
    Writer& member(std::string_view name, std::int64_t value) { return key(name).integer(value); }
    Writer& member(std::string_view name, int value) { return key(name).integer(value); }
    Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }

private:
    void separate();
    std::string& out_;
    bool need_comma_ = false;
};

}  // namespace chatelaine::json

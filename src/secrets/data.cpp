#include "secrets/data.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/limits.hpp"

namespace chatelaine::secrets {
namespace {

Error too_long(std::string field) {
    return Error::invalid("secrets.data", std::move(field),
                          "expected at most 65536 bytes of JSON");
}

/// Parsed again from what was checked before it was stored.
Result<json::Document> parse(const crypto::SecretBytes& data) {
    return data.with_exposed(crypto::insecure_expose_secret(), [](BytesView bytes) {
        json::Document::Options options;
        // One level and one value more than a body has: the body's own object is gone.
        options.limits = {limits::secret_json_depth_max, limits::secret_json_values_max};
        options.keep_source = true;
        return json::Document::parse(as_text(bytes), options);
    });
}

void write(json::Writer& out, const json::Value& value) { out.raw(value.source()); }

/// A patch's object where there is nothing to patch: itself without its nulls.
void write_new(json::Writer& out, const json::Value& patch) {
    if (!patch.is_object()) {
        write(out, patch);
        return;
    }
    out.begin_object();
    for (json::Value member = patch.first(); member.exists(); member = member.next()) {
        if (!member.is_absent()) {
            out.key(member.member_name());
            write_new(out, member);
        }
    }
    out.end_object();
}

/// Members by name: a look-up in each of many members must not cost the square of their number.
using Names = std::unordered_map<std::string_view, json::Value>;
Names names_of(const json::Value& object) {
    Names names;
    for (json::Value member = object.first(); member.exists(); member = member.next()) {
        names.emplace(member.member_name(), member);
    }
    return names;
}

/// Depth is bounded by the parser, so the recursion is.
void write_merged(json::Writer& out, const json::Value& target, const json::Value& patch) {
    if (!patch.is_object() || !target.is_object()) {
        write_new(out, patch);
        return;
    }
    const Names changes = names_of(patch);
    const Names there = names_of(target);
    out.begin_object();
    for (json::Value member = target.first(); member.exists(); member = member.next()) {
        const auto change = changes.find(member.member_name());
        if (change != changes.end() && change->second.is_absent()) {
            continue;  // null: taken away
        }
        out.key(member.member_name());
        if (change == changes.end()) {
            write(out, member);
        } else {
            write_merged(out, member, change->second);
        }
    }
    for (json::Value member = patch.first(); member.exists(); member = member.next()) {
        if (!member.is_absent() && there.find(member.member_name()) == there.end()) {
            out.key(member.member_name());
            write_new(out, member);
        }
    }
    out.end_object();
}

void write_subkeys(json::Writer& out, const json::Value& value, std::uint32_t levels) {
    out.begin_object();
    for (json::Value member = value.first(); member.exists(); member = member.next()) {
        out.key(member.member_name());
        if (member.is_object() && levels != 1) {
            write_subkeys(out, member, levels == 0 ? 0 : levels - 1);
        } else {
            out.null();
        }
    }
    out.end_object();
}

bool same(const json::Value& one, const json::Value& two);

bool same_members(const json::Value& one, const json::Value& two) {
    if (one.size() != two.size()) {
        return false;
    }
    const Names names = names_of(two);
    for (json::Value member = one.first(); member.exists(); member = member.next()) {
        const auto twin = names.find(member.member_name());
        if (twin == names.end() || !same(member, twin->second)) {
            return false;
        }
    }
    return true;
}

bool same(const json::Value& one, const json::Value& two) {
    if (one.type() != two.type()) {
        return false;
    }
    switch (one.type()) {
        case json::Type::kObject: return same_members(one, two);
        case json::Type::kArray: {
            json::Value left = one.first();
            json::Value right = two.first();
            while (left.exists() && right.exists() && same(left, right)) {
                left = left.next();
                right = right.next();
            }
            return !left.exists() && !right.exists();
        }
        case json::Type::kString: return *one.string() == *two.string();
        case json::Type::kBool: return *one.boolean() == *two.boolean();
        case json::Type::kNumber: return one.number_text() == two.number_text();
        case json::Type::kNull: break;
    }
    return true;
}

/// One line of a diff.
void tell(json::Writer& out, bool values, const json::Value& from, const json::Value& to) {
    out.begin_object().member("field", from.exists() ? from.member_name() : to.member_name());
    out.member("change", !to.exists() ? "removed" : !from.exists() ? "added" : "changed");
    if (values && from.exists()) {
        out.key("from").raw(from.source());
    }
    if (values && to.exists()) {
        out.key("to").raw(to.source());
    }
    out.end_object();
}

}  // namespace

Result<bool> has_member(const crypto::SecretBytes& data, std::string_view name) {
    CH_TRY(const json::Document document, parse(data));
    return document.root().member(name).exists();
}

Result<std::string> diff_of(const crypto::SecretBytes& before, const crypto::SecretBytes& after,
                            bool values) {
    CH_TRY(const json::Document first, parse(before));
    CH_TRY(const json::Document second, parse(after));
    std::string text;
    // A name may come out three times as long, and a line has some forty bytes of its own for at
    // least five of a member.
    text.reserve(12 * (before.size() + after.size()) + 64);
    json::Writer out(text);
    out.begin_array();
    const Names was = names_of(first.root());
    const Names there = names_of(second.root());
    for (json::Value old = first.root().first(); old.exists(); old = old.next()) {
        const auto now = there.find(old.member_name());
        if (now == there.end()) {
            tell(out, values, old, {});
        } else if (!same(old, now->second)) {
            tell(out, values, old, now->second);
        }
    }
    for (json::Value now = second.root().first(); now.exists(); now = now.next()) {
        if (was.find(now.member_name()) == was.end()) {
            tell(out, values, {}, now);
        }
    }
    out.end_array();
    return text;
}

Result<crypto::SecretBytes> data_of(const json::Value& value) {
    if (value.is_absent()) {
        return Error::missing("secrets.data", value.path());
    }
    if (!value.is_object()) {
        return Error::invalid("secrets.data", value.path(), "expected a JSON object");
    }
    const std::string_view text = value.source();
    if (text.size() > limits::secret_data_bytes_max) {
        return too_long(value.path());
    }
    return crypto::SecretBytes::copy_of(as_bytes(text));
}

Result<crypto::SecretBytes> merge_patch(const crypto::SecretBytes& target,
                                        const crypto::SecretBytes& patch) {
    CH_TRY(const json::Document before, parse(target));
    CH_TRY(const json::Document change, parse(patch));
    std::string text;
    // All of it at once, also where a name's escapes come out three times as long: growing would
    // leave data behind in freed memory.
    text.reserve(3 * (target.size() + patch.size()) + 64);
    json::Writer out(text);
    write_merged(out, before.root(), change.root());
    const bool fits = text.size() <= limits::secret_data_bytes_max;
    auto merged = fits ? crypto::SecretBytes::copy_of(as_bytes(text)) : crypto::SecretBytes{};
    wipe(text);
    if (!fits) {
        return too_long("data");
    }
    return merged;
}

Result<std::string> subkeys_of(const crypto::SecretBytes& data, std::uint32_t depth) {
    CH_TRY(const json::Document document, parse(data));
    std::string text;
    text.reserve(3 * data.size() + 64);
    json::Writer out(text);
    write_subkeys(out, document.root(), depth);
    return text;
}

}  // namespace chatelaine::secrets

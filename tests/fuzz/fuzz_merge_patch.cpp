// Two JSON objects in one input, a new line between them: the one merged into the other is an
// object that holds what the patch says, merging again changes nothing, and subkeys have no values.
#include <cstdlib>

#include "base/limits.hpp"
#include "secrets/data.hpp"

namespace json = chatelaine::json;
namespace secrets = chatelaine::secrets;
namespace crypto = chatelaine::crypto;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

json::Document::Options options() {
    json::Document::Options made;
    made.limits = {chatelaine::limits::secret_json_depth_max,
                   chatelaine::limits::secret_json_values_max};
    made.keep_source = true;
    return made;
}

/// The text as a body's data would be taken.
std::optional<crypto::SecretBytes> taken(std::string_view text) {
    const auto document = json::Document::parse(text, options());
    if (!document) {
        return std::nullopt;
    }
    auto data = secrets::data_of(document->root());
    return data ? std::optional(std::move(data).value()) : std::nullopt;
}

std::string text_of(const crypto::SecretBytes& bytes) {
    return bytes.with_exposed(crypto::insecure_expose_secret(), [](chatelaine::BytesView view) {
        return std::string(chatelaine::as_text(view));
    });
}

void check_holds(const json::Value& merged, const json::Value& patch) {
    for (json::Value member = patch.first(); member.exists(); member = member.next()) {
        const json::Value there = merged.member(member.member_name());
        if (member.is_absent()) {
            require(!there.exists());
        } else if (member.is_object()) {
            require(there.is_object());
            check_holds(there, member);
        } else {
            require(there.exists() && there.source() == member.source());
        }
    }
}

void check_no_values(const json::Value& keys) {
    for (json::Value member = keys.first(); member.exists(); member = member.next()) {
        require(member.is_object() || member.type() == json::Type::kNull);
        check_no_values(member);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = chatelaine::as_text({data, size});
    const std::size_t line = input.find('\n');
    if (line == std::string_view::npos) {
        return 0;
    }
    const auto target = taken(input.substr(0, line));
    const auto patch = taken(input.substr(line + 1));
    if (!target || !patch) {
        return 0;
    }
    const auto merged = secrets::merge_patch(*target, *patch);
    if (!merged) {
        require(merged.error().code() == chatelaine::Code::kInvalidArgument);
        return 0;
    }
    const std::string text = text_of(*merged);
    const auto document = json::Document::parse(text, options());
    require(document.has_value() && document->root().is_object());
    const std::string patch_text = text_of(*patch);
    const auto change = json::Document::parse(patch_text, options());
    check_holds(document->root(), change->root());
    const auto again = secrets::merge_patch(*merged, *patch);
    require(again.has_value() && text_of(*again) == text);
    for (const std::uint32_t depth : {0U, 1U, 2U}) {
        const auto keys = secrets::subkeys_of(*merged, depth);
        require(keys.has_value());
        const auto names = json::Document::parse(*keys, options());
        require(names.has_value());
        check_no_values(names->root());
    }
    return 0;
}

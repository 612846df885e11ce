// JSON bodies of any bytes: a refusal is one of the documented codes and names where; what is read
// writes and reads back as the same tree.
#include <cstdlib>

#include "base/json.hpp"

namespace json = chatelaine::json;
using chatelaine::Code;

namespace {

void write(json::Writer& out, json::Value value) {
    switch (value.type()) {
        case json::Type::kObject:
            out.begin_object();
            for (json::Value at = value.first(); at.exists(); at = at.next()) {
                out.key(at.member_name());
                write(out, at);
            }
            out.end_object();
            return;
        case json::Type::kArray:
            out.begin_array();
            for (json::Value at = value.first(); at.exists(); at = at.next()) {
                write(out, at);
            }
            out.end_array();
            return;
        case json::Type::kString:
            out.string(*value.string());
            return;
        case json::Type::kNumber:
            out.raw(value.number_text());
            return;
        case json::Type::kBool:
            out.boolean(*value.boolean());
            return;
        case json::Type::kNull:
            out.null();
            return;
    }
    std::abort();
}

std::string written(const json::Document& document) {
    std::string text;
    json::Writer out(text);
    write(out, document.root());
    return text;
}

/// Every lookup that a decoder makes, on every value: an answer or one of the three refusals.
void read_everything(json::Value value) {
    const auto fine = [](const auto& result) {
        if (!result && result.error().code() != Code::kMissingArgument &&
            result.error().code() != Code::kInvalidArgument) {
            std::abort();
        }
    };
    fine(value.string());
    fine(value.integer());
    fine(value.boolean());
    if (value.member("absent").exists() && !value.is_object()) {
        std::abort();
    }
    std::size_t children = 0;
    for (json::Value at = value.first(); at.exists(); at = at.next()) {
        read_everything(at);
        ++children;
    }
    if (children != value.size() || value.path().size() > 4096) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = chatelaine::as_text({data, size});
    const auto document = json::Document::parse(text, {.limits = {}, .keep_source = true});
    if (!document) {
        const Code code = document.error().code();
        if (code != Code::kMalformed && code != Code::kTooLarge) {
            std::abort();
        }
        return 0;
    }
    read_everything(document->root());
    if (document->root().source().size() > size) {
        std::abort();
    }
    const std::string once = written(*document);
    const auto again = json::Document::parse(once);
    if (!again || written(*again) != once) {
        std::abort();
    }
    return 0;
}

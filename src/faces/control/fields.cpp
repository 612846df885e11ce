#include "faces/control/fields.hpp"

#include <charconv>

namespace chatelaine::faces::control {

Result<std::string> text_field(const json::Value& object, std::string_view name,
                               const TextRule& rule) {
    const json::Value value = object.member(name);
    if (value.is_absent() && !rule.required) {
        return std::string();
    }
    CH_TRY(const std::string_view text, value.string());
    if (text.size() > rule.bytes_max || (rule.required && text.empty())) {
        return Error::invalid("control.text", value.path(),
                              "expected 1 to " + std::to_string(rule.bytes_max) + " bytes");
    }
    return std::string(text);
}

Result<std::vector<std::string>> texts_field(const json::Value& object, std::string_view name,
                                             std::size_t count_max) {
    const json::Value value = object.member(name);
    if (!value.is_array()) {
        return value.is_absent() ? Error::missing("control.texts", value.path())
                                 : Error::invalid("control.texts", value.path(),
                                                  "expected an array of strings");
    }
    if (value.size() > count_max) {
        return Error::invalid("control.texts", value.path(),
                              "expected at most " + std::to_string(count_max) + " elements");
    }
    std::vector<std::string> texts;
    for (json::Value item = value.first(); item.exists(); item = item.next()) {
        CH_TRY(const std::string_view text, item.string());
        texts.emplace_back(text);
    }
    return texts;
}

Result<std::optional<std::vector<access::Grant>>> grants_field(const json::Value& object) {
    const json::Value value = object.member("grants");
    if (value.is_absent()) {
        return std::optional<std::vector<access::Grant>>{};
    }
    if (!value.is_array() || value.size() > limits::grants_per_identity_max) {
        return Error::invalid("control.grants", value.path(), "expected an array of at most 1000");
    }
    std::vector<access::Grant> grants;
    for (json::Value item = value.first(); item.exists(); item = item.next()) {
        if (!item.is_object()) {
            return Error::invalid("control.grants", item.path(), "expected an object");
        }
        CH_TRY_VOID(item.only_members({"actions", "resources"}));
        access::Grant grant;
        CH_TRY(grant.actions, texts_field(item, "actions", 100));
        CH_TRY(grant.resources, texts_field(item, "resources", 100));
        grants.push_back(std::move(grant));
    }
    return std::optional<std::vector<access::Grant>>(std::move(grants));
}

crypto::SecretBytes secret_text(std::string_view text) {
    return crypto::SecretBytes::copy_of(as_bytes(text));
}

Result<PageRequest> page_request(const http::Context& context) {
    const auto number = [&](std::string_view header, std::uint64_t otherwise,
                            std::uint64_t highest) -> Result<std::uint64_t> {
        const auto text = context.header(header);
        if (!text || text->empty()) {
            return otherwise;
        }
        std::uint64_t value = 0;
        const char* const end = text->data() + text->size();
        const auto [stopped, fault] = std::from_chars(text->data(), end, value);
        if (fault != std::errc{} || stopped != end || value > highest || value == 0) {
            return Error::invalid("control.page", std::string(header), "expected a whole number");
        }
        return value;
    };
    PageRequest page;
    CH_TRY(page.after, number("X-Pagination-Cursor", 0, INT64_MAX));
    CH_TRY(const std::uint64_t size, number("X-Pagination-Size", 100, 1000));
    page.max = size;
    return page;
}

void set_next_page(std::uint64_t next, net::HttpResponse& response) {
    if (next != 0) {
        response.headers.emplace_back("X-Pagination-Cursor-Next", std::to_string(next));
    }
}

void write_identity(json::Writer& out, const access::Identity& identity) {
    out.begin_object()
        .member("id", identity.id.to_string())
        .member("name", identity.name)
        .member("description", identity.description)
        .member("urn", identity.urn)
        .member("root", identity.root)
        .member("disabled", identity.disabled)
        .member("createdAt", format_rfc3339(identity.created))
        .key("grants")
        .begin_array();
    for (const access::Grant& grant : identity.grants) {
        out.begin_object().key("actions");
        write_texts(out, grant.actions);
        out.key("resources");
        write_texts(out, grant.resources);
        out.end_object();
    }
    out.end_array().key("groups");
    write_texts(out, identity.groups);
    out.end_object();
}

void write_texts(json::Writer& out, const std::vector<std::string>& texts) {
    out.begin_array();
    for (const auto& text : texts) {
        out.string(text);
    }
    out.end_array();
}

void write_secret(json::Writer& out, const crypto::SecretBytes& text) {
    text.with_exposed(crypto::insecure_expose_secret(),
                      [&](BytesView bytes) { out.string(as_text(bytes)); });
}

void write_secret_member(json::Writer& out, std::string_view name,
                         const crypto::SecretBytes& text) {
    text.with_exposed(crypto::insecure_expose_secret(),
                      [&](BytesView bytes) { out.member(name, as_text(bytes)); });
}

}  // namespace chatelaine::faces::control

#include "faces/control/form.hpp"

#include <algorithm>

namespace chatelaine::faces::control {
namespace {

constexpr std::string_view kType = "application/x-www-form-urlencoded";
constexpr std::string_view kBasic = "Basic ";
constexpr std::size_t kMembersMax = 32;

bool same_letters(std::string_view text, std::string_view other) {
    return std::equal(text.begin(), text.end(), other.begin(), other.end(), [](char a, char b) {
        const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
        return low(a) == low(b);
    });
}

Result<std::string> decoded(std::string_view raw) {
    std::string text(raw);
    std::replace(text.begin(), text.end(), '+', ' ');
    auto value = decode_percent(text);
    wipe(text);
    if (!value || !is_utf8(*value)) {
        return Error::invalid("control.form", "body", "expected a form");
    }
    return value;
}

/// "Basic base64(id:secret)", both of them form-encoded first.
Result<ClientCredentials> basic(std::string_view header) {
    const auto refused = [] {
        return Error(Code::kUnauthenticated, "control.form", "expected Basic credentials");
    };
    if (header.size() < kBasic.size() || header.size() > limits::token_characters_max * 4 ||
        !same_letters(header.substr(0, kBasic.size()), kBasic)) {
        return refused();
    }
    auto raw = decode_base64(header.substr(kBasic.size()));
    if (!raw) {
        return refused();
    }
    const std::string_view text = as_text(*raw);
    const std::size_t colon = text.find(':');
    ClientCredentials found;
    bool good = false;
    if (colon != std::string_view::npos) {
        auto id = decoded(text.substr(0, colon));
        auto secret = decoded(text.substr(colon + 1));
        good = id && secret;
        if (good) {
            found.id = *id;
            found.secret = crypto::SecretBytes::copy_of(as_bytes(*secret));
            wipe(*secret);
        }
    }
    wipe(raw->data(), raw->size());
    return good ? Result<ClientCredentials>(std::move(found)) : refused();
}

}  // namespace

Form::~Form() {
    for (auto& member : members_) {
        wipe(member.second);
    }
}

Result<Form> Form::read(const http::Context& context) {
    const std::string_view type = context.header("Content-Type").value_or(std::string_view{});
    if (!same_letters(type.substr(0, type.find(';')), kType)) {
        return Error::invalid("control.form", "Content-Type", "expected " + std::string(kType));
    }
    Form form;
    std::string_view rest = as_text(context.request().body);
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || form.members_.size() == kMembersMax) {
            return Error::invalid("control.form", "body", "expected a form");
        }
        CH_TRY(std::string name, decoded(pair.substr(0, equals)));
        const bool known = std::any_of(form.members_.begin(), form.members_.end(),
                                       [&](const auto& member) { return member.first == name; });
        if (known) {
            return Error::invalid("control.form", name.substr(0, 64), "it is there twice");
        }
        CH_TRY(std::string value, decoded(pair.substr(equals + 1)));
        form.members_.emplace_back(std::move(name), std::move(value));
    }
    return form;
}

std::string_view Form::value(std::string_view name) const {
    for (const auto& [known, value] : members_) {
        if (known == name) {
            return value;
        }
    }
    return {};
}

Result<ClientCredentials> client_credentials(const http::Context& context, const Form& form) {
    const auto header = context.header("Authorization");
    const std::string_view secret = form.value("client_secret");
    const std::string_view id = form.value("client_id");
    if (!header) {
        return ClientCredentials{std::string(id), crypto::SecretBytes::copy_of(as_bytes(secret))};
    }
    CH_TRY(auto found, basic(*header));
    if (!secret.empty() || (!id.empty() && id != found.id)) {
        return Error::invalid("control.form", "client_secret",
                              "expected the credentials in the header or in the form, not in both");
    }
    return found;
}

}  // namespace chatelaine::faces::control

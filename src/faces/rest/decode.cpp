#include "faces/rest/decode.hpp"

#include "base/encoding.hpp"

namespace chatelaine::faces::rest {

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) {
        count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    }
    return count;
}

Result<std::optional<std::string>> optional_text(const json::Value& object, std::string_view name,
                                                 const TextBounds& bounds) {
    const json::Value value = object.member(name);
    if (value.is_absent()) {
        return std::optional<std::string>{};
    }
    CH_TRY(const std::string_view text, value.string());
    const std::size_t count = characters(text);
    if (count < bounds.characters_min || count > bounds.characters_max) {
        return Error::invalid("rest.text", value.path(),
                              "expected " + std::to_string(bounds.characters_min) + " to " +
                                  std::to_string(bounds.characters_max) + " characters");
    }
    return std::optional<std::string>(std::string(text));
}

Result<std::optional<bool>> optional_flag(const json::Value& object, std::string_view name) {
    const json::Value value = object.member(name);
    if (value.is_absent()) {
        return std::optional<bool>{};
    }
    CH_TRY(const bool flag, value.boolean());
    return std::optional<bool>(flag);
}

Result<std::optional<std::int64_t>> optional_integer(const json::Value& object,
                                                     std::string_view name) {
    const json::Value value = object.member(name);
    if (value.is_absent()) {
        return std::optional<std::int64_t>{};
    }
    CH_TRY(const std::int64_t number, value.integer());
    return std::optional<std::int64_t>(number);
}

Result<std::optional<std::vector<std::string>>> optional_texts(const json::Value& object,
                                                               std::string_view name,
                                                               std::size_t count_max) {
    const json::Value value = object.member(name);
    if (value.is_absent()) {
        return std::optional<std::vector<std::string>>{};
    }
    if (!value.is_array()) {
        return Error::invalid("rest.texts", value.path(), "expected an array of strings");
    }
    if (value.size() > count_max) {
        return Error::invalid("rest.texts", value.path(),
                              "expected at most " + std::to_string(count_max) + " elements");
    }
    std::vector<std::string> texts;
    for (json::Value item = value.first(); item.exists(); item = item.next()) {
        CH_TRY(const std::string_view text, item.string());
        texts.emplace_back(text);
    }
    return std::optional<std::vector<std::string>>(std::move(texts));
}

Result<crypto::SecretBytes> secret_base64(const json::Value& value, std::size_t characters_max) {
    CH_TRY(const std::string_view text, value.string());
    if (text.size() > characters_max) {
        return Error::invalid("rest.base64", value.path(),
                              "expected at most " + std::to_string(characters_max) +
                                  " characters of base64");
    }
    crypto::SecretBytes bytes(base64_decoded_max(text.size()));
    const auto size = bytes.with_exposed_mutable(
        crypto::insecure_expose_secret(),
        [&](MutableBytesView out) { return decode_base64_into(text, out); });
    if (!size) {
        return Error::invalid("rest.base64", value.path(), "expected padded standard base64");
    }
    bytes.truncate(*size);
    return bytes;
}

Result<crypto::SignatureAlgorithm> signature_algorithm(const json::Value& value) {
    CH_TRY(const std::string_view name, value.string());
    const auto algorithm = crypto::signature_algorithm_from_name(name);
    if (!algorithm) {
        return Error::invalid("rest.algorithm", value.path(),
                              "expected one of ES256 ES384 ES512 RS256 RS384 RS512 PS256 PS384 "
                              "PS512");
    }
    return *algorithm;
}

Result<objects::SignatureFormat> signature_format(const std::optional<std::string>& word,
                                                  std::string_view field) {
    if (!word || *word == "raw") {
        return objects::SignatureFormat::kRaw;
    }
    if (*word == "jws") {
        return objects::SignatureFormat::kJws;
    }
    if (*word == "jwt") {
        return objects::SignatureFormat::kJwt;
    }
    return Error::invalid("rest.sign", std::string(field), "expected raw, jws or jwt");
}

}  // namespace chatelaine::faces::rest

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "crypto/secret.hpp"
#include "objects/service_keys.hpp"

/// Small typed reads that the bindings share. Errors name the field as the caller wrote it.

namespace chatelaine::faces::rest {

/// Characters (code points) of well-formed UTF-8: what the OpenAPI's maxLength counts.
std::size_t characters(std::string_view text);

struct TextBounds {
    std::size_t characters_min = 0, characters_max = 0;
};
/// Absent and null give nothing.
Result<std::optional<std::string>> optional_text(const json::Value& object, std::string_view name,
                                                 const TextBounds& bounds);
Result<std::optional<bool>> optional_flag(const json::Value& object, std::string_view name);
Result<std::optional<std::int64_t>> optional_integer(const json::Value& object,
                                                     std::string_view name);
Result<std::optional<std::vector<std::string>>> optional_texts(const json::Value& object,
                                                               std::string_view name,
                                                               std::size_t count_max);
/// Standard base64 straight into secret memory; `characters_max` bounds the text.
Result<crypto::SecretBytes> secret_base64(const json::Value& value, std::size_t characters_max);

/// The "alg" of a request.
Result<crypto::SignatureAlgorithm> signature_algorithm(const json::Value& value);
/// raw (also when absent), jws or jwt; `field` is where the caller wrote it.
Result<objects::SignatureFormat> signature_format(const std::optional<std::string>& word,
                                                  std::string_view field);

}  // namespace chatelaine::faces::rest

#pragma once

#include "apps/chatelaine/show.hpp"

/// What the commands about secrets share. Private to the room. Data of a secret is text in ordinary
/// memory here; what holds it wipes it.

namespace chatelaine::cli {

/// A text that is wiped when it goes.
struct SecretText {
    std::string text;
    SecretText() = default;
    explicit SecretText(std::string from) : text(std::move(from)) {}
    SecretText(SecretText&& other) noexcept : text(std::move(other.text)) { wipe(other.text); }
    SecretText& operator=(SecretText&&) = delete;
    ~SecretText() { wipe(text); }
};

/// "/api/ID/v2/secret/PATH" with what follows it, the path as one segment.
Result<std::string> secret_path(const Context& context, std::string_view path,
                                std::string_view rest = {});
/// "/api/ID/v2/secretWHAT/PATH", the path as one segment.
Result<std::string> extra_path(const Context& context, std::string_view what,
                               std::string_view path);
/// "/api/ID/v1/secret/KIND/PATH".
Result<std::string> vault_path(const Context& context, std::string_view kind,
                               std::string_view path);

struct ReadSecretData {
    SecretText data;  ///< the JSON object's own text
    std::int64_t version = 0;
};
/// The data of a version (0: the current one). kSecretNotFound also when it is not active.
Result<ReadSecretData> read_data(Context& context, std::string_view path, std::int64_t version);
/// Writes a version by KV2, which makes the secret where there is none; gives its number. `data`,
/// `generate`: JSON, left out when empty.
Result<std::int64_t> write_data(Context& context, std::string_view path, std::string_view data,
                                std::optional<std::int64_t> cas, std::string_view generate = {});
/// The paths of all secrets that the caller may get, or of those below a folder.
Result<std::vector<std::string>> list_paths(Context& context, std::string_view folder);

/// Not there, whichever of the two ways the service or this program says it.
bool is_missing(const Error& error);

/// A document of secret data: deep, and with its source.
Result<json::Document> parse_data(std::string_view text);

}  // namespace chatelaine::cli

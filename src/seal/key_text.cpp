#include "seal/key_text.hpp"

#include <array>
#include <charconv>

#include "base/encoding.hpp"
#include "crypto/hash.hpp"
#include "seal/limits.hpp"

namespace chatelaine::seal {
namespace {

constexpr std::string_view key_prefix = "chatelaine-key-1";
constexpr std::string_view share_prefix = "chatelaine-share-1";
constexpr std::size_t checksum_bytes = 4;

std::string checksum(std::string_view text) {
    const crypto::Sha256 sum = crypto::sha256(as_bytes(text));
    return encode_hex(BytesView(sum).first(checksum_bytes));
}

/// Ends the text with its checksum and moves it to secret memory. `text` has room reserved, so that
/// no copy of it stays behind in the heap.
crypto::SecretBytes finish(std::string& text, std::string_view end) {
    const std::string sum = checksum(text);
    text.append(":").append(sum).append(end);
    CH_CHECK(text.size() <= share_text_bytes_max);
    crypto::SecretBytes result = crypto::SecretBytes::copy_of(as_bytes(text));
    wipe(text);
    return result;
}

void append_secret(std::string& text, const crypto::SecretBytes& secret) {
    secret.with_exposed(crypto::insecure_expose_secret(),
                        [&](BytesView bytes) { append_base64url(text, bytes); });
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// Splits at colons and checks the checksum; false when anything is not as it should be.
template <std::size_t N>
bool split(std::string_view text, std::string_view prefix,
           std::array<std::string_view, N>& parts) {
    const std::size_t last = text.rfind(':');
    if (last == std::string_view::npos || checksum(text.substr(0, last)) != text.substr(last + 1)) {
        return false;
    }
    std::string_view rest = text;
    for (std::size_t i = 0; i < N; ++i) {
        const std::size_t colon = rest.find(':');
        if ((colon == std::string_view::npos) != (i + 1 == N)) {
            return false;
        }
        parts[i] = rest.substr(0, colon);
        rest = i + 1 == N ? std::string_view() : rest.substr(colon + 1);
    }
    return parts[0] == prefix;
}

/// An empty secret when it is not 32 bytes in strict base64url.
crypto::SecretBytes decode_secret(std::string_view text) {
    crypto::SecretBytes secret(base64_decoded_max(text.size()));
    const auto size = secret.with_exposed_mutable(
        crypto::insecure_expose_secret(),
        [&](MutableBytesView out) { return decode_base64url_into(text, out); });
    if (!size || *size != key_bytes) {
        return {};
    }
    secret.truncate(*size);
    return secret;
}

bool decode_number(std::string_view text, std::size_t& number) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end;
}

Error damaged_share() {
    return Error::invalid("seal.share", "share", "the share is damaged or was mistyped");
}

Result<DecodedShare> decode_share_text(std::string_view text) {
    std::array<std::string_view, 6> parts;
    if (text.size() > share_text_bytes_max || !split(trimmed(text), share_prefix, parts)) {
        return damaged_share();
    }
    DecodedShare result;
    std::size_t x = 0;
    result.set = parts[1];
    result.share.bytes = decode_secret(parts[4]);
    if (result.set.size() != 8 || !decode_number(parts[2], x) || x == 0 || x > share_count_max ||
        !decode_number(parts[3], result.threshold) || result.share.bytes.empty()) {
        return damaged_share();
    }
    result.share.x = static_cast<std::uint8_t>(x);
    return result;
}

Result<KeyFile> decode_key_text(std::string_view text) {
    std::array<std::string_view, 4> parts;
    if (!split(trimmed(text), key_prefix, parts)) {
        return Error(Code::kMalformed, "seal.key_file", "the key file is damaged");
    }
    const auto id = Uuid::parse(parts[1]);
    KeyFile result{id.value_or(Uuid{}), decode_secret(parts[2])};
    if (!id || result.key.empty()) {
        return Error(Code::kMalformed, "seal.key_file", "the key file is damaged");
    }
    return result;
}

}  // namespace

crypto::SecretBytes KeyFile::encode() const {
    std::string text;
    text.reserve(share_text_bytes_max);
    text.append(key_prefix).append(":").append(id.to_string()).append(":");
    append_secret(text, key);
    return finish(text, "\n");
}

Result<KeyFile> KeyFile::decode(const crypto::SecretBytes& text) {
    return text.with_exposed(crypto::insecure_expose_secret(),
                             [](BytesView bytes) { return decode_key_text(as_text(bytes)); });
}

crypto::SecretBytes encode_share(const Uuid& set, std::size_t threshold,
                                 const crypto::Share& share) {
    std::string text;
    text.reserve(share_text_bytes_max);
    text.append(share_prefix).append(":").append(short_set_id(set)).append(":");
    text.append(std::to_string(share.x)).append(":");
    text.append(std::to_string(threshold)).append(":");
    append_secret(text, share.bytes);
    return finish(text, "");
}

Result<DecodedShare> decode_share(const crypto::SecretBytes& text) {
    return text.with_exposed(crypto::insecure_expose_secret(),
                             [](BytesView bytes) { return decode_share_text(as_text(bytes)); });
}

std::string short_set_id(const Uuid& set) { return encode_hex(set.view().first(4)); }

}  // namespace chatelaine::seal

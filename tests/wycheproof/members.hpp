#pragma once

#include <optional>
#include <string_view>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"

/// A vector's members as the room's types. The files are pinned: what is missing is a bug here.

namespace chatelaine::wycheproof {

inline std::string_view text(const json::Value& object, std::string_view name) {
    return object.member(name).string().value();
}
inline Bytes hex(const json::Value& object, std::string_view name) {
    return decode_hex(text(object, name)).value();
}
inline crypto::SecretBytes secret(const json::Value& object, std::string_view name) {
    return crypto::SecretBytes::copy_of(hex(object, name));
}
inline std::size_t number(const json::Value& object, std::string_view name) {
    return static_cast<std::size_t>(object.member(name).integer().value());
}
inline bool is(const crypto::SecretBytes& value, BytesView expected) {
    return value.with_exposed(crypto::insecure_expose_secret(), [&](BytesView raw) {
        return crypto::equal_ct(raw, expected);
    });
}

/// Nothing for hash functions that the product does not have (SHAKE, SM3).
inline std::optional<crypto::Hash> hash_named(std::string_view name) {
    using crypto::Hash;
    constexpr std::pair<std::string_view, Hash> names[] = {
        {"SHA-1", Hash::kSha1},           {"SHA-224", Hash::kSha224},
        {"SHA-256", Hash::kSha256},       {"SHA-384", Hash::kSha384},
        {"SHA-512", Hash::kSha512},       {"SHA-512/224", Hash::kSha512_224},
        {"SHA-512/256", Hash::kSha512_256}, {"SHA3-224", Hash::kSha3_224},
        {"SHA3-256", Hash::kSha3_256},    {"SHA3-384", Hash::kSha3_384},
        {"SHA3-512", Hash::kSha3_512}};
    for (const auto& [known, hash] : names) {
        if (known == name) {
            return hash;
        }
    }
    return std::nullopt;
}

}  // namespace chatelaine::wycheproof

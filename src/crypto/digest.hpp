#pragma once

#include <cstdint>
#include <optional>

#include "crypto/secret.hpp"

namespace chatelaine::crypto {

/// The hash functions of FIPS 180-4 and FIPS 202 that wire standards name. SHA-1 is here for HMAC
/// and OAEP of old clients; where it may be used is for the caller's rules to say.
enum class Hash : std::uint8_t {
    kSha1, kSha224, kSha256, kSha384, kSha512, kSha512_224, kSha512_256,
    kSha3_224, kSha3_256, kSha3_384, kSha3_512, kEnd
};

std::size_t hash_bytes(Hash hash);
Bytes digest(Hash hash, BytesView message);

}  // namespace chatelaine::crypto

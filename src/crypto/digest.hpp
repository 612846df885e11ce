#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "crypto/secret.hpp"

namespace chatelaine::crypto {

/// The hash functions that wire standards name: FIPS 180-4, FIPS 202, and for old clients SHA-1,
/// MD5 and RIPEMD-160; where these may be used is for the caller's rules to say.
enum class Hash : std::uint8_t {
    kSha1, kSha224, kSha256, kSha384, kSha512, kSha512_224, kSha512_256,
    kSha3_224, kSha3_256, kSha3_384, kSha3_512, kMd5, kRipemd160, kEnd
};

/// False for MD5 and RIPEMD-160 where the linked OpenSSL lacks them; found out at run time. No
/// other function takes a hash that is not available.
bool hash_available(Hash hash);
std::size_t hash_bytes(Hash hash);
Bytes digest(Hash hash, BytesView message);
/// Of a secret, into secret memory.
SecretBytes digest_secret(Hash hash, const SecretBytes& message);

/// A digest of a message in parts. Threads: one at a time.
class DigestStream {
public:
    explicit DigestStream(Hash hash);
    DigestStream(DigestStream&&) noexcept;
    DigestStream& operator=(DigestStream&&) noexcept;
    ~DigestStream();

    void update(BytesView part);
    Bytes finish();  ///< once; nothing may follow

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chatelaine::crypto

#pragma once

#include <memory>

#include "crypto/block_cipher.hpp"
#include "crypto/digest.hpp"

/// Message authentication and key derivation where a wire standard (KMIP, PKCS#11) names the hash.
/// The service's own records use hash.hpp.

namespace chatelaine::crypto {

/// HMAC (FIPS 198-1) of the hash's full length. Compare with equal_ct.
Bytes hmac(Hash hash, const SecretBytes& key, BytesView message);

/// AES-CMAC (SP 800-38B), 16 bytes. kInvalidArgument("key") unless it has 16, 24 or 32 bytes.
Result<Bytes> cmac(const SecretBytes& key, BytesView message);

/// HKDF (RFC 5869). kInvalidArgument("size") above 255 times the hash's length.
Result<SecretBytes> hkdf(Hash hash, const SecretBytes& input, BytesView salt, BytesView info,
                         std::size_t size);

/// How a MAC is made: HMAC with a hash, or CMAC with a block cipher (its tag is one block).
struct MacScheme {
    enum class Kind : std::uint8_t { kHmac, kCmac, kEnd };
    Kind kind = Kind::kHmac;
    Hash hash = Hash::kSha256;     ///< HMAC alone
    Cipher cipher = Cipher::kAes;  ///< CMAC alone
};
std::size_t mac_bytes(const MacScheme& scheme);

/// kInvalidArgument("key") on a size that the cipher does not take, ("mac") when the library lacks
/// the hash or the cipher.
Result<Bytes> mac_with(const SecretBytes& key, const MacScheme& scheme, BytesView message);
/// In constant time; a tag of any other than the full length is false.
Result<bool> verify_mac_with(const SecretBytes& key, const MacScheme& scheme, BytesView message,
                             BytesView tag);

/// A MAC of a message in parts; give its answer to equal_ct to verify one. Threads: one at a time.
class MacStream {
public:
    static Result<MacStream> begin(const SecretBytes& key, const MacScheme& scheme);
    MacStream(MacStream&&) noexcept;
    MacStream& operator=(MacStream&&) noexcept;
    ~MacStream();

    void update(BytesView part);
    void update(const SecretBytes& part);
    Bytes finish();  ///< once; nothing may follow
    /// The same into secret memory, where the tag is a key.
    SecretBytes finish_secret();

private:
    struct State;
    explicit MacStream(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace chatelaine::crypto

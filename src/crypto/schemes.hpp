#pragma once

#include "crypto/digest.hpp"
#include "crypto/keys.hpp"

/// Signatures and RSA encryption with every parameter named, as KMIP's cryptographic parameters do.
/// The methods of PublicKey and PrivateKey are the choices of JOSE among these.

namespace chatelaine::crypto {

enum class SignaturePadding : std::uint8_t { kPkcs1, kPss, kEcdsaFixed, kEcdsaDer, kEnd };

/// How a signature is made. ECDSA is either r ‖ s of fixed width (`kEcdsaFixed`) or DER (FIPS
/// 186-5, RFC 3279); `mgf_hash` and `salt_bytes` are for PSS alone (RFC 8017 section 8.1).
struct SignatureScheme {
    SignaturePadding padding = SignaturePadding::kPkcs1;
    Hash hash = Hash::kSha256;
    Hash mgf_hash = Hash::kSha256;
    std::size_t salt_bytes = 32;
    bool operator==(const SignatureScheme&) const = default;
};

/// kWrongKeyType when the scheme does not go with the key; kInvalidArgument("message") when
/// `is_digest` and the message has another length than the hash. Threads: any.
Result<Bytes> sign_with(const PrivateKey& key, const SignatureScheme& scheme, BytesView message,
                        bool is_digest);
/// False on every signature that does not verify, whatever its form; errors as sign_with.
Result<bool> verify_with(const PublicKey& key, const SignatureScheme& scheme, BytesView message,
                         bool is_digest, BytesView signature);

/// RSAES-OAEP (RFC 8017 section 7.1).
struct OaepScheme {
    Hash hash = Hash::kSha256;
    Hash mgf_hash = Hash::kSha256;
    Bytes label;
};
/// kWrongKeyType for other keys, kInvalidArgument("plaintext") when it is too long.
Result<Bytes> encrypt_oaep_with(const PublicKey& key, const OaepScheme& scheme,
                                const SecretBytes& plaintext);
/// kDecryptFailed for every reason alike, kWrongKeyType for other keys.
Result<SecretBytes> decrypt_oaep_with(const PrivateKey& key, const OaepScheme& scheme,
                                      BytesView ciphertext);

/// Ed25519 (RFC 8032), pure. False for keys and signatures of any wrong form.
bool verify_ed25519(BytesView public_key, BytesView message, BytesView signature);

}  // namespace chatelaine::crypto

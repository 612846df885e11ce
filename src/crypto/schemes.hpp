#pragma once

#include "crypto/any_key.hpp"
#include "crypto/digest.hpp"

/// Signatures and RSA encryption with every parameter named, as KMIP's cryptographic parameters do.
/// The methods of PublicKey and PrivateKey are the choices of JOSE among these; both types go where
/// these functions take any key.

namespace chatelaine::crypto {

enum class SignaturePadding : std::uint8_t { kPkcs1, kPss, kEcdsaFixed, kEcdsaDer, kPure, kEnd };

/// How a signature is made. ECDSA is either r ‖ s of fixed width (`kEcdsaFixed`) or DER (FIPS
/// 186-5, RFC 3279), each as wide as the curve's order. `kPure` is EdDSA (RFC 8032) and ML-DSA
/// (FIPS 204, empty context), which take no hash. `mgf_hash` and `salt_bytes` are for PSS alone
/// (RFC 8017 section 8.1).
struct SignatureScheme {
    SignaturePadding padding = SignaturePadding::kPkcs1;
    Hash hash = Hash::kSha256;
    Hash mgf_hash = Hash::kSha256;
    std::size_t salt_bytes = 32;  ///< pss_salt_any: verify takes any, sign the hash's length
    bool operator==(const SignatureScheme&) const = default;
};
inline constexpr std::size_t pss_salt_any = static_cast<std::size_t>(-1);

/// kWrongKeyType when the scheme does not go with the key; kInvalidArgument("message") when
/// `is_digest` and the message has another length than the hash (or the scheme is kPure), ("hash")
/// when the library lacks it, ("salt") when the key is too short for it. Threads: any.
Result<Bytes> sign_with(const AnyPrivateKey& key, const SignatureScheme& scheme, BytesView message,
                        bool is_digest);
/// False on every signature that does not verify, whatever its form; errors as sign_with.
Result<bool> verify_with(const AnyPublicKey& key, const SignatureScheme& scheme, BytesView message,
                         bool is_digest, BytesView signature);

/// RSAES-OAEP (RFC 8017 section 7.1).
struct OaepScheme {
    Hash hash = Hash::kSha256;
    Hash mgf_hash = Hash::kSha256;
    Bytes label;
};
/// kWrongKeyType for other keys, kInvalidArgument("plaintext") when it is too long.
Result<Bytes> encrypt_oaep_with(const AnyPublicKey& key, const OaepScheme& scheme,
                                const SecretBytes& plaintext);
/// kDecryptFailed for every reason alike, kWrongKeyType for other keys.
Result<SecretBytes> decrypt_oaep_with(const AnyPrivateKey& key, const OaepScheme& scheme,
                                      BytesView ciphertext);

/// RSAES-PKCS1-v1_5 (RFC 8017 section 7.2). kWrongKeyType, kInvalidArgument("plaintext").
Result<Bytes> encrypt_pkcs1_with(const AnyPublicKey& key, const SecretBytes& plaintext);
/// No oracle about the padding: a ciphertext whose padding is wrong opens to bytes that look
/// random, the same ones each time, made from key and ciphertext in the time of a good one
/// (implicit rejection, as OpenSSL 3.2 has it; made here, so that older ones have it too). What
/// was encrypted must therefore prove itself to the caller. kDecryptFailed only for what anybody
/// can see: a ciphertext that is no number below the modulus. kWrongKeyType for other keys.
Result<SecretBytes> decrypt_pkcs1_with(const AnyPrivateKey& key, BytesView ciphertext);

/// Ed25519 (RFC 8032), pure. False for keys and signatures of any wrong form.
bool verify_ed25519(BytesView public_key, BytesView message, BytesView signature);

}  // namespace chatelaine::crypto

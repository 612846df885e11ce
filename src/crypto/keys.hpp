#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/secret.hpp"

struct evp_pkey_st;

namespace chatelaine::crypto {

enum class Curve : std::uint8_t { kP256, kP384, kP521, kEnd };
enum class KeyType : std::uint8_t { kOct, kRsa, kEc, kEnd };

/// "P-256" as JOSE names it; nothing for another text.
std::optional<Curve> curve_from_name(std::string_view name);
std::string_view curve_name(Curve curve);
std::size_t curve_bytes(Curve curve);  ///< of one coordinate: 32, 48, 66

/// The nine signature algorithms of RFC 7518 that service keys take.
enum class SignatureAlgorithm : std::uint8_t {
    kEs256, kEs384, kEs512, kRs256, kRs384, kRs512, kPs256, kPs384, kPs512, kEnd
};
std::optional<SignatureAlgorithm> signature_algorithm_from_name(std::string_view name);
std::string_view signature_algorithm_name(SignatureAlgorithm algorithm);
std::size_t digest_bytes(SignatureAlgorithm algorithm);  ///< 32, 48 or 64

enum class OaepHash : std::uint8_t { kSha1, kSha256, kEnd };

class AnyPublicKey;
class AnyPrivateKey;

/// An RSA or EC public key. Immutable, shared, cheap to copy. Threads: any.
class PublicKey {
public:
    /// SubjectPublicKeyInfo, DER. kInvalidArgument for other types, curves, RSA below 2048 or above
    /// 8192 bits, points off the curve.
    static Result<PublicKey> from_spki(BytesView der);
    static Result<PublicKey> from_rsa(BytesView modulus, BytesView exponent);
    /// Coordinates may be shorter than the curve's size (a known client drops leading zeros).
    static Result<PublicKey> from_ec(Curve curve, BytesView x, BytesView y);

    KeyType type() const;
    std::size_t bits() const;  ///< RSA modulus or curve size
    std::optional<Curve> curve() const;
    Result<Bytes> to_spki() const;
    Result<std::string> to_pem() const;
    Bytes rsa_modulus() const;   ///< big-endian, no leading zero
    Bytes rsa_exponent() const;
    Bytes ec_x() const;  ///< padded to the curve's size
    Bytes ec_y() const;

    /// False on any signature that does not verify, wrong lengths included. ECDSA signatures are
    /// r ‖ s of fixed width. kWrongKeyType when the algorithm does not go with the key.
    /// `is_digest`: the message is the digest; kInvalidArgument("message") on a wrong length.
    Result<bool> verify(SignatureAlgorithm algorithm, BytesView message, bool is_digest,
                        BytesView signature) const;
    /// RSA-OAEP (RFC 8017), MGF1 with the same hash, empty label.
    Result<Bytes> encrypt_oaep(OaepHash hash, const SecretBytes& plaintext) const;

    evp_pkey_st* native() const { return key_.get(); }

private:
    friend class PrivateKey;
    friend class AnyPublicKey;
    explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
    std::shared_ptr<evp_pkey_st> key_;
};

struct SignContexts;

/// An RSA or EC private key. Immutable, shared, cheap to copy; the numbers live in OpenSSL's
/// memory, which take_over_openssl_memory() protects. Threads: any.
class PrivateKey {
public:
    static Result<PrivateKey> generate_rsa(std::size_t bits);  ///< 2048, 3072, 4096; slow
    static Result<PrivateKey> generate_ec(Curve curve);
    static Result<PrivateKey> from_pkcs8(const SecretBytes& der);
    static Result<PrivateKey> from_pkcs1(const SecretBytes& der);
    struct RsaParts {
        Bytes n, e;
        SecretBytes d, p, q, dp, dq, qi;  ///< p..qi may be empty: they are recovered
    };
    static Result<PrivateKey> from_rsa(const RsaParts& parts);
    static Result<PrivateKey> from_ec(Curve curve, const SecretBytes& d, BytesView x, BytesView y);

    KeyType type() const { return public_key().type(); }
    PublicKey public_key() const { return PublicKey(key_); }
    Result<SecretBytes> to_pkcs8() const;
    Result<SecretBytes> to_pkcs1() const;  ///< RSA only
    Result<RsaParts> rsa_parts() const;
    Result<SecretBytes> ec_d() const;  ///< padded to the curve's size

    /// ECDSA gives r ‖ s of fixed width; PSS salt = hash length. Errors as PublicKey::verify.
    Result<Bytes> sign(SignatureAlgorithm algorithm, BytesView message, bool is_digest) const;
    /// kDecryptFailed for every reason alike.
    Result<SecretBytes> decrypt_oaep(OaepHash hash, BytesView ciphertext) const;

    evp_pkey_st* native() const { return key_.get(); }
    /// For sign_with() alone.
    SignContexts& sign_contexts() const { return *sign_contexts_; }

private:
    friend class AnyPrivateKey;
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> key);
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<SignContexts> sign_contexts_;
};

}  // namespace chatelaine::crypto

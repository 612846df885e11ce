#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/keys.hpp"

/// The asymmetric keys that KMIP holds: every named curve, Edwards and Montgomery keys, RSA from
/// 1024 bits, post-quantum keys where the library has them. Service keys (keys.hpp) keep their
/// narrower limits; a key that fits them goes from one type to the other.

namespace chatelaine::crypto {

inline constexpr std::size_t any_rsa_bits_min = 1024;
inline constexpr std::size_t any_rsa_bits_max = 8192;

enum class KeyAlgorithm : std::uint8_t {
    kRsa, kEc, kEd25519, kEd448, kX25519, kX448, kDsa,
    kMlKem512, kMlKem768, kMlKem1024, kMlDsa44, kMlDsa65, kMlDsa87, kEnd
};

/// Whether the linked OpenSSL makes and reads such keys; found out at run time.
bool key_algorithm_available(KeyAlgorithm algorithm);

/// The size of the field in bits of a curve by its name in SEC 2, ANSI X9.62 or RFC 5639
/// ("secp192r1", "prime192v1", "secp256k1", "sect163k1", "brainpoolP256r1"); nothing for names
/// that the linked OpenSSL does not have.
std::optional<std::size_t> curve_bits(std::string_view curve);

/// A public key. Immutable, shared, cheap to copy. Threads: any.
class AnyPublicKey {
public:
    AnyPublicKey(const PublicKey& key) : key_(key.key_) {}
    /// kInvalidArgument("key") on bytes of another form and on keys that do not hold together:
    /// points off the curve, RSA outside any_rsa_bits_min..max. As all that read here.
    static Result<AnyPublicKey> from_spki(BytesView der);
    static Result<AnyPublicKey> from_pkcs1(BytesView der);  ///< RSAPublicKey, RFC 8017 A.1.1
    static Result<AnyPublicKey> from_certificate(BytesView der);
    static Result<AnyPublicKey> from_rsa(BytesView modulus, BytesView exponent);
    /// The point in SEC 1's forms (section 2.3.3), hybrid ones left out.
    static Result<AnyPublicKey> from_ec(std::string_view curve, BytesView point);
    /// Keys that are a string of octets: RFC 7748, RFC 8032, FIPS 203 and 204.
    static Result<AnyPublicKey> from_raw(KeyAlgorithm algorithm, BytesView octets);

    KeyAlgorithm algorithm() const;
    std::size_t bits() const;   ///< RSA and DSA modulus, curve's field, else the security's measure
    std::string curve() const;  ///< OpenSSL's name ("prime256v1"); empty for other keys
    Result<Bytes> to_spki() const;
    Result<Bytes> to_pkcs1() const;  ///< kWrongKeyType but for RSA
    Result<Bytes> rsa_modulus() const;
    Result<Bytes> rsa_exponent() const;
    Result<Bytes> ec_point() const;  ///< 0x04 ‖ x ‖ y; kWrongKeyType but for EC
    Result<Bytes> raw() const;       ///< kWrongKeyType for RSA, EC, DSA
    /// The same as a service key; kWrongKeyType when it is outside their limits.
    Result<PublicKey> to_service_key() const;

    evp_pkey_st* native() const { return key_.get(); }

private:
    friend class AnyPrivateKey;
    explicit AnyPublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
    std::shared_ptr<evp_pkey_st> key_;
};

/// A private key. Immutable, shared, cheap to copy; numbers in OpenSSL's memory. Threads: any.
class AnyPrivateKey {
public:
    AnyPrivateKey(const PrivateKey& key) : key_(key.key_), sign_contexts_(key.sign_contexts_) {}
    /// 1024 to 4096 bits in steps of 256, slow. kInvalidArgument("size").
    static Result<AnyPrivateKey> generate_rsa(std::size_t bits);
    static Result<AnyPrivateKey> generate_ec(std::string_view curve);
    /// All but RSA, EC and DSA. kInvalidArgument("algorithm") when the library lacks it.
    static Result<AnyPrivateKey> generate(KeyAlgorithm algorithm);
    static Result<AnyPrivateKey> from_pkcs8(const SecretBytes& der);
    static Result<AnyPrivateKey> from_pkcs1(const SecretBytes& der);  ///< RSAPrivateKey
    /// ECPrivateKey (RFC 5915); the curve may be left out of it when it is named here.
    static Result<AnyPrivateKey> from_sec1(const SecretBytes& der, std::string_view curve = {});
    static Result<AnyPrivateKey> from_rsa(const PrivateKey::RsaParts& parts);
    static Result<AnyPrivateKey> from_ec(std::string_view curve, const SecretBytes& d);
    static Result<AnyPrivateKey> from_raw(KeyAlgorithm algorithm, const SecretBytes& octets);

    AnyPublicKey public_key() const { return AnyPublicKey(key_); }
    KeyAlgorithm algorithm() const { return public_key().algorithm(); }
    std::size_t bits() const { return public_key().bits(); }
    std::string curve() const { return public_key().curve(); }
    Result<SecretBytes> to_pkcs8() const;
    Result<SecretBytes> to_pkcs1() const;  ///< kWrongKeyType but for RSA
    Result<SecretBytes> to_sec1() const;   ///< kWrongKeyType but for EC
    Result<PrivateKey::RsaParts> rsa_parts() const;
    Result<SecretBytes> ec_d() const;  ///< padded to the order's size
    Result<SecretBytes> raw() const;
    Result<PrivateKey> to_service_key() const;

    evp_pkey_st* native() const { return key_.get(); }
    /// For sign_with() alone.
    SignContexts& sign_contexts() const { return *sign_contexts_; }

private:
    explicit AnyPrivateKey(std::shared_ptr<evp_pkey_st> key);
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<SignContexts> sign_contexts_;
};

/// What a key's bytes look like, by their outer form alone.
enum class KeyForm : std::uint8_t {
    kPkcs1Public, kPkcs1Private, kSec1, kPkcs8, kEncryptedPkcs8, kSpki, kCertificate, kPkcs12,
    kUnknown
};
KeyForm key_form(BytesView der);

}  // namespace chatelaine::crypto

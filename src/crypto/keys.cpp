#include "crypto/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/objects.h>

#include <array>

#include "base/check.hpp"
#include "crypto/curves.hpp"
#include "crypto/key_build.hpp"
#include "crypto/key_forms.hpp"
#include "crypto/ossl.hpp"
#include "crypto/rsa.hpp"
#include "crypto/schemes.hpp"
#include "crypto/sign_contexts.hpp"

namespace chatelaine::crypto {

namespace {

struct CurveFacts {
    std::string_view name;
    const char* group;
    int nid;
    std::size_t bits;
};
constexpr std::array<CurveFacts, 3> kCurves{{{"P-256", "prime256v1", NID_X9_62_prime256v1, 256},
                                             {"P-384", "secp384r1", NID_secp384r1, 384},
                                             {"P-521", "secp521r1", NID_secp521r1, 521}}};

const CurveFacts& facts(Curve curve) { return kCurves.at(static_cast<std::size_t>(curve)); }

constexpr std::array<std::string_view, 9> kAlgorithmNames{
    "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};

std::shared_ptr<EVP_PKEY> share(ossl::Pkey key) {
    return std::shared_ptr<EVP_PKEY>(std::move(key));
}

Error not_a_key(const char* message) {
    return Error::invalid("crypto.keys", "key", message);
}

/// 0x04 ‖ x ‖ y (SEC 1 section 2.3.3); nothing when a coordinate is longer than the field.
std::optional<Bytes> point_octets(Curve curve, BytesView x, BytesView y) {
    const std::size_t size = curve_bytes(curve);
    if (x.size() > size || y.size() > size) {
        return std::nullopt;
    }
    Bytes point(1 + 2 * size);
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    std::copy(x.rbegin(), x.rend(), point.rbegin() + static_cast<std::ptrdiff_t>(size));
    std::copy(y.rbegin(), y.rend(), point.rbegin());
    return point;
}

const NamedCurve& named(Curve curve) {
    static const std::array<NamedCurve, kCurves.size()> curves = [] {
        std::array<NamedCurve, kCurves.size()> made;
        for (std::size_t i = 0; i < made.size(); ++i) {
            const auto known = named_curve(kCurves[i].group);
            CH_CHECK(known.has_value());
            made[i] = *known;
        }
        return made;
    }();
    return curves.at(static_cast<std::size_t>(curve));
}

/// A point in any form but the hybrid ones as 0x04 ‖ x ‖ y. One that is spelt out is checked by
/// whoever makes a key of it.
std::optional<Bytes> uncompressed(Curve curve, BytesView point) {
    if (!point.empty() && point[0] == POINT_CONVERSION_UNCOMPRESSED) {
        return Bytes(point.begin(), point.end());
    }
    return uncompressed_point(named(curve), point);
}

ossl::Pkey ec_key(Curve curve, const Bytes& point, const BIGNUM* d) {
    const ossl::ParamBuild build(OSSL_PARAM_BLD_new());
    CH_CHECK(build != nullptr);
    CH_CHECK(OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                             facts(curve).group, 0) == 1 &&
             OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                              point.size()) == 1);
    if (d != nullptr) {
        CH_CHECK(OSSL_PARAM_BLD_push_BN_pad(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, d,
                                            curve_bytes(curve)) == 1);
    }
    return key_from("EC", d == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, build.get());
}

SignatureScheme scheme_of(SignatureAlgorithm algorithm) {
    CH_CHECK(algorithm < SignatureAlgorithm::kEnd);
    const auto index = static_cast<std::size_t>(algorithm);
    constexpr Hash hashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};
    constexpr SignaturePadding paddings[] = {SignaturePadding::kEcdsaFixed,
                                             SignaturePadding::kPkcs1, SignaturePadding::kPss};
    const Hash hash = hashes[index % 3];
    // RFC 7518 section 3.5: the salt is as long as the hash, and MGF1 uses the same one.
    return {paddings[index / 3], hash, hash, digest_bytes(algorithm)};
}

/// RFC 7518 section 3.4: each ECDSA algorithm has its own curve.
Result<void> check_curve(const PublicKey& key, SignatureAlgorithm algorithm) {
    const auto curve = key.curve();
    if (curve && static_cast<std::size_t>(algorithm) < kCurves.size() &&
        static_cast<std::size_t>(*curve) != static_cast<std::size_t>(algorithm)) {
        return Error(Code::kWrongKeyType, "crypto.signature");
    }
    return ok();
}

OaepScheme oaep_scheme(OaepHash hash) {
    const Hash both = hash == OaepHash::kSha1 ? Hash::kSha1 : Hash::kSha256;
    return {both, both, {}};
}

}  // namespace

std::optional<Curve> curve_from_name(std::string_view name) {
    for (std::size_t i = 0; i < kCurves.size(); ++i) {
        if (kCurves[i].name == name) {
            return static_cast<Curve>(i);
        }
    }
    return std::nullopt;
}
std::string_view curve_name(Curve curve) { return facts(curve).name; }
std::size_t curve_bytes(Curve curve) { return (facts(curve).bits + 7) / 8; }

std::optional<SignatureAlgorithm> signature_algorithm_from_name(std::string_view name) {
    for (std::size_t i = 0; i < kAlgorithmNames.size(); ++i) {
        if (kAlgorithmNames[i] == name) {
            return static_cast<SignatureAlgorithm>(i);
        }
    }
    return std::nullopt;
}
std::string_view signature_algorithm_name(SignatureAlgorithm algorithm) {
    return kAlgorithmNames.at(static_cast<std::size_t>(algorithm));
}
std::size_t digest_bytes(SignatureAlgorithm algorithm) {
    constexpr std::size_t sizes[] = {32, 48, 64};
    return sizes[static_cast<std::size_t>(algorithm) % 3];
}

Result<PublicKey> PublicKey::from_spki(BytesView der) {
    const auto form = read_spki(der);
    if (!form) {
        return not_a_key(
            "expected a SubjectPublicKeyInfo in DER: RSA, or EC on P-256, P-384 or P-521");
    }
    if (const auto* numbers = std::get_if<RsaPublicForm>(&*form)) {
        return from_rsa(numbers->n, numbers->e);
    }
    const auto& shown = std::get<EcPublicForm>(*form);
    const auto point = uncompressed(shown.curve, shown.point);
    ossl::Pkey key = point ? ec_key(shown.curve, *point, nullptr) : nullptr;
    if (key == nullptr) {
        return not_a_key("this is no point of the curve");
    }
    return PublicKey(share(std::move(key)));
}

Result<PublicKey> PublicKey::from_rsa(BytesView modulus, BytesView exponent) {
    CH_TRY(ossl::Pkey key, rsa::public_key(modulus, exponent));
    return PublicKey(share(std::move(key)));
}

Result<PublicKey> PublicKey::from_ec(Curve curve, BytesView x, BytesView y) {
    const auto point = point_octets(curve, x, y);
    // OpenSSL refuses points that are not on the curve (SEC 1 section 2.3.4).
    ossl::Pkey key = point ? ec_key(curve, *point, nullptr) : nullptr;
    if (key == nullptr) {
        return Error::invalid("crypto.ec", "x", "this is no point of the curve");
    }
    return PublicKey(share(std::move(key)));
}

KeyType PublicKey::type() const {
    return EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA ? KeyType::kRsa : KeyType::kEc;
}
std::size_t PublicKey::bits() const {
    return static_cast<std::size_t>(EVP_PKEY_get_bits(key_.get()));
}
std::optional<Curve> PublicKey::curve() const {
    if (type() != KeyType::kEc) {
        return std::nullopt;
    }
    const std::size_t size = bits();
    return size == 256 ? Curve::kP256 : size == 384 ? Curve::kP384 : Curve::kP521;
}

Result<Bytes> PublicKey::to_spki() const { return spki_der(key_.get()); }

Bytes PublicKey::rsa_modulus() const { return public_octets(key_.get(), OSSL_PKEY_PARAM_RSA_N); }
Bytes PublicKey::rsa_exponent() const { return public_octets(key_.get(), OSSL_PKEY_PARAM_RSA_E); }
Bytes PublicKey::ec_x() const {
    return public_octets(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, curve_bytes(*curve()));
}
Bytes PublicKey::ec_y() const {
    return public_octets(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, curve_bytes(*curve()));
}

Result<bool> PublicKey::verify(SignatureAlgorithm algorithm, BytesView message, bool is_digest,
                               BytesView signature) const {
    CH_TRY_VOID(check_curve(*this, algorithm));
    return verify_with(*this, scheme_of(algorithm), message, is_digest, signature);
}

Result<Bytes> PublicKey::encrypt_oaep(OaepHash hash, const SecretBytes& plaintext) const {
    return encrypt_oaep_with(*this, oaep_scheme(hash), plaintext);
}

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key)
    : key_(std::move(key)), sign_contexts_(std::make_shared<SignContexts>()) {}

Result<PrivateKey> PrivateKey::generate_rsa(std::size_t bits) {
    if (bits != 2048 && bits != 3072 && bits != 4096) {
        return Error::invalid("crypto.rsa", "size", "expected 2048, 3072 or 4096");
    }
    ossl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
    if (key == nullptr) {
        return ossl::failed("crypto.generate");
    }
    return PrivateKey(share(std::move(key)));
}

Result<PrivateKey> PrivateKey::generate_ec(Curve curve) {
    ossl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", facts(curve).group));
    if (key == nullptr) {
        return ossl::failed("crypto.generate");
    }
    return PrivateKey(share(std::move(key)));
}

namespace {

/// The key's numbers through the checks of every import.
Result<PrivateKey> import_checked(const PrivateForm& form) {
    if (const auto* parts = std::get_if<PrivateKey::RsaParts>(&form)) {
        return PrivateKey::from_rsa(*parts);
    }
    const auto& ec = std::get<EcPrivateForm>(form);
    if (ec.point.empty()) {
        return PrivateKey::from_ec(ec.curve, ec.d, {}, {});
    }
    const auto point = uncompressed(ec.curve, ec.point);
    const std::size_t size = curve_bytes(ec.curve);
    if (!point || point->size() != 1 + 2 * size) {
        return not_a_key("this is no point of the curve");
    }
    const BytesView coordinates = BytesView(*point).subspan(1);
    return PrivateKey::from_ec(ec.curve, ec.d, coordinates.first(size), coordinates.last(size));
}

}  // namespace

Result<PrivateKey> PrivateKey::from_pkcs8(const SecretBytes& der) {
    return der.with_exposed(insecure_expose_secret(), [](BytesView raw) -> Result<PrivateKey> {
        const auto form = read_pkcs8(raw);
        if (!form) {
            return not_a_key(
                "expected PKCS#8 in DER: RSA of two primes, or EC on P-256, P-384 or P-521");
        }
        return import_checked(*form);
    });
}

Result<PrivateKey> PrivateKey::from_pkcs1(const SecretBytes& der) {
    return der.with_exposed(insecure_expose_secret(), [](BytesView raw) -> Result<PrivateKey> {
        const auto parts = read_pkcs1(raw);
        if (!parts) {
            return not_a_key("expected PKCS#1 in DER, of two primes");
        }
        return from_rsa(*parts);
    });
}

Result<PrivateKey> PrivateKey::from_rsa(const RsaParts& parts) {
    CH_TRY(const rsa::Numbers numbers, rsa::complete(parts));
    ossl::Pkey key = rsa::private_key(numbers);
    if (key == nullptr) {
        return Error::invalid("crypto.rsa", "n", "this is no RSA key");
    }
    return PrivateKey(share(std::move(key)));
}

Result<PrivateKey> PrivateKey::from_ec(Curve curve, const SecretBytes& d, BytesView x,
                                       BytesView y) {
    const auto invalid = [](const char* field, const char* message) {
        return Error::invalid("crypto.ec", field, message);
    };
    if (d.size() > curve_bytes(curve)) {
        return invalid("d", "d is not in the curve's range");
    }
    const ossl::Bn scalar = d.with_exposed(insecure_expose_secret(), [](BytesView raw) {
        return ossl::Bn(BN_bin2bn(raw.data(), static_cast<int>(raw.size()), nullptr));
    });
    CH_CHECK(scalar != nullptr);
    BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
    const auto point = multiple_of_base(named(curve), scalar.get());
    if (!point) {
        return invalid("d", "d is not in the curve's range");
    }
    if ((!x.empty() || !y.empty()) && point_octets(curve, x, y) != point) {
        // A point off the curve is told apart from another key's.
        CH_TRY([[maybe_unused]] const PublicKey other, PublicKey::from_ec(curve, x, y));
        return invalid("d", "d does not belong to this public key");
    }
    ossl::Pkey key = ec_key(curve, *point, scalar.get());
    if (key == nullptr) {
        return ossl::failed("crypto.ec");
    }
    return PrivateKey(share(std::move(key)));
}

Result<SecretBytes> PrivateKey::to_pkcs8() const {
    return pkcs8_der(key_.get());
}

Result<SecretBytes> PrivateKey::to_pkcs1() const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.keys");
    }
    return type_specific_der(key_.get());
}

Result<PrivateKey::RsaParts> PrivateKey::rsa_parts() const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.keys");
    }
    return rsa::parts_of(key_.get());
}

Result<SecretBytes> PrivateKey::ec_d() const {
    const auto curve = public_key().curve();
    if (!curve) {
        return Error(Code::kWrongKeyType, "crypto.keys");
    }
    return secret_octets(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, curve_bytes(*curve));
}

Result<Bytes> PrivateKey::sign(SignatureAlgorithm algorithm, BytesView message,
                               bool is_digest) const {
    CH_TRY_VOID(check_curve(public_key(), algorithm));
    return sign_with(*this, scheme_of(algorithm), message, is_digest);
}

Result<SecretBytes> PrivateKey::decrypt_oaep(OaepHash hash, BytesView ciphertext) const {
    return decrypt_oaep_with(*this, oaep_scheme(hash), ciphertext);
}

}  // namespace chatelaine::crypto

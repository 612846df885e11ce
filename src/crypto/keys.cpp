#include "crypto/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/objects.h>

#include <array>

#include "base/check.hpp"
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

/// A key made from numbers; null when OpenSSL refuses them.
ossl::Pkey key_from(const char* type, int selection, OSSL_PARAM_BLD* build) {
    const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    const ossl::Params params(OSSL_PARAM_BLD_to_param(build));
    EVP_PKEY* key = nullptr;
    if (context == nullptr || params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) {
        ERR_clear_error();
        EVP_PKEY_free(key);
        return nullptr;
    }
    return ossl::Pkey(key);
}

ossl::Bn number_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return ossl::Bn(number);
}

/// Big-endian without leading zeros, or padded to `size`. The number was checked when it came in.
Bytes public_octets(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
    const ossl::Bn number = number_of(key, name);
    CH_CHECK(number != nullptr);
    Bytes octets(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(number.get())));
    CH_CHECK(BN_bn2binpad(number.get(), octets.data(), static_cast<int>(octets.size())) >= 0);
    return octets;
}

Result<SecretBytes> secret_octets(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
    const ossl::Bn number = number_of(key, name);
    if (number == nullptr) {
        return ossl::failed("crypto.keys");
    }
    SecretBytes octets(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(number.get())));
    octets.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        CH_CHECK(BN_bn2binpad(number.get(), out.data(), static_cast<int>(out.size())) >= 0);
    });
    return octets;
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

/// A point in any form but the hybrid ones as 0x04 ‖ x ‖ y; nothing when it is not on the curve.
std::optional<Bytes> uncompressed(Curve curve, BytesView point) {
    if (point.empty() || point[0] < POINT_CONVERSION_COMPRESSED ||
        point[0] > POINT_CONVERSION_UNCOMPRESSED) {
        return std::nullopt;
    }
    if (point[0] == POINT_CONVERSION_UNCOMPRESSED) {
        return Bytes(point.begin(), point.end());
    }
    const ossl::EcGroup group(EC_GROUP_new_by_curve_name(facts(curve).nid));
    const ossl::EcPoint read(group == nullptr ? nullptr : EC_POINT_new(group.get()));
    Bytes octets(1 + 2 * curve_bytes(curve));
    CH_CHECK(read != nullptr);
    if (EC_POINT_oct2point(group.get(), read.get(), point.data(), point.size(), nullptr) != 1 ||
        EC_POINT_point2oct(group.get(), read.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                           octets.size(), nullptr) != octets.size()) {
        ERR_clear_error();
        return std::nullopt;
    }
    return octets;
}

/// The point d·G; nothing when d is not in 1 .. order - 1.
std::optional<Bytes> point_of(Curve curve, const BIGNUM* d) {
    const ossl::EcGroup group(EC_GROUP_new_by_curve_name(facts(curve).nid));
    const ossl::BnCtx scratch(BN_CTX_secure_new());
    CH_CHECK(group != nullptr && scratch != nullptr);
    if (BN_is_zero(d) || BN_cmp(d, EC_GROUP_get0_order(group.get())) >= 0) {
        return std::nullopt;
    }
    const ossl::EcPoint point(EC_POINT_new(group.get()));
    CH_CHECK(point != nullptr &&
             EC_POINT_mul(group.get(), point.get(), d, nullptr, nullptr, scratch.get()) == 1);
    Bytes octets(1 + 2 * curve_bytes(curve));
    CH_CHECK(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                octets.data(), octets.size(), scratch.get()) == octets.size());
    return octets;
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
    if (modulus.size() > 1025 || exponent.size() > 1025) {
        return Error::invalid("crypto.rsa", "n", "expected an odd modulus of 2048 to 8192 bits");
    }
    const ossl::Bn n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
    const ossl::Bn e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
    const ossl::ParamBuild build(OSSL_PARAM_BLD_new());
    CH_CHECK(n != nullptr && e != nullptr && build != nullptr);
    CH_TRY_VOID(rsa::check_public(n.get(), e.get()));
    CH_CHECK(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
             OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    ossl::Pkey key = key_from("RSA", EVP_PKEY_PUBLIC_KEY, build.get());
    if (key == nullptr) {
        return Error::invalid("crypto.rsa", "n", "this is no RSA key");
    }
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

Result<Bytes> PublicKey::to_spki() const {
    const int size = i2d_PUBKEY(key_.get(), nullptr);
    if (size <= 0) {
        return ossl::failed("crypto.keys");
    }
    Bytes der(static_cast<std::size_t>(size));
    std::uint8_t* at = der.data();
    i2d_PUBKEY(key_.get(), &at);
    return der;
}

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
    const ossl::ParamBuild build(OSSL_PARAM_BLD_new());
    CH_CHECK(build != nullptr);
    const std::pair<const char*, const BIGNUM*> members[] = {
        {OSSL_PKEY_PARAM_RSA_N, numbers.n.get()},
        {OSSL_PKEY_PARAM_RSA_E, numbers.e.get()},
        {OSSL_PKEY_PARAM_RSA_D, numbers.d.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR1, numbers.p.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR2, numbers.q.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers.dp.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers.dq.get()},
        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers.qi.get()}};
    for (const auto& [name, value] : members) {
        CH_CHECK(OSSL_PARAM_BLD_push_BN(build.get(), name, value) == 1);
    }
    ossl::Pkey key = key_from("RSA", EVP_PKEY_KEYPAIR, build.get());
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
    const auto point = point_of(curve, scalar.get());
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
    const ossl::Pkcs8 info(EVP_PKEY2PKCS8(key_.get()));
    const int size = info == nullptr ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
    if (size <= 0) {
        return ossl::failed("crypto.keys");
    }
    SecretBytes der(static_cast<std::size_t>(size));
    der.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        std::uint8_t* at = out.data();
        i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
    });
    return der;
}

Result<SecretBytes> PrivateKey::to_pkcs1() const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.keys");
    }
    std::uint8_t* made = nullptr;
    const int size = i2d_PrivateKey(key_.get(), &made);
    if (size <= 0) {
        return ossl::failed("crypto.keys");
    }
    SecretBytes der = SecretBytes::copy_of({made, static_cast<std::size_t>(size)});
    OPENSSL_clear_free(made, static_cast<std::size_t>(size));
    return der;
}

Result<PrivateKey::RsaParts> PrivateKey::rsa_parts() const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.keys");
    }
    RsaParts parts;
    const PublicKey key = public_key();
    parts.n = key.rsa_modulus();
    parts.e = key.rsa_exponent();
    CH_TRY(parts.d, secret_octets(key_.get(), OSSL_PKEY_PARAM_RSA_D));
    CH_TRY(parts.p, secret_octets(key_.get(), OSSL_PKEY_PARAM_RSA_FACTOR1));
    CH_TRY(parts.q, secret_octets(key_.get(), OSSL_PKEY_PARAM_RSA_FACTOR2));
    CH_TRY(parts.dp, secret_octets(key_.get(), OSSL_PKEY_PARAM_RSA_EXPONENT1));
    CH_TRY(parts.dq, secret_octets(key_.get(), OSSL_PKEY_PARAM_RSA_EXPONENT2));
    CH_TRY(parts.qi, secret_octets(key_.get(), OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
    return parts;
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

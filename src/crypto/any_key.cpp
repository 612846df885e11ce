#include "crypto/any_key.hpp"

#include <openssl/core_names.h>
#include <openssl/objects.h>

#include <array>

#include "base/check.hpp"
#include "crypto/curves.hpp"
#include "crypto/der.hpp"
#include "crypto/key_build.hpp"
#include "crypto/key_forms.hpp"
#include "crypto/ossl.hpp"
#include "crypto/rsa.hpp"
#include "crypto/sign_contexts.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::size_t kAlgorithms = static_cast<std::size_t>(KeyAlgorithm::kEnd);
constexpr std::array<const char*, kAlgorithms> kNames{
    "RSA",   "EC",         "ED25519",    "ED448",       "X25519",    "X448",     "DSA",
    "ML-KEM-512", "ML-KEM-768", "ML-KEM-1024", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"};
constexpr std::size_t kDsaBitsMax = 4096;
constexpr std::size_t kKeyDerBytesMax = 16 * 1024;

const char* name_of(KeyAlgorithm algorithm) {
    return kNames.at(static_cast<std::size_t>(algorithm));
}

Error not_a_key(const char* message) {
    ERR_clear_error();
    return Error::invalid("crypto.keys", "key", message);
}
Error wrong_type() { return Error(Code::kWrongKeyType, "crypto.keys"); }

std::shared_ptr<EVP_PKEY> share(ossl::Pkey key) {
    return std::shared_ptr<EVP_PKEY>(std::move(key));
}

bool is_raw(KeyAlgorithm algorithm) {
    return algorithm != KeyAlgorithm::kRsa && algorithm != KeyAlgorithm::kEc &&
           algorithm != KeyAlgorithm::kDsa;
}

std::optional<KeyAlgorithm> algorithm_of(const EVP_PKEY* key) {
    for (std::size_t i = 0; i < kAlgorithms; ++i) {
        if (EVP_PKEY_is_a(key, kNames[i]) == 1) {
            return static_cast<KeyAlgorithm>(i);
        }
    }
    return std::nullopt;
}

std::string curve_of(const EVP_PKEY* key) {
    std::array<char, 80> name{};
    if (EVP_PKEY_is_a(key, "EC") != 1 ||
        EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1) {
        ERR_clear_error();
        return {};
    }
    return name.data();
}

/// A key that OpenSSL's decoders read: RSA comes in by numbers only, curves by name only.
Result<void> check_decoded(const EVP_PKEY* key) {
    const auto algorithm = algorithm_of(key);
    if (!algorithm || *algorithm == KeyAlgorithm::kRsa) {
        return not_a_key("this kind of key is not read");
    }
    if (*algorithm == KeyAlgorithm::kDsa) {
        return EVP_PKEY_get_bits(key) <= static_cast<int>(kDsaBitsMax)
                   ? ok()
                   : not_a_key("expected at most 4096 bits");
    }
    if (*algorithm != KeyAlgorithm::kEc) {
        return ok();
    }
    int explicit_curve = 0;
    if (!curve_bits(curve_of(key)) ||
        (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                &explicit_curve) == 1 &&
         explicit_curve != 0)) {
        return not_a_key("expected a curve by its name");
    }
    ERR_clear_error();
    return ok();
}

/// In the subgroup, if the curve has a cofactor; that a point is on its curve is seen when it is
/// read. Costs a multiplication by the order.
bool point_is_good(EVP_PKEY* key) {
    const auto known = named_curve(curve_of(key));
    if (known && known->cofactor == 1) {
        return true;
    }
    const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    const bool good = context != nullptr && EVP_PKEY_public_check(context.get()) == 1;
    ERR_clear_error();
    return good;
}

bool halves_agree(EVP_PKEY* key) {
    const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    const bool good = context != nullptr && EVP_PKEY_private_check(context.get()) == 1 &&
                      EVP_PKEY_pairwise_check(context.get()) == 1;
    ERR_clear_error();
    return good;
}

/// A key on any named curve from its point, and d when there is one.
ossl::Pkey ec_key(const char* curve, BytesView point, const BIGNUM* d, std::size_t d_bytes) {
    const ossl::ParamBuild build(OSSL_PARAM_BLD_new());
    CH_CHECK(build != nullptr &&
             OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) ==
                 1 &&
             OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                              point.size()) == 1);
    if (d != nullptr) {
        CH_CHECK(OSSL_PARAM_BLD_push_BN_pad(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, d, d_bytes) ==
                 1);
    }
    return key_from("EC", d == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, build.get());
}

Result<ossl::Pkey> decode_private(BytesView raw) {
    const std::uint8_t* at = raw.data();
    const ossl::Pkcs8 info(
        d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(raw.size())));
    if (info == nullptr || at != raw.data() + raw.size()) {
        return not_a_key("expected PKCS#8 in DER");
    }
    ossl::Pkey key(EVP_PKCS82PKEY(info.get()));
    if (key == nullptr) {
        return not_a_key("this kind of key is not read");
    }
    CH_TRY_VOID(check_decoded(key.get()));
    if (EVP_PKEY_is_a(key.get(), "EC") == 1 &&
        (!halves_agree(key.get()) || !point_is_good(key.get()))) {
        return not_a_key("the halves of the key do not go together");
    }
    return key;
}

}  // namespace

bool key_algorithm_available(KeyAlgorithm algorithm) {
    static const auto available = [] {
        std::array<bool, kAlgorithms> there{};
        for (std::size_t i = 0; i < kAlgorithms; ++i) {
            const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_name(nullptr, kNames[i], nullptr));
            there[i] = context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1;
        }
        ERR_clear_error();
        return there;
    }();
    return algorithm < KeyAlgorithm::kEnd && available[static_cast<std::size_t>(algorithm)];
}

Result<AnyPublicKey> AnyPublicKey::from_spki(BytesView der) {
    if (const auto form = read_spki(der)) {
        if (const auto* numbers = std::get_if<RsaPublicForm>(&*form)) {
            return from_rsa(numbers->n, numbers->e);
        }
        CH_TRY(PublicKey key, PublicKey::from_spki(der));
        return AnyPublicKey(key);
    }
    const std::uint8_t* at = der.data();
    ossl::Pkey key(der.empty() || der.size() > kKeyDerBytesMax
                       ? nullptr
                       : d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), nullptr,
                                       nullptr));
    if (key == nullptr || at != der.data() + der.size()) {
        return not_a_key("expected a SubjectPublicKeyInfo in DER");
    }
    CH_TRY_VOID(check_decoded(key.get()));
    if (EVP_PKEY_is_a(key.get(), "EC") == 1 && !point_is_good(key.get())) {
        return not_a_key("this is no point of the curve");
    }
    return AnyPublicKey(share(std::move(key)));
}

Result<AnyPublicKey> AnyPublicKey::from_pkcs1(BytesView der) {
    const auto numbers = read_pkcs1_public(der);
    if (!numbers) {
        return not_a_key("expected PKCS#1 in DER");
    }
    return from_rsa(numbers->n, numbers->e);
}

Result<AnyPublicKey> AnyPublicKey::from_certificate(BytesView der) {
    const std::uint8_t* at = der.data();
    const ossl::Cert certificate(
        der.empty() ? nullptr : d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    const EVP_PKEY* const key =
        certificate == nullptr ? nullptr : X509_get0_pubkey(certificate.get());
    if (key == nullptr) {
        return not_a_key("expected a certificate in DER with a key of a known kind");
    }
    CH_TRY(const Bytes spki, spki_der(key));
    return from_spki(spki);
}

Result<AnyPublicKey> AnyPublicKey::from_rsa(BytesView modulus, BytesView exponent) {
    CH_TRY(ossl::Pkey key, rsa::public_key(modulus, exponent, any_rsa_bits_min));
    return AnyPublicKey(share(std::move(key)));
}

Result<AnyPublicKey> AnyPublicKey::from_ec(std::string_view curve, BytesView point) {
    const auto known = named_curve(curve);
    if (!known) {
        return Error::invalid("crypto.keys", "curve", "the library has no such curve");
    }
    const auto octets = uncompressed_point(*known, point);
    ossl::Pkey key = octets ? ec_key(known->name.c_str(), *octets, nullptr, 0) : nullptr;
    if (key == nullptr || !point_is_good(key.get())) {
        return not_a_key("this is no point of the curve");
    }
    return AnyPublicKey(share(std::move(key)));
}

Result<AnyPublicKey> AnyPublicKey::from_raw(KeyAlgorithm algorithm, BytesView octets) {
    if (!key_algorithm_available(algorithm) || !is_raw(algorithm)) {
        return Error::invalid("crypto.keys", "algorithm", "the library has no such raw keys");
    }
    ossl::Pkey key(EVP_PKEY_new_raw_public_key_ex(nullptr, name_of(algorithm), nullptr,
                                                  octets.data(), octets.size()));
    if (key == nullptr) {
        return not_a_key("the key has another size");
    }
    return AnyPublicKey(share(std::move(key)));
}

KeyAlgorithm AnyPublicKey::algorithm() const {
    switch (EVP_PKEY_get_base_id(key_.get())) {
        case EVP_PKEY_RSA: return KeyAlgorithm::kRsa;
        case EVP_PKEY_EC: return KeyAlgorithm::kEc;
        default: break;
    }
    const auto algorithm = algorithm_of(key_.get());
    CH_CHECK(algorithm.has_value());
    return *algorithm;
}

std::size_t AnyPublicKey::bits() const {
    switch (algorithm()) {
        case KeyAlgorithm::kEc: return curve_bits(curve()).value_or(0);
        case KeyAlgorithm::kEd25519:
        case KeyAlgorithm::kX25519: return 256;
        case KeyAlgorithm::kEd448:
        case KeyAlgorithm::kX448: return 448;
        case KeyAlgorithm::kRsa:
        case KeyAlgorithm::kDsa:
        case KeyAlgorithm::kMlKem512:
        case KeyAlgorithm::kMlKem768:
        case KeyAlgorithm::kMlKem1024:
        case KeyAlgorithm::kMlDsa44:
        case KeyAlgorithm::kMlDsa65:
        case KeyAlgorithm::kMlDsa87:
        case KeyAlgorithm::kEnd: break;
    }
    return static_cast<std::size_t>(EVP_PKEY_get_bits(key_.get()));
}

std::string AnyPublicKey::curve() const { return curve_of(key_.get()); }

Result<Bytes> AnyPublicKey::to_spki() const { return spki_der(key_.get()); }

Result<Bytes> AnyPublicKey::to_pkcs1() const {
    if (algorithm() != KeyAlgorithm::kRsa) {
        return wrong_type();
    }
    std::uint8_t* made = nullptr;
    const int size = i2d_PublicKey(key_.get(), &made);
    if (size <= 0) {
        return ossl::failed("crypto.keys");
    }
    Bytes der(made, made + size);
    OPENSSL_free(made);
    return der;
}

Result<Bytes> AnyPublicKey::rsa_modulus() const {
    return algorithm() == KeyAlgorithm::kRsa
               ? Result<Bytes>(public_octets(key_.get(), OSSL_PKEY_PARAM_RSA_N))
               : wrong_type();
}

Result<Bytes> AnyPublicKey::rsa_exponent() const {
    return algorithm() == KeyAlgorithm::kRsa
               ? Result<Bytes>(public_octets(key_.get(), OSSL_PKEY_PARAM_RSA_E))
               : wrong_type();
}

Result<Bytes> AnyPublicKey::ec_point() const {
    const auto known = named_curve(curve());
    if (!known) {
        return wrong_type();
    }
    Bytes octets(1 + 2 * known->field_bytes());
    std::size_t size = 0;
    // Decoded keys keep the form that they came in.
    if (EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, octets.data(),
                                        octets.size(), &size) != 1) {
        return ossl::failed("crypto.keys");
    }
    auto point = uncompressed_point(*known, BytesView(octets).first(size));
    return point ? Result<Bytes>(std::move(*point)) : ossl::failed("crypto.keys");
}

Result<Bytes> AnyPublicKey::raw() const {
    std::size_t size = 0;
    if (!is_raw(algorithm())) {
        return wrong_type();
    }
    if (EVP_PKEY_get_raw_public_key(key_.get(), nullptr, &size) != 1) {
        return ossl::failed("crypto.keys");
    }
    Bytes octets(size);
    if (EVP_PKEY_get_raw_public_key(key_.get(), octets.data(), &size) != 1) {
        return ossl::failed("crypto.keys");
    }
    return octets;
}

Result<PublicKey> AnyPublicKey::to_service_key() const {
    CH_TRY(const Bytes der, to_spki());
    auto key = PublicKey::from_spki(der);
    return key ? std::move(key) : wrong_type();
}

AnyPrivateKey::AnyPrivateKey(std::shared_ptr<evp_pkey_st> key)
    : key_(std::move(key)), sign_contexts_(std::make_shared<SignContexts>()) {}

Result<AnyPrivateKey> AnyPrivateKey::generate_rsa(std::size_t bits) {
    constexpr std::size_t made_max = 4096;
    constexpr std::size_t step = 256;
    if (bits < any_rsa_bits_min || bits > made_max || bits % step != 0) {
        return Error::invalid("crypto.rsa", "size", "expected 1024 to 4096, a multiple of 256");
    }
    ossl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
    return key == nullptr ? Result<AnyPrivateKey>(ossl::failed("crypto.generate"))
                          : AnyPrivateKey(share(std::move(key)));
}

Result<AnyPrivateKey> AnyPrivateKey::generate_ec(std::string_view curve) {
    const auto known = named_curve(curve);
    if (!known) {
        return Error::invalid("crypto.keys", "curve", "the library has no such curve");
    }
    ossl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", known->name.c_str()));
    return key == nullptr ? Result<AnyPrivateKey>(ossl::failed("crypto.generate"))
                          : AnyPrivateKey(share(std::move(key)));
}

Result<AnyPrivateKey> AnyPrivateKey::generate(KeyAlgorithm algorithm) {
    if (!key_algorithm_available(algorithm) || !is_raw(algorithm)) {
        return Error::invalid("crypto.keys", "algorithm", "the library makes no such keys");
    }
    ossl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, name_of(algorithm)));
    return key == nullptr ? Result<AnyPrivateKey>(ossl::failed("crypto.generate"))
                          : AnyPrivateKey(share(std::move(key)));
}

Result<AnyPrivateKey> AnyPrivateKey::from_pkcs8(const SecretBytes& der) {
    return der.with_exposed(insecure_expose_secret(), [&](BytesView raw) -> Result<AnyPrivateKey> {
        if (raw.size() > kKeyDerBytesMax) {
            return not_a_key("expected PKCS#8 in DER");
        }
        if (auto form = read_pkcs8(raw)) {
            if (const auto* parts = std::get_if<PrivateKey::RsaParts>(&*form)) {
                return from_rsa(*parts);
            }
            CH_TRY(PrivateKey key, PrivateKey::from_pkcs8(der));
            return AnyPrivateKey(key);
        }
        CH_TRY(ossl::Pkey key, decode_private(raw));
        return AnyPrivateKey(share(std::move(key)));
    });
}

Result<AnyPrivateKey> AnyPrivateKey::from_pkcs1(const SecretBytes& der) {
    return der.with_exposed(insecure_expose_secret(), [](BytesView raw) -> Result<AnyPrivateKey> {
        const auto parts = read_pkcs1(raw);
        if (!parts) {
            return not_a_key("expected PKCS#1 in DER, of two primes");
        }
        return from_rsa(*parts);
    });
}

Result<AnyPrivateKey> AnyPrivateKey::from_sec1(const SecretBytes& der, std::string_view curve) {
    return der.with_exposed(insecure_expose_secret(), [&](BytesView raw) -> Result<AnyPrivateKey> {
        const auto form = read_sec1(raw);
        if (!form) {
            return not_a_key("expected an ECPrivateKey in DER, its curve by name");
        }
        const auto written =
            form->curve_oid.empty() ? named_curve(curve) : curve_of_oid(form->curve_oid);
        const auto asked = curve.empty() ? written : named_curve(curve);
        if (!written || !asked || written->nid != asked->nid) {
            return not_a_key("the curve is missing, not known, or another one");
        }
        CH_TRY(AnyPrivateKey key, from_ec(written->name, form->d));
        if (!form->point.empty()) {
            CH_TRY(const Bytes point, key.public_key().ec_point());
            if (uncompressed_point(*written, form->point) != point) {
                return not_a_key("the halves of the key do not go together");
            }
        }
        return key;
    });
}

Result<AnyPrivateKey> AnyPrivateKey::from_rsa(const PrivateKey::RsaParts& parts) {
    CH_TRY(const rsa::Numbers numbers, rsa::complete(parts, any_rsa_bits_min));
    ossl::Pkey key = rsa::private_key(numbers);
    if (key == nullptr) {
        return not_a_key("this is no RSA key");
    }
    return AnyPrivateKey(share(std::move(key)));
}

Result<AnyPrivateKey> AnyPrivateKey::from_ec(std::string_view curve, const SecretBytes& d) {
    const auto known = named_curve(curve);
    if (!known) {
        return Error::invalid("crypto.keys", "curve", "the library has no such curve");
    }
    constexpr std::size_t padded_max = 128;
    if (d.size() > padded_max) {
        return not_a_key("d is not in the curve's range");
    }
    const ossl::Bn scalar = d.with_exposed(insecure_expose_secret(), [](BytesView raw) {
        return ossl::Bn(BN_bin2bn(raw.data(), static_cast<int>(raw.size()), nullptr));
    });
    CH_CHECK(scalar != nullptr);
    BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
    const auto point = multiple_of_base(*known, scalar.get());
    ossl::Pkey key = point ? ec_key(known->name.c_str(), *point, scalar.get(), known->order_bytes)
                           : nullptr;
    if (key == nullptr) {
        return not_a_key("d is not in the curve's range");
    }
    return AnyPrivateKey(share(std::move(key)));
}

Result<AnyPrivateKey> AnyPrivateKey::from_raw(KeyAlgorithm algorithm, const SecretBytes& octets) {
    if (!key_algorithm_available(algorithm) || !is_raw(algorithm)) {
        return Error::invalid("crypto.keys", "algorithm", "the library has no such raw keys");
    }
    ossl::Pkey key = octets.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        return ossl::Pkey(EVP_PKEY_new_raw_private_key_ex(nullptr, name_of(algorithm), nullptr,
                                                          raw.data(), raw.size()));
    });
    if (key == nullptr) {
        return not_a_key("the key has another size");
    }
    return AnyPrivateKey(share(std::move(key)));
}

Result<SecretBytes> AnyPrivateKey::to_pkcs8() const { return pkcs8_der(key_.get()); }

Result<SecretBytes> AnyPrivateKey::to_pkcs1() const {
    return algorithm() == KeyAlgorithm::kRsa ? type_specific_der(key_.get()) : wrong_type();
}

Result<SecretBytes> AnyPrivateKey::to_sec1() const {
    return algorithm() == KeyAlgorithm::kEc ? type_specific_der(key_.get()) : wrong_type();
}

Result<PrivateKey::RsaParts> AnyPrivateKey::rsa_parts() const {
    return algorithm() == KeyAlgorithm::kRsa ? rsa::parts_of(key_.get()) : wrong_type();
}

Result<SecretBytes> AnyPrivateKey::ec_d() const {
    const auto known = named_curve(curve());
    return known ? secret_octets(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, known->order_bytes)
                 : wrong_type();
}

Result<SecretBytes> AnyPrivateKey::raw() const {
    std::size_t size = 0;
    if (!is_raw(algorithm())) {
        return wrong_type();
    }
    if (EVP_PKEY_get_raw_private_key(key_.get(), nullptr, &size) != 1) {
        return ossl::failed("crypto.keys");
    }
    SecretBytes octets(size);
    const bool read =
        octets.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return EVP_PKEY_get_raw_private_key(key_.get(), out.data(), &size) == 1;
        });
    return read ? Result<SecretBytes>(std::move(octets)) : ossl::failed("crypto.keys");
}

Result<PrivateKey> AnyPrivateKey::to_service_key() const {
    CH_TRY(const SecretBytes der, to_pkcs8());
    auto key = PrivateKey::from_pkcs8(der);
    return key ? std::move(key) : wrong_type();
}

}  // namespace chatelaine::crypto

// Asymmetric keys: from KMIP's formats to PKCS#8 and SubjectPublicKeyInfo, and back.
#include <algorithm>

#include "crypto/any_key.hpp"
#include "objects/kmip/curve_names.hpp"
#include "objects/kmip/key_material.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using crypto::AnyPrivateKey;
using crypto::AnyPublicKey;
using crypto::KeyAlgorithm;
using ttlv::CryptographicAlgorithm;
using ttlv::Item;
using ttlv::KeyFormatType;
using ttlv::RecommendedCurve;
using ttlv::Writer;

Error no_format() {
    return Error(Code::kKeyFormatNotSupported, "kmip.material",
                 "the key cannot be given in this format");
}

/// A number that is not negative, without its leading zeros.
BytesView magnitude(BytesView big) {
    const auto first = std::find_if(big.begin(), big.end(), [](auto octet) { return octet != 0; });
    return {first, big.end()};
}
Bytes public_magnitude(const Item& number) {
    const auto big = number.big_integer();
    const BytesView digits = big ? magnitude(*big) : BytesView{};
    return {digits.begin(), digits.end()};
}
crypto::SecretBytes secret_magnitude(const Item& number) {
    const auto big = number.big_integer();
    return big ? crypto::SecretBytes::copy_of(magnitude(*big)) : crypto::SecretBytes{};
}

/// The algorithm whose keys are strings of octets, by what the object and its curve say.
std::optional<KeyAlgorithm> octet_algorithm(std::uint32_t algorithm, std::uint32_t curve) {
    switch (static_cast<CryptographicAlgorithm>(algorithm)) {
        case CryptographicAlgorithm::kEd25519: return KeyAlgorithm::kEd25519;
        case CryptographicAlgorithm::kEd448: return KeyAlgorithm::kEd448;
        case CryptographicAlgorithm::kMLKEM512: return KeyAlgorithm::kMlKem512;
        case CryptographicAlgorithm::kMLKEM768: return KeyAlgorithm::kMlKem768;
        case CryptographicAlgorithm::kMLKEM1024: return KeyAlgorithm::kMlKem1024;
        case CryptographicAlgorithm::kMLDSA44: return KeyAlgorithm::kMlDsa44;
        case CryptographicAlgorithm::kMLDSA65: return KeyAlgorithm::kMlDsa65;
        case CryptographicAlgorithm::kMLDSA87: return KeyAlgorithm::kMlDsa87;
        default: break;
    }
    switch (static_cast<RecommendedCurve>(curve)) {
        case RecommendedCurve::kCURVE25519: return KeyAlgorithm::kX25519;
        case RecommendedCurve::kCURVE448: return KeyAlgorithm::kX448;
        default: return std::nullopt;
    }
}

std::uint32_t algorithm_number(KeyAlgorithm algorithm) {
    switch (algorithm) {
        case KeyAlgorithm::kRsa: return algorithm::kRsa;
        case KeyAlgorithm::kEc: return algorithm::kEc;
        case KeyAlgorithm::kDsa: return algorithm::kDsa;
        case KeyAlgorithm::kX25519:
        case KeyAlgorithm::kX448: return algorithm::kEcdh;
        case KeyAlgorithm::kEd25519: return number(CryptographicAlgorithm::kEd25519);
        case KeyAlgorithm::kEd448: return number(CryptographicAlgorithm::kEd448);
        case KeyAlgorithm::kMlKem512: return number(CryptographicAlgorithm::kMLKEM512);
        case KeyAlgorithm::kMlKem768: return number(CryptographicAlgorithm::kMLKEM768);
        case KeyAlgorithm::kMlKem1024: return number(CryptographicAlgorithm::kMLKEM1024);
        case KeyAlgorithm::kMlDsa44: return number(CryptographicAlgorithm::kMLDSA44);
        case KeyAlgorithm::kMlDsa65: return number(CryptographicAlgorithm::kMLDSA65);
        case KeyAlgorithm::kMlDsa87: return number(CryptographicAlgorithm::kMLDSA87);
        case KeyAlgorithm::kEnd: break;
    }
    return 0;
}

std::uint32_t curve_in(const Item& holder) {
    const auto curve = holder.find(tag::kRecommendedCurve).enumeration();
    return curve ? *curve : 0;
}

bool is_ec_private(std::uint32_t format) {
    return format == format::kTransparentEcPrivate ||
           format == number(KeyFormatType::kTransparentECDSAPrivateKey) ||
           format == number(KeyFormatType::kTransparentECDHPrivateKey);
}
bool is_ec_public(std::uint32_t format) {
    return format == format::kTransparentEcPublic ||
           format == number(KeyFormatType::kTransparentECDSAPublicKey) ||
           format == number(KeyFormatType::kTransparentECDHPublicKey);
}

Result<AnyPrivateKey> transparent_rsa(const Item& material) {
    crypto::PrivateKey::RsaParts parts;
    parts.n = public_magnitude(material.find(tag::kModulus));
    parts.e = public_magnitude(material.find(tag::kPublicExponent));
    parts.d = secret_magnitude(material.find(tag::kPrivateExponent));
    parts.p = secret_magnitude(material.find(tag::kP));
    parts.q = secret_magnitude(material.find(tag::kQ));
    parts.dp = secret_magnitude(material.find(tag::kPrimeExponentP));
    parts.dq = secret_magnitude(material.find(tag::kPrimeExponentQ));
    parts.qi = secret_magnitude(material.find(tag::kCRTCoefficient));
    return AnyPrivateKey::from_rsa(parts);
}

Result<AnyPrivateKey> read_private(const ManagedObject& object, std::uint32_t format,
                                   const Item& material) {
    const std::uint32_t curve = recommended_curve(object);
    if (format == format::kTransparentRsaPrivate) {
        return transparent_rsa(material);
    }
    if (is_ec_private(format)) {
        return AnyPrivateKey::from_ec(curve_name_of(curve_in(material)),
                                      secret_magnitude(material.find(tag::kD)));
    }
    if (is_transparent(format)) {
        return no_format();
    }
    const auto octets = crypto::SecretBytes::copy_of(material.value());
    if (format == format::kPkcs1) {
        return AnyPrivateKey::from_pkcs1(octets);
    }
    if (format == format::kEcPrivateKey) {
        return AnyPrivateKey::from_sec1(octets, curve_name_of(curve));
    }
    if (const auto algorithm = octet_algorithm(object.algorithm, curve);
        algorithm && format == format::kRaw) {
        return AnyPrivateKey::from_raw(*algorithm, octets);
    }
    return AnyPrivateKey::from_pkcs8(octets);
}

Result<AnyPublicKey> read_public(const ManagedObject& object, std::uint32_t format,
                                 const Item& material) {
    if (format == format::kTransparentRsaPublic) {
        return AnyPublicKey::from_rsa(public_magnitude(material.find(tag::kModulus)),
                                      public_magnitude(material.find(tag::kPublicExponent)));
    }
    if (is_ec_public(format)) {
        CH_TRY(const BytesView point, material.find(tag::kQString).bytes());
        return AnyPublicKey::from_ec(curve_name_of(curve_in(material)), point);
    }
    if (is_transparent(format)) {
        return no_format();
    }
    if (format == format::kPkcs1) {
        return AnyPublicKey::from_pkcs1(material.value());
    }
    if (const auto algorithm = octet_algorithm(object.algorithm, recommended_curve(object));
        algorithm && format == format::kRaw) {
        return AnyPublicKey::from_raw(*algorithm, material.value());
    }
    return AnyPublicKey::from_spki(material.value());
}

/// What the key itself says, where nobody said it. Only what can be a service key is one for REST
/// (key_type): the others are KMIP's alone.
void name_key(ManagedObject& object, const AnyPublicKey& key) {
    if (const auto service = key.to_service_key()) {
        object.key_type = service->type();
        object.curve = service->curve();
    }
    if (object.bits == 0) {
        object.bits = static_cast<std::uint32_t>(key.bits());
    }
    if (object.algorithm == 0) {
        object.algorithm = algorithm_number(key.algorithm());
    }
}

/// Builds a transparent structure in secret memory.
template <class F>
crypto::SecretBytes transparent(F&& write) {
    Bytes out;
    out.reserve(4096);
    Writer writer(out);
    writer.begin(tag::kKeyMaterial);
    write(writer);
    writer.end();
    auto made = crypto::SecretBytes::copy_of(out);
    wipe(out.data(), out.size());
    return made;
}

void big_secret(Writer& out, ttlv::Tag tag, const crypto::SecretBytes& number) {
    if (!number.empty()) {
        number.with_exposed(crypto::insecure_expose_secret(), [&](BytesView digits) {
            out.big_integer(tag, magnitude(digits));
        });
    }
}

Result<crypto::SecretBytes> transparent_rsa(const AnyPrivateKey& key) {
    CH_TRY(const auto parts, key.rsa_parts());
    return transparent([&](Writer& out) {
        out.big_integer(tag::kModulus, parts.n);
        big_secret(out, tag::kPrivateExponent, parts.d);
        out.big_integer(tag::kPublicExponent, parts.e);
        big_secret(out, tag::kP, parts.p);
        big_secret(out, tag::kQ, parts.q);
        big_secret(out, tag::kPrimeExponentP, parts.dp);
        big_secret(out, tag::kPrimeExponentQ, parts.dq);
        big_secret(out, tag::kCRTCoefficient, parts.qi);
    });
}

Result<crypto::SecretBytes> transparent_ec(const AnyPrivateKey& key) {
    CH_TRY(const auto number, key.ec_d());
    const std::uint32_t curve = recommended_curve_of(key.curve());
    if (curve == 0) {
        return no_format();
    }
    return transparent([&](Writer& out) {
        out.enumeration(tag::kRecommendedCurve, curve);
        big_secret(out, tag::kD, number);
    });
}

Result<crypto::SecretBytes> transparent_public(const AnyPublicKey& key) {
    if (key.algorithm() == KeyAlgorithm::kRsa) {
        CH_TRY(const Bytes modulus, key.rsa_modulus());
        CH_TRY(const Bytes exponent, key.rsa_exponent());
        return transparent([&](Writer& out) {
            out.big_integer(tag::kModulus, modulus).big_integer(tag::kPublicExponent, exponent);
        });
    }
    CH_TRY(const Bytes point, key.ec_point());
    const std::uint32_t curve = recommended_curve_of(key.curve());
    if (curve == 0) {
        return no_format();
    }
    return transparent([&](Writer& out) {
        out.enumeration(tag::kRecommendedCurve, curve).bytes(tag::kQString, point);
    });
}

Result<crypto::SecretBytes> private_bytes(const AnyPrivateKey& key, std::uint32_t wanted) {
    const bool rsa = key.algorithm() == KeyAlgorithm::kRsa;
    const bool ec = key.algorithm() == KeyAlgorithm::kEc;
    if (wanted == format::kPkcs8) {
        return key.to_pkcs8();
    }
    if (wanted == format::kPkcs1 && rsa) {
        return key.to_pkcs1();
    }
    if (wanted == format::kEcPrivateKey && ec) {
        return key.to_sec1();
    }
    if (wanted == format::kTransparentRsaPrivate && rsa) {
        return transparent_rsa(key);
    }
    if (is_ec_private(wanted) && ec) {
        return transparent_ec(key);
    }
    if (wanted == format::kRaw && !rsa && !ec && key.algorithm() != KeyAlgorithm::kDsa) {
        return key.raw();
    }
    return no_format();
}

Result<crypto::SecretBytes> public_bytes(const AnyPublicKey& key, std::uint32_t wanted) {
    const bool rsa = key.algorithm() == KeyAlgorithm::kRsa;
    const bool ec = key.algorithm() == KeyAlgorithm::kEc;
    const auto as_secret = [](Result<Bytes> bytes) -> Result<crypto::SecretBytes> {
        CH_TRY(const Bytes plain, std::move(bytes));
        return crypto::SecretBytes::copy_of(plain);
    };
    if (wanted == format::kX509) {
        return as_secret(key.to_spki());
    }
    if (wanted == format::kPkcs1 && rsa) {
        return as_secret(key.to_pkcs1());
    }
    if ((wanted == format::kTransparentRsaPublic && rsa) || (is_ec_public(wanted) && ec)) {
        return transparent_public(key);
    }
    if (wanted == format::kRaw && !rsa && !ec && key.algorithm() != KeyAlgorithm::kDsa) {
        return as_secret(key.raw());
    }
    return no_format();
}

Result<AnyPrivateKey> generate(const ManagedObject& object) {
    if (object.algorithm == algorithm::kRsa) {
        return AnyPrivateKey::generate_rsa(object.bits);
    }
    const std::uint32_t curve = recommended_curve(object);
    if (const auto algorithm = octet_algorithm(object.algorithm, curve)) {
        if (!crypto::key_algorithm_available(*algorithm)) {
            return Error::invalid("kmip.create_key_pair", "Cryptographic Algorithm",
                                  "the cryptographic library does not have it");
        }
        return AnyPrivateKey::generate(*algorithm);
    }
    const std::string_view name =
        curve != 0 ? curve_name_of(curve) : curve_of_bits(object.bits);
    if (name.empty() || !crypto::curve_bits(name)) {
        return Error::invalid("kmip.create_key_pair", "Cryptographic Domain Parameters",
                              "the curve is not one that this service has");
    }
    return AnyPrivateKey::generate_ec(name);
}

}  // namespace

std::uint32_t recommended_curve(const ManagedObject& object) {
    const Attribute* const domain = stored(object, "Cryptographic Domain Parameters");
    if (domain == nullptr) {
        return 0;
    }
    const auto document = ttlv::Document::parse(domain->value);
    return document ? curve_in(document->root()) : 0;
}

bool makes_pairs(std::uint32_t algorithm) {
    return algorithm == algorithm::kRsa || algorithm == algorithm::kEc ||
           algorithm == algorithm::kEcdsa || algorithm == algorithm::kEcdh ||
           octet_algorithm(algorithm, 0).has_value();
}

Result<void> take_private(ManagedObject& object, std::uint32_t format, const Item& material) {
    if (const auto key = read_private(object, format, material)) {
        CH_TRY(object.material.bytes, key->to_pkcs8());
        name_key(object, key->public_key());
    }
    return ok();
}

Result<void> take_public(ManagedObject& object, std::uint32_t format, const Item& material) {
    if (const auto key = read_public(object, format, material)) {
        CH_TRY(const Bytes spki, key->to_spki());
        object.material.bytes = crypto::SecretBytes::copy_of(spki);
        name_key(object, *key);
    }
    return ok();
}

Result<KeyForm> give_private(const ManagedObject& object, std::uint32_t wanted) {
    CH_TRY(const AnyPrivateKey key, object.any_private_key());
    KeyForm form;
    form.format = wanted;
    CH_TRY(form.material, private_bytes(key, wanted));
    return form;
}

Result<KeyForm> give_public(const ManagedObject& object, std::uint32_t wanted) {
    CH_TRY(const AnyPublicKey key, object.any_public_key());
    KeyForm form;
    form.format = wanted;
    CH_TRY(form.material, public_bytes(key, wanted));
    return form;
}

Result<void> generate_material(ManagedObject& private_key, ManagedObject& public_key) {
    CH_TRY(const AnyPrivateKey made, generate(private_key));
    const bool rsa = made.algorithm() == KeyAlgorithm::kRsa;
    CH_TRY(private_key.material.bytes, made.to_pkcs8());
    CH_TRY(const Bytes spki, made.public_key().to_spki());
    public_key.material.bytes = crypto::SecretBytes::copy_of(spki);
    private_key.material.format = rsa ? format::kPkcs1 : format::kPkcs8;
    public_key.material.format = rsa ? format::kPkcs1 : format::kX509;
    for (ManagedObject* const half : {&private_key, &public_key}) {
        half->algorithm = private_key.algorithm;
        half->bits = 0;
        name_key(*half, made.public_key());
        CH_TRY(const KeyForm form, give_material(*half, std::nullopt));
        CH_TRY_VOID(form.material.with_exposed(
            crypto::insecure_expose_secret(),
            [&](BytesView bytes) { return set_digest(*half, bytes, form.format); }));
    }
    return ok();
}

}  // namespace chatelaine::objects::kmip

#include "objects/kmip/key_material.hpp"

#include <algorithm>

#include "crypto/keys.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using ttlv::Item;
using ttlv::Type;
using ttlv::Writer;

Error wrong(std::string_view field, std::string message) {
    return Error::invalid("kmip.material", std::string(field), std::move(message));
}

/// Two's complement of a number that is not negative: its magnitude.
Bytes magnitude(BytesView big) {
    const auto first = std::find_if(big.begin(), big.end(), [](auto octet) { return octet != 0; });
    return {first, big.end()};
}

crypto::SecretBytes secret_magnitude(const Item& number) {
    const auto big = number.big_integer();
    if (!big) {
        return {};
    }
    const auto first =
        std::find_if(big->begin(), big->end(), [](auto octet) { return octet != 0; });
    return crypto::SecretBytes::copy_of({first, big->end()});
}

std::optional<crypto::PrivateKey> transparent_rsa(const Item& material) {
    const auto modulus = material.find(tag::kModulus).big_integer();
    const auto exponent = material.find(tag::kPublicExponent).big_integer();
    if (!modulus || !exponent) {
        return std::nullopt;
    }
    crypto::PrivateKey::RsaParts parts;
    parts.n = magnitude(*modulus);
    parts.e = magnitude(*exponent);
    parts.d = secret_magnitude(material.find(tag::kPrivateExponent));
    parts.p = secret_magnitude(material.find(tag::kP));
    parts.q = secret_magnitude(material.find(tag::kQ));
    parts.dp = secret_magnitude(material.find(tag::kPrimeExponentP));
    parts.dq = secret_magnitude(material.find(tag::kPrimeExponentQ));
    parts.qi = secret_magnitude(material.find(tag::kCRTCoefficient));
    auto key = crypto::PrivateKey::from_rsa(parts);
    return key ? std::optional(std::move(key).value()) : std::nullopt;
}

std::optional<crypto::PrivateKey> read_private(std::uint32_t format, const Item& material) {
    if (format == format::kTransparentRsaPrivate) {
        return transparent_rsa(material);
    }
    const auto der = crypto::SecretBytes::copy_of(material.value());
    auto key = format == format::kPkcs1 ? crypto::PrivateKey::from_pkcs1(der)
                                        : crypto::PrivateKey::from_pkcs8(der);
    return key ? std::optional(std::move(key).value()) : std::nullopt;
}

std::optional<crypto::PublicKey> read_public(std::uint32_t format, const Item& material) {
    if (format == format::kTransparentRsaPublic) {
        const auto modulus = material.find(tag::kModulus).big_integer();
        const auto exponent = material.find(tag::kPublicExponent).big_integer();
        if (!modulus || !exponent) {
            return std::nullopt;
        }
        auto key = crypto::PublicKey::from_rsa(magnitude(*modulus), magnitude(*exponent));
        return key ? std::optional(std::move(key).value()) : std::nullopt;
    }
    auto key = crypto::PublicKey::from_spki(material.value());
    return key ? std::optional(std::move(key).value()) : std::nullopt;
}

void name_key(ManagedObject& object, const crypto::PublicKey& key) {
    object.key_type = key.type();
    object.curve = key.curve();
    if (object.bits == 0) {
        object.bits = static_cast<std::uint32_t>(key.bits());
    }
    if (object.algorithm == 0) {
        object.algorithm =
            key.type() == crypto::KeyType::kRsa ? algorithm::kRsa : algorithm::kEc;
    }
}

Result<void> take_symmetric(ManagedObject& object, std::uint32_t format, const Item& material) {
    BytesView raw = material.value();
    if (format == format::kTransparentSymmetric) {
        CH_TRY(raw, material.find(tag::kKey).bytes());
    }
    if (raw.empty() && object.type == ObjectType::kSymmetricKey) {
        return wrong("Key Material", "the key is empty");
    }
    object.material.bytes = crypto::SecretBytes::copy_of(raw);
    if (object.bits == 0) {
        object.bits = symmetric_bits(object.algorithm, raw.size());
    }
    return ok();
}

bool is_des(std::uint32_t algorithm) {
    return algorithm == algorithm::kDes || algorithm == algorithm::kTripleDes;
}

/// The private key's material in the wanted format.
Result<KeyForm> private_form(const ManagedObject& object, std::uint32_t wanted) {
    CH_TRY(const crypto::PrivateKey key, object.private_key());
    KeyForm form;
    form.format = wanted;
    if (wanted == format::kPkcs8) {
        CH_TRY(form.material, key.to_pkcs8());
        return form;
    }
    if (wanted == format::kPkcs1 && key.type() == crypto::KeyType::kRsa) {
        CH_TRY(form.material, key.to_pkcs1());
        return form;
    }
    return Error(Code::kKeyFormatNotSupported, "kmip.material",
                 "the key cannot be given in this format");
}

Result<KeyForm> public_form(const ManagedObject& object, std::uint32_t wanted) {
    CH_TRY(const crypto::PublicKey key, object.public_key());
    KeyForm form;
    form.format = wanted;
    if (wanted == format::kX509) {
        CH_TRY(const Bytes spki, key.to_spki());
        form.material = crypto::SecretBytes::copy_of(spki);
        return form;
    }
    return Error(Code::kKeyFormatNotSupported, "kmip.material",
                 "the key cannot be given in this format");
}

Result<KeyForm> symmetric_form(const ManagedObject& object, std::uint32_t wanted) {
    KeyForm form;
    form.format = wanted;
    if (wanted == format::kRaw) {
        form.material = object.material.bytes.clone();
        return form;
    }
    if (wanted == format::kTransparentSymmetric) {
        Bytes out;
        out.reserve(object.material.bytes.size() + 32);
        Writer writer(out);
        writer.begin(tag::kKeyMaterial);
        object.material.bytes.with_exposed(crypto::insecure_expose_secret(),
                                           [&](BytesView raw) { writer.bytes(tag::kKey, raw); });
        writer.end();
        form.material = crypto::SecretBytes::copy_of(out);
        wipe(out.data(), out.size());
        return form;
    }
    return Error(Code::kKeyFormatNotSupported, "kmip.material",
                 "the key cannot be given in this format");
}

}  // namespace

bool is_transparent(std::uint32_t format) {
    return (format >= format::kTransparentSymmetric && format <= format::kTransparentEcPublic);
}

Result<void> take_material(ManagedObject& object, std::uint32_t format, const Item& material) {
    if (material.type() != (is_transparent(format) ? Type::kStructure : Type::kByteString)) {
        return wrong("Key Material", "the material is not of the type that its format has");
    }
    switch (object.type) {
        case ObjectType::kSymmetricKey:
        case ObjectType::kSecretData: return take_symmetric(object, format, material);
        case ObjectType::kPrivateKey: {
            const auto key = read_private(format, material);
            if (key) {
                CH_TRY(object.material.bytes, key->to_pkcs8());
                name_key(object, key->public_key());
            }
            return ok();
        }
        case ObjectType::kPublicKey: {
            const auto key = read_public(format, material);
            if (key) {
                CH_TRY(const Bytes spki, key->to_spki());
                object.material.bytes = crypto::SecretBytes::copy_of(spki);
                name_key(object, *key);
            }
            return ok();
        }
        default: return ok();
    }
}

Result<KeyForm> give_material(const ManagedObject& object, std::optional<std::uint32_t> wanted) {
    if (object.material.bytes.empty()) {
        return Error(Code::kKeyFormatNotSupported, "kmip.material",
                     "the key can be given only as it was registered");
    }
    switch (object.type) {
        case ObjectType::kPrivateKey: return private_form(object, wanted.value_or(format::kPkcs8));
        case ObjectType::kPublicKey: return public_form(object, wanted.value_or(format::kX509));
        case ObjectType::kSymmetricKey:
        case ObjectType::kSecretData: return symmetric_form(object, wanted.value_or(format::kRaw));
        default:
            return Error(Code::kKeyFormatNotSupported, "kmip.material",
                         "such an object has no other format");
    }
}

Result<std::size_t> symmetric_bytes(std::uint32_t algorithm, std::uint32_t bits) {
    if (algorithm == algorithm::kAes && bits != 128 && bits != 192 && bits != 256) {
        return wrong("Cryptographic Length", "AES has keys of 128, 192 and 256 bits");
    }
    if (is_des(algorithm)) {
        // 7 bits of each octet count; the eighth is parity.
        if (bits % 56 == 0 && bits <= 168) {
            return bits / 7;
        }
        if (bits % 64 == 0 && bits <= 192) {
            return bits / 8;
        }
        return wrong("Cryptographic Length", "DES keys have 56, 112 or 168 bits");
    }
    if (bits == 0 || bits % 8 != 0 || bits > 65'536) {
        return wrong("Cryptographic Length", "expected a multiple of 8, at most 65536");
    }
    return bits / 8;
}

std::uint32_t symmetric_bits(std::uint32_t algorithm, std::size_t bytes) {
    return static_cast<std::uint32_t>(is_des(algorithm) ? bytes * 7 : bytes * 8);
}

Result<void> describe_certificate(ManagedObject&, BytesView) { return ok(); }

}  // namespace chatelaine::objects::kmip

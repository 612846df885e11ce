#include "objects/kmip/key_material.hpp"

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
    return format >= format::kTransparentSymmetric && format <= format::kTransparentEcPublic;
}

Result<void> take_material(ManagedObject& object, std::uint32_t format, const Item& material) {
    if (material.type() != (is_transparent(format) ? Type::kStructure : Type::kByteString)) {
        return wrong("Key Material", "the material is not of the type that its format has");
    }
    switch (object.type) {
        case ObjectType::kSymmetricKey:
        case ObjectType::kSecretData: return take_symmetric(object, format, material);
        case ObjectType::kSplitKey: return take_symmetric(object, format, material);
        case ObjectType::kPrivateKey: return take_private(object, format, material);
        case ObjectType::kPublicKey: return take_public(object, format, material);
        default: return ok();
    }
}

Result<KeyForm> give_material(const ManagedObject& object, std::optional<std::uint32_t> wanted) {
    if (object.material.bytes.empty()) {
        return Error(Code::kKeyFormatNotSupported, "kmip.material",
                     "the key can be given only as it was registered");
    }
    switch (object.type) {
        case ObjectType::kPrivateKey:
            return give_private(object, wanted.value_or(object.material.format));
        case ObjectType::kPublicKey:
            return give_public(object, wanted.value_or(object.material.format));
        case ObjectType::kSymmetricKey:
        case ObjectType::kSecretData:
        case ObjectType::kSplitKey: return symmetric_form(object, wanted.value_or(format::kRaw));
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

}  // namespace chatelaine::objects::kmip

#pragma once

#include "objects/kmip/attributes.hpp"
#include "ttlv/enums.hpp"
#include "ttlv/names.hpp"

/// The structures in which KMIP brings and gives objects (Symmetric Key, Certificate, Opaque Object
/// and others; KMIP 1.4 section 2.2), to and from the model. Private to the room.

namespace chatelaine::objects::kmip {

/// Key Format Type, as the model keeps it.
namespace format {
using Type = ttlv::KeyFormatType;
inline constexpr std::uint32_t kRaw = number(Type::kRaw), kOpaque = number(Type::kOpaque),
                               kPkcs1 = number(Type::kPKCS1), kPkcs8 = number(Type::kPKCS8),
                               kX509 = number(Type::kX509),
                               kEcPrivateKey = number(Type::kECPrivateKey),
                               kTransparentSymmetric = number(Type::kTransparentSymmetricKey),
                               kTransparentRsaPrivate = number(Type::kTransparentRSAPrivateKey),
                               kTransparentRsaPublic = number(Type::kTransparentRSAPublicKey),
                               kTransparentEcPrivate = number(Type::kTransparentECPrivateKey),
                               kTransparentEcPublic = number(Type::kTransparentECPublicKey);
}  // namespace format

/// The structure's tag for a type of object.
ttlv::Tag structure_tag(ObjectType type);

/// Takes what a client registers: keeps the structure as it came, and beside it the material in the
/// model's own form when it can be read (a key that cannot is kept all the same). Sets algorithm,
/// length and Digest where they are not set yet. kInvalidArgument names what is wrong with the
/// structure; kInvalidArgument too when an attribute says other than the structure.
Result<void> take_structure(ManagedObject& object, crypto::SecretBytes structure);

/// Sets the Digest attribute: SHA-256 of the key material's bytes (KMIP 1.4 section 3.17).
Result<void> set_digest(ManagedObject& object, BytesView material, std::uint32_t format);

/// What Get gives: the structure as it was registered, or in the wanted Key Format Type.
/// `unwrapped`: not as it was registered, if that was wrapped. kKeyFormatNotSupported when the key
/// has no such form.
Result<crypto::SecretBytes> give_structure(const ManagedObject& object,
                                           std::optional<std::uint32_t> wanted,
                                           bool unwrapped = false);

/// Has a Key Block: keys, secret data, split keys, PGP keys.
bool has_key_block(ObjectType type);
/// What stands before the Key Block: in Secret Data its type, in a Split Key its place.
void write_preamble(ttlv::Writer& out, const ManagedObject& object);
/// Writes the object's structure around its Key Value and, when it is wrapped, its Key Wrapping
/// Data: `value` and `wrapping` write those two.
template <class Value, class Wrapping>
void write_key_structure(ttlv::Writer& out, const ManagedObject& object, std::uint32_t format,
                         Value&& value, Wrapping&& wrapping) {
    out.begin(structure_tag(object.type));
    write_preamble(out, object);
    out.begin(ttlv::tag::kKeyBlock).enumeration(ttlv::tag::kKeyFormatType, format);
    value();
    if (object.algorithm != 0) {
        out.enumeration(ttlv::tag::kCryptographicAlgorithm, object.algorithm);
    }
    if (object.bits != 0) {
        out.integer(ttlv::tag::kCryptographicLength, static_cast<std::int32_t>(object.bits));
    }
    wrapping();
    out.end().end();
}

/// The key material that Get would give, in the wanted format: for wrapping.
struct KeyForm {
    std::uint32_t format = format::kRaw;
    crypto::SecretBytes material;
};
Result<KeyForm> give_material(const ManagedObject& object, std::optional<std::uint32_t> wanted);

/// The attributes that lie inside a registered structure: in its Key Value, or a Template's own.
Result<AttributeValues> inner_attributes(BytesView structure);

/// Reads one Attribute structure of KMIP 1.x. kMalformed, kMissingArgument.
Result<AttributeValue> read_attribute(const ttlv::Item& attribute);

}  // namespace chatelaine::objects::kmip

#pragma once

#include "objects/kmip/object_form.hpp"

/// Key material in KMIP's many formats, to and from the one that the model keeps: raw bytes,
/// PKCS#8, SubjectPublicKeyInfo. Private to the room.

namespace chatelaine::objects::kmip {

/// Cryptographic Algorithm, as the model keeps it.
namespace algorithm {
using Type = ttlv::CryptographicAlgorithm;
inline constexpr std::uint32_t kDes = number(Type::kDES), kTripleDes = number(Type::kDES3),
                               kAes = number(Type::kAES), kRsa = number(Type::kRSA),
                               kDsa = number(Type::kDSA), kEcdsa = number(Type::kECDSA),
                               kEcdh = number(Type::kECDH), kEc = number(Type::kEC);
}  // namespace algorithm

/// The material is a structure (KMIP 1.4 section 2.1.7), not a string of bytes.
bool is_transparent(std::uint32_t format);

/// Puts the material into the model. A key that cannot be read leaves the model without material;
/// what was registered is kept all the same. kInvalidArgument("Key Material") when it is not of the
/// type that its format has.
Result<void> take_material(ManagedObject& object, std::uint32_t format,
                           const ttlv::Item& material);

/// The same for the two halves of a pair: RSA, curves, Edwards and Montgomery keys, post-quantum
/// ones where the library has them (asymmetric_material.cpp).
Result<void> take_private(ManagedObject& object, std::uint32_t format,
                          const ttlv::Item& material);
Result<void> take_public(ManagedObject& object, std::uint32_t format, const ttlv::Item& material);
/// What give_material() gives of them. kKeyFormatNotSupported.
Result<KeyForm> give_private(const ManagedObject& object, std::uint32_t wanted);
Result<KeyForm> give_public(const ManagedObject& object, std::uint32_t wanted);

/// Whether Create Key Pair makes such keys.
bool makes_pairs(std::uint32_t algorithm);
/// A fresh pair for the private key's algorithm, length and curve: material, format, length and
/// Digest of both. Slow. kInvalidArgument naming the attribute that does not fit.
Result<void> generate_material(ManagedObject& private_key, ManagedObject& public_key);
/// The Recommended Curve of the object's domain parameters; 0 for none.
std::uint32_t recommended_curve(const ManagedObject& object);

/// Bytes of a symmetric key of `bits`, or kInvalidArgument("Cryptographic Length") when the
/// algorithm has no such keys. Lengths of DES count the strength (56, 112, 168), not the parity.
Result<std::size_t> symmetric_bytes(std::uint32_t algorithm, std::uint32_t bits);
/// The other way round: what a key of that many bytes is called.
std::uint32_t symmetric_bits(std::uint32_t algorithm, std::size_t bytes);

/// Sets the attributes that a certificate's own fields give.
Result<void> describe_certificate(ManagedObject& object, BytesView der);

}  // namespace chatelaine::objects::kmip

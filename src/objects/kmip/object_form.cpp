#include "objects/kmip/object_form.hpp"

#include "crypto/hash.hpp"
#include "objects/kmip/key_material.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using ttlv::Item;
using ttlv::Writer;

constexpr std::string_view kWhere = "kmip.object";

Error wrong(std::string_view field, std::string message) {
    return Error::invalid(kWhere, std::string(field), std::move(message));
}

/// What a Key Block says (KMIP 1.4 section 2.1.3).
struct KeyBlock {
    std::uint32_t format = 0;
    Item material;  ///< absent when the key value is elsewhere
    std::optional<std::uint32_t> algorithm, bits;
    bool wrapped = false;
};

Result<KeyBlock> read_key_block(const Item& block) {
    CH_TRY_VOID(block.structure());
    KeyBlock read;
    CH_TRY(read.format, block.find(tag::kKeyFormatType).enumeration());
    if (const Item value = block.find(tag::kKeyValue)) {
        read.material =
            value.type() == ttlv::Type::kStructure ? value.find(tag::kKeyMaterial) : value;
    }
    if (const Item algorithm = block.find(tag::kCryptographicAlgorithm)) {
        CH_TRY(read.algorithm, algorithm.enumeration());
    }
    if (const Item bits = block.find(tag::kCryptographicLength)) {
        CH_TRY(const std::int32_t number, bits.integer());
        read.bits = static_cast<std::uint32_t>(number);
    }
    read.wrapped = static_cast<bool>(block.find(tag::kKeyWrappingData));
    return read;
}

/// An attribute and the structure must say the same; what only one says is taken.
Result<void> agree(std::uint32_t& mine, const std::optional<std::uint32_t>& said,
                   std::string_view field) {
    if (!said) {
        return ok();
    }
    if (mine != 0 && mine != *said) {
        return wrong(field, "the attribute and the key block do not agree");
    }
    mine = *said;
    return ok();
}

/// The bytes that the digest is taken of: the key's own, or the whole item where the material is a
/// structure.
BytesView material_bytes(const Item& material) {
    return material.type() == ttlv::Type::kStructure ? material.encoded() : material.value();
}

Result<void> take_key(ManagedObject& object, const Item& root) {
    CH_TRY(const KeyBlock block, read_key_block(root.find(tag::kKeyBlock)));
    CH_TRY_VOID(agree(object.algorithm, block.algorithm, "Cryptographic Algorithm"));
    CH_TRY_VOID(agree(object.bits, block.bits, "Cryptographic Length"));
    object.material.format = block.format;
    if (!block.material) {
        return ok();
    }
    CH_TRY_VOID(set_digest(object, material_bytes(block.material), block.format));
    if (block.wrapped) {
        return ok();  // kept as it is: what it holds is not known
    }
    return take_material(object, block.format, block.material);
}

Result<void> take_certificate(ManagedObject& object, const Item& root) {
    CH_TRY(const std::uint32_t type, root.find(tag::kCertificateType).enumeration());
    CH_TRY(const BytesView der, root.find(tag::kCertificateValue).bytes());
    object.material.format = format::kX509;
    object.material.bytes = crypto::SecretBytes::copy_of(der);
    CH_TRY_VOID(put_attribute(object, "Certificate Type", 0, make_value([&](Writer& out) {
                                  out.enumeration(tag::kAttributeValue, type);
                              })));
    CH_TRY_VOID(set_digest(object, der, format::kX509));
    return describe_certificate(object, der);
}

Result<void> take_opaque(ManagedObject& object, const Item& root) {
    CH_TRY(const std::uint32_t type, root.find(tag::kOpaqueDataType).enumeration());
    static_cast<void>(type);  // the client's own numbers
    CH_TRY(const BytesView bytes, root.find(tag::kOpaqueDataValue).bytes());
    object.material.format = format::kOpaque;
    return set_digest(object, bytes, format::kOpaque);
}

Result<void> take(ManagedObject& object, const Item& root) {
    switch (object.type) {
        case ObjectType::kCertificate: return take_certificate(object, root);
        case ObjectType::kOpaqueObject: return take_opaque(object, root);
        case ObjectType::kTemplate:
        case ObjectType::kCertificateRequest: return ok();
        default: return take_key(object, root);
    }
}

}  // namespace

ttlv::Tag structure_tag(ObjectType type) {
    switch (type) {
        case ObjectType::kCertificate: return tag::kCertificate;
        case ObjectType::kSymmetricKey: return tag::kSymmetricKey;
        case ObjectType::kPublicKey: return tag::kPublicKey;
        case ObjectType::kPrivateKey: return tag::kPrivateKey;
        case ObjectType::kSplitKey: return tag::kSplitKey;
        case ObjectType::kTemplate: return tag::kTemplate;
        case ObjectType::kSecretData: return tag::kSecretData;
        case ObjectType::kOpaqueObject: return tag::kOpaqueObject;
        case ObjectType::kPgpKey: return tag::kPGPKey;
        case ObjectType::kCertificateRequest: return tag::kCertificateRequest;
    }
    CH_CHECK(!"a type outside the enum");
}

bool has_key_block(ObjectType type) {
    return type == ObjectType::kSymmetricKey || type == ObjectType::kPrivateKey ||
           type == ObjectType::kPublicKey || type == ObjectType::kSecretData ||
           type == ObjectType::kSplitKey || type == ObjectType::kPgpKey;
}

namespace {

void write_member(Writer& out, BytesView root, ttlv::Tag which) {
    const auto document = ttlv::Document::parse(root);
    if (document) {
        if (const Item member = document->root().find(which)) {
            out.item(member.encoded());
        }
    }
}

}  // namespace

/// What stands before the Key Block: in Secret Data its type, in a Split Key its place.
void write_preamble(Writer& out, const ManagedObject& object) {
    object.registered.with_exposed(crypto::insecure_expose_secret(), [&](BytesView root) {
        if (object.type == ObjectType::kSecretData) {
            if (root.empty()) {
                out.enumeration(tag::kSecretDataType, ttlv::SecretDataType::kSeed);
            } else {
                write_member(out, root, tag::kSecretDataType);
            }
        } else if (object.type == ObjectType::kSplitKey) {
            for (const ttlv::Tag part : {tag::kSplitKeyParts, tag::kKeyPartIdentifier,
                                         tag::kSplitKeyThreshold, tag::kSplitKeyMethod,
                                         tag::kPrimeFieldSize}) {
                write_member(out, root, part);
            }
        }
    });
}

Result<void> set_digest(ManagedObject& object, BytesView material, std::uint32_t format) {
    const crypto::Sha256 digest = crypto::sha256(material);
    return put_attribute(object, "Digest", 0, make_value([&](Writer& out) {
                             out.begin(tag::kAttributeValue)
                                 .enumeration(tag::kHashingAlgorithm,
                                              ttlv::HashingAlgorithm::kSHA256)
                                 .bytes(tag::kDigestValue, digest)
                                 .enumeration(tag::kKeyFormatType, format)
                                 .end();
                         }));
}

Result<void> take_structure(ManagedObject& object, crypto::SecretBytes structure) {
    auto taken = structure.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView bytes) -> Result<void> {
            CH_TRY(const ttlv::Document document, ttlv::Document::parse(bytes));
            const Item root = document.root();
            CH_TRY_VOID(root.structure());
            if (root.tag() != structure_tag(object.type)) {
                return wrong("Object Type", "the object is of another type");
            }
            return take(object, root);
        });
    CH_TRY_VOID(std::move(taken));
    object.registered = std::move(structure);
    return ok();
}

Result<crypto::SecretBytes> give_structure(const ManagedObject& object,
                                           std::optional<std::uint32_t> wanted, bool unwrapped) {
    const bool as_it_came = !unwrapped && (!wanted || *wanted == object.material.format);
    if (!object.registered.empty() && (as_it_came || !has_key_block(object.type))) {
        return object.registered.clone();
    }
    CH_TRY(const KeyForm form, give_material(object, wanted));
    Bytes out;
    out.reserve(form.material.size() + 256);
    Writer writer(out);
    write_key_structure(
        writer, object, form.format,
        [&] {
            writer.begin(tag::kKeyValue);
            form.material.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
                if (is_transparent(form.format)) {
                    writer.item(bytes);
                } else {
                    writer.bytes(tag::kKeyMaterial, bytes);
                }
            });
            writer.end();
        },
        [] {});
    auto structure = crypto::SecretBytes::copy_of(out);
    wipe(out.data(), out.size());
    return structure;
}

Result<AttributeValue> read_attribute(const Item& attribute) {
    CH_TRY_VOID(attribute.structure());
    AttributeValue read;
    CH_TRY(const std::string_view name, attribute.find(tag::kAttributeName).text());
    read.name = name;
    if (const Item index = attribute.find(tag::kAttributeIndex)) {
        CH_TRY(const std::int32_t number, index.integer());
        if (number < 0) {
            return wrong("Attribute Index", "expected zero or more");
        }
        read.index = static_cast<std::uint32_t>(number);
    }
    const Item value = attribute.find(tag::kAttributeValue);
    if (!value) {
        return Error::missing(kWhere, read.name);
    }
    const BytesView encoded = value.encoded();
    read.value.assign(encoded.begin(), encoded.end());
    return read;
}

Result<AttributeValues> inner_attributes(BytesView structure) {
    AttributeValues found;
    CH_TRY(const ttlv::Document document, ttlv::Document::parse(structure));
    const Item root = document.root();
    Item holder = root;
    if (root.tag() != tag::kTemplate) {
        holder = root.find(tag::kKeyBlock).find(tag::kKeyValue);
    }
    for (Item member = holder.first(); member; member = member.next()) {
        if (member.tag() == tag::kAttribute) {
            CH_TRY(auto attribute, read_attribute(member));
            found.push_back(std::move(attribute));
        }
    }
    return found;
}

}  // namespace chatelaine::objects::kmip

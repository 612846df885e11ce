#include "objects/kmip/making.hpp"

#include <algorithm>

#include "crypto/random.hpp"
#include "objects/kmip/key_material.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using ttlv::Writer;

Result<void> put_generator(ManagedObject& object) {
    // OpenSSL's default: CTR_DRBG with AES-256 (SP 800-90A section 10.2.1).
    return put_attribute(object, "Random Number Generator", 0, make_value([](Writer& out) {
                             out.begin(tag::kAttributeValue)
                                 .enumeration(tag::kRNGAlgorithm, ttlv::RNGAlgorithm::kDRBG)
                                 .enumeration(tag::kCryptographicAlgorithm,
                                              ttlv::CryptographicAlgorithm::kAES)
                                 .integer(tag::kCryptographicLength, 256)
                                 .enumeration(tag::kDRBGAlgorithm, ttlv::DRBGAlgorithm::kCTR)
                                 .end();
                         }));
}

Result<void> put_lease(ManagedObject& object) {
    return put_attribute(object, "Lease Time", 0, make_value([](Writer& out) {
                             out.interval(tag::kAttributeValue, lease_seconds);
                         }));
}

/// The key material's own attributes, once it is there.
Result<void> describe_material(ManagedObject& object) {
    CH_TRY_VOID(object.material.bytes.with_exposed(
        crypto::insecure_expose_secret(),
        [&](BytesView bytes) { return set_digest(object, bytes, object.material.format); }));
    return put_generator(object);
}

}  // namespace

void settle_protection(ManagedObject& object) {
    object.always_sensitive = object.sensitive;
    object.never_extractable = !object.extractable;
}

Result<void> put_flag(ManagedObject& object, std::string_view name, bool value) {
    return put_attribute(object, name, 0, make_value([&](Writer& out) {
                             out.boolean(tag::kAttributeValue, value);
                         }));
}

Result<void> put_common(ManagedObject& object) {
    if (stored(object, "Fresh") == nullptr) {
        CH_TRY_VOID(put_flag(object, "Fresh", true));
    }
    return put_lease(object);
}

Result<void> fill_symmetric(ManagedObject& object) {
    CH_TRY(const std::size_t size, symmetric_bytes(object.algorithm, object.bits));
    object.material.format = format::kRaw;
    object.material.bytes = crypto::random_secret(size);
    return describe_material(object);
}

Result<void> fill_pair(ManagedObject& private_key, ManagedObject& public_key) {
    CH_TRY_VOID(generate_material(private_key, public_key));
    CH_TRY_VOID(put_generator(private_key));
    CH_TRY_VOID(put_generator(public_key));
    add_link(private_key, ttlv::LinkType::kPublicKeyLink, public_key.id);
    add_link(public_key, ttlv::LinkType::kPrivateKeyLink, private_key.id);
    return ok();
}

void add_link(ManagedObject& from, ttlv::LinkType type, const ObjectId& to) {
    std::uint32_t index = 0;
    for (const Link& one : from.links) {
        index = std::max(index, one.index + 1);
    }
    from.links.push_back({number(type), to, index});
}

Result<void> put_given(ManagedObject& object, const AttributeValue& value, WallTime now) {
    const AttributeRule* const rule = rule_of(value.name);
    if (rule != nullptr && (rule->client & client::kAtCreation) == 0) {
        return Error(Code::kNotPermittedUse, "kmip.attribute",
                     value.name + ": only the service sets it");
    }
    const bool many = rule == nullptr || rule->multiple;
    std::uint32_t index = 0;
    if (many) {
        for (const AttributeValue& one : attribute_values(object, value.name, now)) {
            index = std::max(index, one.index.value_or(0) + 1);
        }
    }
    return put_attribute(object, value.name, index, value.value);
}

}  // namespace chatelaine::objects::kmip

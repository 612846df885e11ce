// Objects that the service makes or a client brings: Create, Create Key Pair, Register.
#include "crypto/keys.hpp"
#include "crypto/random.hpp"
#include "objects/kmip/key_material.hpp"
#include "objects/kmip/rules.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using ttlv::Writer;

Error missing(std::string_view attribute) {
    return Error::missing("kmip.create", std::string(attribute));
}

/// The protection as the flags say at birth: what was never otherwise, is so always.
void settle_protection(ManagedObject& object) {
    object.always_sensitive = object.sensitive;
    object.never_extractable = !object.extractable;
}

Result<void> settle_dates(const ManagedObject& object) {
    const auto after = [](const auto& earlier, const auto& later) {
        return !earlier || !later || *earlier <= *later;
    };
    if (!after(object.activation, object.deactivation)) {
        return Error::invalid("kmip.dates", "Deactivation Date",
                              "it lies before the Activation Date");
    }
    return ok();
}

/// An object that is in use without having been activated: those that have no such state.
Result<std::shared_ptr<ManagedObject>> begin(const DomainId& domain, ObjectType type,
                                             const AttributeValues& attributes,
                                             Services& services) {
    auto object = new_object(domain, type, services);
    CH_TRY_VOID(set_at_creation(*object, attributes, services.now));
    settle_protection(*object);
    CH_TRY_VOID(settle_dates(*object));
    return object;
}

Result<void> put_generator(ManagedObject& object) {
    // What made the key: the library's DRBG (SP 800-90A). Unspecified says the least and is true.
    return put_attribute(object, "Random Number Generator", 0, make_value([](Writer& out) {
                             out.begin(tag::kAttributeValue)
                                 .enumeration(tag::kRNGAlgorithm, ttlv::RNGAlgorithm::kUnspecified)
                                 .end();
                         }));
}

Result<void> put_flag(ManagedObject& object, std::string_view name, bool value) {
    return put_attribute(object, name, 0, make_value([&](Writer& out) {
                             out.boolean(tag::kAttributeValue, value);
                         }));
}

Result<void> put_lease(ManagedObject& object) {
    return put_attribute(object, "Lease Time", 0, make_value([](Writer& out) {
                             out.interval(tag::kAttributeValue, lease_seconds);
                         }));
}

/// What every object gets that is not said by the client.
Result<void> put_common(ManagedObject& object) {
    if (stored(object, "Object Group") == nullptr || stored(object, "Fresh") == nullptr) {
        CH_TRY_VOID(put_flag(object, "Fresh", true));
    }
    return put_lease(object);
}

Result<gate::Outcome<CreateKeyPair>> refuse_pair(std::string_view why) {
    return Error::invalid("kmip.create_key_pair", "Cryptographic Algorithm", std::string(why));
}

std::optional<crypto::Curve> curve_of(std::uint32_t recommended) {
    switch (recommended) {
        case 0x06: return crypto::Curve::kP256;
        case 0x0A: return crypto::Curve::kP384;
        case 0x0D: return crypto::Curve::kP521;
        default: return std::nullopt;
    }
}

std::optional<crypto::Curve> curve_of_bits(std::uint32_t bits) {
    switch (bits) {
        case 256: return crypto::Curve::kP256;
        case 384: return crypto::Curve::kP384;
        case 521: return crypto::Curve::kP521;
        default: return std::nullopt;
    }
}

std::uint32_t recommended_curve(const ManagedObject& object) {
    const Attribute* const domain = stored(object, "Cryptographic Domain Parameters");
    if (domain == nullptr) {
        return 0;
    }
    const auto document = ttlv::Document::parse(domain->value);
    return document ? document->root().find(tag::kRecommendedCurve).enumeration().has_value()
                          ? *document->root().find(tag::kRecommendedCurve).enumeration()
                          : 0
                    : 0;
}

Result<crypto::PrivateKey> generate_pair(const ManagedObject& object) {
    if (object.algorithm == algorithm::kRsa) {
        return crypto::PrivateKey::generate_rsa(object.bits);
    }
    const auto curve = recommended_curve(object) != 0 ? curve_of(recommended_curve(object))
                                                      : curve_of_bits(object.bits);
    if (!curve) {
        return Error::invalid("kmip.create_key_pair", "Cryptographic Domain Parameters",
                              "the curve is not one that this service has");
    }
    return crypto::PrivateKey::generate_ec(*curve);
}

void link(ManagedObject& from, ttlv::LinkType type, const ManagedObject& to) {
    std::uint32_t index = 0;
    for (const Link& one : from.links) {
        index = std::max(index, one.index + 1);
    }
    from.links.push_back({number(type), to.id, index});
}

}  // namespace

Result<gate::Outcome<Create>> run(const gate::Authorised<Create>& authorised,
                                  Services& services) {
    const Create::Command& command = authorised.command();
    if (command.type != ObjectType::kSymmetricKey) {
        return Error::invalid("kmip.create", "Object Type", "Create makes symmetric keys");
    }
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(auto object, begin(command.domain, command.type, given, services));
    if (object->algorithm == 0) {
        return missing("Cryptographic Algorithm");
    }
    if (object->bits == 0) {
        return missing("Cryptographic Length");
    }
    CH_TRY(const std::size_t size, symmetric_bytes(object->algorithm, object->bits));
    object->material.format = format::kRaw;
    object->material.bytes = crypto::random_secret(size);
    CH_TRY_VOID(object->material.bytes.with_exposed(
        crypto::insecure_expose_secret(),
        [&](BytesView raw) { return set_digest(*object, raw, format::kRaw); }));
    CH_TRY_VOID(put_generator(*object));
    CH_TRY_VOID(put_common(*object));
    gate::Outcome<Create> outcome;
    put_new(outcome, *object, services);
    outcome.reply = {object->type, object->id};
    return outcome;
}

Result<gate::Outcome<CreateKeyPair>> run(const gate::Authorised<CreateKeyPair>& authorised,
                                         Services& services) {
    const CreateKeyPair::Command& command = authorised.command();
    CH_TRY(auto common, template_attributes(command.domain, command.templates, services));
    common = merged(std::move(common), command.common);
    CH_TRY(auto key, begin(command.domain, ObjectType::kPrivateKey,
                           merged(common, command.private_key), services));
    CH_TRY(auto pub, begin(command.domain, ObjectType::kPublicKey,
                           merged(common, command.public_key), services));
    const bool rsa = key->algorithm == algorithm::kRsa;
    const bool ec = key->algorithm == algorithm::kEcdsa || key->algorithm == algorithm::kEc ||
                    key->algorithm == algorithm::kEcdh;
    if (!rsa && !ec) {
        return key->algorithm == 0 ? Result<gate::Outcome<CreateKeyPair>>(
                                         missing("Cryptographic Algorithm"))
                                   : refuse_pair("expected RSA or an elliptic curve");
    }
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "kmip.create_key_pair");
    }
    CH_TRY(const crypto::PrivateKey made, generate_pair(*key));
    CH_TRY(key->material.bytes, made.to_pkcs8());
    CH_TRY(const Bytes spki, made.public_key().to_spki());
    pub->material.bytes = crypto::SecretBytes::copy_of(spki);
    key->material.format = format::kPkcs8;
    pub->material.format = format::kX509;
    for (const auto& half : {key, pub}) {
        half->key_type = made.type();
        half->curve = made.public_key().curve();
        half->bits = static_cast<std::uint32_t>(made.public_key().bits());
        half->algorithm = key->algorithm;
        CH_TRY_VOID(half->material.bytes.with_exposed(
            crypto::insecure_expose_secret(), [&](BytesView bytes) {
                return set_digest(*half, bytes, half->material.format);
            }));
        CH_TRY_VOID(put_generator(*half));
        CH_TRY_VOID(put_common(*half));
    }
    link(*key, ttlv::LinkType::kPublicKeyLink, *pub);
    link(*pub, ttlv::LinkType::kPrivateKeyLink, *key);
    gate::Outcome<CreateKeyPair> outcome;
    put_new(outcome, *pub, services);
    put_new(outcome, *key, services);
    outcome.reply = {key->id, pub->id};
    return outcome;
}

Result<gate::Outcome<Register>> run(const gate::Authorised<Register>& authorised,
                                    Services& services) {
    const Register::Command& command = authorised.command();
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    CH_TRY(const auto inner,
           command.object.with_exposed(crypto::insecure_expose_secret(), [&](BytesView structure) {
               return command.type == ObjectType::kTemplate || structure.empty()
                          ? Result<AttributeValues>(AttributeValues{})
                          : inner_attributes(structure);
           }));
    given = merged(merged(std::move(given), inner), command.attributes);
    CH_TRY(auto object, begin(command.domain, command.type, given, services));
    if (!command.object.empty()) {
        CH_TRY_VOID(take_structure(*object, command.object.clone()));
    }
    object->never_extractable = false;  // it has been outside
    object->original_creation.reset();
    CH_TRY_VOID(put_common(*object));
    gate::Outcome<Register> outcome;
    put_new(outcome, *object, services);
    outcome.reply = {object->id};
    return outcome;
}

}  // namespace chatelaine::objects::kmip

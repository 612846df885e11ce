// Re-key and Re-key Key Pair (KMIP 1.4 sections 4.4 and 4.5).
#include "crypto/keys.hpp"
#include "crypto/random.hpp"
#include "objects/kmip/making.hpp"
#include "objects/kmip/usage_limits.hpp"

namespace chatelaine::objects::kmip {
namespace {

using Clock = std::optional<WallTime>;

/// The dates of a new key: the old one's, moved as the offset says.
void move_dates(ManagedObject& made, const ManagedObject& old,
                const std::optional<std::uint32_t>& offset, WallTime now) {
    made.activation = old.activation;
    made.process_start = old.process_start;
    made.protect_stop = old.protect_stop;
    made.deactivation = old.deactivation;
    if (!offset) {
        return;
    }
    const WallTime begin = now.plus_seconds(*offset);
    const std::int64_t by =
        old.activation ? begin.microseconds - old.activation->microseconds : 0;
    made.activation = begin;
    for (Clock* const date : {&made.process_start, &made.protect_stop, &made.deactivation}) {
        if (*date) {
            *date = WallTime{(*date)->microseconds + by};
        }
    }
}

/// A new object like the old one, without material; the name goes over, and links say so.
Result<std::shared_ptr<ManagedObject>> successor(ManagedObject& old,
                                                 const std::optional<std::uint32_t>& offset,
                                                 const AttributeValues& given,
                                                 Services& services) {
    auto made = new_object(old.domain, old.type, services);
    made->names = std::move(old.names);
    old.names.clear();
    made->algorithm = old.algorithm;
    made->bits = old.bits;
    made->key_type = old.key_type;
    made->curve = old.curve;
    made->usage_mask = old.usage_mask;
    made->extractable = old.extractable;
    made->sensitive = old.sensitive;
    made->material.format = old.material.format;
    for (const Attribute& attribute : old.attributes) {
        const bool own = attribute.name == "Digest" || attribute.name == "Fresh";
        if (!own) {
            made->attributes.push_back(attribute);
        }
    }
    if (const auto limits = usage_limits(old)) {
        UsageLimits anew = *limits;
        anew.count = anew.total;
        CH_TRY_VOID(put_attribute(*made, "Usage Limits", 0, usage_limits_value(anew)));
    }
    move_dates(*made, old, offset, services.now);
    for (const AttributeValue& one : given) {
        CH_TRY_VOID(put_given(*made, one, services.now));
    }
    settle_protection(*made);
    return made;
}

void link_replacement(ManagedObject& made, ManagedObject& old) {
    add_link(made, ttlv::LinkType::kReplacedObjectLink, old.id);
    add_link(old, ttlv::LinkType::kReplacementObjectLink, made.id);
}

/// What may be replaced: a live key that was not replaced already.
Result<std::shared_ptr<ManagedObject>> replaceable(const ObjectRef& ref, ObjectType type,
                                                   Services& services) {
    CH_TRY(const auto object, load(services.reader, ref));
    if (object->type != type) {
        return Error(Code::kIllegalOperation, "kmip.rekey", "the object is no such key");
    }
    CH_TRY_VOID(require_present(*object, services.now));
    return object->clone();
}

Result<ObjectId> public_half(const ManagedObject& private_key) {
    for (const Link& one : private_key.links) {
        if (one.type == number(ttlv::LinkType::kPublicKeyLink)) {
            return one.object;
        }
    }
    return Error(Code::kKeyNotFound, "kmip.rekey", "the private key has no link to a public key");
}

}  // namespace

Result<gate::Outcome<Rekey>> run(const gate::Authorised<Rekey>& authorised, Services& services) {
    const Rekey::Command& command = authorised.command();
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(auto old, replaceable(command, ObjectType::kSymmetricKey, services));
    CH_TRY(auto made, successor(*old, command.offset, given, services));
    CH_TRY_VOID(fill_symmetric(*made));
    CH_TRY_VOID(put_common(*made));
    link_replacement(*made, *old);
    gate::Outcome<Rekey> outcome;
    put_change(outcome, *old, services);
    put_new(outcome, *made, services);
    outcome.details.emplace_back("replaced", old->id.to_string());
    outcome.reply = made->id;
    return outcome;
}

Result<gate::Outcome<RekeyKeyPair>> run(const gate::Authorised<RekeyKeyPair>& authorised,
                                        Services& services) {
    const RekeyKeyPair::Command& command = authorised.command();
    CH_TRY(auto common, template_attributes(command.domain, command.templates, services));
    common = merged(std::move(common), command.common);
    CH_TRY(auto old_key, replaceable(command, ObjectType::kPrivateKey, services));
    CH_TRY(const ObjectId half, public_half(*old_key));
    CH_TRY(auto old_public, replaceable({command.domain, half}, ObjectType::kPublicKey, services));
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "kmip.rekey");
    }
    CH_TRY(auto key, successor(*old_key, command.offset, merged(common, command.private_key),
                               services));
    CH_TRY(auto pub, successor(*old_public, command.offset, merged(common, command.public_key),
                               services));
    CH_TRY_VOID(fill_pair(*key, *pub));
    CH_TRY_VOID(put_common(*key));
    CH_TRY_VOID(put_common(*pub));
    link_replacement(*key, *old_key);
    link_replacement(*pub, *old_public);
    gate::Outcome<RekeyKeyPair> outcome;
    put_change(outcome, *old_key, services);
    put_change(outcome, *old_public, services);
    put_new(outcome, *pub, services);
    put_new(outcome, *key, services);
    outcome.details.emplace_back("replaced", old_key->id.to_string());
    outcome.reply = {key->id, pub->id};
    return outcome;
}

}  // namespace chatelaine::objects::kmip

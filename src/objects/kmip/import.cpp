// Import: an object with everything that is said of it (KMIP 1.4 section 4.53).
#include <algorithm>
#include <array>

#include "objects/kmip/making.hpp"
#include "objects/kmip/object_form.hpp"
#include "objects/kmip/wrap.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;

constexpr std::string_view kWhere = "kmip.import";

Error wrong(std::string_view field, std::string message) {
    return Error::invalid(kWhere, std::string(field), std::move(message));
}

/// What follows from the object itself, or from its dates: it is looked at afterwards.
bool follows(ttlv::Tag of) {
    constexpr std::array derived{tag::kUniqueIdentifier,
                                 tag::kObjectType,
                                 tag::kState,
                                 tag::kDigest,
                                 tag::kCertificateLength,
                                 tag::kX509CertificateIdentifier,
                                 tag::kX509CertificateSubject,
                                 tag::kX509CertificateIssuer,
                                 tag::kCertificateIdentifier,
                                 tag::kCertificateSubject,
                                 tag::kCertificateIssuer,
                                 tag::kDigitalSignatureAlgorithm,
                                 tag::kKeyValuePresent,
                                 tag::kAlwaysSensitive,
                                 tag::kNeverExtractable};
    return std::find(derived.begin(), derived.end(), of) != derived.end();
}

Result<void> take_reason(ManagedObject& object, const ttlv::Item& value) {
    CH_TRY(const std::uint32_t code, value.find(tag::kRevocationReasonCode).enumeration());
    if (code < 1 || code > 7) {
        return wrong("Revocation Reason", "unknown value of the enumeration");
    }
    object.revocation_reason = static_cast<RevocationReason>(code);
    if (const ttlv::Item text = value.find(tag::kRevocationMessage)) {
        CH_TRY(object.revocation_message, text.text());
    }
    return ok();
}

/// One attribute as it was. Whose it is to set is not asked (the clause says so).
Result<void> take(ManagedObject& object, const AttributeValue& one) {
    const AttributeRule* const rule = rule_of(one.name);
    if (rule == nullptr && !is_custom(one.name)) {
        return wrong(one.name, "unknown attribute");
    }
    if (rule != nullptr && follows(rule->tag)) {
        return ok();
    }
    CH_TRY(const ttlv::Document document, ttlv::Document::parse(one.value));
    switch (rule == nullptr ? 0 : rule->tag) {
        case tag::kInitialDate: {
            CH_TRY(object.initial_date, document.root().date_time());
            return ok();
        }
        case tag::kLastChangeDate: {
            CH_TRY(object.last_change, document.root().date_time());
            return ok();
        }
        case tag::kRevocationReason: return take_reason(object, document.root());
        default: return put_attribute(object, one.name, one.index.value_or(0), one.value);
    }
}

/// A State that the dates do not say would be a lie from the first moment on.
Result<void> require_state(const ManagedObject& object, const AttributeValues& given,
                           WallTime now) {
    for (const AttributeValue& one : given) {
        if (one.name != "State") {
            continue;
        }
        CH_TRY(const ttlv::Document document, ttlv::Document::parse(one.value));
        CH_TRY(const std::uint32_t state, document.root().enumeration());
        if (state != static_cast<std::uint32_t>(object.state(now))) {
            return wrong("State", "the dates say " + std::string(state_name(object.state(now))));
        }
    }
    return ok();
}

Result<void> take_object(const gate::Authorised<Import>& authorised, ManagedObject& object,
                         Services& services) {
    const Import::Command& command = authorised.command();
    if (command.object.empty()) {
        if (!object.destroy) {
            return Error::missing(kWhere, std::string(ttlv::tag_name(structure_tag(object.type))));
        }
        object.material.destroyed = object.destroy;
        return ok();
    }
    if (object.destroy) {
        return wrong("Destroy Date", "a destroyed object has no key material");
    }
    CH_TRY_VOID(take_structure(object, command.object.clone()));
    CH_TRY_VOID(unwrap_registered(authorised, object, services));
    if (command.unwrap && has_key_block(object.type) && object.material.bytes.empty()) {
        return Error(Code::kNotSupported, kWhere, "the key cannot be unwrapped here");
    }
    return ok();
}

/// What is there goes for good, with its older versions: that is a Destroy too, and like one it is
/// no active object's, unless the very same key comes.
Result<void> may_replace(const gate::Authorised<Import>& authorised, const ManagedObject& there,
                         const ManagedObject& object, Services& services) {
    CH_TRY_VOID(authorised.also(services.plate, {Destroy::row.actions[0], {}}, "serviceKey",
                                there.id.to_string()));
    const bool same = there.material.version == object.material.version &&
                      crypto::equal_ct(there.material.bytes, object.material.bytes);
    if (there.state(services.now) == State::kActive && !same) {
        return Error(Code::kWrongState, kWhere, "the object that is there is active");
    }
    return ok();
}

}  // namespace

Result<gate::Outcome<Import>> run(const gate::Authorised<Import>& authorised,
                                  Services& services) {
    const Import::Command& command = authorised.command();
    // Before the object: one that comes between the two looks is met as a conflict, not replaced.
    CH_TRY(const std::uint64_t version,
           services.reader.version_of(
               {command.domain.uuid, ManagedObject::kind, command.id.uuid}));
    CH_TRY(const auto there,
           services.reader.load<ManagedObject>(command.domain.uuid, command.id.uuid));
    if (there && !command.replace) {
        return Error(Code::kAlreadyExists, kWhere, "there is an object of this identifier");
    }
    if (there && there->type != command.type) {
        return wrong("Object Type", "the object that is there is of another type");
    }
    if (command.attributes.size() > attribute_instances_max) {
        return wrong("Attribute", "more than 200");
    }
    auto object = new_object(command.domain, command.type, services);
    object->id = command.id;
    object->origin.key.id = command.id.uuid;
    object->origin.version = version;
    object->original_creation.reset();
    for (const AttributeValue& one : command.attributes) {
        CH_TRY_VOID(take(*object, one));
    }
    CH_TRY_VOID(take_object(authorised, *object, services));
    if (there) {
        CH_TRY_VOID(may_replace(authorised, *there, *object, services));
    }
    // What it was elsewhere nobody here has seen; it has been outside.
    object->never_extractable = object->always_sensitive = false;
    CH_TRY_VOID(require_state(*object, command.attributes, services.now));
    if (stored(*object, "Lease Time") == nullptr || stored(*object, "Fresh") == nullptr) {
        CH_TRY_VOID(put_common(*object));
    }
    gate::Outcome<Import> outcome;
    outcome.changes.push_back(object->to_change());
    outcome.record_version = object->origin.version + 1;
    if (!there) {
        outcome.made_urn = access::object_urn(services.plate, object->domain, "serviceKey",
                                              object->id.to_string());
    }
    outcome.reply = object->id;
    return outcome;
}

}  // namespace chatelaine::objects::kmip

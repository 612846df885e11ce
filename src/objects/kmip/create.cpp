// Objects that the service makes or a client brings: Create, Create Key Pair, Register.
#include "objects/kmip/key_material.hpp"
#include "objects/kmip/making.hpp"
#include "objects/kmip/wrap.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using ttlv::Writer;

Error missing(std::string_view attribute) {
    return Error::missing("kmip.create", std::string(attribute));
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

/// A new object with what the client says of it.
Result<std::shared_ptr<ManagedObject>> begin(const DomainId& domain, ObjectType type,
                                             const AttributeValues& attributes,
                                             Services& services, bool made_here = true) {
    auto object = new_object(domain, type, services);
    if (!made_here) {
        object->original_creation.reset();  // the client may say when
    }
    CH_TRY_VOID(set_at_creation(*object, attributes, services.now));
    settle_protection(*object);
    CH_TRY_VOID(settle_dates(*object));
    return object;
}

/// What the structure says of the object itself. Of a template that is its name alone: the rest is
/// for what will be made from it.
Result<AttributeValues> own_attributes(ObjectType type, BytesView structure) {
    CH_TRY(auto inner, inner_attributes(structure));
    if (type == ObjectType::kTemplate) {
        std::erase_if(inner, [](const AttributeValue& one) { return one.name != "Name"; });
    }
    return inner;
}

}  // namespace

Result<std::shared_ptr<ManagedObject>> make_symmetric_key(const DomainId& domain,
                                                          const AttributeValues& given,
                                                          Services& services) {
    CH_TRY(auto object, begin(domain, ObjectType::kSymmetricKey, given, services));
    if (object->algorithm == 0) {
        return missing("Cryptographic Algorithm");
    }
    if (object->bits == 0) {
        return missing("Cryptographic Length");
    }
    CH_TRY_VOID(fill_symmetric(*object));
    CH_TRY_VOID(put_common(*object));
    return object;
}

Result<gate::Outcome<Create>> run(const gate::Authorised<Create>& authorised,
                                  Services& services) {
    const Create::Command& command = authorised.command();
    if (command.type != ObjectType::kSymmetricKey) {
        return Error::invalid("kmip.create", "Object Type", "Create makes symmetric keys");
    }
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(const auto object, make_symmetric_key(command.domain, given, services));
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
    if (key->algorithm == 0) {
        return missing("Cryptographic Algorithm");
    }
    if (!makes_pairs(key->algorithm)) {
        return Error::invalid("kmip.create_key_pair", "Cryptographic Algorithm",
                              "expected RSA, an elliptic curve or another algorithm of pairs");
    }
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "kmip.create_key_pair");
    }
    CH_TRY_VOID(fill_pair(*key, *pub));
    CH_TRY_VOID(put_common(*key));
    CH_TRY_VOID(put_common(*pub));
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
               return structure.empty() ? Result<AttributeValues>(AttributeValues{})
                                        : own_attributes(command.type, structure);
           }));
    given = merged(merged(std::move(given), inner), command.attributes);
    CH_TRY(auto object, begin(command.domain, command.type, given, services, false));
    if (!command.object.empty()) {
        CH_TRY_VOID(take_structure(*object, command.object.clone()));
        CH_TRY_VOID(unwrap_registered(authorised, *object, services));
    }
    if (stored(*object, "Key Value Location") != nullptr) {
        CH_TRY_VOID(put_flag(*object, "Key Value Present", !object->material.bytes.empty()));
    }
    object->never_extractable = false;  // it has been outside
    CH_TRY_VOID(put_common(*object));
    gate::Outcome<Register> outcome;
    put_new(outcome, *object, services);
    outcome.reply = {object->id};
    return outcome;
}

}  // namespace chatelaine::objects::kmip

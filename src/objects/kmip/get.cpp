// Reading: Get, Export, Get Attributes, Get Attribute List.
#include <algorithm>

#include "objects/kmip/object_form.hpp"
#include "objects/kmip/making.hpp"
#include "objects/kmip/wrap.hpp"

namespace chatelaine::objects::kmip {
namespace {

/// What may leave (okms-rest.md, section 3): secret parts of a key that is not extractable never,
/// those of a sensitive key wrapped only.
Result<void> require_leaving(const ManagedObject& object, bool wrapped) {
    const bool secret = object.type == ObjectType::kSymmetricKey ||
                        object.type == ObjectType::kPrivateKey ||
                        object.type == ObjectType::kSecretData ||
                        object.type == ObjectType::kSplitKey;
    if (secret && !object.extractable) {
        return Error(Code::kNotExtractable, "kmip.get", "the object may not leave");
    }
    if (secret && object.sensitive && !wrapped) {
        return Error(Code::kNotExtractable, "kmip.get", "the object may leave wrapped only");
    }
    return ok();
}

/// The object itself, into the reply of Get or Export.
template <class Op>
Result<void> give(const gate::Authorised<Op>& authorised, const ManagedObject& object,
                  gate::Outcome<Op>& outcome, Services& services) {
    const Get::Command& command = authorised.command();
    CH_TRY_VOID(require_present(object, services.now));
    CH_TRY_VOID(require_leaving(object, !command.wrapping.empty()));
    outcome.record_version = object.origin.version;
    if (is_fresh(object)) {
        // Whoever has it first takes the freshness (KMIP 1.4 section 3.34); nothing else changes.
        auto used = object.clone();
        CH_TRY_VOID(put_flag(*used, "Fresh", false));
        outcome.changes.push_back(used->to_change());
        outcome.record_version = object.origin.version + 1;
    }
    if (command.wrapping.empty()) {
        CH_TRY(outcome.reply.object, give_structure(object, command.format, command.unwrapped));
    } else {
        CH_TRY(outcome.reply.object, give_wrapped(authorised, object, outcome, services));
    }
    return ok();
}

}  // namespace

Result<gate::Outcome<Get>> run(const gate::Authorised<Get>& authorised, Services& services) {
    CH_TRY(const auto object, load(services.reader, authorised.command()));
    gate::Outcome<Get> outcome;
    CH_TRY_VOID(give(authorised, *object, outcome, services));
    outcome.reply.type = object->type;
    outcome.reply.id = object->id;
    return outcome;
}

Result<gate::Outcome<Export>> run(const gate::Authorised<Export>& authorised,
                                  Services& services) {
    CH_TRY(const auto object, load(services.reader, authorised.command()));
    gate::Outcome<Export> outcome;
    outcome.record_version = object->origin.version;
    if (!object->destroy || object->archive) {
        CH_TRY_VOID(give(authorised, *object, outcome, services));
    }
    outcome.reply.type = object->type;
    outcome.reply.id = object->id;
    for (const std::string& name : attribute_names(*object, services.now)) {
        for (AttributeValue& value : attribute_values(*object, name, services.now)) {
            outcome.reply.attributes.push_back(std::move(value));
        }
    }
    return outcome;
}

Result<gate::Outcome<GetAttributes>> run(const gate::Authorised<GetAttributes>& authorised,
                                         Services& services) {
    const GetAttributes::Command& command = authorised.command();
    for (auto name = command.names.begin(); name != command.names.end(); ++name) {
        if (std::find(command.names.begin(), name, *name) != name) {
            return Error(Code::kMalformed, "kmip.get_attributes",
                         *name + ": named more than once");
        }
    }
    CH_TRY(const auto object, load(services.reader, command));
    gate::Outcome<GetAttributes> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    const auto names =
        command.names.empty() ? attribute_names(*object, services.now) : command.names;
    for (const std::string& name : names) {
        for (AttributeValue& value : attribute_values(*object, name, services.now)) {
            outcome.reply.attributes.push_back(std::move(value));
        }
    }
    return outcome;
}

Result<gate::Outcome<GetAttributeList>> run(const gate::Authorised<GetAttributeList>& authorised,
                                            Services& services) {
    CH_TRY(const auto object, load(services.reader, authorised.command()));
    gate::Outcome<GetAttributeList> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply = {object->id, attribute_names(*object, services.now)};
    return outcome;
}

}  // namespace chatelaine::objects::kmip

// Changing attributes: Add, Modify, Delete and Set Attribute.
#include "objects/kmip/rules.hpp"

namespace chatelaine::objects::kmip {
namespace {

/// The operations that change one attribute differ in the one step.
template <class Op, class Step>
Result<gate::Outcome<Op>> change(const gate::Authorised<Op>& authorised, Services& services,
                                 Step&& step) {
    CH_TRY(const auto object, load(services.reader, authorised.command()));
    CH_TRY_VOID(require_alive(*object, services.now));
    auto changed = object->clone();
    gate::Outcome<Op> outcome;
    CH_TRY(outcome.reply.attribute, step(*changed));
    outcome.reply.id = object->id;
    put_change(outcome, *changed, services);
    return outcome;
}

/// The index of the instance that has this value (2.x names instances by their values).
Result<std::uint32_t> index_of(const ManagedObject& object, std::string_view name,
                               const Bytes& current, WallTime now) {
    for (const AttributeValue& one : attribute_values(object, name, now)) {
        if (one.value == current) {
            return one.index.value_or(0);
        }
    }
    return Error(Code::kNotFound, "kmip.attribute",
                 std::string(name) + ": the object has no such attribute");
}

}  // namespace

Result<gate::Outcome<AddAttribute>> run(const gate::Authorised<AddAttribute>& authorised,
                                        Services& services) {
    return change(authorised, services, [&](ManagedObject& object) {
        return add_attribute(object, authorised.command().attribute, services.now);
    });
}

Result<gate::Outcome<ModifyAttribute>> run(const gate::Authorised<ModifyAttribute>& authorised,
                                           Services& services) {
    const ModifyAttribute::Command& command = authorised.command();
    return change(authorised, services, [&](ManagedObject& object) -> Result<AttributeValue> {
        AttributeValue value = command.attribute;
        if (!command.current.empty()) {
            CH_TRY(value.index, index_of(object, value.name, command.current, services.now));
        }
        return modify_attribute(object, std::move(value), services.now);
    });
}

Result<gate::Outcome<DeleteAttribute>> run(const gate::Authorised<DeleteAttribute>& authorised,
                                           Services& services) {
    const DeleteAttribute::Command& command = authorised.command();
    return change(authorised, services, [&](ManagedObject& object) -> Result<AttributeValue> {
        std::uint32_t index = command.index.value_or(0);
        if (!command.current.empty()) {
            CH_TRY(index, index_of(object, command.name, command.current, services.now));
        }
        if (!command.every) {
            return delete_attribute(object, command.name, index, services.now);
        }
        const AttributeValues all = attribute_values(object, command.name, services.now);
        if (all.empty()) {
            return delete_attribute(object, command.name, 0, services.now);
        }
        for (const AttributeValue& one : all) {
            CH_TRY(const auto gone, delete_attribute(object, command.name,
                                                     one.index.value_or(0), services.now));
            static_cast<void>(gone);
        }
        return all.front();
    });
}

Result<gate::Outcome<SetAttribute>> run(const gate::Authorised<SetAttribute>& authorised,
                                        Services& services) {
    return change(authorised, services, [&](ManagedObject& object) -> Result<AttributeValue> {
        const AttributeValue& value = authorised.command().attribute;
        const AttributeRule* const rule = rule_of(value.name);
        if (rule != nullptr && rule->multiple) {
            return Error::invalid("kmip.set_attribute", value.name,
                                  "it can have several instances: add or modify one");
        }
        return attribute_values(object, value.name, services.now).empty()
                   ? add_attribute(object, value, services.now)
                   : modify_attribute(object, value, services.now);
    });
}

}  // namespace chatelaine::objects::kmip

// Changing attributes: Add, Modify, Delete, Set and Adjust Attribute.
#include <limits>

#include "objects/kmip/rules.hpp"
#include "ttlv/names.hpp"

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

/// `was` counted by `by`, within what its type can hold.
Result<std::int64_t> counted(const std::string& name, std::int64_t was, std::int64_t by,
                             std::int64_t least, std::int64_t most) {
    std::int64_t now = 0;
    if (__builtin_add_overflow(was, by, &now) || now < least || now > most) {
        return Error::invalid("kmip.adjust_attribute", name, "its type does not hold the result");
    }
    return now;
}

/// The value after the adjustment.
Result<Bytes> adjusted(const AdjustAttribute::Command& command, const ttlv::Item& value) {
    using ttlv::AdjustmentType;
    namespace tag = ttlv::tag;
    using Limits = std::numeric_limits<std::int32_t>;
    const std::string& name = command.name;
    if (command.type == number(AdjustmentType::kNegate)) {
        if (value.type() != ttlv::Type::kBoolean) {
            return Error::invalid("kmip.adjust_attribute", name, "only true and false are negated");
        }
        CH_TRY(const bool flag, value.boolean());
        return make_value([&](ttlv::Writer& out) { out.boolean(tag::kAttributeValue, !flag); });
    }
    if (command.by == std::numeric_limits<std::int64_t>::min()) {
        return Error::invalid("kmip.adjust_attribute", "Adjustment Value", "out of range");
    }
    const std::int64_t by =
        command.type == number(AdjustmentType::kDecrement) ? -command.by : command.by;
    switch (value.type()) {
        case ttlv::Type::kInteger: {
            CH_TRY(const std::int32_t was, value.integer());
            CH_TRY(const auto now, counted(name, was, by, Limits::min(), Limits::max()));
            return make_value([&](ttlv::Writer& out) {
                out.integer(tag::kAttributeValue, static_cast<std::int32_t>(now));
            });
        }
        case ttlv::Type::kLongInteger: {
            CH_TRY(const std::int64_t was, value.long_integer());
            CH_TRY(const auto now,
                   counted(name, was, by, std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max()));
            return make_value(
                [&](ttlv::Writer& out) { out.long_integer(tag::kAttributeValue, now); });
        }
        case ttlv::Type::kInterval: {
            CH_TRY(const std::uint32_t was, value.interval());
            CH_TRY(const auto now, counted(name, was, by, 0, 0xFFFFFFFF));
            return make_value([&](ttlv::Writer& out) {
                out.interval(tag::kAttributeValue, static_cast<std::uint32_t>(now));
            });
        }
        case ttlv::Type::kDateTime: {
            CH_TRY(const WallTime was, value.date_time());
            CH_TRY(const auto now, counted(name, was.seconds(), by, 0, 253'402'300'799));
            return make_value([&](ttlv::Writer& out) {
                out.date_time(tag::kAttributeValue, was.plus_seconds(now - was.seconds()));
            });
        }
        default:
            return Error::invalid("kmip.adjust_attribute", name,
                                  "there is nothing in it to count");
    }
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

Result<gate::Outcome<AdjustAttribute>> run(const gate::Authorised<AdjustAttribute>& authorised,
                                           Services& services) {
    const AdjustAttribute::Command& command = authorised.command();
    return change(authorised, services, [&](ManagedObject& object) -> Result<AttributeValue> {
        AttributeValues there = attribute_values(object, command.name, services.now);
        if (there.empty()) {
            return Error(Code::kNotFound, "kmip.attribute",
                         command.name + ": the object has no such attribute");
        }
        if (there.size() > 1) {
            return Error::invalid("kmip.adjust_attribute", command.name,
                                  "it has several instances: modify the one that is meant");
        }
        CH_TRY(const ttlv::Document document, ttlv::Document::parse(there.front().value));
        CH_TRY(there.front().value, adjusted(command, document.root()));
        return modify_attribute(object, std::move(there.front()), services.now);
    });
}

}  // namespace chatelaine::objects::kmip

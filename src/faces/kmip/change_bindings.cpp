// Changing attributes and the life of objects.
#include "faces/kmip/attribute_wire.hpp"
#include "faces/kmip/bindings.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::faces::kmip {
namespace {

namespace tag = ttlv::tag;
namespace model = objects::kmip;
using access::Principal;
using ttlv::Item;
using ttlv::Writer;

bool typed(const Message& message) { return message.version() >= model::kVersion2_0; }

template <class Command>
Result<Command> decode_ref(const Message& message, const Principal& principal) {
    Command command;
    command.domain = principal.domain();
    CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    return command;
}

void write_id(Writer& out, const ObjectId& id) {
    out.text(tag::kUniqueIdentifier, id.to_string());
}

/// 1.x: the Attribute; 2.x: the one member of `since_2`.
Result<AttributeValue> given_attribute(const Message& message, ttlv::Tag since_2) {
    const Item& payload = message.payload();
    if (!typed(message)) {
        const Item attribute = payload.find(tag::kAttribute);
        if (!attribute) {
            return Error::missing("kmip.decode", "Attribute");
        }
        return read_one(attribute, message.version());
    }
    const Item holder = payload.find(since_2);
    if (!holder.first()) {
        return Error::missing("kmip.decode", std::string(ttlv::tag_name(since_2)));
    }
    return read_one(holder.first(), message.version());
}

void encode_attribute(model::AttributeReply& reply, Message& message, Writer& out) {
    write_id(out, reply.id);
    if (!typed(message)) {
        write_attribute(out, reply.attribute, message.version());
    }
}

}  // namespace

Result<model::AddAttribute::Command> Binding<model::AddAttribute>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::AddAttribute::Command>(message, principal));
    CH_TRY(command.attribute, given_attribute(message, tag::kNewAttribute));
    return command;
}
void Binding<model::AddAttribute>::encode(model::AddAttribute::Reply& reply, Message& message,
                                          Writer& out) {
    encode_attribute(reply, message, out);
}

Result<model::ModifyAttribute::Command> Binding<model::ModifyAttribute>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::ModifyAttribute::Command>(message, principal));
    CH_TRY(command.attribute, given_attribute(message, tag::kNewAttribute));
    if (typed(message) && message.payload().find(tag::kCurrentAttribute)) {
        CH_TRY(auto current, given_attribute(message, tag::kCurrentAttribute));
        command.current = std::move(current.value);
    }
    return command;
}
void Binding<model::ModifyAttribute>::encode(model::ModifyAttribute::Reply& reply,
                                             Message& message, Writer& out) {
    encode_attribute(reply, message, out);
}

Result<model::DeleteAttribute::Command> Binding<model::DeleteAttribute>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::DeleteAttribute::Command>(message, principal));
    const Item& payload = message.payload();
    if (!typed(message)) {
        CH_TRY(command.name, payload.find(tag::kAttributeName).text());
        if (const Item index = payload.find(tag::kAttributeIndex)) {
            CH_TRY(const std::int32_t value, index.integer());
            command.index = static_cast<std::uint32_t>(value);
        }
        return command;
    }
    if (payload.find(tag::kCurrentAttribute)) {
        CH_TRY(auto current, given_attribute(message, tag::kCurrentAttribute));
        command.name = std::move(current.name);
        command.current = std::move(current.value);
        return command;
    }
    CH_TRY(command.name,
           read_reference(payload.find(tag::kAttributeReference), message.version()));
    command.every = true;
    return command;
}
void Binding<model::DeleteAttribute>::encode(model::DeleteAttribute::Reply& reply,
                                             Message& message, Writer& out) {
    encode_attribute(reply, message, out);
}

Result<model::SetAttribute::Command> Binding<model::SetAttribute>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::SetAttribute::Command>(message, principal));
    CH_TRY(command.attribute, given_attribute(message, tag::kNewAttribute));
    return command;
}
void Binding<model::SetAttribute>::encode(model::SetAttribute::Reply& reply, Message& message,
                                          Writer& out) {
    encode_attribute(reply, message, out);
}

Result<model::AdjustAttribute::Command> Binding<model::AdjustAttribute>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::AdjustAttribute::Command>(message, principal));
    const Item& payload = message.payload();
    CH_TRY(command.name,
           read_reference(payload.find(tag::kAttributeReference), message.version()));
    CH_TRY(command.type, payload.find(tag::kAdjustmentType).enumeration());
    if (!ttlv::enumeration_has(tag::kAdjustmentType, command.type)) {
        return Error::invalid("kmip.decode", "Adjustment Type", "unknown value of the enumeration");
    }
    if (const Item by = payload.find(tag::kAdjustmentValue)) {
        if (by.type() == ttlv::Type::kLongInteger) {
            CH_TRY(command.by, by.long_integer());
        } else if (by.type() == ttlv::Type::kInterval) {
            CH_TRY(command.by, by.interval());
        } else {
            CH_TRY(command.by, by.integer());
        }
    }
    return command;
}
void Binding<model::AdjustAttribute>::encode(model::AdjustAttribute::Reply& reply,
                                             Message& message, Writer& out) {
    encode_attribute(reply, message, out);
}

Result<model::Revoke::Command> Binding<model::Revoke>::decode(const Message& message,
                                                              const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::Revoke::Command>(message, principal));
    const Item reason = message.payload().find(tag::kRevocationReason);
    CH_TRY(const std::uint32_t code, reason.find(tag::kRevocationReasonCode).enumeration());
    if (code < 1 || code > 7) {
        return Error::invalid("kmip.revoke", "Revocation Reason Code",
                              "unknown value of the enumeration");
    }
    command.reason = static_cast<objects::RevocationReason>(code);
    if (const Item text = reason.find(tag::kRevocationMessage)) {
        CH_TRY(command.message, text.text());
    }
    if (const Item date = message.payload().find(tag::kCompromiseOccurrenceDate)) {
        CH_TRY(command.occurred, date.date_time());
    }
    return command;
}
void Binding<model::Revoke>::encode(model::Revoke::Reply& reply, Message&, Writer& out) {
    write_id(out, reply);
}

Result<model::Check::Command> Binding<model::Check>::decode(const Message& message,
                                                            const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::Check::Command>(message, principal));
    const Item& payload = message.payload();
    if (const Item count = payload.find(tag::kUsageLimitsCount)) {
        CH_TRY(command.usage_count, count.long_integer());
    }
    if (const Item mask = payload.find(tag::kCryptographicUsageMask)) {
        CH_TRY(const std::int32_t bits, mask.integer());
        command.usage_mask = static_cast<std::uint32_t>(bits);
    }
    if (const Item lease = payload.find(tag::kLeaseTime)) {
        CH_TRY(command.lease_seconds, lease.interval());
    }
    return command;
}
void Binding<model::Check>::encode(model::Check::Reply& reply, Message&, Writer& out) {
    write_id(out, reply.id);
    if (reply.usage_count) {
        out.long_integer(tag::kUsageLimitsCount, *reply.usage_count);
    }
    if (reply.usage_mask) {
        out.integer(tag::kCryptographicUsageMask, static_cast<std::int32_t>(*reply.usage_mask));
    }
    if (reply.lease_seconds) {
        out.interval(tag::kLeaseTime, *reply.lease_seconds);
    }
}

Result<model::ObtainLease::Command> Binding<model::ObtainLease>::decode(
    const Message& message, const Principal& principal) {
    return decode_ref<model::ObtainLease::Command>(message, principal);
}
void Binding<model::ObtainLease>::encode(model::ObtainLease::Reply& reply, Message&,
                                         Writer& out) {
    write_id(out, reply.id);
    out.interval(tag::kLeaseTime, reply.seconds).date_time(tag::kLastChangeDate, reply.last_change);
}

Result<model::GetUsageAllocation::Command> Binding<model::GetUsageAllocation>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(auto command, decode_ref<model::GetUsageAllocation::Command>(message, principal));
    CH_TRY(command.count, message.payload().find(tag::kUsageLimitsCount).long_integer());
    return command;
}
void Binding<model::GetUsageAllocation>::encode(model::GetUsageAllocation::Reply& reply,
                                                Message&, Writer& out) {
    write_id(out, reply);
}

// The operations that name an object and answer its name.
#define CH_KMIP_REF_BINDING(Op)                                                                  \
    Result<model::Op::Command> Binding<model::Op>::decode(const Message& message,                \
                                                          const Principal& principal) {          \
        return decode_ref<model::Op::Command>(message, principal);                               \
    }                                                                                            \
    void Binding<model::Op>::encode(model::Op::Reply& reply, Message&, Writer& out) {            \
        write_id(out, reply);                                                                    \
    }

CH_KMIP_REF_BINDING(Activate)
CH_KMIP_REF_BINDING(Destroy)
CH_KMIP_REF_BINDING(Archive)
CH_KMIP_REF_BINDING(Recover)
#undef CH_KMIP_REF_BINDING

}  // namespace chatelaine::faces::kmip

// Making, finding and reading objects.
#include "faces/kmip/attribute_wire.hpp"
#include "faces/kmip/bindings.hpp"
#include "objects/kmip/object_form.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::faces::kmip {
namespace {

namespace tag = ttlv::tag;
namespace model = objects::kmip;
using access::Principal;
using ttlv::Item;
using ttlv::Writer;

Result<objects::ObjectType> object_type(const Item& item) {
    CH_TRY(const std::uint32_t type, item.enumeration());
    if (!ttlv::enumeration_has(tag::kObjectType, type)) {
        return Error::invalid("kmip.decode", "Object Type", "unknown value of the enumeration");
    }
    return static_cast<objects::ObjectType>(type);
}

bool typed(const Message& message) { return message.version() >= model::kVersion2_0; }

/// The holder of a request's attributes, whatever the version calls it.
Item holder(const Message& message, ttlv::Tag before_2, ttlv::Tag since_2) {
    return message.payload().find(typed(message) ? since_2 : before_2);
}

void write_id(Writer& out, ttlv::Tag tag, const ObjectId& id) { out.text(tag, id.to_string()); }

Result<std::optional<std::uint32_t>> optional_enumeration(const Item& item) {
    if (!item) {
        return std::optional<std::uint32_t>{};
    }
    CH_TRY(const std::uint32_t value, item.enumeration());
    return std::optional(value);
}

Result<std::optional<std::size_t>> optional_count(const Item& item) {
    if (!item) {
        return std::optional<std::size_t>{};
    }
    CH_TRY(const std::int32_t value, item.integer());
    if (value < 0) {
        return Error::invalid("kmip.decode", std::string(ttlv::tag_name(item.tag())),
                              "expected zero or more");
    }
    return std::optional(static_cast<std::size_t>(value));
}

}  // namespace

Result<model::Create::Command> Binding<model::Create>::decode(const Message& message,
                                                              const Principal& principal) {
    model::Create::Command command;
    command.domain = principal.domain();
    CH_TRY(command.type, object_type(message.payload().find(tag::kObjectType)));
    CH_TRY(auto given, read_attributes(holder(message, tag::kTemplateAttribute, tag::kAttributes),
                                       message.version()));
    command.attributes = std::move(given.values);
    command.templates = std::move(given.templates);
    return command;
}
void Binding<model::Create>::encode(model::Create::Reply& reply, Message& message, Writer& out) {
    out.enumeration(tag::kObjectType, ttlv::number(reply.type));
    write_id(out, tag::kUniqueIdentifier, reply.id);
    message.set_placeholder(reply.id);
}

namespace {

/// The three lists of attributes of a new pair.
template <class Command>
Result<void> read_pair(Command& command, const Message& message) {
    CH_TRY(auto common,
           read_attributes(holder(message, tag::kCommonTemplateAttribute, tag::kCommonAttributes),
                           message.version()));
    CH_TRY(auto key, read_attributes(holder(message, tag::kPrivateKeyTemplateAttribute,
                                            tag::kPrivateKeyAttributes),
                                     message.version()));
    CH_TRY(auto pub, read_attributes(holder(message, tag::kPublicKeyTemplateAttribute,
                                            tag::kPublicKeyAttributes),
                                     message.version()));
    command.common = std::move(common.values);
    command.private_key = std::move(key.values);
    command.public_key = std::move(pub.values);
    command.templates = std::move(common.templates);
    return ok();
}

void write_pair(const model::CreateKeyPair::Reply& reply, Message& message, Writer& out) {
    write_id(out, tag::kPrivateKeyUniqueIdentifier, reply.private_key);
    write_id(out, tag::kPublicKeyUniqueIdentifier, reply.public_key);
    message.set_placeholder(reply.private_key);
}

Result<std::optional<std::uint32_t>> optional_interval(const Item& item) {
    if (!item) {
        return std::optional<std::uint32_t>{};
    }
    CH_TRY(const std::uint32_t value, item.interval());
    return std::optional(value);
}

}  // namespace

Result<model::CreateKeyPair::Command> Binding<model::CreateKeyPair>::decode(
    const Message& message, const Principal& principal) {
    model::CreateKeyPair::Command command;
    command.domain = principal.domain();
    CH_TRY_VOID(read_pair(command, message));
    return command;
}
void Binding<model::CreateKeyPair>::encode(model::CreateKeyPair::Reply& reply, Message& message,
                                           Writer& out) {
    write_pair(reply, message, out);
}

Result<model::Rekey::Command> Binding<model::Rekey>::decode(const Message& message,
                                                            const Principal& principal) {
    model::Rekey::Command command;
    command.domain = principal.domain();
    CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    CH_TRY(command.offset, optional_interval(message.payload().find(tag::kOffset)));
    CH_TRY(auto given, read_attributes(holder(message, tag::kTemplateAttribute, tag::kAttributes),
                                       message.version()));
    command.attributes = std::move(given.values);
    command.templates = std::move(given.templates);
    return command;
}
void Binding<model::Rekey>::encode(model::Rekey::Reply& reply, Message& message, Writer& out) {
    write_id(out, tag::kUniqueIdentifier, reply);
    message.set_placeholder(reply);
}

Result<model::RekeyKeyPair::Command> Binding<model::RekeyKeyPair>::decode(
    const Message& message, const Principal& principal) {
    model::RekeyKeyPair::Command command;
    command.domain = principal.domain();
    CH_TRY(command.id, message.object(tag::kPrivateKeyUniqueIdentifier));
    CH_TRY(command.offset, optional_interval(message.payload().find(tag::kOffset)));
    CH_TRY_VOID(read_pair(command, message));
    return command;
}
void Binding<model::RekeyKeyPair>::encode(model::RekeyKeyPair::Reply& reply, Message& message,
                                          Writer& out) {
    write_pair(reply, message, out);
}

Result<model::Register::Command> Binding<model::Register>::decode(const Message& message,
                                                                  const Principal& principal) {
    model::Register::Command command;
    command.domain = principal.domain();
    CH_TRY(command.type, object_type(message.payload().find(tag::kObjectType)));
    if (typed(message) && command.type == objects::ObjectType::kTemplate) {
        return Error::invalid("kmip.register", "Object Type", "2.x has no templates");
    }
    CH_TRY(auto given, read_attributes(holder(message, tag::kTemplateAttribute, tag::kAttributes),
                                       message.version()));
    command.attributes = std::move(given.values);
    command.templates = std::move(given.templates);
    const Item object = message.payload().find(model::structure_tag(command.type));
    if (!object) {
        return Error::missing("kmip.register",
                              std::string(ttlv::tag_name(model::structure_tag(command.type))));
    }
    command.object = crypto::SecretBytes::copy_of(object.encoded());
    return command;
}
void Binding<model::Register>::encode(model::Register::Reply& reply, Message& message,
                                      Writer& out) {
    write_id(out, tag::kUniqueIdentifier, reply.id);
    message.set_placeholder(reply.id);
}

Result<model::Locate::Command> Binding<model::Locate>::decode(const Message& message,
                                                              const Principal& principal) {
    model::Locate::Command command;
    command.domain = principal.domain();
    const Item& payload = message.payload();
    CH_TRY(command.maximum, optional_count(payload.find(tag::kMaximumItems)));
    CH_TRY(const auto offset, optional_count(payload.find(tag::kOffsetItems)));
    command.offset = offset.value_or(0);
    CH_TRY(const auto mask, optional_count(payload.find(tag::kStorageStatusMask)));
    command.storage_mask = static_cast<std::uint32_t>(mask.value_or(command.storage_mask));
    CH_TRY(command.group_member, optional_enumeration(payload.find(tag::kObjectGroupMember)));
    CH_TRY(auto given,
           read_attributes(typed(message) ? payload.find(tag::kAttributes) : payload,
                           message.version()));
    command.attributes = std::move(given.values);
    return command;
}
void Binding<model::Locate>::encode(model::Locate::Reply& reply, Message& message, Writer& out) {
    if (reply.located && message.version() >= model::kVersion1_3) {
        out.integer(tag::kLocatedItems, static_cast<std::int32_t>(*reply.located));
    }
    for (const ObjectId& id : reply.ids) {
        write_id(out, tag::kUniqueIdentifier, id);
    }
    if (reply.ids.size() == 1) {
        message.set_placeholder(reply.ids.front());
    }
}

Result<model::GetAttributes::Command> Binding<model::GetAttributes>::decode(
    const Message& message, const Principal& principal) {
    model::GetAttributes::Command command;
    command.domain = principal.domain();
    CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    const ttlv::Tag wanted = typed(message) ? tag::kAttributeReference : tag::kAttributeName;
    for (Item member = message.payload().first(); member; member = member.next()) {
        if (member.tag() == wanted) {
            CH_TRY(auto name, read_reference(member, message.version()));
            command.names.push_back(std::move(name));
        }
    }
    return command;
}
void Binding<model::GetAttributes>::encode(model::GetAttributes::Reply& reply, Message& message,
                                           Writer& out) {
    write_id(out, tag::kUniqueIdentifier, reply.id);
    if (typed(message)) {
        out.begin(tag::kAttributes);
    }
    for (const AttributeValue& attribute : reply.attributes) {
        write_attribute(out, attribute, message.version());
    }
    if (typed(message)) {
        out.end();
    }
}

Result<model::GetAttributeList::Command> Binding<model::GetAttributeList>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(const ObjectId id, message.object(tag::kUniqueIdentifier));
    return model::ObjectRef{principal.domain(), id};
}
void Binding<model::GetAttributeList>::encode(model::GetAttributeList::Reply& reply,
                                              Message& message, Writer& out) {
    write_id(out, tag::kUniqueIdentifier, reply.id);
    for (const std::string& name : reply.names) {
        write_reference(out, name, message.version());
    }
}

}  // namespace chatelaine::faces::kmip

// Objects with their key material: Get, Export and Import.
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

Result<std::optional<std::uint32_t>> optional_enumeration(const Item& item) {
    if (!item) {
        return std::optional<std::uint32_t>{};
    }
    CH_TRY(const std::uint32_t value, item.enumeration());
    return std::optional(value);
}

Result<bool> wants_unwrapped(const Item& payload) {
    CH_TRY(const auto type, optional_enumeration(payload.find(tag::kKeyWrapType)));
    return type == ttlv::number(ttlv::KeyWrapType::kNotWrapped);
}

Result<model::Get::Command> read_get(const Message& message, const Principal& principal) {
    model::Get::Command command;
    command.domain = principal.domain();
    const Item& payload = message.payload();
    CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    CH_TRY(command.format, optional_enumeration(payload.find(tag::kKeyFormatType)));
    CH_TRY(command.compression, optional_enumeration(payload.find(tag::kKeyCompressionType)));
    CH_TRY(command.unwrapped, wants_unwrapped(payload));
    if (const Item wrapping = payload.find(tag::kKeyWrappingSpecification)) {
        const BytesView encoded = wrapping.encoded();
        command.wrapping.assign(encoded.begin(), encoded.end());
    }
    return command;
}

void write_structure(const crypto::SecretBytes& object, Writer& out) {
    if (!object.empty()) {
        object.with_exposed(crypto::insecure_expose_secret(),
                            [&](BytesView structure) { out.item(structure); });
    }
}

bool is_structure_of_object(ttlv::Tag of) {
    for (unsigned type = 1; type <= 10; ++type) {
        if (model::structure_tag(static_cast<objects::ObjectType>(type)) == of) {
            return true;
        }
    }
    return false;
}

/// 1.4 says the type among the attributes, 2.x in a member of its own; the structure always.
Result<objects::ObjectType> type_of(const Item& payload, const AttributeValues& attributes) {
    std::optional<std::uint32_t> type;
    if (const Item named = payload.find(tag::kObjectType)) {
        CH_TRY(type, named.enumeration());
    }
    for (const AttributeValue& one : attributes) {
        if (one.name == "Object Type") {
            CH_TRY(const ttlv::Document document, ttlv::Document::parse(one.value));
            CH_TRY(type, document.root().enumeration());
        }
    }
    if (!type) {
        return Error::missing("kmip.import", "Object Type");
    }
    if (!ttlv::enumeration_has(tag::kObjectType, *type)) {
        return Error::invalid("kmip.import", "Object Type", "unknown value of the enumeration");
    }
    return static_cast<objects::ObjectType>(*type);
}

}  // namespace

Result<model::Get::Command> Binding<model::Get>::decode(const Message& message,
                                                        const Principal& principal) {
    return read_get(message, principal);
}
void Binding<model::Get>::encode(model::Get::Reply& reply, Message&, Writer& out) {
    out.enumeration(tag::kObjectType, ttlv::number(reply.type));
    out.text(tag::kUniqueIdentifier, reply.id.to_string());
    write_structure(reply.object, out);
}

Result<model::Export::Command> Binding<model::Export>::decode(const Message& message,
                                                              const Principal& principal) {
    return read_get(message, principal);
}
void Binding<model::Export>::encode(model::Export::Reply& reply, Message& message, Writer& out) {
    const bool typed = message.version() >= model::kVersion2_0;
    out.enumeration(tag::kObjectType, ttlv::number(reply.type));
    out.text(tag::kUniqueIdentifier, reply.id.to_string());
    if (typed) {
        out.begin(tag::kAttributes);
    }
    for (const AttributeValue& attribute : reply.attributes) {
        write_attribute(out, attribute, message.version());
    }
    if (typed) {
        out.end();
    }
    write_structure(reply.object, out);
    message.set_placeholder(reply.id);
}

Result<model::Import::Command> Binding<model::Import>::decode(const Message& message,
                                                              const Principal& principal) {
    const Item& payload = message.payload();
    const bool typed = message.version() >= model::kVersion2_0;
    model::Import::Command command;
    command.domain = principal.domain();
    CH_TRY(const std::string_view name, payload.find(tag::kUniqueIdentifier).text());
    const auto id = ObjectId::parse(name);
    if (!id) {
        return Error::invalid("kmip.import", "Unique Identifier",
                              "expected a UUID, as this service names objects");
    }
    command.id = *id;
    CH_TRY(auto given, read_attributes(typed ? payload.find(tag::kAttributes) : payload,
                                       message.version()));
    command.attributes = std::move(given.values);
    CH_TRY(command.type, type_of(payload, command.attributes));
    if (command.type == objects::ObjectType::kTemplate) {
        return Error::invalid("kmip.import", "Object Type", "templates are registered");
    }
    if (const Item replace = payload.find(tag::kReplaceExisting)) {
        CH_TRY(command.replace, replace.boolean());
    }
    CH_TRY(command.unwrap, wants_unwrapped(payload));
    for (Item member = payload.first(); member; member = member.next()) {
        if (is_structure_of_object(member.tag())) {
            command.object = crypto::SecretBytes::copy_of(member.encoded());
        }
    }
    return command;
}
void Binding<model::Import>::encode(model::Import::Reply& reply, Message& message, Writer& out) {
    out.text(tag::kUniqueIdentifier, reply.to_string());
    message.set_placeholder(reply);
}

}  // namespace chatelaine::faces::kmip

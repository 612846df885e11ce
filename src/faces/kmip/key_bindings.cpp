// Objects out of others: Derive Key, split keys, certificates.
#include "faces/kmip/key_bindings.hpp"

#include <algorithm>

#include "faces/kmip/attribute_wire.hpp"
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

Result<std::optional<Bytes>> optional_bytes(const Item& item) {
    if (!item) {
        return std::optional<Bytes>{};
    }
    CH_TRY(const BytesView bytes, item.bytes());
    return std::optional<Bytes>(std::in_place, bytes.begin(), bytes.end());
}

Result<std::size_t> count_of(const Item& item) {
    CH_TRY(const std::int32_t value, item.integer());
    if (value < 0) {
        return Error::invalid("kmip.decode", std::string(ttlv::tag_name(item.tag())),
                              "expected zero or more");
    }
    return static_cast<std::size_t>(value);
}

/// Attributes and templates, whatever the version calls their holder.
template <class Command>
Result<void> read_given(Command& command, const Message& message) {
    const bool typed = message.version() >= model::kVersion2_0;
    CH_TRY(auto given,
           read_attributes(message.payload().find(typed ? tag::kAttributes
                                                        : tag::kTemplateAttribute),
                           message.version()));
    command.attributes = std::move(given.values);
    command.templates = std::move(given.templates);
    return ok();
}

/// Every Unique Identifier of the payload; the placeholder when there is none.
Result<std::vector<ObjectId>> all_ids(const Message& message) {
    std::vector<ObjectId> ids;
    for (Item member = message.payload().first(); member; member = member.next()) {
        if (member.tag() == tag::kUniqueIdentifier) {
            CH_TRY(const std::string_view text, member.text());
            const auto id = ObjectId::parse(text);
            if (!id) {
                return Error(Code::kKeyNotFound, "kmip.decode", "there is no such object");
            }
            ids.push_back(*id);
        }
    }
    if (ids.empty()) {
        CH_TRY(const ObjectId id, message.object(tag::kUniqueIdentifier));
        ids.push_back(id);
    }
    return ids;
}

void write_id(Writer& out, const ObjectId& id) {
    out.text(tag::kUniqueIdentifier, id.to_string());
}

template <class Command>
Result<void> read_request(Command& command, const Message& message) {
    const Item& payload = message.payload();
    Item bytes = payload.find(tag::kCertificateRequest);
    if (!bytes) {
        bytes = payload.find(tag::kCertificateRequestValue);
    }
    CH_TRY(auto request, optional_bytes(bytes));
    command.request = std::move(request).value_or(Bytes{});
    if (const Item type = payload.find(tag::kCertificateRequestType)) {
        CH_TRY(command.request_type, type.enumeration());
    } else if (!command.request.empty()) {
        return Error::missing("kmip.decode", "Certificate Request Type");
    }
    return ok();
}

}  // namespace

Result<model::DeriveKey::Command> Binding<model::DeriveKey>::decode(const Message& message,
                                                                    const Principal& principal) {
    model::DeriveKey::Command command;
    const Item& payload = message.payload();
    command.domain = principal.domain();
    CH_TRY(command.type, object_type(payload.find(tag::kObjectType)));
    CH_TRY(auto ids, all_ids(message));
    command.id = ids.front();
    command.more.assign(ids.begin() + 1, ids.end());
    CH_TRY(command.method, payload.find(tag::kDerivationMethod).enumeration());
    const Item parameters = payload.find(tag::kDerivationParameters);
    CH_TRY_VOID(parameters.structure());
    if (const Item crypto = parameters.find(tag::kCryptographicParameters)) {
        CH_TRY(command.parameters, model::read_parameters(crypto));
    }
    CH_TRY(command.iv, optional_bytes(parameters.find(tag::kInitializationVector)));
    CH_TRY(command.data, optional_bytes(parameters.find(tag::kDerivationData)));
    CH_TRY(command.salt, optional_bytes(parameters.find(tag::kSalt)));
    if (const Item count = parameters.find(tag::kIterationCount)) {
        CH_TRY(command.iterations, count_of(count));
    }
    CH_TRY_VOID(read_given(command, message));
    return command;
}
void Binding<model::DeriveKey>::encode(model::DeriveKey::Reply& reply, Message& message,
                                       Writer& out) {
    write_id(out, reply);
    message.set_placeholder(reply);
}

Result<model::CreateSplitKey::Command> Binding<model::CreateSplitKey>::decode(
    const Message& message, const Principal& principal) {
    model::CreateSplitKey::Command command;
    const Item& payload = message.payload();
    command.domain = principal.domain();
    if (payload.find(tag::kUniqueIdentifier)) {
        CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    }
    CH_TRY(command.parts, count_of(payload.find(tag::kSplitKeyParts)));
    CH_TRY(command.threshold, count_of(payload.find(tag::kSplitKeyThreshold)));
    CH_TRY(command.method, payload.find(tag::kSplitKeyMethod).enumeration());
    CH_TRY_VOID(read_given(command, message));
    return command;
}
void Binding<model::CreateSplitKey>::encode(model::CreateSplitKey::Reply& reply, Message&,
                                            Writer& out) {
    for (const ObjectId& id : reply.parts) {
        write_id(out, id);
    }
}

Result<model::JoinSplitKey::Command> Binding<model::JoinSplitKey>::decode(
    const Message& message, const Principal& principal) {
    model::JoinSplitKey::Command command;
    command.domain = principal.domain();
    CH_TRY(command.type, object_type(message.payload().find(tag::kObjectType)));
    CH_TRY(command.parts, all_ids(message));
    CH_TRY_VOID(read_given(command, message));
    return command;
}
void Binding<model::JoinSplitKey>::encode(model::JoinSplitKey::Reply& reply, Message& message,
                                          Writer& out) {
    write_id(out, reply);
    message.set_placeholder(reply);
}

Result<model::Certify::Command> Binding<model::Certify>::decode(const Message& message,
                                                                const Principal& principal) {
    model::Certify::Command command;
    command.domain = principal.domain();
    CH_TRY_VOID(read_request(command, message));
    const bool named = static_cast<bool>(message.payload().find(tag::kUniqueIdentifier));
    if (named || command.request.empty()) {
        CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    }
    CH_TRY_VOID(read_given(command, message));
    return command;
}
void Binding<model::Certify>::encode(model::Certify::Reply& reply, Message& message,
                                     Writer& out) {
    write_id(out, reply);
    message.set_placeholder(reply);
}

Result<model::Recertify::Command> Binding<model::Recertify>::decode(const Message& message,
                                                                    const Principal& principal) {
    model::Recertify::Command command;
    command.domain = principal.domain();
    CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    CH_TRY_VOID(read_request(command, message));
    if (const Item offset = message.payload().find(tag::kOffset)) {
        CH_TRY(command.offset, offset.interval());
    }
    CH_TRY_VOID(read_given(command, message));
    return command;
}
void Binding<model::Recertify>::encode(model::Recertify::Reply& reply, Message& message,
                                       Writer& out) {
    write_id(out, reply);
    message.set_placeholder(reply);
}

Result<model::Validate::Command> Binding<model::Validate>::decode(const Message& message,
                                                                  const Principal& principal) {
    model::Validate::Command command;
    const Item& payload = message.payload();
    command.domain = principal.domain();
    for (Item member = payload.first(); member; member = member.next()) {
        if (member.tag() == tag::kCertificate) {
            CH_TRY(const BytesView der, member.find(tag::kCertificateValue).bytes());
            command.certificates.emplace_back(der.begin(), der.end());
        }
    }
    if (command.certificates.empty() || payload.find(tag::kUniqueIdentifier)) {
        CH_TRY(command.ids, all_ids(message));
    }
    if (const Item at = payload.find(tag::kValidityDate)) {
        CH_TRY(command.at, at.date_time());
    }
    return command;
}
void Binding<model::Validate>::encode(model::Validate::Reply& reply, Message&, Writer& out) {
    out.enumeration(tag::kValidityIndicator, reply.valid ? ttlv::ValidityIndicator::kValid
                                                         : ttlv::ValidityIndicator::kInvalid);
}

}  // namespace chatelaine::faces::kmip

// How attributes are read from an object and written to it.
#include "objects/kmip/attributes.hpp"

#include <algorithm>

#include "objects/kmip/usage_limits.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using ttlv::Item;
using ttlv::Type;
using ttlv::Writer;

constexpr std::string_view kWhere = "kmip.attribute";

Error refused(std::string_view name, std::string message) {
    return Error::invalid(kWhere, std::string(name), std::move(message));
}

Error not_permitted(std::string_view name, std::string_view why) {
    return Error(Code::kNotPermittedUse, kWhere, std::string(name) + ": " + std::string(why));
}

Bytes enumeration(std::uint32_t value) {
    return make_value([&](Writer& out) { out.enumeration(tag::kAttributeValue, value); });
}
Bytes boolean(bool value) {
    return make_value([&](Writer& out) { out.boolean(tag::kAttributeValue, value); });
}
Bytes integer(std::uint32_t value) {
    return make_value([&](Writer& out) {
        out.integer(tag::kAttributeValue, static_cast<std::int32_t>(value));
    });
}

/// State, usage and revocation are of cryptographic objects only (KMIP 1.4 section 2.2).
bool is_cryptographic(const ManagedObject& object) {
    return object.type != ObjectType::kOpaqueObject && object.type != ObjectType::kTemplate;
}

/// The dates of an object, by the tags of their attributes.
std::optional<WallTime>* date_of(ManagedObject& object, ttlv::Tag of) {
    switch (of) {
        case tag::kActivationDate: return &object.activation;
        case tag::kProcessStartDate: return &object.process_start;
        case tag::kProtectStopDate: return &object.protect_stop;
        case tag::kDeactivationDate: return &object.deactivation;
        case tag::kDestroyDate: return &object.destroy;
        case tag::kCompromiseDate: return &object.compromise;
        case tag::kCompromiseOccurrenceDate: return &object.compromise_occurrence;
        case tag::kArchiveDate: return &object.archive;
        case tag::kOriginalCreationDate: return &object.original_creation;
        default: return nullptr;
    }
}

std::optional<WallTime> date_shown(const ManagedObject& object, ttlv::Tag of) {
    if (of == tag::kInitialDate) {
        return object.initial_date;
    }
    if (of == tag::kLastChangeDate) {
        return object.last_change;
    }
    // date_of() changes nothing itself.
    const std::optional<WallTime>* const date = date_of(const_cast<ManagedObject&>(object), of);
    return date == nullptr ? std::nullopt : *date;
}

bool* flag_of(ManagedObject& object, ttlv::Tag of) {
    switch (of) {
        case tag::kSensitive: return &object.sensitive;
        case tag::kAlwaysSensitive: return &object.always_sensitive;
        case tag::kExtractable: return &object.extractable;
        case tag::kNeverExtractable: return &object.never_extractable;
        default: return nullptr;
    }
}

bool is_key(const ManagedObject& object) {
    return object.type == ObjectType::kSymmetricKey || object.type == ObjectType::kPrivateKey ||
           object.type == ObjectType::kPublicKey || object.type == ObjectType::kSplitKey ||
           object.type == ObjectType::kSecretData;
}

Bytes revocation_value(const ManagedObject& object) {
    return make_value([&](Writer& out) {
        out.begin(tag::kAttributeValue)
            .enumeration(tag::kRevocationReasonCode,
                         static_cast<std::uint32_t>(object.revocation_reason));
        if (!object.revocation_message.empty()) {
            out.text(tag::kRevocationMessage, object.revocation_message);
        }
        out.end();
    });
}

/// A single value that the model keeps in a field of its own; empty when there is none.
Bytes single_value(const ManagedObject& object, ttlv::Tag of, WallTime now) {
    if (const auto date = date_shown(object, of)) {
        return make_value([&](Writer& out) { out.date_time(tag::kAttributeValue, *date); });
    }
    switch (of) {
        case tag::kUniqueIdentifier:
            return make_value(
                [&](Writer& out) { out.text(tag::kAttributeValue, object.id.to_string()); });
        case tag::kObjectType: return enumeration(static_cast<std::uint32_t>(object.type));
        case tag::kState:
            return is_cryptographic(object)
                       ? enumeration(static_cast<std::uint32_t>(object.state(now)))
                       : Bytes{};
        case tag::kCryptographicAlgorithm:
            return object.algorithm == 0 ? Bytes{} : enumeration(object.algorithm);
        case tag::kCryptographicLength:
            return object.bits == 0 ? Bytes{} : integer(object.bits);
        case tag::kCryptographicUsageMask:
            return is_cryptographic(object) || object.usage_mask != 0 ? integer(object.usage_mask)
                                                                      : Bytes{};
        case tag::kRevocationReason:
            return object.revocation_reason == RevocationReason::kNone ? Bytes{}
                                                                       : revocation_value(object);
        case tag::kSensitive:
        case tag::kAlwaysSensitive:
        case tag::kExtractable:
        case tag::kNeverExtractable:
            return is_key(object) ? boolean(*flag_of(const_cast<ManagedObject&>(object), of))
                                  : Bytes{};
        default: return {};
    }
}

Bytes name_value(const Name& name) {
    return make_value([&](Writer& out) {
        out.begin(tag::kAttributeValue)
            .text(tag::kNameValue, name.value)
            .enumeration(tag::kNameType, name.type)
            .end();
    });
}

Bytes link_value(const Link& link) {
    return make_value([&](Writer& out) {
        out.begin(tag::kAttributeValue)
            .enumeration(tag::kLinkType, link.type)
            .text(tag::kLinkedObjectIdentifier, link.object.to_string())
            .end();
    });
}

/// Does the model keep this attribute in a field, and not among its `attributes`?
bool is_field(ttlv::Tag of) {
    ManagedObject none;
    switch (of) {
        case tag::kName:
        case tag::kLink:
        case tag::kUniqueIdentifier:
        case tag::kObjectType:
        case tag::kState:
        case tag::kCryptographicAlgorithm:
        case tag::kCryptographicLength:
        case tag::kCryptographicUsageMask:
        case tag::kRevocationReason:
        case tag::kInitialDate:
        case tag::kLastChangeDate: return true;
        default: return date_of(none, of) != nullptr || flag_of(none, of) != nullptr;
    }
}

/// The value's item, held to the rule's type and, for an enumeration, to its values.
Result<ttlv::Document> parse_value(std::string_view name, const AttributeRule* rule,
                                   BytesView value) {
    auto document = ttlv::Document::parse(value);
    if (!document) {
        return refused(name, "the value is not valid TTLV");
    }
    const Item root = document->root();
    if (rule == nullptr) {
        return document;
    }
    if (root.type() != rule->type) {
        return refused(name, "expected the type " + std::string(ttlv::type_name(rule->type)));
    }
    if (rule->type == Type::kEnumeration) {
        CH_TRY(const std::uint32_t number, root.enumeration());
        if (number < 0x80000000U && !ttlv::enumeration_has(rule->tag, number)) {
            return refused(name, "unknown value of the enumeration");
        }
    }
    return document;
}

Result<Name> read_name(const Item& root, std::uint32_t index) {
    CH_TRY(const std::string_view value, root.find(tag::kNameValue).text());
    CH_TRY(const std::uint32_t type, root.find(tag::kNameType).enumeration());
    if (value.empty() || type == 0 || type > 2) {
        return refused("Name", "expected a value and the type 1 or 2");
    }
    return Name{std::string(value), static_cast<std::uint8_t>(type), index};
}

Result<Link> read_link(const Item& root, std::uint32_t index) {
    CH_TRY(const std::uint32_t type, root.find(tag::kLinkType).enumeration());
    CH_TRY(const std::string_view text, root.find(tag::kLinkedObjectIdentifier).text());
    const auto id = ObjectId::parse(text);
    if (!id) {
        return refused("Link", "the linked object identifier is not one of this service");
    }
    return Link{type, *id, index};
}

/// The instance with that index in a list of things that have one.
template <class T>
T* instance(std::vector<T>& list, std::uint32_t index) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const T& one) { return one.index == index; });
    return found == list.end() ? nullptr : &*found;
}

template <class T>
void put_instance(std::vector<T>& list, T value) {
    if (T* const old = instance(list, value.index)) {
        *old = std::move(value);
    } else {
        list.push_back(std::move(value));
    }
}

Result<void> put_field(ManagedObject& object, ttlv::Tag of, std::uint32_t index,
                       const Item& root) {
    if (std::optional<WallTime>* const date = date_of(object, of)) {
        CH_TRY(*date, root.date_time());
        return ok();
    }
    if (bool* const flag = flag_of(object, of)) {
        CH_TRY(*flag, root.boolean());
        object.always_sensitive = object.always_sensitive && object.sensitive;
        object.never_extractable = object.never_extractable && !object.extractable;
        return ok();
    }
    switch (of) {
        case tag::kName: {
            CH_TRY(Name name, read_name(root, index));
            put_instance(object.names, std::move(name));
            return ok();
        }
        case tag::kLink: {
            CH_TRY(const Link link, read_link(root, index));
            put_instance(object.links, link);
            return ok();
        }
        case tag::kCryptographicAlgorithm: {
            CH_TRY(object.algorithm, root.enumeration());
            return ok();
        }
        case tag::kCryptographicLength: {
            CH_TRY(const std::int32_t bits, root.integer());
            if (bits < 0 || bits > 1'000'000) {
                return refused("Cryptographic Length", "expected a number of bits");
            }
            object.bits = static_cast<std::uint32_t>(bits);
            return ok();
        }
        case tag::kCryptographicUsageMask: {
            CH_TRY(const std::int32_t mask, root.integer());
            object.usage_mask = static_cast<std::uint32_t>(mask);
            return ok();
        }
        default: return not_permitted("attribute", "the service sets it");
    }
}

/// Whose index is free: instances that went leave theirs for the next.
std::uint32_t next_index(const AttributeValues& there) {
    std::uint32_t next = 0;
    for (const AttributeValue& one : there) {
        next = std::max(next, one.index.value_or(0) + 1);
    }
    return next;
}

/// Room for one more instance of anything.
Result<void> check_room(const ManagedObject& object, std::string_view name) {
    if (object.names.size() + object.links.size() + object.attributes.size() >=
        attribute_instances_max) {
        return refused(name, "the object has 200 names, links and attributes: no more can be kept");
    }
    return ok();
}

Result<const AttributeRule*> rule_for_client(std::string_view name, std::uint8_t right,
                                             std::string_view verb) {
    const AttributeRule* const rule = rule_of(name);
    if (rule == nullptr) {
        if (name.starts_with("x-")) {
            return rule;
        }
        return is_custom(name) ? not_permitted(name, "only the service sets it")
                               : refused(name, "unknown attribute");
    }
    if ((rule->client & right) == 0) {
        return not_permitted(name, std::string("a client may not ") + std::string(verb) + " it");
    }
    return rule;
}

Result<void> check_client(std::string_view name, std::uint8_t right, std::string_view verb) {
    auto rule = rule_for_client(name, right, verb);
    return rule ? ok() : Result<void>(std::move(rule).error());
}

/// What dates and flags forbid once the object has begun its life (KMIP 1.4 sections 3.24 to 3.27).
Result<void> check_change(const ManagedObject& object, std::string_view name, WallTime now) {
    const State state = object.state(now);
    const AttributeRule* const rule = rule_of(name);
    if (rule == nullptr) {
        return ok();
    }
    const bool begun = state != State::kPreActive;
    const bool ended = begun && state != State::kActive;
    const bool starts = rule->tag == tag::kActivationDate || rule->tag == tag::kProcessStartDate;
    const bool stops = rule->tag == tag::kDeactivationDate || rule->tag == tag::kProtectStopDate;
    if ((starts && begun && object.activation) || (stops && ended)) {
        return not_permitted(name, "the object is " + std::string(state_name(state)));
    }
    return ok();
}

}  // namespace

AttributeValues attribute_values(const ManagedObject& object, std::string_view name,
                                 WallTime now) {
    AttributeValues values;
    const AttributeRule* const rule = rule_of(name);
    const auto add = [&](std::optional<std::uint32_t> index, Bytes value) {
        values.push_back({std::string(name), index, std::move(value)});
    };
    if (rule != nullptr && rule->tag == tag::kName) {
        for (const Name& one : object.names) {
            add(one.index, name_value(one));
        }
    } else if (rule != nullptr && rule->tag == tag::kLink) {
        for (const Link& one : object.links) {
            add(one.index, link_value(one));
        }
    } else if (rule != nullptr && is_field(rule->tag)) {
        if (Bytes value = single_value(object, rule->tag, now); !value.empty()) {
            add(std::nullopt, std::move(value));
        }
    } else {
        const bool many = rule == nullptr || rule->multiple;
        for (const Attribute& one : object.attributes) {
            if (one.name == name) {
                add(many ? std::optional(one.index) : std::nullopt, one.value);
            }
        }
    }
    return values;
}

std::optional<AttributeValue> attribute_value(const ManagedObject& object, std::string_view name,
                                              std::uint32_t index, WallTime now) {
    for (AttributeValue& one : attribute_values(object, name, now)) {
        if (one.index.value_or(0) == index) {
            return std::move(one);
        }
    }
    return std::nullopt;
}

const Attribute* stored(const ManagedObject& object, std::string_view name) {
    for (const Attribute& one : object.attributes) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

Result<void> put_attribute(ManagedObject& object, std::string_view name, std::uint32_t index,
                           BytesView value) {
    const AttributeRule* const rule = rule_of(name);
    CH_TRY(const ttlv::Document document, parse_value(name, rule, value));
    if (rule != nullptr && is_field(rule->tag)) {
        return put_field(object, rule->tag, index, document.root());
    }
    Bytes kept(value.begin(), value.end());
    if (rule != nullptr && rule->tag == tag::kUsageLimits) {
        CH_TRY(const UsageLimits limits, read_usage_limits(value));
        kept = usage_limits_value(limits);
    }
    for (Attribute& one : object.attributes) {
        if (one.name == name && one.index == index) {
            one.value = std::move(kept);
            return ok();
        }
    }
    object.attributes.push_back({std::string(name), index, std::move(kept)});
    return ok();
}

Result<void> set_at_creation(ManagedObject& object, const AttributeValues& values, WallTime now) {
    std::vector<std::string_view> singles;
    for (const AttributeValue& one : values) {
        CH_TRY(const AttributeRule* const rule,
               rule_for_client(one.name, client::kAtCreation, "set"));
        const bool many = rule == nullptr || rule->multiple;
        if (!many) {
            if (std::find(singles.begin(), singles.end(), one.name) != singles.end()) {
                return refused(one.name, "given more than once");
            }
            singles.push_back(one.name);
        }
        const std::uint32_t index =
            many ? one.index.value_or(next_index(attribute_values(object, one.name, now))) : 0;
        CH_TRY_VOID(check_room(object, one.name));
        CH_TRY_VOID(put_attribute(object, one.name, index, one.value));
    }
    return ok();
}

Result<AttributeValue> add_attribute(ManagedObject& object, AttributeValue value, WallTime now) {
    CH_TRY(const AttributeRule* const rule, rule_for_client(value.name, client::kAdd, "add"));
    const AttributeValues there = attribute_values(object, value.name, now);
    const bool many = rule == nullptr || rule->multiple;
    if (!many && !there.empty()) {
        return Error(Code::kAlreadyExists, kWhere,
                     value.name + ": the object has this attribute already");
    }
    CH_TRY_VOID(check_change(object, value.name, now));
    CH_TRY_VOID(check_room(object, value.name));
    const std::uint32_t index = many ? next_index(there) : 0;
    CH_TRY_VOID(put_attribute(object, value.name, index, value.value));
    return *attribute_value(object, value.name, index, now);
}

Result<AttributeValue> modify_attribute(ManagedObject& object, AttributeValue value,
                                        WallTime now) {
    CH_TRY_VOID(check_client(value.name, client::kModify, "change"));
    const std::uint32_t index = value.index.value_or(0);
    if (!attribute_value(object, value.name, index, now)) {
        return Error(Code::kNotFound, kWhere, value.name + ": the object has no such attribute");
    }
    CH_TRY_VOID(check_change(object, value.name, now));
    CH_TRY_VOID(put_attribute(object, value.name, index, value.value));
    return *attribute_value(object, value.name, index, now);
}

Result<AttributeValue> delete_attribute(ManagedObject& object, std::string_view name,
                                        std::uint32_t index, WallTime now) {
    CH_TRY(const AttributeRule* const rule, rule_for_client(name, client::kDelete, "delete"));
    auto gone = attribute_value(object, name, index, now);
    if (!gone) {
        return Error(Code::kNotFound, kWhere,
                     std::string(name) + ": the object has no such attribute");
    }
    const auto drop = [&](auto& list) {
        std::erase_if(list, [&](const auto& one) { return one.index == index; });
    };
    if (rule != nullptr && rule->tag == tag::kName) {
        drop(object.names);
    } else if (rule != nullptr && rule->tag == tag::kLink) {
        drop(object.links);
    } else {
        std::erase_if(object.attributes, [&](const Attribute& one) {
            return one.name == name && one.index == index;
        });
    }
    return std::move(*gone);
}

}  // namespace chatelaine::objects::kmip

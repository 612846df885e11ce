#include "faces/kmip/attribute_wire.hpp"

#include "objects/kmip/object_form.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::faces::kmip {
namespace {

namespace tag = ttlv::tag;
namespace model = objects::kmip;
using ttlv::Item;

constexpr std::string_view kWhere = "kmip.attributes";

bool typed(Version version) { return version >= model::kVersion2_0; }

Error unknown(std::string_view name) {
    return Error::invalid(kWhere, std::string(name), "unknown attribute");
}

Result<AttributeValue> read_vendor(const Item& attribute) {
    AttributeValue read;
    CH_TRY(const std::string_view vendor, attribute.find(tag::kVendorIdentification).text());
    CH_TRY(const std::string_view name, attribute.find(tag::kAttributeName).text());
    const Item value = attribute.find(tag::kAttributeValue);
    if (!value) {
        return Error::missing(kWhere, std::string(name));
    }
    read.name.append(vendor).append("-").append(name);
    const BytesView encoded = value.encoded();
    read.value.assign(encoded.begin(), encoded.end());
    return read;
}

Result<AttributeValue> read_typed(const Item& item) {
    const model::AttributeRule* const rule = model::rule_of(item.tag());
    if (rule == nullptr) {
        return unknown(ttlv::tag_name(item.tag()));
    }
    AttributeValue read;
    read.name = rule->name;
    ttlv::Writer(read.value).item_as(tag::kAttributeValue, item.encoded());
    return read;
}

/// 1.0 had no Key Format Type in a Digest.
Bytes digest_of_1_0(const Bytes& value) {
    const auto document = ttlv::Document::parse(value);
    if (!document) {
        return value;
    }
    const Item root = document->root();
    return model::make_value([&](ttlv::Writer& out) {
        out.begin(tag::kAttributeValue);
        for (Item member = root.first(); member; member = member.next()) {
            if (member.tag() != tag::kKeyFormatType) {
                out.item(member.encoded());
            }
        }
        out.end();
    });
}

}  // namespace

Result<AttributeValue> read_one(const Item& attribute, Version version) {
    if (attribute.tag() != tag::kAttribute) {
        return read_typed(attribute);
    }
    if (typed(version)) {
        return read_vendor(attribute);
    }
    CH_TRY(auto read, model::read_attribute(attribute));
    if (!model::known_in(read.name, version)) {
        return unknown(read.name);
    }
    return read;
}

Result<GivenAttributes> read_attributes(const Item& holder, Version version) {
    GivenAttributes given;
    for (Item member = holder.first(); member; member = member.next()) {
        if (!typed(version) && member.tag() == tag::kName) {
            CH_TRY(const std::string_view name, member.find(tag::kNameValue).text());
            given.templates.emplace_back(name);
            continue;
        }
        if (!typed(version) && member.tag() != tag::kAttribute) {
            continue;  // a payload's other members
        }
        CH_TRY(auto attribute, read_one(member, version));
        given.values.push_back(std::move(attribute));
    }
    return given;
}

Result<std::string> read_reference(const Item& reference, Version version) {
    if (!typed(version) || reference.type() == ttlv::Type::kTextString) {
        CH_TRY(const std::string_view name, reference.text());
        return std::string(name);
    }
    if (reference.type() == ttlv::Type::kEnumeration) {
        CH_TRY(const std::uint32_t of, reference.enumeration());
        const model::AttributeRule* const rule = model::rule_of(of);
        return rule == nullptr ? Result<std::string>(unknown(ttlv::tag_text(of)))
                               : Result<std::string>(std::string(rule->name));
    }
    CH_TRY(const std::string_view vendor, reference.find(tag::kVendorIdentification).text());
    CH_TRY(const std::string_view name, reference.find(tag::kAttributeName).text());
    return std::string(vendor) + "-" + std::string(name);
}

void write_attribute(ttlv::Writer& out, const AttributeValue& attribute, Version version) {
    if (!model::known_in(attribute.name, version)) {
        return;
    }
    const model::AttributeRule* const rule = model::rule_of(attribute.name);
    if (typed(version) && rule != nullptr) {
        out.item_as(rule->tag, attribute.value);
        return;
    }
    out.begin(tag::kAttribute);
    if (typed(version)) {
        const std::size_t dash = attribute.name.find('-');
        out.text(tag::kVendorIdentification, attribute.name.substr(0, dash))
            .text(tag::kAttributeName, attribute.name.substr(dash + 1));
    } else {
        out.text(tag::kAttributeName, attribute.name);
        if (attribute.index.value_or(0) != 0) {
            out.integer(tag::kAttributeIndex, static_cast<std::int32_t>(*attribute.index));
        }
    }
    const bool old_digest = version == model::kVersion1_0 && attribute.name == "Digest";
    out.item(old_digest ? digest_of_1_0(attribute.value) : attribute.value);
    out.end();
}

void write_reference(ttlv::Writer& out, const std::string& name, Version version) {
    if (!model::known_in(name, version)) {
        return;
    }
    if (!typed(version)) {
        out.text(tag::kAttributeName, name);
        return;
    }
    if (const model::AttributeRule* const rule = model::rule_of(name)) {
        out.enumeration(tag::kAttributeReference, rule->tag);
        return;
    }
    const std::size_t dash = name.find('-');
    out.begin(tag::kAttributeReference)
        .text(tag::kVendorIdentification, name.substr(0, dash))
        .text(tag::kAttributeName, name.substr(dash + 1))
        .end();
}

}  // namespace chatelaine::faces::kmip

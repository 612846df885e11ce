#pragma once

#include "faces/kmip/message.hpp"

/// Attributes on the wire: named structures with an index up to 1.4, typed items from 2.0 on
/// (KMIP 1.4 section 2.1.1, 2.1 section 3). Inside, 1.x's names and values rule.

namespace chatelaine::faces::kmip {

using objects::kmip::AttributeValue;
using objects::kmip::AttributeValues;

/// What a request gives for a new object, or Locate asks for.
struct GivenAttributes {
    AttributeValues values;
    std::vector<std::string> templates;  ///< 1.x: Template objects by name
};

/// A Template-Attribute, Attributes or payload: every attribute among its members. An absent holder
/// has none. kMalformed, kMissingArgument, kInvalidArgument naming what this version does not know.
Result<GivenAttributes> read_attributes(const ttlv::Item& holder, Version version);
/// One attribute: an Attribute structure, or from 2.0 on the typed item itself.
Result<AttributeValue> read_one(const ttlv::Item& attribute, Version version);
/// The name that an Attribute Name (1.x) or Attribute Reference (2.x) means.
Result<std::string> read_reference(const ttlv::Item& reference, Version version);

/// Nothing is written of an attribute that the version does not know.
void write_attribute(ttlv::Writer& out, const AttributeValue& attribute, Version version);
void write_reference(ttlv::Writer& out, const std::string& name, Version version);

}  // namespace chatelaine::faces::kmip

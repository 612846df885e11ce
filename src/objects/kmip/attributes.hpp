#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "objects/managed_object.hpp"
#include "ttlv/enums.hpp"
#include "ttlv/ttlv.hpp"

/// The attributes of KMIP objects: one table that says which there are, what they look like, from
/// which version on, and who may set them; and how they are read from and written to the one model.
/// A value is kept in KMIP's own encoding, in the shape of 1.x (KMIP 1.4 section 3; what 2.x adds
/// is in its section 4).

namespace chatelaine::objects::kmip {

struct Version {
    std::uint8_t major = 1;
    std::uint8_t minor = 0;
    auto operator<=>(const Version&) const = default;
};
inline constexpr Version kVersion1_0{1, 0}, kVersion1_1{1, 1}, kVersion1_2{1, 2},
    kVersion1_3{1, 3}, kVersion1_4{1, 4}, kVersion2_0{2, 0}, kVersion2_1{2, 1};
/// Newest first: Discover Versions answers in this order.
inline constexpr std::array kVersions{kVersion2_1, kVersion2_0, kVersion1_4, kVersion1_3,
                                      kVersion1_2, kVersion1_1, kVersion1_0};

/// One instance of an attribute, as requests bring it and answers show it.
struct AttributeValue {
    std::string name;  ///< KMIP 1.x's name; a vendor attribute of 2.x is "x-" and its name
    std::optional<std::uint32_t> index;
    Bytes value;  ///< one encoded item under the tag Attribute Value
};
using AttributeValues = std::vector<AttributeValue>;

/// What a client may do with an attribute. What is not listed, only the server does.
namespace client {
inline constexpr std::uint8_t kAtCreation = 1, kAdd = 2, kModify = 4, kDelete = 8;
inline constexpr std::uint8_t kFree = kAtCreation | kAdd | kModify | kDelete;
}  // namespace client

struct AttributeRule {
    std::string_view name;
    ttlv::Tag tag;
    ttlv::Type type;
    bool multiple;
    std::uint8_t client;  ///< bits of client::
    Version since = kVersion1_0;
    Version until = kVersion2_1;
};

/// The rule of a name or tag; null when the table has none (custom attributes have none).
const AttributeRule* rule_of(std::string_view name);
const AttributeRule* rule_of(ttlv::Tag tag);
/// "x-…" (the client's) or "y-…" (the server's).
bool is_custom(std::string_view name);
/// Does this version know the attribute? Custom ones are known to all.
bool known_in(std::string_view name, Version version);

/// The names of the attributes that the object has, each once, in the table's order.
std::vector<std::string> attribute_names(const ManagedObject& object, WallTime now);
/// Every instance of the named attribute; empty when the object has none.
AttributeValues attribute_values(const ManagedObject& object, std::string_view name, WallTime now);
/// The instance of that index, or nothing.
std::optional<AttributeValue> attribute_value(const ManagedObject& object, std::string_view name,
                                              std::uint32_t index, WallTime now);

/// Sets attributes of an object that is being made. kInvalidArgument names the attribute: unknown,
/// given twice, not the client's to set, of another type, or with a value outside its enumeration.
Result<void> set_at_creation(ManagedObject& object, const AttributeValues& values, WallTime now);

/// Adds an instance, under the lowest free index. kInvalidArgument names the attribute;
/// kNotPermittedUse when it is not the client's to add, kAlreadyExists when there is one already
/// and there can be only one.
Result<AttributeValue> add_attribute(ManagedObject& object, AttributeValue value, WallTime now);
/// Changes the instance of value.index (absent: 0). kNotPermittedUse when it may not be changed
/// (now), kNotFound when there is none.
Result<AttributeValue> modify_attribute(ManagedObject& object, AttributeValue value, WallTime now);
/// Takes an instance away and gives it back; the others keep their indices.
Result<AttributeValue> delete_attribute(ManagedObject& object, std::string_view name,
                                        std::uint32_t index, WallTime now);

/// Sets without asking whose it is to set: what the server itself writes.
Result<void> put_attribute(ManagedObject& object, std::string_view name, std::uint32_t index,
                           BytesView value);
/// The first instance of an attribute that is kept as it came, or nothing.
const Attribute* stored(const ManagedObject& object, std::string_view name);

/// Builds a value: `write` gets a Writer and writes one item under tag::kAttributeValue.
template <class F>
Bytes make_value(F&& write) {
    Bytes out;
    ttlv::Writer writer(out);
    write(writer);
    return out;
}

}  // namespace chatelaine::objects::kmip

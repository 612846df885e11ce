#pragma once

#include "objects/kmip/rules.hpp"

/// What Create, Register, Re-key and the other makers of objects share. Private to the room.

namespace chatelaine::objects::kmip {

/// The protection as the flags say at birth: what was never otherwise, is so always.
void settle_protection(ManagedObject& object);
/// Lease Time and Fresh, which every object has.
Result<void> put_common(ManagedObject& object);
/// Sets an attribute that is true or false.
Result<void> put_flag(ManagedObject& object, std::string_view name, bool value);
/// Fresh random bytes for the object's algorithm and length, and their Digest.
/// A new key with what is given of it: kMissingArgument without algorithm or length.
Result<std::shared_ptr<ManagedObject>> make_symmetric_key(const DomainId& domain,
                                                          const AttributeValues& given,
                                                          Services& services);
Result<void> fill_symmetric(ManagedObject& object);
/// A fresh pair for the private key's algorithm and length, linked both ways. Slow.
Result<void> fill_pair(ManagedObject& private_key, ManagedObject& public_key);
/// Adds a link under the next index.
void add_link(ManagedObject& from, ttlv::LinkType type, const ObjectId& to);
/// Sets an attribute that the client gives for a new object, over what is there.
Result<void> put_given(ManagedObject& object, const AttributeValue& value, WallTime now);

}  // namespace chatelaine::objects::kmip

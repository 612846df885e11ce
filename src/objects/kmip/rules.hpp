#pragma once

#include "objects/kmip/operations.hpp"

/// What several handlers share: loading an object, what its state forbids, putting a change into
/// the outcome. Private to the room.

namespace chatelaine::objects::kmip {

/// How long a client may go on with what it got (KMIP 1.4 section 3.20).
inline constexpr std::uint32_t lease_seconds = 3600;

/// The object, or kKeyNotFound. kWouldBlock where it is not in the cache and waiting is forbidden.
Result<std::shared_ptr<const ManagedObject>> load(seal::Reader& reader, const ObjectRef& ref);
/// kArchived when it was put aside; kKeyNotFound when it is destroyed (nothing of it is left to be
/// had).
Result<void> require_present(const ManagedObject& object, WallTime now);
/// kWrongState when it is destroyed.
Result<void> require_alive(const ManagedObject& object, WallTime now);

/// Nobody has got it yet.
bool is_fresh(const ManagedObject& object);

/// A new object of the domain, with nothing set but its identity and dates.
std::shared_ptr<ManagedObject> new_object(const DomainId& domain, ObjectType type,
                                          Services& services);
/// The attributes of the named templates, in their order. kKeyNotFound naming none there.
Result<AttributeValues> template_attributes(const DomainId& domain,
                                            const std::vector<std::string>& names,
                                            Services& services);
/// Templates first; what the request says itself takes the place of what there can be one of.
AttributeValues merged(AttributeValues from_templates, const AttributeValues& own);

/// The object that the domain's name and type say, or nothing.
Result<std::shared_ptr<const ManagedObject>> find_by_name(const DomainId& domain,
                                                          std::string_view name, ObjectType type,
                                                          Services& services);

/// Puts the changed object into the outcome, as the next version of its record.
template <class Op>
void put_change(gate::Outcome<Op>& outcome, ManagedObject& changed, const Services& services) {
    changed.last_change = services.now;
    outcome.changes.push_back(changed.to_change());
    outcome.record_version = changed.origin.version + 1;
}

template <class Op>
void put_new(gate::Outcome<Op>& outcome, const ManagedObject& made, const Services& services) {
    outcome.changes.push_back(made.to_change());
    outcome.record_version = 1;
    outcome.made_urn = access::object_urn(services.plate, made.domain, "serviceKey",
                                          made.id.to_string());
}

}  // namespace chatelaine::objects::kmip

#pragma once

#include "faces/control/fields.hpp"
#include "tenancy/policy_operations.hpp"

/// The JSON of policies and groups, as OVH's IAM v2 has it.

namespace chatelaine::faces::control {

/// `{"allow": [{"action"}], "except": …, "deny": …}`; each may be null or absent.
Result<access::Permissions> permissions_field(const json::Value& object);
void write_permissions(json::Writer& out, const access::Permissions& permissions);

/// `[{"urn"}]`, or the same under another name; empty when absent.
Result<std::vector<std::string>> objects_field(const json::Value& object, std::string_view name,
                                               std::string_view member, std::size_t count_max);
void write_objects(json::Writer& out, std::string_view member,
                   const std::vector<std::string>& texts);

/// `{"operator", "conditions", "values"}`; nothing when absent.
Result<std::optional<access::Condition>> condition_field(const json::Value& object);
void write_condition(json::Writer& out, const access::Condition& condition);

/// An RFC 3339 date; nothing when absent.
Result<std::optional<WallTime>> time_field(const json::Value& object, std::string_view name);

}  // namespace chatelaine::faces::control

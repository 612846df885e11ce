#pragma once

#include "objects/kmip/attributes.hpp"

/// Usage Limits (KMIP 1.4 section 3.21): how much may still be protected with a key.

namespace chatelaine::objects::kmip {

struct UsageLimits {
    std::int64_t total = 0, count = 0;  ///< `count` is what is left
    ttlv::UsageLimitsUnit unit = ttlv::UsageLimitsUnit::kByte;
};

/// Of a value under the tag Attribute Value; a Count that is absent is the Total.
/// kInvalidArgument("Usage Limits").
Result<UsageLimits> read_usage_limits(BytesView value);
Bytes usage_limits_value(const UsageLimits& limits);

/// What the object has, or nothing: then nothing is limited.
std::optional<UsageLimits> usage_limits(const ManagedObject& object);
/// Takes `amount` from what is left: kNotPermittedUse when there is less. The object must have
/// limits.
Result<void> take_usage(ManagedObject& object, std::int64_t amount);

}  // namespace chatelaine::objects::kmip

#include "objects/kmip/usage_limits.hpp"

#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;

constexpr std::string_view kName = "Usage Limits";

Error wrong(std::string message) {
    return Error::invalid("kmip.usage_limits", std::string(kName), std::move(message));
}

}  // namespace

Result<UsageLimits> read_usage_limits(BytesView value) {
    CH_TRY(const ttlv::Document document, ttlv::Document::parse(value));
    const ttlv::Item root = document.root();
    UsageLimits limits;
    CH_TRY(limits.total, root.find(tag::kUsageLimitsTotal).long_integer());
    limits.count = limits.total;
    if (const ttlv::Item count = root.find(tag::kUsageLimitsCount)) {
        CH_TRY(limits.count, count.long_integer());
    }
    CH_TRY(const std::uint32_t unit, root.find(tag::kUsageLimitsUnit).enumeration());
    if (!ttlv::enumeration_has(tag::kUsageLimitsUnit, unit)) {
        return wrong("unknown unit");
    }
    if (limits.total < 0 || limits.count < 0 || limits.count > limits.total) {
        return wrong("expected a Count between zero and the Total");
    }
    limits.unit = static_cast<ttlv::UsageLimitsUnit>(unit);
    return limits;
}

Bytes usage_limits_value(const UsageLimits& limits) {
    return make_value([&](ttlv::Writer& out) {
        out.begin(tag::kAttributeValue)
            .long_integer(tag::kUsageLimitsTotal, limits.total)
            .long_integer(tag::kUsageLimitsCount, limits.count)
            .enumeration(tag::kUsageLimitsUnit, limits.unit)
            .end();
    });
}

std::optional<UsageLimits> usage_limits(const ManagedObject& object) {
    const Attribute* const kept = stored(object, kName);
    if (kept == nullptr) {
        return std::nullopt;
    }
    const auto limits = read_usage_limits(kept->value);
    return limits ? std::optional(*limits) : std::nullopt;
}

Result<void> take_usage(ManagedObject& object, std::int64_t amount) {
    auto limits = usage_limits(object);
    CH_CHECK(limits.has_value());
    if (amount < 0 || amount > limits->count) {
        return Error(Code::kNotPermittedUse, "kmip.usage_limits",
                     "the object's Usage Limits do not leave so much");
    }
    limits->count -= amount;
    return put_attribute(object, kName, 0, usage_limits_value(*limits));
}

}  // namespace chatelaine::objects::kmip

#include "objects/kmip/crypto_rules.hpp"

#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;

Error denied(std::string message) {
    return Error(Code::kNotPermittedUse, "kmip.use", std::move(message));
}

Error wrong_state(std::string message) {
    return Error(Code::kWrongState, "kmip.use", std::move(message));
}

}  // namespace

Result<void> require_use(const ManagedObject& object, Use use, WallTime now) {
    CH_TRY_VOID(require_present(object, now));
    if ((object.usage_mask & use.usage) == 0) {
        return denied("the key's Cryptographic Usage Mask does not have this use");
    }
    const State state = object.state(now);
    if (state != State::kActive) {
        return wrong_state("the key is " + std::string(state_name(state)));
    }
    // A revocation holds at once, also on a node whose clock is behind that of the revoking one.
    if (object.revocation_reason != RevocationReason::kNone) {
        return wrong_state("the key was revoked");
    }
    if (use.protects && object.protect_stop && *object.protect_stop <= now) {
        return wrong_state("the key's Protect Stop Date has passed");
    }
    if (!use.protects && object.process_start && *object.process_start > now) {
        return wrong_state("the key's Process Start Date has not come");
    }
    return ok();
}

Result<std::shared_ptr<ManagedObject>> counted_down(const ManagedObject& object,
                                                    std::size_t bytes) {
    const Attribute* const limits = stored(object, "Usage Limits");
    if (limits == nullptr) {
        return std::shared_ptr<ManagedObject>{};
    }
    CH_TRY(const ttlv::Document document, ttlv::Document::parse(limits->value));
    const ttlv::Item root = document.root();
    CH_TRY(const std::int64_t total, root.find(tag::kUsageLimitsTotal).long_integer());
    CH_TRY(const std::uint32_t unit, root.find(tag::kUsageLimitsUnit).enumeration());
    std::int64_t left = total;
    if (const ttlv::Item count = root.find(tag::kUsageLimitsCount)) {
        CH_TRY(left, count.long_integer());
    }
    const std::int64_t cost =
        unit == number(ttlv::UsageLimitsUnit::kByte) ? static_cast<std::int64_t>(bytes) : 1;
    if (cost > left || left <= 0) {
        return denied("the key's Usage Limits are used up");
    }
    auto changed = object.clone();
    CH_TRY_VOID(put_attribute(*changed, "Usage Limits", 0, make_value([&](ttlv::Writer& out) {
                                  out.begin(tag::kAttributeValue)
                                      .long_integer(tag::kUsageLimitsTotal, total)
                                      .long_integer(tag::kUsageLimitsCount, left - cost)
                                      .enumeration(tag::kUsageLimitsUnit, unit)
                                      .end();
                              })));
    return changed;
}

}  // namespace chatelaine::objects::kmip

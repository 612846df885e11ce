#include "objects/kmip/crypto_rules.hpp"

#include "objects/kmip/usage_limits.hpp"

namespace chatelaine::objects::kmip {
namespace {

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
    const auto limits = usage_limits(object);
    if (!limits) {
        return std::shared_ptr<ManagedObject>{};
    }
    auto changed = object.clone();
    const bool by_bytes = limits->unit == ttlv::UsageLimitsUnit::kByte;
    CH_TRY_VOID(take_usage(*changed, by_bytes ? static_cast<std::int64_t>(bytes) : 1));
    return changed;
}

}  // namespace chatelaine::objects::kmip

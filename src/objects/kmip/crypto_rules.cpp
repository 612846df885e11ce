#include "objects/kmip/crypto_rules.hpp"

#include "objects/kmip/making.hpp"
#include "objects/kmip/object_form.hpp"
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
    if (use.protects && object.rotation.uses_max != 0) {
        return wrong_state("the key counts its uses, which REST alone does");
    }
    if (use.protects && object.protect_stop && *object.protect_stop <= now) {
        return wrong_state("the key's Protect Stop Date has passed");
    }
    if (!use.protects && object.process_start && *object.process_start > now) {
        return wrong_state("the key's Process Start Date has not come");
    }
    return ok();
}

Result<std::shared_ptr<ManagedObject>> counted_down(const ManagedObject& object, Cost cost) {
    const auto limits = usage_limits(object);
    if (!limits) {
        return std::shared_ptr<ManagedObject>{};
    }
    auto changed = object.clone();
    const bool by_bytes = limits->unit == ttlv::UsageLimitsUnit::kByte;
    CH_TRY_VOID(
        take_usage(*changed, static_cast<std::int64_t>(by_bytes ? cost.bytes : cost.objects)));
    return changed;
}

Result<std::shared_ptr<ManagedObject>> made_object(const DomainId& domain, ObjectType type,
                                                   const AttributeValues& given,
                                                   Services& services) {
    auto object = new_object(domain, type, services);
    CH_TRY_VOID(set_at_creation(*object, given, services.now));
    settle_protection(*object);
    CH_TRY_VOID(put_common(*object));
    return object;
}

Result<void> set_digest_of(ManagedObject& object) {
    return object.material.bytes.with_exposed(
        crypto::insecure_expose_secret(),
        [&](BytesView bytes) { return set_digest(object, bytes, object.material.format); });
}

}  // namespace chatelaine::objects::kmip

// Check, Obtain Lease, Get Usage Allocation: what a client asks before it uses what it has.
#include "objects/kmip/rules.hpp"
#include "objects/kmip/usage_limits.hpp"

namespace chatelaine::objects::kmip {
namespace {

Result<void> require_active(const ManagedObject& object, WallTime now) {
    const State state = object.state(now);
    if (state != State::kActive) {
        return Error(Code::kWrongState, "kmip.object",
                     "the object is " + std::string(state_name(state)));
    }
    return ok();
}

}  // namespace

Result<gate::Outcome<Check>> run(const gate::Authorised<Check>& authorised, Services& services) {
    const Check::Command& command = authorised.command();
    CH_TRY(const auto object, load(services.reader, command));
    CH_TRY_VOID(require_present(*object, services.now));
    gate::Outcome<Check> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    const auto limits = usage_limits(*object);
    if (command.usage_count && limits && *command.usage_count > limits->count) {
        outcome.reply.usage_count = limits->count;
    }
    if (command.usage_mask && (object->usage_mask & *command.usage_mask) != *command.usage_mask) {
        outcome.reply.usage_mask = object->usage_mask;
    }
    if (command.lease_seconds && *command.lease_seconds > lease_seconds) {
        outcome.reply.lease_seconds = lease_seconds;
    }
    return outcome;
}

Result<gate::Outcome<ObtainLease>> run(const gate::Authorised<ObtainLease>& authorised,
                                       Services& services) {
    CH_TRY(const auto object, load(services.reader, authorised.command()));
    CH_TRY_VOID(require_present(*object, services.now));
    const State state = object->state(services.now);
    if (state != State::kActive && state != State::kPreActive) {
        return Error(Code::kWrongState, "kmip.lease",
                     "the object is " + std::string(state_name(state)) + ": no lease is given");
    }
    gate::Outcome<ObtainLease> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply = {object->id, lease_seconds, object->last_change};
    return outcome;
}

Result<gate::Outcome<GetUsageAllocation>> run(
    const gate::Authorised<GetUsageAllocation>& authorised, Services& services) {
    const GetUsageAllocation::Command& command = authorised.command();
    CH_TRY(const auto object, load(services.reader, command));
    CH_TRY_VOID(require_present(*object, services.now));
    CH_TRY_VOID(require_active(*object, services.now));
    if (!usage_limits(*object)) {
        return Error(Code::kIllegalOperation, "kmip.usage", "the object has no Usage Limits");
    }
    auto changed = object->clone();
    CH_TRY_VOID(take_usage(*changed, command.count));
    gate::Outcome<GetUsageAllocation> outcome;
    put_change(outcome, *changed, services);
    outcome.reply = object->id;
    return outcome;
}

}  // namespace chatelaine::objects::kmip

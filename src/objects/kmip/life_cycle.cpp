// The life of an object: Activate, Revoke, Destroy, Archive, Recover.
#include "objects/kmip/rules.hpp"

namespace chatelaine::objects::kmip {
namespace {

bool is_compromise(RevocationReason reason) {
    return reason == RevocationReason::kKeyCompromise || reason == RevocationReason::kCaCompromise;
}

Error wrong_state(const ManagedObject& object, WallTime now) {
    return Error(Code::kWrongState, "kmip.life_cycle",
                 "the object is " + std::string(state_name(object.state(now))));
}

template <class Op, class Step>
Result<gate::Outcome<Op>> change(const gate::Authorised<Op>& authorised, Services& services,
                                 Step&& step) {
    CH_TRY(const auto object, load(services.reader, authorised.command()));
    CH_TRY_VOID(require_alive(*object, services.now));
    auto changed = object->clone();
    CH_TRY_VOID(step(*changed));
    gate::Outcome<Op> outcome;
    outcome.reply = object->id;
    put_change(outcome, *changed, services);
    return outcome;
}

}  // namespace

Result<gate::Outcome<Activate>> run(const gate::Authorised<Activate>& authorised,
                                    Services& services) {
    return change(authorised, services, [&](ManagedObject& object) -> Result<void> {
        if (object.state(services.now) != State::kPreActive) {
            return wrong_state(object, services.now);
        }
        object.activation = services.now;
        return ok();
    });
}

Result<gate::Outcome<Revoke>> run(const gate::Authorised<Revoke>& authorised,
                                  Services& services) {
    const Revoke::Command& command = authorised.command();
    return change(authorised, services, [&](ManagedObject& object) -> Result<void> {
        object.revocation_reason = command.reason;
        object.revocation_message = command.message;
        if (is_compromise(command.reason)) {
            object.compromise = object.compromise.value_or(services.now);
            object.compromise_occurrence = command.occurred.value_or(
                object.compromise_occurrence.value_or(services.now));
            return ok();
        }
        if (object.state(services.now) != State::kActive) {
            return wrong_state(object, services.now);
        }
        object.deactivation = services.now;
        return ok();
    });
}

Result<gate::Outcome<Destroy>> run(const gate::Authorised<Destroy>& authorised,
                                   Services& services) {
    return change(authorised, services, [&](ManagedObject& object) -> Result<void> {
        if (object.state(services.now) == State::kActive) {
            return wrong_state(object, services.now);
        }
        // The record stays, so that attributes can be read; the material goes.
        object.destroy = services.now;
        object.material.destroyed = services.now;
        object.material.bytes = crypto::SecretBytes();
        object.version_key = crypto::SecretBytes();  // the older versions with it
        object.registered = crypto::SecretBytes();
        return ok();
    });
}

Result<gate::Outcome<Archive>> run(const gate::Authorised<Archive>& authorised,
                                   Services& services) {
    return change(authorised, services, [&](ManagedObject& object) -> Result<void> {
        object.archive = object.archive.value_or(services.now);
        return ok();
    });
}

Result<gate::Outcome<Recover>> run(const gate::Authorised<Recover>& authorised,
                                   Services& services) {
    return change(authorised, services, [&](ManagedObject& object) -> Result<void> {
        object.archive.reset();
        return ok();
    });
}

}  // namespace chatelaine::objects::kmip

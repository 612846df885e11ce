// Changes of a service key: name, extractable, activate, deactivate, delete.
#include "objects/key_rules.hpp"

namespace chatelaine::objects {
namespace {

bool is_compromise(RevocationReason reason) {
    return reason == RevocationReason::kKeyCompromise || reason == RevocationReason::kCaCompromise;
}

/// Puts the changed object into the outcome, as the next version of its record.
template <class Op>
void put_change(gate::Outcome<Op>& outcome, const std::shared_ptr<ManagedObject>& changed,
                Services& services) {
    changed->last_change = services.now;
    outcome.changes.push_back(changed->to_change());
    outcome.record_version = changed->origin.version + 1;
}

void revoke(ManagedObject& object, RevocationReason reason, WallTime now) {
    object.revocation_reason = reason;
    if (is_compromise(reason)) {
        // The first date stands when a key is reported twice.
        object.compromise = object.compromise.value_or(now);
        object.compromise_occurrence = object.compromise_occurrence.value_or(now);
    } else if (!object.deactivation || *object.deactivation > now) {
        object.deactivation = now;
    }
}

}  // namespace

Result<gate::Outcome<UpdateKey>> run(const gate::Authorised<UpdateKey>& authorised,
                                     Services& services) {
    const UpdateKey::Command& command = authorised.command();
    if (command.name) {
        CH_TRY_VOID(check_name(*command.name));
    }
    CH_TRY(const auto object, load_key(services.reader, command));
    CH_TRY_VOID(require_alive(*object, services.now));
    gate::Outcome<UpdateKey> outcome;
    outcome.record_version = object->origin.version;
    const bool renamed = command.name && (object->names.empty() ||
                                          object->names.front().value != *command.name);
    const bool moved = command.extractable && *command.extractable != object->extractable;
    if (!renamed && !moved) {
        outcome.reply = answer_of(object, services.now);
        return outcome;
    }
    auto changed = object->clone();
    if (renamed) {
        if (changed->names.empty()) {
            changed->names.push_back({});
        }
        changed->names.front().value = *command.name;
    }
    if (moved) {
        changed->extractable = *command.extractable;
        changed->never_extractable = changed->never_extractable && !changed->extractable;
    }
    put_change(outcome, changed, services);
    outcome.reply = answer_of(std::move(changed), services.now);
    return outcome;
}

Result<gate::Outcome<DeleteKey>> run(const gate::Authorised<DeleteKey>& authorised,
                                     Services& services) {
    CH_TRY(const auto object, load_key(services.reader, authorised.command()));
    CH_TRY_VOID(require_alive(*object, services.now));
    if (object->state(services.now) == State::kActive) {
        return Error(Code::kWrongState, "objects.delete",
                     "the key is active: deactivate it before it is deleted");
    }
    // The record stays, so that lists and audits can tell what was there; the material goes.
    auto changed = object->clone();
    changed->destroy = services.now;
    changed->material.destroyed = services.now;
    changed->material.bytes = crypto::SecretBytes();
    changed->version_key = crypto::SecretBytes();  // the older versions with it
    gate::Outcome<DeleteKey> outcome;
    put_change(outcome, changed, services);
    return outcome;
}

Result<gate::Outcome<ActivateKey>> run(const gate::Authorised<ActivateKey>& authorised,
                                       Services& services) {
    CH_TRY(const auto object, load_key(services.reader, authorised.command()));
    CH_TRY_VOID(require_alive(*object, services.now));
    gate::Outcome<ActivateKey> outcome;
    outcome.record_version = object->origin.version;
    if (object->state(services.now) == State::kActive &&
        object->revocation_reason == RevocationReason::kNone) {
        return outcome;
    }
    auto changed = object->clone();
    if (!changed->activation || *changed->activation > services.now) {
        changed->activation = services.now;
    }
    changed->deactivation.reset();
    changed->compromise.reset();
    changed->compromise_occurrence.reset();
    changed->revocation_reason = RevocationReason::kNone;
    changed->revocation_message.clear();
    put_change(outcome, changed, services);
    return outcome;
}

Result<gate::Outcome<DeactivateKey>> run(const gate::Authorised<DeactivateKey>& authorised,
                                         Services& services) {
    const RevocationReason reason = authorised.command().reason;
    if (reason == RevocationReason::kNone) {
        return Error::missing("objects.deactivate", "reason");
    }
    CH_TRY(const auto object, load_key(services.reader, authorised.command()));
    CH_TRY_VOID(require_alive(*object, services.now));
    const State state = object->state(services.now);
    const bool may = is_compromise(reason) || state == State::kActive ||
                     state == State::kDeactivated;
    if (!may) {
        return Error(Code::kWrongState, "objects.deactivate",
                     "the key is " + std::string(state_name(state)));
    }
    auto changed = object->clone();
    revoke(*changed, reason, services.now);
    gate::Outcome<DeactivateKey> outcome;
    put_change(outcome, changed, services);
    outcome.details.emplace_back("reason", std::string(revocation_reason_name(reason)));
    return outcome;
}

}  // namespace chatelaine::objects

// Versions of a service key: rotate, look, destroy one, schedule. Re-encryption is with encrypt.
#include "objects/versions.hpp"

#include "objects/key_version.hpp"

namespace chatelaine::objects {
namespace {

Result<std::shared_ptr<const ManagedObject>> load_living(Services& services, const KeyRef& ref) {
    CH_TRY(auto object, load_key(services.reader, ref));
    CH_TRY_VOID(require_alive(*object, services.now));
    return object;
}

Result<void> check_schedule(const ScheduleRotation::Command& command, const ManagedObject& object) {
    if (command.period_days && *command.period_days > ScheduleRotation::period_days_max) {
        return Error::invalid("objects.rotation", "periodDays", "expected 0 to 3650");
    }
    if (command.uses && *command.uses != 0 &&
        (*command.uses < ScheduleRotation::uses_min ||
         *command.uses > ScheduleRotation::uses_max)) {
        return Error::invalid("objects.rotation", "usesMax",
                              "expected 0, or 1000 to 4294967296 (2^32: the most that random "
                              "nonces of AES-GCM bear)");
    }
    if (command.minimum_version &&
        (*command.minimum_version == 0 || *command.minimum_version > object.newest_version)) {
        return Error::invalid("objects.rotation", "minimumVersion",
                              "expected 1 to " + std::to_string(object.newest_version) +
                                  ", the key's newest");
    }
    return ok();
}

}  // namespace

Result<gate::Outcome<RotateKey>> run(const gate::Authorised<RotateKey>& authorised,
                                     Services& services) {
    CH_TRY(const auto object, load_living(services, authorised.command()));
    const State state = object->state(services.now);
    if (state != State::kActive) {
        return Error(Code::kWrongState, "objects.rotate",
                     "the key is " + std::string(state_name(state)));
    }
    CH_TRY(Rotated rotated, rotate(*object, services));
    gate::Outcome<RotateKey> outcome;
    outcome.record_version = object->origin.version + 1;
    outcome.changes = std::move(rotated.changes);
    outcome.reply.version = rotated.key->newest_version;
    outcome.reply.created = rotated.key->material.created;
    outcome.details.emplace_back("version", std::to_string(outcome.reply.version));
    return outcome;
}

Result<gate::Outcome<ListKeyVersions>> run(const gate::Authorised<ListKeyVersions>& authorised,
                                           Services& services) {
    const ListKeyVersions::Command& command = authorised.command();
    CH_TRY(const auto object, load_key(services.reader, command));
    gate::Outcome<ListKeyVersions> outcome;
    ListKeyVersions::Reply& reply = outcome.reply;
    outcome.record_version = object->origin.version;
    reply.key = object;
    if (command.from > object->newest_version) {
        return Error::invalid("objects.versions", "from",
                              "expected at most " + std::to_string(object->newest_version) +
                                  ", the key's newest");
    }
    std::uint32_t version = command.from == 0 ? object->newest_version : command.from;
    for (; version > 0 && reply.versions.size() < command.max; --version) {
        if (version == object->newest_version) {
            reply.versions.push_back(
                {version, object->material.created, object->material.destroyed});
            continue;
        }
        CH_TRY(const auto old, load_version_record(services.reader, *object, version));
        // A destroyed key's versions open nothing, also those whose records say nothing of it.
        reply.versions.push_back(
            {version, old->created, old->destroyed ? old->destroyed : object->destroy});
    }
    reply.next = version;
    return outcome;
}

Result<gate::Outcome<DestroyKeyVersion>> run(
    const gate::Authorised<DestroyKeyVersion>& authorised, Services& services) {
    const DestroyKeyVersion::Command& command = authorised.command();
    CH_TRY(const auto object, load_living(services, command));
    if (command.version == object->newest_version) {
        return Error(Code::kWrongState, "objects.version.delete",
                     "the newest version is what the key encrypts and signs with: rotate first, "
                     "or delete the key");
    }
    CH_TRY(const auto old, load_version_record(services.reader, *object, command.version));
    if (old->destroyed) {
        return Error(Code::kWrongState, "objects.version.delete", "the version is destroyed");
    }
    KeyVersion gone;
    gone.origin = old->origin;
    gone.domain = old->domain;
    gone.key = old->key;
    gone.version = old->version;
    gone.format = old->format;
    gone.created = old->created;
    gone.replaced = old->replaced;
    gone.destroyed = services.now;
    // The key's record too: what is kept ready of the version goes with the cached key.
    auto changed = object->clone();
    changed->last_change = services.now;
    gate::Outcome<DestroyKeyVersion> outcome;
    outcome.record_version = object->origin.version + 1;
    outcome.changes.push_back(gone.to_change());
    outcome.changes.push_back(changed->to_change());
    outcome.details.emplace_back("version", std::to_string(command.version));
    return outcome;
}

Result<gate::Outcome<ScheduleRotation>> run(const gate::Authorised<ScheduleRotation>& authorised,
                                            Services& services) {
    const ScheduleRotation::Command& command = authorised.command();
    CH_TRY(const auto object, load_living(services, command));
    CH_TRY_VOID(require_rotatable(*object));
    CH_TRY_VOID(check_schedule(command, *object));
    auto changed = object->clone();
    Rotation& rotation = changed->rotation;
    rotation.period_days = command.period_days.value_or(rotation.period_days);
    rotation.uses_max = command.uses.value_or(rotation.uses_max);
    rotation.refuse_at_max = command.refuse.value_or(rotation.refuse_at_max);
    changed->minimum_version = command.minimum_version.value_or(changed->minimum_version);
    if (object->rotation.uses_max == 0 && rotation.uses_max != 0) {
        // Nobody counted until now: the newest version is taken for used up, whatever maximum is
        // set later and whatever an earlier count left in the ledger.
        changed->uses_reserved = ScheduleRotation::uses_max + 1;
    } else if (rotation.uses_max == 0) {
        changed->uses_reserved = 0;
    }
    changed->last_change = services.now;
    gate::Outcome<ScheduleRotation> outcome;
    outcome.record_version = object->origin.version + 1;
    outcome.changes.push_back(changed->to_change());
    outcome.reply.key = std::move(changed);
    return outcome;
}

}  // namespace chatelaine::objects

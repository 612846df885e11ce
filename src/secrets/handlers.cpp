// OKMS REST v2: the handlers of single secrets, of versions and of the domain's settings.
#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "secrets/cursor.hpp"
#include "secrets/edit.hpp"

namespace chatelaine::secrets {
namespace {

/// A read without data.
template <class Op>
Result<gate::Outcome<Op>> show(Services& services, const SecretRef& ref,
                               std::optional<std::uint32_t> number) {
    gate::Outcome<Op> outcome;
    CH_TRY(outcome.reply, read_answer(services, ref, {number, false}));
    outcome.record_version = outcome.reply.secret->origin.version;
    return outcome;
}

/// A read with data: the right to the metadata that goes with it is asked first.
template <class Op>
Result<gate::Outcome<Op>> reveal(const gate::Authorised<Op>& authorised, Services& services,
                                 LastReads& reads, std::optional<std::uint32_t> number) {
    const SecretRef& ref = authorised.command();
    CH_TRY_VOID(also(authorised, services, action::kGet, ref.path));
    gate::Outcome<Op> outcome;
    CH_TRY(outcome.reply, read_answer(services, ref, {number, true}));
    outcome.record_version = outcome.reply.secret->origin.version;
    if (outcome.reply.version) {
        outcome.details.emplace_back("version", std::to_string(outcome.reply.version->number));
    }
    note_read(outcome, reads, outcome.reply, services.now);
    return outcome;
}

enum class Switch : std::uint8_t { kActivate, kDeactivate, kDelete };

template <class Op>
Result<gate::Outcome<Op>> switch_version(const gate::Authorised<Op>& authorised,
                                         Services& services, Switch to) {
    const VersionRef& ref = authorised.command();
    CH_TRY(Edit edit, Edit::open(services, ref));
    switch (to) {
        case Switch::kActivate: {
            CH_TRY_VOID(edit.set_active(ref.version, true));
            break;
        }
        case Switch::kDeactivate: {
            CH_TRY_VOID(edit.set_active(ref.version, false));
            break;
        }
        case Switch::kDelete: {
            CH_TRY_VOID(edit.delete_data(ref.version));
            break;
        }
    }
    return written<Op>(edit, services, ref.version);
}

}  // namespace

Result<gate::Outcome<CreateSecret>> run(const gate::Authorised<CreateSecret>& authorised,
                                        Services& services) {
    const CreateSecret::Command& command = authorised.command();
    CH_TRY_VOID(check_path(command.path));
    // Before anything is looked at: what is wrong in itself reads the same for every path.
    CH_TRY_VOID(check_metadata(command.metadata));
    CH_TRY(Edit edit, Edit::open_or_create(services, command));
    if (!edit.is_new()) {
        return Error(Code::kAlreadyExists, "secrets.create", "the secret exists");
    }
    CH_TRY_VOID(edit.change_metadata(command.metadata));
    CH_TRY_VOID(edit.add_version(command.data));
    return written<CreateSecret>(edit, services, {});
}

Result<gate::Outcome<GetSecret>> run(const gate::Authorised<GetSecret>& authorised,
                                     Services& services) {
    const GetSecret::Command& command = authorised.command();
    return show<GetSecret>(services, command, command.version);
}

Result<gate::Outcome<ReadSecret>> run(const gate::Authorised<ReadSecret>& authorised,
                                      Services& services, LastReads& reads) {
    return reveal(authorised, services, reads, authorised.command().version);
}

Result<gate::Outcome<UpdateSecret>> run(const gate::Authorised<UpdateSecret>& authorised,
                                        Services& services) {
    const UpdateSecret::Command& command = authorised.command();
    CH_TRY(Edit edit, Edit::open(services, command));
    CH_TRY_VOID(edit.change_metadata(command.metadata));
    if (command.cas) {
        CH_TRY_VOID(edit.check_cas(command.cas));
    }
    return written<UpdateSecret>(edit, services, {});
}

Result<gate::Outcome<PutSecret>> run(const gate::Authorised<PutSecret>& authorised,
                                     Services& services) {
    const PutSecret::Command& command = authorised.command();
    if (!command.metadata.empty()) {
        CH_TRY_VOID(also(authorised, services, action::kUpdateMetadata, command.path));
    }
    CH_TRY(Edit edit, Edit::open(services, command));
    CH_TRY_VOID(edit.change_metadata(command.metadata));
    CH_TRY_VOID(edit.check_cas(command.cas));
    CH_TRY_VOID(edit.add_version(command.data));
    return written<PutSecret>(edit, services, {});
}

Result<gate::Outcome<DeleteSecret>> run(const gate::Authorised<DeleteSecret>& authorised,
                                        Services& services) {
    CH_TRY(Edit edit, Edit::open(services, authorised.command()));
    CH_TRY_VOID(edit.remove());
    return finish<DeleteSecret>(edit, {});
}

Result<gate::Outcome<ListVersions>> run(const gate::Authorised<ListVersions>& authorised,
                                        Services& services) {
    const ListVersions::Command& command = authorised.command();
    CH_TRY(const std::uint64_t after, read_cursor(command.cursor, CursorOf::kVersions));
    CH_TRY(const auto secret, load_secret(services, command));
    gate::Outcome<ListVersions> outcome;
    outcome.record_version = secret->origin.version;
    for (const Version& version : secret->versions) {
        if (version.number <= after) {
            continue;
        }
        if (outcome.reply.versions.size() == command.max) {
            const auto last = outcome.reply.versions.back().version->number;
            outcome.reply.next = make_cursor(last, CursorOf::kVersions);
            break;
        }
        SecretAnswer answer;
        answer.version = version;
        answer.state = version.state(services.now);
        outcome.reply.versions.push_back(std::move(answer));
    }
    return outcome;
}

Result<gate::Outcome<CreateVersion>> run(const gate::Authorised<CreateVersion>& authorised,
                                         Services& services) {
    const CreateVersion::Command& command = authorised.command();
    CH_TRY(Edit edit, Edit::open(services, command));
    CH_TRY_VOID(edit.check_cas(command.cas));
    CH_TRY_VOID(edit.add_version(command.data));
    return written<CreateVersion>(edit, services, {});
}

Result<gate::Outcome<GetVersion>> run(const gate::Authorised<GetVersion>& authorised,
                                      Services& services) {
    const GetVersion::Command& command = authorised.command();
    return show<GetVersion>(services, command, command.version);
}

Result<gate::Outcome<ReadVersion>> run(const gate::Authorised<ReadVersion>& authorised,
                                       Services& services, LastReads& reads) {
    return reveal(authorised, services, reads, authorised.command().version);
}

Result<gate::Outcome<ActivateVersion>> run(const gate::Authorised<ActivateVersion>& authorised,
                                           Services& services) {
    return switch_version(authorised, services, Switch::kActivate);
}

Result<gate::Outcome<DeactivateVersion>> run(
    const gate::Authorised<DeactivateVersion>& authorised, Services& services) {
    return switch_version(authorised, services, Switch::kDeactivate);
}

Result<gate::Outcome<DeleteVersion>> run(const gate::Authorised<DeleteVersion>& authorised,
                                         Services& services) {
    return switch_version(authorised, services, Switch::kDelete);
}

Result<gate::Outcome<GetConfig>> run(const gate::Authorised<GetConfig>& authorised,
                                     Services& services) {
    gate::Outcome<GetConfig> outcome;
    CH_TRY(outcome.reply, config_of(services, authorised.command().domain));
    return outcome;
}

Result<gate::Outcome<UpdateConfig>> run(const gate::Authorised<UpdateConfig>& authorised,
                                        Services& services) {
    const UpdateConfig::Command& command = authorised.command();
    CH_TRY(ConfigChange made, change_config(services, command.domain, command.settings));
    gate::Outcome<UpdateConfig> outcome;
    outcome.record_version = made.config.origin.version + 1;
    outcome.reply = std::move(made.config.settings);
    outcome.changes.push_back(std::move(made.change));
    return outcome;
}

}  // namespace chatelaine::secrets

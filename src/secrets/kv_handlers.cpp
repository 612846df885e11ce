// Vault's KV version 2: the handlers.
#include <algorithm>

#include "secrets/data.hpp"
#include "secrets/edit.hpp"
#include "secrets/kv_operations.hpp"

namespace chatelaine::secrets {
namespace {

/// The new state of an edit that wrote a version.
template <class Op>
Result<gate::Outcome<Op>> written(Edit& edit, Services& services) {
    CH_TRY(auto changes, edit.changes());
    CH_TRY(SecretAnswer answer, answer_of(services, edit.result(), {}));
    gate::Outcome<Op> outcome;
    static_cast<SecretAnswer&>(outcome.reply) = std::move(answer);
    outcome.record_version = edit.record_version();
    outcome.changes = std::move(changes);
    outcome.details.emplace_back("version",
                                 std::to_string(outcome.reply.version->number));
    return outcome;
}

/// The version that a read names, which must be there.
Result<SecretAnswer> read_version(Services& services, const SecretRef& ref,
                                  const std::optional<std::uint32_t>& number) {
    CH_TRY(SecretAnswer answer, read_answer(services, ref, {number, true}));
    if (!answer.version) {
        return Error(Code::kSecretNotFound, "secrets.read", "the secret has no version");
    }
    return answer;
}

enum class Change : std::uint8_t { kDeactivate, kActivate, kDestroy };

/// Each of `numbers` that the secret has; what is there already stays as it is.
template <class Op>
Result<gate::Outcome<Op>> change_versions(Services& services, const SecretRef& ref,
                                          const std::vector<std::uint32_t>& numbers,
                                          Change change) {
    CH_TRY(const auto there, find_secret(services, ref));
    if (!there) {
        return gate::Outcome<Op>{};
    }
    Edit edit = Edit::of(services, *there);
    bool changed = false;
    std::string list;
    for (const std::uint32_t number : numbers) {
        const Version* const version = edit.secret().version(number);
        if (version == nullptr || version->deleted) {
            continue;
        }
        const bool active = version->state(services.now) == VersionState::kActive;
        if (change == Change::kDestroy) {
            CH_TRY_VOID(edit.delete_data(number));
        } else if (change == Change::kActivate && version->deactivation) {
            CH_TRY_VOID(edit.set_active(number, true));
        } else if (change == Change::kDeactivate && active) {
            CH_TRY_VOID(edit.set_active(number, false));
        } else {
            continue;
        }
        changed = true;
        list.append(list.empty() ? "" : ",").append(std::to_string(number));
    }
    if (!changed) {
        return gate::Outcome<Op>{};
    }
    CH_TRY(auto outcome, finish<Op>(edit, {}));
    outcome.details.emplace_back("versions", std::move(list));
    return outcome;
}

template <class Command>
Result<Edit> open_for_metadata(Services& services, const Command& command) {
    CH_TRY(Edit edit, Edit::open_or_create(services, command));
    MetadataChange change;
    change.settings = command.settings;
    CH_TRY_VOID(edit.change_metadata(change));
    return edit;
}

}  // namespace

Result<gate::Outcome<KvWrite>> run(const gate::Authorised<KvWrite>& authorised,
                                   Services& services) {
    const KvWrite::Command& command = authorised.command();
    CH_TRY(Edit edit, Edit::open_or_create(services, command));
    if (edit.is_new()) {
        CH_TRY_VOID(also(authorised, services, action::kCreate, command.path));
    }
    CH_TRY_VOID(edit.check_cas(command.cas));
    CH_TRY_VOID(edit.add_version(command.data));
    return written<KvWrite>(edit, services);
}

Result<gate::Outcome<KvRead>> run(const gate::Authorised<KvRead>& authorised,
                                  Services& services, LastReads& reads) {
    const KvRead::Command& command = authorised.command();
    gate::Outcome<KvRead> outcome;
    CH_TRY(outcome.reply, read_version(services, command, command.version));
    outcome.record_version = outcome.reply.secret->origin.version;
    outcome.details.emplace_back("version", std::to_string(outcome.reply.version->number));
    if (!outcome.reply.data) {
        outcome.details.emplace_back("state", std::string(state_name(outcome.reply.state)));
    }
    note_read(outcome, reads, outcome.reply, services.now);
    return outcome;
}

Result<gate::Outcome<KvPatch>> run(const gate::Authorised<KvPatch>& authorised,
                                   Services& services) {
    const KvPatch::Command& command = authorised.command();
    CH_TRY(SecretAnswer before, read_version(services, command, {}));
    if (!before.data) {
        gate::Outcome<KvPatch> outcome;
        static_cast<SecretAnswer&>(outcome.reply) = std::move(before);
        return outcome;
    }
    Edit edit = Edit::of(services, *before.secret);
    CH_TRY_VOID(edit.check_cas(command.cas));
    CH_TRY(auto merged, merge_patch(*before.data, command.patch));
    CH_TRY_VOID(edit.add_version(std::move(merged)));
    CH_TRY(auto outcome, written<KvPatch>(edit, services));
    outcome.reply.patched = true;
    return outcome;
}

Result<gate::Outcome<KvDeleteLatest>> run(const gate::Authorised<KvDeleteLatest>& authorised,
                                          Services& services) {
    const KvDeleteLatest::Command& command = authorised.command();
    CH_TRY(const auto there, find_secret(services, command));
    const std::uint32_t current = there ? there->current : 0;
    return change_versions<KvDeleteLatest>(services, command, {current}, Change::kDeactivate);
}

Result<gate::Outcome<KvDelete>> run(const gate::Authorised<KvDelete>& authorised,
                                    Services& services) {
    const KvDelete::Command& command = authorised.command();
    return change_versions<KvDelete>(services, command, command.versions, Change::kDeactivate);
}

Result<gate::Outcome<KvUndelete>> run(const gate::Authorised<KvUndelete>& authorised,
                                      Services& services) {
    const KvUndelete::Command& command = authorised.command();
    return change_versions<KvUndelete>(services, command, command.versions, Change::kActivate);
}

Result<gate::Outcome<KvDestroy>> run(const gate::Authorised<KvDestroy>& authorised,
                                     Services& services) {
    const KvDestroy::Command& command = authorised.command();
    return change_versions<KvDestroy>(services, command, command.versions, Change::kDestroy);
}

Result<gate::Outcome<KvSubkeys>> run(const gate::Authorised<KvSubkeys>& authorised,
                                     Services& services) {
    const KvSubkeys::Command& command = authorised.command();
    gate::Outcome<KvSubkeys> outcome;
    CH_TRY(SecretAnswer answer, read_version(services, command, command.version));
    outcome.record_version = answer.secret->origin.version;
    outcome.details.emplace_back("version", std::to_string(answer.version->number));
    if (answer.data) {
        CH_TRY(outcome.reply.subkeys, subkeys_of(*answer.data, command.depth));
    }
    answer.data.reset();
    static_cast<SecretAnswer&>(outcome.reply) = std::move(answer);
    return outcome;
}

Result<gate::Outcome<KvGetMetadata>> run(const gate::Authorised<KvGetMetadata>& authorised,
                                         Services& services) {
    gate::Outcome<KvGetMetadata> outcome;
    CH_TRY(outcome.reply, read_answer(services, authorised.command(), {}));
    outcome.record_version = outcome.reply.secret->origin.version;
    return outcome;
}

Result<gate::Outcome<KvPutMetadata>> run(const gate::Authorised<KvPutMetadata>& authorised,
                                         Services& services) {
    const KvPutMetadata::Command& command = authorised.command();
    CH_TRY(Edit edit, open_for_metadata(services, command));
    if (edit.is_new()) {
        CH_TRY_VOID(also(authorised, services, action::kCreate, command.path));
    }
    if (command.custom) {
        auto& entries = edit.secret().custom_metadata;
        entries.clear();
        for (const auto& [key, value] : *command.custom) {
            entries.emplace_back(key, value.value_or(""));
        }
        CH_TRY_VOID(check_custom_metadata(entries, "custom_metadata"));
    }
    return finish<KvPutMetadata>(edit, {});
}

Result<gate::Outcome<KvPatchMetadata>> run(const gate::Authorised<KvPatchMetadata>& authorised,
                                           Services& services) {
    const KvPatchMetadata::Command& command = authorised.command();
    CH_TRY_VOID(load_secret(services, command));
    CH_TRY(Edit edit, open_for_metadata(services, command));
    auto& entries = edit.secret().custom_metadata;
    if (command.clear_custom) {
        entries.clear();
    }
    if (command.custom) {
        for (const auto& [key, value] : *command.custom) {
            const auto there =
                std::find_if(entries.begin(), entries.end(),
                             [&name = key](const auto& entry) { return entry.first == name; });
            if (there == entries.end()) {
                if (value) {
                    entries.emplace_back(key, *value);
                }
            } else if (value) {
                there->second = *value;
            } else {
                entries.erase(there);
            }
        }
        CH_TRY_VOID(check_custom_metadata(entries, "custom_metadata"));
    }
    return finish<KvPatchMetadata>(edit, {});
}

Result<gate::Outcome<KvDeleteMetadata>> run(const gate::Authorised<KvDeleteMetadata>& authorised,
                                            Services& services) {
    const KvDeleteMetadata::Command& command = authorised.command();
    CH_TRY(const auto there, find_secret(services, command));
    if (!there) {
        return gate::Outcome<KvDeleteMetadata>{};
    }
    Edit edit = Edit::of(services, *there);
    CH_TRY_VOID(edit.remove());
    return finish<KvDeleteMetadata>(edit, {});
}

Result<gate::Outcome<KvGetConfig>> run(const gate::Authorised<KvGetConfig>& authorised,
                                       Services& services) {
    gate::Outcome<KvGetConfig> outcome;
    CH_TRY(outcome.reply, config_of(services, authorised.command().domain));
    return outcome;
}

Result<gate::Outcome<KvUpdateConfig>> run(const gate::Authorised<KvUpdateConfig>& authorised,
                                          Services& services) {
    const UpdateConfig::Command& command = authorised.command();
    CH_TRY(ConfigChange made, change_config(services, command.domain, command.settings));
    gate::Outcome<KvUpdateConfig> outcome;
    outcome.record_version = made.config.origin.version + 1;
    outcome.changes.push_back(std::move(made.change));
    return outcome;
}

}  // namespace chatelaine::secrets

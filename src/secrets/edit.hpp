#pragma once

#include "secrets/kept.hpp"
#include "secrets/operations.hpp"

/// What the handlers of both faces share: reading a secret, and changing one. Private to the room.

namespace chatelaine::secrets {

/// Null when there is none.
Result<std::shared_ptr<const Secret>> find_secret(Services& services, const SecretRef& ref);
/// kSecretNotFound when there is none.
Result<std::shared_ptr<const Secret>> load_secret(Services& services, const SecretRef& ref);
/// A version's data, from its secret or from its own record; kVersionConflict when that record is
/// gone already.
Result<SharedData> load_data(Services& services, const Secret& secret, const Version& version);

/// What a read shows. `number`: nothing or 0 = the current version. kSecretNotFound for a version
/// that is not there. Data comes only with an active version.
struct Wanted {
    std::optional<std::uint32_t> number;
    bool data = false;
};
Result<SecretAnswer> answer_of(Services& services, std::shared_ptr<const Secret> secret,
                               const Wanted& wanted);
/// load_secret() and answer_of(), again while versions are dropped between the two.
Result<SecretAnswer> read_answer(Services& services, const SecretRef& ref, const Wanted& wanted);

/// Is the caller allowed `actions` on the secret, too? kForbidden else.
template <class Op>
Result<void> also(const gate::Authorised<Op>& authorised, Services& services,
                  const action::Actions& actions, const std::string& path) {
    return authorised.also(services.plate, actions, kSecretKind, path);
}

/// Notes the read once it is recorded.
template <class Op>
void note_read(gate::Outcome<Op>& outcome, LastReads& reads, const SecretAnswer& answer,
               WallTime now) {
    if (answer.data) {
        outcome.then = [&reads, scope = answer.secret->domain.uuid, id = answer.secret->id,
                        life = answer.secret->life, number = answer.version->number,
                        now] { reads.note(scope, id, life, number, now); };
    }
}

Result<Settings> config_of(Services& services, const DomainId& domain);
/// The domain's settings with the named ones of `wanted` changed, and the change that writes them.
/// The domain's own record; an empty one where there is none.
Result<Config> config_record(Services& services, const DomainId& domain);
/// The change that writes it.
seal::RecordChange config_change(Services& services, const DomainId& domain, Config& config);
struct ConfigChange {
    Config config;
    seal::RecordChange change;
};
Result<ConfigChange> change_config(Services& services, const DomainId& domain,
                                   const Settings& wanted);

/// The settings that a write goes by: the secret's own, else the domain's, else the defaults.
struct Effective {
    bool cas_required = false;
    std::int64_t deactivate_after_seconds = 0;  ///< 0: never
    std::uint32_t max_versions = 0;
};
Effective effective(const Settings& own, const Settings& domain);

/// kInvalidArgument, naming what is wrong, unless each setting is one that may be kept.
Result<void> check_settings(const Settings& settings);
/// `field`: what the request calls the entries.
Result<void> check_custom_metadata(
    const std::vector<std::pair<std::string, std::string>>& entries, const std::string& field);
/// Of REST v2, where it is all below `metadata`.
Result<void> check_metadata(const MetadataChange& change);

/// A copy of a secret on its way to its next state, with the records that change with it.
class Edit {
public:
    /// Of what is there; kSecretNotFound when nothing is.
    static Result<Edit> open(Services& services, const SecretRef& ref);
    /// Of a secret that comes back from where it was put aside; kAlreadyExists when the path has
    /// another by now.
    static Result<Edit> bring_back(Services& services, const DeletedSecret& gone);
    /// Of a secret as it was read.
    static Edit of(Services& services, const Secret& secret);
    /// Of what is there, or of a new secret without versions.
    static Result<Edit> open_or_create(Services& services, const SecretRef& ref);

    bool is_new() const { return new_; }
    Secret& secret() { return *secret_; }

    /// kMissingArgument when `cas` is required and not there, kInvalidArgument when it is not the
    /// current version's number.
    Result<void> check_cas(const std::optional<std::uint32_t>& cas);
    Result<void> change_metadata(const MetadataChange& change);
    /// The next version; drops the oldest ones over the bound. kInvalidArgument when the numbers
    /// are used up.
    Result<void> add_version(crypto::SecretBytes data);
    /// The same with what the service is to make: kWouldBlock for a key on a network loop.
    Result<void> add_version(const NewData& wanted);
    /// kSecretNotFound when there is no such version, kWrongState when it is deleted.
    Result<void> set_active(std::uint32_t number, bool active);
    Result<void> delete_data(std::uint32_t number);
    /// The secret itself goes, with all that belongs to it; where the domain gives it a while, it
    /// is put aside and the data stays until that is over.
    Result<void> remove();

    /// Ends the edit: all that is to be committed, and the new state for the answer.
    Result<std::vector<seal::RecordChange>> changes();
    std::shared_ptr<const Secret> result() const { return secret_; }
    std::uint64_t record_version() const { return secret_->origin.version + 1; }

private:
    Edit(Services& services, std::shared_ptr<Secret> secret, bool is_new)
        : services_(services), secret_(std::move(secret)), new_(is_new) {}
    Result<void> drop_apart(const Version& version);
    Result<bool> put_aside();
    Result<void> spill();
    Result<void> add_folders();
    Result<const Settings*> domain_settings();

    Services& services_;
    std::shared_ptr<Secret> secret_;
    bool new_ = false;
    bool removed_ = false;
    std::optional<Settings> domain_;
    std::vector<seal::RecordChange> others_;  ///< versions apart, folders
};

/// Outcome of an edit with its reply.
template <class Op>
Result<gate::Outcome<Op>> finish(Edit& edit, typename Op::Reply reply) {
    gate::Outcome<Op> outcome;
    outcome.record_version = edit.record_version();
    outcome.reply = std::move(reply);
    CH_TRY(outcome.changes, edit.changes());
    return outcome;
}

/// What a write answers with: the new state, without data.
template <class Op>
Result<gate::Outcome<Op>> written(Edit& edit, Services& services,
                                  std::optional<std::uint32_t> number) {
    // The changes first: they finish the secret that the answer shows.
    CH_TRY(auto changes, edit.changes());
    gate::Outcome<Op> outcome;
    CH_TRY(outcome.reply, answer_of(services, edit.result(), {number, false}));
    outcome.record_version = edit.record_version();
    outcome.changes = std::move(changes);
    if (outcome.reply.version) {
        outcome.details.emplace_back("version", std::to_string(outcome.reply.version->number));
    }
    return outcome;
}

}  // namespace chatelaine::secrets

#include "secrets/edit.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "secrets/duration.hpp"

namespace chatelaine::secrets {
namespace {

Error not_found() { return Error(Code::kSecretNotFound, "secrets.load", "no such secret"); }
Error no_version() { return Error(Code::kSecretNotFound, "secrets.version", "no such version"); }

/// Locked memory is bounded, and a secret may be large: near the bound the request is refused, so
/// that the arena never ends under something that cannot fail.
Result<void> require_room(std::size_t bytes) {
    constexpr std::size_t kSmall = 4096;
    if (bytes > kSmall) {
        const auto arena = crypto::arena_status();
        if (arena.used_bytes + bytes > arena.reserved_bytes / 8 * 7) {
            return Error(Code::kOverloaded, "secrets.memory", "try again later");
        }
    }
    return ok();
}

/// The named ones change.
void merge_settings(Settings& settings, const Settings& wanted) {
    if (wanted.cas_required) {
        settings.cas_required = wanted.cas_required;
    }
    if (wanted.deactivate_after) {
        settings.deactivate_after = wanted.deactivate_after;
    }
    if (wanted.max_versions) {
        settings.max_versions = wanted.max_versions;
    }
}

bool allowed_in_value(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.:/=@%-").find(c) != std::string_view::npos;
}

}  // namespace

Result<std::shared_ptr<const Secret>> find_secret(Services& services, const SecretRef& ref) {
    CH_TRY(const Uuid id, secret_id(services.reader, ref.domain, ref.path));
    return services.reader.load<Secret>(ref.domain.uuid, id);
}

Result<std::shared_ptr<const Secret>> load_secret(Services& services, const SecretRef& ref) {
    CH_TRY(auto secret, find_secret(services, ref));
    if (!secret) {
        return not_found();
    }
    return secret;
}

Result<SharedData> load_data(Services& services, const Secret& secret, const Version& version) {
    if (!version.apart()) {
        return version.data;
    }
    CH_TRY_VOID(require_room(version.size));
    CH_TRY(auto record, services.reader.load<SecretVersion>(
                            secret.domain.uuid, version_id(secret.life, version.number)));
    if (!record) {
        // Dropped since the secret was read.
        return Error(Code::kVersionConflict, "secrets.version", "the version is being dropped");
    }
    const crypto::SecretBytes* const data = &record->data;
    return SharedData(std::move(record), data);
}

Result<SecretAnswer> answer_of(Services& services, std::shared_ptr<const Secret> secret,
                               const Wanted& wanted) {
    SecretAnswer answer;
    const std::uint32_t number = wanted.number.value_or(0);
    const Version* const version = secret->version(number == 0 ? secret->current : number);
    if (version != nullptr) {
        answer.version = *version;
        answer.state = version->state(services.now);
        if (wanted.data && answer.state == VersionState::kActive) {
            CH_TRY(answer.data, load_data(services, *secret, *version));
        }
    } else if (number != 0) {
        return no_version();
    }
    answer.secret = std::move(secret);
    return answer;
}

Result<SecretAnswer> read_answer(Services& services, const SecretRef& ref, const Wanted& wanted) {
    // A write that drops the version lets go of the cached secret a moment after its record is
    // gone. Each round reads the store, so that moment passes.
    constexpr int kRounds = 200;
    for (int round = 0;; ++round) {
        CH_TRY(auto secret, load_secret(services, ref));
        const store::RecordKey key = secret->origin.key;
        auto answer = answer_of(services, std::move(secret), wanted);
        if (answer || answer.error().code() != Code::kVersionConflict || round == kRounds) {
            return answer;
        }
        CH_TRY_VOID(services.reader.version_of(key));
    }
}

Result<Settings> config_of(Services& services, const DomainId& domain) {
    CH_TRY(const auto config, services.reader.load<Config>(domain.uuid, config_id));
    return config ? config->settings : Settings{};
}

Result<Config> config_record(Services& services, const DomainId& domain) {
    CH_TRY(const auto there, services.reader.load<Config>(domain.uuid, config_id));
    return there ? *there : Config{};
}

seal::RecordChange config_change(Services& services, const DomainId& domain, Config& config) {
    config.changed = services.now;
    return change_of(config, {domain.uuid, Config::kind, config_id}, config.origin.version);
}

Result<ConfigChange> change_config(Services& services, const DomainId& domain,
                                   const Settings& wanted) {
    CH_TRY_VOID(check_settings(wanted));
    ConfigChange made;
    CH_TRY(made.config, config_record(services, domain));
    merge_settings(made.config.settings, wanted);
    made.change = config_change(services, domain, made.config);
    return made;
}

Effective effective(const Settings& own, const Settings& domain) {
    const auto seconds = [](const Settings& settings) {
        // Checked when it was set.
        const auto parsed = parse_duration(settings.deactivate_after.value_or(""), {});
        return parsed ? *parsed : std::int64_t{0};
    };
    Effective found;
    // The domain can be stricter than the secret, not the other way round: so is Vault's mount.
    found.cas_required = own.cas_required.value_or(false) || domain.cas_required.value_or(false);
    const std::int64_t first = seconds(own);
    const std::int64_t second = seconds(domain);
    found.deactivate_after_seconds =
        first == 0 || second == 0 ? std::max(first, second) : std::min(first, second);
    found.max_versions = own.max_versions.value_or(0);
    if (found.max_versions == 0) {
        found.max_versions = domain.max_versions.value_or(0);
    }
    if (found.max_versions == 0) {
        found.max_versions = limits::secret_versions_default;
    }
    return found;
}

Result<void> check_settings(const Settings& settings) {
    if (settings.max_versions.value_or(0) > limits::secret_versions_max) {
        return Error::invalid("secrets.settings", "maxVersions", "expected 0 to 24000");
    }
    if (settings.deactivate_after) {
        CH_TRY_VOID(parse_duration(*settings.deactivate_after, "deactivateVersionAfter"));
    }
    return ok();
}

Result<void> check_custom_metadata(
    const std::vector<std::pair<std::string, std::string>>& entries, const std::string& field) {
    if (entries.size() > limits::secret_metadata_entries_max) {
        return Error::invalid("secrets.metadata", field, "expected at most 64 entries");
    }
    for (const auto& [key, value] : entries) {
        if (key.empty() || key.size() > limits::secret_metadata_key_bytes_max) {
            return Error::invalid("secrets.metadata", field, "expected keys of 1 to 512 bytes");
        }
        if (value.empty() || value.size() > limits::secret_metadata_value_bytes_max ||
            !std::all_of(value.begin(), value.end(), allowed_in_value)) {
            return Error::invalid(
                "secrets.metadata", field + "." + key,
                "expected 1 to 512 characters of A-Z a-z 0-9 _ . : / = @ % -");
        }
    }
    return ok();
}

Result<void> check_metadata(const MetadataChange& change) {
    auto settings = check_settings(change.settings);
    if (!settings) {
        return std::move(settings).error().in_field("metadata");
    }
    return change.custom_metadata
               ? check_custom_metadata(*change.custom_metadata, "metadata.customMetadata")
               : ok();
}

Edit Edit::of(Services& services, const Secret& secret) {
    return Edit(services, std::make_shared<Secret>(secret), false);
}

Result<Edit> Edit::open(Services& services, const SecretRef& ref) {
    CH_TRY(const auto there, load_secret(services, ref));
    return of(services, *there);
}

Result<Edit> Edit::open_or_create(Services& services, const SecretRef& ref) {
    CH_TRY_VOID(check_path(ref.path));
    CH_TRY(const auto there, find_secret(services, ref));
    if (there) {
        return of(services, *there);
    }
    CH_TRY(const Uuid id, secret_id(services.reader, ref.domain, ref.path));
    const store::RecordKey key{ref.domain.uuid, Secret::kind, id};
    // The version first, that of what a deleted secret left behind included, then another look:
    // whoever makes the secret between the two makes the version an old one, and this commit fails.
    // The other way round it would be theirs that is overwritten.
    CH_TRY(const std::uint64_t version, services.reader.version_of(key));
    CH_TRY(const auto meanwhile, find_secret(services, ref));
    if (meanwhile) {
        return of(services, *meanwhile);
    }
    auto secret = std::make_shared<Secret>();
    secret->id = id;
    secret->origin.key = key;
    secret->origin.version = version;
    secret->domain = ref.domain;
    secret->path = ref.path;
    secret->life = Uuid::random(services.random);
    secret->created = services.now;
    secret->updated = services.now;
    return Edit(services, std::move(secret), true);
}

Result<const Settings*> Edit::domain_settings() {
    if (!domain_) {
        CH_TRY(domain_, config_of(services_, secret_->domain));
    }
    return &*domain_;
}

Result<void> Edit::check_cas(const std::optional<std::uint32_t>& cas) {
    if (cas) {
        if (*cas != secret_->current) {
            return Error(Code::kInvalidArgument, "secrets.cas",
                         "check-and-set parameter did not match the current version");
        }
        return ok();
    }
    CH_TRY(const Settings* const domain, domain_settings());
    if (effective(secret_->settings, *domain).cas_required) {
        return Error(Code::kInvalidArgument, "secrets.cas",
                     "check-and-set parameter required for this call");
    }
    return ok();
}

Result<void> Edit::change_metadata(const MetadataChange& change) {
    CH_TRY_VOID(check_metadata(change));
    merge_settings(secret_->settings, change.settings);
    if (change.custom_metadata && !change.custom_metadata->empty()) {
        secret_->custom_metadata = *change.custom_metadata;
    }
    return ok();
}

Result<void> Edit::add_version(crypto::SecretBytes data) {
    if (secret_->current >= limits::secret_versions_max) {
        return Error(Code::kInvalidArgument, "secrets.version",
                     "the secret has had 24000 versions; no number is left");
    }
    CH_TRY_VOID(require_room(2 * data.size()));
    CH_TRY(const Settings* const domain, domain_settings());
    const Effective rules = effective(secret_->settings, *domain);
    Version version;
    version.number = secret_->current + 1;
    version.created = services_.now;
    if (rules.deactivate_after_seconds != 0) {
        version.deactivation = services_.now.plus_seconds(rules.deactivate_after_seconds);
    }
    version.size = static_cast<std::uint32_t>(data.size());
    version.data = std::make_shared<const crypto::SecretBytes>(std::move(data));
    auto& versions = secret_->versions;
    versions.push_back(std::move(version));
    secret_->current = versions.back().number;
    if (versions.size() > rules.max_versions) {
        const auto over = static_cast<std::ptrdiff_t>(versions.size() - rules.max_versions);
        for (auto each = versions.begin(); each != versions.begin() + over; ++each) {
            CH_TRY_VOID(drop_apart(*each));
        }
        versions.erase(versions.begin(), versions.begin() + over);
        secret_->oldest = versions.front().number;
    }
    return spill();
}

Result<void> Edit::add_version(const NewData& wanted) {
    CH_TRY(auto data, make_data(wanted, services_.random, services_.now,
                                services_.reader.may_block()));
    return add_version(std::move(data));
}

/// The newest versions' data stays in the secret's record as long as there is room; the rest goes
/// to records of its own.
Result<void> Edit::spill() {
    std::size_t held = 0;
    auto& versions = secret_->versions;
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
        if (!version->data) {
            continue;
        }
        held += version->data->size();
        if (held <= limits::secret_inline_bytes_max) {
            continue;
        }
        SecretVersion apart;
        apart.life = secret_->life;
        apart.number = version->number;
        apart.data = version->data->clone();
        others_.push_back(change_of(
            apart,
            {secret_->domain.uuid, SecretVersion::kind, version_id(apart.life, apart.number)}, 0));
        held -= version->data->size();
        version->data.reset();
    }
    return ok();
}

Result<void> Edit::drop_apart(const Version& version) {
    if (!version.apart()) {
        return ok();
    }
    seal::RecordChange change;
    change.key = {secret_->domain.uuid, SecretVersion::kind,
                  version_id(secret_->life, version.number)};
    CH_TRY(change.expected_version, services_.reader.version_of(change.key));
    change.tombstone = true;
    others_.push_back(std::move(change));
    return ok();
}

Result<void> Edit::set_active(std::uint32_t number, bool active) {
    Version* const version = secret_->version(number);
    if (version == nullptr) {
        return no_version();
    }
    if (version->deleted) {
        return Error(Code::kWrongState, "secrets.version", "the version is deleted for good");
    }
    if (active) {
        version->deactivation.reset();
    } else if (version->state(services_.now) == VersionState::kActive) {
        version->deactivation = services_.now;
    }
    return ok();
}

Result<void> Edit::delete_data(std::uint32_t number) {
    Version* const version = secret_->version(number);
    if (version == nullptr) {
        return no_version();
    }
    if (!version->deleted) {
        CH_TRY_VOID(drop_apart(*version));
        version->data.reset();
        version->deleted = services_.now;
    }
    return ok();
}

/// False when the domain gives deleted secrets no while.
Result<bool> Edit::put_aside() {
    CH_TRY(const Config config, config_record(services_, secret_->domain));
    // Checked when it was set.
    const auto window = parse_duration(config.undelete_within.value_or(""), {});
    if (!window || *window == 0) {
        return false;
    }
    DeletedSecret gone;
    gone.secret = *secret_;
    gone.deleted = services_.now;
    gone.erased = services_.now.plus_seconds(*window);
    // Over the tombstone, when this life came back once already.
    CH_TRY(gone.origin.version,
           services_.reader.version_of({secret_->domain.uuid, DeletedSecret::kind, secret_->life}));
    others_.push_back(gone.to_change());
    return true;
}

Result<Edit> Edit::bring_back(Services& services, const DeletedSecret& gone) {
    CH_TRY(Edit edit, open_or_create(services, {gone.secret.domain, gone.secret.path}));
    if (!edit.is_new()) {
        return Error(Code::kAlreadyExists, "secrets.undelete", "the path has a secret");
    }
    const seal::Origin place = edit.secret_->origin;
    *edit.secret_ = gone.secret;
    edit.secret_->origin = place;
    seal::RecordChange away;
    away.key = gone.origin.key;
    away.expected_version = gone.origin.version;
    away.tombstone = true;
    edit.others_.push_back(std::move(away));
    return edit;
}

Result<void> Edit::remove() {
    CH_TRY(const bool aside, put_aside());
    if (!aside) {
        for (const Version& version : secret_->versions) {
            CH_TRY_VOID(drop_apart(version));
        }
        const store::RecordKey key = notes_key(secret_->domain.uuid, secret_->id);
        CH_TRY(const auto notes, services_.reader.load<SecretNotes>(key.scope, key.id));
        if (notes) {
            seal::RecordChange change;
            change.key = key;
            change.expected_version = notes->origin.version;
            change.tombstone = true;
            others_.push_back(std::move(change));
        }
    }
    removed_ = true;
    return ok();
}

/// Folders are made with the first secret below them and stay, so that those of one folder need
/// not wait for each other.
Result<void> Edit::add_folders() {
    const auto folders = ancestors_of(secret_->path);
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
        CH_TRY(const Uuid id, folder_id(services_.reader, secret_->domain, *folder));
        CH_TRY(const auto there, services_.reader.load<Folder>(secret_->domain.uuid, id));
        if (there) {
            break;  // and so are those above it
        }
        Folder made;
        made.path = *folder;
        made.created = services_.now;
        auto change = change_of(made, {secret_->domain.uuid, Folder::kind, id}, 0);
        change.terms.emplace_back(term::kIn, folder_above(*folder));
        others_.push_back(std::move(change));
    }
    return ok();
}

Result<std::vector<seal::RecordChange>> Edit::changes() {
    if (new_) {
        CH_TRY_VOID(add_folders());
    }
    std::vector<seal::RecordChange> all;
    all.reserve(1 + others_.size());
    if (removed_) {
        seal::RecordChange gone;
        gone.key = secret_->origin.key;
        gone.expected_version = secret_->origin.version;
        gone.tombstone = true;
        all.push_back(std::move(gone));
    } else {
        secret_->updated = services_.now;
        all.push_back(secret_->to_change());
    }
    std::move(others_.begin(), others_.end(), std::back_inserter(all));
    others_.clear();
    return all;
}

}  // namespace chatelaine::secrets

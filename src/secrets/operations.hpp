#pragma once

#include "gate/gate.hpp"
#include "secrets/generate.hpp"
#include "secrets/last_reads.hpp"
#include "secrets/secret.hpp"

/// The secret operations of OKMS REST v2 (okms-rest.md, section 4): rows, commands, replies,
/// handlers. kv_operations.hpp has those of the KV2 face, on the same records.

namespace chatelaine::secrets {

using gate::Services;

/// What all rows of this room share.
constexpr gate::OperationRow make_row(std::string_view name, std::string_view summary,
                                      std::array<std::string_view, 2> actions,
                                      gate::Effect effect, gate::RestRoute rest,
                                      gate::ResourceType resource = gate::ResourceType::kSecret,
                                      bool right_on_each = false) {
    const bool changes = effect == gate::Effect::kWrite || effect == gate::Effect::kDestructive;
    return {name, summary, actions, responsibility::Activity::k3_1_1_e,
            responsibility::Party::kCustomer, gate::Plane::kData, effect,
            changes ? gate::AuditLevel::kChange : gate::AuditLevel::kUse,
            changes ? gate::RateClass::kWrite : gate::RateClass::kCheap,
            changes ? gate::CommitsIn::kRegion : gate::CommitsIn::kNothing, resource, rest,
            right_on_each};
}

/// The IAM actions, each with its twin of the vendor's central API.
namespace action {
using Actions = std::array<std::string_view, 2>;
inline constexpr Actions
    kGet{"okms:apikms:secret/get", "okms:apiovh:secret/get"},
    kCreate{"okms:apikms:secret/create", "okms:apiovh:secret/create"},
    kUpdateMetadata{"okms:apikms:secret/updateMetadata", "okms:apiovh:secret/updateMetadata"},
    kDelete{"okms:apikms:secret/delete", "okms:apiovh:secret/delete"},
    kGetSubkeys{"okms:apikms:secret/subKeys/get", "okms:apiovh:secret/subKeys/get"},
    kCreateVersion{"okms:apikms:secret/version/create", "okms:apiovh:secret/version/create"},
    kGetData{"okms:apikms:secret/version/getData", "okms:apiovh:secret/version/getData"},
    kActivate{"okms:apikms:secret/version/activate", "okms:apiovh:secret/version/activate"},
    kDeactivate{"okms:apikms:secret/version/deactivate", "okms:apiovh:secret/version/deactivate"},
    kDeleteVersion{"okms:apikms:secret/version/delete", "okms:apiovh:secret/version/delete"},
    kGetConfig{"okms:apikms:secretConfig/get", "okms:apiovh:secretConfig/get"},
    kUpdateConfig{"okms:apikms:secretConfig/update", "okms:apiovh:secretConfig/update"};
}  // namespace action

/// What most commands name.
struct SecretRef {
    DomainId domain;
    std::string path;
};
inline gate::Resource secret_resource(const SecretRef& ref) { return {ref.domain, ref.path}; }

struct Nothing {};

/// A secret, and one version of it, as answers show them.
struct SecretAnswer {
    std::shared_ptr<const Secret> secret;
    std::optional<Version> version;
    VersionState state{};  ///< of `version`
    SharedData data;       ///< when it was asked for and the version is active
};

/// Named fields of metadata that are to change. An empty `custom_metadata` changes nothing: the
/// vendor's CLI sends one with each update.
struct MetadataChange {
    Settings settings;
    std::optional<std::vector<std::pair<std::string, std::string>>> custom_metadata;
    bool empty() const {
        return settings == Settings{} && (!custom_metadata || custom_metadata->empty());
    }
};

struct CreateSecret {
    struct Command : SecretRef {
        MetadataChange metadata;
        NewData data;
    };
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.create", "Create a secret with its first version", action::kCreate,
                 gate::Effect::kWrite, {"POST", "/v2/secret", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct ListSecrets {
    struct Command {
        DomainId domain;
        std::string cursor;
        std::size_t max = 100;
    };
    struct Reply {
        std::vector<std::shared_ptr<const Secret>> secrets;
        std::string next;  ///< cursor; empty at the end
    };
    static constexpr gate::OperationRow row =
        make_row("secret.list", "List the domain's secrets that the caller may get", action::kGet,
                 gate::Effect::kRead, {"GET", "/v2/secret", 200}, gate::ResourceType::kSecret,
                 true);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// All secrets whose path begins with `prefix`, however deep, and holds `text`. What it costs goes
/// with the number of secrets in the last folder that the prefix names whole, and below.
struct SearchSecrets {
    struct Command {
        DomainId domain;
        std::string prefix;
        std::string text;
        std::string cursor;
        std::size_t max = 100;
    };
    using Reply = ListSecrets::Reply;
    static constexpr gate::OperationRow row =
        make_row("secret.search", "Search secrets by path, of those that the caller may get",
                 action::kGet, gate::Effect::kRead, {"GET", "/v2/secretSearch", 200},
                 gate::ResourceType::kSecret, true);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// Metadata of a secret and of one version (the current one when none is named).
struct GetSecret {
    struct Command : SecretRef {
        std::optional<std::uint32_t> version;
    };
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.get", "Get a secret's metadata", action::kGet, gate::Effect::kRead,
                 {"GET", "/v2/secret/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// The same with data; the face chooses it by `includeData`. Needs both rights.
struct ReadSecret {
    using Command = GetSecret::Command;
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.read", "Get a secret's metadata and data", action::kGetData,
                 gate::Effect::kRead, {"GET", "/v2/secret/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// New metadata and no new version.
struct UpdateSecret {
    struct Command : SecretRef {
        MetadataChange metadata;
        std::optional<std::uint32_t> cas;
    };
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.update", "Change a secret's metadata", action::kUpdateMetadata,
                 gate::Effect::kWrite, {"PUT", "/v2/secret/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// A new version, and new metadata when it is there (which then needs its right, too). The
/// metadata is applied first: `casRequired: false` lets the same request do without `cas`.
struct PutSecret {
    struct Command : SecretRef {
        MetadataChange metadata;
        std::optional<std::uint32_t> cas;
        NewData data;
    };
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.put", "Write a new version of a secret, with metadata",
                 action::kCreateVersion, gate::Effect::kWrite, {"PUT", "/v2/secret/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct DeleteSecret {
    struct Command : SecretRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.delete", "Delete a secret with all its versions", action::kDelete,
                 gate::Effect::kDestructive, {"DELETE", "/v2/secret/{path}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct ListVersions {
    struct Command : SecretRef {
        std::string cursor;
        std::size_t max = 100;
    };
    struct Reply {
        std::vector<SecretAnswer> versions;
        std::string next;
    };
    static constexpr gate::OperationRow row =
        make_row("secret.version.list", "List a secret's versions", action::kGet,
                 gate::Effect::kRead, {"GET", "/v2/secret/{path}/version", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct CreateVersion {
    struct Command : SecretRef {
        std::optional<std::uint32_t> cas;
        NewData data;
    };
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.version.create", "Write a new version of a secret",
                 action::kCreateVersion, gate::Effect::kWrite,
                 {"POST", "/v2/secret/{path}/version", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct VersionRef : SecretRef {
    std::uint32_t version = 0;
};

struct GetVersion {
    struct Command : VersionRef {};
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.version.get", "Get a version's metadata", action::kGet,
                 gate::Effect::kRead, {"GET", "/v2/secret/{path}/version/{version}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// The same with data; needs both rights.
struct ReadVersion {
    struct Command : VersionRef {};
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.version.read", "Get a version's metadata and data", action::kGetData,
                 gate::Effect::kRead, {"GET", "/v2/secret/{path}/version/{version}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct ActivateVersion {
    struct Command : VersionRef {};
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.version.activate", "Bring a version back to active", action::kActivate,
                 gate::Effect::kWrite, {"PUT", "/v2/secret/{path}/version/{version}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct DeactivateVersion {
    struct Command : VersionRef {};
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.version.deactivate", "Take a version out of use, its data kept",
                 action::kDeactivate, gate::Effect::kWrite,
                 {"PUT", "/v2/secret/{path}/version/{version}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct DeleteVersion {
    struct Command : VersionRef {};
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.version.delete", "Delete a version's data for good",
                 action::kDeleteVersion, gate::Effect::kDestructive,
                 {"PUT", "/v2/secret/{path}/version/{version}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// Beyond both APIs: how two versions' data differ. Needs the right to data.
struct DiffVersions {
    struct Command : SecretRef {
        std::uint32_t from = 0;
        std::optional<std::uint32_t> to;  ///< nothing: the current one
        bool values = false;
    };
    struct Reply {
        std::uint32_t from = 0, to = 0;
        std::string changes;  ///< the text of diff_of(): wiped once it is encoded
        Reply() = default;
        Reply(Reply&&) noexcept = default;
        Reply& operator=(Reply&&) noexcept = default;
        ~Reply() { wipe(changes); }
    };
    static constexpr gate::OperationRow row =
        make_row("secret.version.diff", "Which fields differ between two versions",
                 action::kGetData, gate::Effect::kRead, {"GET", "/v2/secretDiff/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// Beyond both APIs: an older version's data once more, as the newest. The data goes nowhere, so
/// the right to read it is not asked for.
struct RollbackSecret {
    struct Command : SecretRef {
        std::uint32_t version = 0;
        std::optional<std::uint32_t> cas;
    };
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.rollback", "Write an older version's data as the newest version",
                 action::kCreateVersion, gate::Effect::kWrite,
                 {"POST", "/v2/secretRollback/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// Beyond both APIs: when each version's data was last read. The times follow the reads by less
/// than a minute after a crash, and at once else.
struct GetReads {
    struct Command : SecretRef {};
    struct Reply {
        std::shared_ptr<const Secret> secret;
        LastReads::Times reads;  ///< by number
    };
    static constexpr gate::OperationRow row =
        make_row("secret.reads", "When each version of a secret was last read", action::kGet,
                 gate::Effect::kRead, {"GET", "/v2/secretReads/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct DeletedSecret;

/// Beyond both APIs: the deleted secrets that can still come back.
struct ListDeleted {
    using Command = ListSecrets::Command;
    struct Reply {
        std::vector<std::shared_ptr<const DeletedSecret>> secrets;
        std::string next;
    };
    static constexpr gate::OperationRow row =
        make_row("secret.deleted.list", "List deleted secrets that can still come back",
                 action::kGet, gate::Effect::kRead, {"GET", "/v2/secretDeleted", 200},
                 gate::ResourceType::kSecret, true);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// The one of that path that was deleted last comes back, its versions and their numbers with it.
/// kSecretNotFound when there is none, kAlreadyExists when the path has a secret.
struct UndeleteSecret {
    struct Command : SecretRef {};
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.undelete", "Bring a deleted secret back", action::kCreate,
                 gate::Effect::kWrite, {"POST", "/v2/secretUndelete/{path}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// How long deleted secrets of the domain can come back; "0s": not at all, as in both APIs.
struct GetRetention {
    struct Command {
        DomainId domain;
    };
    struct Reply {
        std::string undelete_within;
    };
    static constexpr gate::OperationRow row =
        make_row("secretRetention.get", "Get how long deleted secrets can come back",
                 action::kGetConfig, gate::Effect::kRead, {"GET", "/v2/secretRetention", 200},
                 gate::ResourceType::kDomain);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// Counts for secrets that are deleted from then on.
struct UpdateRetention {
    struct Command {
        DomainId domain;
        std::string undelete_within;
    };
    using Reply = GetRetention::Reply;
    static constexpr gate::OperationRow row =
        make_row("secretRetention.update", "Set how long deleted secrets can come back",
                 action::kUpdateConfig, gate::Effect::kWrite, {"PUT", "/v2/secretRetention", 200},
                 gate::ResourceType::kDomain);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct GetConfig {
    struct Command {
        DomainId domain;
    };
    using Reply = Settings;
    static constexpr gate::OperationRow row =
        make_row("secretConfig.get", "Get the domain's settings for secrets", action::kGetConfig,
                 gate::Effect::kRead, {"GET", "/v2/secretConfig", 200},
                 gate::ResourceType::kDomain);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct UpdateConfig {
    struct Command {
        DomainId domain;
        Settings settings;  ///< the named ones change
    };
    using Reply = Settings;
    static constexpr gate::OperationRow row =
        make_row("secretConfig.update", "Change the domain's settings for secrets",
                 action::kUpdateConfig, gate::Effect::kWrite, {"PUT", "/v2/secretConfig", 200},
                 gate::ResourceType::kDomain);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

#define CH_SECRETS_RUN(Op) Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&)
CH_SECRETS_RUN(CreateSecret);
CH_SECRETS_RUN(ListSecrets);
CH_SECRETS_RUN(SearchSecrets);
CH_SECRETS_RUN(GetSecret);
CH_SECRETS_RUN(UpdateSecret);
CH_SECRETS_RUN(PutSecret);
CH_SECRETS_RUN(DeleteSecret);
CH_SECRETS_RUN(ListVersions);
CH_SECRETS_RUN(CreateVersion);
CH_SECRETS_RUN(GetVersion);
CH_SECRETS_RUN(ActivateVersion);
CH_SECRETS_RUN(DeactivateVersion);
CH_SECRETS_RUN(DeleteVersion);
CH_SECRETS_RUN(RollbackSecret);
CH_SECRETS_RUN(GetConfig);
CH_SECRETS_RUN(UpdateConfig);
CH_SECRETS_RUN(ListDeleted);
CH_SECRETS_RUN(UndeleteSecret);
CH_SECRETS_RUN(GetRetention);
CH_SECRETS_RUN(UpdateRetention);
#undef CH_SECRETS_RUN

// Those that note a read of data, or show when it was.
#define CH_SECRETS_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, LastReads&)
CH_SECRETS_RUN(ReadSecret);
CH_SECRETS_RUN(ReadVersion);
CH_SECRETS_RUN(DiffVersions);
CH_SECRETS_RUN(GetReads);
#undef CH_SECRETS_RUN

}  // namespace chatelaine::secrets

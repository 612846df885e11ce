#pragma once

#include "gate/gate.hpp"
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
        crypto::SecretBytes data;  ///< one JSON object's text (data_of)
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
        crypto::SecretBytes data;
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
        crypto::SecretBytes data;
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
CH_SECRETS_RUN(ReadSecret);
CH_SECRETS_RUN(UpdateSecret);
CH_SECRETS_RUN(PutSecret);
CH_SECRETS_RUN(DeleteSecret);
CH_SECRETS_RUN(ListVersions);
CH_SECRETS_RUN(CreateVersion);
CH_SECRETS_RUN(GetVersion);
CH_SECRETS_RUN(ReadVersion);
CH_SECRETS_RUN(ActivateVersion);
CH_SECRETS_RUN(DeactivateVersion);
CH_SECRETS_RUN(DeleteVersion);
CH_SECRETS_RUN(GetConfig);
CH_SECRETS_RUN(UpdateConfig);
#undef CH_SECRETS_RUN

}  // namespace chatelaine::secrets

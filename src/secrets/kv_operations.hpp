#pragma once

#include "secrets/operations.hpp"

/// Vault's KV version 2 (okms-rest.md, section 5) on the same records: deactivated is "deleted"
/// there, deleted is "destroyed". What names a secret or version that is not there, where Vault
/// does nothing and is content, does nothing here.

namespace chatelaine::secrets {

/// New version, and a new secret where there is none (which needs the right to create, too).
struct KvWrite {
    struct Command : SecretRef {
        std::optional<std::uint32_t> cas;
        NewData data;
    };
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.write", "KV2: write a new version, and the secret when it is new",
                 action::kCreateVersion, gate::Effect::kWrite,
                 {"POST", "/v1/secret/data/{path...}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvRead {
    using Command = GetSecret::Command;
    /// A version that is not active comes without data: the face makes a 404 with metadata of it.
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.read", "KV2: read a version's data", action::kGetData,
                 gate::Effect::kRead, {"GET", "/v1/secret/data/{path...}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// Merge patch (RFC 7396) of the current version's data into a new version.
struct KvPatch {
    struct Command : SecretRef {
        std::optional<std::uint32_t> cas;
        crypto::SecretBytes patch;
    };
    struct Reply : SecretAnswer {
        bool patched = false;  ///< false: the current version is not active
    };
    static constexpr gate::OperationRow row =
        make_row("secret.kv.patch", "KV2: merge a patch into the current version's data",
                 action::kCreateVersion, gate::Effect::kWrite,
                 {"PATCH", "/v1/secret/data/{path...}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvDeleteLatest {
    struct Command : SecretRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.deleteLatest", "KV2: take the current version out of use",
                 action::kDeactivate, gate::Effect::kWrite,
                 {"DELETE", "/v1/secret/data/{path...}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct VersionsRef : SecretRef {
    std::vector<std::uint32_t> versions;
};

struct KvDelete {
    struct Command : VersionsRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.delete", "KV2: take versions out of use", action::kDeactivate,
                 gate::Effect::kWrite, {"POST", "/v1/secret/delete/{path...}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvUndelete {
    struct Command : VersionsRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.undelete", "KV2: bring versions back", action::kActivate,
                 gate::Effect::kWrite, {"POST", "/v1/secret/undelete/{path...}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvDestroy {
    struct Command : VersionsRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.destroy", "KV2: delete versions' data for good",
                 action::kDeleteVersion, gate::Effect::kDestructive,
                 {"PUT", "/v1/secret/destroy/{path...}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvSubkeys {
    struct Command : SecretRef {
        std::optional<std::uint32_t> version;
        std::uint32_t depth = 0;  ///< 0: all the way down
    };
    struct Reply : SecretAnswer {
        std::string subkeys;  ///< JSON text; empty when the version is not active
    };
    static constexpr gate::OperationRow row =
        make_row("secret.kv.subkeys", "KV2: the names inside a version's data",
                 action::kGetSubkeys, gate::Effect::kRead,
                 {"GET", "/v1/secret/subkeys/{path...}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvGetMetadata {
    struct Command : SecretRef {};
    using Reply = SecretAnswer;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.getMetadata", "KV2: get a secret's metadata and its versions'",
                 action::kGet, gate::Effect::kRead,
                 {"GET", "/v1/secret/metadata/{path...}", 200});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

/// The children of a folder that the caller may get something of.
struct KvList {
    struct Command {
        DomainId domain;
        std::string folder;  ///< "app/prod/", or "" for the root
        std::string cursor;
        std::size_t max = 0;  ///< 0: limits::secret_names_max
    };
    struct Reply {
        std::vector<std::string> names;  ///< sorted; folders end in a slash
        std::string next;
    };
    static constexpr gate::OperationRow row =
        make_row("secret.kv.list", "KV2: list the secrets and folders in a folder", action::kGet,
                 gate::Effect::kRead, {"GET", "/v1/secret/metadata/{path...}", 200},
                 gate::ResourceType::kSecret, true);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// Vault's way with metadata: named fields are replaced; custom metadata as a whole, or entry by
/// entry when it is a patch. A secret that is not there is made, without versions.
struct KvPutMetadata {
    struct Command : SecretRef {
        Settings settings;
        /// Nothing: stays. A null value takes the entry away (a patch alone has such).
        std::optional<std::vector<std::pair<std::string, std::optional<std::string>>>> custom;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.putMetadata", "KV2: replace fields of a secret's metadata",
                 action::kUpdateMetadata, gate::Effect::kWrite,
                 {"POST", "/v1/secret/metadata/{path...}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvPatchMetadata {
    struct Command : KvPutMetadata::Command {
        bool clear_custom = false;  ///< the map itself was null
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.patchMetadata", "KV2: merge a patch into a secret's metadata",
                 action::kUpdateMetadata, gate::Effect::kWrite,
                 {"PATCH", "/v1/secret/metadata/{path...}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvDeleteMetadata {
    struct Command : SecretRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secret.kv.deleteMetadata", "KV2: delete a secret with all its versions",
                 action::kDelete, gate::Effect::kDestructive,
                 {"DELETE", "/v1/secret/metadata/{path...}", 204});
    static gate::Resource resource(const Command& c) { return secret_resource(c); }
};

struct KvGetConfig {
    using Command = GetConfig::Command;
    using Reply = Settings;
    static constexpr gate::OperationRow row =
        make_row("secretConfig.kv.get", "KV2: get the domain's settings for secrets",
                 action::kGetConfig, gate::Effect::kRead, {"GET", "/v1/secret/config", 200},
                 gate::ResourceType::kDomain);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct KvUpdateConfig {
    using Command = UpdateConfig::Command;
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        make_row("secretConfig.kv.update", "KV2: change the domain's settings for secrets",
                 action::kUpdateConfig, gate::Effect::kWrite, {"POST", "/v1/secret/config", 204},
                 gate::ResourceType::kDomain);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

#define CH_SECRETS_RUN(Op) Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&)
CH_SECRETS_RUN(KvWrite);
CH_SECRETS_RUN(KvPatch);
CH_SECRETS_RUN(KvDeleteLatest);
CH_SECRETS_RUN(KvDelete);
CH_SECRETS_RUN(KvUndelete);
CH_SECRETS_RUN(KvDestroy);
CH_SECRETS_RUN(KvSubkeys);
CH_SECRETS_RUN(KvGetMetadata);
CH_SECRETS_RUN(KvList);
CH_SECRETS_RUN(KvPutMetadata);
CH_SECRETS_RUN(KvPatchMetadata);
CH_SECRETS_RUN(KvDeleteMetadata);
CH_SECRETS_RUN(KvGetConfig);
CH_SECRETS_RUN(KvUpdateConfig);
#undef CH_SECRETS_RUN
Result<gate::Outcome<KvRead>> run(const gate::Authorised<KvRead>&, Services&, LastReads&);

}  // namespace chatelaine::secrets

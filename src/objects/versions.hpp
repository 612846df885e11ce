#pragma once

#include "objects/service_keys.hpp"

/// Versions of a service key under one id. Our own extension: a key that was never rotated and has
/// no schedule behaves to the byte as the vendor's do.

namespace chatelaine::objects {

/// What all rows of versions share.
constexpr gate::OperationRow version_row(std::string_view name, std::string_view summary,
                                         std::array<std::string_view, 2> actions,
                                         gate::Effect effect, gate::RestRoute rest) {
    const bool changes = effect == gate::Effect::kWrite || effect == gate::Effect::kDestructive;
    return {name, summary, actions, responsibility::Activity::k3_1_1_e,
            responsibility::Party::kCustomer, gate::Plane::kData, effect,
            changes ? gate::AuditLevel::kChange : gate::AuditLevel::kUse,
            changes                           ? gate::RateClass::kWrite
            : effect == gate::Effect::kCrypto ? gate::RateClass::kCrypto
                                              : gate::RateClass::kCheap,
            changes ? gate::CommitsIn::kRegion : gate::CommitsIn::kNothing,
            gate::ResourceType::kServiceKey, rest};
}

struct RotateKey {
    struct Command : KeyRef {};
    struct Reply {
        std::uint32_t version = 0;  ///< the new one
        WallTime created;
    };
    static constexpr gate::OperationRow row =
        version_row("serviceKey.rotate", "Give a service key a new version",
                    {"okms:apikms:serviceKey/rotate", ""}, gate::Effect::kWrite,
                    {"POST", "/v1/servicekey/{keyId}/rotate", 200});
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct ListKeyVersions {
    struct Command : KeyRef {
        std::uint32_t from = 0;  ///< the highest number to show; 0: the newest
        std::size_t max = 100;
    };
    struct Version {
        std::uint32_t version = 0;
        WallTime created;
        std::optional<WallTime> destroyed;
    };
    struct Reply {
        std::shared_ptr<const ManagedObject> key;
        std::vector<Version> versions;  ///< the newest first
        std::uint32_t next = 0;         ///< where the next page begins; 0: this was the last
    };
    static constexpr gate::OperationRow row =
        version_row("serviceKey.version.list", "List a service key's versions and its schedule",
                    {"okms:apikms:serviceKey/version/get", ""}, gate::Effect::kRead,
                    {"GET", "/v1/servicekey/{keyId}/version", 200});
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct DestroyKeyVersion {
    struct Command : KeyRef {
        std::uint32_t version = 0;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        version_row("serviceKey.version.delete", "Destroy one older version of a service key",
                    {"okms:apikms:serviceKey/version/delete", ""}, gate::Effect::kDestructive,
                    {"DELETE", "/v1/servicekey/{keyId}/version/{version}", 204});
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

/// What is not named stays as it is.
struct ScheduleRotation {
    static constexpr std::uint32_t period_days_max = 3650;
    static constexpr std::uint64_t uses_min = 1000;
    /// Random nonces of 96 bits: NIST SP 800-38D, section 8.3.
    static constexpr std::uint64_t uses_max = std::uint64_t{1} << 32;
    struct Command : KeyRef {
        std::optional<std::uint32_t> period_days;  ///< 0: no more
        std::optional<std::uint64_t> uses;         ///< 0: no more
        std::optional<bool> refuse;                ///< at the maximum of uses
        std::optional<std::uint32_t> minimum_version;
    };
    struct Reply {
        std::shared_ptr<const ManagedObject> key;
    };
    static constexpr gate::OperationRow row =
        version_row("serviceKey.rotation.update",
                    "Say when a service key rotates by itself, and which versions may be used",
                    {"okms:apikms:serviceKey/rotation/update", ""}, gate::Effect::kWrite,
                    {"PUT", "/v1/servicekey/{keyId}/rotation", 200});
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

/// Opens a ciphertext and encrypts it with the key's newest version; nobody sees the plaintext.
struct ReEncrypt {
    struct Command : KeyRef {
        std::optional<ObjectId> from;  ///< the key that made it, when it is another one
        std::string ciphertext;
        std::string context;
        std::optional<std::string> new_context;  ///< else the same
    };
    struct Reply {
        std::string ciphertext;
        std::uint32_t version = 0;
    };
    static constexpr gate::OperationRow row =
        version_row("serviceKey.reEncrypt",
                    "Encrypt a ciphertext anew with the newest version, or from another key",
                    Encrypt::row.actions, gate::Effect::kCrypto,
                    {"POST", "/v1/servicekey/{keyId}/reencrypt", 200});
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

Result<gate::Outcome<RotateKey>> run(const gate::Authorised<RotateKey>&, Services&);
Result<gate::Outcome<ListKeyVersions>> run(const gate::Authorised<ListKeyVersions>&, Services&);
Result<gate::Outcome<DestroyKeyVersion>> run(const gate::Authorised<DestroyKeyVersion>&, Services&);
Result<gate::Outcome<ScheduleRotation>> run(const gate::Authorised<ScheduleRotation>&, Services&);
Result<gate::Outcome<ReEncrypt>> run(const gate::Authorised<ReEncrypt>&, Services&);

}  // namespace chatelaine::objects

#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gate/gate.hpp"
#include "objects/managed_object.hpp"

/// The service key operations of OKMS REST (okms-rest.md, section 3) on managed objects: their
/// rows, commands, replies and handlers. A handler is pure but for reads and randomness.

namespace chatelaine::objects {

using gate::Services;

/// A service key as answers show it: the object and which form of its material goes with it.
struct KeyAnswer {
    std::shared_ptr<const ManagedObject> object;
    State state{};
    std::string public_jwk;  ///< JSON; empty when none was asked for or none may leave
    struct Wrapped {
        std::string format;  ///< RAW, JWK, PKCS1, PKCS8
        ObjectId wrapping_key;
        std::string ciphertext;  ///< JWE compact
    };
    std::optional<Wrapped> wrapped;
};

struct CreateKey {
    struct WrappedImport {
        std::string format;
        ObjectId wrapping_key;
        std::string ciphertext;
    };
    struct Command {
        DomainId domain;
        std::optional<ObjectId> id;
        std::string name;
        std::string context;
        std::optional<std::string> type;         ///< oct, RSA, EC
        std::optional<std::int64_t> size;        ///< bits
        std::optional<std::string> curve;        ///< P-256, P-384, P-521
        std::optional<std::vector<std::string>> operations;
        std::optional<std::string> protection_level;
        std::optional<bool> extractable;
        std::optional<crypto::Jwk> plain_import;  ///< exactly one of `keys`
        std::optional<WrappedImport> wrapped_import;
        bool want_jwk = false;  ///< ?format=jwk
    };
    using Reply = KeyAnswer;
    static constexpr gate::OperationRow row{
        "serviceKey.create", "Create a service key, or import one in the plain or wrapped",
        {"okms:apikms:serviceKey/create", "okms:apiovh:serviceKey/create"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kWrite, gate::AuditLevel::kChange, gate::RateClass::kWrite,
        gate::CommitsIn::kRegion, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey", 201}};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// Import has its own right (and, by the matrix, its own activity): the face chooses this operation
/// when the body has `keys` or `wrappedKeys`.
struct ImportKey {
    using Command = CreateKey::Command;
    using Reply = KeyAnswer;
    static constexpr gate::OperationRow row{
        "serviceKey.import", "Import a service key in the plain (JWK) or wrapped (BYOK)",
        {"okms:apikms:serviceKey/import", "okms:apiovh:serviceKey/import"},
        responsibility::Activity::k2_2_a, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kWrite, gate::AuditLevel::kChange, gate::RateClass::kWrite,
        gate::CommitsIn::kRegion, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey", 201}};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct ListKeys {
    struct Command {
        DomainId domain;
        std::optional<State> state;  ///< nothing = all
        std::string continuation_token;
        std::size_t max = 100;
    };
    struct Reply {
        std::vector<KeyAnswer> keys;
        std::string continuation_token;
        bool truncated = false;
    };
    static constexpr gate::OperationRow row{
        "serviceKey.list", "List the domain's service keys that the caller may get",
        {"okms:apikms:serviceKey/get", "okms:apiovh:serviceKey/get"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kRead, gate::AuditLevel::kUse, gate::RateClass::kCheap,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"GET", "/v1/servicekey", 200}, true};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// What most commands name.
struct KeyRef {
    DomainId domain;
    ObjectId key;
    /// A name in place of the id, as callers wrote it; the engine finds the key before the gate
    /// decides, so that rights are always those on the key.
    std::string alias{};
};
/// A key that was found by its name.
struct NamedKey {
    DomainId domain;
    std::string alias;
    /// A refusal that says no more than the caller did: the name in place of the id.
    Error refused(Error error, std::string_view plate) const;
};
/// Finds the key that `ref.alias` stands for, in the caller's own domain and nowhere else; a name
/// that stands for none gives an id that no key has.
Result<NamedKey> resolve(KeyRef& ref, const access::Principal& principal, seal::Reader& reader);
inline gate::Resource key_resource(const KeyRef& ref) { return {ref.domain, ref.key.to_string()}; }

struct GetKey {
    struct Command : KeyRef {
        bool want_jwk = false;
    };
    using Reply = KeyAnswer;
    static constexpr gate::OperationRow row{
        "serviceKey.get", "Get a service key's attributes, and its public part as a JWK",
        {"okms:apikms:serviceKey/get", "okms:apiovh:serviceKey/get"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kRead, gate::AuditLevel::kUse, gate::RateClass::kCheap,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"GET", "/v1/servicekey/{keyId}", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

/// Wrapped export; the face chooses it when the wrapping parameters are there.
struct ExportKey {
    struct Command : KeyRef {
        ObjectId wrapping_key;
        std::string format;
        crypto::OaepHash algorithm{};
    };
    using Reply = KeyAnswer;
    static constexpr gate::OperationRow row{
        "serviceKey.export", "Export an extractable service key wrapped by an RSA transport key",
        {"okms:apikms:serviceKey/get", "okms:apiovh:serviceKey/get"},
        responsibility::Activity::k2_2_a, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kRead, gate::AuditLevel::kUse, gate::RateClass::kAsymmetric,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"GET", "/v1/servicekey/{keyId}", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct UpdateKey {
    struct Command : KeyRef {
        std::optional<std::string> name;
        std::optional<bool> extractable;
    };
    using Reply = KeyAnswer;
    static constexpr gate::OperationRow row{
        "serviceKey.update", "Change a service key's name or whether it may leave wrapped",
        {"okms:apikms:serviceKey/update", "okms:apiovh:serviceKey/update"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kWrite, gate::AuditLevel::kChange, gate::RateClass::kWrite,
        gate::CommitsIn::kRegion, gate::ResourceType::kServiceKey,
        {"PATCH", "/v1/servicekey/{keyId}", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct Nothing {};

struct DeleteKey {
    struct Command : KeyRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row{
        "serviceKey.delete", "Destroy a service key that is not active",
        {"okms:apikms:serviceKey/delete", "okms:apiovh:serviceKey/delete"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kDestructive, gate::AuditLevel::kChange, gate::RateClass::kWrite,
        gate::CommitsIn::kRegion, gate::ResourceType::kServiceKey,
        {"DELETE", "/v1/servicekey/{keyId}", 204}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct ActivateKey {
    struct Command : KeyRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row{
        "serviceKey.activate", "Bring a service key back to active",
        {"okms:apikms:serviceKey/activate", "okms:apiovh:serviceKey/update"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kWrite, gate::AuditLevel::kChange, gate::RateClass::kWrite,
        gate::CommitsIn::kRegion, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/activate", 204}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct DeactivateKey {
    struct Command : KeyRef {
        RevocationReason reason = RevocationReason::kUnspecified;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row{
        "serviceKey.deactivate", "Take a service key out of use, with a reason",
        {"okms:apikms:serviceKey/deactivate", "okms:apiovh:serviceKey/update"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kWrite, gate::AuditLevel::kChange, gate::RateClass::kWrite,
        gate::CommitsIn::kRegion, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/deactivate", 204}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct Encrypt {
    struct Command : KeyRef {
        crypto::SecretBytes plaintext;  ///< at most limits::plaintext_bytes_max
        std::string context;
    };
    struct Reply {
        std::string ciphertext;
    };
    static constexpr gate::OperationRow row{
        "serviceKey.encrypt", "Encrypt up to 4096 bytes",
        {"okms:apikms:serviceKey/encrypt", "okms:apiovh:serviceKey/encrypt"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kCrypto,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/encrypt", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct Decrypt {
    struct Command : KeyRef {
        std::string ciphertext;
        std::string context;
    };
    struct Reply {
        crypto::SecretBytes plaintext;
    };
    static constexpr gate::OperationRow row{
        "serviceKey.decrypt", "Decrypt what the key encrypted",
        {"okms:apikms:serviceKey/decrypt", "okms:apiovh:serviceKey/decrypt"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kCrypto,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/decrypt", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct CreateDataKey {
    struct Command : KeyRef {
        std::size_t bits = 256;  ///< 64..4096, a multiple of 8
        std::string name;
    };
    struct Reply {
        std::string key;  ///< JWE
        crypto::SecretBytes plaintext;
    };
    static constexpr gate::OperationRow row{
        "serviceKey.dataKey.create", "Make a data key, in the plain and wrapped",
        {"okms:apikms:serviceKey/dataKey/create", "okms:apiovh:serviceKey/datakey"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kCrypto,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/datakey", 201}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct DecryptDataKey {
    struct Command : KeyRef {
        std::string data_key;  ///< JWE
    };
    struct Reply {
        crypto::SecretBytes plaintext;
    };
    static constexpr gate::OperationRow row{
        "serviceKey.dataKey.decrypt", "Open a data key that the key wrapped",
        {"okms:apikms:serviceKey/dataKey/decrypt", "okms:apiovh:serviceKey/datakeyDecrypt"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kCrypto,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/datakey/decrypt", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

enum class SignatureFormat : std::uint8_t { kRaw, kJws, kJwt };

struct Sign {
    struct Command : KeyRef {
        crypto::SecretBytes message;
        crypto::SignatureAlgorithm algorithm{};
        bool is_digest = false;
        SignatureFormat format = SignatureFormat::kRaw;
    };
    struct Reply {
        std::string signature;  ///< base64, or the compact token
    };
    static constexpr gate::OperationRow row{
        "serviceKey.sign", "Sign a message or a digest",
        {"okms:apikms:serviceKey/sign", "okms:apiovh:serviceKey/sign"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kAsymmetric,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/sign", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct Verify {
    struct Command : KeyRef {
        std::optional<crypto::SecretBytes> message;  ///< absent: the token carries it
        std::optional<crypto::SignatureAlgorithm> algorithm;
        bool is_digest = false;
        std::string signature;  ///< as sent: base64, or a compact token
    };
    struct Reply {
        bool result = false;
    };
    static constexpr gate::OperationRow row{
        "serviceKey.verify", "Verify a signature; a malformed one is simply not valid",
        {"okms:apikms:serviceKey/verify", "okms:apiovh:serviceKey/verify"},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kAsymmetric,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey,
        {"POST", "/v1/servicekey/{keyId}/verify", 200}};
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct GetRandom {
    struct Command {
        DomainId domain;
        std::size_t length = 1;  ///< 1..4096
    };
    struct Reply {
        crypto::SecretBytes bytes;
    };
    static constexpr gate::OperationRow row{
        "random.get", "Random bytes from the service's generator",
        {"okms:apikms:random/get", ""},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kCheap,
        gate::CommitsIn::kNothing, gate::ResourceType::kDomain, {"GET", "/v1/random", 200}};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

Result<gate::Outcome<CreateKey>> run(const gate::Authorised<CreateKey>&, Services&);
Result<gate::Outcome<ImportKey>> run(const gate::Authorised<ImportKey>&, Services&);
Result<gate::Outcome<ListKeys>> run(const gate::Authorised<ListKeys>&, Services&);
Result<gate::Outcome<GetKey>> run(const gate::Authorised<GetKey>&, Services&);
Result<gate::Outcome<ExportKey>> run(const gate::Authorised<ExportKey>&, Services&);
Result<gate::Outcome<UpdateKey>> run(const gate::Authorised<UpdateKey>&, Services&);
Result<gate::Outcome<DeleteKey>> run(const gate::Authorised<DeleteKey>&, Services&);
Result<gate::Outcome<ActivateKey>> run(const gate::Authorised<ActivateKey>&, Services&);
Result<gate::Outcome<DeactivateKey>> run(const gate::Authorised<DeactivateKey>&, Services&);
Result<gate::Outcome<Encrypt>> run(const gate::Authorised<Encrypt>&, Services&);
Result<gate::Outcome<Decrypt>> run(const gate::Authorised<Decrypt>&, Services&);
Result<gate::Outcome<CreateDataKey>> run(const gate::Authorised<CreateDataKey>&, Services&);
Result<gate::Outcome<DecryptDataKey>> run(const gate::Authorised<DecryptDataKey>&, Services&);
Result<gate::Outcome<Sign>> run(const gate::Authorised<Sign>&, Services&);
Result<gate::Outcome<Verify>> run(const gate::Authorised<Verify>&, Services&);
Result<gate::Outcome<GetRandom>> run(const gate::Authorised<GetRandom>&, Services&);

}  // namespace chatelaine::objects

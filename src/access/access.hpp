#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/hash.hpp"
#include "responsibility/responsibility.hpp"
#include "seal/reader.hpp"

/// Who is calling, and what may they do. Records of identities, credentials and tokens; finding the
/// principal from what was presented; `decide()`, which is pure.

namespace chatelaine::access {

using responsibility::Party;

/// The scope of the provider's own records: one, with a name that never changes.
inline constexpr Uuid provider_scope{{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};

/// An allow-list entry: any of the actions on any of the resources. A `*` may stand for any run of
/// characters; "okms:apikms:serviceKey/*" and "urn:v1:*:resource:okms:<domain>/serviceKey/<id>".
struct Grant {
    std::vector<std::string> actions;
    std::vector<std::string> resources;
    bool operator==(const Grant&) const = default;
};

/// A grant inside another record (docs/formats.md).
void encode_grant(const Grant& grant, FieldWriter& out, std::uint16_t number);
Result<Grant> decode_grant(BytesView bytes);

enum class Decision : std::uint8_t { kAllowed, kDenied };

class PolicySet;
struct Standing;
struct Explanation;
struct Identity;

/// Does a pattern with `*` match the whole text? At worst in the time of one times the other.
bool matches(std::string_view pattern, std::string_view text);

/// An action pattern on a resource pattern.
struct Right {
    std::string action;
    std::string resource;
    bool operator==(const Right&) const = default;
};
/// The first right of `given` that `holder` does not hold itself: one action on one resource, both
/// inside the patterns of one grant of the holder. Pure. In doubt (several grants that cover only
/// together, or more patterns than may be compared) it says that the right is missing.
std::optional<Right> first_missing(const std::vector<Grant>& holder,
                                   const std::vector<Grant>& given);
/// The grants of `given` that `holder` does not cover, by the same measure.
std::vector<Grant> beyond(const std::vector<Grant>& holder, const std::vector<Grant>& given);
/// True when whatever `given` allows, `holder` allows too: then the one may hand out the other.
bool covers(const std::vector<Grant>& holder, const std::vector<Grant>& given);

/// An identity of a customer (scope: its account) or an operator (scope: the provider).
struct Identity {
    static constexpr store::Kind kind = store::Kind::kIdentity;
    static Result<std::shared_ptr<const Identity>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    IdentityId id;
    AccountId account;
    Party party = Party::kCustomer;
    std::string name;  ///< login or service account name
    std::string description;
    std::string urn;
    std::vector<Grant> grants;
    std::vector<std::string> groups;  ///< names of the account's user groups that it is in
    bool root = false;  ///< the account's root: passes without a grant inside its own account
    bool disabled = false;
    WallTime created;
    /// Of a service account: the SHA-256 of its client secret, and the name that it was given
    /// (`name` is made of its id).
    std::optional<crypto::Sha256> client_secret;
    std::string label;
    /// `grants` as policies of its own, compiled by decode().
    std::shared_ptr<const PolicySet> own;
};

/// A client certificate (scope: its domain; the provider for operators). Id = serial number.
struct Credential {
    static constexpr store::Kind kind = store::Kind::kCredential;
    static Result<std::shared_ptr<const Credential>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    CredentialId id;
    AccountId account;
    DomainId domain;  ///< nil for an operator's
    std::vector<IdentityId> identities;  ///< 1..25
    std::string name;
    std::string description;
    crypto::Sha256 fingerprint{};  ///< of the certificate
    std::string certificate_pem;
    std::string certificate_type;  ///< "ECDSA" or "RSA"
    bool from_csr = false;
    WallTime created, not_before, not_after;
    std::optional<WallTime> revoked;
};

/// A bearer token (scope: its account, or the provider). Only its SHA-256 is kept.
struct Token {
    static constexpr store::Kind kind = store::Kind::kToken;
    static Result<std::shared_ptr<const Token>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Uuid id;
    AccountId account;
    DomainId domain;  ///< nil: every domain of the account, chosen by the request's path
    IdentityId identity;
    std::string name;
    std::string description;
    crypto::Sha256 hash{};
    /// Of the same scope: the token that made this one for itself, nil for none. This one is good
    /// as long as all those above it are.
    Uuid parent;
    WallTime created;
    std::optional<WallTime> expires;
    std::optional<WallTime> revoked;
    bool ended(WallTime now) const { return revoked || (expires && now >= *expires); }
};

/// A customer's KMS in one region, as the directory knows it (scope: itself; and once more in its
/// account's, where callers of the whole account look it up).
struct Domain {
    static constexpr store::Kind kind = store::Kind::kDomain;
    static Result<std::shared_ptr<const Domain>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    DomainId id;
    AccountId account;
    std::string region;
    std::string name;
    WallTime created;
    std::optional<WallTime> terminated;
};

/// "okms_" and base64url of version(1) ‖ scope(16) ‖ id(16) ‖ secret(32). The text is a secret.
crypto::SecretBytes make_token_text(const Uuid& scope, const Uuid& id,
                                    const crypto::SecretBytes& secret32);
struct TokenParts {
    Uuid scope;
    Uuid id;
    crypto::Sha256 hash;  ///< of the whole text
};
/// Nothing when it is not one of ours; no Error, since the answer is one 401 for all reasons.
std::optional<TokenParts> parse_token_text(std::string_view text);
crypto::Sha256 token_hash(const crypto::SecretBytes& text);

/// Who is calling: made by authenticate() alone, looked up again at each request, so revocation
/// holds on open connections. Cheap to copy: it shares the cached records.
class Principal {
public:
    Party party() const { return party_; }
    const AccountId& account() const { return account_; }
    const DomainId& domain() const { return domain_; }  ///< nil for operators
    /// The domain that the credential itself is bound to, whatever the request's path says; nil for
    /// one of the whole account and for operators.
    const DomainId& bound_to() const { return bound_to_; }
    /// When the token ends that was presented; nothing for one without an end. A certificate does
    /// not count: it may be used to ask for the one that follows it.
    const std::optional<WallTime>& token_expires() const { return token_expires_; }
    /// The credential's or the token's id.
    const Uuid& credential() const { return credential_; }
    bool by_certificate() const { return by_certificate_; }
    /// The same caller in another request. Right as long as nothing in the directory has changed
    /// since it was found, and, for a certificate, `good_at(now)`.
    Principal again(WallTime now, std::string_view client_ip) const;
    /// Of a certificate: inside the validity that its credential has.
    bool good_at(WallTime now) const { return now >= good_from_ && now < good_until_; }
    const std::vector<std::shared_ptr<const Identity>>& identities() const { return identities_; }
    /// What its identities' grants and the account's policies say together: a deny of any of them
    /// beats all, else one allow is enough. Pure on what was loaded.
    Decision decide(std::initializer_list<std::string_view> actions,
                    std::string_view resource) const;
    /// The same, with the statement that decided (access/policy_set.hpp).
    Explanation explain(std::initializer_list<std::string_view> actions,
                        std::string_view resource) const;
    /// What applies to it; null for anonymous and system callers (access/policy_set.hpp).
    const Standing* standing() const { return standing_.get(); }
    /// The root of the account is among its identities.
    bool is_root() const;
    /// The first right of `given` that none of its identities holds; nothing when it holds all, as
    /// the root of the account does. What the credential is bound to has no part in it. Of the
    /// account's policies only what holds always counts (no condition, end or exception), and
    /// nothing that a deny may touch.
    std::optional<Right> lacks(const std::vector<Grant>& given) const;
    /// Nobody: for the public operations, and for what is written about refused callers.
    static Principal anonymous() { return Principal(); }
    /// Work of the service's own, on behalf of `account` (scheduler, start-up). Not from a face.
    static Principal system(Party party, AccountId account, DomainId domain);
    bool is_anonymous() const { return anonymous_; }
    bool is_system() const { return system_; }

private:
    friend class Authenticator;
    Principal() = default;
    Party party_ = Party::kCustomer;
    AccountId account_;
    DomainId domain_;
    DomainId bound_to_;
    std::optional<WallTime> token_expires_;
    Uuid credential_;
    WallTime good_from_;
    WallTime good_until_;
    bool by_certificate_ = false;
    bool anonymous_ = true;
    bool system_ = false;
    std::vector<std::shared_ptr<const Identity>> identities_;
    std::shared_ptr<const Standing> standing_;
};

/// What a request brought, before anything is believed.
struct Presented {
    /// Set when a certificate was presented and it verified against a CA at the handshake.
    struct Certificate {
        std::string_view common_name;
        BytesView serial;
        const std::vector<std::string>* upn_names = nullptr;
        const crypto::Sha256* fingerprint = nullptr;
        bool verified = false;
        bool client_auth = false;
    };
    std::optional<Certificate> certificate;
    std::string_view authorization;  ///< the header's value, "Bearer …"
    std::string_view vault_token;    ///< X-Vault-Token
    /// Where it came from, for the policies' conditions; empty when that is not known.
    std::string_view client_ip;
    /// The domain that the request names in its path, or nil. Never authority by itself: a
    /// credential of one domain that names another is refused; one of the whole account may choose.
    DomainId requested_domain;
};

/// Finds the principal. Every failure is the same kUnauthenticated to the caller; the reason goes
/// to the audit (Error::where). kWouldBlock where a record is not in the cache.
class Authenticator {
public:
    explicit Authenticator(std::string plate = {}) : plate_(std::move(plate)) {}
    /// Certificate and token in one request must name the same identity, else kUnauthenticated.
    /// kDomainNotFound when the request names a domain that is not the caller's.
    Result<Principal> authenticate(const Presented& presented, seal::Reader& reader,
                                   WallTime now) const;

private:
    static Result<void> enter_domain(Principal& principal, const DomainId& requested,
                                     seal::Reader& reader);
    Result<Principal> identify(const Presented& presented, seal::Reader& reader,
                               WallTime now) const;
    Result<Principal> by_certificate(const Presented::Certificate& certificate,
                                     seal::Reader& reader, WallTime now) const;
    Result<Principal> by_token(std::string_view text, seal::Reader& reader, WallTime now) const;

    std::string plate_;
};

/// Where a caller lives in names: urn:v1:PLATE:…
std::string identity_urn(std::string_view plate, const AccountId& account, std::string_view name);
std::string group_urn(std::string_view plate, const AccountId& account, std::string_view name);
/// Of a service account; the name of its identity is the last part.
std::string client_urn(std::string_view plate, const AccountId& account, std::string_view name);
std::string domain_urn(std::string_view plate, const DomainId& domain);
/// "urn:v1:PLATE:resource:okms:DOMAIN/serviceKey/ID"
std::string object_urn(std::string_view plate, const DomainId& domain, std::string_view kind,
                       std::string_view id);

}  // namespace chatelaine::access

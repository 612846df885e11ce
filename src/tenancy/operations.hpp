#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/policy_set.hpp"
#include "gate/gate.hpp"
#include "tenancy/tools.hpp"

/// Customers, domains, identities, credentials and tokens: rows, commands, replies, handlers.
/// Customer operations are on the control listener, the provider's on the operator listener. No
/// operator can mint, reset or see a customer's credential: an account is claimed by its customer
/// with a one-time code, and everything after is done by identities of the account.

namespace chatelaine::tenancy {

using access::Grant;
using gate::Services;
using responsibility::Activity;
using responsibility::Party;

/// A customer (scope: the provider, so that operators can list names they gave).
struct Account {
    static constexpr store::Kind kind = store::Kind::kAccount;
    static Result<std::shared_ptr<const Account>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::Origin origin;
    AccountId id;
    std::string name;
    WallTime created;
    std::optional<WallTime> claimed;
    AccountState state = AccountState::kActive;
    std::string reason;             ///< of the state, for the customer to read
    std::optional<WallTime> since;  ///< of the state; nothing while it was never changed
};
/// "active", "draining", "suspended".
std::string_view state_name(AccountState state);

/// A code that works once: claims an account's root, or enrols an operator (scope: the provider;
/// id = first half of the SHA-256 of the code).
struct Claim {
    static constexpr store::Kind kind = store::Kind::kClaim;
    static Result<std::shared_ptr<const Claim>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::Origin origin;
    Uuid id;
    bool for_operator = false;
    AccountId account;      ///< of a customer's claim
    std::string name;       ///< login of the identity it makes
    std::vector<Grant> grants;  ///< of an operator
    crypto::Sha256 hash{};      ///< of the code's text
    WallTime created, expires;
    std::optional<WallTime> used;
};
/// "claim-" and 43 base64url characters.
crypto::SecretBytes make_claim_code(const crypto::SecretBytes& secret32);
std::optional<Uuid> claim_id(std::string_view code);

/// The template of a row: what all rows of this room share.
constexpr gate::OperationRow make_row(std::string_view name, std::string_view summary,
                                      std::string_view action, Activity activity, Party party,
                                      gate::Effect effect, gate::ResourceType resource,
                                      gate::RestRoute rest) {
    const bool changes = effect == gate::Effect::kWrite || effect == gate::Effect::kDestructive;
    return {name, summary, {action, ""}, activity, party,
            party == Party::kProvider ? gate::Plane::kOperator : gate::Plane::kControl, effect,
            changes ? gate::AuditLevel::kChange : gate::AuditLevel::kUse, gate::RateClass::kAdmin,
            changes ? gate::CommitsIn::kDirectory : gate::CommitsIn::kNothing, resource, rest};
}

struct Nothing {};

// ---- the provider's side -------------------------------------------------------------------

struct CreateAccount {
    struct Command {
        std::string name;  ///< 1..64 characters, no other account's
        std::string reason = {};  ///< for the evidence; may be left out
    };
    struct Reply {
        std::shared_ptr<const Account> account;
        crypto::SecretBytes claim_code;  ///< shown once, for the customer
    };
    static constexpr gate::OperationRow row =
        make_row("account.create",
                 "Open an account for a customer; its root is claimed with a one-time code",
                 "chatelaine:operator:account/create", Activity::k3_1_1_c, Party::kProvider,
                 gate::Effect::kWrite, gate::ResourceType::kService, {"POST", "/v1/account", 201});
    static gate::Resource resource(const Command&) { return {}; }
};

struct ListAccounts {
    struct Command {
        std::uint64_t after = 0;
        std::size_t max = 100;
    };
    struct Reply {
        std::vector<std::shared_ptr<const Account>> accounts;
        std::uint64_t next = 0;  ///< 0 at the end
    };
    static constexpr gate::OperationRow row = make_row(
        "account.list", "List the customers' accounts", "chatelaine:operator:account/get",
        Activity::k3_1_1_c, Party::kProvider, gate::Effect::kRead, gate::ResourceType::kService,
        {"GET", "/v1/account", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct CreateOperator {
    struct Command {
        std::string name;  ///< no other operator's, nor of an invitation that is still good
        std::vector<Grant> grants;
    };
    struct Reply {
        crypto::SecretBytes enrolment_code;
    };
    static constexpr gate::OperationRow row = make_row(
        "operator.create", "Invite an operator; the code that enrols works once",
        "chatelaine:operator:operator/create", Activity::k3_1_2_b, Party::kProvider,
        gate::Effect::kWrite, gate::ResourceType::kService, {"POST", "/v1/operator", 201});
    static gate::Resource resource(const Command&) { return {}; }
};

/// One row for both uses of a code; which listener it came in on says which is meant.
struct RedeemClaim {
    struct Command {
        crypto::SecretBytes code;
        bool operator_listener = false;
        std::optional<std::string> csr;  ///< operators may ask for a client certificate
    };
    struct Reply {
        std::shared_ptr<const access::Identity> identity;
        crypto::SecretBytes token;    ///< bearer token, shown once
        std::string certificate_pem;  ///< when a CSR was given
    };
    static constexpr gate::OperationRow row{
        "claim.redeem", "Turn a one-time code into the first credential of an account or operator",
        {"", ""}, Activity::k1_1_a, Party::kCustomer, gate::Plane::kPublic, gate::Effect::kWrite,
        gate::AuditLevel::kChange, gate::RateClass::kPublic, gate::CommitsIn::kDirectory,
        gate::ResourceType::kNone, {"POST", "/v1/claim", 201}};
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- domains -------------------------------------------------------------------------------

struct CreateDomain {
    struct Command {
        std::string region;
        std::string name;
    };
    struct Reply {
        std::shared_ptr<const access::Domain> domain;
    };
    static constexpr gate::OperationRow row = make_row(
        "domain.create", "Make a domain in a region; its objects never leave it",
        "okms:apiovh:resource/create", Activity::k1_1_b, Party::kCustomer, gate::Effect::kWrite,
        gate::ResourceType::kAccount, {"POST", "/v2/okms/resource", 201});
    static gate::Resource resource(const Command&) { return {}; }
};

struct ListDomains {
    struct Command {};
    struct Reply {
        std::vector<std::shared_ptr<const access::Domain>> domains;
    };
    static constexpr gate::OperationRow row = make_row(
        "domain.list", "List the account's domains", "okms:apiovh:resource/get", Activity::k1_1_b,
        Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kAccount,
        {"GET", "/v2/okms/resource", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct DomainRef {
    DomainId domain;
};
inline gate::Resource domain_resource(const DomainRef& ref) { return {ref.domain, {}}; }

struct GetDomain {
    struct Command : DomainRef {};
    struct Reply {
        std::shared_ptr<const access::Domain> domain;
    };
    static constexpr gate::OperationRow row = make_row(
        "domain.get", "Get a domain: region, endpoints, certificate authorities",
        "okms:apiovh:resource/get", Activity::k1_1_b, Party::kCustomer, gate::Effect::kRead,
        gate::ResourceType::kDomain, {"GET", "/v2/okms/resource/{okmsId}", 200});
    static gate::Resource resource(const Command& c) { return domain_resource(c); }
};

// ---- identities and tokens -----------------------------------------------------------------

struct CreateIdentity {
    struct Command {
        std::string name;  ///< 1..64 of [A-Za-z0-9._@-], unique in the account
        std::string description;
        std::vector<Grant> grants;
        std::vector<std::string> groups = {};  ///< names of the account's groups
    };
    struct Reply {
        std::shared_ptr<const access::Identity> identity;
    };
    static constexpr gate::OperationRow row = make_row(
        "identity.create", "Make an identity with its rights", "chatelaine:control:identity/create",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kWrite, gate::ResourceType::kAccount,
        {"POST", "/v2/identity", 201});
    static gate::Resource resource(const Command&) { return {}; }
};

struct IdentityRef {
    IdentityId identity;
};

struct GetIdentity {
    struct Command : IdentityRef {};
    using Reply = CreateIdentity::Reply;
    static constexpr gate::OperationRow row = make_row(
        "identity.get", "Get an identity and its rights", "chatelaine:control:identity/get",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kAccount,
        {"GET", "/v2/identity/{identityId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct ListIdentities {
    struct Command {
        std::uint64_t after = 0;
        std::size_t max = 100;
    };
    struct Reply {
        std::vector<std::shared_ptr<const access::Identity>> identities;
        std::uint64_t next = 0;
    };
    static constexpr gate::OperationRow row = make_row(
        "identity.list", "List the account's identities", "chatelaine:control:identity/get",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kAccount,
        {"GET", "/v2/identity", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct UpdateIdentity {
    struct Command : IdentityRef {
        std::optional<std::string> description;
        std::optional<std::vector<Grant>> grants;  ///< replaces all
        std::optional<std::vector<std::string>> groups;  ///< replaces all
        std::optional<bool> disabled;
    };
    using Reply = CreateIdentity::Reply;
    static constexpr gate::OperationRow row = make_row(
        "identity.update", "Change an identity's rights, or switch it off",
        "chatelaine:control:identity/update", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kWrite, gate::ResourceType::kAccount,
        {"PUT", "/v2/identity/{identityId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct DeleteIdentity {
    struct Command : IdentityRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row = make_row(
        "identity.delete", "Remove an identity; the account's root stays",
        "chatelaine:control:identity/delete", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kDestructive, gate::ResourceType::kAccount,
        {"DELETE", "/v2/identity/{identityId}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

struct CreateToken {
    struct Command : IdentityRef {
        std::string name;
        std::string description;
        std::optional<std::int64_t> expires_in_seconds;
        DomainId domain;  ///< nil: every domain of the account
    };
    struct Reply {
        std::shared_ptr<const access::Token> token;
        crypto::SecretBytes text;  ///< shown once
    };
    static constexpr gate::OperationRow row = make_row(
        "token.create", "Make a bearer token for an identity; its text is shown once",
        "chatelaine:control:token/create", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kWrite, gate::ResourceType::kAccount,
        {"POST", "/v2/identity/{identityId}/token", 201});
    static gate::Resource resource(const Command&) { return {}; }
};

struct ListTokens {
    struct Command : IdentityRef {};
    struct Reply {
        std::vector<std::shared_ptr<const access::Token>> tokens;
    };
    static constexpr gate::OperationRow row = make_row(
        "token.list", "List an identity's tokens, without their texts",
        "chatelaine:control:token/get", Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead,
        gate::ResourceType::kAccount, {"GET", "/v2/identity/{identityId}/token", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct RevokeToken {
    struct Command : IdentityRef {
        Uuid token;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row = make_row(
        "token.revoke", "Withdraw a token at once", "chatelaine:control:token/delete",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kDestructive,
        gate::ResourceType::kAccount, {"DELETE", "/v2/identity/{identityId}/token/{tokenId}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- credentials (client certificates) -----------------------------------------------------

struct CreateCredential {
    struct Command : DomainRef {
        std::string name;         ///< 1..50
        std::string description;  ///< at most 200
        std::vector<std::string> identity_urns;  ///< 1..25
        std::int64_t validity_days = 365;        ///< 1..365
        std::string certificate_type = "ECDSA";  ///< or RSA; only without a CSR
        std::optional<std::string> csr;
    };
    struct Reply {
        std::shared_ptr<const access::Credential> credential;
        std::optional<crypto::SecretBytes> private_key_pem;  ///< only without a CSR, only here
        std::vector<std::string> identity_urns;
    };
    static constexpr gate::OperationRow row = make_row(
        "credential.create", "Make a client certificate for identities of the account",
        "okms:apiovh:credential/create", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kWrite, gate::ResourceType::kDomain,
        {"POST", "/v2/okms/resource/{okmsId}/credential", 201});
    static gate::Resource resource(const Command& c) { return domain_resource(c); }
};

struct CredentialRef : DomainRef {
    CredentialId credential;
};

struct GetCredential {
    struct Command : CredentialRef {};
    using Reply = CreateCredential::Reply;
    static constexpr gate::OperationRow row = make_row(
        "credential.get", "Get a client certificate", "okms:apiovh:credential/get",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kDomain,
        {"GET", "/v2/okms/resource/{okmsId}/credential/{credentialId}", 200});
    static gate::Resource resource(const Command& c) { return domain_resource(c); }
};

struct ListCredentials {
    struct Command : DomainRef {
        std::uint64_t after = 0;
        std::size_t max = 100;
    };
    struct Reply {
        std::vector<CreateCredential::Reply> credentials;
        std::uint64_t next = 0;
    };
    static constexpr gate::OperationRow row = make_row(
        "credential.list", "List the domain's client certificates", "okms:apiovh:credential/get",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kDomain,
        {"GET", "/v2/okms/resource/{okmsId}/credential", 200});
    static gate::Resource resource(const Command& c) { return domain_resource(c); }
};

struct RevokeCredential {
    struct Command : CredentialRef {};
    using Reply = CreateCredential::Reply;
    static constexpr gate::OperationRow row = make_row(
        "credential.revoke", "Revoke a client certificate at once, open connections included",
        "okms:apiovh:credential/delete", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kDestructive, gate::ResourceType::kDomain,
        {"DELETE", "/v2/okms/resource/{okmsId}/credential/{credentialId}", 200});
    static gate::Resource resource(const Command& c) { return domain_resource(c); }
};

// ---- about oneself -------------------------------------------------------------------------

struct WhoAmI {
    struct Command {};
    struct Reply {
        Party party{};
        AccountId account;
        DomainId domain;
        std::vector<std::shared_ptr<const access::Identity>> identities;
        bool by_certificate = false;
        Uuid credential;
    };
    static constexpr gate::OperationRow row = make_row(
        "whoami", "Who the service takes the caller for", "chatelaine:control:whoami",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kNone,
        {"GET", "/v2/whoami", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

/// Would the caller be allowed an action on a resource?
struct Can {
    struct Command {
        std::string action;
        std::string resource;  ///< URN
    };
    struct Reply {
        access::Explanation explanation;
        bool allowed() const { return explanation.decision == access::Decision::kAllowed; }
    };
    static constexpr gate::OperationRow row = make_row(
        "can", "Would the caller be allowed an action on a resource", "chatelaine:control:can",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kNone,
        {"GET", "/v2/can", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_TENANCY_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_TENANCY_RUN(CreateAccount);
CH_TENANCY_RUN(ListAccounts);
CH_TENANCY_RUN(CreateOperator);
CH_TENANCY_RUN(RedeemClaim);
CH_TENANCY_RUN(CreateDomain);
CH_TENANCY_RUN(ListDomains);
CH_TENANCY_RUN(GetDomain);
CH_TENANCY_RUN(CreateIdentity);
CH_TENANCY_RUN(GetIdentity);
CH_TENANCY_RUN(ListIdentities);
CH_TENANCY_RUN(UpdateIdentity);
CH_TENANCY_RUN(DeleteIdentity);
CH_TENANCY_RUN(CreateToken);
CH_TENANCY_RUN(ListTokens);
CH_TENANCY_RUN(RevokeToken);
CH_TENANCY_RUN(CreateCredential);
CH_TENANCY_RUN(GetCredential);
CH_TENANCY_RUN(ListCredentials);
CH_TENANCY_RUN(RevokeCredential);
CH_TENANCY_RUN(WhoAmI);
CH_TENANCY_RUN(Can);
#undef CH_TENANCY_RUN

/// kForbidden where the account's state does not let the operation through: one that is draining
/// makes nothing new, one that is suspended is only looked at, on the control plane.
Result<void> check_state(AccountState state, const gate::OperationRow& row);
/// Fills `states` from the directory's accounts.
Result<void> load_account_states(seal::Reader& reader, AccountStates& states);

/// What `chatelained init` puts into an empty directory: the first operator's enrolment code.
Result<std::pair<crypto::SecretBytes, std::vector<seal::RecordChange>>> first_operator(
    Random& random, WallTime now);

}  // namespace chatelaine::tenancy

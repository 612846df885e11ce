#pragma once

#include "tenancy/operations.hpp"

/// Service accounts: identities of programs, with a client id and a client secret, as OVH's OAuth2
/// clients are; and the endpoint where the two become a bearer token for an hour (RFC 6749, section
/// 4.4). The secret is shown once and kept as its SHA-256. Rights, groups and policies are those of
/// any identity: its URN is `urn:v1:PLATE:identity:credential:ACCOUNT/oauth2-CLIENT`.

namespace chatelaine::tenancy {

inline constexpr std::int64_t client_token_seconds = 3600;
/// Good tokens that a service account may have at a time.
inline constexpr std::size_t client_tokens_max = 256;

struct ServiceAccountReply {
    std::shared_ptr<const access::Identity> identity;
};

struct CreateServiceAccount {
    struct Command {
        std::string name;         ///< 1..64; need not be unique, the client id is
        std::string description;  ///< at most 800
    };
    struct Reply : ServiceAccountReply {
        crypto::SecretBytes secret;  ///< shown once
    };
    static constexpr gate::OperationRow row = make_row(
        "serviceAccount.create", "Make a service account; its client secret is shown once",
        "chatelaine:control:serviceAccount/create", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kWrite, gate::ResourceType::kAccount,
        {"POST", "/me/api/oauth2/client", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct ListServiceAccounts {
    struct Command {};
    struct Reply {
        std::vector<std::shared_ptr<const access::Identity>> identities;
    };
    static constexpr gate::OperationRow row = make_row(
        "serviceAccount.list", "List the client ids of the account's service accounts",
        "chatelaine:control:serviceAccount/get", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kRead, gate::ResourceType::kAccount, {"GET", "/me/api/oauth2/client", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct GetServiceAccount {
    struct Command : IdentityRef {};
    using Reply = ServiceAccountReply;
    static constexpr gate::OperationRow row = make_row(
        "serviceAccount.get", "Get a service account, without its secret",
        "chatelaine:control:serviceAccount/get", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kRead, gate::ResourceType::kAccount,
        {"GET", "/me/api/oauth2/client/{clientId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct UpdateServiceAccount {
    struct Command : IdentityRef {
        std::optional<std::string> name, description;
    };
    using Reply = ServiceAccountReply;
    static constexpr gate::OperationRow row = make_row(
        "serviceAccount.update", "Change a service account's name and description",
        "chatelaine:control:serviceAccount/update", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kWrite, gate::ResourceType::kAccount,
        {"PUT", "/me/api/oauth2/client/{clientId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct DeleteServiceAccount {
    struct Command : IdentityRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row = make_row(
        "serviceAccount.delete", "Remove a service account; its tokens end with it",
        "chatelaine:control:serviceAccount/delete", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kDestructive, gate::ResourceType::kAccount,
        {"DELETE", "/me/api/oauth2/client/{clientId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

/// kUnauthenticated, one for all reasons, when id and secret do not go together; kRateLimited when
/// client_tokens_max tokens of the account are good.
struct IssueClientToken {
    struct Command {
        std::string client_id;
        crypto::SecretBytes client_secret;
    };
    struct Reply {
        std::shared_ptr<const access::Token> token;
        crypto::SecretBytes text;
    };
    static constexpr gate::OperationRow row{
        "serviceAccount.issueToken",
        "Turn a service account's client id and secret into a bearer token for an hour",
        {"", ""}, Activity::k3_1_2_c, Party::kCustomer, gate::Plane::kPublic, gate::Effect::kWrite,
        gate::AuditLevel::kChange, gate::RateClass::kPublic, gate::CommitsIn::kDirectory,
        gate::ResourceType::kNone, {"POST", "/auth/oauth2/token", 200}};
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_TENANCY_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_TENANCY_RUN(CreateServiceAccount);
CH_TENANCY_RUN(ListServiceAccounts);
CH_TENANCY_RUN(GetServiceAccount);
CH_TENANCY_RUN(UpdateServiceAccount);
CH_TENANCY_RUN(DeleteServiceAccount);
CH_TENANCY_RUN(IssueClientToken);
#undef CH_TENANCY_RUN

}  // namespace chatelaine::tenancy

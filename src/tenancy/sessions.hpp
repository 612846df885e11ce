#pragma once

#include "tenancy/operations.hpp"

/// What Vault's clients do with their own token: look at it, look at another one that they hold,
/// make a child of it (okms-rest.md, section 5). They need no right: a caller learns about itself,
/// and a child can do what its parent can, for a shorter time, and ends with it.

namespace chatelaine::tenancy {

/// A token as its holder sees it; null for a caller who came by certificate.
struct TokenAnswer {
    std::shared_ptr<const access::Token> token;
    std::shared_ptr<const access::Identity> identity;
    WallTime now;
};

struct LookupSelf {
    struct Command {};
    using Reply = TokenAnswer;
    static constexpr gate::OperationRow row = make_row(
        "token.lookupSelf", "Vault: what the caller's own token is",
        "chatelaine:session:lookupSelf",
        Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kNone,
        {"GET", "/v1/auth/token/lookup-self", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct LookupToken {
    struct Command {
        crypto::SecretBytes text;
    };
    using Reply = TokenAnswer;
    static constexpr gate::OperationRow row = make_row(
        "token.lookup", "Vault: what a token of the same identity is, for who holds its text",
        "chatelaine:session:lookup", Activity::k3_1_2_c, Party::kCustomer, gate::Effect::kRead,
        gate::ResourceType::kNone, {"POST", "/v1/auth/token/lookup", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct CreateChildToken {
    struct Command {
        std::string name;
        std::int64_t seconds = 0;  ///< 0: limits::child_token_seconds_default; cut to the parent's
    };
    struct Reply : TokenAnswer {
        crypto::SecretBytes text;
    };
    static constexpr gate::OperationRow row = make_row(
        "token.createChild", "Vault: make a token of the caller's own that ends with it",
        "chatelaine:session:createChild", Activity::k3_1_2_c, Party::kCustomer,
        gate::Effect::kWrite, gate::ResourceType::kNone, {"POST", "/v1/auth/token/create", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

Result<gate::Outcome<LookupSelf>> run(const gate::Authorised<LookupSelf>&, Services&);
Result<gate::Outcome<LookupToken>> run(const gate::Authorised<LookupToken>&, Services&);
Result<gate::Outcome<CreateChildToken>> run(const gate::Authorised<CreateChildToken>&, Services&);

}  // namespace chatelaine::tenancy

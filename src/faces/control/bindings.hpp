#pragma once

#include "faces/http/face.hpp"
#include "operate/registers.hpp"
#include "tenancy/policy_operations.hpp"
#include "tenancy/quorum_operations.hpp"
#include "tenancy/service_accounts.hpp"

/// The HTTP form of tenancy's operations and of operate's for customers, for the control and the
/// operator listener.

namespace chatelaine::faces::http {

#define CH_OPERATE_BINDING(Op)                                                            \
    template <>                                                                           \
    struct Binding<operate::Op> {                                                         \
        static Result<operate::Op::Command> decode(Context&, const access::Principal&);   \
        static void encode(operate::Op::Reply&, Context&, net::HttpResponse&);            \
    }
CH_OPERATE_BINDING(ReadAudit);
CH_OPERATE_BINDING(ReadAccountAudit);
CH_OPERATE_BINDING(ReadProviderAudit);
CH_OPERATE_BINDING(RotateDomainKey);
CH_OPERATE_BINDING(ReadEvidence);
CH_OPERATE_BINDING(ReadProviderEvidence);
CH_OPERATE_BINDING(ReadNotices);
CH_OPERATE_BINDING(ReadProviderNotices);
#undef CH_OPERATE_BINDING

#define CH_CONTROL_BINDING(Op)                                                            \
    template <>                                                                           \
    struct Binding<tenancy::Op> {                                                         \
        static Result<tenancy::Op::Command> decode(Context&, const access::Principal&);   \
        static void encode(tenancy::Op::Reply&, Context&, net::HttpResponse&);            \
    }

CH_CONTROL_BINDING(CreateAccount);
CH_CONTROL_BINDING(ListAccounts);
CH_CONTROL_BINDING(CreateOperator);
CH_CONTROL_BINDING(RedeemClaim);
CH_CONTROL_BINDING(CreateDomain);
CH_CONTROL_BINDING(ListDomains);
CH_CONTROL_BINDING(GetDomain);
CH_CONTROL_BINDING(CreateIdentity);
CH_CONTROL_BINDING(GetIdentity);
CH_CONTROL_BINDING(ListIdentities);
CH_CONTROL_BINDING(UpdateIdentity);
CH_CONTROL_BINDING(DeleteIdentity);
CH_CONTROL_BINDING(CreateToken);
CH_CONTROL_BINDING(ListTokens);
CH_CONTROL_BINDING(RevokeToken);
CH_CONTROL_BINDING(CreateCredential);
CH_CONTROL_BINDING(GetCredential);
CH_CONTROL_BINDING(ListCredentials);
CH_CONTROL_BINDING(RevokeCredential);
CH_CONTROL_BINDING(WhoAmI);
CH_CONTROL_BINDING(Can);
CH_CONTROL_BINDING(CreatePolicy);
CH_CONTROL_BINDING(ListPolicies);
CH_CONTROL_BINDING(GetPolicy);
CH_CONTROL_BINDING(UpdatePolicy);
CH_CONTROL_BINDING(DeletePolicy);
CH_CONTROL_BINDING(CreatePermissionsGroup);
CH_CONTROL_BINDING(ListPermissionsGroups);
CH_CONTROL_BINDING(GetPermissionsGroup);
CH_CONTROL_BINDING(UpdatePermissionsGroup);
CH_CONTROL_BINDING(DeletePermissionsGroup);
CH_CONTROL_BINDING(CreateResourceGroup);
CH_CONTROL_BINDING(ListResourceGroups);
CH_CONTROL_BINDING(GetResourceGroup);
CH_CONTROL_BINDING(UpdateResourceGroup);
CH_CONTROL_BINDING(DeleteResourceGroup);
CH_CONTROL_BINDING(GetResourceTags);
CH_CONTROL_BINDING(SetResourceTags);
CH_CONTROL_BINDING(CreateUserGroup);
CH_CONTROL_BINDING(ListUserGroups);
CH_CONTROL_BINDING(GetUserGroup);
CH_CONTROL_BINDING(UpdateUserGroup);
CH_CONTROL_BINDING(DeleteUserGroup);
CH_CONTROL_BINDING(SimulateAccess);
CH_CONTROL_BINDING(EffectiveRights);
CH_CONTROL_BINDING(WhoCan);
CH_CONTROL_BINDING(CreateServiceAccount);
CH_CONTROL_BINDING(ListServiceAccounts);
CH_CONTROL_BINDING(GetServiceAccount);
CH_CONTROL_BINDING(UpdateServiceAccount);
CH_CONTROL_BINDING(DeleteServiceAccount);
CH_CONTROL_BINDING(CreateQuorumRule);
CH_CONTROL_BINDING(ListQuorumRules);
CH_CONTROL_BINDING(UpdateQuorumRule);
CH_CONTROL_BINDING(DeleteQuorumRule);
CH_CONTROL_BINDING(ListQuorumRequests);
CH_CONTROL_BINDING(GetQuorumRequest);
CH_CONTROL_BINDING(ApproveQuorumRequest);
CH_CONTROL_BINDING(EndQuorumRequest);
#undef CH_CONTROL_BINDING

template <>
struct Binding<tenancy::IssueClientToken> {
    static Result<tenancy::IssueClientToken::Command> decode(Context&, const access::Principal&);
    static void encode(tenancy::IssueClientToken::Reply&, Context&, net::HttpResponse&);
    /// As RFC 6749 has it, in place of the listener's form.
    static void encode_error(const Error&, Context&, net::HttpResponse&);
};

}  // namespace chatelaine::faces::http

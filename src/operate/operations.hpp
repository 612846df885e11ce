#pragma once

#include "gate/gate.hpp"
#include "operate/tools.hpp"

/// Running the service, and reading what it recorded: operations like all others.

namespace chatelaine::operate {

using gate::Services;
using responsibility::Activity;
using responsibility::Party;

/// A page of records that an audit read answers with.
struct AuditQuery {
    audit::Filter filter;
    std::string cursor;
    std::size_t max = 100;  ///< 1..limits::audit_page_max
    bool newest_first = false;
};

/// A customer's own log, and no other's: the domain is the caller's.
struct ReadAudit {
    struct Command {
        DomainId domain;
        AuditQuery query;
    };
    using Reply = audit::RecordPage;
    static constexpr gate::OperationRow row{
        "audit.read", "Read the audit records of a domain",
        {"chatelaine:control:audit/read", "okms:apiovh:log/url/create"},
        Activity::k3_1_3_e, Party::kCustomer, gate::Plane::kControl, gate::Effect::kRead,
        gate::AuditLevel::kUse, gate::RateClass::kAdmin, gate::CommitsIn::kNothing,
        gate::ResourceType::kDomain, {"GET", "/v2/okms/resource/{okmsId}/audit", 200}};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// The provider's own log. There is no field in which a customer's domain could be named.
struct ReadProviderAudit {
    struct Command {
        AuditQuery query;
    };
    using Reply = audit::RecordPage;
    static constexpr gate::OperationRow row{
        "audit.readProvider", "Read the audit records of the provider's own operations",
        {"chatelaine:operator:audit/read", ""},
        Activity::k3_1_3_b, Party::kProvider, gate::Plane::kOperator, gate::Effect::kRead,
        gate::AuditLevel::kUse, gate::RateClass::kAdmin, gate::CommitsIn::kNothing,
        gate::ResourceType::kService, {"GET", "/v1/audit", 200}};
    static gate::Resource resource(const Command&) { return {}; }
};

Result<gate::Outcome<ReadAudit>> run(const gate::Authorised<ReadAudit>&, Services&, Tools&);
Result<gate::Outcome<ReadProviderAudit>> run(const gate::Authorised<ReadProviderAudit>&, Services&,
                                             Tools&);

}  // namespace chatelaine::operate

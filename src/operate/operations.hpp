#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "gate/gate.hpp"
#include "operate/backup.hpp"
#include "operate/tools.hpp"

/// Running the service: audit trails, the seal, rotation, backup. Rows, commands, handlers.
/// The customer reads its own trail and rotates its own domain's key, on the control listener; the
/// provider reads its own trail, seals and backs up, on the operator listener. No operation of the
/// provider's takes a domain or an account, so none can name a customer's record.

namespace chatelaine::operate {

using gate::Services;
using responsibility::Activity;
using responsibility::Party;

/// What all rows of this room share. None changes a record: what they do (a file, a key) is done by
/// the handler, and its audit record goes to the journal.
constexpr gate::OperationRow make_row(std::string_view name, std::string_view summary,
                                      std::array<std::string_view, 2> actions, Activity activity,
                                      Party party,
                                      gate::Effect effect, gate::ResourceType resource,
                                      gate::RestRoute rest) {
    const bool reads = effect == gate::Effect::kRead;
    return {name, summary, actions, activity, party,
            party == Party::kProvider ? gate::Plane::kOperator : gate::Plane::kControl, effect,
            reads ? gate::AuditLevel::kUse : gate::AuditLevel::kChange, gate::RateClass::kAdmin,
            reads ? gate::CommitsIn::kNothing : gate::CommitsIn::kDirectory, resource, rest};
}

// ---- audit trails --------------------------------------------------------------------------

/// One page of a trail. `cursor` is what the page before gave, for the same filter and order.
struct AuditQuery {
    audit::Filter filter;
    std::string cursor;
    std::size_t max = 100;  ///< 1..limits::audit_page_max
    bool newest_first = false;
};

struct ReadAudit {
    struct Command {
        DomainId domain;
        AuditQuery query;
    };
    using Reply = audit::RecordPage;
    static constexpr gate::OperationRow row = make_row(
        "audit.read", "Read the audit records of a domain",
        {"chatelaine:control:audit/read", "okms:apiovh:log/url/create"}, Activity::k3_1_3_e,
        Party::kCustomer, gate::Effect::kRead, gate::ResourceType::kDomain,
        {"GET", "/v2/okms/resource/{okmsId}/audit", 200});
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct ReadAccountAudit {
    struct Command {
        AuditQuery query;
    };
    using Reply = audit::RecordPage;
    static constexpr gate::OperationRow row = make_row(
        "audit.readAccount", "Read the audit records of an account that concern no single domain",
        {"chatelaine:control:audit/read", ""}, Activity::k3_1_3_e, Party::kCustomer,
        gate::Effect::kRead, gate::ResourceType::kAccount, {"GET", "/v2/audit", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct ReadProviderAudit {
    struct Command {
        AuditQuery query;
    };
    using Reply = audit::RecordPage;
    static constexpr gate::OperationRow row = make_row(
        "audit.readProvider", "Read the audit records of the provider's own operations",
        {"chatelaine:operator:audit/read", ""}, Activity::k3_1_3_b, Party::kProvider,
        gate::Effect::kRead, gate::ResourceType::kService, {"GET", "/v1/audit", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- the seal ------------------------------------------------------------------------------

struct SealState {
    bool sealed = false;
    std::size_t shares_missing = 0;
};

struct SealStatus {
    struct Command {};
    struct Reply : SealState {
        std::size_t scopes = 0;           ///< domains, accounts and the provider
        std::size_t scopes_resealing = 0; ///< with records of an older generation
    };
    static constexpr gate::OperationRow row = make_row(
        "seal.get", "Is the service sealed, and what is being re-sealed",
        {"chatelaine:operator:seal/get", ""}, Activity::k3_1_1_a, Party::kProvider,
        gate::Effect::kRead, gate::ResourceType::kService, {"GET", "/v1/seal", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct SealNow {
    struct Command {};
    using Reply = SealState;
    static constexpr gate::OperationRow row = make_row(
        "seal.close", "Forget all keys until shares are given or the service is started again",
        {"chatelaine:operator:seal/close", ""}, Activity::k3_1_1_a, Party::kProvider,
        gate::Effect::kDestructive, gate::ResourceType::kService, {"POST", "/v1/seal/now", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct RotateRoot {
    struct Command {
        std::size_t threshold = 3;
        std::size_t count = 5;
    };
    struct Reply {
        std::vector<seal::ShareText> shares;  ///< shown once
        std::size_t threshold = 0;
    };
    static constexpr gate::OperationRow row = make_row(
        "seal.rotateRoot", "Make a new root key and new shares; the old shares are void",
        {"chatelaine:operator:seal/rotate", ""}, Activity::k3_1_1_a, Party::kProvider,
        gate::Effect::kWrite, gate::ResourceType::kService, {"POST", "/v1/seal/rotate", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct RotateDomainKey {
    struct Command {
        DomainId domain;
    };
    struct Reply {
        std::uint32_t generation = 0;
    };
    static constexpr gate::OperationRow row = make_row(
        "domain.rotateKey", "Seal the domain under a new key; its records follow in the background",
        {"chatelaine:control:domain/rotateKey", ""}, Activity::k3_1_1_e, Party::kCustomer,
        gate::Effect::kWrite, gate::ResourceType::kDomain,
        {"POST", "/v2/okms/resource/{okmsId}/rotate", 200});
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

// ---- backup --------------------------------------------------------------------------------

struct Backup {
    struct Command {
        /// A plain name in the backup folder, or the absolute path of one.
        std::string file;
    };
    using Reply = BackupSummary;
    static constexpr gate::OperationRow row = make_row(
        "backup.create", "Write a sealed backup of the service into the backup folder",
        {"chatelaine:operator:backup/create", ""}, Activity::k3_1_1_d, Party::kProvider,
        gate::Effect::kWrite, gate::ResourceType::kService, {"POST", "/v1/backup", 201});
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_OPERATE_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_OPERATE_RUN(ReadAudit);
CH_OPERATE_RUN(ReadAccountAudit);
CH_OPERATE_RUN(ReadProviderAudit);
CH_OPERATE_RUN(SealStatus);
CH_OPERATE_RUN(SealNow);
CH_OPERATE_RUN(RotateRoot);
CH_OPERATE_RUN(RotateDomainKey);
CH_OPERATE_RUN(Backup);
#undef CH_OPERATE_RUN

}  // namespace chatelaine::operate

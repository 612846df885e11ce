#pragma once

#include "access/elevation.hpp"
#include "tenancy/policy_operations.hpp"

/// The provider's people: who they are, what they may do for a time, whom it concerns, and who was
/// in a building. Activity 3.1.2.b: customers are told of each change, and read what concerns them.
/// No operator has a standing right over a customer's account: its state is changed under an
/// elevation that names it.

namespace chatelaine::tenancy {

constexpr gate::OperationRow operator_row(std::string_view name, std::string_view summary,
                                          std::string_view action, gate::Effect effect,
                                          gate::RestRoute rest,
                                          Activity activity = Activity::k3_1_2_b) {
    return make_row(name, summary, action, activity, Party::kProvider, effect,
                    gate::ResourceType::kService, rest);
}

// ---- operators -----------------------------------------------------------------------------

struct ListOperators {
    struct Command : PageCommand {};
    using Reply = PageReply<access::Identity>;
    static constexpr gate::OperationRow row =
        operator_row("operator.list", "List the operators and their rights",
                     "chatelaine:operator:operator/get", gate::Effect::kRead,
                     {"GET", "/v1/operator", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct UpdateOperator {
    struct Command {
        IdentityId operator_id;
        bool disabled = false;
        std::string reason;  ///< 1..500
    };
    using Reply = RecordReply<access::Identity>;
    static constexpr gate::OperationRow row =
        operator_row("operator.update", "Switch another operator off, or on again, with a reason",
                     "chatelaine:operator:operator/update", gate::Effect::kWrite,
                     {"PUT", "/v1/operator/{operatorId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- the state of an account ---------------------------------------------------------------

struct SetAccountState {
    struct Command {
        AccountId account;
        AccountState state{};
        std::string reason;  ///< 1..500; the customer reads it
    };
    using Reply = RecordReply<Account>;
    static constexpr gate::OperationRow row =
        operator_row("account.setState",
                     "Drain, suspend or reopen an account, under an elevation that names it",
                     "chatelaine:operator:account/setState", gate::Effect::kWrite,
                     {"PUT", "/v1/account/{accountId}/state", 200}, Activity::k3_1_1_c);
    static gate::Resource resource(const Command&) { return {}; }
};
struct GetOwnAccount {
    struct Command {};
    using Reply = RecordReply<Account>;
    static constexpr gate::OperationRow row =
        make_row("account.get", "The caller's account: its state, and why",
                 "chatelaine:control:account/get", Activity::k1_1_a, Party::kCustomer,
                 gate::Effect::kRead, gate::ResourceType::kAccount, {"GET", "/v2/account", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- elevations ----------------------------------------------------------------------------

/// As they stand at `now`.
struct ElevationReply : RecordReply<access::Elevation> {
    WallTime now;
};
struct ElevationPage : PageReply<access::Elevation> {
    WallTime now;
};

struct RequestElevation {
    struct Command {
        std::vector<std::string> actions;  ///< 1..20 patterns
        std::vector<AccountId> accounts;   ///< at most 20, each there
        std::string reason;                ///< 1..500
        std::int64_t minutes = 60;         ///< 1..480, from the approval on
    };
    using Reply = ElevationReply;
    static constexpr gate::OperationRow row =
        operator_row("elevation.request", "Ask for a right for a time, with a reason",
                     "chatelaine:operator:elevation/request", gate::Effect::kWrite,
                     {"POST", "/v1/elevation", 201});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListElevations {
    struct Command : PageCommand {};
    using Reply = ElevationPage;
    static constexpr gate::OperationRow row =
        operator_row("elevation.list", "The register of elevations",
                     "chatelaine:operator:elevation/get", gate::Effect::kRead,
                     {"GET", "/v1/elevation", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ElevationRef {
    Uuid elevation;
};
struct ApproveElevation {
    struct Command : ElevationRef {};
    using Reply = ElevationReply;
    static constexpr gate::OperationRow row =
        operator_row("elevation.approve", "Approve another operator's elevation; its time begins",
                     "chatelaine:operator:elevation/approve", gate::Effect::kWrite,
                     {"POST", "/v1/elevation/{elevationId}/approve", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct EndElevation {
    struct Command : ElevationRef {};
    using Reply = ElevationReply;
    static constexpr gate::OperationRow row =
        operator_row("elevation.end", "Refuse an elevation, or end it before its time",
                     "chatelaine:operator:elevation/end", gate::Effect::kDestructive,
                     {"DELETE", "/v1/elevation/{elevationId}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListElevationsOfAccount {
    struct Command : PageCommand {};
    using Reply = ElevationPage;
    static constexpr gate::OperationRow row =
        make_row("elevation.listOwn", "The operators' elevations that concern the account",
                 "chatelaine:control:elevation/get", Activity::k3_1_3_e, Party::kCustomer,
                 gate::Effect::kRead, gate::ResourceType::kAccount, {"GET", "/v2/elevation", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

// ---- entries to sites ----------------------------------------------------------------------

/// Who was in a building, recorded by one operator and signed by another (scope: the provider).
struct SiteEntry {
    static constexpr store::Kind kind = store::Kind::kSiteEntry;
    static Result<std::shared_ptr<const SiteEntry>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::Origin origin;
    Uuid id;
    std::string region, site, person, company, reason;
    WallTime entered;
    std::optional<WallTime> left;
    std::string recorded_by, signed_by;
    IdentityId recorder;
    WallTime recorded;
    std::optional<WallTime> signed_at;
};

struct RecordSiteEntry {
    struct Command {
        std::string region;  ///< this node's, where none is given
        std::string site, person, company, reason;
        WallTime entered;
        std::optional<WallTime> left;
    };
    using Reply = RecordReply<SiteEntry>;
    static constexpr gate::OperationRow row =
        operator_row("siteEntry.record", "Record who was in a site, when and why",
                     "chatelaine:operator:siteEntry/record", gate::Effect::kWrite,
                     {"POST", "/v1/siteEntry", 201});
    static gate::Resource resource(const Command&) { return {}; }
};
struct SignSiteEntry {
    struct Command {
        Uuid entry;
    };
    using Reply = RecordReply<SiteEntry>;
    static constexpr gate::OperationRow row =
        operator_row("siteEntry.sign", "Sign an entry that another operator recorded",
                     "chatelaine:operator:siteEntry/sign", gate::Effect::kWrite,
                     {"POST", "/v1/siteEntry/{entryId}/sign", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListSiteEntries {
    struct Command : PageCommand {};
    using Reply = PageReply<SiteEntry>;
    static constexpr gate::OperationRow row =
        operator_row("siteEntry.list", "The register of entries to sites",
                     "chatelaine:operator:siteEntry/get", gate::Effect::kRead,
                     {"GET", "/v1/siteEntry", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ListSiteEntriesOfRegion {
    struct Command : PageCommand {};
    using Reply = PageReply<SiteEntry>;
    static constexpr gate::OperationRow row = make_row(
        "siteEntry.listOwn", "Who was in the sites of the region that the account is served from",
        "chatelaine:control:siteEntry/get", Activity::k3_1_3_e, Party::kCustomer,
        gate::Effect::kRead, gate::ResourceType::kAccount, {"GET", "/v2/siteEntry", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_OPERATOR_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_OPERATOR_RUN(ListOperators);
CH_OPERATOR_RUN(UpdateOperator);
CH_OPERATOR_RUN(SetAccountState);
CH_OPERATOR_RUN(GetOwnAccount);
CH_OPERATOR_RUN(RequestElevation);
CH_OPERATOR_RUN(ListElevations);
CH_OPERATOR_RUN(ApproveElevation);
CH_OPERATOR_RUN(EndElevation);
CH_OPERATOR_RUN(ListElevationsOfAccount);
CH_OPERATOR_RUN(RecordSiteEntry);
CH_OPERATOR_RUN(SignSiteEntry);
CH_OPERATOR_RUN(ListSiteEntries);
CH_OPERATOR_RUN(ListSiteEntriesOfRegion);
#undef CH_OPERATOR_RUN

}  // namespace chatelaine::tenancy

#pragma once

#include "audit/register.hpp"
#include "operate/operations.hpp"
#include "responsibility/responsibility.hpp"

/// What the registers tell: the last evidence of each activity, and the notices that the matrix's I
/// owes a party. The engine writes them, in the transaction of what they are about.

namespace chatelaine::operate {

/// Of one activity: what was done last, by those that the reader may see.
struct ActivityEvidence {
    Activity activity{};
    std::optional<audit::Record> last;
    /// Of the other party: nothing but what was done and when.
    bool others = false;
};
struct EvidenceReply {
    std::vector<ActivityEvidence> activities;  ///< all, in the matrix's order
    std::vector<const gate::OperationRow*> operations;  ///< all that is served
};

struct ReadEvidence {
    struct Command {};
    using Reply = EvidenceReply;
    static constexpr gate::OperationRow row =
        make_row("evidence.read",
                 "The last evidence of each activity of the matrix, for a customer",
                 {"chatelaine:control:evidence/read", ""}, Activity::k3_1_3_e, Party::kCustomer,
                 gate::Effect::kRead, gate::ResourceType::kAccount, {"GET", "/v2/evidence", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ReadProviderEvidence {
    struct Command {};
    using Reply = EvidenceReply;
    static constexpr gate::OperationRow row =
        make_row("evidence.readProvider",
                 "The last evidence of each activity of the matrix, for the provider",
                 {"chatelaine:operator:evidence/read", ""}, Activity::k3_1_3_b, Party::kProvider,
                 gate::Effect::kRead, gate::ResourceType::kService, {"GET", "/v1/evidence", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

struct NoticeQuery {
    std::size_t max = 100;
    std::string cursor;  ///< what the page before gave; empty for the newest
};
struct NoticePage {
    std::vector<audit::Record> notices;  ///< newest first, as each store has them
    std::string next;                    ///< empty at the end
};
struct ReadNotices {
    using Command = NoticeQuery;
    using Reply = NoticePage;
    static constexpr gate::OperationRow row =
        make_row("notice.list", "What the provider did that customers are to be told",
                 {"chatelaine:control:notice/read", ""}, Activity::k3_1_3_e, Party::kCustomer,
                 gate::Effect::kRead, gate::ResourceType::kAccount, {"GET", "/v2/notice", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ReadProviderNotices {
    using Command = NoticeQuery;
    using Reply = NoticePage;
    static constexpr gate::OperationRow row =
        make_row("notice.listProvider", "What customers did that the provider is to be told",
                 {"chatelaine:operator:notice/read", ""}, Activity::k3_1_3_b, Party::kProvider,
                 gate::Effect::kRead, gate::ResourceType::kService, {"GET", "/v1/notice", 200});
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_REGISTER_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_REGISTER_RUN(ReadEvidence);
CH_REGISTER_RUN(ReadProviderEvidence);
CH_REGISTER_RUN(ReadNotices);
CH_REGISTER_RUN(ReadProviderNotices);
#undef CH_REGISTER_RUN

}  // namespace chatelaine::operate

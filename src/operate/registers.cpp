#include "operate/registers.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace chatelaine::operate {
namespace {

constexpr std::size_t kDomainsMax = 100;

Result<void> require_blocking(const Services& services) {
    return services.reader.may_block() ? ok() : Result<void>(Error(Code::kWouldBlock, "operate"));
}

/// The newer of what is known and what the scope's register ends with.
Result<void> look(Tools& tools, const Uuid& scope, Activity activity,
                  std::optional<audit::Record>& last) {
    const store::StreamKey stream{
        scope, audit::register_writer(audit::Register::kEvidence,
                                      responsibility::index_of(activity))};
    for (store::Store* const store : {tools.directory, tools.region}) {
        CH_TRY(auto found, audit::read_register(*tools.seal, *store, stream, 0, 1));
        if (!found.empty() && (!last || found.front().time > last->time)) {
            last = std::move(found.front());
        }
    }
    return ok();
}

Result<EvidenceReply> read_evidence(Tools& tools, const std::vector<Uuid>& own,
                                    const std::vector<Uuid>& others) {
    EvidenceReply reply;
    reply.operations = tools.operations;
    for (std::size_t i = 0; i < responsibility::activity_count; ++i) {
        ActivityEvidence evidence;
        evidence.activity = responsibility::activity_at(i);
        for (const Uuid& scope : own) {
            CH_TRY_VOID(look(tools, scope, evidence.activity, evidence.last));
        }
        for (const Uuid& scope : evidence.last ? std::vector<Uuid>() : others) {
            CH_TRY_VOID(look(tools, scope, evidence.activity, evidence.last));
            if (evidence.last && evidence.last->party != "provider") {
                evidence.last.reset();  // another customer's, claiming its account
            }
            evidence.others = evidence.last.has_value();
        }
        reply.activities.push_back(std::move(evidence));
    }
    return reply;
}

/// How many records of each store's stream are left to show: "12.7".
using Left = std::array<std::uint64_t, 2>;

Result<std::optional<Left>> parse_cursor(std::string_view text) {
    if (text.empty()) {
        return std::optional<Left>();
    }
    Left left{};
    const std::size_t dot = text.find('.');
    const std::array<std::string_view, 2> parts{
        text.substr(0, dot), dot == std::string_view::npos ? "" : text.substr(dot + 1)};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const char* const end = parts[i].data() + parts[i].size();
        const auto [stopped, fault] = std::from_chars(parts[i].data(), end, left[i]);
        if (fault != std::errc{} || stopped != end || left[i] > INT64_MAX) {
            return Error::invalid("operate.notices", "cursor", "expected a cursor of this list");
        }
    }
    return std::optional(left);
}

Result<NoticePage> read_notices(Tools& tools, Party reader, const NoticeQuery& query) {
    const store::StreamKey stream{
        access::provider_scope,
        audit::register_writer(audit::Register::kNotices, responsibility::index_of(reader))};
    CH_TRY(const auto cursor, parse_cursor(query.cursor));
    const std::array<store::Store*, 2> stores{tools.directory, tools.region};
    Left left{};
    std::array<std::vector<audit::Record>, 2> found;
    for (std::size_t i = 0; i < stores.size(); ++i) {
        CH_TRY(const std::uint64_t next, stores[i]->next_sequence(stream));
        left[i] = cursor ? std::min((*cursor)[i], next - 1) : next - 1;
        if (left[i] != 0) {
            CH_TRY(found[i],
                   audit::read_register(*tools.seal, *stores[i], stream, left[i], query.max));
        }
    }
    // Each store's as they stand there, whatever their clocks said: the cursor counts them.
    NoticePage page;
    std::array<std::size_t, 2> taken{};
    while (page.notices.size() < query.max) {
        const bool first = taken[0] < found[0].size();
        const bool second = taken[1] < found[1].size();
        if (!first && !second) {
            break;
        }
        const bool newer =
            first && (!second || found[0][taken[0]].time >= found[1][taken[1]].time);
        const std::size_t from = newer ? 0 : 1;
        audit::Record& record = found[from][taken[from]++];
        left[from] = record.sequence - 1;
        page.notices.push_back(std::move(record));
    }
    if (left[0] + left[1] > 0) {
        page.next = std::to_string(left[0]) + "." + std::to_string(left[1]);
    }
    return page;
}

}  // namespace

Result<gate::Outcome<ReadEvidence>> run(const gate::Authorised<ReadEvidence>& authorised,
                                        Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    const access::Principal& principal = authorised.principal();
    std::vector<Uuid> own;
    if (principal.bound_to().is_nil()) {
        own.push_back(principal.account().uuid);
        store::Query query;
        query.scope = principal.account().uuid;
        query.max = kDomainsMax;
        query.newest_first = true;
        CH_TRY(const auto domains, services.reader.find<access::Domain>(query));
        for (const auto& domain : domains.objects) {
            own.push_back(domain->id.uuid);
        }
    } else {
        own = {principal.account().uuid, principal.bound_to().uuid};
    }
    gate::Outcome<ReadEvidence> outcome;
    CH_TRY(outcome.reply, read_evidence(tools, own, {access::provider_scope}));
    return outcome;
}

Result<gate::Outcome<ReadProviderEvidence>> run(const gate::Authorised<ReadProviderEvidence>&,
                                                Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    gate::Outcome<ReadProviderEvidence> outcome;
    CH_TRY(outcome.reply, read_evidence(tools, {access::provider_scope}, {}));
    return outcome;
}

Result<gate::Outcome<ReadNotices>> run(const gate::Authorised<ReadNotices>& authorised,
                                       Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    gate::Outcome<ReadNotices> outcome;
    CH_TRY(outcome.reply, read_notices(tools, Party::kCustomer, authorised.command()));
    return outcome;
}

Result<gate::Outcome<ReadProviderNotices>> run(
    const gate::Authorised<ReadProviderNotices>& authorised, Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    gate::Outcome<ReadProviderNotices> outcome;
    CH_TRY(outcome.reply, read_notices(tools, Party::kProvider, authorised.command()));
    return outcome;
}

}  // namespace chatelaine::operate

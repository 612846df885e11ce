// The customer's audit trail.
#include <chrono>
#include <set>
#include <thread>

#include "apps/chatelaine/show.hpp"
#include "base/time.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::chrono::seconds kTailInterval{1};
constexpr std::int64_t kTailOverlapSeconds = 5;

struct Filter {
    std::string from, cursor, order, max;
};

Result<Reply> fetch(Context& context, const Arguments& arguments, const Filter& filter) {
    std::string path = "/v1/audit";
    const bool provider = arguments.has("operator");
    if (arguments.has("account")) {
        path = "/v2/audit";
    } else if (!provider) {
        CH_TRY(path, context.domain_path());
        path += "/audit";
    }
    path += query({{"from", filter.from},
                   {"to", arguments.text("to")},
                   {"operation", arguments.text("operation")},
                   {"identity", arguments.text("identity")},
                   {"resource", arguments.text("resource")},
                   {"verdict", arguments.text("verdict")},
                   {"order", filter.order},
                   {"max", filter.max},
                   {"cursor", filter.cursor}});
    return context.client().get(provider ? Listener::kOperator : Listener::kControl, path);
}

/// What a person needs of a URN: what stands behind the account or the domain.
std::string short_urn(const std::string& urn) {
    const auto slash = urn.find('/');
    const auto colon = urn.rfind(':');
    return slash != std::string::npos   ? urn.substr(slash + 1)
           : colon != std::string::npos ? urn.substr(colon + 1)
                                        : urn;
}

/// A record in the columns of `columns()`.
std::string shortened(const json::Value& record) {
    std::string identities;
    const json::Value urns = record.member("iam_identities");
    for (json::Value urn = urns.first(); urn.exists(); urn = urn.next()) {
        identities += (identities.empty() ? "" : ", ") + short_urn(display(urn, ""));
    }
    std::string out;
    json::Writer(out)
        .begin_object()
        .member("time", display(record, "time"))
        .member("verdict", display(record, "verdict"))
        .member("status", display(record, "http_status"))
        .member("operation", display(record, "operation"))
        .member("identity", identities)
        .member("resource", short_urn(display(record, "res_urn")))
        .end_object();
    return out;
}

const std::vector<Column>& columns() {
    static const std::vector<Column> all{
        {"TIME", "time"}, {"VERDICT", "verdict"}, {"STATUS", "status"},
        {"OPERATION", "operation"}, {"IDENTITY", "identity"}, {"RESOURCE", "resource"}};
    return all;
}

std::string line(const json::Value& record) {
    auto parsed = json::Document::parse(shortened(record));
    std::string out;
    for (const Column& column : columns()) {
        out += (out.empty() ? "" : "  ") + display(parsed->root(), column.member);
    }
    return out;
}

Result<int> audit_list(Context& context, const Arguments& arguments) {
    CH_TRY(std::int64_t left, arguments.integer("max", 100));
    Filter filter;
    filter.from = arguments.text("from");
    filter.order = arguments.text_or("order", "asc");
    std::string all = "[";
    while (left > 0) {
        filter.max = std::to_string(std::min<std::int64_t>(left, 1000));
        CH_TRY(const Reply reply, fetch(context, arguments, filter));
        CH_TRY(const json::Document document, reply.document());
        const json::Value records = document.root().member("records");
        for (json::Value record = records.first(); record.exists(); record = record.next()) {
            all += all.size() == 1 ? "" : ",";
            all += context.json ? std::string(record.source()) : shortened(record);
            --left;
        }
        filter.cursor = display(document.root(), "next");
        if (filter.cursor.empty()) {
            break;
        }
    }
    return show_list(context, all + "]", columns());
}

/// Asks again from a little before the last record and leaves out what was printed: records of
/// another node may come in late.
Result<int> audit_tail(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t rounds, arguments.integer("rounds", 0));
    Filter filter;
    filter.order = "asc";
    filter.max = "1000";
    WallTime from = system_clock().now().plus_seconds(-60);
    std::set<std::string> printed, before;
    for (std::int64_t round = 0; rounds == 0 || round < rounds; ++round) {
        if (round != 0) {
            std::this_thread::sleep_for(kTailInterval);
        }
        filter.from = format_rfc3339(from);
        filter.cursor.clear();
        do {
            CH_TRY(const Reply reply, fetch(context, arguments, filter));
            CH_TRY(const json::Document document, reply.document());
            const json::Value records = document.root().member("records");
            for (json::Value record = records.first(); record.exists(); record = record.next()) {
                std::string id = display(record, "stream") + display(record, "sequence");
                const bool old = printed.count(id) != 0 || before.count(id) != 0;
                printed.insert(std::move(id));
                if (!old) {
                    print_line(context.json ? std::string(record.source()) : line(record));
                }
            }
            filter.cursor = display(document.root(), "next");
        } while (!filter.cursor.empty());
        std::fflush(stdout);
        before = std::move(printed);
        printed.clear();
        from = std::max(from, system_clock().now().plus_seconds(-kTailOverlapSeconds));
    }
    return exit_ok;
}

}  // namespace

void add_audit_commands(std::vector<Command>& commands) {
    std::vector<Param> filters{
        {ParamKind::kOption, "operation", "only this operation"},
        {ParamKind::kOption, "identity", "only this identity's URN"},
        {ParamKind::kOption, "resource", "only this resource's URN"},
        {ParamKind::kOption, "verdict", "allowed, denied or failed", false,
         "allowed denied failed"},
        {ParamKind::kFlag, "account", "the account's own trail instead of a domain's"},
        {ParamKind::kFlag, "operator", "the provider's own log instead of a domain's"},
    };
    std::vector<Param> tail = filters;
    tail.push_back({ParamKind::kOption, "rounds", "stop after asking so often (default: never)"});
    filters.push_back({ParamKind::kOption, "from", "not before this RFC 3339 time"});
    filters.push_back({ParamKind::kOption, "to", "not after this RFC 3339 time"});
    filters.push_back({ParamKind::kOption, "order", "asc or desc", false, "asc desc"});
    filters.push_back({ParamKind::kOption, "max", "how many records at most (default 100)"});
    commands.push_back({"audit list", "List audit records", std::move(filters), &audit_list});
    commands.push_back({"audit tail", "Print audit records as they come", std::move(tail),
                        &audit_tail});
}

}  // namespace chatelaine::cli

// The seal, rotation, backup.
#include "faces/control/fields.hpp"
#include "faces/operator/bindings.hpp"
#include "faces/operator/seal_json.hpp"

namespace chatelaine::faces::operators {

void write_seal_state(json::Writer& out, const operate::SealState& state) {
    out.member("sealed", state.sealed)
        .member("sharesMissing", static_cast<std::int64_t>(state.shares_missing));
}

}  // namespace chatelaine::faces::operators

namespace chatelaine::faces::http {
namespace {

constexpr std::int64_t kShareCountMax = 255;

Result<std::size_t> count_field(const json::Value& body, std::string_view name,
                                std::size_t otherwise) {
    const json::Value value = body.member(name);
    if (value.is_absent()) {
        return otherwise;
    }
    CH_TRY(const std::int64_t count, value.integer());
    if (count < 1 || count > kShareCountMax) {
        return Error::invalid("operator.count", value.path(),
                              "expected 1 to " + std::to_string(kShareCountMax));
    }
    return static_cast<std::size_t>(count);
}

}  // namespace

Result<operate::SealStatus::Command> Binding<operate::SealStatus>::decode(
    Context&, const access::Principal&) {
    return operate::SealStatus::Command{};
}
void Binding<operate::SealStatus>::encode(operate::SealStatus::Reply& reply, Context&,
                                          net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object();
    operators::write_seal_state(out, reply);
    out.member("scopes", static_cast<std::int64_t>(reply.scopes))
        .member("scopesResealing", static_cast<std::int64_t>(reply.scopes_resealing))
        .end_object();
}

Result<operate::SealNow::Command> Binding<operate::SealNow>::decode(Context&,
                                                                    const access::Principal&) {
    return operate::SealNow::Command{};
}
void Binding<operate::SealNow>::encode(operate::SealNow::Reply& reply, Context&,
                                       net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object().member("sealed", reply.sealed).end_object();
}

Result<operate::RotateRoot::Command> Binding<operate::RotateRoot>::decode(
    Context& context, const access::Principal&) {
    operate::RotateRoot::Command command;
    if (context.request().body.empty()) {
        return command;
    }
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"threshold", "count"}));
    CH_TRY(command.threshold, count_field(body, "threshold", command.threshold));
    CH_TRY(command.count, count_field(body, "count", std::max(command.count, command.threshold)));
    return command;
}
void Binding<operate::RotateRoot>::encode(operate::RotateRoot::Reply& reply, Context&,
                                          net::HttpResponse& response) {
    response.wipe_body = true;
    json::Writer out(response.body);
    out.begin_object()
        .member("threshold", static_cast<std::int64_t>(reply.threshold))
        .key("shares")
        .begin_array();
    for (const seal::ShareText& share : reply.shares) {
        control::write_secret(out, share);
    }
    out.end_array().end_object();
}

Result<operate::Backup::Command> Binding<operate::Backup>::decode(Context& context,
                                                                  const access::Principal&) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"file"}));
    operate::Backup::Command command;
    CH_TRY(command.file, control::text_field(body, "file", {true, limits::target_bytes_max}));
    return command;
}
void Binding<operate::Backup>::encode(operate::Backup::Reply& reply, Context&,
                                      net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object()
        .member("file", reply.file.string())
        .member("bytes", static_cast<std::int64_t>(reply.bytes))
        .member("createdAt", format_rfc3339(reply.created))
        .member("directoryCommit", static_cast<std::int64_t>(reply.directory_commit))
        .member("regionCommit", static_cast<std::int64_t>(reply.region_commit))
        .member("verified", true)
        .key("entries")
        .begin_array();
    for (const std::string& entry : reply.entries) {
        out.string(entry);
    }
    out.end_array().end_object();
}

}  // namespace chatelaine::faces::http

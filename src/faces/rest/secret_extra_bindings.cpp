// What secrets have beyond both APIs, on paths of its own: nothing of it shows in the answers that
// OKMS and Vault clients read.
#include "base/encoding.hpp"
#include "faces/rest/secret_bindings.hpp"
#include "secrets/kept.hpp"

namespace chatelaine::faces::http {
namespace {

template <class Command>
Result<Command> decode_ref(Context& context, const access::Principal& principal) {
    Command command;
    command.domain = context.domain(principal);
    CH_TRY(command.path, context.parameter("path"));
    return command;
}

}  // namespace

Result<secrets::DiffVersions::Command> Binding<secrets::DiffVersions>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::DiffVersions::Command>(context, principal));
    CH_TRY(const auto from, query_number(context, "from", 1));
    if (!from) {
        return Error::missing("secrets.diff", "from");
    }
    command.from = *from;
    CH_TRY(command.to, query_number(context, "to", 1));
    CH_TRY(const auto values, context.query("values"));
    if (values && *values != "true" && *values != "false") {
        return Error::invalid("secrets.diff", "values", "expected true or false");
    }
    command.values = values && *values == "true";
    return command;
}
void Binding<secrets::DiffVersions>::encode(secrets::DiffVersions::Reply& reply, Context&,
                                            net::HttpResponse& response) {
    constexpr std::size_t kOwnBytes = 64;
    response.body.reserve(reply.changes.size() + kOwnBytes);
    response.wipe_body = true;
    json::Writer(response.body)
        .begin_object()
        .member("from", static_cast<std::int64_t>(reply.from))
        .member("to", static_cast<std::int64_t>(reply.to))
        .key("changes")
        .raw(reply.changes)
        .end_object();
}

Result<secrets::RollbackSecret::Command> Binding<secrets::RollbackSecret>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_ref<secrets::RollbackSecret::Command>(context, principal));
    CH_TRY(command.cas, query_number(context, "cas", 0));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"version"}));
    const json::Value version = body.member("version");
    CH_TRY(const std::int64_t number, version.integer());
    if (number < 1 || number > limits::secret_versions_max) {
        return Error::invalid("secrets.version", "version", "expected 1 to 24000");
    }
    command.version = static_cast<std::uint32_t>(number);
    return command;
}
void Binding<secrets::RollbackSecret>::encode(secrets::SecretAnswer& reply, Context& context,
                                              net::HttpResponse& response) {
    encode_secret_answer(reply, context, response);
}

Result<secrets::GetReads::Command> Binding<secrets::GetReads>::decode(
    Context& context, const access::Principal& principal) {
    return decode_ref<secrets::GetReads::Command>(context, principal);
}
void Binding<secrets::GetReads>::encode(secrets::GetReads::Reply& reply, Context&,
                                        net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object().member("path", reply.secret->path).key("versions").begin_array();
    auto read = reply.reads.begin();
    for (const secrets::Version& version : reply.secret->versions) {
        out.begin_object().member("id", static_cast<std::int64_t>(version.number));
        while (read != reply.reads.end() && read->first < version.number) {
            ++read;
        }
        if (read != reply.reads.end() && read->first == version.number) {
            out.member("lastReadAt", format_rfc3339(read->second));
        }
        out.end_object();
    }
    out.end_array().end_object();
}

Result<secrets::ListDeleted::Command> Binding<secrets::ListDeleted>::decode(
    Context& context, const access::Principal& principal) {
    secrets::ListDeleted::Command command;
    command.domain = context.domain(principal);
    CH_TRY(SecretPaging paging, decode_secret_paging(context));
    command.cursor = std::move(paging.cursor);
    command.max = paging.max;
    return command;
}
void Binding<secrets::ListDeleted>::encode(secrets::ListDeleted::Reply& reply, Context&,
                                           net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& gone : reply.secrets) {
        out.begin_object().member("path", gone->secret.path);
        out.member("deletedAt", format_rfc3339(gone->deleted));
        out.member("erasedAt", format_rfc3339(gone->erased));
        out.member("currentVersion", static_cast<std::int64_t>(gone->secret.current));
        out.end_object();
    }
    out.end_array();
    encode_secret_cursor(reply.next, response);
}

Result<secrets::UndeleteSecret::Command> Binding<secrets::UndeleteSecret>::decode(
    Context& context, const access::Principal& principal) {
    return decode_ref<secrets::UndeleteSecret::Command>(context, principal);
}
void Binding<secrets::UndeleteSecret>::encode(secrets::SecretAnswer& reply, Context& context,
                                              net::HttpResponse& response) {
    encode_secret_answer(reply, context, response);
}

Result<secrets::GetRetention::Command> Binding<secrets::GetRetention>::decode(
    Context& context, const access::Principal& principal) {
    return secrets::GetRetention::Command{context.domain(principal)};
}
void Binding<secrets::GetRetention>::encode(secrets::GetRetention::Reply& reply, Context&,
                                            net::HttpResponse& response) {
    json::Writer(response.body)
        .begin_object()
        .member("undeleteWithin", reply.undelete_within)
        .end_object();
}

Result<secrets::UpdateRetention::Command> Binding<secrets::UpdateRetention>::decode(
    Context& context, const access::Principal& principal) {
    secrets::UpdateRetention::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"undeleteWithin"}));
    CH_TRY(const std::string_view text, body.member("undeleteWithin").string());
    command.undelete_within = text;
    return command;
}
void Binding<secrets::UpdateRetention>::encode(secrets::GetRetention::Reply& reply,
                                               Context& context, net::HttpResponse& response) {
    Binding<secrets::GetRetention>::encode(reply, context, response);
}

}  // namespace chatelaine::faces::http

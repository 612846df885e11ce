// Names that stand for service keys.
#include "base/limits.hpp"
#include "faces/rest/bindings.hpp"
#include "faces/rest/extension_bindings.hpp"

namespace chatelaine::faces::http {
namespace {

/// No id has a colon, so no client of the vendor's service can mean this.
constexpr std::string_view kAliasPrefix = "alias:";
/// In place of a key's id: no key has the name.
constexpr std::string_view kNone = "none";

constexpr std::int64_t kBornMax = 0x7fffffffffffffff;

Result<ObjectId> id_of(std::string_view text, std::string_view field) {
    const auto id = ObjectId::parse(text);
    if (!id) {
        return Error::invalid("rest.alias", std::string(field), "expected a UUID");
    }
    return *id;
}

template <class Command>
Result<Command> decode_alias(Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<Command>(context, principal));
    CH_TRY(command.name, context.parameter("alias"));
    CH_TRY_VOID(objects::check_alias(command.name, "alias"));
    return command;
}

}  // namespace

Result<void> read_key_name(std::string_view text, std::string_view field, objects::KeyRef& ref) {
    if (!text.starts_with(kAliasPrefix)) {
        CH_TRY(ref.key, id_of(text, field));
        return ok();
    }
    text.remove_prefix(kAliasPrefix.size());
    CH_TRY_VOID(objects::check_alias(text, field));
    ref.alias = text;
    return ok();
}

Result<objects::SetAlias::Command> Binding<objects::SetAlias>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_alias<objects::SetAlias::Command>(context, principal));
    if (context.request().body.empty()) {
        return command;
    }
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"from"}));
    if (const json::Value from = body.member("from"); !from.is_absent()) {
        CH_TRY(const std::string_view text, from.string());
        command.from.emplace();
        if (text != kNone) {
            CH_TRY(*command.from, id_of(text, "from"));
        }
    }
    return command;
}
void Binding<objects::SetAlias>::encode(objects::SetAlias::Reply& reply, Context&,
                                        net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object()
        .member("name", reply.name)
        .member("keyId", reply.key.to_string())
        .member("changed", format_rfc3339(reply.changed));
    if (reply.moved_from) {
        out.member("movedFrom", reply.moved_from->to_string());
    }
    out.end_object();
}

Result<objects::DeleteAlias::Command> Binding<objects::DeleteAlias>::decode(
    Context& context, const access::Principal& principal) {
    return decode_alias<objects::DeleteAlias::Command>(context, principal);
}
void Binding<objects::DeleteAlias>::encode(objects::Nothing&, Context&, net::HttpResponse&) {}

Result<objects::ListAliases::Command> Binding<objects::ListAliases>::decode(
    Context& context, const access::Principal& principal) {
    objects::ListAliases::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const auto key, context.query("keyId"));
    if (key) {
        CH_TRY(command.key, id_of(*key, "keyId"));
    }
    CH_TRY(const std::int64_t after, context.query_integer("after", {0, kBornMax, 0}));
    constexpr Context::Range page{limits::list_page_min, limits::list_page_max,
                                  limits::list_page_max};
    CH_TRY(const std::int64_t max, context.query_integer("max", page));
    command.after = static_cast<std::uint64_t>(after);
    command.max = static_cast<std::size_t>(max);
    return command;
}
void Binding<objects::ListAliases>::encode(objects::ListAliases::Reply& reply, Context&,
                                           net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object().key("aliases").begin_array();
    for (const auto& alias : reply.aliases) {
        out.begin_object()
            .member("name", alias.name)
            .member("keyId", alias.key.to_string())
            .member("created", format_rfc3339(alias.created))
            .member("changed", format_rfc3339(alias.changed))
            .end_object();
    }
    out.end_array();
    if (reply.next != 0) {
        out.member("next", static_cast<std::int64_t>(reply.next));
    }
    out.end_object();
}

}  // namespace chatelaine::faces::http

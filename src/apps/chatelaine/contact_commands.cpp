// The people of one's subscription.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/show.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kFields{{
    {"first-name", "firstName"},
    {"last-name", "lastName"},
    {"organisation", "organisation"},
    {"email", "email"},
    {"phone", "phone"},
    {"address", "address"},
    {"country", "country"},
    {"language", "language"}}};

std::string path_of(const Arguments& arguments) {
    return "/v2/contact/" + encode_percent(arguments.text("role"));
}

Result<int> contact_set(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.method = "PUT";
    request.path = path_of(arguments);
    json::Writer out(request.body);
    out.begin_object();
    for (const auto& [option, member] : kFields) {
        if (arguments.has(option)) {
            out.member(member, arguments.text(option));
        }
    }
    out.end_object();
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

Result<int> contact_get(Context& context, const Arguments& arguments) {
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, path_of(arguments)));
    return show(context, reply);
}

Result<int> contact_export(Context& context, const Arguments& arguments) {
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, "/v2/contact"));
    if (!arguments.has("out")) {
        print_line(reply.body);
        return exit_ok;
    }
    CH_TRY_VOID(write_private(std::filesystem::path(arguments.text("out")),
                              as_bytes(reply.body)));
    return exit_ok;
}

Result<int> contact_erase(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.method = "DELETE";
    request.path = path_of(arguments);
    CH_TRY(const Reply reply, context.client().send(request));
    return done(context, "erased: the keys of the person are destroyed");
}

}  // namespace

void add_contact_commands(std::vector<Command>& commands) {
    const Param role{ParamKind::kPositional, "role", "owner, admin, billing or security", true,
                     "owner admin billing security"};
    std::vector<Param> fields{role};
    for (const auto& [option, member] : kFields) {
        fields.push_back({ParamKind::kOption, option, "of the person", option == "email"});
    }
    commands.push_back({"contact set", "Give or correct the person of a role", std::move(fields),
                        &contact_set});
    commands.push_back({"contact get", "Read the person of a role", {role}, &contact_get});
    commands.push_back({"contact export", "All that is known of one's people, as JSON",
                        {{ParamKind::kOption, "out", "write it to this file (0600), not here"}},
                        &contact_export});
    commands.push_back({"contact erase", "Erase the person of a role", {role}, &contact_erase});
}

}  // namespace chatelaine::cli

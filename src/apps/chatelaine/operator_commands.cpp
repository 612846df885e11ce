// The provider's side: operators, accounts, seal, backup.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/show.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kCsrBytesMax = 16 * 1024;

/// Turns a one-time code into a credential. It is sent without one.
Result<Reply> redeem(Context& context, Listener listener, const Arguments& arguments) {
    CH_TRY(std::string code,
           read_secret_line(std::filesystem::path(arguments.text_or("code-file", "-"))));
    Client::Request request;
    request.listener = listener;
    request.method = "POST";
    request.path = "/v1/claim";
    request.anonymous = true;
    json::Writer out(request.body);
    out.begin_object().member("code", code);
    wipe(code);
    if (arguments.has("csr")) {
        CH_TRY(const std::string csr,
               read_text(std::filesystem::path(arguments.text("csr")), kCsrBytesMax));
        out.member("csr", csr);
    }
    out.end_object();
    auto reply = context.client().send(request);
    wipe(request.body);
    return reply;
}

Result<int> keep_claim(Context& context, Listener listener, const Arguments& arguments) {
    CH_TRY(const Reply reply, redeem(context, listener, arguments));
    if (arguments.has("cert-out")) {
        CH_TRY(const std::string pem, member_text(reply, "certificatePEM"));
        CH_TRY_VOID(write_private(std::filesystem::path(arguments.text("cert-out")),
                                  as_bytes(pem)));
    }
    return show_secret(context, reply, "token", arguments.text("out"));
}

Result<int> operator_claim(Context& context, const Arguments& arguments) {
    return keep_claim(context, Listener::kOperator, arguments);
}

Result<int> claim(Context& context, const Arguments& arguments) {
    return keep_claim(context, Listener::kControl, arguments);
}

Result<int> operator_invite(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string grants, grants_json(arguments));
    std::string body;
    json::Writer out(body);
    out.begin_object().member("name", arguments.text("name"));
    out.key("grants").raw(grants.empty() ? "[]" : grants).end_object();
    CH_TRY(const Reply reply, context.client().post(Listener::kOperator, "/v1/operator", body));
    return show_secret(context, reply, "enrolmentCode", arguments.text("out"));
}

Result<int> account_create(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer out(body);
    out.begin_object().member("name", arguments.text("name"));
    if (arguments.has("reason")) {
        out.member("reason", arguments.text("reason"));
    }
    out.end_object();
    CH_TRY(const Reply reply, context.client().post(Listener::kOperator, "/v1/account", body));
    return show_secret(context, reply, "claimCode", arguments.text("out"));
}

Result<int> account_list(Context& context, const Arguments&) {
    CH_TRY(const std::string all, context.client().get_all(Listener::kOperator, "/v1/account"));
    return show_list(context, all,
                     {{"ID", "id"}, {"NAME", "name"}, {"CREATED", "createdAt"},
                      {"CLAIMED", "claimedAt"}, {"STATE", "state"}, {"REASON", "reason"}});
}

Result<int> seal_status(Context& context, const Arguments&) {
    CH_TRY(const Reply reply, context.client().get(Listener::kOperator, "/v1/seal"));
    return show(context, reply);
}

Result<int> seal_share(Context& context, const Arguments& arguments) {
    CH_TRY(std::string share,
           read_secret_line(std::filesystem::path(arguments.text_or("share-file", "-"))));
    std::string body;
    json::Writer(body).begin_object().member("share", share).end_object();
    wipe(share);
    CH_TRY(const Reply reply,
           context.client().post(Listener::kOperator, "/v1/seal/share", std::move(body)));
    return show(context, reply);
}

Result<int> seal_now(Context& context, const Arguments&) {
    CH_TRY(const Reply reply, context.client().post(Listener::kOperator, "/v1/seal/now", ""));
    return show(context, reply);
}

Result<int> seal_rotate(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t threshold, arguments.integer("threshold", 3));
    CH_TRY(const std::int64_t count, arguments.integer("count", 5));
    const std::filesystem::path folder(arguments.text("shares-dir"));
    // A folder that cannot be written to is found out before the old shares lose their worth.
    CH_TRY_VOID(write_private(folder / "README", as_bytes("Break-glass shares. Hand each to its "
                                                          "keeper and leave none here.\n")));
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("threshold", threshold)
        .member("count", count)
        .end_object();
    CH_TRY(const Reply reply, context.client().post(Listener::kOperator, "/v1/seal/rotate", body));
    CH_TRY(const json::Document document, reply.document());
    int number = 0;
    const json::Value shares = document.root().member("shares");
    for (json::Value share = shares.first(); share.exists(); share = share.next()) {
        CH_TRY(const std::string_view text, share.string());
        std::string line = std::string(text) + "\n";
        const auto file = folder / ("share-" + std::to_string(++number) + ".txt");
        const auto written = write_private(file, as_bytes(line));
        wipe(line);
        if (!written) {
            return file_error(file);
        }
    }
    return done(context, std::to_string(number) + " new shares lie in " + folder.string());
}

Result<int> backup(Context& context, const Arguments& arguments) {
    std::string body;
    json::Writer(body).begin_object().member("file", arguments.text("file")).end_object();
    CH_TRY(const Reply reply, context.client().post(Listener::kOperator, "/v1/backup", body));
    return show(context, reply);
}

Result<int> health(Context& context, const Arguments&) {
    Client::Request request;
    request.listener = Listener::kOperator;
    request.path = "/health/ready";
    request.anonymous = true;
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

}  // namespace

void add_operator_commands(std::vector<Command>& commands) {
    const Param code{ParamKind::kOption, "code-file",
                     "file with the code (default: standard input)"};
    const Param out{ParamKind::kOption, "out", "write the secret to this file (0600), not here"};
    const Param csr{ParamKind::kOption, "csr", "PEM request, for a client certificate too"};
    const Param cert{ParamKind::kOption, "cert-out", "write that certificate to this file"};
    const Param name{ParamKind::kPositional, "name", "its name", true};
    const Param action{ParamKind::kList, "action", "an action to grant; may be repeated"};
    const Param resource{ParamKind::kList, "resource", "on which resources (default: *)"};
    const Param grants{ParamKind::kOption, "grants-file", "JSON file with the grants"};
    commands.push_back({"operator claim", "Become an operator with an enrolment code",
                        {code, out, csr, cert}, &operator_claim});
    commands.push_back({"operator invite", "Make the enrolment code of another operator",
                        {name, action, resource, grants, out}, &operator_invite});
    commands.push_back({"account create", "Open an account for a customer",
                        {name, {ParamKind::kOption, "reason", "why; it is kept"}, out},
                        &account_create});
    commands.push_back({"account list", "List the customers' accounts", {}, &account_list});
    commands.push_back({"claim", "Claim an account with its one-time code", {code, out}, &claim});
    commands.push_back({"seal status", "Is the service sealed", {}, &seal_status});
    commands.push_back({"seal share", "Give one break-glass share",
                        {{ParamKind::kOption, "share-file", "file (default: standard input)"}},
                        &seal_share});
    commands.push_back({"seal now", "Seal the service at once", {}, &seal_now});
    commands.push_back({"seal rotate", "Make a new root key and new shares",
                        {{ParamKind::kOption, "threshold", "how many shares open it"},
                         {ParamKind::kOption, "count", "how many shares there are"},
                         {ParamKind::kOption, "shares-dir", "folder for the shares", true}},
                        &seal_rotate});
    commands.push_back({"backup", "Write a sealed backup into the service's backup folder",
                        {{ParamKind::kPositional, "file", "its name there", true}}, &backup});
    commands.push_back({"health", "Is the service ready", {}, &health});
}

}  // namespace chatelaine::cli

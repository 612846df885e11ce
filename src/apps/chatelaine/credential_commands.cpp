// Client certificates.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/show.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kCsrBytesMax = 16 * 1024;

Result<std::string> credential_path(Context& context, const Arguments& arguments) {
    CH_TRY(std::string path, context.domain_path());
    path += "/credential";
    if (arguments.has("id")) {
        path += "/" + encode_percent(arguments.text("id"));
    }
    return path;
}

Result<std::string> create_body(const Arguments& arguments) {
    CH_TRY(const std::int64_t days, arguments.integer("days", 0));
    std::string body;
    json::Writer out(body);
    out.begin_object().member("name", arguments.text("name"));
    if (arguments.has("description")) {
        out.member("description", arguments.text("description"));
    }
    out.key("identityURNs").begin_array();
    for (const std::string& urn : arguments.list("identity")) {
        out.string(urn);
    }
    out.end_array();
    if (days != 0) {
        out.member("validity", days);
    }
    if (arguments.has("type")) {
        out.member("certificateType", arguments.text("type"));
    }
    if (arguments.has("csr")) {
        CH_TRY(const std::string csr,
               read_text(std::filesystem::path(arguments.text("csr")), kCsrBytesMax));
        out.member("csr", csr);
    }
    out.end_object();
    return body;
}

Result<int> credential_create(Context& context, const Arguments& arguments) {
    if (!arguments.has("csr") && !arguments.has("key-out") && !context.json) {
        return Error(Code::kConfiguration, "cli.credential",
                     "the private key leaves once: say where to with --key-out, or give --csr");
    }
    CH_TRY(const std::string path, credential_path(context, arguments));
    CH_TRY(std::string body, create_body(arguments));
    CH_TRY(const Reply reply, context.client().post(Listener::kControl, path, std::move(body)));
    if (arguments.has("cert-out")) {
        CH_TRY(const std::string pem, member_text(reply, "certificatePEM"));
        CH_TRY_VOID(write_private(std::filesystem::path(arguments.text("cert-out")),
                                  as_bytes(pem)));
    }
    return show_secret(context, reply, "privateKeyPEM", arguments.text("key-out"));
}

Result<int> credential_list(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string path, credential_path(context, arguments));
    CH_TRY(const std::string all, context.client().get_all(Listener::kControl, path));
    return show_list(context, all,
                     {{"ID", "id"}, {"NAME", "name"}, {"STATUS", "status"},
                      {"TYPE", "certificateType"}, {"EXPIRES", "expiredAt"},
                      {"IDENTITIES", "identityURNs"}});
}

Result<int> credential_get(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string path, credential_path(context, arguments));
    CH_TRY(const Reply reply, context.client().get(Listener::kControl, path));
    if (arguments.has("cert-out")) {
        CH_TRY(const std::string pem, member_text(reply, "certificatePEM"));
        CH_TRY_VOID(write_private(std::filesystem::path(arguments.text("cert-out")),
                                  as_bytes(pem)));
    }
    return show(context, reply);
}

Result<int> credential_revoke(Context& context, const Arguments& arguments) {
    Client::Request request;
    request.method = "DELETE";
    CH_TRY(request.path, credential_path(context, arguments));
    CH_TRY(const Reply reply, context.client().send(request));
    return show(context, reply);
}

}  // namespace

void add_credential_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "the credential's id", true};
    const Param cert{ParamKind::kOption, "cert-out", "write the certificate to this PEM file"};
    commands.push_back({"credential create", "Issue a client certificate",
                        {{ParamKind::kPositional, "name", "its name", true},
                         {ParamKind::kList, "identity", "URN of an identity; repeatable", true},
                         {ParamKind::kOption, "description", "what it is for"},
                         {ParamKind::kOption, "days", "how long it is good for"},
                         {ParamKind::kOption, "type", "ECDSA or RSA", false, "ECDSA RSA"},
                         {ParamKind::kOption, "csr", "PEM request; the key stays with you"},
                         cert,
                         {ParamKind::kOption, "key-out", "write the private key to this file"}},
                        &credential_create});
    commands.push_back({"credential list", "List the client certificates", {}, &credential_list});
    commands.push_back({"credential get", "Show a client certificate", {id, cert},
                        &credential_get});
    commands.push_back({"credential revoke", "Revoke a client certificate at once", {id},
                        &credential_revoke});
}

}  // namespace chatelaine::cli

#include "faces/control/control_face.hpp"

#include <map>
#include <set>

#include "faces/control/bindings.hpp"
#include "faces/control/contact_bindings.hpp"
#include "faces/control/oversight_bindings.hpp"
#include "faces/http/openapi.hpp"

namespace chatelaine::faces::control {
namespace {

template <class To>
void add_rules(To& to) {
    to.template add<tenancy::CreatePolicy>();
    to.template add<tenancy::ListPolicies>();
    to.template add<tenancy::GetPolicy>();
    to.template add<tenancy::UpdatePolicy>();
    to.template add<tenancy::DeletePolicy>();
    to.template add<tenancy::CreatePermissionsGroup>();
    to.template add<tenancy::ListPermissionsGroups>();
    to.template add<tenancy::GetPermissionsGroup>();
    to.template add<tenancy::UpdatePermissionsGroup>();
    to.template add<tenancy::DeletePermissionsGroup>();
    to.template add<tenancy::CreateResourceGroup>();
    to.template add<tenancy::ListResourceGroups>();
    to.template add<tenancy::GetResourceGroup>();
    to.template add<tenancy::UpdateResourceGroup>();
    to.template add<tenancy::DeleteResourceGroup>();
    to.template add<tenancy::GetResourceTags>();
    to.template add<tenancy::SetResourceTags>();
    to.template add<tenancy::CreateUserGroup>();
    to.template add<tenancy::ListUserGroups>();
    to.template add<tenancy::GetUserGroup>();
    to.template add<tenancy::UpdateUserGroup>();
    to.template add<tenancy::DeleteUserGroup>();
    to.template add<tenancy::SimulateAccess>();
    to.template add<tenancy::EffectiveRights>();
    to.template add<tenancy::WhoCan>();
    to.template add<tenancy::CreateQuorumRule>();
    to.template add<tenancy::ListQuorumRules>();
    to.template add<tenancy::UpdateQuorumRule>();
    to.template add<tenancy::DeleteQuorumRule>();
    to.template add<tenancy::ListQuorumRequests>();
    to.template add<tenancy::GetQuorumRequest>();
    to.template add<tenancy::ApproveQuorumRequest>();
    to.template add<tenancy::EndQuorumRequest>();
}

/// An operation of OVH's API of version 1, which its clients call below /1.0, /v1 or nothing,
/// depending on how their endpoint is written.
template <class Op, class To>
void add_v1(To& to) {
    to.template add<Op>();
    for (const char* prefix : {"/1.0", "/v1"}) {
        to.template add_also<Op>(Op::row.rest.method,
                                 std::string(prefix).append(Op::row.rest.path));
    }
}

template <class To>
void add_service_accounts(To& to) {
    add_v1<tenancy::IssueClientToken>(to);
    add_v1<tenancy::CreateServiceAccount>(to);
    add_v1<tenancy::ListServiceAccounts>(to);
    add_v1<tenancy::GetServiceAccount>(to);
    add_v1<tenancy::UpdateServiceAccount>(to);
    add_v1<tenancy::DeleteServiceAccount>(to);
}

/// The same list for the face and for its description.
template <class To>
void add_operations(To& to) {
    to.template add<tenancy::RedeemClaim>();
    to.template add<tenancy::CreateDomain>();
    to.template add<tenancy::ListDomains>();
    to.template add<tenancy::GetDomain>();
    to.template add<tenancy::CreateIdentity>();
    to.template add<tenancy::GetIdentity>();
    to.template add<tenancy::ListIdentities>();
    to.template add<tenancy::UpdateIdentity>();
    to.template add<tenancy::DeleteIdentity>();
    to.template add<tenancy::CreateToken>();
    to.template add<tenancy::ListTokens>();
    to.template add<tenancy::RevokeToken>();
    to.template add<tenancy::CreateCredential>();
    to.template add<tenancy::GetCredential>();
    to.template add<tenancy::ListCredentials>();
    to.template add<tenancy::RevokeCredential>();
    to.template add<operate::ReadAudit>();
    to.template add<operate::ReadAccountAudit>();
    to.template add<operate::RotateDomainKey>();
    to.template add<operate::ReadEvidence>();
    to.template add<operate::ReadNotices>();
    to.template add<tenancy::WhoAmI>();
    to.template add<tenancy::Can>();
    to.template add<tenancy::SetContact>();
    to.template add<tenancy::GetContact>();
    to.template add<tenancy::ExportContacts>();
    to.template add<tenancy::EraseContact>();
    to.template add<tenancy::GetOwnAccount>();
    to.template add<tenancy::ListElevationsOfAccount>();
    to.template add<tenancy::ListSiteEntriesOfRegion>();
    add_rules(to);
    add_service_accounts(to);
}

net::HttpResponse responsibilities_answer(http::Context& context, const std::string& english,
                                          const std::string& french) {
    net::HttpResponse response;
    const auto language = context.query("lang");
    const std::string chosen = language ? (*language).value_or("en") : std::string("?");
    if (chosen == "en" || chosen == "fr" || chosen.empty()) {
        response.body = chosen == "fr" ? french : english;
    } else {
        http::encode_control_error(
            Error::invalid("control.responsibilities", "lang", "expected en or fr"),
            context.call().request, response);
    }
    return response;
}

std::string_view type_of(std::string_view action) {
    return action.starts_with("okms:") ? "okms" : "account";
}

std::string_view category_of(const gate::OperationRow& row) {
    switch (row.effect) {
        case gate::Effect::kRead: return "READ";
        case gate::Effect::kCrypto: return "OPERATE";
        case gate::Effect::kDestructive: return "DELETE";
        case gate::Effect::kWrite:
        case gate::Effect::kUnset: break;
    }
    return row.name.ends_with("create") || row.name.ends_with("import") ? "CREATE" : "EDIT";
}

/// What customers' policies may name, by action. One action can be of several operations.
std::string actions_json(const http::Rows& rows, std::string_view type) {
    struct Action {
        std::string_view description;
        std::set<std::string_view> categories;
    };
    std::map<std::string_view, Action> actions;
    for (const gate::OperationRow* row : rows) {
        for (const std::string_view action : row->actions) {
            const bool ours = row->party == responsibility::Party::kCustomer && !action.empty();
            if (ours && (type.empty() || type == type_of(action))) {
                const auto [known, fresh] = actions.try_emplace(action);
                known->second.description = fresh ? row->summary : known->second.description;
                known->second.categories.insert(category_of(*row));
            }
        }
    }
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& [name, action] : actions) {
        out.begin_object()
            .member("action", name)
            .member("description", action.description)
            .member("resourceType", type_of(name))
            .key("categories")
            .begin_array();
        for (const std::string_view category : action.categories) {
            out.string(category);
        }
        out.end_array().end_object();
    }
    out.end_array();
    return text;
}

}  // namespace

void add_reference(http::Face& face, const http::Rows& rows) {
    std::map<std::string, std::string> answers;
    for (const std::string_view type : {"", "okms", "account"}) {
        answers.emplace(type, actions_json(rows, type));
    }
    face.add_plain(actions_route.method, actions_route.path,
                   [answers = std::move(answers)](http::Context& context) {
                       const auto asked = context.query("resourceType");
                       const std::string type =
                           asked ? (*asked).value_or(std::string()) : std::string("?");
                       const auto found = answers.find(type);
                       net::HttpResponse response;
                       response.body = found == answers.end() ? "[]" : found->second;
                       return response;
                   });
    face.add_plain(types_route.method, types_route.path, [](http::Context&) {
        net::HttpResponse response;
        response.body = R"(["account","okms"])";
        return response;
    });
}

std::unique_ptr<http::Face> make_control_face(engine::Engine& engine) {
    http::Face::Options options;
    options.audit_type = "CONTROL_AUDIT";
    options.encode_error = &http::encode_control_error;
    auto face = std::make_unique<http::Face>(engine, std::move(options));
    add_operations(*face);
    http::add_openapi(*face, "Chatelaine: a customer's domains, identities and credentials");
    return face;
}

void add_responsibilities(http::Face& face, const responsibility::Matrix& matrix,
                          const http::Rows& rows, responsibility::Party reader) {
    // Made once: neither the matrix nor the operations change while the service runs.
    const auto english = operate::responsibilities_json(matrix, "en", rows);
    const auto french = operate::responsibilities_json(matrix, "fr", rows);
    CH_CHECK(english && french);
    const auto plain = [english = *english, french = *french](http::Context& context) {
        return responsibilities_answer(context, english, french);
    };
    const auto& route = responsibilities_route;
    if (reader == responsibility::Party::kCustomer) {
        face.add_or_plain<operate::ReadEvidence>(route.method, route.path, plain);
    } else {
        face.add_or_plain<operate::ReadProviderEvidence>(route.method, route.path, plain);
    }
}

http::Catalogue catalogue() {
    http::Catalogue catalogue;
    add_operations(catalogue);
    catalogue.add_plain(http::openapi_route);
    catalogue.add_plain(responsibilities_route);
    catalogue.add_plain(actions_route);
    catalogue.add_plain(types_route);
    return catalogue;
}

}  // namespace chatelaine::faces::control

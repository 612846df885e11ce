// The last evidence of each activity of the matrix, and what the caller's party is to be told.
#include "apps/chatelaine/show.hpp"

namespace chatelaine::cli {
namespace {

struct Place {
    Listener listener;
    std::string path;
};

Place place_of(const Arguments& arguments, std::string_view what) {
    const bool provider = arguments.has("operator");
    return {provider ? Listener::kOperator : Listener::kControl,
            (provider ? "/v1/" : "/v2/") + std::string(what)};
}

/// With the last evidence where the profile has a credential, the matrix alone without one.
Result<int> responsibilities(Context& context, const Arguments& arguments) {
    const Listener listener =
        arguments.has("operator") ? Listener::kOperator : Listener::kControl;
    CH_TRY(const Reply reply,
           context.client().get(listener,
                                "/responsibilities" + query({{"lang", arguments.text("lang")}})));
    if (context.json) {
        return show(context, reply);
    }
    CH_TRY(const json::Document document, reply.document());
    const bool french = arguments.text("lang") == "fr";
    print(table(document.root().member("activities"),
                {{french ? "ACTIVITÉ" : "ACTIVITY", "id"},
                 {french ? "CLIENT" : "CUSTOMER", "customer"},
                 {french ? "FOURNISSEUR" : "PROVIDER", "provider"},
                 {french ? "ÉTAT" : "STATE", "state"},
                 {french ? "DERNIÈRE PREUVE" : "LAST EVIDENCE", "last.at"},
                 {french ? "PAR" : "BY", "last.by"},
                 {french ? "OPÉRATION" : "OPERATION", "last.operation"},
                 {french ? "RÉSULTAT" : "RESULT", "last.result"},
                 {"AUDIT", "last.audit"},
                 {french ? "PREUVE ATTENDUE" : "EVIDENCE IS", "evidenceIs"},
                 {french ? "INTITULÉ" : "WHAT", "title"},
                 {french ? "OPÉRATIONS" : "OPERATIONS", "operations"}}));
    return exit_ok;
}

Result<int> evidence(Context& context, const Arguments& arguments) {
    const Place place = place_of(arguments, "evidence");
    CH_TRY(const Reply reply,
           context.client().get(place.listener,
                                place.path + query({{"lang", arguments.text("lang")}})));
    return show_list(context, reply.body,
                     {{"ACTIVITY", "activity"}, {"CUSTOMER", "customer"},
                      {"PROVIDER", "provider"}, {"LAST", "last.at"}, {"BY", "last.by"},
                      {"OPERATION", "last.operation"}, {"RESULT", "last.result"},
                      {"AUDIT", "last.audit"}, {"WHAT", "title"}});
}

Result<int> notices(Context& context, const Arguments& arguments) {
    const Place place = place_of(arguments, "notice");
    CH_TRY(const Reply reply,
           context.client().get(place.listener,
                                place.path + query({{"lang", arguments.text("lang")},
                                                    {"max", arguments.text("max")},
                                                    {"cursor", arguments.text("cursor")}})));
    if (context.json) {
        return show(context, reply);
    }
    CH_TRY(const json::Document document, reply.document());
    print(table(document.root().member("notices"),
                {{"AT", "at"}, {"ACTIVITY", "activity"}, {"OPERATION", "operation"},
                 {"DOMAIN", "domain"}, {"ACCOUNT", "account"}, {"WHAT", "title"}}));
    const std::string next = display(document.root(), "next");
    if (!next.empty()) {
        note("older ones: --cursor " + next);
    }
    return exit_ok;
}

}  // namespace

void add_register_commands(std::vector<Command>& commands) {
    const Param lang{ParamKind::kOption, "lang", "en or fr", false, "en fr"};
    const Param provider{ParamKind::kFlag, "operator", "as the provider, on its own listener"};
    commands.push_back({"responsibilities",
                        "The matrix: who answers for what, by which operations, last evidence",
                        {lang, provider}, &responsibilities});
    commands.push_back({"evidence", "The last evidence of each activity of the matrix",
                        {lang, provider}, &evidence});
    commands.push_back({"notices", "What the other party did that the matrix has you told",
                        {lang, provider, {ParamKind::kOption, "max", "how many (default 100)"},
                         {ParamKind::kOption, "cursor", "go on where a list ended"}},
                        &notices});
}

}  // namespace chatelaine::cli

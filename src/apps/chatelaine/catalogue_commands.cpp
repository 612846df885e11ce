// Which keys there are, and which one to make for a use.
#include "apps/chatelaine/show.hpp"

namespace chatelaine::cli {
namespace {

Result<int> catalogue(Context& context, const Arguments& arguments) {
    CH_TRY(std::string path, context.rest_path());
    path += "/catalogue";
    path += arguments.has("measure") ? "?measure=true" : "";
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, path));
    if (context.json) {
        return show(context, reply);
    }
    CH_TRY(const json::Document document, reply.document());
    std::vector<Column> columns{{"TYPE", "type"},           {"SIZE", "size"},
                                {"CURVE", "curve"},         {"BITS", "securityBits"},
                                {"UNTIL", "endOfApproval"}, {"STANDARD", "standard"},
                                {"ALGORITHMS", "algorithms"}};
    if (arguments.has("measure")) {
        columns.insert(columns.end(), {{"MAKE us", "microseconds.generate"},
                                       {"ENCRYPT", "microseconds.encrypt"},
                                       {"DECRYPT", "microseconds.decrypt"},
                                       {"SIGN", "microseconds.sign"},
                                       {"VERIFY", "microseconds.verify"}});
    }
    print(table(document.root().member("keys"), columns));
    return exit_ok;
}

Result<int> advise(Context& context, const Arguments& arguments) {
    std::string words;
    for (const std::string& word : arguments.list("use")) {
        words.append(words.empty() ? "" : " ").append(word);
    }
    CH_TRY(std::string path, context.rest_path());
    path += "/catalogue/advice" + query({{"use", words}});
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, path));
    if (context.json) {
        return show(context, reply);
    }
    CH_TRY(const json::Document document, reply.document());
    const json::Value root = document.root();
    const bool french = arguments.text("lang") == "fr";
    const auto line = [&](std::string_view title, std::string_view member) {
        const std::string text = display(root, member);
        if (!text.empty()) {
            print_line(std::string(title) + " " + text);
        }
    };
    line(french ? "usage       " : "use         ", "use");
    line("type        ", "type");
    line(french ? "taille      " : "size        ", "size");
    line(french ? "courbe      " : "curve       ", "curve");
    line(french ? "algorithme  " : "algorithm   ", "algorithm");
    line(french ? "opérations  " : "operations  ", "operations");
    line(french ? "rotation (j)" : "rotate, days", "rotationDays");
    line(french ? "comment     " : "how         ", "how");
    line(french ? "pourquoi    " : "why         ", french ? "why.fr" : "why.en");
    return exit_ok;
}

}  // namespace

void add_catalogue_commands(std::vector<Command>& commands) {
    commands.push_back({"key catalogue", "List the kinds of keys: strength, standard, until when",
                        {{ParamKind::kFlag, "measure", "with what each costs on the service's "
                                            "node"}},
                        &catalogue});
    commands.push_back({"key advise", "Advise a key for a use in words",
                        {{ParamKind::kOption, "lang", "en or fr", false, "en fr"},
                         {ParamKind::kRest, "use", "as in: encrypt files for 10 years", true}},
                        &advise});
}

}  // namespace chatelaine::cli

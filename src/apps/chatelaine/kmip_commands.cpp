// KMIP's operations, as version 2.1 has them, in JSON over HTTPS. The profile needs a client
// certificate: KMIP knows no tokens.
#include <algorithm>

#include "apps/chatelaine/command.hpp"
#include "apps/chatelaine/output.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::string_view kWhere = "cli.kmip";

/// One message's items: {"tag": …, "type": …, "value": …}.
class Items {
public:
    explicit Items(std::string& out) : out_(out) {}
    Items& begin(std::string_view tag) {
        out_.begin_object().member("tag", tag).key("value").begin_array();
        return *this;
    }
    Items& end() {
        out_.end_array().end_object();
        return *this;
    }
    Items& add(std::string_view tag, std::string_view type, std::string_view value) {
        out_.begin_object().member("tag", tag).member("type", type).member("value", value);
        out_.end_object();
        return *this;
    }
    Items& integer(std::string_view tag, std::int64_t value) {
        out_.begin_object().member("tag", tag).member("type", "Integer").member("value", value);
        out_.end_object();
        return *this;
    }
    Items& raw(std::string_view json) {
        out_.raw(json);
        return *this;
    }

private:
    json::Writer out_;
};

/// The member of that tag; none when there is none.
json::Value find(const json::Value& members, std::string_view tag) {
    json::Value member = members.first();
    while (member.exists()) {
        const auto name = member.member("tag").string();
        if (name && *name == tag) {
            return member.member("value");
        }
        member = member.next();
    }
    return member;
}

/// "Unique Identifier  …", structures indented below their names.
void show_items(const json::Value& members, std::size_t depth) {
    for (json::Value member = members.first(); member.exists(); member = member.next()) {
        const std::string name = std::string(2 * depth, ' ') + display(member, "tag");
        if (member.member("value").type() == json::Type::kArray) {
            print_line(name);
            show_items(member.member("value"), depth + 1);
        } else {
            print_line(name + "  " + display(member, "value"));
        }
    }
}

Error refusal(const json::Value& item) {
    const std::string reason(find(item, "ResultReason").string().value());
    const auto message = find(item, "ResultMessage");
    std::string text = reason;
    if (message.exists()) {
        text.append(": ").append(message.string().value());
    }
    const bool none = reason == "ItemNotFound" || reason == "ObjectNotFound" ||
                      reason == "ObjectDestroyed";
    return Error(none                             ? Code::kNotFound
                 : reason == "PermissionDenied" ? Code::kForbidden
                                                  : Code::kInvalidArgument,
                 kWhere, std::move(text));
}

/// Sends one operation and shows the payload of its answer.
template <class Fill>
Result<int> ask(Context& context, std::string_view operation, Fill&& fill) {
    std::string body;
    Items items(body);
    items.begin("RequestMessage").begin("RequestHeader").begin("ProtocolVersion");
    items.integer("ProtocolVersionMajor", 2).integer("ProtocolVersionMinor", 1).end();
    items.integer("BatchCount", 1).end();
    items.begin("BatchItem").add("Operation", "Enumeration", operation).begin("RequestPayload");
    fill(items);
    items.end().end().end();
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, "/kmip", body));
    CH_TRY(const json::Document document, reply.document());
    const json::Value item = find(document.root().member("value"), "BatchItem");
    const json::Value status = item.exists() ? find(item, "ResultStatus") : item;
    if (!status.exists()) {
        return Error(Code::kInternal, kWhere, "the service's answer is no KMIP response");
    }
    CH_TRY(const std::string_view outcome, status.string());
    if (outcome != "Success") {
        return refusal(item);
    }
    const json::Value payload = find(item, "ResponsePayload");
    if (context.json) {
        print_line(payload.exists() ? payload.source() : "[]");
    } else if (payload.exists()) {
        show_items(payload, 0);
    }
    return exit_ok;
}

void put_id(Items& items, const Arguments& arguments) {
    items.add("UniqueIdentifier", "TextString", arguments.text("id"));
}

void put_name(Items& items, const Arguments& arguments) {
    if (arguments.has("name")) {
        items.begin("Name").add("NameValue", "TextString", arguments.text("name"));
        items.add("NameType", "Enumeration", "UninterpretedTextString").end();
    }
}

std::string mask_of(const Arguments& arguments, std::string_view otherwise) {
    std::string mask;
    for (const std::string& use : arguments.list("usage")) {
        mask.append(mask.empty() ? "" : "|").append(use);
    }
    return mask.empty() ? std::string(otherwise) : mask;
}

Result<int> create(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t bits, arguments.integer("bits", 256));
    return ask(context, "Create", [&](Items& items) {
        items.add("ObjectType", "Enumeration", "SymmetricKey").begin("Attributes");
        items.add("CryptographicAlgorithm", "Enumeration", arguments.text_or("algorithm", "AES"))
            .integer("CryptographicLength", bits)
            .add("CryptographicUsageMask", "Integer", mask_of(arguments, "Encrypt|Decrypt"));
        put_name(items, arguments);
        items.end();
    });
}

Result<int> create_pair(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t bits, arguments.integer("bits", 3072));
    return ask(context, "CreateKeyPair", [&](Items& items) {
        items.begin("CommonAttributes")
            .add("CryptographicAlgorithm", "Enumeration", arguments.text_or("algorithm", "RSA"))
            .integer("CryptographicLength", bits);
        put_name(items, arguments);
        items.end().begin("PrivateKeyAttributes");
        items.add("CryptographicUsageMask", "Integer", mask_of(arguments, "Sign")).end();
        items.begin("PublicKeyAttributes");
        items.add("CryptographicUsageMask", "Integer",
                  mask_of(arguments, "") == "Decrypt" ? "Encrypt" : "Verify");
        items.end();
    });
}

Result<int> locate(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t most, arguments.integer("max", 100));
    return ask(context, "Locate", [&](Items& items) {
        items.integer("MaximumItems", most).begin("Attributes");
        put_name(items, arguments);
        if (arguments.has("state")) {
            items.add("State", "Enumeration", arguments.text("state"));
        }
        items.end();
    });
}

Result<int> revoke(Context& context, const Arguments& arguments) {
    return ask(context, "Revoke", [&](Items& items) {
        put_id(items, arguments);
        items.begin("RevocationReason")
            .add("RevocationReasonCode", "Enumeration", arguments.text_or("reason", "Unspecified"));
        if (arguments.has("message")) {
            items.add("RevocationMessage", "TextString", arguments.text("message"));
        }
        items.end();
    });
}

Result<int> query_server(Context& context, const Arguments&) {
    return ask(context, "Query", [](Items& items) {
        for (const char* const function : {"QueryOperations", "QueryObjects",
                                           "QueryServerInformation", "QueryProfiles",
                                           "QueryCapabilities"}) {
            items.add("QueryFunction", "Enumeration", function);
        }
    });
}

/// Any operation, with its payload as the JSON of KMIP says it.
Result<int> call(Context& context, const Arguments& arguments) {
    std::string payload;
    if (arguments.has("payload")) {
        json::Document::Options options;
        options.keep_source = true;
        CH_TRY(const json::Document given,
               json::Document::parse(arguments.text("payload"), options));
        const json::Value members = given.root();
        if (members.type() != json::Type::kArray) {
            return Error(Code::kConfiguration, kWhere, "--payload: expected an array of items");
        }
        for (json::Value member = members.first(); member.exists(); member = member.next()) {
            payload.append(payload.empty() ? "" : ",").append(member.source());
        }
    }
    return ask(context, arguments.text("operation"), [&](Items& items) {
        if (!payload.empty()) {
            items.raw(payload);
        }
    });
}

/// The operations that name an object and nothing else.
template <std::size_t N>
struct Text {
    constexpr Text(const char (&text)[N]) { std::copy_n(text, N, value); }
    char value[N];
};
template <Text operation>
Result<int> on_object(Context& context, const Arguments& arguments) {
    return ask(context, operation.value, [&](Items& items) { put_id(items, arguments); });
}
template <Text operation>
Result<int> alone(Context& context, const Arguments&) {
    return ask(context, operation.value, [](Items&) {});
}

}  // namespace

void add_kmip_commands(std::vector<Command>& commands) {
    using enum ParamKind;
    const Param id{kPositional, "id", "The object's Unique Identifier", true};
    const Param name{kOption, "name", "Its Name"};
    const Param algorithm{kOption, "algorithm", "As KMIP names it: AES, RSA, ECDSA, HMAC_SHA256"};
    const Param bits{kOption, "bits", "The key's length"};
    const Param use{kList, "usage", "What it may do: Encrypt, Sign, WrapKey and so on"};
    const auto add = [&](std::string_view path, std::string_view help, std::vector<Param> params,
                         Result<int> (*run)(Context&, const Arguments&)) {
        commands.push_back({path, help, std::move(params), run});
    };
    add("kmip create", "Make a symmetric key", {algorithm, bits, use, name}, &create);
    add("kmip create-pair", "Make a key pair", {algorithm, bits, use, name}, &create_pair);
    add("kmip locate", "Find objects",
        {name, {kOption, "state", "PreActive, Active, Deactivated, Compromised, Destroyed"},
         {kOption, "max", "At most so many; 100 when left out"}},
        &locate);
    add("kmip get", "Get an object, key material included", {id}, &on_object<"Get">);
    add("kmip export", "Get an object with all its attributes", {id}, &on_object<"Export">);
    add("kmip attributes", "Show its attributes", {id}, &on_object<"GetAttributes">);
    add("kmip attribute-list", "Name its attributes", {id}, &on_object<"GetAttributeList">);
    add("kmip activate", "Bring it into use", {id}, &on_object<"Activate">);
    add("kmip revoke", "Take it out of use",
        {id, {kOption, "reason", "Unspecified, KeyCompromise, Superseded and so on"},
         {kOption, "message", "Why, in words"}},
        &revoke);
    add("kmip destroy", "Destroy its key material", {id}, &on_object<"Destroy">);
    add("kmip archive", "Put it aside", {id}, &on_object<"Archive">);
    add("kmip recover", "Bring it back", {id}, &on_object<"Recover">);
    add("kmip rekey", "Make the key that takes its place", {id}, &on_object<"ReKey">);
    add("kmip lease", "Ask how long it may be kept in use", {id}, &on_object<"ObtainLease">);
    add("kmip query", "Show what the service can do", {}, &query_server);
    add("kmip versions", "Show the versions that it speaks", {}, &alone<"DiscoverVersions">);
    add("kmip ping", "Ask whether it answers", {}, &alone<"Ping">);
    add("kmip call", "Do any operation, its payload given as items in KMIP's JSON",
        {{kPositional, "operation", "As KMIP names it: Encrypt, DeriveKey, Import", true},
         {kOption, "payload", R"([{"tag": "Data", "type": "ByteString", "value": "00"}])"}},
        &call);
}

}  // namespace chatelaine::cli

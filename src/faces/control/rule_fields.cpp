#include "faces/control/rule_fields.hpp"

namespace chatelaine::faces::control {
namespace {

constexpr std::size_t kEntriesMax = limits::policy_entries_max;
constexpr std::size_t kTextBytesMax = 1024;

std::string_view reason_name(access::Explanation::Reason reason) {
    switch (reason) {
        case access::Explanation::Reason::kNothingAllows: return "nothing allows it";
        case access::Explanation::Reason::kAllowed: return "allowed";
        case access::Explanation::Reason::kDenied: return "denied";
        case access::Explanation::Reason::kRoot: return "root of the account";
    }
    return {};
}

Result<access::Condition> read_condition(const json::Value& value) {
    if (!value.is_object()) {
        return Error::invalid("control.condition", value.path(), "expected an object");
    }
    CH_TRY_VOID(value.only_members({"operator", "conditions", "values"}));
    access::Condition condition;
    CH_TRY(const std::string_view name, value.member("operator").string());
    const auto op = access::parse_operator(name);
    if (!op) {
        return Error::invalid("control.condition", value.member("operator").path(),
                              "expected AND, OR, NOT or MATCH");
    }
    condition.op = *op;
    const json::Value children = value.member("conditions");
    if (!children.is_absent() && !children.is_array()) {
        return Error::invalid("control.condition", children.path(), "expected an array");
    }
    for (json::Value child = children.is_absent() ? json::Value() : children.first();
         child.exists(); child = child.next()) {
        CH_TRY(access::Condition read, read_condition(child));
        condition.conditions.push_back(std::move(read));
    }
    const json::Value values = value.member("values");
    if (!values.is_absent() && !values.is_object()) {
        return Error::invalid("control.condition", values.path(), "expected an object");
    }
    for (json::Value item = values.is_absent() ? json::Value() : values.first(); item.exists();
         item = item.next()) {
        CH_TRY(const std::string_view text, item.string());
        condition.values.emplace_back(item.member_name(), text);
    }
    return condition;
}

}  // namespace

void write_explanation(json::Writer& out, const access::Explanation& explanation) {
    out.member("allowed", explanation.decision == access::Decision::kAllowed)
        .member("reason", reason_name(explanation.reason));
    if (!explanation.policy.is_nil()) {
        out.member("policy", explanation.policy.to_string());
    }
    if (!explanation.statement.empty()) {
        out.member("policyName", explanation.policy_name.empty() ? "the identity's own rights"
                                                                 : explanation.policy_name)
            .member("statement", explanation.statement)
            .member("on", explanation.resource);
    }
}

Result<std::vector<std::string>> objects_field(const json::Value& object, std::string_view name,
                                               std::string_view member, std::size_t count_max) {
    const json::Value value = object.member(name);
    std::vector<std::string> texts;
    if (value.is_absent()) {
        return texts;
    }
    if (!value.is_array() || value.size() > count_max) {
        return Error::invalid("control.rules", value.path(),
                              "expected an array of at most " + std::to_string(count_max));
    }
    for (json::Value item = value.first(); item.exists(); item = item.next()) {
        if (!item.is_object()) {
            return Error::invalid("control.rules", item.path(), "expected an object");
        }
        CH_TRY_VOID(item.only_members({member}));
        CH_TRY(std::string text, text_field(item, member, {true, kTextBytesMax}));
        texts.push_back(std::move(text));
    }
    return texts;
}

void write_objects(json::Writer& out, std::string_view member,
                   const std::vector<std::string>& texts) {
    out.begin_array();
    for (const auto& text : texts) {
        out.begin_object().member(member, text).end_object();
    }
    out.end_array();
}

Result<access::Permissions> permissions_field(const json::Value& object) {
    const json::Value value = object.member("permissions");
    access::Permissions permissions;
    if (value.is_absent()) {
        return permissions;
    }
    if (!value.is_object()) {
        return Error::invalid("control.rules", value.path(), "expected an object");
    }
    CH_TRY_VOID(value.only_members({"allow", "except", "deny"}));
    CH_TRY(permissions.allow, objects_field(value, "allow", "action", kEntriesMax));
    CH_TRY(permissions.except, objects_field(value, "except", "action", kEntriesMax));
    CH_TRY(permissions.deny, objects_field(value, "deny", "action", kEntriesMax));
    return permissions;
}

void write_permissions(json::Writer& out, const access::Permissions& permissions) {
    out.begin_object();
    for (const auto& [name, actions] :
         {std::pair{"allow", &permissions.allow}, std::pair{"except", &permissions.except},
          std::pair{"deny", &permissions.deny}}) {
        out.key(name);
        if (actions->empty()) {
            out.null();
        } else {
            write_objects(out, "action", *actions);
        }
    }
    out.end_object();
}

Result<std::optional<access::Condition>> condition_field(const json::Value& object) {
    const json::Value value = object.member("conditions");
    if (value.is_absent()) {
        return std::optional<access::Condition>();
    }
    CH_TRY(access::Condition condition, read_condition(value));
    return std::optional(std::move(condition));
}

void write_condition(json::Writer& out, const access::Condition& condition) {
    out.begin_object().member("operator", access::operator_name(condition.op));
    if (!condition.conditions.empty()) {
        out.key("conditions").begin_array();
        for (const auto& child : condition.conditions) {
            write_condition(out, child);
        }
        out.end_array();
    }
    if (!condition.values.empty()) {
        out.key("values").begin_object();
        for (const auto& [name, value] : condition.values) {
            out.member(name, value);
        }
        out.end_object();
    }
    out.end_object();
}

Result<std::optional<WallTime>> time_field(const json::Value& object, std::string_view name) {
    const json::Value value = object.member(name);
    if (value.is_absent()) {
        return std::optional<WallTime>();
    }
    CH_TRY(const std::string_view text, value.string());
    const auto time = parse_rfc3339(text);
    if (!time) {
        return Error::invalid("control.time", value.path(), "expected an RFC 3339 date");
    }
    return std::optional(*time);
}

}  // namespace chatelaine::faces::control

// Approvals by several: rules, and the requests that wait for them.
#include "faces/control/bindings.hpp"
#include "faces/control/rule_fields.hpp"

namespace chatelaine::faces::http {
namespace {

using control::text_field;

constexpr std::size_t kApproversMax = limits::quorum_approvers_max;

Result<void> read_rule(Context& context, tenancy::QuorumRuleFields& fields) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "description", "actions", "resources", "approvers",
                                   "approvals", "validSeconds"}));
    CH_TRY(fields.name, text_field(body, "name", {true, 64}));
    CH_TRY(fields.description, text_field(body, "description", {false, 800}));
    CH_TRY(fields.actions, control::texts_field(body, "actions", limits::policy_entries_max));
    CH_TRY(fields.resources, control::texts_field(body, "resources", limits::policy_entries_max));
    CH_TRY(fields.approvers, control::texts_field(body, "approvers", kApproversMax));
    if (body.member("approvals").exists()) {
        CH_TRY(fields.approvals, body.member("approvals").integer());
    }
    if (body.member("validSeconds").exists()) {
        CH_TRY(fields.valid_seconds, body.member("validSeconds").integer());
    }
    return ok();
}

void write(json::Writer& out, const access::QuorumRule& rule) {
    out.begin_object()
        .member("id", rule.id.to_string())
        .member("name", rule.name)
        .member("description", rule.description)
        .key("actions");
    control::write_texts(out, rule.actions);
    out.key("resources");
    control::write_texts(out, rule.resources);
    out.key("approvers");
    control::write_texts(out, rule.approvers);
    out.member("approvals", static_cast<std::int64_t>(rule.approvals))
        .member("validSeconds", rule.valid_seconds)
        .member("createdAt", format_rfc3339(rule.created))
        .member("updatedAt", format_rfc3339(rule.updated))
        .end_object();
}

/// The request's hash tells its body to who can guess it: it is shown where the body is.
void write_content(json::Writer& out, const access::QuorumRequest& request) {
    out.member("method", request.method).member("target", request.target);
    if (request.body_hidden) {
        out.member("bodyHidden", true);
        return;
    }
    out.member("hash", encode_hex(request.digest));
    if (!request.body.empty()) {
        out.member("body", request.body);
    }
}

void write(json::Writer& out, const tenancy::QuorumRequestView& view) {
    const access::QuorumRequest& request = *view.request;
    out.begin_object()
        .member("id", request.id.to_string())
        .member("state", view.state)
        .member("operation", request.operation)
        .member("action", request.action)
        .member("resource", request.resource);
    write_content(out, request);
    out.key("askedBy");
    control::write_texts(out, request.asker_urns);
    out.member("askedAt", format_rfc3339(request.asked))
        .member("expiresAt", format_rfc3339(request.expires))
        .key("approvals")
        .begin_array();
    for (const auto& approval : request.approvals) {
        out.begin_object().key("by");
        control::write_texts(out, approval.urns);
        out.member("at", format_rfc3339(approval.at)).end_object();
    }
    out.end_array().key("rules").begin_array();
    for (const auto& part : view.parts) {
        out.begin_object()
            .member("id", part.rule.to_string())
            .member("name", part.name)
            .member("wanted", static_cast<std::int64_t>(part.wanted))
            .member("given", static_cast<std::int64_t>(part.given))
            .end_object();
    }
    out.end_array();
    if (request.ended) {
        out.member("endedAt", format_rfc3339(*request.ended)).member("endedBy", request.ended_by);
    }
    out.end_object();
}

void reply_rule(const access::QuorumRule& rule, net::HttpResponse& response) {
    json::Writer out(response.body);
    write(out, rule);
}
void reply_view(const tenancy::QuorumRequestView& view, net::HttpResponse& response) {
    json::Writer out(response.body);
    write(out, view);
}

template <class Command>
Result<Command> request_of(const Context& context) {
    Command command;
    CH_TRY(command.request, context.id_parameter<Uuid>("requestId"));
    return command;
}

}  // namespace

Result<tenancy::QuorumRuleFields> Binding<tenancy::CreateQuorumRule>::decode(
    Context& context, const access::Principal&) {
    tenancy::QuorumRuleFields fields;
    CH_TRY_VOID(read_rule(context, fields));
    return fields;
}
void Binding<tenancy::CreateQuorumRule>::encode(tenancy::QuorumRuleReply& reply, Context&,
                                                net::HttpResponse& response) {
    reply_rule(reply.rule, response);
}

Result<tenancy::ListQuorumRules::Command> Binding<tenancy::ListQuorumRules>::decode(
    Context&, const access::Principal&) {
    return tenancy::ListQuorumRules::Command{};
}
void Binding<tenancy::ListQuorumRules>::encode(tenancy::ListQuorumRules::Reply& reply, Context&,
                                               net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& rule : reply.rules) {
        write(out, rule);
    }
    out.end_array();
}

Result<tenancy::UpdateQuorumRule::Command> Binding<tenancy::UpdateQuorumRule>::decode(
    Context& context, const access::Principal&) {
    tenancy::UpdateQuorumRule::Command command;
    CH_TRY(command.quorum_rule, context.id_parameter<Uuid>("ruleId"));
    CH_TRY_VOID(read_rule(context, command));
    return command;
}
void Binding<tenancy::UpdateQuorumRule>::encode(tenancy::QuorumRuleReply& reply, Context&,
                                                net::HttpResponse& response) {
    reply_rule(reply.rule, response);
}

Result<tenancy::DeleteQuorumRule::Command> Binding<tenancy::DeleteQuorumRule>::decode(
    Context& context, const access::Principal&) {
    tenancy::DeleteQuorumRule::Command command;
    CH_TRY(command.quorum_rule, context.id_parameter<Uuid>("ruleId"));
    return command;
}
void Binding<tenancy::DeleteQuorumRule>::encode(tenancy::Nothing&, Context&, net::HttpResponse&) {}

Result<tenancy::ListQuorumRequests::Command> Binding<tenancy::ListQuorumRequests>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(const auto page, control::page_request(context));
    CH_TRY(const auto all, context.query("all"));
    if (all && *all != "true" && *all != "false") {
        return Error::invalid("control.quorum", "all", "expected true or false");
    }
    tenancy::ListQuorumRequests::Command command;
    command.after = page.after;
    command.max = page.max;
    command.all = all && *all == "true";
    return command;
}
void Binding<tenancy::ListQuorumRequests>::encode(tenancy::ListQuorumRequests::Reply& reply,
                                                  Context&, net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_array();
    for (const auto& view : reply.requests) {
        write(out, view);
    }
    out.end_array();
    control::set_next_page(reply.next, response);
}

Result<tenancy::GetQuorumRequest::Command> Binding<tenancy::GetQuorumRequest>::decode(
    Context& context, const access::Principal&) {
    return request_of<tenancy::GetQuorumRequest::Command>(context);
}
void Binding<tenancy::GetQuorumRequest>::encode(tenancy::QuorumRequestView& reply, Context&,
                                                net::HttpResponse& response) {
    reply_view(reply, response);
}

Result<tenancy::ApproveQuorumRequest::Command> Binding<tenancy::ApproveQuorumRequest>::decode(
    Context& context, const access::Principal&) {
    CH_TRY(auto command, request_of<tenancy::ApproveQuorumRequest::Command>(context));
    command.client_ip = context.call().client_ip;
    return command;
}
void Binding<tenancy::ApproveQuorumRequest>::encode(tenancy::QuorumRequestView& reply, Context&,
                                                    net::HttpResponse& response) {
    reply_view(reply, response);
}

Result<tenancy::EndQuorumRequest::Command> Binding<tenancy::EndQuorumRequest>::decode(
    Context& context, const access::Principal&) {
    return request_of<tenancy::EndQuorumRequest::Command>(context);
}
void Binding<tenancy::EndQuorumRequest>::encode(tenancy::QuorumRequestView& reply, Context&,
                                                net::HttpResponse& response) {
    reply_view(reply, response);
}

}  // namespace chatelaine::faces::http

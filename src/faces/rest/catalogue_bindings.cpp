// The catalogue of kinds of keys, and advice.
#include <algorithm>
#include <cmath>

#include "faces/rest/decode.hpp"
#include "faces/rest/extension_bindings.hpp"

namespace chatelaine::faces::http {
namespace {

constexpr std::size_t kUseCharactersMax = 200;

/// "encrypt decrypt" as an array of its words.
void write_words(json::Writer& out, std::string_view name, std::string_view words) {
    out.key(name).begin_array();
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        out.string(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    out.end_array();
}

void write_shape(json::Writer& out, std::string_view type, std::uint32_t size,
                 std::string_view curve) {
    out.member("type", type);
    if (size != 0) {
        out.member("size", static_cast<std::int64_t>(size));
    }
    if (!curve.empty()) {
        out.member("curve", curve);
    }
}

void write_approvals(json::Writer& out, const objects::KeyKind& kind) {
    const std::string_view end = kind.end_of_approval();
    if (!end.empty()) {
        out.member("endOfApproval", end);
    }
    out.key("approvals").begin_array();
    for (const objects::Approval& approval : kind.approvals) {
        if (approval.document.empty()) {
            continue;
        }
        out.begin_object()
            .member("document", approval.document)
            .member("edition", approval.edition);
        if (!approval.until.empty()) {
            out.member("until", approval.until);
        }
        out.member("note", approval.note).end_object();
    }
    out.end_array();
}

/// Microseconds with one decimal, as a number.
void write_cost(json::Writer& out, std::string_view name, double microseconds) {
    if (microseconds > 0) {
        const auto tenths = static_cast<std::int64_t>(std::llround(microseconds * 10));
        out.key(name).raw(std::to_string(tenths / 10) + "." + std::to_string(tenths % 10));
    }
}

void write_kind(json::Writer& out, const objects::KeyKind& kind,
                const objects::MeasuredCost* cost) {
    out.begin_object();
    write_shape(out, kind.type, kind.size, kind.curve);
    out.member("uses", kind.uses);
    write_words(out, "operations", kind.operations);
    write_words(out, "algorithms", kind.algorithms);
    out.member("securityBits", static_cast<std::int64_t>(kind.strength))
        .member("quantumSafe", kind.quantum_safe)
        .member("standard", kind.standard);
    write_approvals(out, kind);
    if (cost != nullptr) {
        out.key("microseconds").begin_object();
        write_cost(out, "generate", cost->generate);
        write_cost(out, "encrypt", cost->encrypt);
        write_cost(out, "decrypt", cost->decrypt);
        write_cost(out, "sign", cost->sign);
        write_cost(out, "verify", cost->verify);
        out.end_object();
    }
    out.end_object();
}

}  // namespace

Result<objects::GetCatalogue::Command> Binding<objects::GetCatalogue>::decode(
    Context& context, const access::Principal& principal) {
    objects::GetCatalogue::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const auto measure, context.query("measure"));
    if (measure && *measure != "true" && *measure != "false") {
        return Error::invalid("rest.catalogue", "measure", "expected true or false");
    }
    command.measure = measure && *measure == "true";
    return command;
}
void Binding<objects::GetCatalogue>::encode(objects::GetCatalogue::Reply& reply, Context&,
                                            net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object().key("keys").begin_array();
    for (std::size_t i = 0; i < reply.kinds.size(); ++i) {
        write_kind(out, reply.kinds[i], reply.costs.empty() ? nullptr : &reply.costs[i]);
    }
    out.end_array().end_object();
}

Result<objects::GetAdvice::Command> Binding<objects::GetAdvice>::decode(
    Context& context, const access::Principal& principal) {
    objects::GetAdvice::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const auto use, context.query("use"));
    if (!use || use->empty()) {
        return Error::missing("rest.advice", "use");
    }
    if (rest::characters(*use) > kUseCharactersMax) {
        return Error::invalid("rest.advice", "use", "expected at most 200 characters");
    }
    command.use = *use;
    return command;
}
void Binding<objects::GetAdvice>::encode(objects::GetAdvice::Reply& reply, Context&,
                                         net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object().member("use", reply.use);
    write_shape(out, reply.type, reply.size, reply.curve);
    out.member("algorithm", reply.algorithm);
    write_words(out, "operations", reply.operations);
    out.member("rotationDays", static_cast<std::int64_t>(reply.rotation_days))
        .member("how", reply.how)
        .key("why")
        .begin_object()
        .member("en", reply.why)
        .member("fr", reply.why_fr)
        .end_object()
        .end_object();
}

}  // namespace chatelaine::faces::http

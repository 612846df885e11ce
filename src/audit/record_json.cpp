#include "audit/audit.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"

namespace chatelaine::audit {
namespace {

/// A caller chooses the path's bytes: what is not UTF-8 is shown percent-encoded, so that the
/// line is JSON whatever was asked for.
std::string printable(std::string_view text) {
    if (is_utf8(text)) {
        return std::string(text);
    }
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size() + 16);
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x80) {
            out += c;
        } else {
            out += '%';
            out += digits[octet >> 4];
            out += digits[octet & 0xf];
        }
    }
    return out;
}

std::string_view log_level(Verdict verdict) {
    switch (verdict) {
        case Verdict::kAllowed: return "INFO";
        case Verdict::kDenied: return "WARNING";
        case Verdict::kFailed: return "ERROR";
    }
    return "ERROR";
}

std::string message(const Record& record) {
    std::string out = record.http_method;
    out += ' ';
    out += record.http_path;
    out += " - ";
    out += std::to_string(record.http_status);
    out += " - identity: ";
    for (std::size_t i = 0; i < record.iam_identities.size(); ++i) {
        out += i == 0 ? "" : ", ";
        out += record.iam_identities[i];
    }
    out += " - operation: ";
    out += record.iam_operation;
    out += " on ";
    out += record.res_urn;
    out += " - from ";
    out += record.client_ip;
    if (!record.credential.is_nil()) {
        out += record.by_certificate ? " with certificate " : " with token ";
        out += record.credential.to_string();
    }
    out += " - request id: OKMS.";
    out += record.request.to_string();
    return out;
}

}  // namespace

std::string Record::to_json() const {
    std::string out;
    out.reserve(1024);
    json::Writer writer(out);
    const auto text = [&writer](std::string_view name, std::string_view value) {
        writer.member(name, std::string_view(printable(value)));
    };
    const bool has_certificate = by_certificate && !credential.is_nil();
    writer.begin_object();
    writer.member("time", std::string_view(format_rfc3339_micros(time)));
    text("domain_id", domain.is_nil() ? std::string() : domain.to_string());
    text("request_id", request.to_string());
    text("type", type);
    text("log_level", log_level(verdict));
    text("client_ip", client_ip);
    text("tls_cert_id", has_certificate ? credential.to_string() : std::string());
    if (!by_certificate && !credential.is_nil()) {
        text("token_id", credential.to_string());
    }
    text("res_urn", res_urn);
    text("region", region);
    text("iam_operation", iam_operation);
    writer.key("iam_identities").begin_array();
    for (const std::string& identity : iam_identities) {
        writer.string(printable(identity));
    }
    writer.end_array();
    text("http_method", http_method);
    text("http_path", http_path);
    writer.member("http_status", http_status);
    text("err_category", err_category);
    text("operation", operation);
    text("activity", activity);
    text("party", party);
    text("verdict", verdict_name(verdict));
    writer.member("record_version", static_cast<std::int64_t>(record_version));
    text("stream", stream.writer.to_string());
    writer.member("sequence", static_cast<std::int64_t>(sequence));
    writer.key("details").begin_object();
    for (const auto& [name, value] : details) {
        text(name, value);
    }
    writer.end_object();
    text("message", message(*this));
    writer.end_object();
    return out;
}

}  // namespace chatelaine::audit

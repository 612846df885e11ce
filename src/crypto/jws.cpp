#include "base/encoding.hpp"
#include "crypto/jose.hpp"

namespace chatelaine::crypto {
namespace {

Error not_a_jws(std::string message) {
    Error error(Code::kMalformed, "crypto.jws", std::move(message));
    return std::move(error).in_field("signature");
}

}  // namespace

Result<std::string> sign_jws(const PrivateKey& key, SignatureAlgorithm algorithm,
                             std::string_view kid, std::string_view typ, BytesView payload) {
    std::string header;
    json::Writer out(header);
    out.begin_object().member("alg", signature_algorithm_name(algorithm));
    if (!kid.empty()) {
        out.member("kid", kid);
    }
    if (!typ.empty()) {
        out.member("typ", typ);
    }
    out.end_object();
    std::string token = encode_base64url(as_bytes(header));
    token.push_back('.');
    append_base64url(token, payload);
    CH_TRY(const Bytes signature, key.sign(algorithm, as_bytes(token), false));
    token.push_back('.');
    append_base64url(token, signature);
    return token;
}

Result<JwsParts> parse_jws(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == std::string_view::npos || first == last ||
        token.find('.', first + 1) != last) {
        return not_a_jws("expected a compact JWS");
    }
    const auto header_bytes = decode_base64url(token.substr(0, first));
    auto payload = decode_base64url(token.substr(first + 1, last - first - 1));
    auto signature = decode_base64url(token.substr(last + 1));
    if (!header_bytes || !payload || !signature) {
        return not_a_jws("expected base64url without padding");
    }
    auto document = json::Document::parse(as_text(*header_bytes));
    if (!document || !document->root().is_object()) {
        return not_a_jws("the header is not a JSON object");
    }
    const json::Value header = document->root();
    const auto name = header.member("alg").string();
    const auto algorithm = name ? signature_algorithm_from_name(*name) : std::nullopt;
    // RFC 7515, section 4.1.11: what is critical and not understood must be refused.
    if (!algorithm || header.member("crit").exists()) {
        return not_a_jws("the algorithm is not one of the service's");
    }
    std::string kid;
    if (const auto text = header.member("kid").string()) {
        kid = *text;
    }
    return JwsParts{*algorithm, std::move(kid), std::move(payload).value(),
                    std::move(signature).value(), std::string(token.substr(0, last))};
}

}  // namespace chatelaine::crypto

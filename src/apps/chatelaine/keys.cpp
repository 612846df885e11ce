#include "apps/chatelaine/keys.hpp"

#include "base/encoding.hpp"
#include "crypto/jose.hpp"

namespace chatelaine::cli {

Result<std::string> key_path(const Context& context, std::string_view id,
                             std::string_view action) {
    CH_TRY(std::string path, context.rest_path());
    path += "/servicekey";
    if (!id.empty()) {
        path += "/" + encode_percent(id);
    }
    if (!action.empty()) {
        path += "/" + std::string(action);
    }
    return path;
}

Result<crypto::PublicKey> fetch_public_key(Context& context, std::string_view id) {
    CH_TRY(const std::string path, key_path(context, id));
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, path + "?format=jwk"));
    CH_TRY(const json::Document document, reply.document());
    const json::Value jwk = document.root().member("keys").first();
    if (!jwk.is_object()) {
        return Error(Code::kWrongKeyType, "cli.key", "the key has no public half");
    }
    CH_TRY(const crypto::Jwk key, crypto::parse_jwk(jwk));
    if (const auto* const found = std::get_if<crypto::PublicKey>(&key.material)) {
        return *found;
    }
    return Error(Code::kWrongKeyType, "cli.key", "the key has no public half");
}

Result<std::string> call_key(Context& context, std::string_view id, std::string_view action,
                             std::string body, std::string_view member) {
    CH_TRY(const std::string path, key_path(context, id, action));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, std::move(body)));
    return member_text(reply, member);
}

Result<crypto::SecretBytes> decode_secret(std::string text) {
    crypto::SecretBytes bytes(base64_decoded_max(text.size()));
    const auto size = bytes.with_exposed_mutable(
        crypto::insecure_expose_secret(),
        [&](MutableBytesView out) { return decode_base64_into(text, out); });
    wipe(text);
    if (!size) {
        return Error(Code::kInternal, "cli.service", "the service did not answer in base64");
    }
    bytes.truncate(std::move(size).value());
    return bytes;
}

crypto::SecretBytes secret_of(std::string_view text) {
    return crypto::SecretBytes::copy_of(as_bytes(text));
}

}  // namespace chatelaine::cli

// Using service keys: encrypt, decrypt, data keys, sign, verify; and random bytes.
#include "faces/rest/bindings.hpp"
#include "faces/rest/decode.hpp"

namespace chatelaine::faces::http {
namespace {

Result<std::string> context_text(const json::Value& body) {
    CH_TRY(auto text,
           rest::optional_text(body, "context", {0, limits::key_context_characters_max}));
    return text.value_or("");
}

/// A body of one text and, perhaps, nothing else that matters: {"ciphertext": "…"}.
void encode_text(std::string_view name, std::string_view value, net::HttpResponse& response) {
    response.body.reserve(value.size() + name.size() + 8);
    json::Writer(response.body).begin_object().member(name, value).end_object();
}

void encode_secret(std::string_view name, const crypto::SecretBytes& value,
                   net::HttpResponse& response) {
    response.wipe_body = true;
    response.body.reserve(base64_encoded_size(value.size()) + name.size() + 8);
    value.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        json::Writer(response.body).begin_object().key(name).base64(bytes).end_object();
    });
}

}  // namespace

Result<objects::Encrypt::Command> Binding<objects::Encrypt>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::Encrypt::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"plaintext", "context"}));
    CH_TRY(command.plaintext, rest::secret_base64(body.member("plaintext"),
                                                  limits::plaintext_base64_characters_max));
    CH_TRY(command.context, context_text(body));
    return command;
}
void Binding<objects::Encrypt>::encode(objects::Encrypt::Reply& reply, Context&,
                                       net::HttpResponse& response) {
    encode_text("ciphertext", reply.ciphertext, response);
}

Result<objects::Decrypt::Command> Binding<objects::Decrypt>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::Decrypt::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"ciphertext", "context"}));
    // The vendor's document says 5464 here too, which its own largest ciphertexts exceed.
    CH_TRY(const std::string_view ciphertext, body.member("ciphertext").string());
    if (ciphertext.size() > limits::ciphertext_characters_max) {
        return Error::invalid("rest.decrypt", "ciphertext", "expected at most 8192 characters");
    }
    command.ciphertext = ciphertext;
    CH_TRY(command.context, context_text(body));
    return command;
}
void Binding<objects::Decrypt>::encode(objects::Decrypt::Reply& reply, Context&,
                                       net::HttpResponse& response) {
    encode_secret("plaintext", reply.plaintext, response);
}

Result<objects::CreateDataKey::Command> Binding<objects::CreateDataKey>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::CreateDataKey::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"size", "name"}));
    CH_TRY(const std::int64_t bits, body.member("size").integer());
    if (bits < static_cast<std::int64_t>(limits::data_key_bits_min) ||
        bits > static_cast<std::int64_t>(limits::data_key_bits_max) || bits % 8 != 0) {
        return Error::invalid("rest.datakey", "size",
                              "expected a multiple of 8 from 64 to 4096 bits");
    }
    command.bits = static_cast<std::size_t>(bits);
    CH_TRY(auto name, rest::optional_text(body, "name", {0, limits::key_name_characters_max}));
    command.name = name.value_or("");
    return command;
}
void Binding<objects::CreateDataKey>::encode(objects::CreateDataKey::Reply& reply, Context&,
                                             net::HttpResponse& response) {
    response.wipe_body = true;
    response.body.reserve(reply.key.size() + base64_encoded_size(reply.plaintext.size()) + 32);
    reply.plaintext.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        json::Writer(response.body)
            .begin_object()
            .member("key", reply.key)
            .key("plaintext")
            .base64(bytes)
            .end_object();
    });
}

Result<objects::DecryptDataKey::Command> Binding<objects::DecryptDataKey>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::DecryptDataKey::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"key"}));
    CH_TRY(const std::string_view key, body.member("key").string());
    if (key.size() > limits::data_key_characters_max) {
        return Error::invalid("rest.datakey", "key", "expected at most 5000 characters");
    }
    command.data_key = key;
    return command;
}
void Binding<objects::DecryptDataKey>::encode(objects::DecryptDataKey::Reply& reply, Context&,
                                              net::HttpResponse& response) {
    encode_secret("plaintext", reply.plaintext, response);
}

Result<objects::Sign::Command> Binding<objects::Sign>::decode(Context& context,
                                                              const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::Sign::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"message", "alg", "isdigest"}));
    CH_TRY(command.message, rest::secret_base64(body.member("message"),
                                                limits::plaintext_base64_characters_max));
    CH_TRY(command.algorithm, rest::signature_algorithm(body.member("alg")));
    CH_TRY(const auto is_digest, rest::optional_flag(body, "isdigest"));
    command.is_digest = is_digest.value_or(false);
    CH_TRY(const auto format, context.query("format"));
    CH_TRY(command.format, rest::signature_format(format, "format"));
    return command;
}
void Binding<objects::Sign>::encode(objects::Sign::Reply& reply, Context&,
                                    net::HttpResponse& response) {
    encode_text("signature", reply.signature, response);
}

Result<objects::Verify::Command> Binding<objects::Verify>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::Verify::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"message", "alg", "isdigest", "signature"}));
    if (const json::Value message = body.member("message"); !message.is_absent()) {
        CH_TRY(command.message,
               rest::secret_base64(message, limits::plaintext_base64_characters_max));
    }
    if (const json::Value algorithm = body.member("alg"); !algorithm.is_absent()) {
        CH_TRY(command.algorithm, rest::signature_algorithm(algorithm));
    }
    CH_TRY(const auto is_digest, rest::optional_flag(body, "isdigest"));
    command.is_digest = is_digest.value_or(false);
    CH_TRY(command.signature, body.member("signature").string());
    return command;
}
void Binding<objects::Verify>::encode(objects::Verify::Reply& reply, Context&,
                                      net::HttpResponse& response) {
    json::Writer(response.body).begin_object().member("result", reply.result).end_object();
}

Result<objects::GetRandom::Command> Binding<objects::GetRandom>::decode(
    Context& context, const access::Principal& principal) {
    objects::GetRandom::Command command;
    command.domain = context.domain(principal);
    constexpr Context::Range range{1, limits::random_bytes_max, 1};
    CH_TRY(const std::int64_t length, context.query_integer("length", range));
    command.length = static_cast<std::size_t>(length);
    return command;
}
void Binding<objects::GetRandom>::encode(objects::GetRandom::Reply& reply, Context&,
                                         net::HttpResponse& response) {
    encode_secret("bytes", reply.bytes, response);
}

}  // namespace chatelaine::faces::http

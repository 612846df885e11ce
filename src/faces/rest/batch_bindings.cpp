// Many uses of service keys in one body.
#include "faces/rest/bindings.hpp"
#include "faces/rest/decode.hpp"
#include "faces/rest/extension_bindings.hpp"

namespace chatelaine::faces::http {
namespace {

using objects::UseKeys;

/// What items take from the body when they do not say it themselves.
struct Defaults {
    DomainId domain;
    json::Value operation, key;
};

Result<void> read_key(const json::Value& item, const Defaults& defaults, objects::KeyRef& ref) {
    const json::Value own = item.member("keyId");
    const json::Value& value = own.is_absent() && !defaults.key.is_absent() ? defaults.key : own;
    CH_TRY(const std::string_view text, value.string());
    return read_key_name(text, value.path(), ref);
}

template <class Command>
Result<Command> begin(const json::Value& item, const Defaults& defaults) {
    Command command;
    command.domain = defaults.domain;
    CH_TRY_VOID(read_key(item, defaults, command));
    return command;
}

Result<std::string> context_of(const json::Value& item) {
    CH_TRY(auto text,
           rest::optional_text(item, "context", {0, limits::key_context_characters_max}));
    return text.value_or("");
}

Result<UseKeys::Item> decode_encrypt(const json::Value& item, const Defaults& defaults) {
    CH_TRY_VOID(item.only_members({"operation", "keyId", "plaintext", "context"}));
    CH_TRY(auto command, begin<objects::Encrypt::Command>(item, defaults));
    CH_TRY(command.plaintext, rest::secret_base64(item.member("plaintext"),
                                                  limits::plaintext_base64_characters_max));
    CH_TRY(command.context, context_of(item));
    return UseKeys::Item(std::move(command));
}

Result<UseKeys::Item> decode_decrypt(const json::Value& item, const Defaults& defaults) {
    CH_TRY_VOID(item.only_members({"operation", "keyId", "ciphertext", "context"}));
    CH_TRY(auto command, begin<objects::Decrypt::Command>(item, defaults));
    CH_TRY(const std::string_view ciphertext, item.member("ciphertext").string());
    if (ciphertext.size() > limits::ciphertext_characters_max) {
        return Error::invalid("rest.batch", item.member("ciphertext").path(),
                              "expected at most 8192 characters");
    }
    command.ciphertext = ciphertext;
    CH_TRY(command.context, context_of(item));
    return UseKeys::Item(std::move(command));
}

Result<UseKeys::Item> decode_data_key(const json::Value& item, const Defaults& defaults) {
    CH_TRY_VOID(item.only_members({"operation", "keyId", "size"}));
    CH_TRY(auto command, begin<objects::CreateDataKey::Command>(item, defaults));
    CH_TRY(const std::int64_t bits, item.member("size").integer());
    if (bits < static_cast<std::int64_t>(limits::data_key_bits_min) ||
        bits > static_cast<std::int64_t>(limits::data_key_bits_max) || bits % 8 != 0) {
        return Error::invalid("rest.batch", item.member("size").path(),
                              "expected a multiple of 8 from 64 to 4096 bits");
    }
    command.bits = static_cast<std::size_t>(bits);
    return UseKeys::Item(std::move(command));
}

Result<UseKeys::Item> decode_sign(const json::Value& item, const Defaults& defaults) {
    CH_TRY_VOID(item.only_members(
        {"operation", "keyId", "message", "alg", "isdigest", "format"}));
    CH_TRY(auto command, begin<objects::Sign::Command>(item, defaults));
    CH_TRY(command.message, rest::secret_base64(item.member("message"),
                                                limits::plaintext_base64_characters_max));
    CH_TRY(command.algorithm, rest::signature_algorithm(item.member("alg")));
    CH_TRY(const auto is_digest, rest::optional_flag(item, "isdigest"));
    command.is_digest = is_digest.value_or(false);
    CH_TRY(const auto format, rest::optional_text(item, "format", {0, 3}));
    CH_TRY(command.format, rest::signature_format(format, item.member("format").path()));
    return UseKeys::Item(std::move(command));
}

Result<UseKeys::Item> decode_verify(const json::Value& item, const Defaults& defaults) {
    CH_TRY_VOID(item.only_members(
        {"operation", "keyId", "message", "alg", "isdigest", "signature"}));
    CH_TRY(auto command, begin<objects::Verify::Command>(item, defaults));
    if (const json::Value message = item.member("message"); !message.is_absent()) {
        CH_TRY(command.message,
               rest::secret_base64(message, limits::plaintext_base64_characters_max));
    }
    if (const json::Value algorithm = item.member("alg"); !algorithm.is_absent()) {
        CH_TRY(command.algorithm, rest::signature_algorithm(algorithm));
    }
    CH_TRY(const auto is_digest, rest::optional_flag(item, "isdigest"));
    command.is_digest = is_digest.value_or(false);
    CH_TRY(command.signature, item.member("signature").string());
    return UseKeys::Item(std::move(command));
}

Result<UseKeys::Item> decode_item(const json::Value& item, const Defaults& defaults) {
    if (!item.is_object()) {
        return Error::invalid("rest.batch", item.path(), "expected an object");
    }
    const json::Value own = item.member("operation");
    const json::Value& value =
        own.is_absent() && !defaults.operation.is_absent() ? defaults.operation : own;
    CH_TRY(const std::string_view operation, value.string());
    constexpr std::pair<std::string_view,
                        Result<UseKeys::Item> (*)(const json::Value&, const Defaults&)>
        decoders[] = {{"encrypt", &decode_encrypt},
                      {"decrypt", &decode_decrypt},
                      {"datakey", &decode_data_key},
                      {"sign", &decode_sign},
                      {"verify", &decode_verify}};
    for (const auto& [name, decode] : decoders) {
        if (name == operation) {
            return decode(item, defaults);
        }
    }
    return Error::invalid("rest.batch", value.path(),
                          "expected encrypt, decrypt, datakey, sign or verify");
}

/// One item's result, written by its kind.
class ItemWriter {
public:
    explicit ItemWriter(json::Writer& out) : out_(out) {}
    void operator()(const Error& error) {
        out_.key("error")
            .begin_object()
            .member("error_id", code_name(error.code()))
            .member("message", public_message(error))
            .end_object();
    }
    void operator()(const objects::Encrypt::Reply& reply) {
        out_.member("ciphertext", reply.ciphertext);
    }
    void operator()(const objects::Decrypt::Reply& reply) { secret(reply.plaintext); }
    void operator()(const objects::CreateDataKey::Reply& reply) {
        out_.member("key", reply.key);
        secret(reply.plaintext);
    }
    void operator()(const objects::Sign::Reply& reply) {
        out_.member("signature", reply.signature);
    }
    void operator()(const objects::Verify::Reply& reply) { out_.member("result", reply.result); }

private:
    void secret(const crypto::SecretBytes& plaintext) {
        plaintext.with_exposed(crypto::insecure_expose_secret(),
                               [&](BytesView bytes) { out_.key("plaintext").base64(bytes); });
    }
    json::Writer& out_;
};

/// What the answer takes at most: it must not grow, since it may hold plaintexts.
std::size_t answer_bytes_max(const UseKeys::Reply& reply) {
    constexpr std::size_t kAround = 1024;  // names, an error's text
    std::size_t size = kAround;
    for (const UseKeys::ItemReply& item : reply.items) {
        size += 64;
        if (const auto* const made = std::get_if<objects::Encrypt::Reply>(&item)) {
            size += made->ciphertext.size();
        } else if (const auto* const opened = std::get_if<objects::Decrypt::Reply>(&item)) {
            size += base64_encoded_size(opened->plaintext.size());
        } else if (const auto* const key = std::get_if<objects::CreateDataKey::Reply>(&item)) {
            size += key->key.size() + base64_encoded_size(key->plaintext.size());
        } else if (const auto* const sign = std::get_if<objects::Sign::Reply>(&item)) {
            size += sign->signature.size();
        } else {
            size += kAround;
        }
    }
    return size;
}

}  // namespace

Result<UseKeys::Command> Binding<UseKeys>::decode(Context& context,
                                                  const access::Principal& principal) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"operation", "keyId", "items"}));
    const json::Value items = body.member("items");
    if (items.is_absent()) {
        return Error::missing("rest.batch", "items");
    }
    if (!items.is_array() || items.size() == 0 || items.size() > UseKeys::items_max) {
        return Error::invalid("rest.batch", "items", "expected an array of 1 to 1000 items");
    }
    UseKeys::Command command;
    command.domain = context.domain(principal);
    const Defaults defaults{command.domain, body.member("operation"), body.member("keyId")};
    command.items.reserve(items.size());
    for (json::Value item = items.first(); item.exists(); item = item.next()) {
        CH_TRY(auto decoded, decode_item(item, defaults));
        command.items.push_back(std::move(decoded));
    }
    return command;
}

void Binding<UseKeys>::encode(UseKeys::Reply& reply, Context&, net::HttpResponse& response) {
    response.wipe_body = true;
    response.body.reserve(answer_bytes_max(reply));
    json::Writer out(response.body);
    out.begin_object().key("items").begin_array();
    for (const UseKeys::ItemReply& item : reply.items) {
        out.begin_object();
        std::visit(ItemWriter(out), item);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace chatelaine::faces::http

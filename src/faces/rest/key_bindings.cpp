// Making, bringing, listing, showing and changing service keys.
#include "faces/rest/bindings.hpp"
#include "faces/rest/decode.hpp"

namespace chatelaine::faces::http {
namespace {

using objects::KeyAnswer;
using objects::ManagedObject;

std::string_view type_name(crypto::KeyType type) {
    switch (type) {
        case crypto::KeyType::kOct: return "oct";
        case crypto::KeyType::kRsa: return "RSA";
        case crypto::KeyType::kEc: return "EC";
        case crypto::KeyType::kEnd: break;
    }
    return "";
}

std::string_view class_name(const ManagedObject& object) {
    if (object.key_type == crypto::KeyType::kOct) {
        return "SECRET_KEY";
    }
    return object.type == objects::ObjectType::kPublicKey ? "PUBLIC_KEY" : "KEY_PAIR";
}

void write_operations(json::Writer& out, std::uint32_t mask) {
    constexpr std::pair<std::uint32_t, std::string_view> names[] = {
        {objects::usage::kSign, "sign"},       {objects::usage::kVerify, "verify"},
        {objects::usage::kEncrypt, "encrypt"}, {objects::usage::kDecrypt, "decrypt"},
        {objects::usage::kWrapKey, "wrapKey"}, {objects::usage::kUnwrapKey, "unwrapKey"}};
    out.key("operations").begin_array();
    for (const auto& [bit, name] : names) {
        if ((mask & bit) != 0) {
            out.string(name);
        }
    }
    out.end_array();
}

void write_date(json::Writer& out, std::string_view name, const std::optional<WallTime>& date) {
    if (date) {
        out.member(name, format_rfc3339(*date));
    }
}

/// `attributes`: absent, not null, when not set.
void write_attributes(json::Writer& out, const KeyAnswer& answer) {
    const ManagedObject& object = *answer.object;
    out.key("attributes").begin_object();
    out.member("state", objects::state_name(answer.state));
    write_date(out, "original_creation_date", object.original_creation
                                                  ? object.original_creation
                                                  : std::optional<WallTime>(object.initial_date));
    write_date(out, "activation_date", object.activation);
    write_date(out, "deactivation_date", object.deactivation);
    write_date(out, "compromise_date", object.compromise);
    write_date(out, "destroy_date", object.destroy);
    out.member("extractable", object.extractable);
    out.member("never_extractable", object.never_extractable);
    out.member("sensitive", object.sensitive);
    out.member("always_sensitive", object.always_sensitive);
    out.end_object();
}

void write_key(json::Writer& out, const KeyAnswer& answer) {
    const ManagedObject& object = *answer.object;
    out.begin_object();
    out.member("id", object.id.to_string());
    out.member("name", object.names.empty() ? std::string_view{} : object.names.front().value);
    out.member("type", type_name(object.key_type));
    out.member("class", class_name(object));
    write_operations(out, object.usage_mask);
    out.member("protectionLevel", object.protection_level);
    if (object.curve) {
        out.member("curve", crypto::curve_name(*object.curve));
    } else {
        out.member("size", static_cast<std::int64_t>(object.bits));
    }
    write_attributes(out, answer);
    if (!answer.public_jwk.empty()) {
        out.key("keys").begin_array().raw(answer.public_jwk).end_array();
    }
    if (answer.wrapped) {
        out.key("wrappedKeys").begin_array().begin_object();
        out.member("keyFormatType", answer.wrapped->format);
        out.member("wrappingKeyId", answer.wrapped->wrapping_key.to_string());
        out.member("ciphertext", answer.wrapped->ciphertext);
        out.end_object().end_array();
    }
    out.end_object();
}

void encode_key(KeyAnswer& answer, net::HttpResponse& response) {
    json::Writer out(response.body);
    write_key(out, answer);
}

/// `?format=jwk`, or nothing.
Result<bool> wants_jwk(Context& context) {
    CH_TRY(const auto format, context.query("format"));
    if (!format) {
        return false;
    }
    if (*format != "jwk" && *format != "JWK") {
        return Error::invalid("rest.format", "format", "expected jwk");
    }
    return true;
}

Result<objects::CreateKey::WrappedImport> decode_wrapped(const json::Value& list) {
    if (!list.is_array() || list.size() != 1) {
        return Error::invalid("rest.create", "wrappedKeys", "expected an array of one element");
    }
    const json::Value item = list.first();
    if (!item.is_object()) {
        return Error::invalid("rest.create", item.path(), "expected an object");
    }
    CH_TRY_VOID(item.only_members({"keyFormatType", "wrappingKeyId", "ciphertext"}));
    objects::CreateKey::WrappedImport wrapped;
    CH_TRY(wrapped.format, item.member("keyFormatType").string());
    CH_TRY(const std::string_view id, item.member("wrappingKeyId").string());
    const auto key = ObjectId::parse(id);
    if (!key) {
        return Error::invalid("rest.create", item.member("wrappingKeyId").path(),
                              "expected a UUID");
    }
    wrapped.wrapping_key = *key;
    CH_TRY(wrapped.ciphertext, item.member("ciphertext").string());
    if (wrapped.ciphertext.size() > limits::wrapped_key_characters_max) {
        return Error::invalid("rest.create", item.member("ciphertext").path(),
                              "expected at most 5000 characters");
    }
    return wrapped;
}

Result<objects::CreateKey::Command> decode_create(Context& context,
                                                  const access::Principal& principal) {
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"id", "name", "context", "type", "size", "curve", "operations",
                                   "protectionLevel", "extractable", "keys", "wrappedKeys"}));
    objects::CreateKey::Command command;
    command.domain = context.domain(principal);
    CH_TRY(command.want_jwk, wants_jwk(context));
    if (const json::Value id = body.member("id"); !id.is_absent()) {
        CH_TRY(const std::string_view text, id.string());
        command.id = ObjectId::parse(text);
        if (!command.id) {
            return Error::invalid("rest.create", "id", "expected a UUID");
        }
    }
    CH_TRY(auto name, rest::optional_text(body, "name", {1, limits::key_name_characters_max}));
    if (!name) {
        return Error::missing("rest.create", "name");
    }
    command.name = std::move(*name);
    CH_TRY(auto about,
           rest::optional_text(body, "context", {0, limits::key_context_characters_max}));
    command.context = about.value_or("");
    CH_TRY(command.type, rest::optional_text(body, "type", {0, 16}));
    CH_TRY(command.size, rest::optional_integer(body, "size"));
    CH_TRY(command.curve, rest::optional_text(body, "curve", {0, 16}));
    CH_TRY(command.operations,
           rest::optional_texts(body, "operations", limits::key_operations_max));
    CH_TRY(command.protection_level, rest::optional_text(body, "protectionLevel", {0, 32}));
    CH_TRY(command.extractable, rest::optional_flag(body, "extractable"));
    const json::Value keys = body.member("keys");
    const json::Value wrapped = body.member("wrappedKeys");
    if (!keys.is_absent() && !wrapped.is_absent()) {
        return Error::invalid("rest.create", "wrappedKeys", "either keys or wrappedKeys, not both");
    }
    if (!keys.is_absent()) {
        if (!keys.is_array() || keys.size() != 1) {
            return Error::invalid("rest.create", "keys", "expected an array of one JWK");
        }
        // The vendor's schema closes the JWK too, where RFC 7517 would pass over strangers.
        if (keys.first().is_object()) {
            CH_TRY_VOID(keys.first().only_members({"kty", "use", "key_ops", "alg", "kid", "k", "n",
                                                   "e", "d", "p", "q", "dp", "dq", "qi", "crv",
                                                   "x", "y"}));
        }
        CH_TRY(command.plain_import, crypto::parse_jwk(keys.first()));
    }
    if (!wrapped.is_absent()) {
        CH_TRY(command.wrapped_import, decode_wrapped(wrapped));
    }
    return command;
}

}  // namespace

Result<objects::CreateKey::Command> Binding<objects::CreateKey>::decode(
    Context& context, const access::Principal& principal) {
    return decode_create(context, principal);
}
void Binding<objects::CreateKey>::encode(KeyAnswer& reply, Context&, net::HttpResponse& response) {
    encode_key(reply, response);
}

Result<objects::ImportKey::Command> Binding<objects::ImportKey>::decode(
    Context& context, const access::Principal& principal) {
    return decode_create(context, principal);
}
void Binding<objects::ImportKey>::encode(KeyAnswer& reply, Context&, net::HttpResponse& response) {
    encode_key(reply, response);
}

Result<objects::ListKeys::Command> Binding<objects::ListKeys>::decode(
    Context& context, const access::Principal& principal) {
    objects::ListKeys::Command command;
    command.domain = context.domain(principal);
    CH_TRY(const auto state, context.query("state"));
    if (state && *state != "all") {
        command.state = objects::state_from_name(*state);
        if (!command.state) {
            return Error::invalid("rest.list", "state", "expected a key state or all");
        }
    }
    constexpr Context::Range page{limits::list_page_min, limits::list_page_max,
                                  limits::list_page_max};
    CH_TRY(const std::int64_t max, context.query_integer("max", page));
    command.max = static_cast<std::size_t>(max);
    CH_TRY(auto token, context.query("continuation-token"));
    command.continuation_token = token.value_or("");
    if (command.continuation_token.size() > limits::continuation_token_characters_max) {
        return Error::invalid("rest.list", "continuation-token", "expected at most 500 characters");
    }
    return command;
}
void Binding<objects::ListKeys>::encode(objects::ListKeys::Reply& reply, Context&,
                                        net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object().key("objects_list").begin_array();
    for (const KeyAnswer& answer : reply.keys) {
        write_key(out, answer);
    }
    out.end_array();
    out.member("continuation_token", reply.continuation_token);
    out.member("is_truncated", reply.truncated);
    out.end_object();
}

Result<objects::GetKey::Command> Binding<objects::GetKey>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::GetKey::Command>(context, principal));
    CH_TRY(command.want_jwk, wants_jwk(context));
    return command;
}
void Binding<objects::GetKey>::encode(KeyAnswer& reply, Context&, net::HttpResponse& response) {
    encode_key(reply, response);
}

Result<objects::ExportKey::Command> Binding<objects::ExportKey>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::ExportKey::Command>(context, principal));
    CH_TRY(const auto id, context.query("wrappingKeyId"));
    CH_TRY(const auto format, context.query("wrappedKeyFormat"));
    CH_TRY(const auto algorithm, context.query("wrappingAlgorithm"));
    if (!id || !format || !algorithm) {
        return Error::missing("rest.export", !id       ? "wrappingKeyId"
                                             : !format ? "wrappedKeyFormat"
                                                       : "wrappingAlgorithm");
    }
    const auto key = ObjectId::parse(*id);
    if (!key) {
        return Error::invalid("rest.export", "wrappingKeyId", "expected a UUID");
    }
    command.wrapping_key = *key;
    command.format = *format;
    if (*algorithm == "RSA-OAEP") {
        command.algorithm = crypto::OaepHash::kSha1;
    } else if (*algorithm == "RSA-OAEP-256") {
        command.algorithm = crypto::OaepHash::kSha256;
    } else {
        return Error::invalid("rest.export", "wrappingAlgorithm",
                              "expected RSA-OAEP or RSA-OAEP-256");
    }
    return command;
}
void Binding<objects::ExportKey>::encode(KeyAnswer& reply, Context&, net::HttpResponse& response) {
    encode_key(reply, response);
}

Result<objects::UpdateKey::Command> Binding<objects::UpdateKey>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::UpdateKey::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"name", "extractable"}));
    CH_TRY(command.name,
           rest::optional_text(body, "name", {1, limits::key_name_characters_max}));
    CH_TRY(command.extractable, rest::optional_flag(body, "extractable"));
    return command;
}
void Binding<objects::UpdateKey>::encode(KeyAnswer& reply, Context&, net::HttpResponse& response) {
    encode_key(reply, response);
}

Result<objects::DeleteKey::Command> Binding<objects::DeleteKey>::decode(
    Context& context, const access::Principal& principal) {
    return decode_key_ref<objects::DeleteKey::Command>(context, principal);
}
void Binding<objects::DeleteKey>::encode(objects::Nothing&, Context&, net::HttpResponse&) {}

Result<objects::ActivateKey::Command> Binding<objects::ActivateKey>::decode(
    Context& context, const access::Principal& principal) {
    return decode_key_ref<objects::ActivateKey::Command>(context, principal);
}
void Binding<objects::ActivateKey>::encode(objects::Nothing&, Context&, net::HttpResponse&) {}

Result<objects::DeactivateKey::Command> Binding<objects::DeactivateKey>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::DeactivateKey::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"reason"}));
    CH_TRY(const std::string_view reason, body.member("reason").string());
    const auto known = objects::revocation_reason_from_name(reason);
    if (!known) {
        return Error::invalid("rest.deactivate", "reason", "expected a revocation reason");
    }
    command.reason = *known;
    return command;
}
void Binding<objects::DeactivateKey>::encode(objects::Nothing&, Context&, net::HttpResponse&) {}

}  // namespace chatelaine::faces::http

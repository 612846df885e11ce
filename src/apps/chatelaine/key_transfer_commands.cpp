// Keys that come in and go out: plain and wrapped import, wrapped export, opening one outside.
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/keys.hpp"
#include "crypto/jose.hpp"
#include "crypto/x509.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
constexpr std::string_view kFormats = "RAW JWK PKCS1 PKCS8";
constexpr std::string_view kAlgorithms = "RSA-OAEP RSA-OAEP-256";

Result<crypto::OaepHash> hash_of(std::string_view algorithm) {
    if (algorithm == "RSA-OAEP") {
        return crypto::OaepHash::kSha1;
    }
    if (algorithm == "RSA-OAEP-256") {
        return crypto::OaepHash::kSha256;
    }
    return Error(Code::kConfiguration, "cli.key", "--algorithm is RSA-OAEP or RSA-OAEP-256");
}

/// What the file holds: a PEM key, private or public, or else the raw bytes of a symmetric one.
Result<crypto::KeyMaterial> read_material(std::string_view path) {
    CH_TRY(std::string text, read_text(std::filesystem::path(path), kKeyFileBytesMax));
    crypto::SecretBytes bytes = secret_of(text);
    const bool pem = text.find("-----BEGIN ") != std::string::npos;
    const bool public_pem = text.find("-----BEGIN PUBLIC KEY") != std::string::npos;
    Result<crypto::KeyMaterial> material = Error(Code::kMalformed, "cli.key", "no key");
    if (public_pem) {
        auto key = crypto::pem_to_der(text, "PUBLIC KEY").and_then([](Bytes der) {
            return crypto::PublicKey::from_spki(der);
        });
        material = key ? Result<crypto::KeyMaterial>(std::move(*key)) : std::move(key).error();
    } else if (pem) {
        auto key = crypto::private_key_from_pem(bytes);
        material = key ? Result<crypto::KeyMaterial>(std::move(*key)) : std::move(key).error();
    } else {
        material = Result<crypto::KeyMaterial>(std::move(bytes));
    }
    wipe(text);
    return material;
}

/// The bytes of a key in a wrapped key's format.
Result<crypto::SecretBytes> encode_material(const crypto::KeyMaterial& material,
                                            std::string_view format) {
    if (const auto* const raw = std::get_if<crypto::SecretBytes>(&material);
        raw != nullptr && format == "RAW") {
        return raw->clone();
    }
    if (const auto* const key = std::get_if<crypto::PrivateKey>(&material)) {
        if (format == "PKCS8") {
            return key->to_pkcs8();
        }
        if (format == "PKCS1") {
            return key->to_pkcs1();
        }
    }
    if (format == "JWK" && !std::holds_alternative<crypto::PublicKey>(material)) {
        return crypto::insecure_private_jwk(material, {});
    }
    return Error(Code::kConfiguration, "cli.key", "a key of this type has no such format");
}

std::string_view usual_format(const crypto::KeyMaterial& material) {
    return std::holds_alternative<crypto::SecretBytes>(material) ? "RAW" : "PKCS8";
}

std::vector<std::string> usual_operations(const crypto::KeyMaterial& material) {
    if (std::holds_alternative<crypto::SecretBytes>(material)) {
        return {"encrypt", "decrypt"};
    }
    if (std::holds_alternative<crypto::PublicKey>(material)) {
        return {"verify"};
    }
    return {"sign", "verify"};
}

void write_wrapped(json::Writer& out, const Arguments& arguments, std::string_view format,
                   std::string_view ciphertext, const std::vector<std::string>& operations) {
    out.key("operations").begin_array();
    for (const std::string& operation : operations) {
        out.string(operation);
    }
    out.end_array();
    out.key("wrappedKeys")
        .begin_array()
        .begin_object()
        .member("keyFormatType", format)
        .member("wrappingKeyId", arguments.text("wrapping-key"))
        .member("ciphertext", ciphertext)
        .end_object()
        .end_array();
}

/// The body's part that carries the key; `body` is the object that was begun.
Result<void> write_key(Context& context, const Arguments& arguments, std::string& body,
                       json::Writer& out) {
    std::vector<std::string> operations = arguments.list("operation");
    if (arguments.has("wrapped-file")) {
        CH_TRY(const std::string token,
               read_secret_line(std::filesystem::path(arguments.text("wrapped-file"))));
        if (operations.empty() || !arguments.has("format") || !arguments.has("wrapping-key")) {
            return Error(Code::kConfiguration, "cli.key",
                         "--wrapped-file needs --format, --wrapping-key and --operation");
        }
        write_wrapped(out, arguments, arguments.text("format"), token, operations);
        return ok();
    }
    CH_TRY(const crypto::KeyMaterial material, read_material(arguments.text("file")));
    if (operations.empty()) {
        operations = usual_operations(material);
    }
    if (arguments.has("wrapping-key")) {
        const std::string_view format = arguments.text_or("format", usual_format(material));
        CH_TRY(const auto hash, hash_of(arguments.text_or("algorithm", "RSA-OAEP-256")));
        CH_TRY(const auto transport, fetch_public_key(context, arguments.text("wrapping-key")));
        CH_TRY(const crypto::SecretBytes payload, encode_material(material, format));
        CH_TRY(const std::string token, crypto::wrap_jwe(transport, hash, payload));
        write_wrapped(out, arguments, format, token, operations);
        return ok();
    }
    out.key("keys").begin_array();
    const crypto::JwkOptions options{{}, &operations};
    if (const auto* const key = std::get_if<crypto::PublicKey>(&material)) {
        CH_TRY(const std::string jwk, crypto::public_jwk(*key, options));
        out.raw(jwk);
    } else {
        CH_TRY(const crypto::SecretBytes jwk, crypto::insecure_private_jwk(material, options));
        body.reserve(body.size() + jwk.size() + 64);
        jwk.with_exposed(crypto::insecure_expose_secret(),
                         [&](BytesView text) { out.raw(as_text(text)); });
    }
    out.end_array();
    return ok();
}

Result<int> key_import(Context& context, const Arguments& arguments) {
    if (arguments.has("file") == arguments.has("wrapped-file")) {
        return Error(Code::kConfiguration, "cli.key", "either --file or --wrapped-file");
    }
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .member("name", arguments.text("name"))
        .member("context", arguments.text_or("context", arguments.text("name")))
        .member("extractable", arguments.has("extractable"));
    if (arguments.has("id")) {
        out.member("id", arguments.text("id"));
    }
    if (auto written = write_key(context, arguments, body, out); !written) {
        wipe(body);
        return std::move(written).error();
    }
    out.end_object();
    CH_TRY(const std::string path, key_path(context));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, std::move(body)));
    return show(context, reply);
}

Result<int> key_export(Context& context, const Arguments& arguments) {
    CH_TRY_VOID(hash_of(arguments.text_or("algorithm", "RSA-OAEP-256")));  // a typo is ours to tell
    CH_TRY(std::string path, key_path(context, arguments.text("id")));
    path += query({{"wrappingKeyId", arguments.text("wrapping-key")},
                   {"wrappedKeyFormat", arguments.text("format")},
                   {"wrappingAlgorithm", arguments.text_or("algorithm", "RSA-OAEP-256")}});
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, path));
    if (context.json) {
        return show(context, reply);
    }
    CH_TRY(const json::Document document, reply.document());
    CH_TRY(const std::string_view token,
           document.root().member("wrappedKeys").first().member("ciphertext").string());
    CH_TRY_VOID(write_private(std::filesystem::path(arguments.text_or("out", "-")),
                              as_bytes(std::string(token) + "\n")));
    return exit_ok;
}

/// Opens a wrapped key with the transport key's private half, without the service.
Result<int> key_unwrap(Context&, const Arguments& arguments) {
    CH_TRY(const std::string token,
           read_secret_line(std::filesystem::path(arguments.text("wrapped-file"))));
    CH_TRY(const crypto::KeyMaterial material, read_material(arguments.text("transport-key")));
    const auto* const key = std::get_if<crypto::PrivateKey>(&material);
    if (key == nullptr) {
        return Error(Code::kConfiguration, "cli.key", "--transport-key is a private RSA key, PEM");
    }
    CH_TRY(const crypto::UnwrappedJwe opened, crypto::unwrap_jwe(*key, token));
    CH_TRY_VOID(opened.payload.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView bytes) {
            return write_private(std::filesystem::path(arguments.text("out")), bytes);
        }));
    return exit_ok;
}

}  // namespace

void add_key_transfer_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "the key's id, or alias:NAME", true};
    const Param format{ParamKind::kOption, "format", "RAW, JWK, PKCS1 or PKCS8", false, kFormats};
    const Param algorithm{ParamKind::kOption, "algorithm", "default: RSA-OAEP-256", false,
                          kAlgorithms};
    const Param wrapped{ParamKind::kOption, "wrapped-file", "file with a wrapped key (a JWE)"};
    commands.push_back(
        {"key import", "Bring your own key, plain or wrapped to a transport key",
         {{ParamKind::kPositional, "name", "its name", true},
          {ParamKind::kOption, "file", "a PEM key, or the raw bytes of a symmetric one"},
          wrapped,
          {ParamKind::kOption, "wrapping-key", "id of the RSA transport key: wrap --file to it"},
          format, algorithm,
          {ParamKind::kList, "operation", "what it may do; repeatable", false,
           "sign verify encrypt decrypt wrapKey unwrapKey"},
          {ParamKind::kOption, "context", "a text about it (default: the name)"},
          {ParamKind::kOption, "id", "its UUID, of your choice"},
          {ParamKind::kFlag, "extractable", "it may leave again, wrapped"}},
         &key_import});
    Param needed_format = format;
    needed_format.required = true;
    commands.push_back(
        {"key export", "Take an extractable key out, wrapped to a transport key",
         {id, {ParamKind::kOption, "wrapping-key", "id of the RSA transport key", true},
          needed_format, algorithm,
          {ParamKind::kOption, "out", "write the wrapped key to this file"}},
         &key_export});
    Param needed_wrapped = wrapped;
    needed_wrapped.required = true;
    commands.push_back(
        {"key unwrap", "Open a wrapped key with the transport key's private half, offline",
         {needed_wrapped,
          {ParamKind::kOption, "transport-key", "PEM file of the private RSA key", true},
          {ParamKind::kOption, "out", "write the key's bytes to this file (0600)", true}},
         &key_unwrap});
}

}  // namespace chatelaine::cli

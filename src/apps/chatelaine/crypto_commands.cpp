// Uses of a service key: encrypt, decrypt, data keys, sign, verify, random.
#include <unistd.h>

#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/keys.hpp"
#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "crypto/hash.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kDocumentBytesMax = 1024 * 1024 * 1024;

std::filesystem::path input_of(const Arguments& arguments) {
    return std::filesystem::path(arguments.text_or("in", "-"));
}

Result<void> put(const Arguments& arguments, BytesView bytes) {
    return write_private(std::filesystem::path(arguments.text_or("out", "-")), bytes);
}

void write_context(json::Writer& out, const Arguments& arguments) {
    if (arguments.has("context")) {
        out.member("context", arguments.text("context"));
    }
}

Result<int> put_secret(const Arguments& arguments, const crypto::SecretBytes& bytes) {
    CH_TRY_VOID(bytes.with_exposed(crypto::insecure_expose_secret(),
                                   [&](BytesView view) { return put(arguments, view); }));
    return exit_ok;
}

Result<int> key_encrypt(Context& context, const Arguments& arguments) {
    CH_TRY(std::string plaintext, read_text(input_of(arguments), limits::plaintext_bytes_max));
    std::string body;
    json::Writer out(body);
    out.begin_object().key("plaintext").base64(as_bytes(plaintext));
    wipe(plaintext);
    write_context(out, arguments);
    out.end_object();
    CH_TRY(const std::string token, call_key(context, arguments.text("id"), "encrypt",
                                             std::move(body), "ciphertext"));
    CH_TRY_VOID(put(arguments, as_bytes(token + "\n")));
    return exit_ok;
}

Result<int> key_decrypt(Context& context, const Arguments& arguments) {
    CH_TRY(std::string token,
           read_text(input_of(arguments), limits::ciphertext_characters_max + 2));
    token.erase(token.find_last_not_of(" \r\n") + 1);
    std::string body;
    json::Writer out(body);
    out.begin_object().member("ciphertext", token);
    write_context(out, arguments);
    out.end_object();
    CH_TRY(std::string text, call_key(context, arguments.text("id"), "decrypt", std::move(body),
                                      "plaintext"));
    CH_TRY(const crypto::SecretBytes plaintext, decode_secret(std::move(text)));
    return put_secret(arguments, plaintext);
}

Result<int> datakey_create(Context& context, const Arguments& arguments) {
    CH_TRY(const std::int64_t bits, arguments.integer("size", 256));
    std::string body;
    json::Writer out(body);
    out.begin_object().member("size", bits);
    if (arguments.has("name")) {
        out.member("name", arguments.text("name"));
    }
    out.end_object();
    CH_TRY(const std::string path, key_path(context, arguments.text("id"), "datakey"));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, body));
    return show_secret(context, reply, "plaintext", arguments.text("out"));
}

Result<int> datakey_decrypt(Context& context, const Arguments& arguments) {
    CH_TRY(const std::string token, read_secret_line(input_of(arguments)));
    std::string body;
    json::Writer(body).begin_object().member("key", token).end_object();
    CH_TRY(std::string text, call_key(context, arguments.text("id"), "datakey/decrypt",
                                      std::move(body), "plaintext"));
    CH_TRY(const crypto::SecretBytes key, decode_secret(std::move(text)));
    return put_secret(arguments, key);
}

/// What is signed: the message, or its digest when it is too long to send or is one already.
struct Message {
    Bytes bytes;
    bool is_digest = false;
};
Result<Message> read_message(const Arguments& arguments) {
    CH_TRY(const std::string text, read_text(input_of(arguments), kDocumentBytesMax));
    Message message;
    message.is_digest = arguments.has("digest");
    const std::string_view algorithm = arguments.text("algorithm");
    if (!message.is_digest && text.size() > limits::plaintext_bytes_max) {
        if (!algorithm.ends_with("256")) {
            return Error(Code::kTooLarge, "cli.sign",
                         "a message over 4096 bytes is hashed here with SHA-256 only; else give "
                         "its digest and --digest");
        }
        const crypto::Sha256 digest = crypto::sha256(as_bytes(text));
        message.bytes.assign(digest.begin(), digest.end());
        message.is_digest = true;
        return message;
    }
    const BytesView view = as_bytes(text);
    message.bytes.assign(view.begin(), view.end());
    return message;
}

/// ECDSA's r ‖ s as the DER SEQUENCE of two INTEGERs that X.509 tools take, and back.
void append_der_integer(Bytes& out, BytesView number) {
    while (number.size() > 1 && number.front() == 0) {
        number = number.subspan(1);
    }
    const bool pad = (number.front() & 0x80) != 0;
    out.push_back(0x02);
    out.push_back(static_cast<std::uint8_t>(number.size() + (pad ? 1 : 0)));
    if (pad) {
        out.push_back(0);
    }
    out.insert(out.end(), number.begin(), number.end());
}

Bytes ecdsa_to_der(BytesView signature) {
    Bytes numbers;
    append_der_integer(numbers, signature.first(signature.size() / 2));
    append_der_integer(numbers, signature.subspan(signature.size() / 2));
    Bytes out{0x30};
    if (numbers.size() > 127) {
        out.push_back(0x81);
    }
    out.push_back(static_cast<std::uint8_t>(numbers.size()));
    out.insert(out.end(), numbers.begin(), numbers.end());
    return out;
}

Result<int> key_sign(Context& context, const Arguments& arguments) {
    CH_TRY(const Message message, read_message(arguments));
    const std::string_view algorithm = arguments.text("algorithm");
    const std::string_view format = arguments.text_or("format", "raw");
    const bool ecdsa = algorithm.starts_with("ES");
    if (arguments.has("der") && !(ecdsa && format == "raw")) {
        return Error(Code::kConfiguration, "cli.sign", "--der is for raw ECDSA signatures");
    }
    std::string body;
    json::Writer(body)
        .begin_object()
        .key("message")
        .base64(message.bytes)
        .member("alg", algorithm)
        .member("isdigest", message.is_digest)
        .end_object();
    CH_TRY(const std::string signature,
           call_key(context, arguments.text("id"),
                    "sign" + query({{"format", format}}), std::move(body), "signature"));
    if (format != "raw" || !(arguments.has("der") || arguments.has("binary"))) {
        CH_TRY_VOID(put(arguments, as_bytes(signature + "\n")));
        return exit_ok;
    }
    CH_TRY(Bytes bytes, decode_base64(signature));
    if (arguments.has("der") && bytes.size() >= 2) {
        bytes = ecdsa_to_der(bytes);
    }
    CH_TRY_VOID(put(arguments, bytes));
    return exit_ok;
}

Result<int> key_verify(Context& context, const Arguments& arguments) {
    CH_TRY(const Message message, read_message(arguments));
    CH_TRY(const std::string signature,
           read_secret_line(std::filesystem::path(arguments.text("signature-file"))));
    std::string body;
    json::Writer(body)
        .begin_object()
        .key("message")
        .base64(message.bytes)
        .member("alg", arguments.text("algorithm"))
        .member("isdigest", message.is_digest)
        .member("signature", signature)
        .end_object();
    CH_TRY(const std::string path, key_path(context, arguments.text("id"), "verify"));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, body));
    CH_TRY(const json::Document document, reply.document());
    CH_TRY(const bool good, document.root().member("result").boolean());
    print_line(context.json ? std::string_view(reply.body) : good ? "good" : "not good");
    return good ? exit_ok : exit_no;
}

Result<int> random_bytes(Context& context, const Arguments& arguments) {
    CH_TRY(std::string path, context.rest_path());
    path += "/random" + query({{"length", arguments.text_or("length", "32")}});
    CH_TRY(const Reply reply, context.client().get(Listener::kRest, path));
    if (!arguments.has("binary")) {
        if (context.json) {
            return show(context, reply);
        }
        CH_TRY(const std::string text, member_text(reply, "bytes"));
        CH_TRY_VOID(put(arguments, as_bytes(text + "\n")));
        return exit_ok;
    }
    CH_TRY(std::string text, member_text(reply, "bytes"));
    CH_TRY(const crypto::SecretBytes bytes, decode_secret(std::move(text)));
    return put_secret(arguments, bytes);
}

}  // namespace

void add_crypto_commands(std::vector<Command>& commands) {
    const Param id{ParamKind::kPositional, "id", "the key's id, or alias:NAME", true};
    const Param in{ParamKind::kOption, "in", "file to read (default: standard input)"};
    const Param out{ParamKind::kOption, "out", "file to write (default: standard output)"};
    const Param context{ParamKind::kOption, "context", "text that is bound to the ciphertext"};
    const Param algorithm{ParamKind::kOption, "algorithm", "ES256 … PS512", true,
                          "ES256 ES384 ES512 RS256 RS384 RS512 PS256 PS384 PS512"};
    const Param digest{ParamKind::kFlag, "digest", "what is read is the digest already"};
    commands.push_back({"key encrypt", "Encrypt up to 4096 bytes in the service",
                        {id, in, out, context}, &key_encrypt});
    commands.push_back({"key decrypt", "Decrypt what key encrypt gave",
                        {id, in, out, context}, &key_decrypt});
    commands.push_back({"key datakey create", "Make a data key: wrapped, and in the plain once",
                        {id, {ParamKind::kOption, "size", "bits (default 256)"},
                         {ParamKind::kOption, "name", "its name"},
                         {ParamKind::kOption, "out", "write the plain key (base64) to this file"}},
                        &datakey_create});
    commands.push_back({"key datakey decrypt", "Open a wrapped data key", {id, in, out},
                        &datakey_decrypt});
    commands.push_back({"key sign", "Sign a document",
                        {id, algorithm, in, out, digest,
                         {ParamKind::kOption, "format", "raw, jws or jwt", false, "raw jws jwt"},
                         {ParamKind::kFlag, "binary", "the signature's bytes, not base64"},
                         {ParamKind::kFlag, "der", "ECDSA as DER bytes, as openssl wants it"}},
                        &key_sign});
    commands.push_back({"key verify", "Verify a signature: exit code 0 for good, 7 for not",
                        {id, algorithm, in, digest,
                         {ParamKind::kOption, "signature-file", "base64 signature or token", true}},
                        &key_verify});
    commands.push_back({"random", "Random bytes from the service",
                        {{ParamKind::kOption, "length", "1 to 4096 (default 32)"},
                         {ParamKind::kFlag, "binary", "bytes, not base64"}, out},
                        &random_bytes});
}

}  // namespace chatelaine::cli

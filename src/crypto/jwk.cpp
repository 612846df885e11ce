#include <algorithm>
#include <array>
#include <cstring>

#include "base/encoding.hpp"
#include "crypto/jose.hpp"

namespace chatelaine::crypto {
namespace {

/// base64url of a member straight into secret memory.
Result<SecretBytes> secret_member(const json::Value& value) {
    CH_TRY(const std::string_view text, value.string());
    SecretBytes bytes(base64_decoded_max(text.size()));
    const auto size = bytes.with_exposed_mutable(
        insecure_expose_secret(),
        [&](MutableBytesView out) { return decode_base64url_into(text, out); });
    if (!size) {
        return Error::invalid("crypto.jwk", value.path(), "expected base64url without padding");
    }
    bytes.truncate(*size);
    return bytes;
}

Result<Bytes> public_member(const json::Value& value) {
    CH_TRY(const std::string_view text, value.string());
    auto bytes = decode_base64url(text);
    if (!bytes) {
        return Error::invalid("crypto.jwk", value.path(), "expected base64url without padding");
    }
    return bytes;
}

/// Zeros in front up to `size`; as it is when it is longer.
SecretBytes pad_left(const SecretBytes& value, std::size_t size) {
    if (value.size() >= size) {
        return value.clone();
    }
    const ExposeToken token = insecure_expose_secret();
    SecretBytes padded(size);
    value.with_exposed(token, [&](BytesView bytes) {
        padded.with_exposed_mutable(token, [&](MutableBytesView out) {
            std::copy(bytes.begin(), bytes.end(),
                      out.end() - static_cast<std::ptrdiff_t>(bytes.size()));
        });
    });
    return padded;
}

/// A known client encodes `k` as an integer: leading zero bytes are gone.
Result<SecretBytes> symmetric_key(const json::Value& object) {
    CH_TRY(SecretBytes key, secret_member(object.member("k")));
    for (const std::size_t size : {std::size_t{16}, std::size_t{24}, std::size_t{32}}) {
        if (key.size() == size) {
            return key;
        }
        if (key.size() < size && size - key.size() <= 7) {
            return pad_left(key, size);
        }
    }
    return Error::invalid("crypto.jwk", object.member("k").path(),
                          "expected a key of 128, 192 or 256 bits");
}

/// Names the member inside the JWK, wherever the JWK stands.
Error inside(const json::Value& object, Error error) {
    const std::string path = object.path();
    return path.empty() ? std::move(error) : std::move(error).in_field(path);
}

Result<KeyMaterial> rsa_key(const json::Value& object) {
    PrivateKey::RsaParts parts;
    CH_TRY(parts.n, public_member(object.member("n")));
    CH_TRY(parts.e, public_member(object.member("e")));
    if (object.member("d").is_absent()) {
        auto key = PublicKey::from_rsa(parts.n, parts.e);
        if (!key) {
            return inside(object, std::move(key).error());
        }
        return KeyMaterial(std::move(key).value());
    }
    CH_TRY(parts.d, secret_member(object.member("d")));
    if (!object.member("oth").is_absent()) {
        return Error::invalid("crypto.jwk", object.member("oth").path(),
                              "keys of more than two primes are not supported");
    }
    const std::array<std::pair<std::string_view, SecretBytes*>, 5> optional{{{"p", &parts.p},
                                                                             {"q", &parts.q},
                                                                             {"dp", &parts.dp},
                                                                             {"dq", &parts.dq},
                                                                             {"qi", &parts.qi}}};
    for (const auto& [name, out] : optional) {
        if (const json::Value value = object.member(name); !value.is_absent()) {
            CH_TRY(*out, secret_member(value));
        }
    }
    auto key = PrivateKey::from_rsa(parts);
    if (!key) {
        return inside(object, std::move(key).error());
    }
    return KeyMaterial(std::move(key).value());
}

Result<KeyMaterial> ec_key(const json::Value& object) {
    CH_TRY(const std::string_view name, object.member("crv").string());
    const auto curve = curve_from_name(name);
    if (!curve) {
        return Error::invalid("crypto.jwk", object.member("crv").path(),
                              "expected P-256, P-384 or P-521");
    }
    CH_TRY(const Bytes x, public_member(object.member("x")));
    CH_TRY(const Bytes y, public_member(object.member("y")));
    if (object.member("d").is_absent()) {
        auto key = PublicKey::from_ec(*curve, x, y);
        if (!key) {
            return inside(object, std::move(key).error());
        }
        return KeyMaterial(std::move(key).value());
    }
    CH_TRY(const SecretBytes short_d, secret_member(object.member("d")));
    auto key = PrivateKey::from_ec(*curve, short_d, x, y);
    if (!key) {
        return inside(object, std::move(key).error());
    }
    return KeyMaterial(std::move(key).value());
}

Result<KeyMaterial> material_of(const json::Value& object) {
    CH_TRY(const std::string_view type, object.member("kty").string());
    if (type == "oct") {
        CH_TRY(SecretBytes key, symmetric_key(object));
        return KeyMaterial(std::move(key));
    }
    if (type == "RSA") {
        return rsa_key(object);
    }
    if (type == "EC") {
        return ec_key(object);
    }
    return Error::invalid("crypto.jwk", object.member("kty").path(), "expected oct, RSA or EC");
}

/// The members that every form ends with.
void write_options(json::Writer& out, const JwkOptions& options) {
    if (!options.kid.empty()) {
        out.member("kid", options.kid);
    }
    if (options.key_ops != nullptr) {
        out.key("key_ops").begin_array();
        for (const auto& operation : *options.key_ops) {
            out.string(operation);
        }
        out.end_array();
    }
}

void write_public(json::Writer& out, const PublicKey& key) {
    if (key.type() == KeyType::kRsa) {
        out.member("kty", "RSA");
        out.key("n").base64url(key.rsa_modulus());
        out.key("e").base64url(key.rsa_exponent());
        return;
    }
    out.member("kty", "EC");
    out.member("crv", curve_name(*key.curve()));
    out.key("x").base64url(key.ec_x());
    out.key("y").base64url(key.ec_y());
}

void write_secret(json::Writer& out, std::string_view name, const SecretBytes& value) {
    value.with_exposed(insecure_expose_secret(),
                       [&](BytesView bytes) { out.key(name).base64url(bytes); });
}

Result<void> write_private(json::Writer& out, const PrivateKey& key) {
    write_public(out, key.public_key());
    if (key.type() == KeyType::kEc) {
        CH_TRY(const SecretBytes d, key.ec_d());
        write_secret(out, "d", d);
        return ok();
    }
    CH_TRY(const PrivateKey::RsaParts parts, key.rsa_parts());
    write_secret(out, "d", parts.d);
    write_secret(out, "p", parts.p);
    write_secret(out, "q", parts.q);
    write_secret(out, "dp", parts.dp);
    write_secret(out, "dq", parts.dq);
    write_secret(out, "qi", parts.qi);
    return ok();
}

}  // namespace

Result<Jwk> parse_jwk(const json::Value& value) {
    if (!value.is_object()) {
        return Error::invalid("crypto.jwk", value.path(), "expected a JWK object");
    }
    CH_TRY(KeyMaterial material, material_of(value));
    Jwk jwk{std::move(material), {}, {}, {}};
    if (const json::Value kid = value.member("kid"); !kid.is_absent()) {
        CH_TRY(jwk.kid, kid.string());
    }
    if (const json::Value alg = value.member("alg"); !alg.is_absent()) {
        CH_TRY(jwk.alg, alg.string());
    }
    if (const json::Value operations = value.member("key_ops"); !operations.is_absent()) {
        if (!operations.is_array()) {
            return Error::invalid("crypto.jwk", operations.path(), "expected an array of strings");
        }
        for (json::Value item = operations.first(); item.exists(); item = item.next()) {
            CH_TRY(const std::string_view operation, item.string());
            jwk.key_ops.emplace_back(operation);
        }
    }
    return jwk;
}

Result<std::string> public_jwk(const PublicKey& key, const JwkOptions& options) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    write_public(out, key);
    write_options(out, options);
    out.end_object();
    return text;
}

Result<SecretBytes> insecure_private_jwk(const KeyMaterial& material, const JwkOptions& options) {
    std::string text;
    text.reserve(8192);  // one buffer, so that no half-written copy is left behind
    json::Writer out(text);
    out.begin_object();
    Result<void> written;
    if (const auto* secret = std::get_if<SecretBytes>(&material)) {
        out.member("kty", "oct");
        write_secret(out, "k", *secret);
    } else if (const auto* key = std::get_if<PrivateKey>(&material)) {
        written = write_private(out, *key);
    } else {
        write_public(out, std::get<PublicKey>(material));
    }
    write_options(out, options);
    out.end_object();
    SecretBytes result = SecretBytes::copy_of(as_bytes(text));
    wipe(text);
    if (!written) {
        return std::move(written).error();
    }
    return result;
}

}  // namespace chatelaine::crypto

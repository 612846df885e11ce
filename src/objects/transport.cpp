#include "objects/transport.hpp"

namespace chatelaine::objects {
namespace {

Error unreadable(std::string_view field, std::string_view format) {
    return Error::invalid("objects.material", std::string(field),
                          "what was wrapped is not a key in the form " + std::string(format));
}

Result<crypto::Jwk> read_jwk(const crypto::SecretBytes& payload, std::string_view field) {
    auto document = payload.with_exposed(
        crypto::insecure_expose_secret(),
        [](BytesView bytes) { return json::Document::parse(as_text(bytes)); });
    if (!document) {
        return unreadable(field, "JWK");
    }
    auto jwk = crypto::parse_jwk(document->root());
    if (!jwk) {
        return unreadable(field, "JWK");
    }
    return jwk;
}

Error wrong_format(std::string_view format, crypto::KeyType type) {
    return Error::invalid("objects.export", "wrappedKeyFormat",
                          std::string(format) + " does not go with " +
                              std::string(key_type_name(type)) + " keys");
}

crypto::KeyMaterial material_of(const crypto::PrivateKey& key) { return key; }

}  // namespace

Result<std::shared_ptr<const ManagedObject>> load_transport_key(Services& services,
                                                                const KeyRef& ref, Use use) {
    auto object = load_key(services.reader, ref);
    if (!object) {
        if (object.error().code() == Code::kKeyNotFound) {
            return Error(Code::kKeyNotFound, "objects.transport", "no such wrapping key");
        }
        return object;
    }
    const ManagedObject& key = **object;
    if (key.key_type != crypto::KeyType::kRsa || key.type == ObjectType::kSymmetricKey) {
        return Error(Code::kWrongKeyType, "objects.transport", "the wrapping key is no RSA key");
    }
    if (use.usage == usage::kUnwrapKey && key.type != ObjectType::kPrivateKey) {
        return Error(Code::kWrongKeyType, "objects.transport",
                     "the wrapping key has no private part");
    }
    CH_TRY_VOID(require_use(key, use, services.now));
    return object;
}

Result<crypto::Jwk> read_material(std::string_view format, const crypto::SecretBytes& payload,
                                  std::string_view field) {
    if (format == "RAW") {
        if (payload.size() != 16 && payload.size() != 24 && payload.size() != 32) {
            return Error::invalid("objects.material", std::string(field),
                                  "a RAW key has 16, 24 or 32 bytes");
        }
        return crypto::Jwk{payload.clone(), {}, {}, {}};
    }
    if (format == "JWK") {
        return read_jwk(payload, field);
    }
    const bool pkcs1 = format == "PKCS1";
    if (!pkcs1 && format != "PKCS8") {
        return Error::invalid("objects.material", "wrappedKeys.0.keyFormatType",
                              "expected RAW, JWK, PKCS1 or PKCS8");
    }
    auto key = pkcs1 ? crypto::PrivateKey::from_pkcs1(payload)
                     : crypto::PrivateKey::from_pkcs8(payload);
    if (!key) {
        return unreadable(field, format);
    }
    return crypto::Jwk{std::move(key).value(), {}, {}, {}};
}

Result<crypto::SecretBytes> write_material(const ManagedObject& object, std::string_view format) {
    // `kid` and `key_ops` stay out of a wrapped JWK: with them an RSA-4096 key wrapped by another
    // is longer than the 5000 characters that clients take.
    if (object.type == ObjectType::kPublicKey) {
        return Error(Code::kWrongKeyType, "objects.export", "a public key is not exported wrapped");
    }
    if (object.type == ObjectType::kSymmetricKey) {
        if (format == "RAW") {
            return object.material.bytes.clone();
        }
        if (format == "JWK") {
            return crypto::insecure_private_jwk(object.material.bytes.clone(), {});
        }
        return wrong_format(format, object.key_type);
    }
    CH_TRY(const crypto::PrivateKey key, object.private_key());
    if (format == "JWK") {
        return crypto::insecure_private_jwk(material_of(key), {});
    }
    if (format == "PKCS8") {
        return key.to_pkcs8();
    }
    if (format == "PKCS1" && object.key_type == crypto::KeyType::kRsa) {
        return key.to_pkcs1();
    }
    return wrong_format(format, object.key_type);
}

}  // namespace chatelaine::objects

// New service keys: generated, imported in the plain, imported wrapped.
#include "crypto/random.hpp"
#include "objects/transport.hpp"

namespace chatelaine::objects {
namespace {

using Command = CreateKey::Command;

constexpr std::uint32_t kAlgorithmAes = 3, kAlgorithmRsa = 4, kAlgorithmEcdsa = 6;
constexpr std::uint32_t kFormatRaw = 1, kFormatPkcs8 = 4, kFormatSpki = 5;

/// Material on its way into a key, with what the import said about it.
struct Brought {
    crypto::KeyMaterial material;
    std::vector<std::string> key_ops;
    std::string field;  ///< where the request had it: "keys.0" or "wrappedKeys.0"
};

Result<void> require_free(const Command& command, Services& services) {
    if (!command.id) {
        return ok();
    }
    if (command.id->is_nil()) {
        return Error::invalid("objects.create", "id", "the nil UUID names nothing");
    }
    // Also a tombstone counts: an id that was used once is never another key's.
    CH_TRY(const std::uint64_t version,
           services.reader.version_of(
               {command.domain.uuid, ManagedObject::kind, command.id->uuid}));
    if (version != 0) {
        return Error(Code::kAlreadyExists, "objects.create", "the id is in use");
    }
    return ok();
}

Result<void> check_common(const Command& command) {
    CH_TRY_VOID(check_name(command.name));
    CH_TRY_VOID(check_context(command.context));
    const std::string level = command.protection_level.value_or("SOFTWARE");
    if (level == "HSM") {
        return Error(Code::kNotSupported, "objects.create",
                     "this node keeps keys at the protection level SOFTWARE only");
    }
    if (level != "SOFTWARE") {
        return Error::invalid("objects.create", "protectionLevel", "expected SOFTWARE or HSM");
    }
    return ok();
}

Result<crypto::KeyType> parse_type(std::string_view name) {
    for (const auto type : {crypto::KeyType::kOct, crypto::KeyType::kRsa, crypto::KeyType::kEc}) {
        if (key_type_name(type) == name) {
            return type;
        }
    }
    return Error::invalid("objects.create", "type", "expected oct, RSA or EC");
}

bool size_allowed(crypto::KeyType type, std::int64_t bits) {
    return type == crypto::KeyType::kOct ? bits == 128 || bits == 192 || bits == 256
                                         : bits == 2048 || bits == 3072 || bits == 4096;
}

/// Fills in the parts of the object that follow from the material.
Result<void> put_material(ManagedObject& object, const crypto::KeyMaterial& material) {
    if (const auto* secret = std::get_if<crypto::SecretBytes>(&material)) {
        object.type = ObjectType::kSymmetricKey;
        object.key_type = crypto::KeyType::kOct;
        object.algorithm = kAlgorithmAes;
        object.bits = static_cast<std::uint32_t>(secret->size() * 8);
        object.material.format = kFormatRaw;
        object.material.bytes = secret->clone();
        return ok();
    }
    const auto* const pair = std::get_if<crypto::PrivateKey>(&material);
    const crypto::PublicKey key =
        pair != nullptr ? pair->public_key() : std::get<crypto::PublicKey>(material);
    object.type = pair != nullptr ? ObjectType::kPrivateKey : ObjectType::kPublicKey;
    object.pair = pair != nullptr;
    object.key_type = key.type();
    object.algorithm =
        key.type() == crypto::KeyType::kRsa ? kAlgorithmRsa : kAlgorithmEcdsa;
    object.bits = static_cast<std::uint32_t>(key.bits());
    object.curve = key.curve();
    if (pair != nullptr) {
        object.material.format = kFormatPkcs8;
        CH_TRY(object.material.bytes, pair->to_pkcs8());
    } else {
        object.material.format = kFormatSpki;
        CH_TRY(const Bytes spki, key.to_spki());
        object.material.bytes = crypto::SecretBytes::copy_of(spki);
    }
    return ok();
}

KeyShape shape_of(const ManagedObject& object) {
    return {object.key_type, object.type == ObjectType::kPublicKey};
}

/// The object without its material's parts. `imported` decides what may be said of its past.
std::shared_ptr<ManagedObject> new_object(const Command& command, Services& services) {
    auto object = std::make_shared<ManagedObject>();
    object->id = command.id ? *command.id : ObjectId::random(services.random);
    object->domain = command.domain;
    object->origin.key = {command.domain.uuid, ManagedObject::kind, object->id.uuid};
    object->names.push_back({command.name, 1});
    object->context = command.context;
    object->initial_date = services.now;
    object->original_creation = services.now;
    object->activation = services.now;
    object->last_change = services.now;
    object->material.created = services.now;
    return object;
}

/// How the key may leave. Only its owner's word makes a key extractable, and an import has been
/// outside already.
void set_protection(ManagedObject& object, const Command& command, bool imported) {
    const bool public_only = object.type == ObjectType::kPublicKey;
    object.extractable = command.extractable.value_or(public_only);
    object.never_extractable = !imported && !object.extractable;
    object.sensitive = !public_only;
    object.always_sensitive = !public_only;
}

Result<gate::Outcome<CreateKey>> finish(std::shared_ptr<ManagedObject> object, bool want_jwk,
                                        Services& services) {
    gate::Outcome<CreateKey> outcome;
    outcome.changes.push_back(object->to_change());
    outcome.record_version = 1;
    outcome.made_urn = access::object_urn(services.plate, object->domain, kServiceKeyKind,
                                          object->id.to_string());
    outcome.reply = answer_of(object, services.now);
    if (want_jwk) {
        CH_TRY(outcome.reply.public_jwk, public_jwk_of(*object));
    }
    return outcome;
}

/// What is to be generated, checked; nothing has been made yet.
struct Plan {
    crypto::KeyType type{};
    std::size_t bits = 0;
    std::optional<crypto::Curve> curve;
    std::uint32_t operations = 0;
};

Result<Plan> plan(const Command& command) {
    if (!command.type) {
        return Error::missing("objects.create", "type");
    }
    Plan made;
    CH_TRY(made.type, parse_type(*command.type));
    if (made.type == crypto::KeyType::kEc) {
        if (!command.curve) {
            return Error::missing("objects.create", "curve");
        }
        if (command.size) {
            return Error::invalid("objects.create", "size", "an EC key has a curve, no size");
        }
        made.curve = crypto::curve_from_name(*command.curve);
        if (!made.curve) {
            return Error::invalid("objects.create", "curve", "expected P-256, P-384 or P-521");
        }
    } else {
        if (!command.size) {
            return Error::missing("objects.create", "size");
        }
        if (command.curve) {
            return Error::invalid("objects.create", "curve", "only an EC key has a curve");
        }
        if (!size_allowed(made.type, *command.size)) {
            return Error::invalid("objects.create", "size",
                                  made.type == crypto::KeyType::kOct
                                      ? "expected 128, 192 or 256 for an oct key"
                                      : "expected 2048, 3072 or 4096 for an RSA key");
        }
        made.bits = static_cast<std::size_t>(*command.size);
    }
    const KeyShape shape{made.type, false};
    made.operations = default_operations(shape);
    if (command.operations) {
        CH_TRY(made.operations, parse_operations(*command.operations, "operations"));
        CH_TRY_VOID(check_operations(made.operations, shape, "operations"));
    }
    return made;
}

Result<crypto::KeyMaterial> generate(const Plan& plan) {
    switch (plan.type) {
        case crypto::KeyType::kOct:
            return crypto::KeyMaterial(crypto::random_secret(plan.bits / 8));
        case crypto::KeyType::kRsa: {
            CH_TRY(auto key, crypto::PrivateKey::generate_rsa(plan.bits));
            return crypto::KeyMaterial(std::move(key));
        }
        case crypto::KeyType::kEc: {
            CH_TRY(auto key, crypto::PrivateKey::generate_ec(*plan.curve));
            return crypto::KeyMaterial(std::move(key));
        }
        case crypto::KeyType::kEnd: break;
    }
    return Error(Code::kInternal, "objects.generate");
}

Result<Brought> bring_plain(const crypto::Jwk& jwk) {
    Brought brought;
    brought.field = "keys.0";
    brought.key_ops = jwk.key_ops;
    if (const auto* secret = std::get_if<crypto::SecretBytes>(&jwk.material)) {
        brought.material = secret->clone();
    } else if (const auto* pair = std::get_if<crypto::PrivateKey>(&jwk.material)) {
        brought.material = *pair;
    } else {
        brought.material = std::get<crypto::PublicKey>(jwk.material);
    }
    return brought;
}

Result<Brought> bring_wrapped(const gate::Authorised<ImportKey>& authorised,
                              const CreateKey::WrappedImport& wrapped, Services& services) {
    // The right on the transport key comes first, so that one without it learns nothing about it.
    CH_TRY_VOID(authorised.also(services.plate, {"okms:apikms:serviceKey/unwrapKey", ""},
                                kServiceKeyKind, wrapped.wrapping_key.to_string()));
    const KeyRef ref{authorised.command().domain, wrapped.wrapping_key};
    CH_TRY(const auto transport,
           load_transport_key(services, ref, {usage::kUnwrapKey, Purpose::kProcess}));
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "objects.unwrap");
    }
    CH_TRY(const crypto::PrivateKey key, transport->private_key());
    auto unwrapped = crypto::unwrap_jwe(key, wrapped.ciphertext);
    if (!unwrapped) {
        if (unwrapped.error().code() == Code::kMalformed) {
            return Error::invalid("objects.unwrap", "wrappedKeys.0.ciphertext",
                                  "expected a compact JWE with RSA-OAEP or RSA-OAEP-256");
        }
        return std::move(unwrapped).error();
    }
    Brought brought;
    brought.field = "wrappedKeys.0";
    CH_TRY(auto jwk,
           read_material(wrapped.format, unwrapped->payload, "wrappedKeys.0.ciphertext"));
    brought.key_ops = std::move(jwk.key_ops);
    brought.material = std::move(jwk.material);
    return brought;
}

Error disagree(std::string_view field, std::string_view said, const std::string& other,
               std::string_view is) {
    return Error::invalid("objects.import", std::string(field),
                          std::string(field) + " (" + std::string(said) + ") and " + other + " (" +
                              std::string(is) + ") do not agree");
}

/// `type`, `size` and `curve` say nothing new at an import; what they say must be true.
Result<void> check_agreement(const Command& command, const ManagedObject& object,
                             const std::string& field) {
    const std::string_view type = key_type_name(object.key_type);
    if (command.type) {
        CH_TRY(const crypto::KeyType said, parse_type(*command.type));
        if (said != object.key_type) {
            return disagree("type", *command.type, field, type);
        }
    }
    if (command.curve) {
        if (!object.curve || crypto::curve_name(*object.curve) != *command.curve) {
            return disagree("curve", *command.curve, field,
                            object.curve ? crypto::curve_name(*object.curve) : type);
        }
    }
    if (command.size && *command.size != static_cast<std::int64_t>(object.bits)) {
        return disagree("size", std::to_string(*command.size), field,
                        std::to_string(object.bits) + " bits");
    }
    if (!object.curve && !size_allowed(object.key_type, object.bits)) {
        return Error::invalid("objects.import", field,
                              "the key has " + std::to_string(object.bits) +
                                  " bits; expected 128, 192 or 256 for oct, 2048, 3072 or 4096 "
                                  "for RSA");
    }
    return ok();
}

/// Usage is in the JWK's `key_ops` or in `operations`; in both only when they say the same.
Result<std::uint32_t> imported_operations(const Command& command, const Brought& brought,
                                          KeyShape shape) {
    const std::string key_ops = brought.field + ".key_ops";
    std::optional<std::uint32_t> mask;
    if (!brought.key_ops.empty()) {
        CH_TRY(mask, parse_operations(brought.key_ops, key_ops));
        CH_TRY_VOID(check_operations(*mask, shape, key_ops));
    }
    if (command.operations) {
        CH_TRY(const std::uint32_t said, parse_operations(*command.operations, "operations"));
        if (mask && *mask != said) {
            return Error::invalid("objects.import", "operations",
                                  "operations and " + key_ops + " do not agree");
        }
        CH_TRY_VOID(check_operations(said, shape, "operations"));
        mask = said;
    }
    return mask.value_or(default_operations(shape));
}

}  // namespace

Result<gate::Outcome<CreateKey>> run(const gate::Authorised<CreateKey>& authorised,
                                     Services& services) {
    const Command& command = authorised.command();
    // An import has its own right, and so its own operation: a face that mixes them up must not
    // let one with the right to create bring key material.
    if (command.plain_import || command.wrapped_import) {
        return Error(Code::kInternal, "objects.create", "an import came as a create");
    }
    CH_TRY_VOID(check_common(command));
    CH_TRY(const Plan planned, plan(command));
    CH_TRY_VOID(require_free(command, services));
    if (planned.type == crypto::KeyType::kRsa && !services.reader.may_block()) {
        return Error(Code::kWouldBlock, "objects.generate");
    }
    CH_TRY(const crypto::KeyMaterial material, generate(planned));
    auto object = new_object(command, services);
    CH_TRY_VOID(put_material(*object, material));
    object->usage_mask = planned.operations;
    set_protection(*object, command, false);
    return finish(std::move(object), command.want_jwk, services);
}

Result<gate::Outcome<ImportKey>> run(const gate::Authorised<ImportKey>& authorised,
                                     Services& services) {
    const Command& command = authorised.command();
    if (command.plain_import.has_value() == command.wrapped_import.has_value()) {
        return Error::invalid("objects.import", "keys", "expected either keys or wrappedKeys");
    }
    CH_TRY_VOID(check_common(command));
    CH_TRY_VOID(require_free(command, services));
    CH_TRY(const Brought brought,
           command.plain_import
               ? bring_plain(*command.plain_import)
               : bring_wrapped(authorised, *command.wrapped_import, services));
    auto object = new_object(command, services);
    CH_TRY_VOID(put_material(*object, brought.material));
    CH_TRY_VOID(check_agreement(command, *object, brought.field));
    CH_TRY(object->usage_mask, imported_operations(command, brought, shape_of(*object)));
    set_protection(*object, command, true);
    CH_TRY(auto made, finish(std::move(object), command.want_jwk, services));
    gate::Outcome<ImportKey> outcome;
    outcome.reply = std::move(made.reply);
    outcome.changes = std::move(made.changes);
    outcome.record_version = made.record_version;
    outcome.made_urn = std::move(made.made_urn);
    if (command.wrapped_import) {
        outcome.details.emplace_back("wrapping_key",
                                     command.wrapped_import->wrapping_key.to_string());
    }
    return outcome;
}

}  // namespace chatelaine::objects

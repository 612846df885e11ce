// Derive Key (KMIP 1.4 section 4.6).
#include "crypto/derive.hpp"

#include "objects/kmip/crypto_rules.hpp"
#include "objects/kmip/key_material.hpp"
#include "objects/kmip/key_operations.hpp"
#include "objects/kmip/making.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

using crypto::SecretBytes;
using ttlv::DerivationMethod;

constexpr std::string_view kWhere = "kmip.derive";

Error wrong(std::string_view field, std::string message) {
    return Error::invalid(kWhere, std::string(field), std::move(message));
}

/// What a derivation is made of.
struct Inputs {
    std::shared_ptr<const ManagedObject> base;
    std::vector<std::shared_ptr<const ManagedObject>> more;
    CryptoParameters parameters;
};

Result<Inputs> load_inputs(const gate::Authorised<DeriveKey>& authorised, Services& services) {
    const DeriveKey::Command& command = authorised.command();
    constexpr Use use{usage::kDeriveKey, true};
    Inputs inputs;
    CH_TRY(inputs.base, load(services.reader, command));
    CH_TRY_VOID(require_use(*inputs.base, use, services.now));
    for (const ObjectId& id : command.more) {
        CH_TRY_VOID(authorised.also(services.plate, {DeriveKey::row.actions[0], {}}, "serviceKey",
                                    id.to_string()));
        CH_TRY(auto object, load(services.reader, {command.domain, id}));
        CH_TRY_VOID(require_use(*object, use, services.now));
        inputs.more.push_back(std::move(object));
    }
    CH_TRY(inputs.parameters, parameters_for(*inputs.base, command.parameters));
    return inputs;
}

/// The Derivation Data, given or in a Secret Data object; nothing when there is none.
std::optional<SecretBytes> derivation_data(const DeriveKey::Command& command,
                                           const Inputs& inputs) {
    if (command.data) {
        return SecretBytes::copy_of(*command.data);
    }
    for (const auto& object : inputs.more) {
        if (object->type == ObjectType::kSecretData) {
            return object->material.bytes.clone();
        }
    }
    return std::nullopt;
}

Result<SecretBytes> by_kbkdf(crypto::KbkdfMode mode, const DeriveKey::Command& command,
                             const Inputs& inputs, BytesView fixed, std::size_t size) {
    crypto::KbkdfScheme scheme;
    scheme.mode = mode;
    CH_TRY(scheme.prf, mac_of(inputs.base->algorithm, inputs.parameters));
    scheme.iv = command.iv ? BytesView(*command.iv) : BytesView{};
    return crypto::derive_kbkdf(scheme, inputs.base->material.bytes, fixed, size);
}

Result<SecretBytes> by_encryption(const DeriveKey::Command& command, const Inputs& inputs,
                                  const SecretBytes& data, std::size_t size) {
    CH_TRY(auto cipher, cipher_of(inputs.base->algorithm, inputs.parameters));
    cipher.iv = command.iv ? BytesView(*command.iv) : BytesView{};
    return crypto::derive_encrypt(inputs.base->material.bytes, cipher, data, size);
}

Result<SecretBytes> by_agreement(const Inputs& inputs, std::size_t size) {
    const ManagedObject* own = inputs.base.get();
    const ManagedObject* other = inputs.more.empty() ? nullptr : inputs.more.front().get();
    if (other != nullptr && own->type == ObjectType::kPublicKey) {
        std::swap(own, other);
    }
    if (other == nullptr) {
        return Error::missing(kWhere, "Unique Identifier");
    }
    CH_TRY(const auto private_key, own->any_private_key());
    CH_TRY(const auto public_key, other->any_public_key());
    return crypto::derive_agreed(private_key, public_key, size);
}

Result<SecretBytes> derive(const DeriveKey::Command& command, const Inputs& inputs,
                           std::size_t size, Services& services) {
    const auto method = static_cast<DerivationMethod>(command.method);
    if (method == DerivationMethod::kAsymmetricKey) {
        return by_agreement(inputs, size);
    }
    const SecretBytes& key = inputs.base->material.bytes;
    if (key.empty() || inputs.base->type == ObjectType::kPrivateKey ||
        inputs.base->type == ObjectType::kPublicKey) {
        return Error(Code::kWrongKeyType, kWhere, "nothing is derived so from such an object");
    }
    const auto data = derivation_data(command, inputs);
    if (method == DerivationMethod::kHASH) {
        CH_TRY(const auto hash, hash_or_default(inputs.parameters));
        return crypto::derive_hash(hash, data ? *data : key, size);
    }
    const Bytes none;
    const Bytes& salt = command.salt ? *command.salt : none;
    if (method == DerivationMethod::kPBKDF2) {
        if (!services.reader.may_block()) {
            return Error(Code::kWouldBlock, kWhere);
        }
        CH_TRY(const auto scheme, mac_of(inputs.parameters.algorithm.value_or(0), [&] {
                   CryptoParameters hmac = inputs.parameters;
                   hmac.hash = hmac.hash.value_or(number(ttlv::HashingAlgorithm::kSHA256));
                   return hmac;
               }()));
        return crypto::derive_pbkdf2(scheme.hash, key, salt, command.iterations, size);
    }
    const SecretBytes nothing;
    const SecretBytes& fixed = data ? *data : nothing;
    return fixed.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView bytes) -> Result<SecretBytes> {
            switch (method) {
                case DerivationMethod::kHMAC: {
                    CH_TRY(const auto hash, hash_or_default(inputs.parameters));
                    return crypto::derive_hmac(hash, key, bytes, size);
                }
                case DerivationMethod::kHKDF: {
                    CH_TRY(const auto hash, hash_or_default(inputs.parameters));
                    return crypto::hkdf(hash, key, salt, bytes, size);
                }
                case DerivationMethod::kENCRYPT:
                    return by_encryption(command, inputs, fixed, size);
                case DerivationMethod::kNIST800108C:
                    return by_kbkdf(crypto::KbkdfMode::kCounter, command, inputs, bytes, size);
                case DerivationMethod::kNIST800108F:
                    return by_kbkdf(crypto::KbkdfMode::kFeedback, command, inputs, bytes, size);
                case DerivationMethod::kNIST800108DPI:
                    return by_kbkdf(crypto::KbkdfMode::kDoublePipeline, command, inputs, bytes,
                                    size);
                default: return wrong("Derivation Method", "this service does not have it");
            }
        });
}

Error in_words(Error error) {
    if (error.code() != Code::kInvalidArgument) {
        return error;
    }
    const std::string& field = error.detail().field;
    const std::string_view name = field == "size"         ? "Cryptographic Length"
                                  : field == "iterations" ? "Iteration Count"
                                  : field == "iv"         ? "Initialization Vector"
                                  : field == "key"        ? "Unique Identifier"
                                  : field == "data"       ? "Derivation Data"
                                                          : std::string_view(field);
    return wrong(name, error.detail().message);
}

}  // namespace

Result<gate::Outcome<DeriveKey>> run(const gate::Authorised<DeriveKey>& authorised,
                                     Services& services) {
    const DeriveKey::Command& command = authorised.command();
    if (command.type != ObjectType::kSymmetricKey && command.type != ObjectType::kSecretData) {
        return wrong("Object Type", "a symmetric key or secret data is derived");
    }
    CH_TRY(const Inputs inputs, load_inputs(authorised, services));
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(auto made, made_object(command.domain, command.type, given, services));
    if (made->bits == 0) {
        return Error::missing(kWhere, "Cryptographic Length");
    }
    CH_TRY(const std::size_t size, symmetric_bytes(made->algorithm, made->bits));
    auto derived = derive(command, inputs, size, services);
    if (!derived) {
        return in_words(std::move(derived).error());
    }
    made->material.bytes = std::move(derived).value();
    // What came from a key that could be seen was never hidden.
    made->always_sensitive = made->always_sensitive && inputs.base->always_sensitive;
    made->never_extractable = made->never_extractable && inputs.base->never_extractable;
    CH_TRY_VOID(set_digest_of(*made));
    add_link(*made, ttlv::LinkType::kDerivationBaseObjectLink, inputs.base->id);
    gate::Outcome<DeriveKey> outcome;
    auto base = inputs.base->clone();
    add_link(*base, ttlv::LinkType::kDerivedKeyLink, made->id);
    CH_TRY(const auto counted, counted_down(*base, {size, 1}));
    put_change(outcome, counted ? *counted : *base, services);
    put_new(outcome, *made, services);
    outcome.details.emplace_back("derived_from", inputs.base->id.to_string());
    outcome.reply = made->id;
    return outcome;
}

}  // namespace chatelaine::objects::kmip

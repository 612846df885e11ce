// Symmetric uses: encrypt, decrypt, data keys; and random bytes. The hot path of the service.
#include <optional>

#include "crypto/random.hpp"
#include "objects/key_uses.hpp"
#include "objects/versions.hpp"

namespace chatelaine::objects {
namespace {

/// KMIP's number for AES: the one algorithm that ciphertexts and data keys are made with.
constexpr std::uint32_t kAes = 3;
constexpr std::string_view kCiphertextPurpose = "";
constexpr std::string_view kDataKeyPurpose = "dk";

/// Checks the use and runs `f(DirectJwe&)` on the calling thread's prepared context.
template <class F>
auto with_cipher(const ManagedObject& object, std::optional<crypto::DirectJwe> PreparedKey::*which,
                 std::string_view purpose, F&& f)
    -> std::invoke_result_t<F, crypto::DirectJwe&> {
    ManagedObject::Slot& slot = object.slot();
    const std::lock_guard lock(slot.mutex);
    std::optional<crypto::DirectJwe>& prepared = slot.key.*which;
    if (!prepared) {
        CH_TRY(auto made, crypto::DirectJwe::create(
                              object.material.bytes,
                              version_kid(object.id, object.material.version), purpose));
        prepared.emplace(std::move(made));
    }
    return std::forward<F>(f)(*prepared);
}

Result<std::shared_ptr<const ManagedObject>> load_cipher_key(Services& services, const KeyRef& ref,
                                                             Use use) {
    CH_TRY(auto object, load_key(services.reader, ref));
    CH_TRY_VOID(require_cipher_use(*object, use, services.now));
    return object;
}

/// The version that made a token: what opens it.
Result<std::shared_ptr<const ManagedObject>> version_of_token(
    Services& services, std::shared_ptr<const ManagedObject> object, std::string_view token) {
    if (object->newest_version == 1) {
        return object;
    }
    const auto version = version_of_kid(object->id, kid_of_jwe(token));
    if (!version || *version > object->newest_version) {
        return object;  // not this key's: the cipher says so
    }
    return load_version(services.reader, object, *version);
}

/// Loads a key to protect with, and takes what its schedule wants into the outcome.
template <class Op>
Result<std::shared_ptr<const ManagedObject>> load_protecting(const KeyRef& ref, Use use,
                                                             gate::Outcome<Op>& outcome,
                                                             Services& services) {
    CH_TRY(auto object, load_cipher_key(services, ref, use));
    CH_TRY(Protecting made, protect_with(std::move(object), 1, services));
    outcome.record_version = made.key->origin.version + (made.changes.empty() ? 0 : 1);
    outcome.changes = std::move(made.changes);
    outcome.then = std::move(made.then);
    return std::move(made.key);
}

}  // namespace

Result<void> require_cipher_use(const ManagedObject& key, Use use, WallTime now) {
    CH_TRY_VOID(require_use(key, use, now));
    if (key.type != ObjectType::kSymmetricKey || key.algorithm != kAes) {
        return Error(Code::kWrongKeyType, "objects.cipher", "the operation takes an AES key");
    }
    return ok();
}

Result<Encrypt::Reply> encrypt_with(const ManagedObject& key, const Encrypt::Command& command) {
    if (command.plaintext.size() > limits::plaintext_bytes_max) {
        return Error::invalid("objects.encrypt", "plaintext", "expected at most 4096 bytes");
    }
    CH_TRY_VOID(check_context(command.context));
    Encrypt::Reply reply;
    CH_TRY(reply.ciphertext,
           with_cipher(key, &PreparedKey::ciphertext, kCiphertextPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return command.plaintext.with_exposed(
                               crypto::insecure_expose_secret(), [&](BytesView plaintext) {
                                   return cipher.encrypt(plaintext, command.context);
                               });
                       }));
    return reply;
}

Result<Decrypt::Reply> decrypt_with(const std::shared_ptr<const ManagedObject>& key,
                                    const Decrypt::Command& command, Services& services) {
    CH_TRY(const auto version, version_of_token(services, key, command.ciphertext));
    CH_TRY_VOID(check_context(command.context));
    Decrypt::Reply reply;
    CH_TRY(reply.plaintext,
           with_cipher(*version, &PreparedKey::ciphertext, kCiphertextPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return cipher.decrypt(command.ciphertext, command.context);
                       }));
    return reply;
}

Result<CreateDataKey::Reply> make_data_key(const ManagedObject& key,
                                           const CreateDataKey::Command& command) {
    if (command.bits < limits::data_key_bits_min || command.bits > limits::data_key_bits_max ||
        command.bits % 8 != 0) {
        return Error::invalid("objects.data_key", "size",
                              "expected a multiple of 8 from 64 to 4096 bits");
    }
    CreateDataKey::Reply reply;
    reply.plaintext = crypto::random_secret(command.bits / 8);
    CH_TRY(reply.key,
           with_cipher(key, &PreparedKey::data_key, kDataKeyPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return reply.plaintext.with_exposed(
                               crypto::insecure_expose_secret(),
                               [&](BytesView plaintext) { return cipher.encrypt(plaintext, {}); });
                       }));
    return reply;
}

Result<gate::Outcome<Encrypt>> run(const gate::Authorised<Encrypt>& authorised,
                                   Services& services) {
    const Encrypt::Command& command = authorised.command();
    gate::Outcome<Encrypt> outcome;
    CH_TRY(const auto key, load_protecting(command, {usage::kEncrypt, Purpose::kProtect}, outcome,
                                           services));
    CH_TRY(outcome.reply, encrypt_with(*key, command));
    return outcome;
}

Result<gate::Outcome<Decrypt>> run(const gate::Authorised<Decrypt>& authorised,
                                   Services& services) {
    const Decrypt::Command& command = authorised.command();
    CH_TRY(const auto key,
           load_cipher_key(services, command, {usage::kDecrypt, Purpose::kProcess}));
    gate::Outcome<Decrypt> outcome;
    outcome.record_version = key->origin.version;
    CH_TRY(outcome.reply, decrypt_with(key, command, services));
    return outcome;
}

Result<gate::Outcome<CreateDataKey>> run(const gate::Authorised<CreateDataKey>& authorised,
                                         Services& services) {
    const CreateDataKey::Command& command = authorised.command();
    gate::Outcome<CreateDataKey> outcome;
    CH_TRY(const auto key, load_protecting(command, {usage::kWrapKey, Purpose::kProtect}, outcome,
                                           services));
    CH_TRY(outcome.reply, make_data_key(*key, command));
    if (!command.name.empty()) {
        outcome.details.emplace_back("data_key_name", command.name);
    }
    return outcome;
}

Result<gate::Outcome<DecryptDataKey>> run(const gate::Authorised<DecryptDataKey>& authorised,
                                          Services& services) {
    const DecryptDataKey::Command& command = authorised.command();
    CH_TRY(auto key, load_cipher_key(services, command, {usage::kUnwrapKey, Purpose::kProcess}));
    CH_TRY(const auto object, version_of_token(services, std::move(key), command.data_key));
    gate::Outcome<DecryptDataKey> outcome;
    outcome.record_version = object->origin.version;
    auto plaintext = with_cipher(
        *object, &PreparedKey::data_key, kDataKeyPurpose,
        [&](crypto::DirectJwe& cipher) { return cipher.decrypt(command.data_key, {}); });
    if (!plaintext) {
        // The caller wrote the token in `key`; the cipher knows it as a ciphertext.
        if (plaintext.error().code() == Code::kMalformed) {
            return Error::invalid("objects.data_key", "key", "not a data key of this key");
        }
        return std::move(plaintext).error();
    }
    outcome.reply.plaintext = std::move(plaintext).value();
    return outcome;
}

Result<gate::Outcome<ReEncrypt>> run(const gate::Authorised<ReEncrypt>& authorised,
                                     Services& services) {
    const ReEncrypt::Command& command = authorised.command();
    const ObjectId source = command.from.value_or(command.key);
    // The right to decrypt comes first, so that one without it learns nothing about that key.
    CH_TRY_VOID(authorised.also(services.plate, Decrypt::row.actions, kServiceKeyKind,
                                source.to_string()));
    CH_TRY_VOID(check_context(command.context));
    CH_TRY_VOID(check_context(command.new_context.value_or("")));
    CH_TRY(auto from, load_cipher_key(services, {command.domain, source},
                                      {usage::kDecrypt, Purpose::kProcess}));
    CH_TRY(const auto old, version_of_token(services, std::move(from), command.ciphertext));
    CH_TRY(const crypto::SecretBytes plaintext,
           with_cipher(*old, &PreparedKey::ciphertext, kCiphertextPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return cipher.decrypt(command.ciphertext, command.context);
                       }));
    if (plaintext.size() > limits::plaintext_bytes_max) {
        return Error::invalid("objects.reencrypt", "ciphertext", "expected at most 4096 bytes");
    }
    gate::Outcome<ReEncrypt> outcome;
    CH_TRY(const auto object, load_protecting(command, {usage::kEncrypt, Purpose::kProtect},
                                              outcome, services));
    outcome.reply.version = object->newest_version;
    CH_TRY(outcome.reply.ciphertext,
           with_cipher(*object, &PreparedKey::ciphertext, kCiphertextPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return plaintext.with_exposed(
                               crypto::insecure_expose_secret(), [&](BytesView bytes) {
                                   return cipher.encrypt(
                                       bytes, command.new_context.value_or(command.context));
                               });
                       }));
    if (command.from) {
        outcome.details.emplace_back("from_key", source.to_string());
    }
    return outcome;
}

Result<gate::Outcome<GetRandom>> run(const gate::Authorised<GetRandom>& authorised,
                                     Services& services) {
    const std::size_t length = authorised.command().length;
    if (length < 1 || length > limits::random_bytes_max) {
        return Error::invalid("objects.random", "length", "expected 1 to 4096");
    }
    gate::Outcome<GetRandom> outcome;
    outcome.reply.bytes = crypto::SecretBytes(length);
    outcome.reply.bytes.with_exposed_mutable(
        crypto::insecure_expose_secret(),
        [&](MutableBytesView bytes) { services.random.fill(bytes); });
    return outcome;
}

}  // namespace chatelaine::objects

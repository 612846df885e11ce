// Symmetric uses: encrypt, decrypt, data keys; and random bytes. The hot path of the service.
#include <optional>

#include "crypto/random.hpp"
#include "objects/key_rules.hpp"

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
        CH_TRY(auto made, crypto::DirectJwe::create(object.material.bytes, object.id.to_string(),
                                                    purpose));
        prepared.emplace(std::move(made));
    }
    return std::forward<F>(f)(*prepared);
}

Result<std::shared_ptr<const ManagedObject>> load_cipher_key(Services& services, const KeyRef& ref,
                                                             Use use) {
    CH_TRY(auto object, load_key(services.reader, ref));
    CH_TRY_VOID(require_use(*object, use, services.now));
    if (object->type != ObjectType::kSymmetricKey || object->algorithm != kAes) {
        return Error(Code::kWrongKeyType, "objects.cipher", "the operation takes an AES key");
    }
    return object;
}

}  // namespace

Result<gate::Outcome<Encrypt>> run(const gate::Authorised<Encrypt>& authorised,
                                   Services& services) {
    const Encrypt::Command& command = authorised.command();
    CH_TRY(const auto object,
           load_cipher_key(services, command, {usage::kEncrypt, Purpose::kProtect}));
    if (command.plaintext.size() > limits::plaintext_bytes_max) {
        return Error::invalid("objects.encrypt", "plaintext", "expected at most 4096 bytes");
    }
    CH_TRY_VOID(check_context(command.context));
    gate::Outcome<Encrypt> outcome;
    outcome.record_version = object->origin.version;
    CH_TRY(outcome.reply.ciphertext,
           with_cipher(*object, &PreparedKey::ciphertext, kCiphertextPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return command.plaintext.with_exposed(
                               crypto::insecure_expose_secret(), [&](BytesView plaintext) {
                                   return cipher.encrypt(plaintext, command.context);
                               });
                       }));
    return outcome;
}

Result<gate::Outcome<Decrypt>> run(const gate::Authorised<Decrypt>& authorised,
                                   Services& services) {
    const Decrypt::Command& command = authorised.command();
    CH_TRY(const auto object,
           load_cipher_key(services, command, {usage::kDecrypt, Purpose::kProcess}));
    CH_TRY_VOID(check_context(command.context));
    gate::Outcome<Decrypt> outcome;
    outcome.record_version = object->origin.version;
    CH_TRY(outcome.reply.plaintext,
           with_cipher(*object, &PreparedKey::ciphertext, kCiphertextPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return cipher.decrypt(command.ciphertext, command.context);
                       }));
    return outcome;
}

Result<gate::Outcome<CreateDataKey>> run(const gate::Authorised<CreateDataKey>& authorised,
                                         Services& services) {
    const CreateDataKey::Command& command = authorised.command();
    CH_TRY(const auto object,
           load_cipher_key(services, command, {usage::kWrapKey, Purpose::kProtect}));
    if (command.bits < limits::data_key_bits_min || command.bits > limits::data_key_bits_max ||
        command.bits % 8 != 0) {
        return Error::invalid("objects.data_key", "size",
                              "expected a multiple of 8 from 64 to 4096 bits");
    }
    gate::Outcome<CreateDataKey> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.plaintext = crypto::random_secret(command.bits / 8);
    CH_TRY(outcome.reply.key,
           with_cipher(*object, &PreparedKey::data_key, kDataKeyPurpose,
                       [&](crypto::DirectJwe& cipher) {
                           return outcome.reply.plaintext.with_exposed(
                               crypto::insecure_expose_secret(),
                               [&](BytesView plaintext) { return cipher.encrypt(plaintext, {}); });
                       }));
    if (!command.name.empty()) {
        outcome.details.emplace_back("data_key_name", command.name);
    }
    return outcome;
}

Result<gate::Outcome<DecryptDataKey>> run(const gate::Authorised<DecryptDataKey>& authorised,
                                          Services& services) {
    const DecryptDataKey::Command& command = authorised.command();
    CH_TRY(const auto object,
           load_cipher_key(services, command, {usage::kUnwrapKey, Purpose::kProcess}));
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

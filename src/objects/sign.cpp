// Asymmetric uses: sign and verify, raw or as compact JWS.
#include <algorithm>

#include "base/encoding.hpp"
#include "objects/key_uses.hpp"

namespace chatelaine::objects {
namespace {

/// Versions that a signature without a name of its version is tried with.
constexpr std::uint32_t kVersionsTried = 32;
static_assert(kVersionsTried <= key_versions_kept);

Error wrong_algorithm(const ManagedObject& object, crypto::SignatureAlgorithm algorithm) {
    return Error(Code::kWrongKeyType, "objects.algorithm",
                 std::string(crypto::signature_algorithm_name(algorithm)) +
                     " does not go with this " + std::string(key_type_name(object.key_type)) +
                     " key");
}

Result<void> check_digest(const crypto::SecretBytes& message, crypto::SignatureAlgorithm algorithm,
                          bool is_digest) {
    const std::size_t expected = crypto::digest_bytes(algorithm);
    if (is_digest && message.size() != expected) {
        return Error::invalid("objects.digest", "message",
                              "expected a digest of " + std::to_string(expected) + " bytes");
    }
    return ok();
}

Result<void> check_message(const crypto::SecretBytes& message) {
    if (message.size() > limits::plaintext_bytes_max) {
        return Error::invalid("objects.sign", "message", "expected at most 4096 bytes");
    }
    return ok();
}

bool is_token(std::string_view signature) {
    return signature.find('.') != std::string_view::npos;
}

/// A compact token: its payload is what was signed, its header says how.
Result<bool> verify_token(const ManagedObject& object, const Verify::Command& command) {
    if (command.is_digest) {
        return Error::invalid("objects.verify", "isdigest", "a token holds the message itself");
    }
    const auto parts = crypto::parse_jws(command.signature);
    if (!parts) {
        return false;
    }
    // The header is the sender's claim: one that does not go with the key, or with what the caller
    // expects, makes a token that is not valid, not a wrong request.
    if (!algorithm_fits(object, parts->algorithm) ||
        (command.algorithm && *command.algorithm != parts->algorithm)) {
        return false;
    }
    if (command.message) {
        const bool same = command.message->with_exposed(
            crypto::insecure_expose_secret(),
            [&](BytesView message) { return crypto::equal_ct(message, parts->payload); });
        if (!same) {
            return false;
        }
    }
    CH_TRY(const crypto::PublicKey key, object.public_key());
    return key.verify(parts->algorithm, as_bytes(parts->signing_input), false, parts->signature);
}

Result<bool> verify_raw(const ManagedObject& object, const Verify::Command& command) {
    if (!command.algorithm) {
        return Error::missing("objects.verify", "alg");
    }
    if (!command.message) {
        return Error::missing("objects.verify", "message");
    }
    CH_TRY_VOID(check_digest(*command.message, *command.algorithm, command.is_digest));
    const auto signature = decode_base64(command.signature);
    if (!signature) {
        return false;
    }
    CH_TRY(const crypto::PublicKey key, object.public_key());
    return command.message->with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView message) {
            return key.verify(*command.algorithm, message, command.is_digest, *signature);
        });
}

Result<bool> verify_one(const ManagedObject& object, const Verify::Command& command) {
    return is_token(command.signature) ? verify_token(object, command)
                                       : verify_raw(object, command);
}

Result<void> take_try(std::size_t& budget) {
    if (budget == 0) {
        return Error(Code::kTooLarge, "objects.verify",
                     "the batch tries more signatures and versions than one call may");
    }
    --budget;
    return ok();
}

/// With the version that a token names; else with one after another, the newest first, and
/// without those that are destroyed or under the minimum: naming one of them is refused.
Result<bool> verify_versions(Services& services,
                             const std::shared_ptr<const ManagedObject>& object,
                             const Verify::Command& command, std::size_t& budget) {
    const std::uint32_t newest = object->newest_version;
    if (newest == 1) {
        CH_TRY_VOID(take_try(budget));
        return verify_one(*object, command);
    }
    std::optional<std::uint32_t> named;
    if (is_token(command.signature)) {
        const auto parts = crypto::parse_jws(command.signature);
        named = parts ? version_of_kid(object->id, parts->kid) : std::nullopt;
    }
    if (!named && !services.reader.may_block()) {
        return Error(Code::kWouldBlock, "objects.verify");  // many verifications, perhaps
    }
    const std::uint32_t first = named ? std::min(*named, newest) : newest;
    const std::uint32_t tried = named ? 1 : std::min(newest, kVersionsTried);
    for (std::uint32_t version = first; version > first - tried; --version) {
        auto with = load_version(services.reader, object, version);
        if (!with && !named && with.error().code() == Code::kWrongState) {
            continue;
        }
        CH_TRY(const auto key, std::move(with));
        CH_TRY_VOID(take_try(budget));
        CH_TRY(const bool good, verify_one(*key, command));
        if (good) {
            return true;
        }
    }
    return false;
}

Result<std::string> make_signature(const ManagedObject& object, const Sign::Command& command,
                                   const crypto::PrivateKey& key) {
    return command.message.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView message) -> Result<std::string> {
            if (command.format == SignatureFormat::kRaw) {
                CH_TRY(const Bytes signature,
                       key.sign(command.algorithm, message, command.is_digest));
                return encode_base64(signature);
            }
            const bool is_jwt = command.format == SignatureFormat::kJwt;
            if (is_jwt) {
                // RFC 7519, section 7.1: the claims set is a JSON object.
                const auto claims = json::Document::parse(as_text(message));
                if (!claims || !claims->root().is_object()) {
                    return Error::invalid("objects.sign", "message",
                                          "expected a JSON object, the claims of the JWT");
                }
            }
            const std::string_view typ = is_jwt ? "JWT" : "";
            return crypto::sign_jws(key, command.algorithm,
                                    version_kid(object.id, object.material.version), typ,
                                    message);
        });
}

}  // namespace

Result<void> check_signing(const ManagedObject& key, const Sign::Command& command, WallTime now) {
    CH_TRY_VOID(require_use(key, {usage::kSign, Purpose::kProtect}, now));
    if (!algorithm_fits(key, command.algorithm)) {
        return wrong_algorithm(key, command.algorithm);
    }
    CH_TRY_VOID(check_message(command.message));
    CH_TRY_VOID(check_digest(command.message, command.algorithm, command.is_digest));
    if (command.is_digest && command.format != SignatureFormat::kRaw) {
        return Error::invalid("objects.sign", "isdigest",
                              "a token holds the message itself, not its digest");
    }
    return ok();
}

Result<Sign::Reply> sign_with(const ManagedObject& key, const Sign::Command& command) {
    CH_TRY(const crypto::PrivateKey with, key.private_key());
    Sign::Reply reply;
    CH_TRY(reply.signature, make_signature(key, command, with));
    return reply;
}

Result<Verify::Reply> verify_with(const std::shared_ptr<const ManagedObject>& key,
                                  const Verify::Command& command, Services& services,
                                  std::size_t& budget) {
    CH_TRY_VOID(require_use(*key, {usage::kVerify, Purpose::kProcess}, services.now));
    if (command.algorithm && !algorithm_fits(*key, *command.algorithm)) {
        return wrong_algorithm(*key, *command.algorithm);
    }
    if (command.message) {
        CH_TRY_VOID(check_message(*command.message));
    }
    Verify::Reply reply;
    CH_TRY(reply.result, verify_versions(services, key, command, budget));
    return reply;
}

Result<gate::Outcome<Sign>> run(const gate::Authorised<Sign>& authorised, Services& services) {
    const Sign::Command& command = authorised.command();
    CH_TRY(auto object, load_key(services.reader, command));
    CH_TRY_VOID(check_signing(*object, command, services.now));
    if (object->key_type == crypto::KeyType::kRsa && !services.reader.may_block()) {
        return Error(Code::kWouldBlock, "objects.sign");
    }
    CH_TRY(Protecting made, protect_with(std::move(object), 1, services));
    gate::Outcome<Sign> outcome;
    outcome.record_version = made.key->origin.version + (made.changes.empty() ? 0 : 1);
    CH_TRY(outcome.reply, sign_with(*made.key, command));
    outcome.changes = std::move(made.changes);
    outcome.then = std::move(made.then);
    return outcome;
}

Result<gate::Outcome<Verify>> run(const gate::Authorised<Verify>& authorised, Services& services) {
    const Verify::Command& command = authorised.command();
    CH_TRY(const auto object, load_key(services.reader, command));
    gate::Outcome<Verify> outcome;
    outcome.record_version = object->origin.version;
    std::size_t budget = kVersionsTried;
    CH_TRY(outcome.reply, verify_with(object, command, services, budget));
    return outcome;
}

}  // namespace chatelaine::objects

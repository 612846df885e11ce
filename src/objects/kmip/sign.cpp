// Sign and Signature Verify.
#include "objects/kmip/crypto_rules.hpp"
#include "objects/kmip/key_material.hpp"

namespace chatelaine::objects::kmip {
namespace {

constexpr std::string_view kWhere = "kmip.sign";

/// The message itself, or its digest: exactly what the request has of the two.
struct Message {
    BytesView bytes;
    bool is_digest = false;
};
Result<Message> message_of(const MessageCommand& command) {
    if (command.digest) {
        if (command.data && !command.data->empty()) {
            return Error::invalid(kWhere, "Digested Data", "expected the data or its digest");
        }
        return Message{*command.digest, true};
    }
    if (!command.data && !command.part.is_stream()) {
        return Error::missing(kWhere, "Data");
    }
    return Message{command.data ? BytesView(*command.data) : BytesView{}, false};
}

Error in_words(Error error) {
    const std::string& field = error.detail().field;
    if (error.code() != Code::kInvalidArgument) {
        return error;
    }
    const std::string_view name = field == "hash"   ? "Hashing Algorithm"
                                  : field == "salt" ? "Salt Length"
                                                    : "Data";
    return Error::invalid(kWhere, std::string(name), error.detail().message);
}

Result<bool> verify(const crypto::AnyPublicKey& key, const crypto::SignatureScheme& scheme,
                    const CryptoParameters& parameters, const Message& message,
                    BytesView signature) {
    auto valid = crypto::verify_with(key, scheme, message.bytes, message.is_digest, signature);
    if (!valid) {
        return in_words(std::move(valid).error());
    }
    // KMIP's default for the mask is SHA-1, most signers' is the hash of the message.
    const bool try_default = !*valid && scheme.padding == crypto::SignaturePadding::kPss &&
                             !parameters.generator_hash;
    if (!try_default) {
        return valid;
    }
    crypto::SignatureScheme other = scheme;
    other.mgf_hash = crypto::Hash::kSha1;
    return crypto::verify_with(key, other, message.bytes, message.is_digest, signature);
}

/// A message in parts is digested as it comes; keys that sign without a hash need it whole.
Result<void> begin_digest(Stream& stream, const crypto::SignatureScheme& scheme) {
    if (scheme.padding == crypto::SignaturePadding::kPure) {
        return Error(Code::kNotSupported, kWhere, "such a key signs no message in parts");
    }
    if (!crypto::hash_available(scheme.hash)) {
        return Error::invalid(kWhere, "Hashing Algorithm", "this service does not have the hash");
    }
    stream.digest.emplace(scheme.hash);
    return ok();
}

/// Signs in microseconds: in place, on the network's loop. Parsing the key is part of it.
bool is_quick(const ManagedObject& object) {
    return object.algorithm == algorithm::kEc || object.algorithm == algorithm::kEcdsa ||
           object.algorithm == number(ttlv::CryptographicAlgorithm::kEd25519);
}

}  // namespace

Result<gate::Outcome<Sign>> run(const gate::Authorised<Sign>& authorised, Services& services) {
    const Sign::Command& command = authorised.command();
    CH_TRY(const auto object, load(services.reader, command));
    CH_TRY_VOID(require_use(*object, {usage::kSign, true}, services.now));
    CH_TRY(const Message message, message_of(command));
    CH_TRY(const CryptoParameters parameters, parameters_for(*object, command.parameters));
    if (!is_quick(*object) && !services.reader.may_block()) {
        return Error(Code::kWouldBlock, kWhere);
    }
    CH_TRY(const crypto::AnyPrivateKey key, object->any_private_key());
    CH_TRY(const auto scheme, signature_of(key.algorithm(), parameters));
    gate::Outcome<Sign> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    const Cost cost{message.bytes.size(), command.part.begins() ? 1U : 0U};
    CH_TRY_VOID(count_use(outcome, *object, cost, services));
    const auto sign = [&](BytesView bytes, bool is_digest) -> Result<Bytes> {
        auto made = crypto::sign_with(key, scheme, bytes, is_digest);
        return made ? std::move(made) : Result<Bytes>(in_words(std::move(made).error()));
    };
    if (!command.part.is_stream()) {
        CH_TRY(outcome.reply.made, sign(message.bytes, message.is_digest));
        return outcome;
    }
    StreamRun run(authorised, command.part, object->id, services);
    CH_TRY(StreamResult result,
           run.run([&](Stream& stream) { return begin_digest(stream, scheme); },
                   [&](Stream& stream) -> Result<StreamResult> {
                       stream.digest->update(message.bytes);
                       StreamResult part;
                       if (command.part.last) {
                           CH_TRY(part.tag, sign(stream.digest->finish(), true));
                       }
                       return part;
                   }));
    if (command.part.last) {
        outcome.reply.made = std::move(result.tag);
    }
    outcome.reply.correlation = run.correlation();
    run.finish(outcome);
    return outcome;
}

Result<gate::Outcome<SignatureVerify>> run(const gate::Authorised<SignatureVerify>& authorised,
                                           Services& services) {
    const SignatureVerify::Command& command = authorised.command();
    CH_TRY(const auto object, load(services.reader, command));
    CH_TRY_VOID(require_use(*object, {usage::kVerify, false}, services.now));
    CH_TRY(const Message message, message_of(command));
    CH_TRY(const CryptoParameters parameters, parameters_for(*object, command.parameters));
    CH_TRY(const crypto::AnyPublicKey key, object->any_public_key());
    CH_TRY(const auto scheme, signature_of(key.algorithm(), parameters));
    if (command.part.ends() && !command.signature) {
        return Error::missing(kWhere, "Signature Data");
    }
    gate::Outcome<SignatureVerify> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    if (!command.part.is_stream()) {
        CH_TRY(outcome.reply.valid, verify(key, scheme, parameters, message, *command.signature));
        return outcome;
    }
    StreamRun run(authorised, command.part, object->id, services);
    CH_TRY(const StreamResult result,
           run.run([&](Stream& stream) { return begin_digest(stream, scheme); },
                   [&](Stream& stream) -> Result<StreamResult> {
                       stream.digest->update(message.bytes);
                       StreamResult part;
                       if (command.part.last) {
                           const Bytes digest = stream.digest->finish();
                           CH_TRY(const bool valid, verify(key, scheme, parameters,
                                                           {digest, true}, *command.signature));
                           part.tag.assign(1, valid ? 1 : 0);
                       }
                       return part;
                   }));
    if (command.part.last) {
        outcome.reply.valid = result.tag.front() == 1;
    }
    outcome.reply.correlation = run.correlation();
    run.finish(outcome);
    return outcome;
}

}  // namespace chatelaine::objects::kmip

// MAC, MAC Verify, Hash, and random bytes.
#include "objects/kmip/crypto_rules.hpp"

namespace chatelaine::objects::kmip {
namespace {

constexpr std::string_view kWhere = "kmip.mac";

Result<BytesView> data_of(const std::optional<Bytes>& data, const StreamPart& part) {
    if (!data && !part.is_stream()) {
        return Error::missing(kWhere, "Data");
    }
    return data ? BytesView(*data) : BytesView{};
}

Result<std::shared_ptr<const ManagedObject>> mac_key(const MessageCommand& command, Use use,
                                                     Services& services) {
    CH_TRY(auto object, load(services.reader, command));
    CH_TRY_VOID(require_use(*object, use, services.now));
    const bool fits = object->type == ObjectType::kSymmetricKey ||
                      object->type == ObjectType::kSecretData;
    if (!fits || object->material.bytes.empty()) {
        return Error(Code::kWrongKeyType, kWhere, "the object is no key that makes MACs");
    }
    return object;
}

Error in_words(Error error) {
    return error.code() == Code::kInvalidArgument
               ? Error::invalid(kWhere, "Cryptographic Algorithm", error.detail().message)
               : std::move(error);
}

/// The MAC, or nothing before the last part.
template <class Op>
Result<std::optional<Bytes>> make_mac(const gate::Authorised<Op>& authorised,
                                      const ManagedObject& object, gate::Outcome<Op>& outcome,
                                      Services& services) {
    const MessageCommand& command = authorised.command();
    CH_TRY(const BytesView data, data_of(command.data, command.part));
    CH_TRY(const CryptoParameters parameters, parameters_for(object, command.parameters));
    CH_TRY(const crypto::MacScheme scheme, mac_of(object.algorithm, parameters));
    if (!command.part.is_stream()) {
        auto made = crypto::mac_with(object.material.bytes, scheme, data);
        if (!made) {
            return in_words(std::move(made).error());
        }
        return std::optional(std::move(made).value());
    }
    StreamRun run(authorised, command.part, object.id, services);
    const auto begin = [&](Stream& stream) -> Result<void> {
        auto made = crypto::MacStream::begin(object.material.bytes, scheme);
        if (!made) {
            return in_words(std::move(made).error());
        }
        stream.mac.emplace(std::move(made).value());
        return ok();
    };
    const auto step = [&](Stream& stream) -> Result<StreamResult> {
        stream.mac->update(data);
        StreamResult part;
        if (command.part.last) {
            part.tag = stream.mac->finish();
        }
        return part;
    };
    CH_TRY(StreamResult result, run.run(begin, step));
    outcome.reply.correlation = run.correlation();
    run.finish(outcome);
    return command.part.last ? std::optional(std::move(result.tag)) : std::nullopt;
}

}  // namespace

Result<gate::Outcome<Mac>> run(const gate::Authorised<Mac>& authorised, Services& services) {
    const Mac::Command& command = authorised.command();
    CH_TRY(const auto object, mac_key(command, {usage::kMacGenerate, true}, services));
    gate::Outcome<Mac> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    const Cost cost{command.data ? command.data->size() : 0, command.part.begins() ? 1U : 0U};
    CH_TRY_VOID(count_use(outcome, *object, cost, services));
    CH_TRY(outcome.reply.made, make_mac(authorised, *object, outcome, services));
    return outcome;
}

Result<gate::Outcome<MacVerify>> run(const gate::Authorised<MacVerify>& authorised,
                                     Services& services) {
    const MacVerify::Command& command = authorised.command();
    CH_TRY(const auto object, mac_key(command, {usage::kMacVerify, false}, services));
    if (command.part.ends() && !command.mac) {
        return Error::missing(kWhere, "MAC Data");
    }
    gate::Outcome<MacVerify> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    CH_TRY(const auto made, make_mac(authorised, *object, outcome, services));
    if (made) {
        outcome.reply.valid = crypto::equal_ct(*made, *command.mac);
    }
    return outcome;
}

Result<gate::Outcome<Hash>> run(const gate::Authorised<Hash>& authorised, Services& services) {
    const Hash::Command& command = authorised.command();
    if (!command.parameters.hash) {
        return Error::missing("kmip.hash", "Hashing Algorithm");
    }
    CH_TRY(const crypto::Hash hash, hash_of(*command.parameters.hash));
    CH_TRY(const BytesView data, data_of(command.data, command.part));
    gate::Outcome<Hash> outcome;
    if (!command.part.is_stream()) {
        outcome.reply.digest = crypto::digest(hash, data);
        return outcome;
    }
    StreamRun run(authorised, command.part, ObjectId{}, services);
    const auto begin = [&](Stream& stream) -> Result<void> {
        stream.digest.emplace(hash);
        return ok();
    };
    const auto step = [&](Stream& stream) -> Result<StreamResult> {
        stream.digest->update(data);
        StreamResult part;
        if (command.part.last) {
            part.tag = stream.digest->finish();
        }
        return part;
    };
    CH_TRY(StreamResult result, run.run(begin, step));
    if (command.part.last) {
        outcome.reply.digest = std::move(result.tag);
    }
    outcome.reply.correlation = run.correlation();
    run.finish(outcome);
    return outcome;
}

Result<gate::Outcome<RngRetrieve>> run(const gate::Authorised<RngRetrieve>& authorised,
                                       Services& services) {
    const std::size_t length = authorised.command().length;
    if (length < 1 || length > random_bytes_max) {
        return Error::invalid("kmip.random", "Data Length", "expected 1 to 65536");
    }
    gate::Outcome<RngRetrieve> outcome;
    outcome.reply = crypto::SecretBytes(length);
    outcome.reply.with_exposed_mutable(
        crypto::insecure_expose_secret(),
        [&](MutableBytesView bytes) { services.random.fill(bytes); });
    return outcome;
}

Result<gate::Outcome<RngSeed>> run(const gate::Authorised<RngSeed>&, Services&) {
    return gate::Outcome<RngSeed>{};
}

}  // namespace chatelaine::objects::kmip

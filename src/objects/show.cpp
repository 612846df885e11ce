// Looking at service keys: get, wrapped export, list.
#include <algorithm>

#include "base/encoding.hpp"
#include "objects/transport.hpp"

namespace chatelaine::objects {
namespace {

constexpr std::uint8_t kTokenFormat = 1;
constexpr std::size_t kTokenBytes = 1 + 1 + 8;
/// Pages of the store that one request reads once it has something to answer with.
constexpr std::size_t kStorePagesMax = 10;

std::uint8_t state_byte(const std::optional<State>& state) {
    return state ? static_cast<std::uint8_t>(*state) : 0;
}

/// Where a list goes on: after this `born`, under the same filter.
std::string make_token(const std::optional<State>& state, std::uint64_t born) {
    Bytes bytes{kTokenFormat, state_byte(state)};
    for (unsigned shift = 0; shift < 64; shift += 8) {
        bytes.push_back(static_cast<std::uint8_t>(born >> shift));
    }
    return encode_base64url(bytes);
}

Result<std::uint64_t> read_token(std::string_view token, const std::optional<State>& state) {
    if (token.empty()) {
        return std::uint64_t{0};
    }
    const auto bytes = decode_base64url(token);
    if (!bytes || bytes->size() != kTokenBytes || (*bytes)[0] != kTokenFormat) {
        return Error::invalid("objects.list", "continuation-token", "not a token of this list");
    }
    if ((*bytes)[1] != state_byte(state)) {
        return Error::invalid("objects.list", "continuation-token",
                              "the token was made under another state filter");
    }
    std::uint64_t born = 0;
    for (std::size_t i = kTokenBytes; i > 2; --i) {
        born = born << 8 | (*bytes)[i - 1];
    }
    return born;
}

}  // namespace

Result<gate::Outcome<GetKey>> run(const gate::Authorised<GetKey>& authorised, Services& services) {
    const GetKey::Command& command = authorised.command();
    CH_TRY(auto object, load_key(services.reader, command));
    gate::Outcome<GetKey> outcome;
    outcome.record_version = object->origin.version;
    if (command.want_jwk) {
        CH_TRY(outcome.reply.public_jwk, public_jwk_of(*object));
    }
    KeyAnswer answer = answer_of(std::move(object), services.now);
    answer.public_jwk = std::move(outcome.reply.public_jwk);
    outcome.reply = std::move(answer);
    return outcome;
}

Result<gate::Outcome<ExportKey>> run(const gate::Authorised<ExportKey>& authorised,
                                     Services& services) {
    const ExportKey::Command& command = authorised.command();
    CH_TRY_VOID(authorised.also(services.plate, {"okms:apikms:serviceKey/wrapKey", ""},
                                kServiceKeyKind, command.wrapping_key.to_string()));
    CH_TRY(const auto object, load_key(services.reader, command));
    CH_TRY(const auto transport,
           load_transport_key(services, {command.domain, command.wrapping_key},
                              {usage::kWrapKey, Purpose::kProtect}));
    CH_TRY_VOID(require_alive(*object, services.now));
    if (!object->extractable) {
        return Error(Code::kNotExtractable, "objects.export", "the key is not extractable");
    }
    constexpr std::string_view formats[] = {"RAW", "JWK", "PKCS1", "PKCS8"};
    if (std::find(std::begin(formats), std::end(formats), command.format) == std::end(formats)) {
        return Error::invalid("objects.export", "wrappedKeyFormat",
                              "expected RAW, JWK, PKCS1 or PKCS8");
    }
    CH_TRY(const crypto::SecretBytes payload, write_material(*object, command.format));
    CH_TRY(const crypto::PublicKey key, transport->public_key());
    gate::Outcome<ExportKey> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply = answer_of(object, services.now);
    outcome.reply.wrapped.emplace(
        KeyAnswer::Wrapped{command.format, command.wrapping_key, std::string()});
    std::string& ciphertext = outcome.reply.wrapped->ciphertext;
    CH_TRY(ciphertext, crypto::wrap_jwe(key, command.algorithm, payload));
    if (ciphertext.size() > limits::wrapped_key_characters_max) {
        return Error::invalid("objects.export", "wrappedKeyFormat",
                              "the wrapped key would be over 5000 characters in this form");
    }
    outcome.details.emplace_back("wrapping_key", command.wrapping_key.to_string());
    outcome.details.emplace_back("format", command.format);
    return outcome;
}

Result<gate::Outcome<ListKeys>> run(const gate::Authorised<ListKeys>& authorised,
                                    Services& services) {
    const ListKeys::Command& command = authorised.command();
    CH_TRY(std::uint64_t after, read_token(command.continuation_token, command.state));
    store::Query query;
    query.scope = command.domain.uuid;
    if (command.state) {
        query.dates = state_conditions(*command.state, services.now);
    }
    gate::Outcome<ListKeys> outcome;
    ListKeys::Reply& reply = outcome.reply;
    // One more than asked for is looked at, so that `is_truncated` is true only when there is a key
    // on the next page: clients end at an empty page.
    query.max = command.max + 1;
    for (std::size_t page = 0;; ++page) {
        query.after_born = after;
        CH_TRY(const auto found, services.reader.find<ManagedObject>(query));
        for (std::size_t i = 0; i < found.objects.size(); ++i) {
            const auto& object = found.objects[i];
            const gate::Resource resource{command.domain, object->id.to_string()};
            if (is_service_key(*object) && services.allowed(GetKey::row, resource)) {
                if (reply.keys.size() == command.max) {
                    reply.truncated = true;
                    break;
                }
                reply.keys.push_back(answer_of(object, services.now));
            }
            after = found.born[i];
        }
        if (reply.truncated || !found.more) {
            break;
        }
        // Pages go on while there is nothing to show; once there is, the rest can wait.
        if (page + 1 >= kStorePagesMax && !reply.keys.empty()) {
            reply.truncated = true;
            break;
        }
    }
    // Also on the last page: the token then stands for the keys that are made later, and clients
    // that check the vendor's schema want one of at least a character.
    reply.continuation_token = make_token(command.state, after);
    return outcome;
}

}  // namespace chatelaine::objects

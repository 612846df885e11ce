#include "objects/key_rules.hpp"

#include <algorithm>

#include "objects/key_version.hpp"

namespace chatelaine::objects {
namespace {

constexpr std::pair<std::string_view, std::uint32_t> kOperations[] = {
    {"sign", usage::kSign},       {"verify", usage::kVerify},   {"encrypt", usage::kEncrypt},
    {"decrypt", usage::kDecrypt}, {"wrapKey", usage::kWrapKey}, {"unwrapKey", usage::kUnwrapKey},
};
constexpr std::uint32_t kSignFamily = usage::kSign | usage::kVerify;
constexpr std::uint32_t kWrapFamily = usage::kWrapKey | usage::kUnwrapKey;
constexpr std::uint32_t kPublicSide = usage::kVerify | usage::kWrapKey;

std::string names_of(std::uint32_t mask) {
    std::string text;
    for (const auto& [name, bit] : kOperations) {
        if ((mask & bit) != 0) {
            text.append(text.empty() ? "" : ", ").append(name);
        }
    }
    return text;
}

std::uint32_t possible_operations(KeyShape shape) {
    std::uint32_t mask = 0;
    switch (shape.type) {
        case crypto::KeyType::kOct:
            return usage::kEncrypt | usage::kDecrypt | kWrapFamily;
        case crypto::KeyType::kRsa: mask = kSignFamily | kWrapFamily; break;
        case crypto::KeyType::kEc: mask = kSignFamily; break;
        case crypto::KeyType::kEnd: break;
    }
    return shape.public_only ? mask & kPublicSide : mask;
}

/// Characters of well-formed UTF-8: bytes that start one.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
    }));
}

Error wrong_state(State state) {
    return Error(Code::kWrongState, "objects.state",
                 "the key is " + std::string(state_name(state)));
}

}  // namespace

Result<std::shared_ptr<const ManagedObject>> load_key(seal::Reader& reader, const KeyRef& ref) {
    CH_TRY(auto object, reader.load<ManagedObject>(ref.domain.uuid, ref.key.uuid));
    if (!object || !is_service_key(*object)) {
        return Error(Code::kKeyNotFound, "objects.load", "no such key");
    }
    return object;
}

bool is_service_key(const ManagedObject& object) {
    return object.type == ObjectType::kSymmetricKey || object.type == ObjectType::kPublicKey ||
           object.type == ObjectType::kPrivateKey;
}

Result<void> require_use(const ManagedObject& object, Use use, WallTime now) {
    if ((object.usage_mask & use.usage) == 0) {
        return Error(Code::kNotPermittedUse, "objects.use",
                     "the key's operations do not include " + names_of(use.usage));
    }
    const State state = object.state(now);
    if (state != State::kActive) {
        return wrong_state(state);
    }
    // A revocation holds at once, also on a node whose clock is behind that of the revoking one.
    if (object.revocation_reason != RevocationReason::kNone) {
        return wrong_state(State::kDeactivated);
    }
    if (object.archive) {
        return Error(Code::kWrongState, "objects.use", "the key is archived");
    }
    if (use.purpose == Purpose::kProtect && object.protect_stop && *object.protect_stop <= now) {
        return Error(Code::kWrongState, "objects.use", "the key's protect stop date has passed");
    }
    if (use.purpose == Purpose::kProcess && object.process_start && *object.process_start > now) {
        return Error(Code::kWrongState, "objects.use",
                     "the key's process start date has not come");
    }
    return ok();
}

Result<void> require_alive(const ManagedObject& object, WallTime now) {
    return object.destroy ? Result<void>(wrong_state(object.state(now))) : ok();
}

Result<std::uint32_t> parse_operations(const std::vector<std::string>& words,
                                       std::string_view field) {
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto* const known =
            std::find_if(std::begin(kOperations), std::end(kOperations),
                         [&](const auto& entry) { return entry.first == words[i]; });
        if (known == std::end(kOperations)) {
            return Error::invalid(
                "objects.operations", std::string(field) + "." + std::to_string(i),
                "expected sign, verify, encrypt, decrypt, wrapKey or unwrapKey");
        }
        mask |= known->second;
    }
    return mask;
}

Result<void> check_operations(std::uint32_t mask, KeyShape shape, std::string_view field) {
    const std::uint32_t possible = possible_operations(shape);
    const std::string type(key_type_name(shape.type));
    const std::string what = (shape.public_only ? "a public " : "a ") + type + " key";
    if (mask == 0) {
        return Error::invalid("objects.operations", std::string(field),
                              "expected at least one operation");
    }
    if ((mask & ~possible) != 0) {
        return Error::invalid("objects.operations", std::string(field),
                              what + " cannot have " + names_of(mask & ~possible) +
                                  "; it may have " + names_of(possible));
    }
    if (shape.type == crypto::KeyType::kRsa && (mask & kSignFamily) != 0 &&
        (mask & kWrapFamily) != 0) {
        return Error::invalid("objects.operations", std::string(field),
                              what + " has sign and verify, or wrapKey and unwrapKey, never both");
    }
    return ok();
}

std::uint32_t default_operations(KeyShape shape) {
    if (shape.type == crypto::KeyType::kOct) {
        return possible_operations(shape);
    }
    return possible_operations(shape) & kSignFamily;
}

std::string_view key_type_name(crypto::KeyType type) {
    switch (type) {
        case crypto::KeyType::kOct: return "oct";
        case crypto::KeyType::kRsa: return "RSA";
        case crypto::KeyType::kEc: return "EC";
        case crypto::KeyType::kEnd: break;
    }
    return {};
}

Result<void> check_name(std::string_view name) {
    if (name.empty() || characters(name) > limits::key_name_characters_max) {
        return Error::invalid("objects.name", "name", "expected 1 to 32 characters");
    }
    return ok();
}

Result<void> check_context(std::string_view context) {
    if (characters(context) > limits::key_context_characters_max) {
        return Error::invalid("objects.context", "context", "expected at most 64 characters");
    }
    return ok();
}

bool algorithm_fits(const ManagedObject& object, crypto::SignatureAlgorithm algorithm) {
    using Algorithm = crypto::SignatureAlgorithm;
    switch (algorithm) {
        case Algorithm::kEs256: return object.curve == crypto::Curve::kP256;
        case Algorithm::kEs384: return object.curve == crypto::Curve::kP384;
        case Algorithm::kEs512: return object.curve == crypto::Curve::kP521;
        case Algorithm::kRs256:
        case Algorithm::kRs384:
        case Algorithm::kRs512:
        case Algorithm::kPs256:
        case Algorithm::kPs384:
        case Algorithm::kPs512: return object.key_type == crypto::KeyType::kRsa;
        case Algorithm::kEnd: break;
    }
    return false;
}

Result<std::string> public_jwk_of(const ManagedObject& object) {
    if (object.key_type == crypto::KeyType::kOct || object.destroy) {
        return std::string();
    }
    CH_TRY(const crypto::PublicKey key, object.public_key());
    std::vector<std::string> operations;
    for (const auto& [name, bit] : kOperations) {
        if ((object.usage_mask & bit & kPublicSide) != 0) {
            operations.emplace_back(name);
        }
    }
    const std::string kid = version_kid(object.id, object.material.version);
    crypto::JwkOptions options;
    options.kid = kid;
    options.key_ops = &operations;
    return crypto::public_jwk(key, options);
}

KeyAnswer answer_of(std::shared_ptr<const ManagedObject> object, WallTime now) {
    KeyAnswer answer;
    answer.state = object->state(now);
    answer.object = std::move(object);
    return answer;
}

}  // namespace chatelaine::objects

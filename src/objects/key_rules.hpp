#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "objects/service_keys.hpp"

/// The rules that several service key operations share: which operations a key may have, when it
/// may be used, and the errors that say why not. Private to the room.

namespace chatelaine::objects {

/// The resource kind of a service key in URNs.
inline constexpr std::string_view kServiceKeyKind = "serviceKey";

/// The object, or kKeyNotFound. kWouldBlock where it is not in the cache and waiting is forbidden.
Result<std::shared_ptr<const ManagedObject>> load_key(seal::Reader& reader, const KeyRef& ref);

/// Is this object one that OKMS REST shows as a service key (symmetric, public or private)?
bool is_service_key(const ManagedObject& object);

/// What a use does to data: new protection, or the reading of what was protected. KMIP's Protect
/// Stop and Process Start Dates bound the one and the other.
enum class Purpose : std::uint8_t { kProtect, kProcess };

struct Use {
    std::uint32_t usage = 0;  ///< one bit of usage::
    Purpose purpose = Purpose::kProtect;
};
/// kNotPermittedUse, kWrongState: may the key be put to this use now? Only active keys are used
/// (docs/decisions/0003).
Result<void> require_use(const ManagedObject& object, Use use, WallTime now);

/// kWrongState when the key is destroyed: its record is kept, nothing of it can be changed or used.
Result<void> require_alive(const ManagedObject& object, WallTime now);

/// The key's operations as a mask, from the words of a request. kInvalidArgument naming `field` and
/// the word that is none of the six.
Result<std::uint32_t> parse_operations(const std::vector<std::string>& words,
                                       std::string_view field);

/// What a key is made of, as far as the rules on operations care.
struct KeyShape {
    crypto::KeyType type{};
    bool public_only = false;
};
/// kInvalidArgument("operations") when `mask` holds an operation that such a key cannot have, none
/// at all, or both families of RSA (sign/verify and wrapKey/unwrapKey).
Result<void> check_operations(std::uint32_t mask, KeyShape shape, std::string_view field);
/// What a key gets when the request names no operation.
std::uint32_t default_operations(KeyShape shape);

std::string_view key_type_name(crypto::KeyType type);  ///< "oct", "RSA", "EC"
/// 1..32 characters (not bytes), as the vendor's schema counts them.
Result<void> check_name(std::string_view name);
Result<void> check_context(std::string_view context);

/// True when the algorithm goes with the key: its family, and for EC the curve.
bool algorithm_fits(const ManagedObject& object, crypto::SignatureAlgorithm algorithm);

/// The public JWK for an answer: `kid` the key's id, `key_ops` what the public part may do. Empty
/// for symmetric and destroyed keys: only public keys leave in the plain.
Result<std::string> public_jwk_of(const ManagedObject& object);

/// An answer without material.
KeyAnswer answer_of(std::shared_ptr<const ManagedObject> object, WallTime now);

}  // namespace chatelaine::objects

#pragma once

#include "objects/key_rules.hpp"

/// Keys on the way in and out: the forms of wrapped material and the transport key's rules.
/// Private to the room.

namespace chatelaine::objects {

/// Loads the transport key and checks that it may be used so: an RSA key of the same domain,
/// active, with the usage bit. kKeyNotFound, kWrongKeyType, kNotPermittedUse, kWrongState.
Result<std::shared_ptr<const ManagedObject>> load_transport_key(Services& services,
                                                                const KeyRef& ref, Use use);

/// Reads unwrapped material in RAW, JWK, PKCS1 or PKCS8 form. A JWK's other members come with it.
/// Errors name `field`; what the material held is never in them.
Result<crypto::Jwk> read_material(std::string_view format, const crypto::SecretBytes& payload,
                                  std::string_view field);

/// The key's material in one of the four forms. kInvalidArgument("wrappedKeyFormat") when the form
/// does not go with the key, kWrongKeyType when there is no secret part.
Result<crypto::SecretBytes> write_material(const ManagedObject& object, std::string_view format);

}  // namespace chatelaine::objects

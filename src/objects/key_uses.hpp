#pragma once

#include "objects/key_version.hpp"

/// Uses of a key that is loaded and may be used: what an operation of its own and an item of a
/// batch have in common. Private to the room.

namespace chatelaine::objects {

/// kNotPermittedUse, kWrongState, kWrongKeyType: may an AES key be put to this use now?
Result<void> require_cipher_use(const ManagedObject& key, Use use, WallTime now);

/// `key` is what protect_with() gave.
Result<Encrypt::Reply> encrypt_with(const ManagedObject& key, const Encrypt::Command& command);
Result<CreateDataKey::Reply> make_data_key(const ManagedObject& key,
                                           const CreateDataKey::Command& command);
/// These find the version that made the token.
Result<Decrypt::Reply> decrypt_with(const std::shared_ptr<const ManagedObject>& key,
                                    const Decrypt::Command& command, Services& services);

/// May the key sign this? Before protect_with().
Result<void> check_signing(const ManagedObject& key, const Sign::Command& command, WallTime now);
Result<Sign::Reply> sign_with(const ManagedObject& key, const Sign::Command& command);
/// Checks the use too. `budget`: verifications that may still be made, one for each version that is
/// tried; kTooLarge once it is used up.
Result<Verify::Reply> verify_with(const std::shared_ptr<const ManagedObject>& key,
                                  const Verify::Command& command, Services& services,
                                  std::size_t& budget);

}  // namespace chatelaine::objects

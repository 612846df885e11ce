#pragma once

#include "objects/kmip/crypto_rules.hpp"

/// Keys that leave and come wrapped by other keys (KMIP 1.4 sections 2.1.5 and 2.1.6): NIST key
/// wrap, the modes of ciphers that make no tag, RSA. The wrapping key must be active and made for
/// wrapping, and the caller must have the right to use it. Private to the room.

namespace chatelaine::objects::kmip {

/// What Get and Export give with a Key Wrapping Specification: the structure with its Key Value
/// wrapped. The wrapping key's Usage Limits are counted down in the outcome. kKeyNotFound,
/// kNotPermittedUse, kWrongState for the wrapping key, kForbidden without a right on it;
/// kNotSupported for MACs and signatures over what is wrapped.
template <class Op>
Result<crypto::SecretBytes> give_wrapped(const gate::Authorised<Op>& authorised,
                                         const ManagedObject& object,
                                         gate::Outcome<Op>& outcome, Services& services);

/// Unwraps what was registered or imported wrapped, when the key for that is here, may unwrap and
/// the caller may use it. Else the object stays as it came, and can be had as it came.
template <class Op>
Result<void> unwrap_registered(const gate::Authorised<Op>& authorised, ManagedObject& object,
                               Services& services);

}  // namespace chatelaine::objects::kmip

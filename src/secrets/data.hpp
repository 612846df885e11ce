#pragma once

#include <cstdint>
#include <string>

#include "base/json.hpp"
#include "crypto/secret.hpp"

/// A secret's data: the text of one JSON object, kept as it was written. Numbers are never read:
/// 2^64, 1e400 and thirty digits come back as they were.

namespace chatelaine::secrets {

/// The object's own text, in secret memory. kInvalidArgument on the value's path when it is no
/// object or over limits::secret_data_bytes_max; kMissingArgument when absent or null. The value's
/// document keeps its source.
Result<crypto::SecretBytes> data_of(const json::Value& value);

/// Merge patch (RFC 7396): what `target` becomes. Members keep the target's order, new ones come
/// behind in the patch's; number tokens stay. Both are texts of objects that were checked. The
/// result's bound is checked too.
Result<crypto::SecretBytes> merge_patch(const crypto::SecretBytes& target,
                                        const crypto::SecretBytes& patch);

/// Whether the object has a member of that name.
Result<bool> has_member(const crypto::SecretBytes& data, std::string_view name);

/// How `after` differs from `before`, as the text of a JSON array: {"field", "change": "added",
/// "removed" or "changed"} in the order of `before`, then of `after`; `values`: also "from" and
/// "to". Values are compared as JSON (white space, escapes and the order of members do not matter),
/// numbers by their text. A secret, too: to be wiped.
Result<std::string> diff_of(const crypto::SecretBytes& before, const crypto::SecretBytes& after,
                            bool values);

/// The object's names with null for each leaf, `depth` levels down (0: all). Arrays are leaves.
/// Names are a secret's data, too: the text is to be wiped.
Result<std::string> subkeys_of(const crypto::SecretBytes& data, std::uint32_t depth);

}  // namespace chatelaine::secrets

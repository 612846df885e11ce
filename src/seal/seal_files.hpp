#pragma once

#include <optional>

#include "seal/file.hpp"
#include "seal/key_text.hpp"
#include "seal/root_file.hpp"
#include "seal/seal.hpp"

/// Root file, key file and the mark of an unfinished initialisation, as files.

namespace chatelaine::seal {

inline constexpr FileRole root_role{"root", 0600};
inline constexpr FileRole key_role{"key_file", 0400};
inline constexpr FileRole mark_role{"mark", 0600};

Result<void> write_root_file(const Paths& paths, const RootFile& file);
/// Nothing when it is missing.
Result<std::optional<RootFile>> load_root_file(const Paths& paths);

Result<void> write_key_file(const Paths& paths, const KeyFile& file);
/// Nothing when it is missing; kMalformed when damaged; kConfiguration when others may use it.
Result<std::optional<KeyFile>> load_key_file(const Paths& paths);

/// Stands from before the first file of an initialisation until after the last: while it is there,
/// no share was handed out and nothing acknowledged, so all may be made anew.
std::filesystem::path initialisation_mark(const Paths& paths);

/// A new root's shares: wraps the root in `file` under a fresh key and returns that key's shares.
/// kInvalidArgument("threshold" or "count").
Result<std::vector<ShareText>> make_shares(RootFile& file, const crypto::SecretBytes& root,
                                           const ShareOptions& options, Random& random);

}  // namespace chatelaine::seal

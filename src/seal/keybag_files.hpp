#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "seal/keybag.hpp"

/// The two copies of the keybag on a node, and the order in which they change.
///
/// A change with counter N + 1 is written to the copy first (whole, flushed, read back, opened),
/// then to the main file. So at each moment one of the two is untouched, a change that was
/// acknowledged stands in both, and after a crash the copy is equal to the main file or exactly one
/// ahead. Any other difference means that an old file was put back, and is refused.

namespace chatelaine::seal {

/// A root that may open the keybag. While a rotation is unfinished there are two.
struct RootKey {
    Uuid id;
    crypto::SecretBytes key;
};

struct OpenedKeybag {
    Keybag bag;
    Uuid root_id;  ///< which root it was sealed under
};

class KeybagFiles {
public:
    KeybagFiles(std::filesystem::path file, std::filesystem::path copy)
        : file_(std::move(file)), copy_(std::move(copy)) {}

    /// Takes the newest that opens and repairs the other from it, which is logged. kStoreCorrupt
    /// when none opens or one was put back; kStoreUnavailable when the repair cannot be written.
    Result<OpenedKeybag> load(const std::vector<const RootKey*>& roots) const;
    /// Both copies, in order. After a failure the files must be loaded again before the next save.
    Result<void> save(const Keybag& bag, const RootKey& root) const;
    /// What can be said without a root: kStoreCorrupt when neither is whole.
    Result<void> check_heads() const;

private:
    struct Candidate;
    Candidate read_candidate(const std::filesystem::path& path,
                             const std::vector<const RootKey*>& roots) const;
    Result<void> write_one(const std::filesystem::path& path, BytesView content,
                           const RootKey* root) const;
    Result<OpenedKeybag> choose(Candidate& main, Candidate& copy) const;
    Result<void> repair(const std::filesystem::path& path, const Candidate& from,
                        std::string_view reason) const;

    std::filesystem::path file_;
    std::filesystem::path copy_;
};

}  // namespace chatelaine::seal

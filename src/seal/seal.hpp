#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "crypto/secret.hpp"
#include "store/store.hpp"

/// The root of trust and the sealing of records. Below this room there is only ciphertext.
///
/// root key → scope keys (sealing, index, audit; in the keybag) → record key (derived per record).
/// The root is always wrapped twice: by an automatic unsealer (a key file now, PKCS#11 behind the
/// same port later) and by M-of-N break-glass shares. The keybag is one small file apart from the
/// records, replaced whole: written, flushed, read back and opened before an old copy is
/// overwritten; two copies on the node. docs/formats.md has every byte.

namespace chatelaine::seal {

struct Paths {
    std::filesystem::path root_file;      ///< the wrapped root: DIR/root.seal
    std::filesystem::path keybag_file;    ///< DIR/keybag
    std::filesystem::path keybag_copy;    ///< DIR/keybag.copy
    std::filesystem::path key_file;       ///< the automatic unsealer's key; mode 0400 or 0600
};

struct ShareOptions {
    std::size_t threshold = 3;
    std::size_t count = 5;
};

/// Text of a share, for a person to keep:
/// "chatelaine-share-1:<set>:<x>:<threshold>:<base64url>:<checksum>".
using ShareText = crypto::SecretBytes;

/// What a record's seal binds (the AAD): a blob moved to another row, or an older version of the
/// same row, does not open.
struct Place {
    store::RecordKey key;
    std::uint64_t version = 0;
};

/// Threads: every method from any thread at the same time. seal, open, term and the audit pair take
/// no lock that a slow operation holds. All fail with kSealed while sealed, and those that name a
/// scope with kDomainNotFound when it has no keys or they were destroyed.
class Seal {
public:
    /// Makes root, key file and an empty keybag; the shares are given out once and kept nowhere.
    /// kAlreadyExists when any of the files is there, unless an initialisation was interrupted:
    /// what that left is removed first.
    static Result<std::vector<ShareText>> initialise(const Paths& paths, const ShareOptions& shares,
                                                     Random& random);
    /// Opens the files; tries the key file. A missing key file leaves it sealed; a key file that
    /// others may read, a keybag that does not open, or one put back (older than its copy by more
    /// than an interrupted change) is an error. kNotFound when it was never initialised, or the
    /// initialisation was interrupted. `random` must outlive the seal.
    static Result<std::unique_ptr<Seal>> open(const Paths& paths, Random& random);
    virtual ~Seal() = default;

    virtual bool is_sealed() const = 0;
    /// Gives one share; the number still missing, 0 when it is open now. kInvalidArgument("share")
    /// for one that is damaged, of another set, or given already; a wrong set starts over.
    virtual Result<std::size_t> submit_share(const ShareText& share) = 0;
    virtual std::size_t shares_missing() const = 0;
    /// Forgets all keys until it is unsealed again.
    virtual void seal_now() = 0;

    /// A new root; the keybag is re-wrapped, the key file's wrap and new shares made. Online.
    /// kWrongState when the key file does not open the present root: restore it first.
    virtual Result<std::vector<ShareText>> rotate_root(const ShareOptions& shares) = 0;
    /// Writes the key file anew, with a new key, after it was lost (unsealed by shares).
    /// kWrongState when the present one is good.
    virtual Result<void> restore_key_file() = 0;

    /// Keys for a new domain, account or the provider; durable in both copies on return.
    /// kAlreadyExists when it has keys; kWrongState when it was destroyed (the grave list).
    virtual Result<void> create_scope(const Uuid& scope) = 0;
    /// A new generation of the sealing key; the old ones still open until retire_generations.
    virtual Result<std::uint32_t> rotate_scope(const Uuid& scope) = 0;
    virtual Result<void> retire_generations(const Uuid& scope, std::uint32_t below) = 0;
    /// Destroys sealing and index keys and puts the scope on the grave list; the audit key stays.
    /// Success, too, for one that was destroyed before.
    virtual Result<void> destroy_scope(const Uuid& scope) = 0;
    virtual bool has_scope(const Uuid& scope) const = 0;
    virtual std::uint32_t generation(const Uuid& scope) const = 0;
    /// The oldest that still opens; equal to generation() when a rotation has nothing left to do.
    virtual std::uint32_t oldest_generation(const Uuid& scope) const = 0;
    virtual std::vector<Uuid> scopes() const = 0;

    virtual Result<crypto::SealedBytes> seal(const Place& place, BytesView plaintext) const = 0;
    /// kSealBroken when it was altered or belongs elsewhere (the two are not told apart).
    virtual Result<crypto::SecretBytes> open_record(const Place& place,
                                                    const crypto::SealedBytes& sealed) const = 0;
    /// The generation that sealed it, to find what a rotation has still to do.
    virtual Result<std::uint32_t> sealed_generation(const crypto::SealedBytes& sealed) const = 0;

    /// Blind term "name=value" under the scope's index key.
    virtual Result<store::Term> term(const Uuid& scope, std::string_view name,
                                     std::string_view value) const = 0;

    /// Audit entries are sealed under the scope's audit key, bound to stream, sequence and count.
    virtual Result<crypto::SealedBytes> seal_audit(const store::StreamKey& stream,
                                                   std::uint64_t first_sequence,
                                                   std::uint32_t count,
                                                   BytesView plaintext) const = 0;
    virtual Result<crypto::SecretBytes> open_audit(const store::StreamKey& stream,
                                                   std::uint64_t first_sequence,
                                                   std::uint32_t count,
                                                   const crypto::SealedBytes& sealed) const = 0;
};

}  // namespace chatelaine::seal

#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "crypto/shares.hpp"
#include "seal/keybag_files.hpp"
#include "seal/keyring.hpp"
#include "seal/root_file.hpp"
#include "seal/seal.hpp"

/// The seal whose root lies in a file and is opened by a key file or by shares.
///
/// Invariants: changes are made one at a time under change_, and none starts while unsettled_:
/// after a failed write the files are read again and brought in order first. Keys are published to
/// the keyring only after they are durable in both copies of the keybag.

namespace chatelaine::seal {

class FileSeal final : public Seal {
public:
    FileSeal(Paths paths, Random& random);
    /// Reads the files and tries the key file.
    Result<void> start();

    bool is_sealed() const override { return keyring_.is_sealed(); }
    Result<std::size_t> submit_share(const ShareText& share) override;
    std::size_t shares_missing() const override;
    void seal_now() override;
    Result<std::vector<ShareText>> rotate_root(const ShareOptions& shares) override;
    Result<void> restore_key_file() override;

    Result<void> create_scope(const Uuid& scope) override;
    Result<std::uint32_t> rotate_scope(const Uuid& scope) override;
    Result<void> retire_generations(const Uuid& scope, std::uint32_t below) override;
    Result<void> destroy_scope(const Uuid& scope) override;
    bool has_scope(const Uuid& scope) const override { return keyring_.has_scope(scope); }
    std::uint32_t generation(const Uuid& scope) const override {
        return keyring_.generation(scope);
    }
    std::uint32_t oldest_generation(const Uuid& scope) const override {
        return keyring_.oldest_generation(scope);
    }
    std::vector<Uuid> scopes() const override { return keyring_.scopes(); }

    Result<crypto::SealedBytes> seal(const Place& place, BytesView plaintext) const override {
        return keyring_.seal(place, plaintext);
    }
    Result<crypto::SecretBytes> open_record(const Place& place,
                                            const crypto::SealedBytes& sealed) const override {
        return keyring_.open_record(place, sealed);
    }
    Result<std::uint32_t> sealed_generation(const crypto::SealedBytes& sealed) const override {
        return Keyring::sealed_generation(sealed);
    }
    Result<store::Term> term(const Uuid& scope, std::string_view name,
                             std::string_view value) const override {
        return keyring_.term(scope, name, value);
    }
    Result<crypto::SealedBytes> seal_audit(const store::StreamKey& stream,
                                           std::uint64_t first_sequence, std::uint32_t count,
                                           BytesView plaintext) const override {
        return keyring_.seal_audit({stream, first_sequence, count}, plaintext);
    }
    Result<crypto::SecretBytes> open_audit(const store::StreamKey& stream,
                                           std::uint64_t first_sequence, std::uint32_t count,
                                           const crypto::SealedBytes& sealed) const override {
        return keyring_.open_audit({stream, first_sequence, count}, sealed);
    }

private:
    // All of these with change_ held.
    Result<void> require_settled();
    Result<void> settle();
    Result<void> follow_root_file(RootFile file);
    Result<void> roll_back_rotation(Keybag& bag);
    Result<void> save_bag(Keybag next);
    Result<void> unseal_by_shares();
    Result<void> write_rotation(const RootFile& pending, const RootFile& rotated);
    void forget_keys();

    template <class F>
    Result<void> change_scope(const Uuid& scope, F&& change);

    const Paths paths_;
    Random& random_;
    const KeybagFiles files_;
    Keyring keyring_;

    mutable std::mutex change_;
    RootFile root_file_;                  ///< as last read or written
    std::optional<RootKey> root_;         ///< empty while sealed
    std::optional<RootKey> next_root_;    ///< of a rotation that failed half-way
    std::shared_ptr<const Keybag> bag_;   ///< as durable in both copies
    bool unsettled_ = false;
    std::vector<crypto::Share> shares_;   ///< given so far, of root_file_.share_set
};

}  // namespace chatelaine::seal

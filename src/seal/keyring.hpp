#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "base/metrics.hpp"
#include "crypto/aead.hpp"
#include "seal/keybag.hpp"
#include "seal/limits.hpp"
#include "seal/seal.hpp"

/// The fast half of the seal: seals and opens with the keys of an unsealed node.
///
/// Each thread works in a slot of its own (threads above the number of slots share): the keybag as
/// it is now and the audit contexts that were set up lately. publish() goes through all slots, one
/// at a time, so that on its return no thread can use what it replaced, and none of it is left in
/// memory; a slot's lock is held for one seal or open, never for a file.

namespace chatelaine::seal {

class Keyring {
public:
    /// The keys from now on; null seals. `bag` may be published from one thread at a time.
    void publish(std::shared_ptr<const Keybag> bag);

    bool is_sealed() const;
    bool has_scope(const Uuid& scope) const;
    std::uint32_t generation(const Uuid& scope) const;
    std::uint32_t oldest_generation(const Uuid& scope) const;
    std::vector<Uuid> scopes() const;

    Result<crypto::SealedBytes> seal(const Place& place, BytesView plaintext) const;
    Result<crypto::SecretBytes> open_record(const Place& place,
                                            const crypto::SealedBytes& sealed) const;
    Result<store::Term> term(const Uuid& scope, std::string_view name,
                             std::string_view value) const;

    /// Where an audit entry stands; all of it is bound.
    struct AuditPlace {
        store::StreamKey stream;
        std::uint64_t first_sequence = 0;
        std::uint32_t count = 0;
    };
    Result<crypto::SealedBytes> seal_audit(const AuditPlace& place, BytesView plaintext) const;
    Result<crypto::SecretBytes> open_audit(const AuditPlace& place,
                                           const crypto::SealedBytes& sealed) const;

    /// The generation in a record's head. kSealBroken, kFormatTooNew.
    static Result<std::uint32_t> sealed_generation(const crypto::SealedBytes& sealed);

private:
    struct AuditContext {
        store::StreamKey stream;
        std::uint64_t block = 0;
        std::uint64_t last_use = 0;
        std::optional<crypto::AesGcm> cipher;
    };
    using AuditContexts = std::vector<AuditContext>;  ///< empty until the first use

    struct alignas(64) Slot {
        std::mutex mutex;
        std::atomic<bool> wanted{false};  ///< publish() waits for it
        std::shared_ptr<const Keybag> bag;
        AuditContexts contexts;
        std::uint64_t uses = 0;
    };

    /// Lets a waiting publish() go first: under load the mutex alone would give the slot back to
    /// the thread that has just left it, for as long as a time slice.
    class Use;
    Slot& slot_of_thread() const { return slots_[metrics::thread_slot() % slots_.size()]; }
    static Result<const ScopeKeys*> keys_of(const Slot& slot, const Uuid& scope);
    static Result<crypto::AesGcm*> audit_cipher(Slot& slot, const AuditPlace& place);

    mutable std::array<Slot, metrics::slot_count> slots_;
};

}  // namespace chatelaine::seal

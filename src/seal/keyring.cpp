#include "seal/keyring.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "crypto/hash.hpp"

namespace chatelaine::seal {
namespace {

// docs/formats.md, "Sealed record" and "Audit entry": one head for both.
constexpr std::uint8_t sealed_format = 1;
constexpr std::size_t head_bytes = 5;
constexpr std::size_t nonce_offset = head_bytes;
constexpr std::size_t ciphertext_offset = nonce_offset + crypto::gcm_nonce_bytes;
constexpr std::size_t overhead_bytes = ciphertext_offset + crypto::gcm_tag_bytes;
/// An audit key has no generations.
constexpr std::uint32_t audit_generation = 0;

#ifdef CHATELAINE_TEST_BUILD
/// The control of the canary test: what it looks for is found when nothing is sealed.
constexpr std::uint8_t plain_format = 0;
bool is_switched_off() {
    static const bool off = [] {
        const char* const value = std::getenv("CHATELAINE_INSECURE_SEAL_OFF");
        return value != nullptr && std::string_view(value) == "1";
    }();
    return off;
}
#endif

/// A byte string on the stack for AAD and KDF contexts; integers are little-endian.
template <std::size_t N>
class Fixed {
public:
    Fixed& uuid(const Uuid& value) {
        CH_CHECK(size_ + value.octets.size() <= N);
        std::copy(value.octets.begin(), value.octets.end(), bytes_.begin() + size_);
        size_ += value.octets.size();
        return *this;
    }
    Fixed& number(std::uint64_t value, std::size_t octets) {
        CH_CHECK(size_ + octets <= N);
        for (std::size_t i = 0; i < octets; ++i) {
            bytes_[size_++] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        return *this;
    }
    BytesView view() const { return BytesView(bytes_).first(size_); }

private:
    std::array<std::uint8_t, N> bytes_{};
    std::size_t size_ = 0;
};

auto record_aad(const Place& place, std::uint32_t generation) {
    Fixed<64> aad;
    aad.number(sealed_format, 1).uuid(place.key.scope);
    aad.number(static_cast<std::uint16_t>(place.key.kind), 2).uuid(place.key.id);
    aad.number(place.version, 8).number(generation, 4);
    return aad;
}

auto audit_aad(const Keyring::AuditPlace& place) {
    Fixed<64> aad;
    aad.number(sealed_format, 1).uuid(place.stream.scope).uuid(place.stream.writer);
    aad.number(place.first_sequence, 8).number(place.count, 4);
    return aad;
}

/// AAD of the two kinds cannot be taken for each other: the keys have different labels.
crypto::SecretBytes record_key(const crypto::SecretBytes& sealing, const Place& place) {
    Fixed<32> context;
    context.number(static_cast<std::uint16_t>(place.key.kind), 2).uuid(place.key.id);
    return crypto::derive_key(sealing, "chatelaine record 1", context.view());
}

struct Head {
    std::uint8_t format = 0;
    std::uint32_t generation = 0;
};

Error broken(std::string_view where) { return Error(Code::kSealBroken, where); }

Result<Head> read_head(BytesView sealed, std::string_view where) {
    if (sealed.size() < head_bytes) {
        return broken(where);
    }
    Head head;
    head.format = sealed[0];
    for (std::size_t i = 0; i < 4; ++i) {
        head.generation |= static_cast<std::uint32_t>(sealed[1 + i]) << (8 * i);
    }
#ifdef CHATELAINE_TEST_BUILD
    if (head.format == plain_format && is_switched_off()) {
        return head;
    }
#endif
    if (head.format > sealed_format) {
        return Error(Code::kFormatTooNew, where,
                     "sealed in format " + std::to_string(head.format) + ", this version reads " +
                         std::to_string(sealed_format));
    }
    if (head.format != sealed_format || sealed.size() < overhead_bytes) {
        return broken(where);
    }
    return head;
}

void write_head(Bytes& out, std::uint8_t format, std::uint32_t generation) {
    out[0] = format;
    for (std::size_t i = 0; i < 4; ++i) {
        out[1 + i] = static_cast<std::uint8_t>(generation >> (8 * i));
    }
}

Result<crypto::SealedBytes> encrypt(crypto::AesGcm& cipher, std::uint32_t generation,
                                    BytesView aad, BytesView plaintext) {
    Bytes out(overhead_bytes + plaintext.size());
    write_head(out, sealed_format, generation);
    const MutableBytesView all(out);
    CH_TRY_VOID(cipher.encrypt(aad, plaintext, all.subspan(nonce_offset, crypto::gcm_nonce_bytes),
                               all.subspan(ciphertext_offset, plaintext.size()),
                               all.last(crypto::gcm_tag_bytes)));
    return crypto::SealedBytes::from_stored(std::move(out));
}

Result<crypto::SecretBytes> decrypt(crypto::AesGcm& cipher, BytesView aad, BytesView sealed,
                                    std::string_view where) {
    const std::size_t size = sealed.size() - overhead_bytes;
    crypto::SecretBytes plaintext(size);
    auto opened = plaintext.with_exposed_mutable(
        crypto::insecure_expose_secret(), [&](MutableBytesView out) {
            return cipher.decrypt(aad, sealed.subspan(nonce_offset, crypto::gcm_nonce_bytes),
                                  sealed.subspan(ciphertext_offset, size),
                                  sealed.last(crypto::gcm_tag_bytes), out);
        });
    if (!opened) {
        return opened.error().code() == Code::kDecryptFailed ? broken(where)
                                                             : std::move(opened).error();
    }
    return plaintext;
}

#ifdef CHATELAINE_TEST_BUILD
crypto::SealedBytes leave_plain(std::uint32_t generation, BytesView plaintext) {
    Bytes out(head_bytes);
    write_head(out, plain_format, generation);
    out.insert(out.end(), plaintext.begin(), plaintext.end());
    return crypto::SealedBytes::from_stored(std::move(out));
}
#endif

}  // namespace

class Keyring::Use {
public:
    explicit Use(Slot& slot) : slot_(slot) {
        for (int i = 0; i < yields_max && slot.wanted.load(std::memory_order_relaxed); ++i) {
            std::this_thread::yield();
        }
        slot_.mutex.lock();
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { slot_.mutex.unlock(); }

private:
    static constexpr int yields_max = 100;
    Slot& slot_;
};

void Keyring::publish(std::shared_ptr<const Keybag> bag) {
    for (Slot& slot : slots_) {
        // Declared before the lock: what is replaced is wiped after the slot is free again.
        AuditContexts contexts;
        std::shared_ptr<const Keybag> previous = bag;
        slot.wanted.store(true, std::memory_order_relaxed);
        const std::lock_guard lock(slot.mutex);
        slot.wanted.store(false, std::memory_order_relaxed);
        slot.bag.swap(previous);
        slot.contexts.swap(contexts);
    }
}

Result<const ScopeKeys*> Keyring::keys_of(const Slot& slot, const Uuid& scope) {
    if (!slot.bag) {
        return Error(Code::kSealed, "seal");
    }
    const ScopeKeys* const keys = slot.bag->find(scope);
    if (keys == nullptr) {
        return Error(Code::kDomainNotFound, "seal");
    }
    return keys;
}

bool Keyring::is_sealed() const {
    Slot& slot = slot_of_thread();
    const Use use(slot);
    return slot.bag == nullptr;
}

bool Keyring::has_scope(const Uuid& scope) const { return generation(scope) != 0; }

std::uint32_t Keyring::generation(const Uuid& scope) const {
    Slot& slot = slot_of_thread();
    const Use use(slot);
    const auto keys = keys_of(slot, scope);
    return keys ? (*keys)->generation() : 0;
}

std::uint32_t Keyring::oldest_generation(const Uuid& scope) const {
    Slot& slot = slot_of_thread();
    const Use use(slot);
    const auto keys = keys_of(slot, scope);
    return keys ? (*keys)->oldest_generation() : 0;
}

std::vector<Uuid> Keyring::scopes() const {
    std::vector<Uuid> result;
    {
        Slot& slot = slot_of_thread();
        const Use use(slot);
        if (slot.bag) {
            for (const auto& [id, keys] : slot.bag->scopes) {
                if (!keys->is_destroyed()) {
                    result.push_back(id);
                }
            }
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

Result<crypto::SealedBytes> Keyring::seal(const Place& place, BytesView plaintext) const {
    Slot& slot = slot_of_thread();
    const Use use(slot);
    CH_TRY(const ScopeKeys* const keys, keys_of(slot, place.key.scope));
    if (keys->is_destroyed()) {
        return Error(Code::kDomainNotFound, "seal");
    }
    const Generation& newest = keys->sealing.back();
#ifdef CHATELAINE_TEST_BUILD
    if (is_switched_off()) {
        return leave_plain(newest.number, plaintext);
    }
#endif
    CH_TRY(auto cipher, crypto::AesGcm::create(record_key(newest.key, place)));
    return encrypt(cipher, newest.number, record_aad(place, newest.number).view(), plaintext);
}

Result<crypto::SecretBytes> Keyring::open_record(const Place& place,
                                                 const crypto::SealedBytes& sealed) const {
    Slot& slot = slot_of_thread();
    const Use use(slot);
    CH_TRY(const ScopeKeys* const keys, keys_of(slot, place.key.scope));
    if (keys->is_destroyed()) {
        return Error(Code::kDomainNotFound, "seal");
    }
    CH_TRY(const Head head, read_head(sealed.view(), "seal.open"));
#ifdef CHATELAINE_TEST_BUILD
    if (head.format == plain_format) {
        return crypto::SecretBytes::copy_of(sealed.view().subspan(head_bytes));
    }
#endif
    const crypto::SecretBytes* const key = keys->sealing_key(head.generation);
    if (key == nullptr) {
        return broken("seal.open");
    }
    CH_TRY(auto cipher, crypto::AesGcm::create(record_key(*key, place)));
    return decrypt(cipher, record_aad(place, head.generation).view(), sealed.view(), "seal.open");
}

Result<std::uint32_t> Keyring::sealed_generation(const crypto::SealedBytes& sealed) {
    CH_TRY(const Head head, read_head(sealed.view(), "seal.generation"));
    return head.generation;
}

Result<store::Term> Keyring::term(const Uuid& scope, std::string_view name,
                                  std::string_view value) const {
    // The name's length goes first, so that no two pairs give one message.
    const std::size_t size = 4 + name.size() + value.size();
    std::array<std::uint8_t, 512> small;
    Bytes large(size > small.size() ? size : 0);
    std::uint8_t* const message = large.empty() ? small.data() : large.data();
    for (std::size_t i = 0; i < 4; ++i) {
        message[i] = static_cast<std::uint8_t>(name.size() >> (8 * i));
    }
    std::copy(name.begin(), name.end(), message + 4);
    std::copy(value.begin(), value.end(), message + 4 + name.size());

    Slot& slot = slot_of_thread();
    const Use use(slot);
    const auto keys = keys_of(slot, scope);
    Result<store::Term> result = Error(Code::kDomainNotFound, "seal.term");
    if (!keys) {
        result = Error(keys.error().code(), "seal.term");
    } else if (!(*keys)->is_destroyed()) {
        const crypto::Sha256 mac = crypto::hmac_sha256((*keys)->index, BytesView(message, size));
        store::Term term;
        std::copy_n(mac.begin(), term.value.size(), term.value.begin());
        result = term;
    }
    wipe(message, size);  // a customer's name or path
    return result;
}

Result<crypto::AesGcm*> Keyring::audit_cipher(Slot& slot, const AuditPlace& place) {
    CH_TRY(const ScopeKeys* const keys, keys_of(slot, place.stream.scope));
    if (slot.contexts.empty()) {
        slot.contexts.resize(audit_context_sets * audit_context_ways);
    }
    const std::uint64_t block = place.first_sequence >> audit_block_bits;
    const std::size_t hash = std::hash<Uuid>{}(place.stream.scope) ^
                             (std::hash<Uuid>{}(place.stream.writer) * 31) ^ block;
    AuditContext* const set =
        &slot.contexts[(hash % audit_context_sets) * audit_context_ways];
    AuditContext* oldest = set;
    ++slot.uses;
    for (std::size_t i = 0; i < audit_context_ways; ++i) {
        AuditContext& context = set[i];
        if (context.cipher && context.block == block && context.stream == place.stream) {
            context.last_use = slot.uses;
            return &*context.cipher;
        }
        oldest = context.last_use < oldest->last_use ? &context : oldest;
    }
    Fixed<24> key_context;
    key_context.uuid(place.stream.writer).number(block, 8);
    const auto key = crypto::derive_key(keys->audit, "chatelaine audit 1", key_context.view());
    CH_TRY(auto cipher, crypto::AesGcm::create(key));
    oldest->stream = place.stream;
    oldest->block = block;
    oldest->last_use = slot.uses;
    oldest->cipher = std::move(cipher);
    return &*oldest->cipher;
}

Result<crypto::SealedBytes> Keyring::seal_audit(const AuditPlace& place,
                                                BytesView plaintext) const {
    Slot& slot = slot_of_thread();
    const Use use(slot);
    CH_TRY(crypto::AesGcm* const cipher, audit_cipher(slot, place));
#ifdef CHATELAINE_TEST_BUILD
    if (is_switched_off()) {
        return leave_plain(audit_generation, plaintext);
    }
#endif
    return encrypt(*cipher, audit_generation, audit_aad(place).view(), plaintext);
}

Result<crypto::SecretBytes> Keyring::open_audit(const AuditPlace& place,
                                                const crypto::SealedBytes& sealed) const {
    Slot& slot = slot_of_thread();
    const Use use(slot);
    CH_TRY(crypto::AesGcm* const cipher, audit_cipher(slot, place));
    CH_TRY(const Head head, read_head(sealed.view(), "seal.open_audit"));
#ifdef CHATELAINE_TEST_BUILD
    if (head.format == plain_format) {
        return crypto::SecretBytes::copy_of(sealed.view().subspan(head_bytes));
    }
#endif
    if (head.generation != audit_generation) {
        return broken("seal.open_audit");
    }
    return decrypt(*cipher, audit_aad(place).view(), sealed.view(), "seal.open_audit");
}

}  // namespace chatelaine::seal

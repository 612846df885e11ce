#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/any_key.hpp"
#include "crypto/jose.hpp"
#include "seal/reader.hpp"

/// One model for every managed object, whichever face made it. Its shapes are those of KMIP 1.x
/// (names, usage mask, dates, links, attributes with indices); a service key is such an object.
/// Numbers of the enumerations are KMIP's own (KMIP 1.4, section 9.1.3), so that nothing is mapped.

namespace chatelaine::objects {

enum class ObjectType : std::uint8_t {
    kCertificate = 1, kSymmetricKey = 2, kPublicKey = 3, kPrivateKey = 4, kSplitKey = 5,
    kTemplate = 6, kSecretData = 7, kOpaqueObject = 8, kPgpKey = 9, kCertificateRequest = 10
};

/// Cryptographic Usage Mask bits. Service keys use the first six.
namespace usage {
inline constexpr std::uint32_t kSign = 0x01, kVerify = 0x02, kEncrypt = 0x04, kDecrypt = 0x08,
                               kWrapKey = 0x10, kUnwrapKey = 0x20, kExport = 0x40,
                               kMacGenerate = 0x80, kMacVerify = 0x100, kDeriveKey = 0x200;
}  // namespace usage

enum class State : std::uint8_t {
    kPreActive = 1, kActive = 2, kDeactivated = 3, kCompromised = 4, kDestroyed = 5,
    kDestroyedCompromised = 6
};
std::string_view state_name(State state);  ///< "pre_active" … as OKMS REST writes it
std::optional<State> state_from_name(std::string_view name);
/// The conditions on dates under which an object is in `state` at `now`: lists and Locate use the
/// same predicate that state() computes.
std::vector<store::DateCondition> state_conditions(State state, WallTime now);

enum class RevocationReason : std::uint8_t {
    kNone = 0, kUnspecified = 1, kKeyCompromise = 2, kCaCompromise = 3, kAffiliationChanged = 4,
    kSuperseded = 5, kCessationOfOperation = 6, kPrivilegeWithdrawn = 7
};
std::optional<RevocationReason> revocation_reason_from_name(std::string_view name);
std::string_view revocation_reason_name(RevocationReason reason);  ///< empty for kNone

struct Name {
    std::string value;
    std::uint8_t type = 1;  ///< 1 uninterpreted text string, 2 URI
    std::uint32_t index = 0;  ///< KMIP Attribute Index: kept when others go
};
struct Link {
    std::uint32_t type = 0;  ///< KMIP Link Type
    ObjectId object;
    std::uint32_t index = 0;  ///< KMIP Attribute Index
};
/// Any other attribute, with its value in KMIP's own encoding: kept exactly, index included.
struct Attribute {
    std::string name;
    std::uint32_t index = 0;
    Bytes value;
};

/// Is each value of this attribute a blind term of the record, so that Locate finds it without
/// opening what does not match? Custom attributes are, and those of the standard that are searched.
bool indexed_attribute(std::string_view name);
/// The term of a link: name and value for seal::Reader::term.
std::string link_term(std::uint32_t type, const ObjectId& object);
/// Names, links and attributes of one object, so that its terms stay under their limit.
inline constexpr std::size_t attribute_instances_max = 200;

/// One version of the key's material. Version numbers start at 1 and never come back.
struct Material {
    std::uint32_t version = 1;
    std::uint32_t format = 1;   ///< KMIP Key Format Type: 1 Raw, 4 PKCS#8, 5 X.509 (SPKI)
    crypto::SecretBytes bytes;  ///< symmetric: raw; private: PKCS#8 DER; public: SPKI DER
    WallTime created;
    std::optional<WallTime> destroyed;
};

/// Older versions of one key that are kept ready: all that a signature which names none is tried
/// with, so that trying them again opens no records.
inline constexpr std::size_t key_versions_kept = 32;

/// When a key gets a new version by itself: at the first encryption or signature after either.
struct Rotation {
    std::uint32_t period_days = 0;  ///< of the newest version's age; 0: none
    std::uint64_t uses_max = 0;     ///< encryptions and signatures by one version; 0: not counted
    bool refuse_at_max = false;     ///< uses are refused at uses_max, and nothing is rotated
    bool any() const { return period_days != 0 || uses_max != 0; }
    bool operator==(const Rotation&) const = default;
};

/// What one thread keeps ready to use a key: cipher contexts, parsed keys. Made on first use.
struct PreparedKey {
    std::optional<crypto::DirectJwe> ciphertext;
    std::optional<crypto::DirectJwe> data_key;
    std::optional<crypto::AesGcm> gcm;  ///< KMIP's, without an envelope
};

/// Immutable once shared through the cache; a change is made on a copy from clone().
struct ManagedObject {
    static constexpr store::Kind kind = store::Kind::kManagedObject;
    /// kStoreCorrupt also when the dates in the row are not those of the sealed record.
    static Result<std::shared_ptr<const ManagedObject>> decode(const seal::Origin&, BytesView);
    /// The sealed record's plaintext; `out` holds key material: wipe it.
    void encode(Bytes& out) const;
    std::shared_ptr<ManagedObject> clone() const;
    /// The change that writes this object over the version it was read at (or creates it).
    seal::RecordChange to_change() const;

    seal::Origin origin;  ///< version 0 until stored
    ObjectId id;
    DomainId domain;
    ObjectType type = ObjectType::kSymmetricKey;
    std::vector<Name> names;
    std::string context;
    crypto::KeyType key_type = crypto::KeyType::kOct;
    std::uint32_t algorithm = 3;  ///< KMIP Cryptographic Algorithm: 3 AES, 4 RSA, 6 ECDSA, 0x1A EC
    std::uint32_t bits = 0;
    std::optional<crypto::Curve> curve;
    std::uint32_t usage_mask = 0;
    bool pair = false;  ///< a service key of class KEY_PAIR: private and public under one id
    bool extractable = false, never_extractable = true, sensitive = true, always_sensitive = true;
    std::string protection_level = "SOFTWARE";

    WallTime initial_date;
    std::optional<WallTime> original_creation, activation, deactivation, process_start,
        protect_stop, compromise, compromise_occurrence, destroy, archive;
    WallTime last_change;
    RevocationReason revocation_reason = RevocationReason::kNone;
    std::string revocation_message;

    std::uint32_t newest_version = 1;
    Material material;  ///< of the newest version; bytes empty once destroyed
    /// Older versions lie sealed under this in records of their own, so that destroying the key
    /// destroys them with it. Empty before the first rotation, and once destroyed.
    crypto::SecretBytes version_key;
    std::uint32_t minimum_version = 1;  ///< older ones are refused
    Rotation rotation;
    /// Uses of the newest version that are accounted for, ahead of being made: it only grows.
    std::uint64_t uses_reserved = 0;
    /// The object as KMIP brought it, an encoded structure (Symmetric Key, Certificate): given back
    /// byte for byte. Empty for what was made here, and once destroyed.
    crypto::SecretBytes registered;
    std::vector<Link> links;
    std::vector<Attribute> attributes;

    State state(WallTime now) const;
    store::Dates dates() const;

    /// The calling thread's prepared key. Slots go by metrics::thread_slot(), which two threads may
    /// share, so the caller holds the slot's lock while it uses what is in it.
    struct alignas(64) Slot {
        std::mutex mutex;
        PreparedKey key;
    };
    Slot& slot() const;
    /// Views of this key with an older version's material that were used of late (load_version);
    /// they go when the key changes, as everything prepared does. Threads: any.
    std::shared_ptr<const ManagedObject> kept_version(std::uint32_t version) const;
    void keep_version(std::shared_ptr<const ManagedObject> view) const;
    /// The asymmetric key, parsed once and shared; kCryptoFailed when the material does not parse.
    Result<crypto::PrivateKey> private_key() const;
    Result<crypto::PublicKey> public_key() const;
    /// The same for keys that a service key cannot be: other curves, RSA of 1024 bits. A
    /// certificate's key is its public one.
    Result<crypto::AnyPrivateKey> any_private_key() const;
    Result<crypto::AnyPublicKey> any_public_key() const;

private:
    /// Made at the first use: most cached objects are only looked at, and slots take kilobytes.
    using Slots = std::array<Slot, metrics::slot_count>;
    mutable std::atomic<Slots*> slots_{nullptr};
    mutable std::unique_ptr<Slots> slots_owner_;
    mutable std::mutex parse_mutex_;
    mutable std::optional<crypto::PrivateKey> private_key_;
    mutable std::optional<crypto::PublicKey> public_key_;
    mutable std::optional<crypto::AnyPrivateKey> any_private_key_;
    mutable std::optional<crypto::AnyPublicKey> any_public_key_;
    mutable std::vector<std::shared_ptr<const ManagedObject>> versions_;
    mutable std::size_t versions_next_ = 0;
};

}  // namespace chatelaine::objects

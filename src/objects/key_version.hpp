#pragma once

#include "objects/key_rules.hpp"

/// Versions of one key: older ones in records of their own, found by number alone, so that a key of
/// 10,000 versions is used as one of a single version is. Private to the room.

namespace chatelaine::objects {

inline constexpr std::uint32_t key_versions_max = 100'000;

/// An older version of a key. Its material is sealed under the key's version_key, which lies in the
/// key's own record: without that record, or once it is destroyed, this one opens nothing.
struct KeyVersion {
    static constexpr store::Kind kind = store::Kind::kKeyVersion;
    static Result<std::shared_ptr<const KeyVersion>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::RecordChange to_change() const;

    seal::Origin origin;
    DomainId domain;
    ObjectId key;
    std::uint32_t version = 0;
    std::uint32_t format = 1;  ///< KMIP Key Format Type, as Material has it
    WallTime created, replaced;
    std::optional<WallTime> destroyed;
    crypto::SealedBytes sealed;  ///< empty once destroyed
};

/// The record id of a version: the first 16 bytes of SHA-256 over the key's id and the number.
Uuid key_version_id(const ObjectId& key, std::uint32_t version);

/// What tokens name a version by: the key's id, with ".N" behind it from the second version on. A
/// key that was never rotated makes the tokens that it always made.
std::string version_kid(const ObjectId& key, std::uint32_t version);
/// The version that such a text names; nothing when it is no version of this key.
std::optional<std::uint32_t> version_of_kid(const ObjectId& key, std::string_view kid);

/// The `kid` of a compact JWE's header, as this service writes headers; empty when there is none.
/// A hint: which version to try. DirectJwe compares the whole header.
std::string kid_of_jwe(std::string_view token);

/// The record of an older version; kInvalidArgument("version") when the key never had it.
Result<std::shared_ptr<const KeyVersion>> load_version_record(seal::Reader& reader,
                                                              const ManagedObject& object,
                                                              std::uint32_t version);
/// The key with the material of `version` in place of the newest: what a use of that version works
/// with. Its state is the key's own to tell. kWrongState when the version is destroyed or under the
/// key's minimum.
Result<std::shared_ptr<const ManagedObject>> load_version(
    seal::Reader& reader, const std::shared_ptr<const ManagedObject>& object,
    std::uint32_t version);

/// May this key have versions? kWrongKeyType, and why not, for what has its material elsewhere too
/// (halves of a KMIP pair, objects that are given back as they were brought), and for transport
/// keys.
Result<void> require_rotatable(const ManagedObject& object);
/// The key with new material, and the two changes that make it so. kWouldBlock on a loop for RSA.
struct Rotated {
    std::shared_ptr<const ManagedObject> key;
    std::vector<seal::RecordChange> changes;
};
Result<Rotated> rotate(const ManagedObject& object, Services& services);

/// What encrypting or signing with a key takes first.
struct Protecting {
    std::shared_ptr<const ManagedObject> key;  ///< to protect with: perhaps a version just made
    std::vector<seal::RecordChange> changes;   ///< to commit with the use
    std::function<void()> then;                ///< for Outcome::then
};
/// Rotates a key whose time or number of uses has come, and accounts for `uses` of it. kWrongState
/// when its uses are used up and it is not to rotate. Costs a comparison without a schedule.
Result<Protecting> protect_with(std::shared_ptr<const ManagedObject> object, std::uint64_t uses,
                                Services& services);

}  // namespace chatelaine::objects

#include "objects/key_version.hpp"

#include <algorithm>
#include <charconv>

#include "base/codec.hpp"
#include "base/encoding.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "objects/use_ledger.hpp"

namespace chatelaine::objects {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kWhere = "objects.version";
constexpr std::size_t kVersionKeyBytes = 32;
constexpr std::int64_t kDaySeconds = 24 * 3600;
constexpr std::uint32_t kAes = 3;

namespace field {
// On disk: a number is never used for another meaning.
constexpr std::uint16_t kKey = 1, kDomain = 2, kVersion = 3, kMaterialFormat = 4, kCreated = 5,
                        kReplaced = 6, kDestroyed = 7, kSealed = 8;
}  // namespace field

/// The key's id and the number: what a record's id is made of, and what the seal binds.
Bytes name_of(const ObjectId& key, std::uint32_t version) {
    const BytesView id = key.uuid.view();
    Bytes name(id.begin(), id.end());
    for (unsigned shift = 0; shift < 32; shift += 8) {
        name.push_back(static_cast<std::uint8_t>(version >> shift));
    }
    return name;
}

Result<void> decode_field(KeyVersion& version, const Field& in) {
    switch (in.number) {
        case field::kKey: {
            CH_TRY(version.key, in.id<struct ObjectTag>());
            break;
        }
        case field::kDomain: {
            CH_TRY(version.domain, in.id<struct DomainTag>());
            break;
        }
        case field::kVersion: {
            CH_TRY(version.version, in.u32());
            break;
        }
        case field::kMaterialFormat: {
            CH_TRY(version.format, in.u32());
            break;
        }
        case field::kCreated: {
            CH_TRY(version.created, in.time());
            break;
        }
        case field::kReplaced: {
            CH_TRY(version.replaced, in.time());
            break;
        }
        case field::kDestroyed: {
            CH_TRY(version.destroyed, in.time());
            break;
        }
        case field::kSealed:
            version.sealed =
                crypto::SealedBytes::from_stored(Bytes(in.value.begin(), in.value.end()));
            break;
    }
    return ok();
}

Error no_such_version(std::uint32_t newest) {
    return Error::invalid(kWhere, "version",
                          "expected 1 to " + std::to_string(newest) + ", the key's newest");
}

/// Seals the newest material away as an older version.
Result<seal::RecordChange> put_away(const ManagedObject& object,
                                    const crypto::SecretBytes& version_key, WallTime now) {
    KeyVersion old;
    old.domain = object.domain;
    old.key = object.id;
    old.version = object.newest_version;
    old.origin.key = {object.domain.uuid, KeyVersion::kind, key_version_id(old.key, old.version)};
    old.format = object.material.format;
    old.created = object.material.created;
    old.replaced = now;
    CH_TRY(old.sealed,
           object.material.bytes.with_exposed(
               crypto::insecure_expose_secret(), [&](BytesView bytes) {
                   return crypto::seal(version_key, name_of(old.key, old.version), bytes);
               }));
    return old.to_change();
}

Result<crypto::SecretBytes> new_material(const ManagedObject& object, Services& services) {
    if (object.key_type == crypto::KeyType::kOct) {
        return crypto::random_secret(object.bits / 8);
    }
    if (object.key_type == crypto::KeyType::kEc) {
        CH_TRY(const auto key, crypto::PrivateKey::generate_ec(*object.curve));
        return key.to_pkcs8();
    }
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, kWhere);
    }
    CH_TRY(const auto key, crypto::PrivateKey::generate_rsa(object.bits));
    return key.to_pkcs8();
}

/// The server gives these attributes to what KMIP makes, and to nothing else.
bool made_over_kmip(const ManagedObject& object) {
    return std::any_of(object.attributes.begin(), object.attributes.end(),
                       [](const Attribute& each) {
                           return each.name == "Digest" || each.name == "Fresh";
                       });
}

bool has_aged(const ManagedObject& object, WallTime now) {
    const std::int64_t days = object.rotation.period_days;
    return days != 0 && object.material.created.plus_seconds(days * kDaySeconds) <= now;
}

/// Makes `uses` more durable before they are made, a run of them at once.
void reserve(Protecting& made, std::uint64_t uses) {
    const ManagedObject& object = *made.key;
    const std::uint64_t left = object.rotation.uses_max - object.uses_reserved;
    const std::uint64_t run = std::min(left, std::max(uses, UseLedger::run_of(object.rotation)));
    auto changed = object.clone();
    changed->uses_reserved += run;
    // A rotation is written with its reservation in one change.
    if (!made.changes.empty()) {
        made.changes.pop_back();
    }
    made.changes.push_back(changed->to_change());
    made.then = [id = object.id, version = object.newest_version, spare = run - uses] {
        UseLedger::process().grant(id, version, spare);
    };
    made.key = std::move(changed);
}

}  // namespace

void KeyVersion::encode(Bytes& out) const {
    FieldWriter writer(out, kFormat);
    writer.id(field::kKey, key);
    writer.id(field::kDomain, domain);
    writer.u32(field::kVersion, version);
    writer.u32(field::kMaterialFormat, format);
    writer.time(field::kCreated, created);
    writer.time(field::kReplaced, replaced);
    writer.time(field::kDestroyed, destroyed);
    if (sealed.size() != 0) {
        writer.bytes(field::kSealed, sealed.view());
    }
}

seal::RecordChange KeyVersion::to_change() const {
    seal::RecordChange change;
    change.key = origin.key;
    change.expected_version = origin.version;
    Bytes plain;
    encode(plain);
    change.plaintext = crypto::SecretBytes::copy_of(plain);
    return change;
}

Result<std::shared_ptr<const KeyVersion>> KeyVersion::decode(const seal::Origin& from,
                                                             BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto version = std::make_shared<KeyVersion>();
    version->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            break;
        }
        CH_TRY_VOID(decode_field(*version, *in));
    }
    if (key_version_id(version->key, version->version) != from.key.id ||
        version->domain.uuid != from.key.scope) {
        return Error(Code::kStoreCorrupt, kWhere,
                     "the record holds another version than its key says");
    }
    return std::shared_ptr<const KeyVersion>(std::move(version));
}

Uuid key_version_id(const ObjectId& key, std::uint32_t version) {
    const crypto::Sha256 digest = crypto::sha256(name_of(key, version));
    return Uuid::from_octets(BytesView(digest).first(16));
}

std::string version_kid(const ObjectId& key, std::uint32_t version) {
    std::string kid = key.to_string();
    if (version > 1) {
        kid.append(".").append(std::to_string(version));
    }
    return kid;
}

std::string kid_of_jwe(std::string_view token) {
    constexpr std::size_t kHeaderMax = 512;
    constexpr std::string_view kMember = "\"kid\":\"";
    const std::string_view header = token.substr(0, token.find('.'));
    if (header.size() > kHeaderMax) {
        return {};
    }
    const auto text = decode_base64url(header);
    if (!text) {
        return {};
    }
    const std::string_view json = as_text(*text);
    const std::size_t at = json.find(kMember);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = json.substr(at + kMember.size());
    return std::string(rest.substr(0, rest.find('"')));
}

std::optional<std::uint32_t> version_of_kid(const ObjectId& key, std::string_view kid) {
    const std::string id = key.to_string();
    if (!kid.starts_with(id)) {
        return std::nullopt;
    }
    kid.remove_prefix(id.size());
    if (kid.empty()) {
        return 1;
    }
    std::uint32_t version = 0;
    const char* const end = kid.data() + kid.size();
    const auto read = std::from_chars(kid.data() + 1, end, version);
    const bool good = kid.front() == '.' && read.ec == std::errc{} && read.ptr == end;
    return good && version > 1 ? std::optional(version) : std::nullopt;
}

Result<std::shared_ptr<const KeyVersion>> load_version_record(seal::Reader& reader,
                                                              const ManagedObject& object,
                                                              std::uint32_t version) {
    if (version == 0 || version >= object.newest_version) {
        return no_such_version(object.newest_version);
    }
    CH_TRY(auto record, reader.load<KeyVersion>(object.domain.uuid,
                                                key_version_id(object.id, version)));
    if (!record) {
        return Error(Code::kStoreCorrupt, kWhere, "a version's record is missing");
    }
    return record;
}

Result<std::shared_ptr<const ManagedObject>> load_version(
    seal::Reader& reader, const std::shared_ptr<const ManagedObject>& object,
    std::uint32_t version) {
    if (version == object->newest_version) {
        return object;
    }
    if (version < object->minimum_version && version != 0) {
        return Error(Code::kWrongState, kWhere,
                     "version " + std::to_string(version) + " is under the key's minimum, " +
                         std::to_string(object->minimum_version));
    }
    if (auto kept = object->kept_version(version)) {
        return kept;
    }
    CH_TRY(const auto record, load_version_record(reader, *object, version));
    if (record->destroyed) {
        return Error(Code::kWrongState, kWhere,
                     "version " + std::to_string(version) + " of the key is destroyed");
    }
    auto view = std::make_shared<ManagedObject>();
    view->origin = object->origin;
    view->id = object->id;
    view->domain = object->domain;
    view->type = object->type;
    view->key_type = object->key_type;
    view->algorithm = object->algorithm;
    view->bits = object->bits;
    view->curve = object->curve;
    view->material.version = version;
    view->material.format = record->format;
    CH_TRY(view->material.bytes,
           crypto::unseal(object->version_key, name_of(object->id, version), record->sealed));
    object->keep_version(view);
    return std::shared_ptr<const ManagedObject>(std::move(view));
}

Result<void> require_rotatable(const ManagedObject& object) {
    if (!object.registered.empty()) {
        return Error(Code::kWrongKeyType, kWhere,
                     "the key is given back over KMIP as it was brought: make a new one instead");
    }
    if (made_over_kmip(object)) {
        return Error(Code::kWrongKeyType, kWhere,
                     "the key was made over KMIP, whose ciphertexts name no version: what it "
                     "encrypted would not open any more; use KMIP's Re-key instead");
    }
    const bool aes = object.type == ObjectType::kSymmetricKey && object.algorithm == kAes;
    const bool signs = object.type == ObjectType::kPrivateKey && object.pair &&
                       object.key_type != crypto::KeyType::kOct &&
                       (object.usage_mask & (usage::kWrapKey | usage::kUnwrapKey)) == 0;
    if (!aes && !signs) {
        return Error(Code::kWrongKeyType, kWhere,
                     "AES keys and signing keys of class KEY_PAIR have versions; others do not");
    }
    return ok();
}

Result<Rotated> rotate(const ManagedObject& object, Services& services) {
    CH_TRY_VOID(require_rotatable(object));
    if (object.newest_version >= key_versions_max) {
        return Error(Code::kWrongState, kWhere, "the key has 100000 versions, which is the most");
    }
    auto changed = object.clone();
    if (changed->version_key.empty()) {
        changed->version_key = crypto::random_secret(kVersionKeyBytes);
    }
    Rotated made;
    CH_TRY(auto old, put_away(object, changed->version_key, services.now));
    CH_TRY(changed->material.bytes, new_material(object, services));
    ++changed->newest_version;
    changed->material.version = changed->newest_version;
    changed->material.created = services.now;
    changed->uses_reserved = 0;
    changed->last_change = services.now;
    made.changes.push_back(std::move(old));
    made.changes.push_back(changed->to_change());
    made.key = std::move(changed);
    return made;
}

Result<Protecting> protect_with(std::shared_ptr<const ManagedObject> object, std::uint64_t uses,
                                Services& services) {
    Protecting made;
    made.key = std::move(object);
    if (!made.key->rotation.any()) {
        return made;
    }
    const Rotation rotation = made.key->rotation;
    const bool counted = rotation.uses_max != 0;
    if (counted && uses > rotation.uses_max) {
        return Error(Code::kWrongState, "objects.use", "more uses at once than a version may have");
    }
    bool aged = has_aged(*made.key, services.now);
    // A lowered maximum holds at once, whatever was reserved under the one before.
    const bool within = made.key->uses_reserved <= rotation.uses_max;
    if (!aged && counted && within &&
        UseLedger::process().take(made.key->id, made.key->newest_version, uses)) {
        return made;
    }
    if (!aged && counted && made.key->uses_reserved + uses > rotation.uses_max) {
        if (rotation.refuse_at_max) {
            return Error(Code::kWrongState, "objects.use",
                         "the key's newest version has been used as often as it may: rotate it");
        }
        aged = true;
    }
    if (aged) {
        CH_TRY(Rotated rotated, rotate(*made.key, services));
        made.key = std::move(rotated.key);
        made.changes = std::move(rotated.changes);
    }
    if (counted) {
        reserve(made, uses);
    }
    return made;
}

}  // namespace chatelaine::objects

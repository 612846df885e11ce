// The sealed record of a managed object. docs/formats-objects.md has the same numbers for readers.
#include "base/codec.hpp"
#include "objects/managed_object.hpp"

namespace chatelaine::objects {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kWhere = "objects.decode";
constexpr std::size_t kFieldHeader = 6;

namespace field {
// On disk: a number is never used for another meaning.
constexpr std::uint16_t kId = 1, kDomain = 2, kType = 3, kName = 4, kContext = 5, kKeyType = 6,
                        kAlgorithm = 7, kBits = 8, kCurve = 9, kUsageMask = 10, kFlags = 11,
                        kProtectionLevel = 12;
constexpr std::uint16_t kInitialDate = 20, kOriginalCreation = 21, kActivation = 22,
                        kDeactivation = 23, kProcessStart = 24, kProtectStop = 25,
                        kCompromise = 26, kCompromiseOccurrence = 27, kDestroy = 28, kArchive = 29,
                        kLastChange = 30, kRevocationReason = 31, kRevocationMessage = 32;
constexpr std::uint16_t kNewestVersion = 40, kMaterialVersion = 41, kMaterialFormat = 42,
                        kMaterialBytes = 43, kMaterialCreated = 44, kMaterialDestroyed = 45,
                        kRegistered = 46;
// The index fields go with the name or link before them; absent for 0.
constexpr std::uint16_t kLink = 50, kAttribute = 51, kNameIndex = 52, kLinkIndex = 53;
// Absent for a key that was never rotated and has no schedule.
constexpr std::uint16_t kVersionKey = 60, kMinimumVersion = 61, kPeriodDays = 62, kUsesMax = 63,
                        kRefuseAtMax = 64, kUsesReserved = 65;
}  // namespace field

namespace flag {
constexpr std::uint32_t kPair = 1, kExtractable = 2, kNeverExtractable = 4, kSensitive = 8,
                        kAlwaysSensitive = 16;
}  // namespace flag

Error corrupt(std::string message) {
    return Error(Code::kStoreCorrupt, kWhere, std::move(message));
}

void put_u32(Bytes& out, std::uint32_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

std::uint32_t get_u32(BytesView bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i > 0; --i) {
        value = value << 8 | bytes[i - 1];
    }
    return value;
}

/// At least what encode() appends: a growing vector would leave copies of the key behind in freed
/// memory that nobody wipes.
std::size_t encoded_bytes_max(const ManagedObject& object) {
    constexpr std::size_t kSingleFields = 64;
    std::size_t size = 1 + kSingleFields * (kFieldHeader + 16);
    size += object.context.size() + object.protection_level.size();
    size += object.revocation_message.size() + object.material.bytes.size();
    size += object.registered.size() + 2 * kFieldHeader;
    size += object.version_key.size() + kFieldHeader;
    for (const Name& name : object.names) {
        size += kFieldHeader + 1 + name.value.size() + kFieldHeader + 4;
    }
    size += object.links.size() * (kFieldHeader + 4 + 16 + kFieldHeader + 4);
    for (const Attribute& attribute : object.attributes) {
        size += kFieldHeader + 8 + attribute.name.size() + attribute.value.size();
    }
    return size;
}

std::uint32_t flags_of(const ManagedObject& object) {
    return (object.pair ? flag::kPair : 0u) | (object.extractable ? flag::kExtractable : 0u) |
           (object.never_extractable ? flag::kNeverExtractable : 0u) |
           (object.sensitive ? flag::kSensitive : 0u) |
           (object.always_sensitive ? flag::kAlwaysSensitive : 0u);
}

void set_flags(ManagedObject& object, std::uint32_t flags) {
    object.pair = (flags & flag::kPair) != 0;
    object.extractable = (flags & flag::kExtractable) != 0;
    object.never_extractable = (flags & flag::kNeverExtractable) != 0;
    object.sensitive = (flags & flag::kSensitive) != 0;
    object.always_sensitive = (flags & flag::kAlwaysSensitive) != 0;
}

void encode_repeated(FieldWriter& out, const ManagedObject& object) {
    Bytes value;
    for (const Name& name : object.names) {
        value.assign(1, name.type);
        const BytesView text = as_bytes(name.value);
        value.insert(value.end(), text.begin(), text.end());
        out.bytes(field::kName, value);
        if (name.index != 0) {
            out.u32(field::kNameIndex, name.index);
        }
    }
    for (const Link& link : object.links) {
        value.clear();
        put_u32(value, link.type);
        const BytesView target = link.object.uuid.view();
        value.insert(value.end(), target.begin(), target.end());
        out.bytes(field::kLink, value);
        if (link.index != 0) {
            out.u32(field::kLinkIndex, link.index);
        }
    }
    for (const Attribute& attribute : object.attributes) {
        value.clear();
        put_u32(value, attribute.index);
        put_u32(value, static_cast<std::uint32_t>(attribute.name.size()));
        const BytesView name = as_bytes(attribute.name);
        value.insert(value.end(), name.begin(), name.end());
        value.insert(value.end(), attribute.value.begin(), attribute.value.end());
        out.bytes(field::kAttribute, value);
    }
}

void encode_dates(FieldWriter& out, const ManagedObject& object) {
    out.time(field::kInitialDate, object.initial_date);
    out.time(field::kOriginalCreation, object.original_creation);
    out.time(field::kActivation, object.activation);
    out.time(field::kDeactivation, object.deactivation);
    out.time(field::kProcessStart, object.process_start);
    out.time(field::kProtectStop, object.protect_stop);
    out.time(field::kCompromise, object.compromise);
    out.time(field::kCompromiseOccurrence, object.compromise_occurrence);
    out.time(field::kDestroy, object.destroy);
    out.time(field::kArchive, object.archive);
    out.time(field::kLastChange, object.last_change);
}

/// A number that must lie in first..last of an enumeration.
Result<std::uint32_t> bounded(const Field& in, std::uint32_t first, std::uint32_t last) {
    CH_TRY(const std::uint32_t value, in.u32());
    if (value < first || value > last) {
        return corrupt("field " + std::to_string(in.number) + " has an unknown value");
    }
    return value;
}

Result<void> decode_identity(ManagedObject& object, const Field& in) {
    switch (in.number) {
        case field::kId: {
            CH_TRY(object.id, in.id<struct ObjectTag>());
            return ok();
        }
        case field::kDomain: {
            CH_TRY(object.domain, in.id<struct DomainTag>());
            return ok();
        }
        case field::kType: {
            CH_TRY(const std::uint32_t value, bounded(in, 1, 10));
            object.type = static_cast<ObjectType>(value);
            return ok();
        }
        case field::kContext: object.context = in.text(); return ok();
        case field::kKeyType: {
            CH_TRY(const auto value,
                   bounded(in, 0, static_cast<std::uint32_t>(crypto::KeyType::kEnd) - 1));
            object.key_type = static_cast<crypto::KeyType>(value);
            return ok();
        }
        case field::kAlgorithm: {
            CH_TRY(object.algorithm, in.u32());
            return ok();
        }
        case field::kBits: {
            CH_TRY(object.bits, in.u32());
            return ok();
        }
        case field::kCurve: {
            CH_TRY(const auto value,
                   bounded(in, 0, static_cast<std::uint32_t>(crypto::Curve::kEnd) - 1));
            object.curve = static_cast<crypto::Curve>(value);
            return ok();
        }
        case field::kUsageMask: {
            CH_TRY(object.usage_mask, in.u32());
            return ok();
        }
        case field::kFlags: {
            CH_TRY(const std::uint32_t value, in.u32());
            set_flags(object, value);
            return ok();
        }
        case field::kProtectionLevel: object.protection_level = in.text(); return ok();
    }
    return ok();  // a field of a later build
}

Result<void> decode_date(ManagedObject& object, const Field& in) {
    CH_TRY(const WallTime time, in.time());
    switch (in.number) {
        case field::kInitialDate: object.initial_date = time; break;
        case field::kOriginalCreation: object.original_creation = time; break;
        case field::kActivation: object.activation = time; break;
        case field::kDeactivation: object.deactivation = time; break;
        case field::kProcessStart: object.process_start = time; break;
        case field::kProtectStop: object.protect_stop = time; break;
        case field::kCompromise: object.compromise = time; break;
        case field::kCompromiseOccurrence: object.compromise_occurrence = time; break;
        case field::kDestroy: object.destroy = time; break;
        case field::kArchive: object.archive = time; break;
        case field::kLastChange: object.last_change = time; break;
        case field::kMaterialCreated: object.material.created = time; break;
        case field::kMaterialDestroyed: object.material.destroyed = time; break;
    }
    return ok();
}

Result<void> decode_repeated(ManagedObject& object, const Field& in) {
    if (in.number == field::kName) {
        if (in.value.empty()) {
            return corrupt("a name is cut off");
        }
        object.names.push_back({std::string(as_text(in.value.subspan(1))), in.value[0], 0});
    } else if (in.number == field::kLink) {
        if (in.value.size() != 20) {
            return corrupt("a link has a wrong length");
        }
        object.links.push_back(
            {get_u32(in.value), ObjectId{Uuid::from_octets(in.value.subspan(4))}, 0});
    } else if (in.number == field::kNameIndex || in.number == field::kLinkIndex) {
        CH_TRY(const std::uint32_t index, in.u32());
        if (in.number == field::kNameIndex ? object.names.empty() : object.links.empty()) {
            return corrupt("an index stands before what it is of");
        }
        (in.number == field::kNameIndex ? object.names.back().index : object.links.back().index) =
            index;
    } else {
        if (in.value.size() < 8 || get_u32(in.value.subspan(4)) > in.value.size() - 8) {
            return corrupt("an attribute is cut off");
        }
        const std::size_t name_bytes = get_u32(in.value.subspan(4));
        const BytesView value = in.value.subspan(8 + name_bytes);
        object.attributes.push_back({std::string(as_text(in.value.subspan(8, name_bytes))),
                                     get_u32(in.value), Bytes(value.begin(), value.end())});
    }
    return ok();
}

void encode_versions(FieldWriter& out, const ManagedObject& object) {
    if (!object.version_key.empty()) {
        object.version_key.with_exposed(
            crypto::insecure_expose_secret(),
            [&](BytesView bytes) { out.bytes(field::kVersionKey, bytes); });
    }
    if (object.minimum_version > 1) {
        out.u32(field::kMinimumVersion, object.minimum_version);
    }
    if (object.rotation.any()) {
        out.u32(field::kPeriodDays, object.rotation.period_days);
        out.u64(field::kUsesMax, object.rotation.uses_max);
        out.flag(field::kRefuseAtMax, object.rotation.refuse_at_max);
    }
    if (object.uses_reserved != 0) {
        out.u64(field::kUsesReserved, object.uses_reserved);
    }
}

Result<void> decode_versions(ManagedObject& object, const Field& in) {
    switch (in.number) {
        case field::kVersionKey:
            object.version_key = crypto::SecretBytes::copy_of(in.value);
            break;
        case field::kMinimumVersion: {
            CH_TRY(object.minimum_version, in.u32());
            break;
        }
        case field::kPeriodDays: {
            CH_TRY(object.rotation.period_days, in.u32());
            break;
        }
        case field::kUsesMax: {
            CH_TRY(object.rotation.uses_max, in.u64());
            break;
        }
        case field::kRefuseAtMax: {
            CH_TRY(object.rotation.refuse_at_max, in.flag());
            break;
        }
        case field::kUsesReserved: {
            CH_TRY(object.uses_reserved, in.u64());
            break;
        }
    }
    return ok();
}

Result<void> decode_material(ManagedObject& object, const Field& in) {
    switch (in.number) {
        case field::kRevocationReason: {
            CH_TRY(const std::uint32_t value, bounded(in, 0, 7));
            object.revocation_reason = static_cast<RevocationReason>(value);
            break;
        }
        case field::kRevocationMessage: object.revocation_message = in.text(); break;
        case field::kNewestVersion: {
            CH_TRY(object.newest_version, in.u32());
            break;
        }
        case field::kMaterialVersion: {
            CH_TRY(object.material.version, in.u32());
            break;
        }
        case field::kMaterialFormat: {
            CH_TRY(object.material.format, in.u32());
            break;
        }
        case field::kMaterialBytes:
            object.material.bytes = crypto::SecretBytes::copy_of(in.value);
            break;
        case field::kRegistered:
            object.registered = crypto::SecretBytes::copy_of(in.value);
            break;
    }
    return ok();
}

Result<void> decode_field(ManagedObject& object, const Field& in) {
    switch (in.number) {
        case field::kName:
        case field::kLink:
        case field::kNameIndex:
        case field::kLinkIndex:
        case field::kAttribute: return decode_repeated(object, in);
        case field::kRevocationReason:
        case field::kRevocationMessage:
        case field::kNewestVersion:
        case field::kMaterialVersion:
        case field::kMaterialFormat:
        case field::kRegistered:
        case field::kMaterialBytes: return decode_material(object, in);
        case field::kMaterialCreated:
        case field::kMaterialDestroyed: return decode_date(object, in);
    }
    if (in.number >= field::kVersionKey && in.number <= field::kUsesReserved) {
        return decode_versions(object, in);
    }
    const bool date = in.number >= field::kInitialDate && in.number <= field::kLastChange;
    return date ? decode_date(object, in) : decode_identity(object, in);
}

}  // namespace

void ManagedObject::encode(Bytes& out) const {
    out.reserve(out.size() + encoded_bytes_max(*this));
    FieldWriter writer(out, kFormat);
    writer.id(field::kId, id);
    writer.id(field::kDomain, domain);
    writer.u32(field::kType, static_cast<std::uint32_t>(type));
    writer.text(field::kContext, context);
    writer.u32(field::kKeyType, static_cast<std::uint32_t>(key_type));
    writer.u32(field::kAlgorithm, algorithm);
    writer.u32(field::kBits, bits);
    if (curve) {
        writer.u32(field::kCurve, static_cast<std::uint32_t>(*curve));
    }
    writer.u32(field::kUsageMask, usage_mask);
    writer.u32(field::kFlags, flags_of(*this));
    writer.text(field::kProtectionLevel, protection_level);
    encode_dates(writer, *this);
    writer.u32(field::kRevocationReason, static_cast<std::uint32_t>(revocation_reason));
    writer.text(field::kRevocationMessage, revocation_message);
    writer.u32(field::kNewestVersion, newest_version);
    writer.u32(field::kMaterialVersion, material.version);
    writer.u32(field::kMaterialFormat, material.format);
    writer.time(field::kMaterialCreated, material.created);
    writer.time(field::kMaterialDestroyed, material.destroyed);
    encode_repeated(writer, *this);
    encode_versions(writer, *this);
    material.bytes.with_exposed(
        crypto::insecure_expose_secret(),
        [&](BytesView bytes) { writer.bytes(field::kMaterialBytes, bytes); });
    if (!registered.empty()) {
        registered.with_exposed(
            crypto::insecure_expose_secret(),
            [&](BytesView bytes) { writer.bytes(field::kRegistered, bytes); });
    }
}

Result<std::shared_ptr<const ManagedObject>> ManagedObject::decode(const seal::Origin& from,
                                                                   BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto object = std::make_shared<ManagedObject>();
    object->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            break;
        }
        CH_TRY_VOID(decode_field(*object, *in));
    }
    if (object->id.uuid != from.key.id || object->domain.uuid != from.key.scope) {
        return corrupt("the record holds another object than its key says");
    }
    // The row's dates are copies that searches go by; the sealed ones rule. Were they allowed to
    // differ, one who can write to the store could make a revoked key look active in lists.
    if (object->dates() != from.dates) {
        return corrupt("the dates of the row are not those of the sealed record");
    }
    return std::shared_ptr<const ManagedObject>(std::move(object));
}

}  // namespace chatelaine::objects

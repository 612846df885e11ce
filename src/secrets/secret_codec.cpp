// The sealed records of secrets. docs/formats-secrets.md has the same numbers for readers.
#include "base/codec.hpp"
#include "base/limits.hpp"
#include "secrets/secret.hpp"

namespace chatelaine::secrets {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kWhere = "secrets.decode";
constexpr std::size_t kFieldHeader = 6;

namespace field {
// On disk: a number is never used for another meaning. Settings have the same in both records.
constexpr std::uint16_t kId = 1, kDomain = 2, kPath = 3, kLife = 4, kCreated = 5, kUpdated = 6,
                        kCurrent = 7, kOldest = 8, kCustom = 9, kVersion = 10, kNumber = 11,
                        kData = 12;
constexpr std::uint16_t kCasRequired = 20, kDeactivateAfter = 21, kMaxVersions = 22,
                        kUndeleteWithin = 23;  // of the domain's record alone
}  // namespace field

namespace flag {
constexpr std::uint8_t kDeactivation = 1, kDeleted = 2, kInline = 4;
}  // namespace flag
/// number, created, flags, size; then the dates that the flags name; then the data that it holds.
constexpr std::size_t kVersionHead = 4 + 8 + 1 + 4;

Error corrupt(std::string message) {
    return Error(Code::kStoreCorrupt, kWhere, std::move(message));
}

void put(Bytes& out, std::uint64_t value, std::size_t octets) {
    for (std::size_t i = 0; i < octets; ++i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

void put(Bytes& out, WallTime time) { put(out, static_cast<std::uint64_t>(time.microseconds), 8); }

/// Takes a little-endian number off the front; there must be enough (see the check at the call).
std::uint64_t take(BytesView& in, std::size_t octets) {
    std::uint64_t value = 0;
    for (std::size_t i = octets; i > 0; --i) {
        value = value << 8 | in[i - 1];
    }
    in = in.subspan(octets);
    return value;
}

WallTime take_time(BytesView& in) {
    return WallTime{static_cast<std::int64_t>(take(in, 8))};
}

void encode_settings(FieldWriter& out, const Settings& settings) {
    if (settings.cas_required) {
        out.flag(field::kCasRequired, *settings.cas_required);
    }
    if (settings.deactivate_after) {
        out.text(field::kDeactivateAfter, *settings.deactivate_after);
    }
    if (settings.max_versions) {
        out.u32(field::kMaxVersions, *settings.max_versions);
    }
}

Result<void> decode_setting(Settings& settings, const Field& in) {
    switch (in.number) {
        case field::kCasRequired: {
            CH_TRY(settings.cas_required, in.flag());
            break;
        }
        case field::kDeactivateAfter: settings.deactivate_after = in.text(); break;
        case field::kMaxVersions: {
            CH_TRY(settings.max_versions, in.u32());
            break;
        }
        default: break;  // a later build's field
    }
    return ok();
}

/// Head and data of a version go to the end of `out`, whose room was reserved.
void encode_version(Bytes& out, const Version& version) {
    const bool holds = version.data != nullptr;
    put(out, version.number, 4);
    put(out, version.created);
    out.push_back(static_cast<std::uint8_t>((version.deactivation ? flag::kDeactivation : 0) |
                                            (version.deleted ? flag::kDeleted : 0) |
                                            (holds ? flag::kInline : 0)));
    put(out, version.size, 4);
    if (version.deactivation) {
        put(out, *version.deactivation);
    }
    if (version.deleted) {
        put(out, *version.deleted);
    }
    if (holds) {
        version.data->with_exposed(crypto::insecure_expose_secret(), [&](BytesView data) {
            out.insert(out.end(), data.begin(), data.end());
        });
    }
}

std::size_t encoded_size(const Version& version) {
    return kVersionHead + (version.deactivation ? 8 : 0) + (version.deleted ? 8 : 0) +
           (version.data ? version.data->size() : 0);
}

Result<Version> decode_version(BytesView& in) {
    if (in.size() < kVersionHead) {
        return corrupt("a version is cut short");
    }
    Version version;
    version.number = static_cast<std::uint32_t>(take(in, 4));
    version.created = take_time(in);
    const auto flags = static_cast<std::uint8_t>(take(in, 1));
    version.size = static_cast<std::uint32_t>(take(in, 4));
    const bool deactivation = (flags & flag::kDeactivation) != 0;
    const bool deleted = (flags & flag::kDeleted) != 0;
    const bool holds = (flags & flag::kInline) != 0;
    const std::size_t rest = (deactivation ? 8U : 0U) + (deleted ? 8U : 0U) +
                             (holds ? std::size_t{version.size} : 0U);
    if (in.size() < rest || (deleted && holds)) {
        return corrupt("a version does not add up");
    }
    if (deactivation) {
        version.deactivation = take_time(in);
    }
    if (deleted) {
        version.deleted = take_time(in);
    }
    if (holds) {
        version.data = std::make_shared<const crypto::SecretBytes>(
            crypto::SecretBytes::copy_of(in.first(version.size)));
        in = in.subspan(version.size);
    }
    return version;
}

Result<void> decode_versions(Secret& secret, BytesView in) {
    while (!in.empty()) {
        CH_TRY(Version version, decode_version(in));
        if (!secret.versions.empty() && version.number != secret.versions.back().number + 1) {
            return corrupt("the versions are not dense");
        }
        secret.versions.push_back(std::move(version));
    }
    return ok();
}

/// Key and value of custom metadata: the key's size as one number of two octets, key, value.
Result<void> decode_custom(Secret& secret, BytesView in) {
    if (in.size() < 2) {
        return corrupt("custom metadata is cut short");
    }
    const auto size = static_cast<std::size_t>(take(in, 2));
    if (in.size() < size) {
        return corrupt("custom metadata is cut short");
    }
    secret.custom_metadata.emplace_back(as_text(in.first(size)), as_text(in.subspan(size)));
    return ok();
}

Result<void> decode_field(Secret& secret, const Field& in) {
    switch (in.number) {
        case field::kId: {
            CH_TRY(secret.id, in.uuid());
            return ok();
        }
        case field::kDomain: {
            CH_TRY(secret.domain, in.id<struct DomainTag>());
            return ok();
        }
        case field::kPath: secret.path = in.text(); return ok();
        case field::kLife: {
            CH_TRY(secret.life, in.uuid());
            return ok();
        }
        case field::kCreated: {
            CH_TRY(secret.created, in.time());
            return ok();
        }
        case field::kUpdated: {
            CH_TRY(secret.updated, in.time());
            return ok();
        }
        case field::kCurrent: {
            CH_TRY(secret.current, in.u32());
            return ok();
        }
        case field::kOldest: {
            CH_TRY(secret.oldest, in.u32());
            return ok();
        }
        case field::kCustom: return decode_custom(secret, in.value);
        case field::kVersion: return decode_versions(secret, in.value);
        default: return decode_setting(secret.settings, in);
    }
}

}  // namespace

void Secret::encode(Bytes& out) const {
    // The whole size at once: a growing vector would leave copies of the data behind in freed
    // memory that nobody wipes.
    constexpr std::size_t kSingleFields = 16;
    std::size_t version_bytes = 0;
    for (const Version& version : versions) {
        version_bytes += encoded_size(version);
    }
    std::size_t size = 1 + kSingleFields * (kFieldHeader + 16) + path.size() + version_bytes +
                       settings.deactivate_after.value_or("").size();
    for (const auto& [key, value] : custom_metadata) {
        size += kFieldHeader + 2 + key.size() + value.size();
    }
    out.reserve(out.size() + size);
    FieldWriter writer(out, kFormat);
    writer.uuid(field::kId, id);
    writer.id(field::kDomain, domain);
    writer.text(field::kPath, path);
    writer.uuid(field::kLife, life);
    writer.time(field::kCreated, created);
    writer.time(field::kUpdated, updated);
    writer.u32(field::kCurrent, current);
    writer.u32(field::kOldest, oldest);
    encode_settings(writer, settings);
    Bytes custom;
    for (const auto& [key, value] : custom_metadata) {
        custom.clear();
        put(custom, key.size(), 2);
        custom.insert(custom.end(), key.begin(), key.end());
        custom.insert(custom.end(), value.begin(), value.end());
        writer.bytes(field::kCustom, custom);
    }
    Bytes packed;
    packed.reserve(version_bytes);
    for (const Version& version : versions) {
        encode_version(packed, version);
    }
    writer.bytes(field::kVersion, packed);
    wipe(packed.data(), packed.size());
}

Result<Secret> Secret::parse(BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    Secret secret;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            break;
        }
        CH_TRY_VOID(decode_field(secret, *in));
    }
    if (!secret.versions.empty() && secret.versions.back().number != secret.current) {
        return corrupt("the newest version is not the current one");
    }
    return secret;
}

Result<std::shared_ptr<const Secret>> Secret::decode(const seal::Origin& from,
                                                     BytesView plaintext) {
    CH_TRY(Secret parsed, parse(plaintext));
    auto secret = std::make_shared<Secret>(std::move(parsed));
    secret->origin = from;
    if (secret->id != from.key.id || secret->domain.uuid != from.key.scope) {
        return corrupt("the record holds another secret than its key says");
    }
    // The row's dates are copies that searches go by; the sealed ones rule.
    if (secret->dates() != from.dates) {
        return corrupt("the dates of the row are not those of the sealed record");
    }
    return std::shared_ptr<const Secret>(std::move(secret));
}

void SecretVersion::encode(Bytes& out) const {
    out.reserve(out.size() + 1 + 3 * kFieldHeader + 20 + data.size());
    FieldWriter writer(out, kFormat);
    writer.uuid(field::kLife, life);
    writer.u32(field::kNumber, number);
    data.with_exposed(crypto::insecure_expose_secret(),
                      [&](BytesView bytes) { writer.bytes(field::kData, bytes); });
}

Result<std::shared_ptr<const SecretVersion>> SecretVersion::decode(const seal::Origin& from,
                                                                   BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto version = std::make_shared<SecretVersion>();
    version->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            break;
        }
        switch (in->number) {
            case field::kLife: {
                CH_TRY(version->life, in->uuid());
                break;
            }
            case field::kNumber: {
                CH_TRY(version->number, in->u32());
                break;
            }
            case field::kData:
                version->data = crypto::SecretBytes::copy_of(in->value);
                break;
            default: break;  // a later build's field
        }
    }
    if (version_id(version->life, version->number) != from.key.id) {
        return corrupt("the record holds another version than its key says");
    }
    return std::shared_ptr<const SecretVersion>(std::move(version));
}

void Folder::encode(Bytes& out) const {
    FieldWriter writer(out, kFormat);
    writer.text(field::kPath, path);
    writer.time(field::kCreated, created);
}

Result<std::shared_ptr<const Folder>> Folder::decode(const seal::Origin& from,
                                                     BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto folder = std::make_shared<Folder>();
    folder->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            return std::shared_ptr<const Folder>(std::move(folder));
        }
        if (in->number == field::kPath) {
            folder->path = in->text();
        } else if (in->number == field::kCreated) {
            CH_TRY(folder->created, in->time());
        }
    }
}

void Config::encode(Bytes& out) const {
    FieldWriter writer(out, kFormat);
    writer.time(field::kUpdated, changed);
    encode_settings(writer, settings);
    if (undelete_within) {
        writer.text(field::kUndeleteWithin, *undelete_within);
    }
}

Result<std::shared_ptr<const Config>> Config::decode(const seal::Origin& from,
                                                     BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto config = std::make_shared<Config>();
    config->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            return std::shared_ptr<const Config>(std::move(config));
        }
        if (in->number == field::kUpdated) {
            CH_TRY(config->changed, in->time());
        } else if (in->number == field::kUndeleteWithin) {
            config->undelete_within = in->text();
        } else {
            CH_TRY_VOID(decode_setting(config->settings, *in));
        }
    }
}

}  // namespace chatelaine::secrets

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/secret.hpp"
#include "seal/reader.hpp"

/// The records of secrets: a secret with its versions, data that lies apart, folders, a domain's
/// settings. docs/formats-secrets.md has their bytes.

namespace chatelaine::secrets {

inline constexpr std::string_view kSecretKind = "secret";  ///< in URNs

/// What may be set on a secret and, as its default, on the domain.
struct Settings {
    std::optional<bool> cas_required;
    std::optional<std::string> deactivate_after;  ///< a duration as it was written
    std::optional<std::uint32_t> max_versions;    ///< 0 like nothing: the default
    bool operator==(const Settings&) const = default;
};

enum class VersionState : std::uint8_t { kActive, kDeactivated, kDeleted };
std::string_view state_name(VersionState state);  ///< "active" … as OKMS REST writes it
std::optional<VersionState> state_from_name(std::string_view name);

using SharedData = std::shared_ptr<const crypto::SecretBytes>;

/// One version. Numbers start at 1, are dense, and never come back while the secret lives.
struct Version {
    std::uint32_t number = 0;
    WallTime created;
    /// Deactivated from then on; a date to come is an expiry.
    std::optional<WallTime> deactivation;
    std::optional<WallTime> deleted;  ///< its data is gone for good
    std::uint32_t size = 0;           ///< of the data, in bytes
    SharedData data;                  ///< null once deleted, or when it lies apart

    /// Deletion is an event that has happened, whatever the clock says; deactivation is reached.
    VersionState state(WallTime now) const;
    bool apart() const { return !deleted && !data; }
};

/// Immutable once shared through the cache. Copies are cheap: the data is shared.
struct Secret {
    static constexpr store::Kind kind = store::Kind::kSecret;
    static Result<std::shared_ptr<const Secret>> decode(const seal::Origin&, BytesView);
    /// The same without the record that it is in.
    static Result<Secret> parse(BytesView plaintext);
    /// The sealed record's plaintext; `out` holds data: wipe it.
    void encode(Bytes& out) const;
    seal::RecordChange to_change() const;

    seal::Origin origin;  ///< version 0 until stored
    Uuid id;
    DomainId domain;
    std::string path;
    /// Of this life of the path: versions of an earlier one, deleted whole, have other record ids.
    Uuid life;
    WallTime created, updated;
    Settings settings;
    std::vector<std::pair<std::string, std::string>> custom_metadata;
    std::uint32_t current = 0;  ///< 0: nothing but metadata so far
    std::uint32_t oldest = 0;   ///< 0 until a version was dropped
    std::vector<Version> versions;  ///< oldest first

    const Version* version(std::uint32_t number) const;
    Version* version(std::uint32_t number) {
        return const_cast<Version*>(std::as_const(*this).version(number));
    }
    store::Dates dates() const;
};

/// The data of one version, where the secret's own record has no room for it.
struct SecretVersion {
    static constexpr store::Kind kind = store::Kind::kSecretVersion;
    static Result<std::shared_ptr<const SecretVersion>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Uuid life;
    std::uint32_t number = 0;
    crypto::SecretBytes data;
};
Uuid version_id(const Uuid& life, std::uint32_t number);

/// A path component under which a secret was once made. It stays when the last one goes: whether
/// there is anything below is asked when it is listed.
struct Folder {
    static constexpr store::Kind kind = store::Kind::kSecretFolder;
    static Result<std::shared_ptr<const Folder>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    std::string path;  ///< "app/prod/"
    WallTime created;
};

struct Config {
    static constexpr store::Kind kind = store::Kind::kSecretConfig;
    static Result<std::shared_ptr<const Config>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Settings settings;
    /// How long a deleted secret can come back, as it was written; nothing: not at all. No part of
    /// the settings that clients of either API read and write.
    std::optional<std::string> undelete_within;
    WallTime changed;
};
/// There is one in each domain.
inline constexpr Uuid config_id{{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};

// ---- paths ----

/// 1 to 255 of [A-Za-z0-9_.:/=@-]. Components may be empty: a path is text, and a slash only
/// matters to lists.
Result<void> check_path(std::string_view path);
/// The folder that a secret is listed in: "app/prod/" of "app/prod/db", "" at the root.
std::string_view folder_of(std::string_view path);
/// The folder that a folder is listed in: "app/" of "app/prod/".
std::string_view folder_above(std::string_view folder);
/// The folders above a path, the outermost first: "app/", "app/prod/" of "app/prod/db".
std::vector<std::string_view> ancestors_of(std::string_view path);

/// Names of blind terms: part of the records' ids and indices, never changed.
namespace term {
inline constexpr std::string_view kPath = "secret.path", kFolder = "secret.folder",
                                  kIn = "secret.in", kUnder = "secret.under",
                                  kDeleted = "secret.deleted", kExpires = "secret.expires";
}  // namespace term

/// The day of a version's end, as the term `secret.expires` has it.
std::string day_of(WallTime time);

/// The record ids of a path and of a folder ("app/").
Result<Uuid> secret_id(seal::Reader& reader, const DomainId& domain, std::string_view path);
Result<Uuid> folder_id(seal::Reader& reader, const DomainId& domain, std::string_view folder);

/// A change that writes `record` (its plaintext wiped on the way) at `key`.
template <class T>
seal::RecordChange change_of(const T& record, const store::RecordKey& key,
                             std::uint64_t expected_version) {
    seal::RecordChange change;
    change.key = key;
    change.expected_version = expected_version;
    Bytes plain;
    record.encode(plain);
    change.plaintext = crypto::SecretBytes::copy_of(plain);
    wipe(plain.data(), plain.size());
    return change;
}

}  // namespace chatelaine::secrets

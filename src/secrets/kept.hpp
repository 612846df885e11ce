#pragma once

#include "secrets/last_reads.hpp"
#include "secrets/secret.hpp"

/// What the service keeps beside a secret: secrets that were deleted and can come back for a while,
/// and what it notes about each. docs/formats-secrets.md has their bytes.

namespace chatelaine::secrets {

/// A secret that was deleted whole in a domain that gives it a while. Its id is the life's, so that
/// several lives of one path can lie here. Versions apart stay where they are until it is erased.
struct DeletedSecret {
    static constexpr store::Kind kind = store::Kind::kDeletedSecret;
    static Result<std::shared_ptr<const DeletedSecret>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::RecordChange to_change() const;

    seal::Origin origin;
    Secret secret;
    WallTime deleted;
    WallTime erased;  ///< gone for good from then on, whether or not the keeper came by yet
    store::Dates dates() const;
};

/// The service's own notes about a secret; they follow its record by minutes and are no part of it.
struct SecretNotes {
    static constexpr store::Kind kind = store::Kind::kSecretNotes;
    static Result<std::shared_ptr<const SecretNotes>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Uuid life;                 ///< notes of another life count for nothing
    LastReads::Times reads;
    std::uint32_t warned = 0;  ///< the version whose end was told, 0 when none was
};
inline store::RecordKey notes_key(const Uuid& scope, const Uuid& secret) {
    return {scope, SecretNotes::kind, secret};
}

}  // namespace chatelaine::secrets

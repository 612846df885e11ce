#pragma once

#include "tenancy/operations.hpp"

/// The service's certificate authorities: for its own servers, for customers' clients, for
/// operators. Their keys are sealed records of the provider like any other.

namespace chatelaine::tenancy {

struct Authority {
    static constexpr store::Kind kind = store::Kind::kAuthority;
    static Result<std::shared_ptr<const Authority>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;  ///< `out` holds the private key: wipe it
    seal::Origin origin;
    std::string name;
    Bytes certificate;
    crypto::SecretBytes pkcs8;
};

inline constexpr std::string_view servers_authority_name = "servers";
inline constexpr std::string_view users_authority_name = "users";
inline constexpr std::string_view operators_authority_name = "operators";

/// The record id that a name has.
Uuid authority_id(std::string_view name);
/// A new authority, valid for ten years, and the change that stores it.
Result<std::pair<crypto::CertificateAuthority, seal::RecordChange>> new_authority(
    std::string_view name, WallTime now);

}  // namespace chatelaine::tenancy

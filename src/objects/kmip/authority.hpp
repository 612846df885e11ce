#pragma once

#include "crypto/certify.hpp"
#include "objects/kmip/rules.hpp"

/// The certificate authority of a domain: a private key and its certificate, ordinary sealed
/// objects under ids that follow from the domain's, made by the first Certify. Nobody can take the
/// key out; whoever destroys it ends the authority. Private to the room.

namespace chatelaine::objects::kmip {

struct Authority {
    std::shared_ptr<const ManagedObject> key, certificate;
    bool fresh = false;  ///< was made just now: both go into the same transaction
    Bytes der() const;
};

/// The domain's authority, or a new one. Slow when it is new: kWouldBlock on a network loop.
/// kWrongState when it was destroyed or revoked.
Result<Authority> authority_of(const DomainId& domain, Services& services);
/// Adds a new authority's objects to the outcome.
void put_authority(const Authority& authority, std::vector<seal::RecordChange>& changes);

/// An X.509 certificate as KMIP's structure.
crypto::SecretBytes certificate_structure(BytesView der);

}  // namespace chatelaine::objects::kmip

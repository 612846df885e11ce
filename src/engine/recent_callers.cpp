#include "engine/engine.hpp"

namespace chatelaine::engine {

/// By a certificate alone: a token has to be hashed each time anyway, and is seldom sent a second
/// time on one connection beside one.
bool RecentCallers::may_keep(const access::Presented& presented) {
    return presented.certificate && presented.certificate->fingerprint != nullptr &&
           presented.certificate->verified && presented.certificate->client_auth &&
           presented.authorization.empty() && presented.vault_token.empty();
}

std::size_t RecentCallers::place_of(const access::Presented& presented) {
    const crypto::Sha256& certificate = *presented.certificate->fingerprint;
    return (certificate[0] ^ presented.requested_domain.uuid.octets[15]) % entries_max;
}

const access::Principal* RecentCallers::find(const access::Presented& presented,
                                             std::uint64_t epoch, WallTime now) const {
    if (!may_keep(presented)) {
        return nullptr;
    }
    const Entry& entry = entries_[place_of(presented)];
    const bool same = entry.principal && entry.epoch == epoch &&
                      entry.certificate == *presented.certificate->fingerprint &&
                      entry.requested_domain == presented.requested_domain &&
                      entry.principal->good_at(now);
    return same ? &*entry.principal : nullptr;
}

void RecentCallers::keep(const access::Presented& presented, std::uint64_t epoch,
                         const access::Principal& principal) {
    // What an operator may do for a time ends without any change of a record.
    if (may_keep(presented) && principal.party() == responsibility::Party::kCustomer) {
        entries_[place_of(presented)] = Entry{*presented.certificate->fingerprint,
                                              presented.requested_domain, epoch, principal};
    }
}

}  // namespace chatelaine::engine

#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/x509.hpp"
#include "responsibility/responsibility.hpp"
#include "seal/seal.hpp"

namespace chatelaine::tenancy {

/// An authority that comes when the seal opens and goes when it closes; who is using it at that
/// moment still holds it. Threads: any.
class AuthoritySlot {
public:
    using Held = std::shared_ptr<const crypto::CertificateAuthority>;

    /// kSealed while there is none.
    Result<Held> get() const {
        const std::lock_guard lock(mutex_);
        return held_ ? Result<Held>(held_) : Error(Code::kSealed, "tenancy.authority");
    }
    void set(Held authority) {
        const std::lock_guard lock(mutex_);
        held_ = std::move(authority);
    }

private:
    mutable std::mutex mutex_;
    Held held_;
};

/// What tenancy's handlers need besides reads: the composition root fills it. Functions stand for
/// what lives on higher floors. Threads: all of it from any thread.
struct Tools {
    seal::Seal* seal = nullptr;
    const responsibility::Matrix* matrix = nullptr;
    /// Issues customers' client certificates; operators' have a CA of their own.
    AuthoritySlot users_authority, operators_authority;
    std::string authorities_pem;  ///< what a client needs to trust the service's listeners
    std::string rest_url, control_url, kmip_endpoint;
};

}  // namespace chatelaine::tenancy

#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "crypto/x509.hpp"
#include "responsibility/responsibility.hpp"
#include "seal/seal.hpp"

namespace chatelaine::tenancy {

/// What tenancy's handlers need besides reads: the composition root fills it. Functions stand for
/// what lives on higher floors. Threads: all of it from any thread.
struct Tools {
    seal::Seal* seal = nullptr;
    const responsibility::Matrix* matrix = nullptr;
    /// Issues customers' client certificates; operators' have a CA of their own. Null until the
    /// seal is open and they are loaded.
    std::atomic<const crypto::CertificateAuthority*> users_authority = nullptr;
    std::atomic<const crypto::CertificateAuthority*> operators_authority = nullptr;
    std::string authorities_pem;  ///< what a client needs to trust the service's listeners
    std::string rest_url, control_url, kmip_endpoint;
};

}  // namespace chatelaine::tenancy

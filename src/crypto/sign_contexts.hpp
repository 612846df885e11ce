#pragma once

#include <mutex>
#include <vector>

#include "crypto/ossl.hpp"
#include "crypto/schemes.hpp"

namespace chatelaine::crypto {

/// Contexts of one private key that are ready to sign, for whichever thread comes next: making one
/// costs an eighth of a P-256 signature. They go with the last copy of the key. Private to the
/// room. Threads: any.
struct SignContexts {
    static constexpr std::size_t kept_max = 8;

    /// Null when none is kept for the scheme.
    ossl::PkeyCtx take(const SignatureScheme& scheme) {
        const std::lock_guard lock(mutex);
        for (Kept& each : kept) {
            if (each.scheme == scheme) {
                ossl::PkeyCtx context = std::move(each.context);
                each = std::move(kept.back());
                kept.pop_back();
                return context;
            }
        }
        return nullptr;
    }
    /// Only one whose signature succeeded.
    void give(const SignatureScheme& scheme, ossl::PkeyCtx context) {
        const std::lock_guard lock(mutex);
        if (kept.size() == kept_max) {
            kept.erase(kept.begin());  // of a scheme that is used less
        }
        kept.push_back({scheme, std::move(context)});
    }

private:
    struct Kept {
        SignatureScheme scheme;
        ossl::PkeyCtx context;
    };
    std::mutex mutex;
    std::vector<Kept> kept;
};

}  // namespace chatelaine::crypto

#pragma once

#include <atomic>

#include "net/address.hpp"
#include "net/front.hpp"
#include "net/tls.hpp"

namespace chatelaine::net {

/// What the loops share of one listener. Threads: any.
struct Listener {
    HttpListenerOptions options;  ///< every 0 replaced by its default
    Front::Limits limits{};
    std::vector<Address> proxies;

    std::atomic<std::uint64_t> accepted{0}, open{0}, refused{0}, handshake_failures{0},
        deadlines{0};

    std::shared_ptr<const TlsContext> tls() const {
        const std::scoped_lock lock(mutex_);
        return tls_;
    }
    void set_tls(std::shared_ptr<const TlsContext> tls) {
        const std::scoped_lock lock(mutex_);
        tls_.swap(tls);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const TlsContext> tls_;
};

inline void count(std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace chatelaine::net

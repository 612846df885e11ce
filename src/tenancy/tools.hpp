#pragma once

#include <atomic>
#include <functional>
#include <map>
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

/// draining: what is there is served, nothing new is made. suspended: only looked at.
enum class AccountState : std::uint8_t { kActive, kDraining, kSuspended };

/// The accounts that are not active, as their records say: filled at start, and before a change of
/// one is answered. While all are active a look is one load. Threads: any.
class AccountStates {
public:
    AccountState of(const AccountId& account) const {
        if (!any_.load(std::memory_order_acquire)) {
            return AccountState::kActive;
        }
        const std::lock_guard lock(mutex_);
        const auto found = states_.find(account);
        return found == states_.end() ? AccountState::kActive : found->second.state;
    }
    /// `version`: of the account's record that says so. What an older one says comes too late.
    void set(const AccountId& account, AccountState state, std::uint64_t version) {
        const std::lock_guard lock(mutex_);
        Known& known = states_[account];
        if (version > known.version) {
            known = {state, version};
        }
        any_.store(true, std::memory_order_release);
    }

private:
    struct Known {
        AccountState state = AccountState::kActive;
        std::uint64_t version = 0;
    };
    mutable std::mutex mutex_;
    std::map<AccountId, Known> states_;  ///< of those that were ever not active
    std::atomic<bool> any_{false};
};

/// What tenancy's handlers need besides reads: the composition root fills it. Functions stand for
/// what lives on higher floors. Threads: all of it from any thread.
struct Tools {
    seal::Seal* seal = nullptr;
    const responsibility::Matrix* matrix = nullptr;
    /// Issues customers' client certificates; operators' have a CA of their own.
    AuthoritySlot users_authority, operators_authority;
    std::string authorities_pem;  ///< what a client needs to trust the service's listeners
    AccountStates account_states;
    /// The actions that a rule may ask approvals for.
    std::vector<std::string_view> actions_to_approve;
    std::string rest_url, control_url, kmip_endpoint;
};

}  // namespace chatelaine::tenancy

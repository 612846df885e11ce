#pragma once

#include "access/access.hpp"

namespace chatelaine::access {

/// A right that an operator has for a time, with a reason, once a second operator approved it
/// (scope: the provider). The customers that it concerns read it.
struct Elevation {
    static constexpr store::Kind kind = store::Kind::kElevation;
    static Result<std::shared_ptr<const Elevation>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    /// Whose it is and whom it concerns; `open` while it may still give a right.
    std::vector<std::pair<std::string, std::string>> terms() const;

    seal::Origin origin;
    Uuid id;
    IdentityId by;  ///< the operator who acts
    std::string by_urn;
    std::vector<std::string> actions;
    std::vector<AccountId> accounts;  ///< that it concerns; none: the service alone
    std::string reason;
    std::int64_t minutes = 60;
    WallTime asked;
    WallTime expires;  ///< of the asking
    std::string approved_by;
    std::optional<WallTime> approved, ends;  ///< the time that it lasts
    std::optional<WallTime> ended;
    std::string ended_by;

    bool is_waiting(WallTime now) const { return !approved && !ended && now < expires; }
    bool is_active(WallTime now) const { return approved && !ended && now < *ends; }
    bool concerns(const AccountId& account) const;
    /// "waiting", "active", "over", "refused", "expired".
    std::string_view state(WallTime now) const;
};

/// The operator's elevations that are active now. kWouldBlock on a network loop.
Result<std::vector<std::shared_ptr<const Elevation>>> active_elevations(
    seal::Reader& reader, const IdentityId& operator_id, WallTime now);

}  // namespace chatelaine::access

#pragma once

#include "tenancy/handlers.hpp"

/// Names that one holder at a time may have. A name that is taken is a record whose id is made of
/// the name (its blind term, so that the id says nothing): two transactions that take the same name
/// write the same record, and the store's comparison of versions lets one of them through. Private
/// to the room.

namespace chatelaine::tenancy {

/// Which names must differ from each other within a scope.
enum class NameSpace : std::uint8_t {
    kIdentity,  ///< scope: the account
    kOperator,  ///< scope: the provider; invitations, too
    kAccount    ///< scope: the provider
};

struct TakenName {
    static constexpr store::Kind kind = store::Kind::kName;
    static Result<std::shared_ptr<const TakenName>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::Origin origin;
    Uuid holder;
    WallTime created;
    /// Free again from then on: the name of an invitation that nobody took up.
    std::optional<WallTime> until;
};

/// The change that takes the name for `holder`, to be committed with what bears the name. A name
/// that `from` holds goes over to the new holder. kAlreadyExists when somebody else has it;
/// kWouldBlock on a network loop.
Result<seal::RecordChange> take_name(Services& services, const Uuid& scope, NameSpace space,
                                     std::string_view name, const Uuid& holder,
                                     std::optional<WallTime> until = {}, const Uuid& from = {});
/// The change that frees it; nothing when `holder` does not have it (a record of an older build).
Result<std::optional<seal::RecordChange>> free_name(Services& services, const Uuid& scope,
                                                    NameSpace space, std::string_view name,
                                                    const Uuid& holder);

}  // namespace chatelaine::tenancy

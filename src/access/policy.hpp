#pragma once

#include <atomic>

#include "access/access.hpp"
#include "access/condition.hpp"

/// The records that an account's rules are made of (scope: the account). How they decide is in
/// policy_set.hpp.

namespace chatelaine::limits {

inline constexpr std::size_t policies_per_account_max = 2000;
inline constexpr std::size_t policy_entries_max = 100;  ///< of each list of a policy or group
inline constexpr std::size_t policy_pattern_characters_max = 512;
inline constexpr std::size_t policy_groups_per_account_max = 500;  ///< of each kind of group
inline constexpr std::size_t tagged_resources_per_account_max = 10'000;
inline constexpr std::size_t tags_per_resource_max = 50;

}  // namespace chatelaine::limits

namespace chatelaine::access {

/// Actions that a statement allows, save those of `except`, and those that it denies. A `*` may
/// end an action.
struct Permissions {
    std::vector<std::string> allow;
    std::vector<std::string> except;
    std::vector<std::string> deny;
    bool operator==(const Permissions&) const = default;
};

struct Policy {
    static constexpr store::Kind kind = store::Kind::kPolicy;
    static Result<std::shared_ptr<const Policy>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Uuid id;
    std::string name;  ///< no other policy's of the account
    std::string description;
    std::vector<std::string> identities;  ///< URNs; a `*` may end one
    std::vector<std::string> resources;   ///< URNs of resources and of resource groups
    Permissions permissions;
    std::vector<std::string> permissions_groups;  ///< URNs
    std::optional<Condition> condition;
    std::optional<WallTime> expires;  ///< without effect from then on
    WallTime created, updated;
};

/// Permissions under a name, judged one group at a time.
struct PermissionsGroup {
    static constexpr store::Kind kind = store::Kind::kPermissionsGroup;
    static Result<std::shared_ptr<const PermissionsGroup>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Uuid id;
    std::string urn;
    std::string name;
    std::string description;
    Permissions permissions;
    WallTime created, updated;
};

struct ResourceGroup {
    static constexpr store::Kind kind = store::Kind::kResourceGroup;
    static Result<std::shared_ptr<const ResourceGroup>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Uuid id;
    std::string urn;
    std::string name;
    std::vector<std::string> resources;  ///< URNs; a `*` may end one
    WallTime created, updated;
};

/// Of identities; who is in it says the identity.
struct UserGroup {
    static constexpr store::Kind kind = store::Kind::kUserGroup;
    static Result<std::shared_ptr<const UserGroup>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    Uuid id;
    std::string urn;
    std::string name;
    std::string description;
    std::string role;  ///< ADMIN, REGULAR, UNPRIVILEGED or NONE; ADMIN is allowed everything
    WallTime created, updated;
};

struct ResourceTags {
    static constexpr store::Kind kind = store::Kind::kResourceTags;
    static Result<std::shared_ptr<const ResourceTags>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    std::string urn;
    Tags tags;
    WallTime updated;
};

/// One for each account. Whatever changes a rule writes it in the same transaction, so that what
/// was compiled from the rules goes when it goes, before the change is answered. It is there
/// without ever having been written (store::always_there).
struct PolicyMark {
    static constexpr store::Kind kind = store::Kind::kPolicyMark;
    static Result<std::shared_ptr<const PolicyMark>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    /// Filled by the first who needs it.
    mutable std::atomic<std::shared_ptr<const PolicySet>> compiled;
};

/// All of an account's rules as they stand.
struct Rules {
    std::vector<std::shared_ptr<const Policy>> policies;
    std::vector<std::shared_ptr<const PermissionsGroup>> permissions_groups;
    std::vector<std::shared_ptr<const ResourceGroup>> resource_groups;
    std::vector<std::shared_ptr<const UserGroup>> user_groups;
    std::vector<std::shared_ptr<const ResourceTags>> tags;
};
/// kWouldBlock on a network loop.
Result<Rules> load_rules(seal::Reader& reader, const AccountId& account);

/// A URN without a plate means ours: "urn:v1::x" is "urn:v1:PLATE:x".
std::string with_plate(std::string_view urn, std::string_view plate);

}  // namespace chatelaine::access

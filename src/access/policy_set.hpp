#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/pattern_index.hpp"
#include "access/policy.hpp"

/// An account's rules made ready to decide by, and what of them applies to one caller.
///
/// By default everything is denied. A request is allowed by a clause (a policy's own permissions,
/// or one of its permission groups) when the policy is about the caller and the resource, its
/// condition holds, it has not ended, and the clause allows one of the actions without excepting
/// that same one. A deny that matches beats all of them. A condition that cannot be judged lets no
/// allow count, and every deny.

namespace chatelaine::access {

/// Which clauses apply: one bit for each.
using ClauseBits = std::vector<std::uint64_t>;

/// How a decision came about.
struct Explanation {
    enum class Reason : std::uint8_t {
        kNothingAllows,  ///< no clause matches: denied
        kAllowed,        ///< by `statement` of `policy`
        kDenied,         ///< by `statement` of `policy`
        kRoot            ///< the account's root
    };
    Decision decision = Decision::kDenied;
    Reason reason = Reason::kNothingAllows;
    Uuid policy;              ///< nil: a grant of the identity itself, or a group's role
    std::string policy_name;  ///< empty when it is the identity's own
    std::string statement;    ///< "allow okms:apikms:*"
    std::string resource;     ///< the policy's pattern that matched
};

/// Immutable but for nothing. Threads: any.
class PolicySet {
public:
    /// Policies apply to whom they name.
    static std::shared_ptr<const PolicySet> compile(const Rules& rules, std::string_view plate);
    /// Grants as policies of their own, about whoever holds the set.
    static std::shared_ptr<const PolicySet> compile(
        const std::vector<Grant>& grants, std::optional<WallTime> expires = std::nullopt);

    /// What one policy says, once for its own permissions and once for each of its groups.
    struct Clause {
        std::shared_ptr<const Policy> policy;
        std::string group;  ///< URN of the permission group; empty for the policy's own
        Permissions permissions;
        std::shared_ptr<const std::vector<std::string>> resources;  ///< groups replaced
        std::shared_ptr<const CompiledCondition> condition;
        std::optional<WallTime> expires;
        bool always() const { return condition == nullptr && !expires; }
    };
    const std::vector<Clause>& clauses() const { return clauses_; }
    /// The clauses whose policy names one of these URNs (an identity's, its groups').
    ClauseBits about(const std::vector<std::string>& identities) const;
    ClauseBits all() const;

    struct Votes {
        bool allow = false;
        bool deny = false;
    };
    /// Pure, and without allocation for up to 4,096 clauses.
    Votes decide(const ClauseBits& about, const RequestFacts& facts,
                 std::initializer_list<std::string_view> actions, std::string_view resource) const;
    /// The same at leisure: the first clause that denies, else the first that allows.
    Explanation explain(const ClauseBits& about, const RequestFacts& facts,
                        std::initializer_list<std::string_view> actions,
                        std::string_view resource) const;

private:
    void add(Clause clause, const std::vector<std::string>& identities);
    void finish();
    bool applies(std::size_t clause, const RequestFacts& facts, const Tags* tags,
                 bool unknown) const;
    const Tags* tags_of(std::string_view resource) const;
    void add_policies(const Rules& rules, std::string_view plate);
    bool allows(const std::uint64_t* about, std::uint64_t* bits, std::string_view action,
                const RequestFacts& facts, const Tags* tags) const;
    bool denies(const std::uint64_t* about, std::uint64_t* bits,
                std::initializer_list<std::string_view> actions, const RequestFacts& facts,
                const Tags* tags) const;

    std::vector<Clause> clauses_;
    ClauseBits always_;  ///< clauses without condition and end
    PatternIndex identities_, resources_, allow_, except_, deny_;
    bool has_deny_ = false, has_except_ = false;
    std::unordered_map<std::string, Tags> tags_;
};

/// What applies to a caller, for one request.
struct Standing {
    struct Part {
        std::shared_ptr<const PolicySet> set;
        ClauseBits about;
    };
    using Parts = std::vector<Part>;
    std::shared_ptr<const Parts> parts;  ///< never null
    RequestFacts facts;
    bool root = false;

    /// Of identities of one account; `account` may be null.
    static std::shared_ptr<const Standing> of(
        const std::vector<std::shared_ptr<const Identity>>& identities,
        const std::shared_ptr<const PolicySet>& account, std::string_view plate,
        RequestFacts facts);
    /// The same rules, asked by another request.
    std::shared_ptr<const Standing> with(RequestFacts other) const;
    Decision decide(std::initializer_list<std::string_view> actions,
                    std::string_view resource) const;
    Explanation explain(std::initializer_list<std::string_view> actions,
                        std::string_view resource) const;
    /// The clauses that apply, conditional ones and denies included; ended ones left out.
    std::vector<const PolicySet::Clause*> clauses() const;
    /// All that the clauses may ever allow, whatever their conditions, ends and exceptions.
    std::vector<Grant> most() const;
    /// What they allow always.
    std::vector<Grant> least() const;
    /// The first of `given` that a deny may touch; one that there were too many patterns to tell
    /// of counts as denied.
    std::optional<Right> denied_of(const std::vector<Grant>& given) const;
};

/// The account's rules, compiled; kept with the account's mark. Null when the account has none.
/// kWouldBlock on a network loop when they have to be compiled first.
Result<std::shared_ptr<const PolicySet>> policies_of(seal::Reader& reader,
                                                     const AccountId& account,
                                                     std::string_view plate);

}  // namespace chatelaine::access

// What applies to one caller, and the loading of an account's rules.
#include <algorithm>

#include "access/comparisons.hpp"
#include "access/policy_set.hpp"

namespace chatelaine::access {
namespace {

constexpr int kReadingsMax = 5;
constexpr std::size_t kPageMax = 500;

template <class T>
Result<void> load_all(seal::Reader& reader, const AccountId& account,
                      std::vector<std::shared_ptr<const T>>& out) {
    store::Query query;
    query.scope = account.uuid;
    query.max = kPageMax;
    for (;;) {
        CH_TRY(auto found, reader.find<T>(query));
        std::move(found.objects.begin(), found.objects.end(), std::back_inserter(out));
        if (!found.more) {
            return ok();
        }
        query.after_born = found.born.back();
    }
}

}  // namespace

Result<Rules> load_rules(seal::Reader& reader, const AccountId& account) {
    Rules rules;
    CH_TRY_VOID(load_all(reader, account, rules.policies));
    CH_TRY_VOID(load_all(reader, account, rules.permissions_groups));
    CH_TRY_VOID(load_all(reader, account, rules.resource_groups));
    CH_TRY_VOID(load_all(reader, account, rules.user_groups));
    CH_TRY_VOID(load_all(reader, account, rules.tags));
    return rules;
}

Result<std::shared_ptr<const PolicySet>> policies_of(seal::Reader& reader,
                                                     const AccountId& account,
                                                     std::string_view plate) {
    CH_TRY(const auto mark, reader.load<PolicyMark>(account.uuid, account.uuid));
    if (!mark) {
        return std::shared_ptr<const PolicySet>();
    }
    if (auto set = mark->compiled.load()) {
        return set;
    }
    if (!reader.may_block()) {
        return Error(Code::kWouldBlock, "access.policies");
    }
    const store::RecordKey key{account.uuid, PolicyMark::kind, account.uuid};
    for (int reading = 0; reading < kReadingsMax; ++reading) {
        CH_TRY(const std::uint64_t before, reader.version_of(key));
        CH_TRY(const Rules rules, load_rules(reader, account));
        CH_TRY(const std::uint64_t after, reader.version_of(key));
        if (before != after) {
            continue;  // a change came between: these may be rules that never stood together
        }
        auto set = PolicySet::compile(rules, plate);
        if (after == mark->origin.version) {
            mark->compiled.store(set);
        }
        return set;
    }
    return Error(Code::kOverloaded, "access.policies", "the account's policies are being changed");
}

std::shared_ptr<const Standing> Standing::of(
    const std::vector<std::shared_ptr<const Identity>>& identities,
    const std::shared_ptr<const PolicySet>& account, std::string_view plate, RequestFacts facts) {
    auto standing = std::make_shared<Standing>();
    standing->facts = std::move(facts);
    auto parts = std::make_shared<Parts>();
    const bool has_policies = account && !account->clauses().empty();
    std::vector<std::string> names;
    for (const auto& identity : identities) {
        standing->root = standing->root || identity->root;
        if (!identity->grants.empty()) {
            auto own = identity->own ? identity->own : PolicySet::compile(identity->grants);
            ClauseBits all = own->all();
            parts->push_back({std::move(own), std::move(all)});
        }
        if (!has_policies) {
            continue;
        }
        names.push_back(identity->urn);
        for (const auto& group : identity->groups) {
            names.push_back(group_urn(plate, identity->account, group));
        }
    }
    if (has_policies) {
        ClauseBits about = account->about(names);
        if (std::any_of(about.begin(), about.end(), [](std::uint64_t word) { return word != 0; })) {
            parts->push_back({account, std::move(about)});
        }
    }
    standing->parts = std::move(parts);
    return standing;
}

std::shared_ptr<const Standing> Standing::with(RequestFacts other) const {
    auto standing = std::make_shared<Standing>();
    standing->parts = parts;
    standing->facts = std::move(other);
    standing->root = root;
    return standing;
}

Decision Standing::decide(std::initializer_list<std::string_view> actions,
                          std::string_view resource) const {
    if (root) {
        // The root of an account is not limited inside its account; the tenant check before this
        // has already held the resource to the caller's own domain.
        return Decision::kAllowed;
    }
    bool allowed = false;
    for (const Part& part : *parts) {
        const auto votes = part.set->decide(part.about, facts, actions, resource);
        if (votes.deny) {
            return Decision::kDenied;
        }
        allowed = allowed || votes.allow;
    }
    return allowed ? Decision::kAllowed : Decision::kDenied;
}

Explanation Standing::explain(std::initializer_list<std::string_view> actions,
                              std::string_view resource) const {
    if (root) {
        return {Decision::kAllowed, Explanation::Reason::kRoot, {}, {}, {}, {}};
    }
    Explanation allowed;
    for (const Part& part : *parts) {
        auto found = part.set->explain(part.about, facts, actions, resource);
        if (found.reason == Explanation::Reason::kDenied) {
            return found;
        }
        if (allowed.decision == Decision::kDenied && found.decision == Decision::kAllowed) {
            allowed = std::move(found);
        }
    }
    return allowed;
}

std::vector<const PolicySet::Clause*> Standing::clauses() const {
    std::vector<const PolicySet::Clause*> found;
    for (const Part& part : *parts) {
        const auto& clauses = part.set->clauses();
        for (std::size_t i = 0; i < clauses.size(); ++i) {
            const bool ended = clauses[i].expires && facts.now >= *clauses[i].expires;
            if (!ended && (part.about[i / 64] >> (i % 64) & 1) != 0) {
                found.push_back(&clauses[i]);
            }
        }
    }
    return found;
}

std::vector<Grant> Standing::most() const {
    std::vector<Grant> grants;
    for (const auto* clause : clauses()) {
        if (!clause->permissions.allow.empty()) {
            grants.push_back({clause->permissions.allow, *clause->resources});
        }
    }
    return grants;
}

std::vector<Grant> Standing::least() const {
    std::vector<Grant> grants;
    for (const auto* clause : clauses()) {
        if (clause->always() && clause->permissions.except.empty() &&
            !clause->permissions.allow.empty()) {
            grants.push_back({clause->permissions.allow, *clause->resources});
        }
    }
    return grants;
}

std::optional<Right> Standing::denied_of(const std::vector<Grant>& given) const {
    Comparisons comparisons;
    for (const auto* clause : clauses()) {
        if (clause->permissions.deny.empty()) {
            continue;
        }
        for (const Grant& grant : given) {
            if (grant.actions.empty() || grant.resources.empty()) {
                continue;
            }
            comparisons.count(1);
            const auto* action = comparisons.meeting(grant.actions, clause->permissions.deny);
            const auto* resource = action == nullptr
                                       ? nullptr
                                       : comparisons.meeting(grant.resources, *clause->resources);
            if (resource != nullptr) {
                return Right{*action, *resource};
            }
            if (comparisons.used_up()) {
                return Right{grant.actions.front(), grant.resources.front()};
            }
        }
    }
    return std::nullopt;
}

}  // namespace chatelaine::access

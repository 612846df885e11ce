#include "access/policy_set.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace chatelaine::access {
namespace {

/// Clauses that are decided over without allocating: 64 for each word.
constexpr std::size_t kWordsMax = 64;

/// Three rows of bits, on the stack as long as they are few.
class Scratch {
public:
    explicit Scratch(std::size_t words) : words_(words) {
        if (words > kWordsMax) {
            many_.resize(3 * words);
        }
    }
    /// Wiped.
    std::uint64_t* row(std::size_t number) {
        std::uint64_t* const from = (many_.empty() ? few_.data() : many_.data()) + number * words_;
        std::fill_n(from, words_, 0);
        return from;
    }

private:
    std::size_t words_;
    std::array<std::uint64_t, 3 * kWordsMax> few_;
    std::vector<std::uint64_t> many_;
};

/// True when `yes` says so of one of the bits that are set.
template <class Yes>
bool any_of_bits(std::uint64_t word, std::size_t index, Yes yes) {
    while (word != 0) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(word));
        if (yes(index * 64 + bit)) {
            return true;
        }
        word &= word - 1;
    }
    return false;
}

bool is_set(const ClauseBits& bits, std::size_t clause) {
    return (bits[clause / 64] >> (clause % 64) & 1) != 0;
}

const std::string* first_match(const std::vector<std::string>& patterns, std::string_view text) {
    const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const auto& pattern) {
        return matches(pattern, text);
    });
    return found == patterns.end() ? nullptr : &*found;
}

std::vector<std::string> with_plates(const std::vector<std::string>& urns, std::string_view plate) {
    std::vector<std::string> named;
    named.reserve(urns.size());
    for (const auto& urn : urns) {
        named.push_back(with_plate(urn, plate));
    }
    return named;
}

/// A group whose role is to do everything, said as a policy.
std::shared_ptr<const Policy> role_policy(const UserGroup& group) {
    auto policy = std::make_shared<Policy>();
    policy->name = "role " + group.role + " of the group " + group.name;
    policy->identities = {group.urn};
    policy->resources = {"*"};
    policy->permissions.allow = {"*"};
    return policy;
}

}  // namespace

void PolicySet::add(Clause clause, const std::vector<std::string>& identities) {
    const auto number = static_cast<std::uint32_t>(clauses_.size());
    for (const auto& identity : identities) {
        identities_.add(identity, number);
    }
    for (const auto& resource : *clause.resources) {
        resources_.add(resource, number);
    }
    for (const auto& action : clause.permissions.allow) {
        allow_.add(action, number);
    }
    for (const auto& action : clause.permissions.except) {
        except_.add(action, number);
    }
    for (const auto& action : clause.permissions.deny) {
        deny_.add(action, number);
    }
    has_deny_ = has_deny_ || !clause.permissions.deny.empty();
    has_except_ = has_except_ || !clause.permissions.except.empty();
    clauses_.push_back(std::move(clause));
}

void PolicySet::finish() {
    const std::size_t count = clauses_.size();
    always_.assign((count + 63) / 64, 0);
    for (std::size_t i = 0; i < count; ++i) {
        if (clauses_[i].always()) {
            always_[i / 64] |= std::uint64_t{1} << (i % 64);
        }
    }
    for (PatternIndex* index : {&identities_, &resources_, &allow_, &except_, &deny_}) {
        index->finish(count);
    }
}

void PolicySet::add_policies(const Rules& rules, std::string_view plate) {
    std::unordered_map<std::string_view, const PermissionsGroup*> permissions_groups;
    for (const auto& group : rules.permissions_groups) {
        permissions_groups.emplace(group->urn, group.get());
    }
    std::unordered_map<std::string_view, const ResourceGroup*> resource_groups;
    for (const auto& group : rules.resource_groups) {
        resource_groups.emplace(group->urn, group.get());
    }
    for (const auto& policy : rules.policies) {
        std::vector<std::string> resources;
        for (auto& urn : with_plates(policy->resources, plate)) {
            const auto group = resource_groups.find(urn);
            if (group == resource_groups.end()) {
                resources.push_back(std::move(urn));
                continue;
            }
            const auto members = with_plates(group->second->resources, plate);
            resources.insert(resources.end(), members.begin(), members.end());
        }
        const std::vector<std::string> identities = with_plates(policy->identities, plate);
        Clause clause;
        clause.policy = policy;
        clause.permissions = policy->permissions;
        clause.resources = std::make_shared<const std::vector<std::string>>(std::move(resources));
        if (policy->condition) {
            clause.condition = CompiledCondition::compile(*policy->condition);
        }
        clause.expires = policy->expires;
        if (policy->permissions != Permissions{}) {
            add(clause, identities);
        }
        for (const auto& urn : with_plates(policy->permissions_groups, plate)) {
            if (const auto group = permissions_groups.find(urn);
                group != permissions_groups.end()) {
                clause.group = urn;
                clause.permissions = group->second->permissions;
                add(clause, identities);
            }
        }
    }
}

std::shared_ptr<const PolicySet> PolicySet::compile(const Rules& rules, std::string_view plate) {
    auto set = std::make_shared<PolicySet>();
    set->add_policies(rules, plate);
    for (const auto& group : rules.user_groups) {
        if (group->role == "ADMIN") {
            const auto policy = role_policy(*group);
            Clause clause;
            clause.policy = policy;
            clause.permissions = policy->permissions;
            clause.resources =
                std::make_shared<const std::vector<std::string>>(policy->resources);
            set->add(std::move(clause), policy->identities);
        }
    }
    for (const auto& tagged : rules.tags) {
        set->tags_.emplace(with_plate(tagged->urn, plate), tagged->tags);
    }
    set->finish();
    return set;
}

std::shared_ptr<const PolicySet> PolicySet::compile(const std::vector<Grant>& grants,
                                                    std::optional<WallTime> expires) {
    auto set = std::make_shared<PolicySet>();
    const auto own = std::make_shared<const Policy>();
    for (const Grant& grant : grants) {
        Clause clause;
        clause.policy = own;
        clause.permissions.allow = grant.actions;
        clause.resources = std::make_shared<const std::vector<std::string>>(grant.resources);
        clause.expires = expires;
        set->add(std::move(clause), {});
    }
    set->finish();
    return set;
}

ClauseBits PolicySet::about(const std::vector<std::string>& identities) const {
    ClauseBits bits(always_.size());
    for (const auto& identity : identities) {
        identities_.mark(identity, bits.data());
    }
    return bits;
}

ClauseBits PolicySet::all() const { return ClauseBits(always_.size(), ~std::uint64_t{0}); }

const Tags* PolicySet::tags_of(std::string_view resource) const {
    if (tags_.empty()) {
        return nullptr;
    }
    const auto found = tags_.find(std::string(resource));
    return found == tags_.end() ? nullptr : &found->second;
}

/// `unknown`: what a condition that cannot be judged counts as.
bool PolicySet::applies(std::size_t clause, const RequestFacts& facts, const Tags* tags,
                        bool unknown) const {
    const Clause& it = clauses_[clause];
    if (it.expires && facts.now >= *it.expires) {
        return false;
    }
    if (!it.condition) {
        return true;
    }
    const Truth truth = it.condition->holds(facts, tags);
    return truth == Truth::kUnknown ? unknown : truth == Truth::kTrue;
}

bool PolicySet::denies(const std::uint64_t* mine, std::uint64_t* bits,
                       std::initializer_list<std::string_view> actions, const RequestFacts& facts,
                       const Tags* tags) const {
    for (const std::string_view action : actions) {
        if (!action.empty()) {
            deny_.mark(action, bits);
        }
    }
    for (std::size_t i = 0; i < always_.size(); ++i) {
        const std::uint64_t found = bits[i] & mine[i];
        if ((found & always_[i]) != 0 || any_of_bits(found, i, [&](std::size_t clause) {
                return applies(clause, facts, tags, true);
            })) {
            return true;
        }
    }
    return false;
}

/// `bits`: two rows.
bool PolicySet::allows(const std::uint64_t* mine, std::uint64_t* bits, std::string_view action,
                       const RequestFacts& facts, const Tags* tags) const {
    const std::size_t words = always_.size();
    std::uint64_t* const excepted = bits + words;
    allow_.mark(action, bits);
    if (has_except_) {
        except_.mark(action, excepted);
    }
    for (std::size_t i = 0; i < words; ++i) {
        const std::uint64_t found = bits[i] & mine[i] & ~excepted[i];
        if ((found & always_[i]) != 0 || any_of_bits(found, i, [&](std::size_t clause) {
                return applies(clause, facts, tags, false);
            })) {
            return true;
        }
    }
    return false;
}

PolicySet::Votes PolicySet::decide(const ClauseBits& about, const RequestFacts& facts,
                                   std::initializer_list<std::string_view> actions,
                                   std::string_view resource) const {
    const std::size_t words = always_.size();
    Scratch scratch(words);
    std::uint64_t* const mine = scratch.row(0);
    resources_.mark(resource, mine);
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < words; ++i) {
        mine[i] &= about[i];
        any |= mine[i];
    }
    if (any == 0) {
        return {};
    }
    const Tags* const tags = tags_of(resource);
    if (has_deny_ && denies(mine, scratch.row(1), actions, facts, tags)) {
        return {false, true};
    }
    for (const std::string_view action : actions) {
        if (!action.empty()) {
            static_cast<void>(scratch.row(2));
            if (allows(mine, scratch.row(1), action, facts, tags)) {
                return {true, false};
            }
        }
    }
    return {};
}

Explanation PolicySet::explain(const ClauseBits& about, const RequestFacts& facts,
                               std::initializer_list<std::string_view> actions,
                               std::string_view resource) const {
    const Tags* const tags = tags_of(resource);
    Explanation allowed;
    for (std::size_t i = 0; i < clauses_.size(); ++i) {
        const Clause& clause = clauses_[i];
        const std::string* const where =
            is_set(about, i) ? first_match(*clause.resources, resource) : nullptr;
        for (const std::string_view action : actions) {
            if (where == nullptr || action.empty()) {
                continue;
            }
            Explanation found{Decision::kDenied, Explanation::Reason::kDenied, clause.policy->id,
                              clause.policy->name, {}, *where};
            const std::string group = clause.group.empty() ? "" : " of " + clause.group;
            if (const auto* deny = first_match(clause.permissions.deny, action);
                deny != nullptr && applies(i, facts, tags, true)) {
                found.statement = "deny " + *deny + group;
                return found;
            }
            const auto* allow = first_match(clause.permissions.allow, action);
            if (allow != nullptr && allowed.decision == Decision::kDenied &&
                first_match(clause.permissions.except, action) == nullptr &&
                applies(i, facts, tags, false)) {
                found.statement = "allow " + *allow + group;
                found.decision = Decision::kAllowed;
                found.reason = Explanation::Reason::kAllowed;
                allowed = std::move(found);
            }
        }
    }
    return allowed;
}

}  // namespace chatelaine::access

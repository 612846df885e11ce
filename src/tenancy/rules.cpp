// What changes of rules have in common; who may make them.
#include "tenancy/rules.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace chatelaine::tenancy {
namespace {

using access::PolicySet;
using access::Standing;

/// Of all policies of an account together, their resource groups replaced.
constexpr std::size_t kResourcesMax = 50'000;
constexpr std::size_t kResourceBytesMax = 8 * 1024 * 1024;

Error bad_field(std::string_view field, std::string what) {
    return Error::invalid("tenancy.rules", std::string(field), std::move(what));
}

void add_grant(std::vector<Grant>& grants, const std::vector<std::string>& actions,
               const std::vector<std::string>& resources) {
    if (!actions.empty() && !resources.empty()) {
        grants.push_back({actions, resources});
    }
}

bool same_clause(const PolicySet::Clause& a, const PolicySet::Clause& b) {
    return a.permissions == b.permissions && *a.resources == *b.resources &&
           a.policy->identities == b.policy->identities &&
           a.policy->condition == b.policy->condition && a.expires == b.expires;
}

/// What the policies' resources come to once their groups are replaced.
struct Extent {
    std::size_t resources = 0;
    std::size_t bytes = 0;
};
Extent extent_of(const access::Rules& rules, std::string_view plate) {
    const auto sum = [](const std::vector<std::string>& urns) {
        Extent all{urns.size(), 0};
        for (const auto& urn : urns) {
            all.bytes += urn.size();
        }
        return all;
    };
    std::unordered_map<std::string_view, Extent> groups;
    for (const auto& group : rules.resource_groups) {
        groups.emplace(group->urn, sum(group->resources));
    }
    Extent all;
    for (const auto& policy : rules.policies) {
        for (const auto& urn : policy->resources) {
            const auto group = groups.find(access::with_plate(urn, plate));
            const Extent one = group == groups.end() ? Extent{1, urn.size()} : group->second;
            all.resources += one.resources;
            all.bytes += one.bytes;
        }
    }
    return all;
}

/// What was beyond the limit before may become less, not more.
Result<void> check_extent(const access::Rules& before, const access::Rules& after,
                          std::string_view plate) {
    const Extent now = extent_of(after, plate);
    const bool fits = now.resources <= kResourcesMax && now.bytes <= kResourceBytesMax;
    if (!fits) {
        const Extent old = extent_of(before, plate);
        if (now.resources > old.resources || now.bytes > old.bytes) {
            return Error(Code::kTooLarge, "tenancy.rules",
                         "the account's policies name more than 50000 resources, or 8 MiB of "
                         "them, their resource groups counted by what is in them");
        }
    }
    return ok();
}

/// What a change hands out: all that is allowed anew, and all that is denied no longer.
std::vector<Grant> handed_out(const PolicySet& before, const PolicySet& after) {
    using Key = std::tuple<Uuid, std::string, std::string>;
    const auto key_of = [](const PolicySet::Clause& clause) {
        return Key{clause.policy->id, clause.policy->id.is_nil() ? clause.policy->name : "",
                   clause.group};
    };
    std::map<Key, const PolicySet::Clause*> old;
    for (const auto& clause : before.clauses()) {
        old.emplace(key_of(clause), &clause);
    }
    std::vector<Grant> grants;
    for (const auto& clause : after.clauses()) {
        const auto found = old.find(key_of(clause));
        if (found != old.end() && same_clause(*found->second, clause)) {
            old.erase(found);
            continue;
        }
        add_grant(grants, clause.permissions.allow, *clause.resources);
    }
    for (const auto& [key, clause] : old) {
        add_grant(grants, clause->permissions.deny, *clause->resources);
    }
    return grants;
}

/// The clauses of `after` that `before` has not, and the other way round, in what they hand out.
std::vector<Grant> handed_out(const Standing& before, const Standing& after) {
    const auto old = before.clauses();
    const auto now = after.clauses();
    const auto has = [](const auto& clauses, const PolicySet::Clause* wanted) {
        return std::find(clauses.begin(), clauses.end(), wanted) != clauses.end();
    };
    std::vector<Grant> grants;
    for (const auto* clause : now) {
        if (!has(old, clause)) {
            add_grant(grants, clause->permissions.allow, *clause->resources);
        }
    }
    for (const auto* clause : old) {
        if (!has(now, clause)) {
            add_grant(grants, clause->permissions.deny, *clause->resources);
        }
    }
    return grants;
}

}  // namespace

Result<RuleBook> open_rules(Services& services, const access::Principal& principal) {
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "tenancy.rules");
    }
    const Uuid& account = principal.account().uuid;
    RuleBook book;
    // The version first: who changes a rule between the two readings makes the commit fail.
    CH_TRY(book.mark_version,
           services.reader.version_of({account, access::PolicyMark::kind, account}));
    CH_TRY(book.rules, access::load_rules(services.reader, principal.account()));
    return book;
}

seal::RecordChange mark_change(Services& services, const AccountId& account,
                               std::uint64_t version) {
    return change_of(access::PolicyMark(), account.uuid, account.uuid, version, services.now,
                     services.now);
}

Result<void> close_rules(Services& services, const access::Principal& principal,
                         const RuleBook& before, const access::Rules& after,
                         std::vector<seal::RecordChange>& changes) {
    CH_TRY_VOID(check_extent(before.rules, after, services.plate));
    if (!principal.is_root() || !principal.bound_to().is_nil()) {
        const auto old = PolicySet::compile(before.rules, services.plate);
        const auto now = PolicySet::compile(after, services.plate);
        CH_TRY_VOID(may_give_identity(services, principal, handed_out(*old, *now)));
    }
    changes.push_back(mark_change(services, principal.account(), before.mark_version));
    return ok();
}

Result<std::shared_ptr<const Standing>> standing_of(
    Services& services, const std::shared_ptr<const access::Identity>& identity,
    access::RequestFacts facts) {
    std::shared_ptr<const PolicySet> policies;
    if (identity->party == Party::kCustomer) {
        CH_TRY(policies,
               access::policies_of(services.reader, identity->account, services.plate));
    }
    return Standing::of({identity}, policies, services.plate, std::move(facts));
}

Result<void> may_act_as(Services& services, const access::Principal& principal,
                        const std::shared_ptr<const access::Identity>& identity) {
    // One of several is not all of the caller: what is denied to the others is denied to it now,
    // and would not be to a credential of that one alone.
    const auto& own = principal.identities();
    if (own.size() == 1 && own.front()->id == identity->id) {
        return ok();
    }
    CH_TRY(const auto standing, standing_of(services, identity, {services.now, {}}));
    return may_hand_out(services, principal, standing->most());
}

Result<void> join_groups(Services& services, const access::Principal& principal,
                         const access::Identity& before, const access::Identity& after,
                         std::vector<seal::RecordChange>& changes) {
    if (before.groups == after.groups) {
        return ok();
    }
    if (after.groups.size() > limits::policy_entries_max) {
        return bad_field("groups", "expected at most 100 groups");
    }
    CH_TRY(const RuleBook book, open_rules(services, principal));
    const auto& known = book.rules.user_groups;
    for (std::size_t i = 0; i < after.groups.size(); ++i) {
        if (std::none_of(known.begin(), known.end(), [&](const auto& group) {
                return group->name == after.groups[i];
            })) {
            return bad_field("groups." + std::to_string(i), "expected a group of the account");
        }
    }
    const auto policies = PolicySet::compile(book.rules, services.plate);
    const auto standing = [&](const access::Identity& identity) {
        auto groups_alone = std::make_shared<access::Identity>(identity);
        groups_alone->grants.clear();
        return Standing::of({std::move(groups_alone)}, policies, services.plate,
                            {services.now, {}});
    };
    CH_TRY_VOID(may_give_identity(services, principal,
                                  handed_out(*standing(before), *standing(after))));
    changes.push_back(mark_change(services, principal.account(), book.mark_version));
    return ok();
}

Result<void> check_patterns(std::string_view field, const std::vector<std::string>& patterns,
                            std::size_t count_max) {
    if (patterns.size() > count_max) {
        return bad_field(field, "expected at most " + std::to_string(count_max) + " elements");
    }
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        const std::string& pattern = patterns[i];
        const bool good = !pattern.empty() &&
                          pattern.size() <= limits::policy_pattern_characters_max &&
                          pattern.find('*') >= pattern.size() - 1 &&
                          std::all_of(pattern.begin(), pattern.end(),
                                      [](char c) { return c > ' ' && c <= '~'; });
        if (!good) {
            return bad_field(std::string(field) + "." + std::to_string(i),
                            "expected 1 to 512 characters, a star at the end or nowhere");
        }
    }
    return ok();
}

Result<void> check_urns(std::string_view field, const std::vector<std::string>& urns,
                        std::string_view plate, std::size_t count_max) {
    CH_TRY_VOID(check_patterns(field, urns, count_max));
    const std::string ours = "urn:v1:" + std::string(plate) + ":";
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < urns.size(); ++i) {
        const std::string urn = access::with_plate(urns[i], plate);
        const bool open = urn.ends_with('*') && ours.starts_with(urn.substr(0, urn.size() - 1));
        if (!open && !urn.starts_with(ours)) {
            return bad_field(std::string(field) + "." + std::to_string(i),
                            "expected a URN of this service: " + ours + "…, or without the plate");
        }
        if (!seen.insert(urn).second) {
            return bad_field(std::string(field) + "." + std::to_string(i),
                             "expected a URN that does not stand there already");
        }
    }
    return ok();
}

Result<void> check_permissions(const access::Permissions& permissions) {
    CH_TRY_VOID(check_patterns("permissions.allow", permissions.allow, limits::policy_entries_max));
    CH_TRY_VOID(
        check_patterns("permissions.except", permissions.except, limits::policy_entries_max));
    return check_patterns("permissions.deny", permissions.deny, limits::policy_entries_max);
}

Result<void> check_rule_name(std::string_view name) {
    CH_TRY_VOID(check_name("name", name, 64));
    if (name.starts_with("ovh-")) {
        return bad_field("name", "expected a name that does not begin with ovh-");
    }
    return ok();
}

}  // namespace chatelaine::tenancy

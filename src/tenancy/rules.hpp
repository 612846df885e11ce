#pragma once

#include "tenancy/handlers.hpp"
#include "tenancy/policy_operations.hpp"

/// How an account's rules are changed. Private to the room.

namespace chatelaine::tenancy {

/// The rules as they stand, and the version of the account's mark that they stand under.
struct RuleBook {
    access::Rules rules;
    std::uint64_t mark_version = 0;
};
/// To change them. kWouldBlock on a network loop.
Result<RuleBook> open_rules(Services& services, const access::Principal& principal);

/// What every change of rules needs: the caller may make `after` of `before` (nobody hands out more
/// than they hold, nor lifts a denial of what they do not hold), and the account's mark goes along.
/// kTooLarge when the policies' resources, groups replaced, become more than can be decided by.
Result<void> close_rules(Services& services, const access::Principal& principal,
                         const RuleBook& before, const access::Rules& after,
                         std::vector<seal::RecordChange>& changes);
/// The change of the account's mark, alone.
seal::RecordChange mark_change(Services& services, const AccountId& account,
                               std::uint64_t version);

/// The identity's rights as the account's rules give them to it.
Result<std::shared_ptr<const access::Standing>> standing_of(
    Services& services, const std::shared_ptr<const access::Identity>& identity,
    access::RequestFacts facts);

/// kForbidden unless the caller may have the identity act for it: it is the caller's only one, or
/// it may do nothing that the caller may not.
Result<void> may_act_as(Services& services, const access::Principal& principal,
                        const std::shared_ptr<const access::Identity>& identity);
/// What it needs that `after` is in other groups than `before`: they are the account's, the caller
/// may give what they bring, and the account's mark goes along. kWouldBlock on a network loop.
Result<void> join_groups(Services& services, const access::Principal& principal,
                         const access::Identity& before, const access::Identity& after,
                         std::vector<seal::RecordChange>& changes);

/// kInvalidArgument unless each is a pattern that may stand in a policy: 1 to 512 characters, a
/// star at the end or nowhere.
Result<void> check_patterns(std::string_view field, const std::vector<std::string>& patterns,
                            std::size_t count_max);
/// The same for URNs, which are of this service, each of them once.
Result<void> check_urns(std::string_view field, const std::vector<std::string>& urns,
                        std::string_view plate, std::size_t count_max);
Result<void> check_permissions(const access::Permissions& permissions);
Result<void> check_rule_name(std::string_view name);

template <class T>
std::vector<std::shared_ptr<const T>> replaced(std::vector<std::shared_ptr<const T>> records,
                                               const std::shared_ptr<const T>& by) {
    for (auto& record : records) {
        if (record->origin.key.id == by->origin.key.id) {
            record = by;
            return records;
        }
    }
    records.push_back(by);
    return records;
}
template <class T>
std::vector<std::shared_ptr<const T>> without(std::vector<std::shared_ptr<const T>> records,
                                              const T& gone) {
    std::erase_if(records, [&](const auto& record) { return record->id == gone.id; });
    return records;
}
/// The page of records that a list answers.
template <class T>
Result<PageReply<T>> page_of(Services& services, const access::Principal& principal,
                             const PageCommand& page) {
    store::Query query;
    query.scope = principal.account().uuid;
    query.after_born = page.after;
    query.max = page.max;
    CH_TRY(auto found, services.reader.find<T>(query));
    PageReply<T> reply;
    reply.records = std::move(found.objects);
    reply.next = found.more ? found.born.back() : 0;
    return reply;
}

}  // namespace chatelaine::tenancy

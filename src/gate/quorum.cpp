#include "gate/quorum.hpp"

#include <algorithm>
#include <array>

#include "access/policy_set.hpp"

namespace chatelaine::gate {
namespace {

using access::QuorumBook;
using access::QuorumRequest;
using access::QuorumRule;

/// How many open requests for the same are looked at; there is one, unless two were first at once.
constexpr std::size_t kSameMax = 5;
/// Requests past their end that one new request clears away.
constexpr std::size_t kSweptMax = 20;
constexpr std::string_view kWhere = "gate.quorum";

template <class T>
seal::RecordChange change_of(const T& record, const store::RecordKey& key, std::uint64_t version,
                             WallTime created, WallTime now) {
    Bytes plaintext;
    record.encode(plaintext);
    seal::RecordChange change;
    change.key = key;
    change.expected_version = version;
    change.dates[store::DateColumn::kCreated] = created;
    change.dates[store::DateColumn::kChanged] = now;
    change.plaintext = crypto::SecretBytes::copy_of(plaintext);
    wipe(plaintext.data(), plaintext.size());
    return change;
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool is_named(const QuorumRule& rule, const access::Identity& identity, std::string_view plate) {
    return contains(rule.approvers, identity.urn) ||
           std::any_of(identity.groups.begin(), identity.groups.end(), [&](const auto& group) {
               return contains(rule.approvers, access::group_urn(plate, identity.account, group));
           });
}

/// Would the command make a credential of an approver of the rule, or an approver?
Result<bool> touches(const QuorumRule& rule, const Touched& touched,
                     const access::Principal& principal, Services& services) {
    const AccountId& account = principal.account();
    for (const auto& group : touched.groups) {
        if (contains(rule.approvers, access::group_urn(services.plate, account, group))) {
            return true;
        }
    }
    std::vector<std::shared_ptr<const access::Identity>> named;
    for (const IdentityId& id : touched.identities) {
        CH_TRY(auto identity, services.reader.load<access::Identity>(account.uuid, id.uuid));
        named.push_back(std::move(identity));
    }
    for (const auto& urn : touched.identity_urns) {
        store::Query query;
        query.scope = account.uuid;
        query.max = 1;
        CH_TRY(const auto term,
               services.reader.term(account.uuid, "name", urn.substr(urn.rfind('/') + 1)));
        query.terms.push_back(term);
        CH_TRY(const auto found, services.reader.find<access::Identity>(query));
        named.insert(named.end(), found.objects.begin(), found.objects.end());
    }
    const auto own = identities_of(principal);
    return std::any_of(named.begin(), named.end(), [&](const auto& identity) {
        return identity && is_named(rule, *identity, services.plate) &&
               !share_identity(own, {identity->id});
    });
}

Result<std::vector<const QuorumRule*>> asked_by(const QuorumBook& book, const OperationRow& row,
                                                std::string_view urn,
                                                const access::Principal& principal,
                                                const Touched& touched, Services& services) {
    std::vector<const QuorumRule*> asking;
    const bool makes = row.effect == Effect::kWrite || row.name == "identity.delete";
    for (const QuorumRule& rule : book.rules) {
        bool asks = rule.is_about(row.actions, urn) || rule.id == touched.rule;
        if (!asks && makes) {
            CH_TRY(asks, touches(rule, touched, principal, services));
        }
        if (asks) {
            asking.push_back(&rule);
        }
    }
    return asking;
}

/// Of the first rule that lacks some: how many it has, and wants.
struct Count {
    std::size_t given = 0;
    std::size_t wanted = 0;
    bool enough() const { return given >= wanted; }
};
Result<Count> count(const QuorumRequest& request, const std::vector<const QuorumRule*>& asking,
                    Services& services) {
    Count count;
    for (const QuorumRule* const rule : asking) {
        CH_TRY(count.given, approvals_for(request, *rule, services.reader, services.plate));
        count.wanted = rule->approvals;
        if (!count.enough()) {
            break;
        }
    }
    return count;
}

Error refusal_of(const Count& count, const Uuid& request) {
    return Error(Code::kForbidden, kWhere,
                 std::to_string(count.wanted) + " approvals are asked for and " +
                     std::to_string(count.given) + " given: request " + request.to_string());
}

/// The approved request's end, in the store that the operation commits in.
seal::RecordChange use_of(const std::shared_ptr<const QuorumRequest>& request,
                          const OperationRow& row, const access::Principal& principal,
                          WallTime now) {
    if (row.commits == CommitsIn::kDirectory) {
        QuorumRequest used = *request;
        used.end = QuorumRequest::End::kUsed;
        used.ended = now;
        return request_change(used, now);
    }
    access::QuorumUse use;
    use.at = now;
    return change_of(use, {principal.domain().uuid, access::QuorumUse::kind, request->id}, 0, now,
                     now);
}

/// Ends those whose time is over, so that they no longer count as open.
Result<std::size_t> sweep(const AccountId& account, Services& services,
                          std::vector<seal::RecordChange>& changes) {
    store::Query query;
    query.scope = account.uuid;
    query.max = limits::quorum_requests_max;
    CH_TRY(const auto term, services.reader.term(account.uuid, "open", "1"));
    query.terms.push_back(term);
    CH_TRY(const auto found, services.reader.find<QuorumRequest>(query));
    std::size_t open = 0;
    for (const auto& request : found.objects) {
        CH_TRY(const bool used, used_in_region(*request, services.reader));
        const bool over = used || !request->is_open(services.now);
        open += over ? 0 : 1;
        if (over && changes.size() < kSweptMax) {
            QuorumRequest ended = *request;
            ended.end = used ? QuorumRequest::End::kUsed : QuorumRequest::End::kExpired;
            ended.ended = used ? services.now : request->expires;
            changes.push_back(request_change(ended, services.now));
        }
    }
    return open;
}

/// Rules are read by those who approve them. What other bodies carry may be a secret's text, a key,
/// a password or a person.
bool may_be_shown(const OperationRow& row) {
    constexpr std::array<std::string_view, 7> shown{
        "policy.", "permissionsGroup.", "resourceGroup.", "group.", "resourceTags.",
        "quorum.rule.", "domain."};
    return row.plane == Plane::kControl &&
           std::any_of(shown.begin(), shown.end(),
                       [&](std::string_view prefix) { return row.name.starts_with(prefix); });
}

QuorumRequest new_request(const OperationRow& row, std::string_view urn,
                          const access::Principal& principal, const RequestParts& parts,
                          const std::vector<const QuorumRule*>& asking, Services& services) {
    QuorumRequest request;
    request.id = Uuid::random(services.random);
    request.account = principal.account();
    request.domain = principal.domain();
    request.operation = row.name;
    request.action = row.actions[0];
    request.resource = urn;
    request.method = parts.method;
    request.target = parts.target;
    request.body_hidden = !parts.body.empty() &&
                          (!may_be_shown(row) || parts.body.size() > limits::quorum_body_shown_max);
    request.body = request.body_hidden ? std::string_view() : as_text(parts.body);
    request.digest = request_digest(row, urn, parts);
    for (const auto& identity : principal.identities()) {
        request.askers.push_back(identity->id);
        request.asker_urns.push_back(identity->urn);
    }
    request.asked = services.now;
    std::int64_t seconds = limits::quorum_seconds_max;
    for (const QuorumRule* const rule : asking) {
        request.rules.push_back(rule->id);
        seconds = std::min(seconds, rule->valid_seconds);
    }
    request.expires = services.now.plus_seconds(seconds);
    return request;
}

/// The asker's open requests for exactly this, newest first.
Result<std::vector<std::shared_ptr<const QuorumRequest>>> open_requests(
    const access::Principal& principal, const crypto::Sha256& digest, Services& services) {
    store::Query query;
    query.scope = principal.account().uuid;
    query.max = kSameMax;
    query.newest_first = true;
    CH_TRY(const auto term,
           services.reader.term(query.scope, "asked",
                                access::asked_term(identities_of(principal), digest)));
    query.terms.push_back(term);
    CH_TRY(auto found, services.reader.find<QuorumRequest>(query));
    std::vector<std::shared_ptr<const QuorumRequest>> open;
    for (auto& request : found.objects) {
        CH_TRY(const bool used, used_in_region(*request, services.reader));
        if (!used && request->is_open(services.now)) {
            open.push_back(std::move(request));
        }
    }
    return open;
}

}  // namespace

std::vector<IdentityId> identities_of(const access::Principal& principal) {
    std::vector<IdentityId> ids;
    for (const auto& identity : principal.identities()) {
        ids.push_back(identity->id);
    }
    return ids;
}

bool share_identity(const std::vector<IdentityId>& a, const std::vector<IdentityId>& b) {
    return std::any_of(a.begin(), a.end(), [&](const IdentityId& id) {
        return std::find(b.begin(), b.end(), id) != b.end();
    });
}

crypto::Sha256 request_digest(const OperationRow& row, std::string_view urn,
                              const RequestParts& parts) {
    Bytes all;
    for (const BytesView part : {as_bytes(row.name), as_bytes(urn), as_bytes(parts.method),
                                 as_bytes(parts.target), parts.body}) {
        const crypto::Sha256 hash = crypto::sha256(part);
        all.insert(all.end(), hash.begin(), hash.end());
    }
    return crypto::sha256(all);
}

seal::RecordChange request_change(const QuorumRequest& request, WallTime now) {
    auto change = change_of(request, {request.account.uuid, QuorumRequest::kind, request.id},
                            request.origin.version, request.asked, now);
    change.terms = request.terms();
    return change;
}

Result<bool> used_in_region(const QuorumRequest& request, seal::Reader& reader) {
    if (request.domain.is_nil() || request.approvals.empty()) {
        return false;
    }
    CH_TRY(const auto use,
           reader.load<access::QuorumUse>(request.domain.uuid, request.id));
    return use != nullptr;
}

std::vector<const QuorumRule*> rules_of(const QuorumBook& book, const QuorumRequest& request) {
    std::vector<const QuorumRule*> rules;
    for (const QuorumRule& rule : book.rules) {
        const bool named = std::find(request.rules.begin(), request.rules.end(), rule.id) !=
                           request.rules.end();
        if (named || rule.is_about({request.action, {}}, request.resource)) {
            rules.push_back(&rule);
        }
    }
    return rules;
}

Result<bool> may_approve(const std::vector<IdentityId>& identities, const QuorumRule& rule,
                         const AccountId& account, const access::RequestFacts& facts,
                         seal::Reader& reader, std::string_view plate) {
    for (const IdentityId& id : identities) {
        CH_TRY(const auto identity, reader.load<access::Identity>(account.uuid, id.uuid));
        if (!identity || identity->disabled || !is_named(rule, *identity, plate)) {
            continue;
        }
        CH_TRY(const auto policies, access::policies_of(reader, account, plate));
        const auto standing = access::Standing::of({identity}, policies, plate, facts);
        const std::string urn =
            "urn:v1:" + std::string(plate) + ":account:" + account.to_string();
        if (standing->decide({approve_action}, urn) == access::Decision::kAllowed) {
            return true;
        }
    }
    return false;
}

Result<std::size_t> approvals_for(const QuorumRequest& request, const QuorumRule& rule,
                                  seal::Reader& reader, std::string_view plate) {
    std::size_t given = 0;
    for (const auto& approval : request.approvals) {
        CH_TRY(const bool counts,
               may_approve(approval.identities, rule, request.account,
                           {approval.at, approval.client_ip}, reader, plate));
        given += counts ? 1 : 0;
    }
    return given;
}

Result<QuorumAnswer> ask_quorum(const OperationRow& row, std::string_view urn,
                                const access::Principal& principal, const Touched& touched,
                                const RequestParts& parts, Services& services) {
    QuorumAnswer answer;
    if (principal.is_system() || principal.is_anonymous()) {
        return answer;
    }
    const Uuid& account = principal.account().uuid;
    CH_TRY(const auto book, services.reader.load<QuorumBook>(account, account));
    if (!book || book->rules.empty()) {
        return answer;
    }
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, kWhere);
    }
    CH_TRY(const auto asking, asked_by(*book, row, urn, principal, touched, services));
    if (asking.empty()) {
        return answer;
    }
    CH_TRY(const auto open,
           open_requests(principal, request_digest(row, urn, parts), services));
    Count newest;
    for (const auto& request : open) {
        CH_TRY(const Count approved, count(*request, asking, services));
        if (approved.enough()) {
            answer.changes.push_back(use_of(request, row, principal, services.now));
            answer.details.emplace_back("quorum", request->id.to_string());
            return answer;
        }
        newest = request == open.front() ? approved : newest;
    }
    if (!open.empty()) {
        answer.refusal = refusal_of(newest, open.front()->id);
        answer.details.emplace_back("quorum", open.front()->id.to_string());
        return answer;
    }
    CH_TRY(const std::size_t waiting, sweep(principal.account(), services, answer.changes));
    if (waiting >= limits::quorum_requests_max) {
        return Error(Code::kRateLimited, kWhere, "200 requests of the account wait for approvals");
    }
    const auto request = new_request(row, urn, principal, parts, asking, services);
    answer.refusal = refusal_of({0, asking.front()->approvals}, request.id);
    answer.details.emplace_back("quorum", request.id.to_string());
    answer.changes.push_back(request_change(request, services.now));
    return answer;
}

Result<void> refuse_asked(const std::array<std::string_view, 2>& actions, std::string_view urn,
                          const access::Principal& principal, Services& services) {
    if (principal.is_system() || principal.is_anonymous()) {
        return ok();
    }
    const Uuid& account = principal.account().uuid;
    CH_TRY(const auto book, services.reader.load<QuorumBook>(account, account));
    const bool asked = book && std::any_of(book->rules.begin(), book->rules.end(),
                                           [&](const QuorumRule& rule) {
                                               return rule.is_about(actions, urn);
                                           });
    return asked ? Result<void>(Error(Code::kForbidden, kWhere,
                                      "approvals are asked for " + std::string(actions[0]) +
                                          " on " + std::string(urn) +
                                          ": do that by a call of its own first"))
                 : ok();
}

}  // namespace chatelaine::gate

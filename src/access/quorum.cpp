// Encodings of the approvals' records. Field numbers are in docs/formats.md ("Record fields"); a
// number is never used again for something else.
#include "access/quorum.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace chatelaine::access {
namespace {

constexpr std::uint8_t kFormat = 1;

/// Opens a record and gives each of its fields to `take`.
template <class Take>
Result<void> each_field(BytesView bytes, std::string_view where, Take take) {
    CH_TRY(FieldReader reader, FieldReader::open(bytes, kFormat, where));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return ok();
        }
        CH_TRY_VOID(take(*field));
    }
}

template <class T>
std::shared_ptr<T> made_from(const seal::Origin& origin) {
    auto record = std::make_shared<T>();
    record->origin = origin;
    return record;
}

void write_texts(FieldWriter& out, std::uint16_t number, const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
        out.text(number, text);
    }
}

Result<void> add_identity(const Field& field, std::vector<IdentityId>& ids) {
    CH_TRY(const IdentityId id, field.id<IdentityTag>());
    ids.push_back(id);
    return ok();
}

void encode_rule(const QuorumRule& rule, FieldWriter& out) {
    Bytes inner;
    FieldWriter fields(inner, kFormat);
    fields.uuid(1, rule.id);
    fields.text(2, rule.name);
    fields.text(3, rule.description);
    write_texts(fields, 4, rule.actions);
    write_texts(fields, 5, rule.resources);
    write_texts(fields, 6, rule.approvers);
    fields.u32(7, rule.approvals);
    fields.u64(8, static_cast<std::uint64_t>(rule.valid_seconds));
    fields.time(9, rule.created);
    fields.time(10, rule.updated);
    out.bytes(1, inner);
}

Result<QuorumRule> decode_rule(BytesView bytes) {
    QuorumRule rule;
    CH_TRY_VOID(each_field(bytes, "access.quorum", [&](const Field& field) -> Result<void> {
        switch (field.number) {
            case 1: { CH_TRY(rule.id, field.uuid()); break; }
            case 2: rule.name = field.text(); break;
            case 3: rule.description = field.text(); break;
            case 4: rule.actions.emplace_back(field.text()); break;
            case 5: rule.resources.emplace_back(field.text()); break;
            case 6: rule.approvers.emplace_back(field.text()); break;
            case 7: { CH_TRY(rule.approvals, field.u32()); break; }
            case 8: {
                CH_TRY(const std::uint64_t seconds, field.u64());
                rule.valid_seconds = static_cast<std::int64_t>(seconds);
                break;
            }
            case 9: { CH_TRY(rule.created, field.time()); break; }
            case 10: { CH_TRY(rule.updated, field.time()); break; }
            default: break;  // a later build's field
        }
        return ok();
    }));
    return rule;
}

void encode_approval(const QuorumApproval& approval, FieldWriter& out) {
    Bytes inner;
    FieldWriter fields(inner, kFormat);
    for (const auto& identity : approval.identities) {
        fields.id(1, identity);
    }
    write_texts(fields, 2, approval.urns);
    fields.time(3, approval.at);
    fields.text(4, approval.client_ip);
    out.bytes(17, inner);
}

Result<QuorumApproval> decode_approval(BytesView bytes) {
    QuorumApproval approval;
    CH_TRY_VOID(each_field(bytes, "access.quorum", [&](const Field& field) -> Result<void> {
        switch (field.number) {
            case 1: return add_identity(field, approval.identities);
            case 2: approval.urns.emplace_back(field.text()); break;
            case 3: { CH_TRY(approval.at, field.time()); break; }
            case 4: approval.client_ip = field.text(); break;
            default: break;
        }
        return ok();
    }));
    return approval;
}

Result<void> decode_field(const Field& field, QuorumRequest& request) {
    switch (field.number) {
        case 1: { CH_TRY(request.id, field.uuid()); break; }
        case 2: { CH_TRY(request.account, field.id<AccountTag>()); break; }
        case 3: { CH_TRY(request.domain, field.id<DomainTag>()); break; }
        case 4: request.operation = field.text(); break;
        case 5: request.action = field.text(); break;
        case 6: request.resource = field.text(); break;
        case 7: request.method = field.text(); break;
        case 8: request.target = field.text(); break;
        case 9: request.body = field.text(); break;
        case 10: { CH_TRY(request.body_hidden, field.flag()); break; }
        case 11:
            if (field.value.size() != request.digest.size()) {
                return Error(Code::kStoreCorrupt, "access.quorum", "a hash has a wrong length");
            }
            std::copy(field.value.begin(), field.value.end(), request.digest.begin());
            break;
        case 12: return add_identity(field, request.askers);
        case 13: request.asker_urns.emplace_back(field.text()); break;
        case 14: {
            CH_TRY(const Uuid rule, field.uuid());
            request.rules.push_back(rule);
            break;
        }
        case 15: { CH_TRY(request.asked, field.time()); break; }
        case 16: { CH_TRY(request.expires, field.time()); break; }
        case 17: {
            CH_TRY(auto approval, decode_approval(field.value));
            request.approvals.push_back(std::move(approval));
            break;
        }
        case 18: {
            CH_TRY(const std::uint32_t end, field.u32());
            if (end > static_cast<std::uint32_t>(QuorumRequest::End::kExpired)) {
                return Error(Code::kFormatTooNew, "access.quorum", "a state is not known");
            }
            request.end = static_cast<QuorumRequest::End>(end);
            break;
        }
        case 19: { CH_TRY(request.ended, field.time()); break; }
        case 20: request.ended_by = field.text(); break;
        default: break;
    }
    return ok();
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches(pattern, text); });
}

/// The same done to the same object over another protocol. A rule about the one is about the other.
constexpr std::array<std::array<std::string_view, 2>, 7> kSameElsewhere{{
    {"okms:apikms:serviceKey/delete", "okms:kmip:destroy"},
    {"okms:apikms:serviceKey/activate", "okms:kmip:activate"},
    {"okms:apikms:serviceKey/deactivate", "okms:kmip:revoke"},
    {"okms:apikms:serviceKey/create", "okms:kmip:create"},
    {"okms:apikms:serviceKey/create", "okms:kmip:createKeyPair"},
    {"okms:apikms:serviceKey/import", "okms:kmip:register"},
    {"okms:apikms:serviceKey/import", "okms:kmip:import"},
}};
/// A key leaves over REST with the right to get it.
constexpr std::array<std::string_view, 3> kLeaving{"okms:apikms:serviceKey/get", "okms:kmip:get",
                                                   "okms:kmip:export"};

bool names(const std::vector<std::string>& patterns, std::string_view action) {
    if (any_matches(patterns, action)) {
        return true;
    }
    if (std::find(kLeaving.begin(), kLeaving.end(), action) != kLeaving.end()) {
        return std::any_of(kLeaving.begin(), kLeaving.end(),
                           [&](std::string_view same) { return any_matches(patterns, same); });
    }
    return std::any_of(kSameElsewhere.begin(), kSameElsewhere.end(), [&](const auto& pair) {
        return (pair[0] == action && any_matches(patterns, pair[1])) ||
               (pair[1] == action && any_matches(patterns, pair[0]));
    });
}

}  // namespace

bool QuorumRule::is_about(const std::array<std::string_view, 2>& actions_of_row,
                          std::string_view resource) const {
    return std::any_of(actions_of_row.begin(), actions_of_row.end(),
                       [&](std::string_view action) {
                           return !action.empty() && names(actions, action);
                       }) &&
           any_matches(resources, resource);
}

void QuorumBook::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    for (const auto& rule : rules) {
        encode_rule(rule, fields);
    }
}

Result<std::shared_ptr<const QuorumBook>> QuorumBook::decode(const seal::Origin& origin,
                                                             BytesView plaintext) {
    auto book = made_from<QuorumBook>(origin);
    if (plaintext.empty()) {
        return std::shared_ptr<const QuorumBook>(std::move(book));  // never written
    }
    CH_TRY_VOID(each_field(plaintext, "access.quorum", [&](const Field& field) -> Result<void> {
        if (field.number == 1) {
            CH_TRY(auto rule, decode_rule(field.value));
            book->rules.push_back(std::move(rule));
        }
        return ok();
    }));
    return std::shared_ptr<const QuorumBook>(std::move(book));
}

void QuorumRequest::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.id(2, account);
    fields.id(3, domain);
    fields.text(4, operation);
    fields.text(5, action);
    fields.text(6, resource);
    fields.text(7, method);
    fields.text(8, target);
    fields.text(9, body);
    fields.flag(10, body_hidden);
    fields.bytes(11, digest);
    for (const auto& asker : askers) {
        fields.id(12, asker);
    }
    write_texts(fields, 13, asker_urns);
    for (const auto& rule : rules) {
        fields.uuid(14, rule);
    }
    fields.time(15, asked);
    fields.time(16, expires);
    for (const auto& approval : approvals) {
        encode_approval(approval, fields);
    }
    fields.u32(18, static_cast<std::uint32_t>(end));
    fields.time(19, ended);
    fields.text(20, ended_by);
}

Result<std::shared_ptr<const QuorumRequest>> QuorumRequest::decode(const seal::Origin& origin,
                                                                   BytesView plaintext) {
    auto request = made_from<QuorumRequest>(origin);
    CH_TRY_VOID(each_field(plaintext, "access.quorum", [&](const Field& field) {
        return decode_field(field, *request);
    }));
    return std::shared_ptr<const QuorumRequest>(std::move(request));
}

std::vector<std::pair<std::string, std::string>> QuorumRequest::terms() const {
    std::vector<std::pair<std::string, std::string>> found;
    if (end == End::kOpen) {
        found.emplace_back("asked", asked_term(askers, digest));
        found.emplace_back("open", "1");
    }
    return found;
}

std::string_view QuorumRequest::state(WallTime now, bool used) const {
    if (used) {
        return "used";
    }
    switch (end) {
        case End::kOpen: return now < expires ? "open" : "expired";
        case End::kUsed: return "used";
        case End::kRefused: return "refused";
        case End::kWithdrawn: return "withdrawn";
        case End::kExpired: return "expired";
    }
    return "";
}

std::string asked_term(const std::vector<IdentityId>& askers, const crypto::Sha256& digest) {
    std::vector<std::string> names;
    for (const auto& asker : askers) {
        names.push_back(asker.to_string());
    }
    std::sort(names.begin(), names.end());
    std::string term = encode_hex(digest);
    for (const auto& name : names) {
        term += "/" + name;
    }
    return term;
}

void QuorumUse::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.time(1, at);
}

Result<std::shared_ptr<const QuorumUse>> QuorumUse::decode(const seal::Origin& origin,
                                                           BytesView plaintext) {
    auto use = made_from<QuorumUse>(origin);
    CH_TRY_VOID(each_field(plaintext, "access.quorum", [&](const Field& field) -> Result<void> {
        if (field.number == 1) {
            CH_TRY(use->at, field.time());
        }
        return ok();
    }));
    return std::shared_ptr<const QuorumUse>(std::move(use));
}

}  // namespace chatelaine::access

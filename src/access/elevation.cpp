#include "access/elevation.hpp"

#include <algorithm>

namespace chatelaine::access {
namespace {

constexpr std::uint8_t kFormat = 1;
/// More than an operator may have waiting or active.
constexpr std::size_t kOpenMax = 50;

Result<void> decode_field(const Field& field, Elevation& elevation) {
    switch (field.number) {
        case 1: { CH_TRY(elevation.id, field.uuid()); break; }
        case 2: { CH_TRY(elevation.by, field.id<IdentityTag>()); break; }
        case 3: elevation.by_urn = field.text(); break;
        case 4: elevation.actions.emplace_back(field.text()); break;
        case 5: {
            CH_TRY(const AccountId account, field.id<AccountTag>());
            elevation.accounts.push_back(account);
            break;
        }
        case 6: elevation.reason = field.text(); break;
        case 7: {
            CH_TRY(const std::uint64_t minutes, field.u64());
            elevation.minutes = static_cast<std::int64_t>(minutes);
            break;
        }
        case 8: { CH_TRY(elevation.asked, field.time()); break; }
        case 9: { CH_TRY(elevation.expires, field.time()); break; }
        case 10: elevation.approved_by = field.text(); break;
        case 11: { CH_TRY(elevation.approved, field.time()); break; }
        case 12: { CH_TRY(elevation.ends, field.time()); break; }
        case 13: { CH_TRY(elevation.ended, field.time()); break; }
        case 14: elevation.ended_by = field.text(); break;
        default: break;  // a later build's field
    }
    return ok();
}

}  // namespace

void Elevation::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.id(2, by);
    fields.text(3, by_urn);
    for (const auto& action : actions) {
        fields.text(4, action);
    }
    for (const auto& account : accounts) {
        fields.id(5, account);
    }
    fields.text(6, reason);
    fields.u64(7, static_cast<std::uint64_t>(minutes));
    fields.time(8, asked);
    fields.time(9, expires);
    fields.text(10, approved_by);
    fields.time(11, approved);
    fields.time(12, ends);
    fields.time(13, ended);
    fields.text(14, ended_by);
}

Result<std::shared_ptr<const Elevation>> Elevation::decode(const seal::Origin& origin,
                                                           BytesView plaintext) {
    auto elevation = std::make_shared<Elevation>();
    elevation->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "access.elevation"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            break;
        }
        CH_TRY_VOID(decode_field(*field, *elevation));
    }
    if (elevation->approved.has_value() != elevation->ends.has_value()) {
        return Error(Code::kStoreCorrupt, "access.elevation", "an approval without an end");
    }
    return std::shared_ptr<const Elevation>(std::move(elevation));
}

std::vector<std::pair<std::string, std::string>> Elevation::terms() const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& account : accounts) {
        found.emplace_back("account", account.to_string());
    }
    if (!ended) {
        found.emplace_back("open", by.to_string());
    }
    return found;
}

bool Elevation::concerns(const AccountId& account) const {
    return std::find(accounts.begin(), accounts.end(), account) != accounts.end();
}

std::string_view Elevation::state(WallTime now) const {
    if (is_waiting(now)) {
        return "waiting";
    }
    if (is_active(now)) {
        return "active";
    }
    return approved ? "over" : ended ? "refused" : "expired";
}

Result<std::vector<std::shared_ptr<const Elevation>>> active_elevations(
    seal::Reader& reader, const IdentityId& operator_id, WallTime now) {
    store::Query query;
    query.scope = provider_scope;
    query.max = kOpenMax;
    query.newest_first = true;
    CH_TRY(const auto term,
           reader.term(provider_scope, "open", operator_id.to_string()));
    query.terms.push_back(term);
    CH_TRY(auto found, reader.find<Elevation>(query));
    std::vector<std::shared_ptr<const Elevation>> active;
    for (auto& elevation : found.objects) {
        if (elevation->is_active(now)) {
            active.push_back(std::move(elevation));
        }
    }
    return active;
}

}  // namespace chatelaine::access

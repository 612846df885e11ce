#include "tenancy/handlers.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "crypto/random.hpp"

namespace chatelaine::tenancy {
namespace {

bool name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '_' || c == '@' || c == '-' || c == ' ';
}

constexpr std::size_t kPatternCharactersMax = 512;
constexpr std::size_t kPatternsMax = 100;

bool good_patterns(const std::vector<std::string>& patterns) {
    return !patterns.empty() && patterns.size() <= kPatternsMax &&
           std::all_of(patterns.begin(), patterns.end(), [](const std::string& pattern) {
               return !pattern.empty() && pattern.size() <= kPatternCharactersMax;
           });
}

}  // namespace

Result<void> check_name(std::string_view field, std::string_view name,
                        std::size_t characters_max) {
    const bool good = !name.empty() && name.size() <= characters_max &&
                      std::all_of(name.begin(), name.end(), name_character);
    if (!good) {
        return Error::invalid("tenancy.name", std::string(field),
                              "expected 1 to " + std::to_string(characters_max) +
                                  " letters, digits, spaces or any of . _ @ -");
    }
    return ok();
}

Result<void> check_grants(const std::vector<Grant>& grants) {
    if (grants.size() > limits::grants_per_identity_max) {
        return Error::invalid("tenancy.grants", "grants", "expected at most 1000 grants");
    }
    for (std::size_t i = 0; i < grants.size(); ++i) {
        if (!good_patterns(grants[i].actions) || !good_patterns(grants[i].resources)) {
            return Error::invalid("tenancy.grants", "grants." + std::to_string(i),
                                  "expected 1 to 100 actions and resources of 1 to 512 characters");
        }
    }
    return ok();
}

seal::RecordChange identity_change(const access::Identity& identity,
                                   std::uint64_t expected_version, WallTime now) {
    auto change = change_of(identity, identity.account.uuid, identity.id.uuid, expected_version,
                            identity.created, now);
    change.terms.emplace_back("name", identity.name);
    for (const auto& group : identity.groups) {
        change.terms.emplace_back("group", group);
    }
    if (identity.client_secret) {
        change.terms.emplace_back("kind", "service account");
    }
    return change;
}

Result<std::shared_ptr<const access::Identity>> identity_named(Services& services,
                                                               const AccountId& account,
                                                               std::string_view urn) {
    const std::string named = access::with_plate(urn, services.plate);
    store::Query query;
    query.scope = account.uuid;
    query.max = 1;
    CH_TRY(const auto term,
           services.reader.term(account.uuid, "name", named.substr(named.rfind('/') + 1)));
    query.terms.push_back(term);
    CH_TRY(const auto found, services.reader.find<access::Identity>(query));
    const bool same = !found.objects.empty() && found.objects.front()->urn == named;
    return same ? found.objects.front() : nullptr;
}

NewToken new_token(Services& services, const access::Token& facts, const Uuid& scope) {
    NewToken made;
    made.token = std::make_shared<access::Token>(facts);
    made.token->id = Uuid::random(services.random);
    made.token->created = services.now;
    made.text = access::make_token_text(scope, made.token->id, crypto::random_secret(32));
    made.token->hash = access::token_hash(made.text);
    made.change = change_of(*made.token, scope, made.token->id, 0, services.now, services.now);
    made.change.terms.emplace_back("identity", made.token->identity.to_string());
    return made;
}

Result<std::shared_ptr<const access::Identity>> own_identity(Services& services,
                                                             const access::Principal& principal,
                                                             const IdentityId& id) {
    CH_TRY(auto identity,
           services.reader.load<access::Identity>(principal.account().uuid, id.uuid));
    if (!identity) {
        return Error(Code::kNotFound, "tenancy.identity", "no such identity");
    }
    return identity;
}

}  // namespace chatelaine::tenancy

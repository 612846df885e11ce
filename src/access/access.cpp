#include "access/access.hpp"

#include <algorithm>
#include <limits>

#include "access/comparisons.hpp"
#include "access/elevation.hpp"
#include "access/policy_set.hpp"
#include "base/encoding.hpp"
#include "base/limits.hpp"

namespace chatelaine::access {
namespace {

constexpr std::string_view kTokenPrefix = "okms_";
constexpr std::uint8_t kTokenFormat = 1;
constexpr std::size_t kTokenBytes = 1 + 16 + 16 + 32;
constexpr std::string_view kUpnPrefix = "okms.domain:";

/// Every refusal reads the same outside; `where` is for the audit alone.
Error refused(std::string_view where) {
    return Error(Code::kUnauthenticated, where, "the credential is not valid");
}

/// The domain in the certificate's SAN. `okms.domain:*` is never authority.
std::optional<DomainId> domain_of(const std::vector<std::string>* upn_names) {
    if (upn_names == nullptr || upn_names->size() != 1) {
        return std::nullopt;
    }
    const std::string_view name = upn_names->front();
    if (!name.starts_with(kUpnPrefix)) {
        return std::nullopt;
    }
    return DomainId::parse(name.substr(kUpnPrefix.size()));
}

std::string_view bearer(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size()) {
        return {};
    }
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        const char c = authorization[i];
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if (lower != scheme[i]) {
            return {};
        }
    }
    return authorization.substr(scheme.size());
}

Result<std::shared_ptr<const Identity>> load_identity(seal::Reader& reader, const Uuid& scope,
                                                      const IdentityId& id) {
    CH_TRY(auto identity, reader.load<Identity>(scope, id.uuid));
    if (!identity || identity->disabled) {
        return refused("access.identity");
    }
    return identity;
}

Uuid identity_scope(Party party, const AccountId& account) {
    return party == Party::kProvider ? provider_scope : account.uuid;
}

/// The first action on a resource of `grant` that no single grant of `holder` takes in.
std::optional<Right> missing_of(const Grant& grant, const std::vector<Grant>& holder,
                                Comparisons& comparisons) {
    comparisons.count(holder.size());
    if (std::find(holder.begin(), holder.end(), grant) != holder.end()) {
        return std::nullopt;
    }
    const std::size_t columns = grant.resources.size();
    std::vector<bool> covered(grant.actions.size() * columns);
    for (const Grant& held : holder) {
        if (comparisons.used_up()) {
            break;  // unsure: what is not covered so far counts as missing
        }
        const auto actions = comparisons.taken_in(held.actions, grant.actions);
        if (std::find(actions.begin(), actions.end(), true) == actions.end()) {
            continue;
        }
        const auto resources = comparisons.taken_in(held.resources, grant.resources);
        comparisons.count(4 * covered.size());
        for (std::size_t i = 0; i < covered.size(); ++i) {
            covered[i] = covered[i] || (actions[i / columns] && resources[i % columns]);
        }
    }
    const auto found = std::find(covered.begin(), covered.end(), false);
    if (found == covered.end()) {
        return std::nullopt;
    }
    const auto at = static_cast<std::size_t>(found - covered.begin());
    return Right{grant.actions[at / columns], grant.resources[at % columns]};
}

/// An operator's standing with what was approved for the time.
Result<std::shared_ptr<const Standing>> elevated(const Principal& principal, seal::Reader& reader,
                                                 WallTime now) {
    auto standing = std::make_shared<Standing>(*principal.standing());
    auto parts = std::make_shared<Standing::Parts>(*standing->parts);
    for (const auto& identity : principal.identities()) {
        const auto active = active_elevations(reader, identity->id, now);
        if (!active && active.error().code() == Code::kWouldBlock) {
            return Error(Code::kWouldBlock, "access.elevation");
        }
        if (!active) {
            continue;  // one that cannot be read gives nothing, and takes nothing away
        }
        for (const auto& elevation : *active) {
            // With its end, so that it is nothing that could be handed on.
            auto set = PolicySet::compile(std::vector<Grant>{{elevation->actions, {"*"}}},
                                          elevation->ends);
            ClauseBits all = set->all();
            parts->push_back({std::move(set), std::move(all)});
        }
    }
    standing->parts = std::move(parts);
    return std::shared_ptr<const Standing>(std::move(standing));
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
    // Up to its first star a pattern is plain text; most have one at their end, or none.
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) {
        return pattern == text;
    }
    if (text.substr(0, star) != pattern.substr(0, star)) {
        return false;
    }
    if (star + 1 == pattern.size()) {
        return true;
    }
    text.remove_prefix(star);
    pattern.remove_prefix(star);
    std::size_t steps = std::numeric_limits<std::size_t>::max();
    return matches_within(pattern, text, steps);
}

std::optional<Right> first_missing(const std::vector<Grant>& holder,
                                   const std::vector<Grant>& given) {
    Comparisons comparisons;
    for (const Grant& grant : given) {
        if (auto right = missing_of(grant, holder, comparisons)) {
            return right;
        }
    }
    return std::nullopt;
}

std::vector<Grant> beyond(const std::vector<Grant>& holder, const std::vector<Grant>& given) {
    Comparisons comparisons;
    std::vector<Grant> more;
    for (const Grant& grant : given) {
        if (missing_of(grant, holder, comparisons)) {
            more.push_back(grant);
        }
    }
    return more;
}

bool covers(const std::vector<Grant>& holder, const std::vector<Grant>& given) {
    return !first_missing(holder, given);
}

Decision Principal::decide(std::initializer_list<std::string_view> actions,
                           std::string_view resource) const {
    if (system_) {
        return Decision::kAllowed;
    }
    return standing_ ? standing_->decide(actions, resource) : Decision::kDenied;
}

Explanation Principal::explain(std::initializer_list<std::string_view> actions,
                               std::string_view resource) const {
    return standing_ ? standing_->explain(actions, resource) : Explanation{};
}

bool Principal::is_root() const {
    return std::any_of(identities_.begin(), identities_.end(),
                       [](const auto& identity) { return identity->root; });
}

std::optional<Right> Principal::lacks(const std::vector<Grant>& given) const {
    if (system_ || is_root()) {
        return std::nullopt;
    }
    if (!standing_) {
        return first_missing({}, given);
    }
    if (auto right = first_missing(standing_->least(), given)) {
        return right;
    }
    return standing_->denied_of(given);
}

Principal Principal::again(WallTime now, std::string_view client_ip) const {
    Principal principal = *this;
    if (standing_) {
        principal.standing_ = standing_->with({now, std::string(client_ip)});
    }
    return principal;
}

Principal Principal::system(Party party, AccountId account, DomainId domain) {
    Principal principal;
    principal.party_ = party;
    principal.account_ = account;
    principal.domain_ = domain;
    principal.bound_to_ = domain;
    principal.anonymous_ = false;
    principal.system_ = true;
    return principal;
}

Result<void> Authenticator::enter_domain(Principal& principal, const DomainId& requested,
                                         seal::Reader& reader) {
    if (principal.party_ == Party::kProvider || requested.is_nil() ||
        requested == principal.domain_) {
        return ok();
    }
    if (!principal.domain_.is_nil()) {
        return Error(Code::kDomainNotFound, "access.domain", "no such domain");
    }
    // The account's own entry of its domain: another customer's domain is then as absent as one
    // that never was, from the cache too, so that the time of the answer tells nothing.
    CH_TRY(const auto domain, reader.load<Domain>(principal.account_.uuid, requested.uuid));
    if (!domain || domain->account != principal.account_ || domain->terminated) {
        return Error(Code::kDomainNotFound, "access.domain", "no such domain");
    }
    principal.domain_ = requested;
    return ok();
}

Result<Principal> Authenticator::authenticate(const Presented& presented, seal::Reader& reader,
                                              WallTime now) const {
    CH_TRY(Principal principal, identify(presented, reader, now));
    CH_TRY_VOID(enter_domain(principal, presented.requested_domain, reader));
    std::shared_ptr<const PolicySet> policies;
    // What may be done about a rule that cannot be read, the root of the account can do: it is
    // judged without them.
    if (principal.party_ == Party::kCustomer && !principal.is_root()) {
        CH_TRY(policies, policies_of(reader, principal.account_, plate_));
    }
    principal.standing_ = Standing::of(principal.identities_, policies, plate_,
                                       {now, std::string(presented.client_ip)});
    if (principal.party_ == Party::kProvider) {
        CH_TRY(principal.standing_, elevated(principal, reader, now));
    }
    return principal;
}

Result<Principal> Authenticator::identify(const Presented& presented, seal::Reader& reader,
                                          WallTime now) const {
    std::string_view token = bearer(presented.authorization);
    if (!presented.authorization.empty() && token.empty()) {
        return refused("access.authorization_scheme");
    }
    if (!presented.vault_token.empty()) {
        if (!token.empty() && token != presented.vault_token) {
            return refused("access.two_tokens");
        }
        token = presented.vault_token;
    }
    if (!presented.certificate) {
        if (token.empty()) {
            return refused("access.nothing_presented");
        }
        return by_token(token, reader, now);
    }
    CH_TRY(Principal principal, by_certificate(*presented.certificate, reader, now));
    if (!token.empty()) {
        CH_TRY(const Principal other, by_token(token, reader, now));
        const bool same = principal.identities_.size() == 1 &&
                          principal.identities_.front()->id == other.identities_.front()->id &&
                          principal.account_ == other.account_;
        if (!same) {
            return refused("access.two_identities");
        }
    }
    return principal;
}

Result<Principal> Authenticator::by_certificate(const Presented::Certificate& certificate,
                                                seal::Reader& reader, WallTime now) const {
    if (!certificate.verified || !certificate.client_auth) {
        return refused("access.certificate_not_verified");
    }
    // The issuer was checked at the handshake (only our CAs count); the serial is the credential.
    if (certificate.serial.empty() || certificate.serial.size() > 16) {
        return refused("access.certificate_serial");
    }
    CredentialId id;
    std::copy(certificate.serial.begin(), certificate.serial.end(),
              id.uuid.octets.end() - static_cast<std::ptrdiff_t>(certificate.serial.size()));
    const bool has_upn = certificate.upn_names != nullptr && !certificate.upn_names->empty();
    const auto domain = domain_of(certificate.upn_names);
    if (has_upn && !domain) {
        return refused("access.certificate_domain");
    }
    const Uuid scope = has_upn ? domain->uuid : provider_scope;
    CH_TRY(const auto credential, reader.load<Credential>(scope, id.uuid));
    if (!credential) {
        return refused("access.credential_unknown");
    }
    if (credential->fingerprint != *certificate.fingerprint) {
        return refused("access.credential_fingerprint");
    }
    if (credential->revoked) {
        return refused("access.credential_revoked");
    }
    if (now < credential->not_before || now >= credential->not_after) {
        return refused("access.credential_expired");
    }
    Principal principal;
    principal.anonymous_ = false;
    principal.by_certificate_ = true;
    principal.party_ = has_upn ? Party::kCustomer : Party::kProvider;
    principal.account_ = credential->account;
    principal.domain_ = credential->domain;
    principal.bound_to_ = credential->domain;
    principal.credential_ = id.uuid;
    principal.good_from_ = credential->not_before;
    principal.good_until_ = credential->not_after;
    for (const IdentityId& identity_id : credential->identities) {
        CH_TRY(auto identity,
               load_identity(reader, identity_scope(principal.party_, credential->account),
                             identity_id));
        principal.identities_.push_back(std::move(identity));
    }
    if (principal.identities_.empty()) {
        return refused("access.credential_without_identity");
    }
    return principal;
}

Result<Principal> Authenticator::by_token(std::string_view text, seal::Reader& reader,
                                          WallTime now) const {
    const auto parts = parse_token_text(text);
    if (!parts) {
        return refused("access.token_form");
    }
    CH_TRY(const auto token, reader.load<Token>(parts->scope, parts->id));
    if (!token || !crypto::equal_ct(token->hash, parts->hash)) {
        return refused("access.token_unknown");
    }
    if (token->revoked) {
        return refused("access.token_revoked");
    }
    if (token->expires && now >= *token->expires) {
        return refused("access.token_expired");
    }
    Uuid above = token->parent;
    for (std::size_t level = 0; !above.is_nil(); ++level) {
        CH_TRY(const auto parent, reader.load<Token>(parts->scope, above));
        if (!parent || parent->ended(now) || level == limits::token_generations_max) {
            return refused("access.token_parent");
        }
        above = parent->parent;
    }
    Principal principal;
    principal.anonymous_ = false;
    principal.party_ = parts->scope == provider_scope ? Party::kProvider : Party::kCustomer;
    principal.account_ = token->account;
    principal.domain_ = token->domain;
    principal.bound_to_ = token->domain;
    principal.token_expires_ = token->expires;
    principal.credential_ = token->id;
    CH_TRY(auto identity,
           load_identity(reader, identity_scope(principal.party_, token->account),
                         token->identity));
    principal.identities_.push_back(std::move(identity));
    return principal;
}

crypto::SecretBytes make_token_text(const Uuid& scope, const Uuid& id,
                                    const crypto::SecretBytes& secret32) {
    const auto token = crypto::insecure_expose_secret();
    Bytes raw;
    raw.reserve(kTokenBytes);
    raw.push_back(kTokenFormat);
    raw.insert(raw.end(), scope.octets.begin(), scope.octets.end());
    raw.insert(raw.end(), id.octets.begin(), id.octets.end());
    secret32.with_exposed(token, [&](BytesView secret) {
        raw.insert(raw.end(), secret.begin(), secret.end());
    });
    std::string text(kTokenPrefix);
    append_base64url(text, raw);
    auto result = crypto::SecretBytes::copy_of(as_bytes(text));
    wipe(raw.data(), raw.size());
    wipe(text);
    return result;
}

std::optional<TokenParts> parse_token_text(std::string_view text) {
    constexpr std::size_t characters = kTokenPrefix.size() + (kTokenBytes * 8 + 5) / 6;
    if (text.size() != characters || !text.starts_with(kTokenPrefix)) {
        return std::nullopt;
    }
    std::array<std::uint8_t, base64_decoded_max(characters)> raw{};
    const auto size = decode_base64url_into(text.substr(kTokenPrefix.size()), raw);
    std::optional<TokenParts> parts;
    if (size && *size == kTokenBytes && raw[0] == kTokenFormat) {
        parts = TokenParts{Uuid::from_octets(BytesView(raw).subspan(1, 16)),
                           Uuid::from_octets(BytesView(raw).subspan(17, 16)),
                           crypto::sha256(as_bytes(text))};
    }
    wipe(raw.data(), raw.size());
    return parts;
}

crypto::Sha256 token_hash(const crypto::SecretBytes& text) { return crypto::sha256(text); }

std::string identity_urn(std::string_view plate, const AccountId& account, std::string_view name) {
    std::string urn = "urn:v1:";
    urn.append(plate).append(":identity:user:").append(account.to_string());
    return urn.append("/").append(name);
}

std::string client_urn(std::string_view plate, const AccountId& account, std::string_view name) {
    std::string urn = "urn:v1:";
    urn.append(plate).append(":identity:credential:").append(account.to_string());
    return urn.append("/").append(name);
}

std::string group_urn(std::string_view plate, const AccountId& account, std::string_view name) {
    std::string urn = "urn:v1:";
    urn.append(plate).append(":identity:group:").append(account.to_string());
    return urn.append("/").append(name);
}

std::string domain_urn(std::string_view plate, const DomainId& domain) {
    std::string urn = "urn:v1:";
    urn.append(plate).append(":resource:okms:");
    domain.append_to(urn);
    return urn;
}

std::string object_urn(std::string_view plate, const DomainId& domain, std::string_view kind,
                       std::string_view id) {
    std::string urn;
    urn.reserve(plate.size() + kind.size() + id.size() + 64);
    urn.append("urn:v1:").append(plate).append(":resource:okms:");
    domain.append_to(urn);
    return urn.append("/").append(kind).append("/").append(id);
}

}  // namespace chatelaine::access

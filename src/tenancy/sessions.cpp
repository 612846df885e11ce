// Tokens as their holders see them, and children of tokens.
#include "tenancy/sessions.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy {
namespace {

Error no_token() {
    return Error(Code::kNotFound, "tenancy.session", "no such token");
}

/// How many tokens stand above this one; at most one more than may.
Result<std::size_t> generations(Services& services, const Uuid& scope,
                                const access::Token& token) {
    std::size_t count = 0;
    Uuid above = token.parent;
    while (!above.is_nil() && count <= limits::token_generations_max) {
        CH_TRY(const auto parent, services.reader.load<access::Token>(scope, above));
        above = parent ? parent->parent : Uuid{};
        ++count;
    }
    return count;
}

}  // namespace

Result<gate::Outcome<LookupSelf>> run(const gate::Authorised<LookupSelf>& authorised,
                                      Services& services) {
    const access::Principal& caller = authorised.principal();
    gate::Outcome<LookupSelf> outcome;
    outcome.reply.now = services.now;
    outcome.reply.identity = caller.identities().front();
    if (!caller.by_certificate()) {
        CH_TRY(outcome.reply.token, services.reader.load<access::Token>(
                                        caller.account().uuid, caller.credential()));
    }
    return outcome;
}

Result<gate::Outcome<LookupToken>> run(const gate::Authorised<LookupToken>& authorised,
                                       Services& services) {
    const access::Principal& caller = authorised.principal();
    const auto parts = authorised.command().text.with_exposed(
        crypto::insecure_expose_secret(),
        [](BytesView text) { return access::parse_token_text(as_text(text)); });
    if (!parts || parts->scope != caller.account().uuid) {
        return no_token();
    }
    CH_TRY(const auto token, services.reader.load<access::Token>(parts->scope, parts->id));
    if (!token || !crypto::equal_ct(token->hash, parts->hash) || token->ended(services.now)) {
        return no_token();
    }
    CH_TRY(auto identity, own_identity(services, caller, token->identity));
    gate::Outcome<LookupToken> outcome;
    outcome.reply = {token, std::move(identity), services.now};
    outcome.details.emplace_back("token", token->id.to_string());
    return outcome;
}

Result<gate::Outcome<CreateChildToken>> run(const gate::Authorised<CreateChildToken>& authorised,
                                            Services& services) {
    const auto& command = authorised.command();
    const access::Principal& caller = authorised.principal();
    if (caller.by_certificate()) {
        return Error(Code::kNotSupported, "tenancy.session",
                     "only a token has children: present one, or use the certificate itself");
    }
    const Uuid scope = caller.account().uuid;
    CH_TRY(const auto parent, services.reader.load<access::Token>(scope, caller.credential()));
    if (!parent) {
        return no_token();
    }
    CH_TRY(const std::size_t above, generations(services, scope, *parent));
    if (above >= limits::token_generations_max) {
        return Error(Code::kNotSupported, "tenancy.session",
                     "the token is itself the child of too many");
    }
    const std::int64_t seconds =
        command.seconds == 0 ? limits::child_token_seconds_default
                             : std::min(command.seconds, limits::child_token_seconds_max);
    access::Token facts;
    facts.account = caller.account();
    facts.domain = caller.domain();  // the path's, when the parent is of the whole account
    facts.identity = caller.identities().front()->id;
    facts.name = command.name;
    facts.parent = parent->id;
    facts.expires = services.now.plus_seconds(seconds);
    if (parent->expires) {
        facts.expires = std::min(*facts.expires, *parent->expires);
    }
    NewToken made = new_token(services, facts, scope);
    gate::Outcome<CreateChildToken> outcome;
    outcome.changes.push_back(std::move(made.change));
    outcome.reply.token = std::move(made.token);
    outcome.reply.identity = caller.identities().front();
    outcome.reply.now = services.now;
    outcome.reply.text = std::move(made.text);
    outcome.details.emplace_back("token", outcome.reply.token->id.to_string());
    return outcome;
}

}  // namespace chatelaine::tenancy

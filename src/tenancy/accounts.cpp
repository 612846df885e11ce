// Accounts, operators and the one-time codes by which they come to their first credential.
#include "base/log.hpp"
#include "crypto/random.hpp"
#include "tenancy/names.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::int64_t kClaimSeconds = 7 * 86400;
constexpr std::int64_t kOperatorCertificateDays = 365;

struct NewClaim {
    crypto::SecretBytes code;
    seal::RecordChange change;
};

NewClaim new_claim(Claim claim, WallTime now) {
    NewClaim made;
    made.code = make_claim_code(crypto::random_secret(32));
    claim.hash = crypto::sha256(made.code);
    claim.id = Uuid::from_octets(BytesView(claim.hash).first(16));
    claim.created = now;
    claim.expires = now.plus_seconds(kClaimSeconds);
    made.change = change_of(claim, access::provider_scope, claim.id, 0, now, now);
    return made;
}

/// A code that was used already is an alarm: somebody else may have the first credential.
Error used_code(const Claim& claim) {
    log::warning(
        "claim_used_again",
        {{"account", claim.account.to_string()},
         {"operator", claim.for_operator ? "true" : "false"}},
        "ask the customer or operator whether the first use was theirs; if not, suspend it");
    return Error(Code::kAlreadyExists, "tenancy.claim", "the code was used already");
}

Result<std::shared_ptr<const Claim>> good_claim(const RedeemClaim::Command& command,
                                                Services& services) {
    const auto id = command.code.with_exposed(
        crypto::insecure_expose_secret(),
        [](BytesView code) { return claim_id(as_text(code)); });
    const auto refused = [] {
        return Error(Code::kUnauthenticated, "tenancy.claim", "the code is not valid");
    };
    if (!id) {
        return refused();
    }
    CH_TRY(auto claim, services.reader.load<Claim>(access::provider_scope, *id));
    if (!claim || claim->for_operator != command.operator_listener ||
        !crypto::equal_ct(claim->hash, crypto::sha256(command.code))) {
        return refused();
    }
    if (claim->used) {
        return used_code(*claim);
    }
    if (services.now >= claim->expires) {
        return refused();
    }
    return claim;
}

Result<std::pair<std::shared_ptr<access::Credential>, std::string>> operator_certificate(
    const std::string& csr, const access::Identity& identity, Services& services, Tools& tools) {
    CH_TRY(const auto request, crypto::read_request_pem(csr));
    auto credential = std::make_shared<access::Credential>();
    credential->id = CredentialId::random(services.random);
    credential->identities = {identity.id};
    credential->name = identity.name;
    credential->from_csr = true;
    credential->created = services.now;
    credential->not_before = services.now.plus_seconds(-60);
    credential->not_after = services.now.plus_seconds(kOperatorCertificateDays * 86400);
    crypto::ClientCertificate facts{credential->id, identity.name, {}, credential->not_before,
                                    credential->not_after};
    CH_TRY(const auto authority, tools.operators_authority.get());
    CH_TRY(const Bytes der, authority->issue_client(request.key, facts));
    credential->fingerprint = crypto::sha256(der);
    credential->certificate_pem = crypto::der_to_pem(der, "CERTIFICATE");
    credential->certificate_type =
        request.key.type() == crypto::KeyType::kRsa ? "RSA" : "ECDSA";
    return std::pair(credential, credential->certificate_pem);
}

}  // namespace

Result<gate::Outcome<CreateAccount>> run(const gate::Authorised<CreateAccount>& authorised,
                                         Services& services, Tools& tools) {
    const auto& command = authorised.command();
    CH_TRY_VOID(check_name("name", command.name, 64));
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "tenancy.account");
    }
    auto account = std::make_shared<Account>();
    account->id = AccountId::random(services.random);
    account->name = command.name;
    account->created = services.now;
    CH_TRY(auto name, take_name(services, access::provider_scope, NameSpace::kAccount,
                                command.name, account->id.uuid));
    // The account's keys come first: without them nothing of it could be sealed. Keys of an
    // account whose record was never committed do no harm.
    CH_TRY_VOID(tools.seal->create_scope(account->id.uuid));
    Claim claim;
    claim.account = account->id;
    claim.name = "root";
    NewClaim made = new_claim(std::move(claim), services.now);
    gate::Outcome<CreateAccount> outcome;
    outcome.changes.push_back(change_of(*account, access::provider_scope, account->id.uuid, 0,
                                        services.now, services.now));
    outcome.changes.push_back(std::move(made.change));
    outcome.changes.push_back(std::move(name));
    outcome.reply = {account, std::move(made.code)};
    outcome.details.emplace_back("account", account->id.to_string());
    if (!command.reason.empty()) {
        outcome.details.emplace_back("reason", command.reason);
    }
    return outcome;
}

Result<gate::Outcome<ListAccounts>> run(const gate::Authorised<ListAccounts>& authorised,
                                        Services& services, Tools&) {
    store::Query query;
    query.scope = access::provider_scope;
    query.after_born = authorised.command().after;
    query.max = authorised.command().max;
    CH_TRY(auto found, services.reader.find<Account>(query));
    gate::Outcome<ListAccounts> outcome;
    outcome.reply.accounts = std::move(found.objects);
    outcome.reply.next = found.more ? found.born.back() : 0;
    return outcome;
}

Result<gate::Outcome<CreateOperator>> run(const gate::Authorised<CreateOperator>& authorised,
                                          Services& services, Tools&) {
    const auto& command = authorised.command();
    CH_TRY_VOID(check_name("name", command.name, 64));
    CH_TRY_VOID(check_grants(command.grants));
    CH_TRY_VOID(may_hand_out(services, authorised.principal(), command.grants));
    CH_TRY_VOID(check_unique<access::Identity>(services, access::provider_scope, command.name));
    Claim claim;
    claim.for_operator = true;
    claim.name = command.name;
    claim.grants = command.grants;
    NewClaim made = new_claim(std::move(claim), services.now);
    CH_TRY(auto name, take_name(services, access::provider_scope, NameSpace::kOperator,
                                command.name, made.change.key.id,
                                services.now.plus_seconds(kClaimSeconds)));
    gate::Outcome<CreateOperator> outcome;
    outcome.changes.push_back(std::move(made.change));
    outcome.changes.push_back(std::move(name));
    outcome.reply.enrolment_code = std::move(made.code);
    outcome.details.emplace_back("operator", command.name);
    return outcome;
}

Result<gate::Outcome<RedeemClaim>> run(const gate::Authorised<RedeemClaim>& authorised,
                                       Services& services, Tools& tools) {
    const auto& command = authorised.command();
    CH_TRY(const auto claim, good_claim(command, services));
    const bool for_operator = claim->for_operator;
    const Uuid scope = for_operator ? access::provider_scope : claim->account.uuid;

    auto identity = std::make_shared<access::Identity>();
    identity->id = IdentityId::random(services.random);
    identity->account = claim->account;
    identity->party = for_operator ? Party::kProvider : Party::kCustomer;
    identity->name = claim->name;
    identity->root = !for_operator;
    identity->grants = claim->grants;
    identity->created = services.now;
    identity->urn =
        for_operator ? "urn:v1:" + std::string(services.plate) + ":identity:operator:" + claim->name
                     : access::identity_urn(services.plate, claim->account, claim->name);

    access::Token facts;
    facts.account = claim->account;
    facts.identity = identity->id;
    facts.name = "first";
    NewToken token = new_token(services, facts, scope);

    CH_TRY(auto name, take_name(services, scope,
                                for_operator ? NameSpace::kOperator : NameSpace::kIdentity,
                                claim->name, identity->id.uuid, {}, claim->id));
    gate::Outcome<RedeemClaim> outcome;
    outcome.changes.push_back(std::move(name));
    if (for_operator && command.csr) {
        CH_TRY(auto made, operator_certificate(*command.csr, *identity, services, tools));
        outcome.changes.push_back(change_of(*made.first, scope, made.first->id.uuid, 0,
                                            services.now, services.now));
        outcome.reply.certificate_pem = std::move(made.second);
    }
    Claim used = *claim;
    used.used = services.now;
    outcome.changes.push_back(change_of(used, access::provider_scope, claim->id,
                                        claim->origin.version, claim->created, services.now));
    auto identity_change = change_of(*identity, scope, identity->id.uuid, 0, services.now,
                                     services.now);
    identity_change.terms.emplace_back("name", identity->name);
    outcome.changes.push_back(std::move(identity_change));
    outcome.changes.push_back(std::move(token.change));
    if (!for_operator) {
        CH_TRY(const auto account,
               services.reader.load<Account>(access::provider_scope, claim->account.uuid));
        if (!account) {
            return Error(Code::kNotFound, "tenancy.claim", "the account is gone");
        }
        Account claimed = *account;
        claimed.claimed = services.now;
        outcome.changes.push_back(change_of(claimed, access::provider_scope, claimed.id.uuid,
                                            account->origin.version, account->created,
                                            services.now));
    }
    outcome.reply.identity = identity;
    outcome.reply.token = std::move(token.text);
    outcome.made_urn = identity->urn;
    return outcome;
}

Result<std::pair<crypto::SecretBytes, std::vector<seal::RecordChange>>> first_operator(
    Random&, WallTime now) {
    Claim claim;
    claim.for_operator = true;
    claim.name = "operator";
    claim.grants = {{{"chatelaine:operator:*"}, {"*"}}};
    NewClaim made = new_claim(std::move(claim), now);
    std::vector<seal::RecordChange> changes;
    changes.push_back(std::move(made.change));
    return std::pair(std::move(made.code), std::move(changes));
}

}  // namespace chatelaine::tenancy

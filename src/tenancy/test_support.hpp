#pragma once

// What the room's unit tests stand on: readers over one in-memory store (a reader for each thread),
// the real gate, and callers that the real authenticator found. Nothing is sealed here: the store
// holds the records' plaintext.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "crypto/random.hpp"
#include "gate/gate.hpp"
#include "seal/reader_test_support.hpp"
#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy::testing {

using seal::test::MemoryReader;

inline std::string reveal(const crypto::SecretBytes& bytes) { return seal::test::text_of(bytes); }

/// An account with two domains, its root, another customer's domain, and callers of all sorts.
class World : public ::testing::Test {
public:
    using Identity = std::shared_ptr<const access::Identity>;

    store::MemoryStore store;
    MemoryReader reader{store};
    WallTime now = WallTime::from_seconds(1'790'000'000);
    gate::Gate door{responsibility::Matrix::built_in(), "eu"};
    Tools tools;
    AccountId account = AccountId::random(crypto::system_random());
    AccountId other_account = AccountId::random(crypto::system_random());
    DomainId domain = add_domain(account);
    DomainId second_domain = add_domain(account);
    DomainId other_domain = add_domain(other_account);
    Identity root = add_identity("root", {}, true);
    /// The one who calls; the root of the whole account at first.
    access::Principal caller = with_token(*root);

    std::string account_urn() const { return "urn:v1:eu:account:" + account.to_string(); }

    DomainId add_domain(const AccountId& of) {
        access::Domain record;
        record.id = DomainId::random(crypto::system_random());
        record.account = of;
        put(record, record.id.uuid, record.id.uuid);
        put(record, of.uuid, record.id.uuid);
        return record.id;
    }
    /// Written as an older build did: without a reservation of its name.
    Identity add_identity(std::string name, std::vector<Grant> grants, bool is_root = false,
                          Party party = Party::kCustomer) {
        access::Identity record;
        record.id = IdentityId::random(crypto::system_random());
        record.party = party;
        record.account = party == Party::kCustomer ? account : AccountId();
        record.name = name;
        record.grants = std::move(grants);
        record.root = is_root;
        record.urn = access::identity_urn("eu", account, name);
        const Uuid& scope = party == Party::kCustomer ? account.uuid : access::provider_scope;
        put(record, scope, record.id.uuid, {{"name", name}});
        return *reader.load<access::Identity>(scope, record.id.uuid);
    }
    /// The caller that a token of the identity makes.
    access::Principal with_token(const access::Identity& identity, DomainId bound = {},
                                 std::optional<WallTime> expires = {}) {
        gate::Services now_services = services();
        access::Token facts;
        facts.account = identity.account;
        facts.identity = identity.id;
        facts.domain = bound;
        facts.expires = expires;
        const Uuid scope = identity.party == Party::kProvider ? access::provider_scope
                                                              : identity.account.uuid;
        NewToken made = new_token(now_services, facts, scope);
        std::vector<seal::RecordChange> changes;
        changes.push_back(std::move(made.change));
        EXPECT_TRUE(reader.apply(changes));
        return authenticated(made.text, DomainId());
    }
    /// The caller that a certificate of the domain makes, for all its identities.
    access::Principal with_certificate(const access::Credential& credential) {
        const std::vector<std::string> names{"okms.domain:" + credential.domain.to_string()};
        access::Presented presented;
        auto& certificate = presented.certificate.emplace();
        certificate.serial = credential.id.uuid.octets;
        certificate.upn_names = &names;
        certificate.fingerprint = &credential.fingerprint;
        certificate.verified = true;
        certificate.client_auth = true;
        auto found = access::Authenticator(door.plate()).authenticate(presented, reader, now);
        EXPECT_TRUE(found) << found.error().to_string();
        return found ? *found : access::Principal::anonymous();
    }
    access::Principal authenticated(const crypto::SecretBytes& text, const DomainId& requested) {
        const std::string header = "Bearer " + reveal(text);
        access::Presented presented;
        presented.authorization = header;
        presented.requested_domain = requested;
        auto found = access::Authenticator(door.plate()).authenticate(presented, reader, now);
        EXPECT_TRUE(found) << found.error().to_string();
        return found ? *found : access::Principal::anonymous();
    }

    gate::Services services() { return services(reader); }
    gate::Services services(MemoryReader& by) {
        return {by, now, crypto::system_random(), door.plate(), "local", {}};
    }

    template <class Op>
    Result<gate::Outcome<Op>> attempt(typename Op::Command command) {
        CH_TRY(const auto authorised, door.authorise<Op>(caller, std::move(command)));
        gate::Services now_services = services();
        return run(authorised, now_services, tools);
    }
    template <class Op>
    Result<typename Op::Reply> commit(typename Op::Command command) {
        CH_TRY(auto outcome, attempt<Op>(std::move(command)));
        CH_TRY_VOID(reader.apply(outcome.changes));
        return std::move(outcome.reply);
    }
    /// "done", or the error as text.
    template <class Op>
    std::string answer(typename Op::Command command) {
        const auto outcome = attempt<Op>(std::move(command));
        return outcome ? "done" : outcome.error().to_string();
    }
    /// What a 403 says that misses `action` on `resource`.
    static std::string forbidden(const std::string& action, const std::string& resource,
                                 const std::string& where = "tenancy.rights") {
        return Error::forbidden(where, action, resource).to_string();
    }

private:
    template <class T>
    void put(const T& record, const Uuid& scope, const Uuid& id,
             std::vector<std::pair<std::string, std::string>> terms = {}) {
        std::vector<seal::RecordChange> changes;
        changes.push_back(change_of(record, scope, id, 0, now, now));
        changes.back().terms = std::move(terms);
        ASSERT_TRUE(reader.apply(changes));
    }
};

}  // namespace chatelaine::tenancy::testing

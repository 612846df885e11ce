#pragma once

// What the room's unit tests stand on: readers over one in-memory store (a reader for each thread),
// the real gate, and callers that the real authenticator found. Nothing is sealed here: the store
// holds the records' plaintext.

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "crypto/random.hpp"
#include "gate/gate.hpp"
#include "store/memory_store.hpp"
#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy::testing {

inline std::string reveal(const crypto::SecretBytes& bytes) {
    return bytes.with_exposed(crypto::insecure_expose_secret(),
                              [](BytesView view) { return std::string(as_text(view)); });
}

class MemoryReader final : public seal::Reader {
public:
    explicit MemoryReader(store::Store& store) : store_(store) {}

    Result<store::Term> term(const Uuid& scope, std::string_view name,
                             std::string_view value) override {
        return blind(scope, name, value);
    }
    Result<std::uint64_t> version_of(const store::RecordKey& key) override {
        CH_TRY(const auto record, store_.get(key));
        return record ? record->version : 0;
    }
    bool may_block() const override { return true; }

    Result<void> apply(const std::vector<seal::RecordChange>& changes) {
        store::Transaction transaction;
        for (const seal::RecordChange& change : changes) {
            store::Change next;
            next.key = change.key;
            next.expected_version = change.expected_version;
            next.tombstone = change.tombstone;
            next.dates = change.dates;
            for (const auto& [name, value] : change.terms) {
                next.terms.push_back(blind(change.key.scope, name, value));
            }
            if (!change.tombstone) {
                const std::string plain = reveal(change.plaintext);
                next.sealed = crypto::SealedBytes::from_stored(Bytes(plain.begin(), plain.end()));
            }
            transaction.changes.push_back(std::move(next));
        }
        CH_TRY(const auto receipt, store_.commit(std::move(transaction)));
        static_cast<void>(receipt);
        return ok();
    }

protected:
    Result<std::shared_ptr<const void>> load_any(const store::RecordKey& key,
                                                 seal::Decode decode) override {
        CH_TRY(const auto record, store_.get(key));
        if (!record || record->tombstone) {
            return std::shared_ptr<const void>();
        }
        return decoded(*record, decode);
    }
    Result<ErasedPage> find_any(const store::Query& query, seal::Decode decode) override {
        CH_TRY(const auto page, store_.query(query));
        ErasedPage found;
        found.more = page.more;
        for (const store::Record& record : page.records) {
            CH_TRY(auto object, decoded(record, decode));
            found.objects.push_back(std::move(object));
            found.born.push_back(record.born);
        }
        return found;
    }

private:
    static store::Term blind(const Uuid& scope, std::string_view name, std::string_view value) {
        const crypto::Sha256 hash = crypto::sha256(as_bytes(
            scope.to_string() + '/' + std::string(name) + '=' + std::string(value)));
        store::Term term;
        std::memcpy(term.value.data(), hash.data(), term.value.size());
        return term;
    }
    static Result<std::shared_ptr<const void>> decoded(const store::Record& record,
                                                       seal::Decode decode) {
        return decode({record.key, record.version, record.commit, record.born, record.dates},
                      record.sealed.view());
    }
    store::Store& store_;
};

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
    access::Principal authenticated(const crypto::SecretBytes& text, const DomainId& requested) {
        const std::string header = "Bearer " + reveal(text);
        access::Presented presented;
        presented.authorization = header;
        presented.requested_domain = requested;
        auto found = access::Authenticator().authenticate(presented, reader, now);
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

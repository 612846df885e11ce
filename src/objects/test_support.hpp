#pragma once

// What the room's unit tests stand on: a Reader over the in-memory store, the real gate, and a
// world of one domain. Nothing is sealed here: the store holds the records' plaintext.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "crypto/random.hpp"
#include "gate/gate.hpp"
#include "objects/key_rules.hpp"
#include "seal/reader_test_support.hpp"

namespace chatelaine::objects::testing {

inline crypto::SecretBytes secret(std::string_view text) {
    return crypto::SecretBytes::copy_of(as_bytes(text));
}

using seal::test::MemoryReader;

inline std::string reveal(const crypto::SecretBytes& bytes) { return seal::test::text_of(bytes); }

/// One customer's domain, its full-rights caller, and a way to run operations through the gate.
class World : public ::testing::Test {
public:
    store::MemoryStore store;
    MemoryReader reader{store};
    WallTime now = WallTime::from_seconds(1'790'000'000);
    AccountId account = AccountId::random(crypto::system_random());
    DomainId domain = DomainId::random(crypto::system_random());
    gate::Gate door{responsibility::Matrix::built_in(), "eu"};
    access::Principal caller =
        access::Principal::system(responsibility::Party::kCustomer, account, domain);

    void advance(std::int64_t seconds) { now = now.plus_seconds(seconds); }

    /// As the engine does: a name is looked up before the gate decides.
    template <class Op>
    Result<gate::Authorised<Op>> authorise(typename Op::Command command) {
        if constexpr (requires { command.alias; }) {
            if (!command.alias.empty()) {
                CH_TRY(const NamedKey named, resolve(command, caller, reader));
                auto allowed = door.authorise<Op>(caller, std::move(command));
                if (!allowed) {
                    return named.refused(std::move(allowed).error(), door.plate());
                }
                return allowed;
            }
        }
        return door.authorise<Op>(caller, std::move(command));
    }
    /// Runs a command without committing anything.
    template <class Op>
    Result<gate::Outcome<Op>> attempt(typename Op::Command command) {
        command.domain = domain;
        CH_TRY(const auto authorised, authorise<Op>(std::move(command)));
        gate::Services services{
            reader, now, crypto::system_random(), door.plate(), "local",
            [this](const gate::OperationRow& row, const gate::Resource& resource) {
                const std::string urn = door.urn_of(row, resource, caller);
                return door.check(row, resource, urn, caller).has_value();
            }};
        return run(authorised, services);
    }
    /// Runs a command and commits its changes.
    template <class Op>
    Result<typename Op::Reply> commit(typename Op::Command command) {
        CH_TRY(auto outcome, attempt<Op>(std::move(command)));
        CH_TRY_VOID(reader.apply(outcome.changes));
        return std::move(outcome.reply);
    }
    template <class Op>
    Code refusal(typename Op::Command command) {
        const auto outcome = attempt<Op>(std::move(command));
        return outcome ? Code::kEndOfCodes : outcome.error().code();
    }
    template <class Op>
    std::string refused_field(typename Op::Command command) {
        const auto outcome = attempt<Op>(std::move(command));
        return outcome ? "(accepted)" : outcome.error().detail().field;
    }

    template <class Op>
    static typename Op::Command on(const ObjectId& key) {
        typename Op::Command command;
        command.key = key;
        return command;
    }

    static CreateKey::Command oct(std::int64_t bits = 256) {
        CreateKey::Command command;
        command.name = "key";
        command.type = "oct";
        command.size = bits;
        return command;
    }
    static CreateKey::Command rsa(std::vector<std::string> operations = {"sign", "verify"}) {
        CreateKey::Command command;
        command.name = "key";
        command.type = "RSA";
        command.size = 2048;
        command.operations = std::move(operations);
        return command;
    }
    static CreateKey::Command ec(std::string curve = "P-256") {
        CreateKey::Command command;
        command.name = "key";
        command.type = "EC";
        command.curve = std::move(curve);
        return command;
    }
    static CreateKey::Command plain(crypto::Jwk jwk) {
        CreateKey::Command command;
        command.name = "key";
        command.plain_import = std::move(jwk);
        return command;
    }

    /// One RSA key of each size for all tests: making one takes up to seconds.
    static const crypto::PrivateKey& shared_rsa(std::size_t bits) {
        static std::map<std::size_t, crypto::PrivateKey> keys;
        auto found = keys.find(bits);
        if (found == keys.end()) {
            auto made = crypto::PrivateKey::generate_rsa(bits);
            CH_CHECK(made.has_value());
            found = keys.emplace(bits, std::move(made).value()).first;
        }
        return found->second;
    }
    ObjectId rsa_key(std::vector<std::string> operations = {"sign", "verify"},
                     std::size_t bits = 2048, bool may_leave = false) {
        crypto::Jwk jwk;
        jwk.material = shared_rsa(bits);
        jwk.key_ops = std::move(operations);
        auto command = plain(std::move(jwk));
        command.extractable = may_leave;
        return bring(std::move(command));
    }

    ObjectId make(CreateKey::Command command) {
        auto made = commit<CreateKey>(std::move(command));
        EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
        return made ? made->object->id : ObjectId{};
    }
    ObjectId bring(CreateKey::Command command) {
        auto made = commit<ImportKey>(std::move(command));
        EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
        return made ? made->object->id : ObjectId{};
    }
    void deactivate(const ObjectId& key,
                    RevocationReason reason = RevocationReason::kUnspecified) {
        auto command = on<DeactivateKey>(key);
        command.reason = reason;
        const auto done = commit<DeactivateKey>(std::move(command));
        EXPECT_TRUE(done) << (done ? "" : done.error().to_string());
    }
    void destroy(const ObjectId& key) {
        deactivate(key);
        EXPECT_TRUE(commit<DeleteKey>(on<DeleteKey>(key)));
    }
    std::shared_ptr<const ManagedObject> stored(const ObjectId& key) {
        auto object = reader.load<ManagedObject>(domain.uuid, key.uuid);
        EXPECT_TRUE(object && *object);
        return object ? *object : nullptr;
    }
    State state_of(const ObjectId& key) { return stored(key)->state(now); }

    static Encrypt::Command encrypting(const ObjectId& key, std::string_view plaintext,
                                       std::string context = {}) {
        auto command = on<Encrypt>(key);
        command.plaintext = secret(plaintext);
        command.context = std::move(context);
        return command;
    }
    static Decrypt::Command decrypting(const ObjectId& key, std::string ciphertext,
                                       std::string context = {}) {
        auto command = on<Decrypt>(key);
        command.ciphertext = std::move(ciphertext);
        command.context = std::move(context);
        return command;
    }

    /// From now on the caller is an identity with these grants and no other right.
    void become(std::vector<access::Grant> grants) {
        access::Identity identity;
        identity.id = IdentityId::random(crypto::system_random());
        identity.account = account;
        identity.name = "narrow";
        identity.grants = std::move(grants);
        access::Credential credential;
        credential.id = CredentialId::random(crypto::system_random());
        credential.account = account;
        credential.domain = domain;
        credential.identities = {identity.id};
        credential.not_before = now.plus_seconds(-60);
        credential.not_after = now.plus_seconds(3600);
        put(identity, account.uuid, identity.id.uuid);
        put(credential, domain.uuid, credential.id.uuid);
        const std::vector<std::string> upn{"okms.domain:" + domain.to_string()};
        access::Presented presented;
        presented.certificate.emplace();
        presented.certificate->serial = credential.id.uuid.view();
        presented.certificate->upn_names = &upn;
        presented.certificate->fingerprint = &credential.fingerprint;
        presented.certificate->verified = true;
        presented.certificate->client_auth = true;
        auto principal = access::Authenticator().authenticate(presented, reader, now);
        ASSERT_TRUE(principal) << principal.error().to_string();
        caller = *principal;
    }
    std::string urn(const ObjectId& key) const {
        return access::object_urn("eu", domain, "serviceKey", key.to_string());
    }

private:
    template <class T>
    void put(const T& record, const Uuid& scope, const Uuid& id) {
        Bytes plain;
        record.encode(plain);
        seal::RecordChange change;
        change.key = {scope, T::kind, id};
        change.plaintext = crypto::SecretBytes::copy_of(plain);
        std::vector<seal::RecordChange> changes;
        changes.push_back(std::move(change));
        ASSERT_TRUE(reader.apply(changes));
    }
};

}  // namespace chatelaine::objects::testing

#pragma once

// What the room's unit tests stand on: a Reader over the in-memory store, the real gate, and a
// world of one domain. Nothing is sealed here: the store holds the records' plaintext.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "crypto/random.hpp"
#include "gate/gate.hpp"
#include "seal/reader_test_support.hpp"
#include "secrets/data.hpp"
#include "secrets/kv_operations.hpp"
#include "store/memory_store.hpp"

namespace chatelaine::secrets::testing {

inline crypto::SecretBytes secret(std::string_view text) {
    return crypto::SecretBytes::copy_of(as_bytes(text));
}
inline std::string reveal(const SharedData& data) {
    return data ? seal::test::text_of(*data) : "(none)";
}

/// One customer's domain, its full-rights caller, and a way to run operations through the gate.
struct World {
    store::MemoryStore store;
    LastReads reads;
    seal::test::MemoryReader reader{store};
    WallTime now = WallTime::from_seconds(1'790'000'000);
    AccountId account = AccountId::random(crypto::system_random());
    DomainId domain = DomainId::random(crypto::system_random());
    gate::Gate door{responsibility::Matrix::built_in(), "eu"};
    access::Principal caller =
        access::Principal::system(responsibility::Party::kCustomer, account, domain);

    gate::Services services() {
        return {reader, now, crypto::system_random(), door.plate(), "local",
                [this](const gate::OperationRow& row, const gate::Resource& resource) {
                    const std::string urn = door.urn_of(row, resource, caller);
                    return door.check(row, resource, urn, caller).has_value();
                }};
    }

    /// Runs a command without committing anything.
    template <class Op>
    Result<gate::Outcome<Op>> attempt(typename Op::Command command) {
        command.domain = domain;
        CH_TRY(const auto authorised, door.authorise<Op>(caller, std::move(command)));
        gate::Services use = services();
        if constexpr (requires { run(authorised, use, reads); }) {
            return run(authorised, use, reads);
        } else {
            return run(authorised, use);
        }
    }
    /// Runs a command and commits its changes.
    template <class Op>
    Result<typename Op::Reply> commit(typename Op::Command command) {
        CH_TRY(auto outcome, attempt<Op>(std::move(command)));
        if (!outcome.changes.empty()) {
            CH_TRY_VOID(reader.apply(outcome.changes));
        }
        if (outcome.then) {
            outcome.then();
        }
        return std::move(outcome.reply);
    }
    template <class Op>
    Code refusal(typename Op::Command command) {
        const auto outcome = attempt<Op>(std::move(command));
        return outcome ? Code::kEndOfCodes : outcome.error().code();
    }

    template <class Op>
    static typename Op::Command on(std::string path) {
        typename Op::Command command;
        command.path = std::move(path);
        return command;
    }
    template <class Op>
    static typename Op::Command version_of(std::string path, std::uint32_t version) {
        auto command = on<Op>(std::move(path));
        command.version = version;
        return command;
    }
    template <class Op>
    static typename Op::Command with_data(std::string path, std::string_view data,
                                          std::optional<std::uint32_t> cas = {}) {
        auto command = on<Op>(std::move(path));
        command.data = NewData(secret(data));
        if constexpr (requires { command.cas; }) {
            command.cas = cas;
        }
        return command;
    }
    Code create(std::string path, std::string_view data = "{}", MetadataChange metadata = {}) {
        auto command = with_data<CreateSecret>(std::move(path), data);
        command.metadata = std::move(metadata);
        const auto made = commit<CreateSecret>(std::move(command));
        return made ? Code::kEndOfCodes : made.error().code();
    }
    Code put(std::string path, std::string_view data, std::optional<std::uint32_t> cas = {}) {
        const auto made = commit<PutSecret>(with_data<PutSecret>(std::move(path), data, cas));
        return made ? Code::kEndOfCodes : made.error().code();
    }
    /// The data of a version (0: the current one), or the code that it was refused with.
    std::string read(std::string path, std::uint32_t version = 0) {
        auto command = on<ReadSecret>(std::move(path));
        command.version = version;
        const auto answer = commit<ReadSecret>(std::move(command));
        return answer ? reveal(answer->data) : std::string(code_name(answer.error().code()));
    }
    std::vector<std::string> names(std::string folder) {
        KvList::Command command;
        command.folder = std::move(folder);
        const auto reply = commit<KvList>(std::move(command));
        return reply ? reply->names
                     : std::vector<std::string>{std::string(code_name(reply.error().code()))};
    }
    std::shared_ptr<const Secret> stored(const std::string& path) {
        const auto id = secret_id(reader, domain, path);
        const auto found = reader.load<Secret>(domain.uuid, *id);
        return found ? *found : nullptr;
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
        keep(identity, account.uuid, identity.id.uuid);
        keep(credential, domain.uuid, credential.id.uuid);
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
    std::string urn(std::string_view path) const {
        return access::object_urn("eu", domain, kSecretKind, path);
    }

private:
    template <class T>
    void keep(const T& record, const Uuid& scope, const Uuid& id) {
        std::vector<seal::RecordChange> changes;
        changes.push_back(change_of(record, {scope, T::kind, id}, 0));
        ASSERT_TRUE(reader.apply(changes));
    }
};

class SecretsTest : public ::testing::Test, public World {};

}  // namespace chatelaine::secrets::testing

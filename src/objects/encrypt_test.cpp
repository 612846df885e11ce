// Proves encrypt, decrypt, data keys and random: round trips, the vendor's limits and traps, and
// each way in which a use is refused.
#include <rapidcheck.h>

#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using testing::reveal;
using testing::secret;
using testing::World;

class Cipher : public World {
public:
    std::string ciphertext_of(const ObjectId& key, std::string_view plaintext,
                              std::string context = {}) {
        auto reply = commit<Encrypt>(encrypting(key, plaintext, std::move(context)));
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().to_string());
        return reply ? reply->ciphertext : std::string();
    }
    CreateDataKey::Command data_key(const ObjectId& key, std::size_t bits = 256) {
        auto command = on<CreateDataKey>(key);
        command.bits = bits;
        return command;
    }
    DecryptDataKey::Command opening(const ObjectId& key, std::string token) {
        auto command = on<DecryptDataKey>(key);
        command.data_key = std::move(token);
        return command;
    }
};

TEST_F(Cipher, GivesBackWhatItEncrypted) {
    for (const std::int64_t bits : {128, 192, 256}) {
        const ObjectId key = make(oct(bits));
        const std::string ciphertext = ciphertext_of(key, "text", "ctx");
        const auto reply = commit<Decrypt>(decrypting(key, ciphertext, "ctx"));
        ASSERT_TRUE(reply);
        EXPECT_EQ(reveal(reply->plaintext), "text");
    }
}

TEST_F(Cipher, RoundTripProperty) {
    const ObjectId key = make(oct());
    EXPECT_TRUE(rc::check([&] {
        const auto plaintext = *rc::gen::arbitrary<std::string>();
        const auto size = *rc::gen::inRange(0, 65);
        const std::string context(static_cast<std::size_t>(size), 'c');
        const auto reply =
            commit<Decrypt>(decrypting(key, ciphertext_of(key, plaintext, context), context));
        RC_ASSERT(reply.has_value());
        RC_ASSERT(reveal(reply->plaintext) == plaintext);
    }));
}

TEST_F(Cipher, TheContextIsAuthenticated) {
    const ObjectId key = make(oct());
    const std::string ciphertext = ciphertext_of(key, "text", "ctx");
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, ciphertext, "other")), Code::kDecryptFailed);
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, ciphertext)), Code::kDecryptFailed);
}

TEST_F(Cipher, TheLargestMessageCanBeDecryptedThoughItsTokenIsOver5464Characters) {
    const ObjectId key = make(oct());
    const std::string largest(limits::plaintext_bytes_max, 'x');
    const std::string ciphertext = ciphertext_of(key, largest);
    EXPECT_GT(ciphertext.size(), 5464u);
    EXPECT_LE(ciphertext.size(), limits::ciphertext_characters_max);
    EXPECT_EQ(reveal(commit<Decrypt>(decrypting(key, ciphertext))->plaintext), largest);
    EXPECT_EQ(refused_field<Encrypt>(encrypting(key, largest + "x")), "plaintext");
}

TEST_F(Cipher, AnotherKeysCiphertextDoesNotOpen) {
    const ObjectId one = make(oct());
    const ObjectId two = make(oct());
    const auto code = refusal<Decrypt>(decrypting(two, ciphertext_of(one, "text")));
    EXPECT_TRUE(code == Code::kMalformed || code == Code::kDecryptFailed);
    EXPECT_EQ(refusal<Decrypt>(decrypting(one, "no.token")), Code::kMalformed);
    EXPECT_EQ(refusal<Decrypt>(decrypting(one, "")), Code::kMalformed);
}

TEST_F(Cipher, UsesNeedTheOperation) {
    auto command = oct();
    command.operations = {"decrypt", "unwrapKey"};
    const ObjectId key = make(std::move(command));
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kNotPermittedUse);
    EXPECT_EQ(refusal<CreateDataKey>(data_key(key)), Code::kNotPermittedUse);
    command = oct();
    command.operations = {"encrypt", "wrapKey"};
    const ObjectId other = make(std::move(command));
    EXPECT_EQ(refusal<Decrypt>(decrypting(other, ciphertext_of(other, "x"))),
              Code::kNotPermittedUse);
    EXPECT_EQ(refusal<DecryptDataKey>(opening(other, "x")), Code::kNotPermittedUse);
}

TEST_F(Cipher, ASigningKeyDoesNotEncrypt) {
    EXPECT_EQ(refusal<Encrypt>(encrypting(make(ec()), "x")), Code::kNotPermittedUse);
}

TEST_F(Cipher, AnRsaTransportKeyMakesNoDataKeys) {
    const ObjectId key = make(rsa({"wrapKey", "unwrapKey"}));
    EXPECT_EQ(refusal<CreateDataKey>(data_key(key)), Code::kWrongKeyType);
}

TEST_F(Cipher, OnlyActiveKeysAreUsed) {
    const ObjectId key = make(oct());
    const std::string ciphertext = ciphertext_of(key, "x");
    const std::string token = commit<CreateDataKey>(data_key(key))->key;
    const auto all_refused = [&](std::string_view state) {
        EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kWrongState) << state;
        EXPECT_EQ(refusal<Decrypt>(decrypting(key, ciphertext)), Code::kWrongState) << state;
        EXPECT_EQ(refusal<CreateDataKey>(data_key(key)), Code::kWrongState) << state;
        EXPECT_EQ(refusal<DecryptDataKey>(opening(key, token)), Code::kWrongState) << state;
        const auto outcome = attempt<Encrypt>(encrypting(key, "x"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().detail().message.find(state), std::string::npos);
    };
    deactivate(key);
    all_refused("deactivated");
    deactivate(key, RevocationReason::kKeyCompromise);
    all_refused("compromised");
    ASSERT_TRUE(commit<ActivateKey>(on<ActivateKey>(key)));
    EXPECT_EQ(reveal(commit<Decrypt>(decrypting(key, ciphertext))->plaintext), "x");
    destroy(key);
    all_refused("destroyed");
}

TEST_F(Cipher, ARevocationHoldsOnANodeWhoseClockIsBehind) {
    const ObjectId key = make(oct());
    deactivate(key);
    advance(-1);
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kWrongState);
}

TEST_F(Cipher, KmipsDatesBoundProtectionAndProcessing) {
    const ObjectId key = make(oct());
    const std::string ciphertext = ciphertext_of(key, "x");
    auto changed = stored(key)->clone();
    changed->protect_stop = now;
    std::vector<seal::RecordChange> changes;
    changes.push_back(changed->to_change());
    ASSERT_TRUE(reader.apply(changes));
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kWrongState);
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, ciphertext)), Code::kEndOfCodes);
    changed = stored(key)->clone();
    changed->protect_stop.reset();
    changed->process_start = now.plus_seconds(1);
    changes.clear();
    changes.push_back(changed->to_change());
    ASSERT_TRUE(reader.apply(changes));
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kEndOfCodes);
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, ciphertext)), Code::kWrongState);
}

TEST_F(Cipher, AKeyThatIsNotThereIsNotFound) {
    const ObjectId nobody = ObjectId::random(crypto::system_random());
    EXPECT_EQ(refusal<Encrypt>(encrypting(nobody, "x")), Code::kKeyNotFound);
    EXPECT_EQ(refusal<Decrypt>(decrypting(nobody, "x")), Code::kKeyNotFound);
}

TEST_F(Cipher, UsesNeedTheRightOnThatKey) {
    const ObjectId mine = make(oct());
    const ObjectId other = make(oct());
    become({{{"okms:apikms:serviceKey/encrypt"}, {urn(mine)}}});
    EXPECT_EQ(refusal<Encrypt>(encrypting(mine, "x")), Code::kEndOfCodes);
    EXPECT_EQ(refusal<Encrypt>(encrypting(other, "x")), Code::kForbidden);
    EXPECT_EQ(refusal<Decrypt>(decrypting(mine, "x")), Code::kForbidden);
}

TEST_F(Cipher, UsesSayWhichRecordVersionTheyUsed) {
    const ObjectId key = make(oct());
    auto rename = on<UpdateKey>(key);
    rename.name = "renamed";
    ASSERT_TRUE(commit<UpdateKey>(std::move(rename)));
    const auto outcome = attempt<Encrypt>(encrypting(key, "x"));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->record_version, 2u);
    EXPECT_TRUE(outcome->changes.empty());
}

TEST_F(Cipher, ADataKeyOpensAgain) {
    const ObjectId key = make(oct());
    for (const std::size_t bits : {64u, 128u, 256u, 4096u}) {
        const auto made = commit<CreateDataKey>(data_key(key, bits));
        ASSERT_TRUE(made);
        EXPECT_EQ(made->plaintext.size() * 8, bits);
        EXPECT_LE(made->key.size(), limits::data_key_characters_max);
        const auto opened = commit<DecryptDataKey>(opening(key, made->key));
        ASSERT_TRUE(opened);
        EXPECT_TRUE(crypto::equal_ct(opened->plaintext, made->plaintext));
    }
}

TEST_F(Cipher, ADataKeysSizeIsBounded) {
    const ObjectId key = make(oct());
    for (const std::size_t bits : {0u, 56u, 63u, 65u, 4097u, 4104u}) {
        EXPECT_EQ(refused_field<CreateDataKey>(data_key(key, bits)), "size") << bits;
    }
}

TEST_F(Cipher, ACiphertextIsNoDataKeyAndTheOtherWayRound) {
    const ObjectId key = make(oct());
    EXPECT_EQ(refused_field<DecryptDataKey>(opening(key, ciphertext_of(key, "x"))), "key");
    const std::string token = commit<CreateDataKey>(data_key(key))->key;
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, token)), Code::kMalformed);
}

TEST_F(Cipher, ADataKeysNameGoesToTheAudit) {
    auto command = data_key(make(oct()));
    command.name = "ephemeral.v2";
    const auto outcome = attempt<CreateDataKey>(std::move(command));
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->details.size(), 1u);
    EXPECT_EQ(outcome->details[0].second, "ephemeral.v2");
}

TEST_F(Cipher, RandomBytesWithinBounds) {
    const auto bytes = [this](std::size_t length) {
        GetRandom::Command command;
        command.length = length;
        return attempt<GetRandom>(command);
    };
    EXPECT_EQ(bytes(1)->reply.bytes.size(), 1u);
    EXPECT_EQ(bytes(4096)->reply.bytes.size(), 4096u);
    EXPECT_EQ(bytes(0).error().detail().field, "length");
    EXPECT_EQ(bytes(4097).error().detail().field, "length");
    EXPECT_NE(reveal(bytes(32)->reply.bytes), reveal(bytes(32)->reply.bytes));
}

}  // namespace
}  // namespace chatelaine::objects

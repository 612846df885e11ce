// Proves versions of a key: each opens what it made, the newest protects, minimum and destruction
// hold for every use, schedules by time and by count, and that a count never goes back.
#include "objects/key_version.hpp"
#include "objects/test_support.hpp"
#include "objects/use_ledger.hpp"
#include "objects/versions.hpp"

namespace chatelaine::objects {
namespace {

using testing::reveal;
using testing::secret;
using testing::World;

class Versions : public World {
public:
    Versions() { UseLedger::process().forget(); }

    std::uint32_t rotate_key(const ObjectId& key) {
        const auto made = commit<RotateKey>(on<RotateKey>(key));
        EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
        return made ? made->version : 0;
    }
    /// Commits, and does what the engine does once all is durable.
    template <class Op>
    Result<typename Op::Reply> finish(typename Op::Command command) {
        CH_TRY(auto outcome, attempt<Op>(std::move(command)));
        CH_TRY_VOID(reader.apply(outcome.changes));
        if (outcome.then) {
            outcome.then();
        }
        return std::move(outcome.reply);
    }
    std::string ciphertext_of(const ObjectId& key, std::string_view text) {
        auto reply = finish<Encrypt>(encrypting(key, text));
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().to_string());
        return reply ? reply->ciphertext : std::string();
    }
    std::string opened(const ObjectId& key, const std::string& token) {
        auto reply = commit<Decrypt>(decrypting(key, token));
        return reply ? reveal(reply->plaintext) : std::string(code_name(reply.error().code()));
    }
    void destroy_version(const ObjectId& key, std::uint32_t version) {
        auto command = on<DestroyKeyVersion>(key);
        command.version = version;
        EXPECT_TRUE(commit<DestroyKeyVersion>(command));
    }
    Result<ScheduleRotation::Reply> schedule(const ObjectId& key, ScheduleRotation::Command given) {
        given.key = key;
        return commit<ScheduleRotation>(given);
    }
    void set_minimum(const ObjectId& key, std::uint32_t version) {
        ScheduleRotation::Command command;
        command.minimum_version = version;
        EXPECT_TRUE(schedule(key, command));
    }
    void count_uses(const ObjectId& key, std::uint64_t most, bool refuse = false) {
        ScheduleRotation::Command command;
        command.uses = most;
        command.refuse = refuse;
        EXPECT_TRUE(schedule(key, command));
    }
    Sign::Command signing(const ObjectId& key, SignatureFormat format = SignatureFormat::kRaw) {
        auto command = on<Sign>(key);
        command.message = secret("{}");
        command.algorithm = crypto::SignatureAlgorithm::kEs256;
        command.format = format;
        return command;
    }
    Verify::Command verifying(const ObjectId& key, std::string signature) {
        auto command = on<Verify>(key);
        command.message = secret("{}");
        command.algorithm = crypto::SignatureAlgorithm::kEs256;
        command.signature = std::move(signature);
        return command;
    }
};

TEST_F(Versions, EachOpensWhatItMadeAndTheNewestProtects) {
    const ObjectId key = make(oct());
    std::vector<std::string> tokens;
    for (std::uint32_t version = 1; version <= 20; ++version) {
        tokens.push_back(ciphertext_of(key, "v" + std::to_string(version)));
        const auto named = version_of_kid(key, kid_of_jwe(tokens.back()));
        ASSERT_TRUE(named);
        EXPECT_EQ(*named, version);
        EXPECT_EQ(rotate_key(key), version + 1);
    }
    for (std::uint32_t version = 20; version >= 1; --version) {
        EXPECT_EQ(opened(key, tokens[version - 1]), "v" + std::to_string(version));
    }
}

TEST_F(Versions, AKeyThatWasNeverRotatedWritesTheHeaderThatItAlwaysWrote) {
    const ObjectId key = make(oct());
    EXPECT_EQ(kid_of_jwe(ciphertext_of(key, "x")), key.to_string());
    Bytes before;
    stored(key)->encode(before);
    auto copy = stored(key)->clone();
    Bytes after;
    copy->encode(after);
    EXPECT_EQ(before, after);
}

TEST_F(Versions, AnotherVersionsTokenIsNotTakenForThisOne) {
    const ObjectId key = make(oct());
    const std::string token = ciphertext_of(key, "x");
    rotate_key(key);
    const std::string newer = ciphertext_of(key, "x");
    // The header of one with the rest of the other.
    const std::string mixed = newer.substr(0, newer.find('.')) + token.substr(token.find('.'));
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, mixed)), Code::kDecryptFailed);
    const ObjectId other = make(oct());
    rotate_key(other);
    EXPECT_EQ(refusal<Decrypt>(decrypting(other, newer)), Code::kMalformed);
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, "no.token")), Code::kMalformed);
}

TEST_F(Versions, DataKeysOpenWithTheVersionThatWrappedThem) {
    const ObjectId key = make(oct());
    auto making = on<CreateDataKey>(key);
    const auto made = finish<CreateDataKey>(making);
    ASSERT_TRUE(made);
    rotate_key(key);
    auto opening = on<DecryptDataKey>(key);
    opening.data_key = made->key;
    const auto plain = commit<DecryptDataKey>(opening);
    ASSERT_TRUE(plain);
    EXPECT_EQ(reveal(plain->plaintext), reveal(made->plaintext));
    set_minimum(key, 2);
    EXPECT_EQ(refusal<DecryptDataKey>(opening), Code::kWrongState);
}

TEST_F(Versions, TheMinimumAndDestructionRefuseDecryption) {
    const ObjectId key = make(oct());
    const std::string first = ciphertext_of(key, "one");
    rotate_key(key);
    const std::string second = ciphertext_of(key, "two");
    rotate_key(key);
    set_minimum(key, 2);
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, first)), Code::kWrongState);
    EXPECT_EQ(opened(key, second), "two");
    set_minimum(key, 1);
    EXPECT_EQ(opened(key, first), "one");
    destroy_version(key, 1);
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, first)), Code::kWrongState);
    EXPECT_EQ(opened(key, second), "two");
    auto again = on<DestroyKeyVersion>(key);
    again.version = 1;
    EXPECT_EQ(refusal<DestroyKeyVersion>(again), Code::kWrongState);
    again.version = 3;
    EXPECT_EQ(refusal<DestroyKeyVersion>(again), Code::kWrongState);
    for (const std::uint32_t never : {0u, 4u, 0xffffffffu}) {
        again.version = never;
        EXPECT_EQ(refused_field<DestroyKeyVersion>(again), "version");
    }
    auto moving = on<ReEncrypt>(key);
    moving.ciphertext = first;
    EXPECT_EQ(refusal<ReEncrypt>(moving), Code::kWrongState);
}

TEST_F(Versions, ADestroyedKeyTakesItsVersionsWithIt) {
    const ObjectId key = make(oct());
    const std::string token = ciphertext_of(key, "x");
    rotate_key(key);
    ASSERT_FALSE(stored(key)->version_key.empty());
    destroy(key);
    EXPECT_TRUE(stored(key)->version_key.empty());
    EXPECT_EQ(refusal<Decrypt>(decrypting(key, token)), Code::kWrongState);
    EXPECT_EQ(refusal<RotateKey>(on<RotateKey>(key)), Code::kWrongState);
    const auto list = commit<ListKeyVersions>(on<ListKeyVersions>(key));
    ASSERT_TRUE(list);
    for (const auto& version : list->versions) {
        EXPECT_TRUE(version.destroyed) << version.version;
    }
}

TEST_F(Versions, AVersionsRecordHoldsNoKeyThatOpensWithoutTheKeysOwn) {
    const ObjectId key = make(oct());
    const std::string material = reveal(stored(key)->material.bytes);
    rotate_key(key);
    const auto record =
        reader.load<KeyVersion>(domain.uuid, key_version_id(key, 1));
    ASSERT_TRUE(record && *record);
    Bytes plain;
    (*record)->encode(plain);
    EXPECT_EQ(as_text(plain).find(material), std::string_view::npos);
}

TEST_F(Versions, SignaturesVerifyWithTheVersionThatMadeThem) {
    const ObjectId key = make(ec());
    const std::string raw = commit<Sign>(signing(key))->signature;
    const std::string token = commit<Sign>(signing(key, SignatureFormat::kJwt))->signature;
    for (int i = 0; i < 5; ++i) {
        rotate_key(key);
    }
    const std::string newest = commit<Sign>(signing(key, SignatureFormat::kJwt))->signature;
    EXPECT_EQ(crypto::parse_jws(token)->kid, key.to_string());
    EXPECT_EQ(crypto::parse_jws(newest)->kid, key.to_string() + ".6");
    for (const std::string& signature : {raw, token, newest}) {
        EXPECT_TRUE(commit<Verify>(verifying(key, signature))->result);
    }
    set_minimum(key, 2);
    EXPECT_FALSE(commit<Verify>(verifying(key, raw))->result);
    EXPECT_EQ(refusal<Verify>(verifying(key, token)), Code::kWrongState);
    EXPECT_TRUE(commit<Verify>(verifying(key, newest))->result);
    EXPECT_FALSE(commit<Verify>(verifying(make(ec()), newest))->result);
}

TEST_F(Versions, ThePublicKeyIsNamedAsTheTokensOfItsVersion) {
    const ObjectId key = make(ec());
    const auto kid_of = [&] {
        const auto jwk = public_jwk_of(*stored(key));
        const auto document = json::Document::parse(jwk ? *jwk : "{}");
        return std::string(*document->root().member("kid").string());
    };
    EXPECT_EQ(kid_of(), key.to_string());
    rotate_key(key);
    const std::string token = commit<Sign>(signing(key, SignatureFormat::kJwt))->signature;
    EXPECT_EQ(kid_of(), key.to_string() + ".2");
    EXPECT_EQ(kid_of(), crypto::parse_jws(token)->kid);
}

TEST_F(Versions, ReEncryptionMovesToTheNewestAndBetweenKeysWithBothRights) {
    const ObjectId key = make(oct());
    const ObjectId other = make(oct());
    auto moving = on<ReEncrypt>(key);
    moving.ciphertext = commit<Encrypt>(encrypting(key, "text", "old"))->ciphertext;
    moving.context = "old";
    moving.new_context = "new";
    rotate_key(key);
    auto moved = finish<ReEncrypt>(moving);
    ASSERT_TRUE(moved);
    EXPECT_EQ(moved->version, 2u);
    EXPECT_EQ(reveal(commit<Decrypt>(decrypting(key, moved->ciphertext, "new"))->plaintext),
    "text");
    moving.key = other;
    moving.from = key;
    moved = finish<ReEncrypt>(moving);
    ASSERT_TRUE(moved);
    EXPECT_EQ(reveal(commit<Decrypt>(decrypting(other, moved->ciphertext, "new"))->plaintext),
              "text");
    become({{{"okms:apikms:serviceKey/encrypt"}, {urn(other)}}});
    EXPECT_EQ(refusal<ReEncrypt>(moving), Code::kForbidden);
    become({{{"okms:apikms:serviceKey/encrypt"}, {urn(other)}},
            {{"okms:apikms:serviceKey/decrypt"}, {urn(key)}}});
    EXPECT_TRUE(attempt<ReEncrypt>(moving));
}

TEST_F(Versions, OnlyKeysThatCanHaveVersionsAreRotated) {
    EXPECT_EQ(refusal<RotateKey>(on<RotateKey>(rsa_key({"wrapKey", "unwrapKey"}))),
              Code::kWrongKeyType);
    EXPECT_EQ(rotate_key(rsa_key()), 2u);
    const ObjectId key = make(oct());
    deactivate(key);
    EXPECT_EQ(refusal<RotateKey>(on<RotateKey>(key)), Code::kWrongState);
    reader.blocking = false;
    EXPECT_EQ(refusal<RotateKey>(on<RotateKey>(rsa_key())), Code::kWouldBlock);
}

TEST_F(Versions, AKeyMadeOverKmipIsNotRotatedSinceItsCiphertextsNameNoVersion) {
    for (const char* const mark : {"Digest", "Fresh"}) {
        const ObjectId key = make(oct());
        auto made_there = stored(key)->clone();
        made_there->attributes.push_back({mark, 0, Bytes{0}});
        std::vector<seal::RecordChange> changes;
        changes.push_back(made_there->to_change());
        ASSERT_TRUE(reader.apply(changes));
        EXPECT_EQ(refusal<RotateKey>(on<RotateKey>(key)), Code::kWrongKeyType) << mark;
        EXPECT_EQ(refusal<ScheduleRotation>(on<ScheduleRotation>(key)), Code::kWrongKeyType);
        EXPECT_EQ(stored(key)->newest_version, 1u);
    }
}

TEST_F(Versions, OfTwoRotationsAtOnceOneIsToReadAgain) {
    const ObjectId key = make(oct());
    auto one = attempt<RotateKey>(on<RotateKey>(key));
    auto two = attempt<RotateKey>(on<RotateKey>(key));
    ASSERT_TRUE(one && two);
    EXPECT_TRUE(reader.apply(one->changes));
    EXPECT_EQ(reader.apply(two->changes).error().code(), Code::kVersionConflict);
    EXPECT_EQ(stored(key)->newest_version, 2u);
}

TEST_F(Versions, AreListedInPages) {
    const ObjectId key = make(oct());
    for (int i = 0; i < 24; ++i) {
        rotate_key(key);
    }
    auto command = on<ListKeyVersions>(key);
    command.max = 10;
    std::uint32_t expected = 25;
    do {
        const auto page = commit<ListKeyVersions>(command);
        ASSERT_TRUE(page);
        for (const auto& version : page->versions) {
            EXPECT_EQ(version.version, expected--);
        }
        command.from = page->next;
    } while (command.from != 0);
    EXPECT_EQ(expected, 0u);
    command.from = 26;
    EXPECT_EQ(refused_field<ListKeyVersions>(command), "from");
}

TEST_F(Versions, APeriodRotatesAtTheFirstUseAfterIt) {
    const ObjectId key = make(oct());
    ScheduleRotation::Command command;
    command.period_days = 30;
    ASSERT_TRUE(schedule(key, command));
    const std::string early = ciphertext_of(key, "x");
    advance(30 * 24 * 3600);
    const std::string late = ciphertext_of(key, "x");
    EXPECT_EQ(*version_of_kid(key, kid_of_jwe(early)), 1u);
    EXPECT_EQ(*version_of_kid(key, kid_of_jwe(late)), 2u);
    EXPECT_EQ(*version_of_kid(key, kid_of_jwe(ciphertext_of(key, "x"))), 2u);
    EXPECT_EQ(opened(key, early), "x");
}

TEST_F(Versions, AKeyRotatesBeforeItsUsesAreUsedUp) {
    const ObjectId key = make(oct());
    count_uses(key, 1000);
    std::map<std::uint32_t, int> uses;
    for (int i = 0; i < 3500; ++i) {
        ++uses[*version_of_kid(key, kid_of_jwe(ciphertext_of(key, "x")))];
    }
    // What was used before the count began is not known: version 1 protects nothing more.
    EXPECT_EQ(uses.count(1), 0u);
    EXPECT_EQ(uses[2], 1000);
    EXPECT_EQ(uses[3], 1000);
    EXPECT_EQ(uses[4], 1000);
}

TEST_F(Versions, OrRefusesThem) {
    const ObjectId key = make(oct());
    count_uses(key, 1000, true);
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kWrongState);
    rotate_key(key);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_FALSE(ciphertext_of(key, "x").empty()) << i;
    }
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kWrongState);
    EXPECT_EQ(refusal<CreateDataKey>(on<CreateDataKey>(key)), Code::kWrongState);
    auto moving = on<ReEncrypt>(key);
    moving.ciphertext = "x";
    EXPECT_NE(refusal<ReEncrypt>(moving), Code::kEndOfCodes);
}

TEST_F(Versions, ACountNeverGoesBackWhenTheProcessEnds) {
    const ObjectId key = make(oct());
    count_uses(key, 1000);
    std::map<std::uint32_t, int> uses;
    std::uint64_t reserved = 0;
    std::uint32_t version = 0;
    for (int start = 0; start < 200; ++start) {
        for (int i = 0; i < 7; ++i) {
            ++uses[*version_of_kid(key, kid_of_jwe(ciphertext_of(key, "x")))];
            const auto object = stored(key);
            EXPECT_GE(object->uses_reserved, object->newest_version == version ? reserved : 0);
            reserved = object->uses_reserved;
            version = object->newest_version;
            EXPECT_LE(static_cast<std::uint64_t>(uses[version]), reserved);
        }
        UseLedger::process().forget();
    }
    for (const auto& [number, count] : uses) {
        EXPECT_LE(count, 1000) << number;
    }
}

TEST_F(Versions, AUseWhoseReservationIsNotDurableTakesNothing) {
    const ObjectId key = make(oct());
    count_uses(key, 1000);
    static_cast<void>(ciphertext_of(key, "x"));
    UseLedger::process().forget();
    const std::uint64_t before = stored(key)->uses_reserved;
    ASSERT_TRUE(attempt<Encrypt>(encrypting(key, "x")));  // and the process dies
    EXPECT_EQ(stored(key)->uses_reserved, before);
}

TEST_F(Versions, ALoweredMaximumHoldsAtOnce) {
    const ObjectId key = make(oct());
    count_uses(key, 100'000);
    for (int i = 0; i < 1100; ++i) {
        static_cast<void>(ciphertext_of(key, "x"));
    }
    EXPECT_EQ(stored(key)->newest_version, 2u);
    count_uses(key, 1000);
    EXPECT_EQ(*version_of_kid(key, kid_of_jwe(ciphertext_of(key, "x"))), 3u);
}

TEST_F(Versions, CountingThatWasOffMeanwhileStartsWithANewVersion) {
    const ObjectId key = make(oct());
    const auto version_used = [&] {
        return *version_of_kid(key, kid_of_jwe(ciphertext_of(key, "x")));
    };
    count_uses(key, 100'000);
    EXPECT_EQ(version_used(), 2u);  // and the ledger has the rest of the run
    count_uses(key, 0);
    EXPECT_EQ(version_used(), 2u);
    count_uses(key, 100'000);
    EXPECT_EQ(version_used(), 3u);
    // A maximum that is raised before the first use does not bring the version back.
    count_uses(key, 0);
    count_uses(key, 1000);
    count_uses(key, std::uint64_t{1} << 32);
    EXPECT_EQ(version_used(), 4u);
    count_uses(key, 0);
    count_uses(key, 100'000, true);
    EXPECT_EQ(refusal<Encrypt>(encrypting(key, "x")), Code::kWrongState);
    rotate_key(key);
    EXPECT_EQ(version_used(), 5u);
}

TEST_F(Versions, SchedulesAreChecked) {
    const ObjectId key = make(oct());
    ScheduleRotation::Command command;
    command.key = key;
    command.uses = 999;
    EXPECT_EQ(refused_field<ScheduleRotation>(command), "usesMax");
    command.uses = (std::uint64_t{1} << 32) + 1;
    EXPECT_EQ(refused_field<ScheduleRotation>(command), "usesMax");
    command.uses.reset();
    command.period_days = 3651;
    EXPECT_EQ(refused_field<ScheduleRotation>(command), "periodDays");
    command.period_days.reset();
    command.minimum_version = 2;
    EXPECT_EQ(refused_field<ScheduleRotation>(command), "minimumVersion");
    command.minimum_version = 0;
    EXPECT_EQ(refused_field<ScheduleRotation>(command), "minimumVersion");
}

TEST(VersionKid, NamesOnlyVersionsOfItsKey) {
    const ObjectId key = ObjectId::random(crypto::system_random());
    for (const std::uint32_t version : {1u, 2u, 10u, 100'000u}) {
        EXPECT_EQ(version_of_kid(key, version_kid(key, version)), version);
    }
    for (const char* tail : {".", ".0", ".1", ".02x", ".-2", ". 2", ".2.3", "2", ".99999999999"}) {
        EXPECT_FALSE(version_of_kid(key, key.to_string() + tail)) << tail;
    }
    EXPECT_FALSE(version_of_kid(key, ""));
    EXPECT_FALSE(version_of_kid(key, ObjectId::random(crypto::system_random()).to_string()));
}

}  // namespace
}  // namespace chatelaine::objects

// Proves batches: each item its own result, one decision for each key and operation, rights and
// states as for a call of its own, counts taken once for all, a record for each item.
#include "objects/key_batch.hpp"

#include "objects/key_version.hpp"
#include "objects/test_support.hpp"
#include "objects/use_ledger.hpp"
#include "objects/versions.hpp"

namespace chatelaine::objects {
namespace {

using testing::reveal;
using testing::secret;
using testing::World;

class Batches : public World {
public:
    Batches() { UseLedger::process().forget(); }

    static Sign::Command signing(const ObjectId& key) {
        auto command = on<Sign>(key);
        command.message = secret("m");
        command.algorithm = crypto::SignatureAlgorithm::kEs256;
        return command;
    }
    template <class... Commands>
    static UseKeys::Command batch(Commands... commands) {
        UseKeys::Command made;
        (made.items.emplace_back(std::move(commands)), ...);
        return made;
    }
    /// In the domain that every command of an item names.
    Result<UseKeys::Reply> run_batch(UseKeys::Command command) {
        for (UseKeys::Item& item : command.items) {
            std::visit([&](auto& one) { one.domain = domain; }, item);
        }
        CH_TRY(auto outcome, attempt<UseKeys>(std::move(command)));
        CH_TRY_VOID(reader.apply(outcome.changes));
        if (outcome.then) {
            outcome.then();
        }
        return std::move(outcome.reply);
    }
    static Code code_of(const UseKeys::ItemReply& reply) {
        const auto* const error = std::get_if<Error>(&reply);
        return error == nullptr ? Code::kEndOfCodes : error->code();
    }
};

TEST_F(Batches, EachItemHasItsResult) {
    const ObjectId key = make(oct());
    const ObjectId signer = make(ec());
    const auto token = commit<Encrypt>(encrypting(key, "kept", "c"))->ciphertext;
    auto verify = on<Verify>(signer);
    verify.message = secret("m");
    verify.algorithm = crypto::SignatureAlgorithm::kEs256;
    verify.signature = commit<Sign>(signing(signer))->signature;
    const auto reply =
        run_batch(batch(encrypting(key, "one"), decrypting(key, token, "c"),
                        decrypting(key, token, "other"), on<CreateDataKey>(key), signing(signer),
                        std::move(verify), decrypting(key, "no.token")));
    ASSERT_TRUE(reply) << reply.error().to_string();
    ASSERT_EQ(reply->items.size(), 7u);
    const auto& made = std::get<Encrypt::Reply>(reply->items[0]).ciphertext;
    EXPECT_EQ(reveal(commit<Decrypt>(decrypting(key, made))->plaintext), "one");
    EXPECT_EQ(reveal(std::get<Decrypt::Reply>(reply->items[1]).plaintext), "kept");
    EXPECT_EQ(code_of(reply->items[2]), Code::kDecryptFailed);
    EXPECT_EQ(std::get<CreateDataKey::Reply>(reply->items[3]).plaintext.size(), 32u);
    EXPECT_FALSE(std::get<Sign::Reply>(reply->items[4]).signature.empty());
    EXPECT_TRUE(std::get<Verify::Reply>(reply->items[5]).result);
    EXPECT_EQ(code_of(reply->items[6]), Code::kMalformed);
}

TEST_F(Batches, TheAuditHasEachItem) {
    const ObjectId key = make(oct());
    const auto reply = run_batch(batch(encrypting(key, "one"), decrypting(key, "no.token")));
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->uses.size(), 2u);
    EXPECT_EQ(reply->uses[0].row, &Encrypt::row);
    EXPECT_EQ(reply->uses[0].urn, urn(key));
    EXPECT_FALSE(reply->uses[0].error);
    EXPECT_EQ(reply->uses[0].record_version, 1u);
    EXPECT_EQ(reply->uses[1].row, &Decrypt::row);
    EXPECT_EQ(reply->uses[1].error, Code::kMalformed);
}

TEST_F(Batches, RightsAreThoseOfTheKeys) {
    const ObjectId mine = make(oct());
    const ObjectId other = make(oct());
    become({{{"okms:apikms:serviceKey/batch"}, {"*"}},
            {{"okms:apikms:serviceKey/encrypt"}, {urn(mine)}}});
    const auto reply =
        run_batch(batch(encrypting(mine, "x"), encrypting(other, "x"),
                        decrypting(mine, "no.token"),
                        encrypting(ObjectId::random(crypto::system_random()), "x")));
    ASSERT_TRUE(reply);
    EXPECT_EQ(code_of(reply->items[0]), Code::kEndOfCodes);
    // What is not there is answered as what is not allowed: the right comes first.
    for (const std::size_t index : {1u, 2u, 3u}) {
        EXPECT_EQ(code_of(reply->items[index]), Code::kForbidden) << index;
    }
    become({{{"okms:apikms:serviceKey/encrypt"}, {"*"}}});
    EXPECT_EQ(run_batch(batch(encrypting(mine, "x"))).error().code(), Code::kForbidden);
}

TEST_F(Batches, ItemsAreRefusedAsCallsOfTheirOwn) {
    const ObjectId off = make(oct());
    const ObjectId on_key = make(oct());
    const ObjectId signer = make(ec());
    deactivate(off);
    auto wrong = signing(signer);
    wrong.algorithm = crypto::SignatureAlgorithm::kEs384;
    const auto reply = run_batch(
        batch(encrypting(off, "x"), encrypting(on_key, std::string(4097, 'x')),
              encrypting(signer, "x"), std::move(wrong),
              encrypting(ObjectId::random(crypto::system_random()), "x"),
              encrypting(on_key, "x")));
    ASSERT_TRUE(reply);
    EXPECT_EQ(code_of(reply->items[0]), Code::kWrongState);
    EXPECT_EQ(code_of(reply->items[1]), Code::kInvalidArgument);
    EXPECT_EQ(code_of(reply->items[2]), Code::kNotPermittedUse);
    EXPECT_EQ(code_of(reply->items[3]), Code::kWrongKeyType);
    EXPECT_EQ(code_of(reply->items[4]), Code::kKeyNotFound);
    EXPECT_EQ(code_of(reply->items[5]), Code::kEndOfCodes);
}

TEST_F(Batches, NumbersAreBounded) {
    EXPECT_EQ(refused_field<UseKeys>({}), "items");
    const ObjectId key = make(oct());
    UseKeys::Command most;
    for (std::size_t i = 0; i < UseKeys::items_max; ++i) {
        most.items.emplace_back(encrypting(key, "x"));
    }
    const auto reply = run_batch(std::move(most));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->items.size(), UseKeys::items_max);
    UseKeys::Command more;
    for (std::size_t i = 0; i <= UseKeys::items_max; ++i) {
        more.items.emplace_back(encrypting(key, "x"));
    }
    EXPECT_EQ(refused_field<UseKeys>(std::move(more)), "items");
}

TEST_F(Batches, ACountedKeyIsCountedItemByItemAndWrittenOnce) {
    const ObjectId key = make(oct());
    ScheduleRotation::Command schedule;
    schedule.key = key;
    schedule.uses = 1000;
    ASSERT_TRUE(commit<ScheduleRotation>(schedule));
    std::map<std::uint32_t, int> uses;
    for (int call = 0; call < 25; ++call) {
        UseKeys::Command command;
        for (int i = 0; i < 90; ++i) {
            command.items.emplace_back(encrypting(key, "x"));
        }
        const auto reply = run_batch(std::move(command));
        ASSERT_TRUE(reply) << reply.error().to_string();
        for (const auto& item : reply->items) {
            const auto& token = std::get<Encrypt::Reply>(item).ciphertext;
            ++uses[*version_of_kid(key, kid_of_jwe(token))];
        }
    }
    for (const auto& [version, count] : uses) {
        EXPECT_LE(count, 1000) << version;
    }
    EXPECT_GE(uses[2], 900);
}

TEST_F(Batches, OldVersionsOpenInABatch) {
    const ObjectId key = make(oct());
    UseKeys::Command command;
    for (int i = 0; i < 30; ++i) {
        command.items.emplace_back(
            decrypting(key, commit<Encrypt>(encrypting(key, std::to_string(i)))->ciphertext));
        ASSERT_TRUE(commit<RotateKey>(on<RotateKey>(key)));
    }
    const auto reply = run_batch(std::move(command));
    ASSERT_TRUE(reply);
    for (std::size_t i = 0; i < 30; ++i) {
        EXPECT_EQ(reveal(std::get<Decrypt::Reply>(reply->items[i]).plaintext), std::to_string(i));
    }
}

TEST_F(Batches, VerificationsAreBoundedByTheVersionsTheyTry) {
    const ObjectId signer = make(ec());
    std::vector<std::string> signatures;
    for (int version = 1; version <= 32; ++version) {
        signatures.push_back(commit<Sign>(signing(signer))->signature);
        if (version < 32) {
            ASSERT_TRUE(commit<RotateKey>(on<RotateKey>(signer)));
        }
    }
    const auto verifying = [&](const std::string& signature) {
        auto command = on<Verify>(signer);
        command.message = secret("m");
        command.algorithm = crypto::SignatureAlgorithm::kEs256;
        command.signature = signature;
        return command;
    };
    const ObjectId key = make(oct());
    UseKeys::Command command;
    for (int i = 0; i < 63; ++i) {
        command.items.emplace_back(verifying(signatures.front()));  // 32 tries each
    }
    command.items.emplace_back(verifying(signatures.back()));
    command.items.emplace_back(signing(signer));
    command.items.emplace_back(encrypting(key, "x"));
    const auto reply = run_batch(std::move(command));
    ASSERT_TRUE(reply);
    for (std::size_t i = 0; i < 62; ++i) {
        EXPECT_TRUE(std::get<Verify::Reply>(reply->items[i]).result) << i;
    }
    EXPECT_EQ(code_of(reply->items[62]), Code::kTooLarge);  // 1,999 tries are left beside a signing
    EXPECT_EQ(code_of(reply->items[63]), Code::kTooLarge);
    EXPECT_EQ(code_of(reply->items[64]), Code::kEndOfCodes);
    EXPECT_EQ(code_of(reply->items[65]), Code::kEndOfCodes);
}

TEST_F(Batches, OnALoopOnlyAFewSymmetricItemsAreDone) {
    const ObjectId key = make(oct());
    ASSERT_TRUE(run_batch(batch(encrypting(key, "x"))));
    reader.blocking = false;
    UseKeys::Command many;
    for (int i = 0; i < 200; ++i) {
        many.items.emplace_back(encrypting(key, "x"));
    }
    EXPECT_EQ(run_batch(std::move(many)).error().code(), Code::kWouldBlock);
    EXPECT_EQ(run_batch(batch(signing(key))).error().code(), Code::kWouldBlock);
}

}  // namespace
}  // namespace chatelaine::objects

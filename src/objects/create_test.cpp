// Proves creation and import: what is required, what is refused and which field is named, the
// defaults, the attributes that follow, and that an id is used once.
#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using testing::World;

class Create : public World {
public:
    static crypto::Jwk oct_jwk(std::size_t bytes, std::vector<std::string> key_ops = {}) {
        crypto::Jwk jwk;
        jwk.material = crypto::random_secret(bytes);
        jwk.key_ops = std::move(key_ops);
        return jwk;
    }
    static crypto::Jwk public_ec_jwk(std::vector<std::string> key_ops = {}) {
        crypto::Jwk jwk;
        jwk.material = crypto::PrivateKey::generate_ec(crypto::Curve::kP256)->public_key();
        jwk.key_ops = std::move(key_ops);
        return jwk;
    }
};

TEST_F(Create, AKeyIsActiveSensitiveAndNotExtractable) {
    const auto made = commit<CreateKey>(oct());
    ASSERT_TRUE(made);
    EXPECT_EQ(made->state, State::kActive);
    const auto key = stored(made->object->id);
    EXPECT_EQ(key->activation, now);
    EXPECT_EQ(key->original_creation, now);
    EXPECT_FALSE(key->deactivation);
    EXPECT_FALSE(key->extractable);
    EXPECT_TRUE(key->never_extractable);
    EXPECT_TRUE(key->sensitive);
    EXPECT_TRUE(key->always_sensitive);
    EXPECT_EQ(key->bits, 256u);
    EXPECT_EQ(key->material.bytes.size(), 32u);
    EXPECT_EQ(key->algorithm, 3u);
    EXPECT_EQ(key->protection_level, "SOFTWARE");
    EXPECT_EQ(key->origin.version, 1u);
}

TEST_F(Create, SaysWhatItMade) {
    auto command = oct();
    command.id = ObjectId::random(crypto::system_random());
    const ObjectId id = *command.id;
    const auto outcome = attempt<CreateKey>(std::move(command));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->made_urn, urn(id));
    EXPECT_EQ(outcome->record_version, 1u);
    ASSERT_EQ(outcome->changes.size(), 1u);
    EXPECT_EQ(outcome->changes[0].expected_version, 0u);
}

TEST_F(Create, EveryTypeAndSize) {
    for (const std::int64_t bits : {128, 192, 256}) {
        EXPECT_EQ(stored(make(oct(bits)))->material.bytes.size() * 8,
                  static_cast<std::size_t>(bits));
    }
    for (const char* const curve : {"P-256", "P-384", "P-521"}) {
        const auto key = stored(make(ec(curve)));
        EXPECT_EQ(crypto::curve_name(*key->curve), curve);
        EXPECT_TRUE(key->pair);
        EXPECT_EQ(key->type, ObjectType::kPrivateKey);
        EXPECT_EQ(key->usage_mask, usage::kSign | usage::kVerify);
    }
    const auto key = stored(make(rsa()));
    EXPECT_EQ(key->bits, 2048u);
    EXPECT_EQ(key->algorithm, 4u);
}

TEST_F(Create, DefaultOperationsAreAllThatASecretKeyMayDo) {
    EXPECT_EQ(stored(make(oct()))->usage_mask, usage::kEncrypt | usage::kDecrypt |
                                                   usage::kWrapKey | usage::kUnwrapKey);
}

TEST_F(Create, RefusesWhatIsMissingOrDoesNotFit) {
    auto command = oct();
    command.type.reset();
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "type");
    command = oct();
    command.size.reset();
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "size");
    for (const std::int64_t bits : {0, -1, 64, 255, 512, 2048}) {
        EXPECT_EQ(refused_field<CreateKey>(oct(bits)), "size") << bits;
    }
    command = rsa();
    command.size = 1024;
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "size");
    command = ec();
    command.curve.reset();
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "curve");
    EXPECT_EQ(refused_field<CreateKey>(ec("secp256k1")), "curve");
    command = ec();
    command.size = 256;
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "size");
    command = oct();
    command.curve = "P-256";
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "curve");
    command = oct();
    command.type = "OCT";
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "type");
    command = oct();
    command.id = ObjectId{};
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "id");
}

TEST_F(Create, NameAndContextAreCountedInCharacters) {
    auto command = oct();
    command.name = "";
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "name");
    std::string accents;
    for (int i = 0; i < 32; ++i) {
        accents += "\xc3\xa9";
    }
    command = oct();
    command.name = accents;
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "(accepted)");
    command = oct();
    command.name = accents + "x";
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "name");
    command = oct();
    command.context = std::string(64, 'c');
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "(accepted)");
    command = oct();
    command.context = std::string(65, 'c');
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "context");
}

TEST_F(Create, HsmIsNotOffered) {
    auto command = oct();
    command.protection_level = "HSM";
    EXPECT_EQ(refusal<CreateKey>(std::move(command)), Code::kNotSupported);
    command = oct();
    command.protection_level = "MANAGED_HSM";
    EXPECT_EQ(refused_field<CreateKey>(std::move(command)), "protectionLevel");
}

TEST_F(Create, OperationsThatTheTypeCannotHave) {
    const auto refused = [this](CreateKey::Command command, std::vector<std::string> words) {
        command.operations = std::move(words);
        return refused_field<CreateKey>(std::move(command));
    };
    EXPECT_EQ(refused(oct(), {"sign"}), "operations");
    EXPECT_EQ(refused(oct(), {"encrypt", "verify"}), "operations");
    EXPECT_EQ(refused(ec(), {"encrypt"}), "operations");
    EXPECT_EQ(refused(ec(), {"wrapKey"}), "operations");
    EXPECT_EQ(refused(rsa(), {"encrypt", "decrypt"}), "operations");
    EXPECT_EQ(refused(rsa(), {"sign", "wrapKey"}), "operations");
    EXPECT_EQ(refused(oct(), {}), "operations");
    EXPECT_EQ(refused(oct(), {"encrypt", "deriveKey"}), "operations.1");
    EXPECT_EQ(refused(oct(), {"deriveBits"}), "operations.0");
    EXPECT_EQ(refused(oct(), {"encrypt", "encrypt"}), "(accepted)");
}

TEST_F(Create, AnIdIsUsedOnce) {
    auto command = oct();
    command.id = ObjectId::random(crypto::system_random());
    const ObjectId id = *command.id;
    make(std::move(command));
    const auto again = [&] {
        auto second = oct();
        second.id = id;
        return refusal<CreateKey>(std::move(second));
    };
    EXPECT_EQ(again(), Code::kAlreadyExists);
    destroy(id);
    EXPECT_EQ(again(), Code::kAlreadyExists);
    std::vector<seal::RecordChange> changes;
    changes.push_back(stored(id)->to_change());
    changes[0].tombstone = true;
    changes[0].plaintext = {};
    ASSERT_TRUE(reader.apply(changes));
    EXPECT_EQ(again(), Code::kAlreadyExists);
}

TEST_F(Create, RsaGenerationIsNeverMadeOnANetworkLoop) {
    reader.blocking = false;
    EXPECT_EQ(refusal<CreateKey>(rsa()), Code::kWouldBlock);
    auto wrong = rsa();
    wrong.size = 1;
    EXPECT_EQ(refusal<CreateKey>(std::move(wrong)), Code::kInvalidArgument);
    EXPECT_EQ(refusal<CreateKey>(oct()), Code::kEndOfCodes);
}

TEST_F(Create, TheRightToCreateIsNotTheRightToImport) {
    EXPECT_EQ(refusal<CreateKey>(plain(oct_jwk(32))), Code::kInternal);
    EXPECT_EQ(refused_field<ImportKey>(oct()), "keys");
    become({{{"okms:apikms:serviceKey/create"}, {"urn:v1:*"}}});
    EXPECT_EQ(refusal<CreateKey>(oct()), Code::kEndOfCodes);
    EXPECT_EQ(refusal<ImportKey>(plain(oct_jwk(32))), Code::kForbidden);
}

TEST_F(Create, AnImportTakesUsageFromTheJwk) {
    const auto key = stored(bring(plain(oct_jwk(16, {"encrypt", "decrypt"}))));
    EXPECT_EQ(key->usage_mask, usage::kEncrypt | usage::kDecrypt);
    EXPECT_EQ(key->bits, 128u);
    EXPECT_FALSE(key->never_extractable);
    EXPECT_FALSE(key->extractable);
    EXPECT_TRUE(key->sensitive);
    EXPECT_EQ(key->state(now), State::kActive);
}

TEST_F(Create, AnImportMaySayTheSameTwice) {
    auto command = plain(oct_jwk(32, {"encrypt", "decrypt"}));
    command.type = "oct";
    command.size = 256;
    command.operations = {"decrypt", "encrypt"};
    EXPECT_EQ(refused_field<ImportKey>(std::move(command)), "(accepted)");
}

TEST_F(Create, AnImportThatContradictsItselfNamesBothFields) {
    const auto message = [this](auto change) {
        auto command = plain(oct_jwk(32, {"encrypt"}));
        change(command);
        const auto outcome = attempt<ImportKey>(std::move(command));
        return outcome ? std::string() : outcome.error().detail().message;
    };
    const auto said = message([](auto& command) { command.operations = {"decrypt"}; });
    EXPECT_NE(said.find("operations"), std::string::npos);
    EXPECT_NE(said.find("keys.0.key_ops"), std::string::npos);
    EXPECT_NE(message([](auto& command) { command.type = "RSA"; }).find("keys.0"),
              std::string::npos);
    EXPECT_NE(message([](auto& command) { command.size = 128; }).find("size"), std::string::npos);
    EXPECT_NE(message([](auto& command) { command.curve = "P-256"; }).find("curve"),
              std::string::npos);
}

TEST_F(Create, AnImportOfANonStandardLengthIsRefused) {
    for (const std::size_t bytes : {1u, 17u, 33u, 64u}) {
        EXPECT_EQ(refusal<ImportKey>(plain(oct_jwk(bytes))), Code::kInvalidArgument) << bytes;
    }
}

TEST_F(Create, APublicKeyMayOnlyVerify) {
    const auto key = stored(bring(plain(public_ec_jwk({"verify"}))));
    EXPECT_EQ(key->type, ObjectType::kPublicKey);
    EXPECT_FALSE(key->pair);
    EXPECT_TRUE(key->extractable);
    EXPECT_FALSE(key->never_extractable);
    EXPECT_EQ(key->usage_mask, usage::kVerify);
    EXPECT_EQ(stored(bring(plain(public_ec_jwk())))->usage_mask, usage::kVerify);
    EXPECT_EQ(refused_field<ImportKey>(plain(public_ec_jwk({"sign", "verify"}))),
              "keys.0.key_ops");
    auto command = plain(public_ec_jwk({"verify"}));
    command.operations = {"verify"};
    command.type = "EC";
    EXPECT_EQ(refused_field<ImportKey>(std::move(command)), "(accepted)");
}

TEST_F(Create, TheAnswerHasThePublicJwkWhenAsked) {
    auto command = ec();
    command.want_jwk = true;
    const auto made = commit<CreateKey>(std::move(command));
    ASSERT_TRUE(made);
    const auto document = json::Document::parse(made->public_jwk);
    ASSERT_TRUE(document);
    EXPECT_EQ(*document->root().member("kid").string(), made->object->id.to_string());
    EXPECT_FALSE(document->root().member("d").exists());
    command = oct();
    command.want_jwk = true;
    EXPECT_EQ(commit<CreateKey>(std::move(command))->public_jwk, "");
}

}  // namespace
}  // namespace chatelaine::objects

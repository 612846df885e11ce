// Proves sign and verify: all nine algorithms, messages and digests, raw and tokens; what is false,
// what is an error; RSA stays off the network loops.
#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using crypto::SignatureAlgorithm;
using testing::secret;
using testing::World;

class Signature : public World {
public:
    static Sign::Command signing(const ObjectId& key, SignatureAlgorithm algorithm,
                                 std::string_view message = "message",
                                 SignatureFormat format = SignatureFormat::kRaw) {
        auto command = on<Sign>(key);
        command.message = secret(message);
        command.algorithm = algorithm;
        command.format = format;
        return command;
    }
    static Verify::Command checking(const ObjectId& key, std::string signature,
                                    std::optional<SignatureAlgorithm> algorithm,
                                    std::optional<std::string> message = "message") {
        auto command = on<Verify>(key);
        command.signature = std::move(signature);
        command.algorithm = algorithm;
        if (message) {
            command.message = secret(*message);
        }
        return command;
    }
    std::string sign(Sign::Command command) {
        const auto reply = commit<Sign>(std::move(command));
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().to_string());
        return reply ? reply->signature : std::string();
    }
    /// 1 valid, 0 not valid, -1 an error.
    int verdict(Verify::Command command) {
        const auto reply = commit<Verify>(std::move(command));
        return reply ? (reply->result ? 1 : 0) : -1;
    }
};

TEST_F(Signature, EveryAlgorithmVerifiesWhatItSigned) {
    const ObjectId pair = rsa_key();
    const std::pair<SignatureAlgorithm, ObjectId> cases[] = {
        {SignatureAlgorithm::kEs256, make(ec("P-256"))},
        {SignatureAlgorithm::kEs384, make(ec("P-384"))},
        {SignatureAlgorithm::kEs512, make(ec("P-521"))},
        {SignatureAlgorithm::kRs256, pair},
        {SignatureAlgorithm::kRs384, pair},
        {SignatureAlgorithm::kRs512, pair},
        {SignatureAlgorithm::kPs256, pair},
        {SignatureAlgorithm::kPs384, pair},
        {SignatureAlgorithm::kPs512, pair}};
    for (const auto& [algorithm, key] : cases) {
        const std::string raw = sign(signing(key, algorithm));
        EXPECT_EQ(verdict(checking(key, raw, algorithm)), 1);
        EXPECT_EQ(verdict(checking(key, raw, algorithm, "another")), 0);
        auto digest = signing(key, algorithm, std::string(crypto::digest_bytes(algorithm), 'd'));
        digest.is_digest = true;
        auto check = checking(key, sign(std::move(digest)), algorithm,
                              std::string(crypto::digest_bytes(algorithm), 'd'));
        check.is_digest = true;
        EXPECT_EQ(verdict(std::move(check)), 1);
        for (const auto format : {SignatureFormat::kJws, SignatureFormat::kJwt}) {
            const std::string token = sign(signing(key, algorithm, "{}", format));
            EXPECT_EQ(verdict(checking(key, token, algorithm, "{}")), 1);
            EXPECT_EQ(verdict(checking(key, token, std::nullopt, std::nullopt)), 1);
            EXPECT_EQ(verdict(checking(key, token, algorithm, "{ }")), 0);
        }
    }
}

TEST_F(Signature, RawEcdsaIsFixedWidthInStandardBase64) {
    for (const auto& [curve, algorithm, bytes] :
         {std::tuple{"P-256", SignatureAlgorithm::kEs256, 64u},
          std::tuple{"P-384", SignatureAlgorithm::kEs384, 96u},
          std::tuple{"P-521", SignatureAlgorithm::kEs512, 132u}}) {
        const auto raw = decode_base64(sign(signing(make(ec(curve)), algorithm)));
        ASSERT_TRUE(raw);
        EXPECT_EQ(raw->size(), bytes);
    }
}

TEST_F(Signature, AMalformedSignatureIsFalseNotAnError) {
    const ObjectId key = make(ec());
    const std::string good = sign(signing(key, SignatureAlgorithm::kEs256));
    const std::string bad[] = {"!", "AAAA", good.substr(0, good.size() - 4), good + "AAAA",
                               "a.b.c", "..", "not.a.token.at.all"};
    for (const std::string& text : bad) {
        EXPECT_EQ(verdict(checking(key, text, SignatureAlgorithm::kEs256)), 0) << text;
    }
}

TEST_F(Signature, AWrongAlgorithmForTheKeyIsAnError) {
    const ObjectId key = make(ec("P-256"));
    EXPECT_EQ(refusal<Sign>(signing(key, SignatureAlgorithm::kEs384)), Code::kWrongKeyType);
    EXPECT_EQ(refusal<Sign>(signing(key, SignatureAlgorithm::kRs256)), Code::kWrongKeyType);
    EXPECT_EQ(refusal<Verify>(checking(key, "AAAA", SignatureAlgorithm::kPs256)),
              Code::kWrongKeyType);
    EXPECT_EQ(refusal<Verify>(checking(key, "!", SignatureAlgorithm::kEs512)),
              Code::kWrongKeyType);
    EXPECT_EQ(refusal<Sign>(signing(rsa_key(), SignatureAlgorithm::kEs256)),
              Code::kWrongKeyType);
}

TEST_F(Signature, ATokenOfAnotherKeyOrAlgorithmIsNotValid) {
    const ObjectId one = make(ec("P-256"));
    const ObjectId two = make(ec("P-256"));
    const ObjectId other = make(ec("P-384"));
    const auto jws = SignatureFormat::kJws;
    const std::string token = sign(signing(one, SignatureAlgorithm::kEs256, "m", jws));
    EXPECT_EQ(verdict(checking(two, token, std::nullopt, std::nullopt)), 0);
    EXPECT_EQ(verdict(checking(other, token, std::nullopt, std::nullopt)), 0);
    const ObjectId key = rsa_key();
    const std::string rs = sign(signing(key, SignatureAlgorithm::kRs256, "m", jws));
    EXPECT_EQ(verdict(checking(key, rs, SignatureAlgorithm::kPs256, std::nullopt)), 0);
}

TEST_F(Signature, ATokenNamesTheKey) {
    const ObjectId key = make(ec());
    const std::string token = sign(
        signing(key, SignatureAlgorithm::kEs256, "{\"sub\":\"a\"}", SignatureFormat::kJwt));
    const auto header = decode_base64url(token.substr(0, token.find('.')));
    ASSERT_TRUE(header);
    const auto document = json::Document::parse(as_text(*header));
    ASSERT_TRUE(document);
    EXPECT_EQ(*document->root().member("kid").string(), key.to_string());
    EXPECT_EQ(*document->root().member("alg").string(), "ES256");
    EXPECT_EQ(*document->root().member("typ").string(), "JWT");
}

TEST_F(Signature, ADigestHasTheAlgorithmsLength) {
    const ObjectId key = make(ec());
    auto command = signing(key, SignatureAlgorithm::kEs256, std::string(31, 'd'));
    command.is_digest = true;
    EXPECT_EQ(refused_field<Sign>(std::move(command)), "message");
    auto check = checking(key, "AAAA", SignatureAlgorithm::kEs256, std::string(33, 'd'));
    check.is_digest = true;
    EXPECT_EQ(refused_field<Verify>(std::move(check)), "message");
}

TEST_F(Signature, ADigestIsNoTokensMessage) {
    const ObjectId key = make(ec());
    auto command = signing(key, SignatureAlgorithm::kEs256, std::string(32, 'd'),
                           SignatureFormat::kJws);
    command.is_digest = true;
    EXPECT_EQ(refused_field<Sign>(std::move(command)), "isdigest");
    auto check = checking(key, "a.b.c", SignatureAlgorithm::kEs256, std::string(32, 'd'));
    check.is_digest = true;
    EXPECT_EQ(refused_field<Verify>(std::move(check)), "isdigest");
}

TEST_F(Signature, ARawSignatureNeedsMessageAndAlgorithm) {
    const ObjectId key = make(ec());
    EXPECT_EQ(refused_field<Verify>(checking(key, "AAAA", std::nullopt)), "alg");
    EXPECT_EQ(refused_field<Verify>(
                  checking(key, "AAAA", SignatureAlgorithm::kEs256, std::nullopt)),
              "message");
}

TEST_F(Signature, UsesNeedTheOperationAndAnActiveKey) {
    auto command = ec();
    command.operations = {"verify"};
    EXPECT_EQ(refusal<Sign>(signing(make(std::move(command)), SignatureAlgorithm::kEs256)),
              Code::kNotPermittedUse);
    command = ec();
    command.operations = {"sign"};
    EXPECT_EQ(refusal<Verify>(
                  checking(make(std::move(command)), "AAAA", SignatureAlgorithm::kEs256)),
              Code::kNotPermittedUse);
    const ObjectId key = make(ec());
    deactivate(key);
    EXPECT_EQ(refusal<Sign>(signing(key, SignatureAlgorithm::kEs256)), Code::kWrongState);
    EXPECT_EQ(refusal<Verify>(checking(key, "AAAA", SignatureAlgorithm::kEs256)),
              Code::kWrongState);
    EXPECT_EQ(refusal<Sign>(signing(rsa_key({"wrapKey", "unwrapKey"}),
                                    SignatureAlgorithm::kRs256)),
              Code::kNotPermittedUse);
}

TEST_F(Signature, AnImportedPublicKeyVerifies) {
    const auto pair = crypto::PrivateKey::generate_ec(crypto::Curve::kP256);
    ASSERT_TRUE(pair);
    crypto::Jwk jwk;
    jwk.material = pair->public_key();
    const ObjectId key = bring(plain(std::move(jwk)));
    const auto raw = pair->sign(SignatureAlgorithm::kEs256, as_bytes("message"), false);
    ASSERT_TRUE(raw);
    EXPECT_EQ(verdict(checking(key, encode_base64(*raw), SignatureAlgorithm::kEs256)), 1);
    EXPECT_EQ(refusal<Sign>(signing(key, SignatureAlgorithm::kEs256)), Code::kNotPermittedUse);
}

TEST_F(Signature, RsaSignsOffTheNetworkLoopAndVerifiesOnIt) {
    const ObjectId key = rsa_key();
    const ObjectId curve = make(ec());
    const std::string raw = sign(signing(key, SignatureAlgorithm::kRs256));
    reader.blocking = false;
    EXPECT_EQ(refusal<Sign>(signing(key, SignatureAlgorithm::kRs256)), Code::kWouldBlock);
    EXPECT_EQ(refusal<Sign>(signing(key, SignatureAlgorithm::kEs256)), Code::kWrongKeyType);
    EXPECT_EQ(refusal<Sign>(signing(curve, SignatureAlgorithm::kEs256)), Code::kEndOfCodes);
    EXPECT_EQ(verdict(checking(key, raw, SignatureAlgorithm::kRs256)), 1);
}

}  // namespace
}  // namespace chatelaine::objects

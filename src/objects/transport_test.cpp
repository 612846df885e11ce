// Proves wrapped import and export: every form with both algorithms and key types, both ways; the
// rights on the transport key; what must not leave; the 5000 characters that clients take.
#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using crypto::OaepHash;
using testing::World;

class Transport : public World {
public:
    ObjectId transport;
    void SetUp() override { transport = rsa_key({"wrapKey", "unwrapKey"}); }

    static ExportKey::Command exporting(const ObjectId& key, const ObjectId& by,
                                        std::string format,
                                        OaepHash hash = OaepHash::kSha256) {
        auto command = on<ExportKey>(key);
        command.wrapping_key = by;
        command.format = std::move(format);
        command.algorithm = hash;
        return command;
    }
    static CreateKey::Command importing(std::string format, const ObjectId& by,
                                        std::string ciphertext) {
        CreateKey::Command command;
        command.name = "imported";
        command.wrapped_import = {std::move(format), by, std::move(ciphertext)};
        return command;
    }
    ObjectId extractable(CreateKey::Command command) {
        command.extractable = true;
        return make(std::move(command));
    }
    std::string wrapped(const ObjectId& key, std::string format,
                        OaepHash hash = OaepHash::kSha256) {
        const auto reply = commit<ExportKey>(exporting(key, transport, std::move(format), hash));
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().to_string());
        return reply ? reply->wrapped->ciphertext : std::string();
    }
    std::string wrap_text(std::string_view payload) {
        const auto key = stored(transport)->public_key();
        return *crypto::wrap_jwe(*key, OaepHash::kSha256, testing::secret(payload));
    }
};

TEST_F(Transport, ImportTakesWhatExportGivesInEveryForm) {
    const std::pair<ObjectId, std::vector<std::string>> cases[] = {
        {extractable(oct(128)), {"RAW", "JWK"}},
        {extractable(oct(192)), {"RAW", "JWK"}},
        {extractable(oct(256)), {"RAW", "JWK"}},
        {rsa_key({"sign", "verify"}, 2048, true), {"JWK", "PKCS1", "PKCS8"}},
        {extractable(ec("P-256")), {"JWK", "PKCS8"}},
        {extractable(ec("P-384")), {"JWK", "PKCS8"}},
        {extractable(ec("P-521")), {"JWK", "PKCS8"}}};
    for (const auto& [key, formats] : cases) {
        for (const std::string& format : formats) {
            for (const auto hash : {OaepHash::kSha1, OaepHash::kSha256}) {
                const ObjectId back =
                    bring(importing(format, transport, wrapped(key, format, hash)));
                const auto one = stored(key);
                const auto two = stored(back);
                EXPECT_TRUE(crypto::equal_ct(one->material.bytes, two->material.bytes)) << format;
                EXPECT_EQ(one->key_type, two->key_type);
                EXPECT_EQ(one->bits, two->bits);
                EXPECT_EQ(one->curve, two->curve);
                EXPECT_FALSE(two->never_extractable);
                EXPECT_FALSE(two->extractable);
            }
        }
    }
}

TEST_F(Transport, TheAnswerIsTheKeyWithWrappedMaterialInsteadOfKeys) {
    const ObjectId key = extractable(oct());
    const auto outcome = attempt<ExportKey>(exporting(key, transport, "RAW"));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->reply.object->id, key);
    EXPECT_EQ(outcome->reply.public_jwk, "");
    EXPECT_EQ(outcome->reply.wrapped->format, "RAW");
    EXPECT_EQ(outcome->reply.wrapped->wrapping_key, transport);
    EXPECT_TRUE(outcome->changes.empty());
}

TEST_F(Transport, FormsThatDoNotGoWithTheKey) {
    const ObjectId secret_key = extractable(oct());
    const ObjectId curve = extractable(ec());
    const ObjectId pair = rsa_key({"sign", "verify"}, 2048, true);
    EXPECT_EQ(refused_field<ExportKey>(exporting(secret_key, transport, "PKCS8")),
              "wrappedKeyFormat");
    EXPECT_EQ(refused_field<ExportKey>(exporting(curve, transport, "RAW")), "wrappedKeyFormat");
    EXPECT_EQ(refused_field<ExportKey>(exporting(curve, transport, "PKCS1")), "wrappedKeyFormat");
    EXPECT_EQ(refused_field<ExportKey>(exporting(pair, transport, "RAW")), "wrappedKeyFormat");
    EXPECT_EQ(refused_field<ExportKey>(exporting(pair, transport, "jwk")), "wrappedKeyFormat");
}

TEST_F(Transport, WhatIsNotExtractableStays) {
    EXPECT_EQ(refusal<ExportKey>(exporting(make(oct()), transport, "RAW")),
              Code::kNotExtractable);
    const ObjectId key = extractable(oct());
    destroy(key);
    EXPECT_EQ(refusal<ExportKey>(exporting(key, transport, "RAW")), Code::kWrongState);
}

TEST_F(Transport, TheTransportKeyMustBeAnActiveRsaKeyThatWraps) {
    const ObjectId key = extractable(oct());
    const auto by = [&](const ObjectId& other) {
        return refusal<ExportKey>(exporting(key, other, "RAW"));
    };
    EXPECT_EQ(by(make(oct())), Code::kWrongKeyType);
    EXPECT_EQ(by(make(ec())), Code::kWrongKeyType);
    EXPECT_EQ(by(rsa_key()), Code::kNotPermittedUse);
    EXPECT_EQ(by(rsa_key({"unwrapKey"})), Code::kNotPermittedUse);
    EXPECT_EQ(by(ObjectId::random(crypto::system_random())), Code::kKeyNotFound);
    const std::string ciphertext = wrapped(key, "RAW");
    deactivate(transport);
    EXPECT_EQ(by(transport), Code::kWrongState);
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", transport, ciphertext)), Code::kWrongState);
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", rsa_key(), ciphertext)),
              Code::kNotPermittedUse);
}

TEST_F(Transport, APublicOnlyTransportKeyWrapsButDoesNotUnwrap) {
    const crypto::PrivateKey& pair = shared_rsa(2048);
    crypto::Jwk jwk;
    jwk.material = pair.public_key();
    jwk.key_ops = {"wrapKey"};
    const ObjectId other = bring(plain(std::move(jwk)));
    const auto reply = commit<ExportKey>(exporting(extractable(oct()), other, "RAW"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(crypto::unwrap_jwe(pair, reply->wrapped->ciphertext)->payload.size(), 32u);
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", other, reply->wrapped->ciphertext)),
              Code::kWrongKeyType);
}

TEST_F(Transport, TheRightOnTheTransportKeyIsAskedFirst) {
    const ObjectId key = extractable(oct());
    const std::string ciphertext = wrapped(key, "RAW");
    const ObjectId nobody = ObjectId::random(crypto::system_random());
    become({{{"okms:apikms:serviceKey/import", "okms:apikms:serviceKey/get"}, {"urn:v1:*"}}});
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", transport, ciphertext)), Code::kForbidden);
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", nobody, ciphertext)), Code::kForbidden);
    EXPECT_EQ(refusal<ExportKey>(exporting(key, transport, "RAW")), Code::kForbidden);
    EXPECT_EQ(refusal<ExportKey>(exporting(key, nobody, "RAW")), Code::kForbidden);
    become({{{"okms:apikms:serviceKey/import", "okms:apikms:serviceKey/get"}, {"urn:v1:*"}},
            {{"okms:apikms:serviceKey/unwrapKey", "okms:apikms:serviceKey/wrapKey"},
             {urn(transport)}}});
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", transport, ciphertext)), Code::kEndOfCodes);
    EXPECT_EQ(refusal<ExportKey>(exporting(key, transport, "RAW")), Code::kEndOfCodes);
}

TEST_F(Transport, WhatDoesNotOpenOrIsNoKeyIsRefused) {
    EXPECT_EQ(refused_field<ImportKey>(importing("RAW", transport, "no.jwe")),
              "wrappedKeys.0.ciphertext");
    std::string damaged = wrap_text(std::string(32, 'k'));
    damaged[damaged.size() - 3] = damaged[damaged.size() - 3] == 'A' ? 'B' : 'A';
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", transport, damaged)), Code::kDecryptFailed);
    for (const char* const format : {"RAW", "JWK", "PKCS1", "PKCS8"}) {
        EXPECT_EQ(refused_field<ImportKey>(importing(format, transport, wrap_text("not a key"))),
                  "wrappedKeys.0.ciphertext")
            << format;
    }
    EXPECT_EQ(refused_field<ImportKey>(importing("DER", transport, wrap_text("x"))),
              "wrappedKeys.0.keyFormatType");
}

TEST_F(Transport, UsageOfAWrappedImportIsInOperations) {
    const std::string ciphertext = wrap_text(std::string(32, 'k'));
    auto command = importing("RAW", transport, ciphertext);
    command.operations = {"wrapKey", "unwrapKey"};
    EXPECT_EQ(stored(bring(std::move(command)))->usage_mask,
              usage::kWrapKey | usage::kUnwrapKey);
    command = importing("RAW", transport, ciphertext);
    command.operations = {"sign"};
    EXPECT_EQ(refused_field<ImportKey>(std::move(command)), "operations");
    command = importing("RAW", transport, ciphertext);
    command.type = "RSA";
    EXPECT_EQ(refused_field<ImportKey>(std::move(command)), "type");
}

TEST_F(Transport, UnwrappingStaysOffTheNetworkLoopWrappingDoesNot) {
    const ObjectId key = extractable(oct());
    const std::string ciphertext = wrapped(key, "RAW");
    reader.blocking = false;
    EXPECT_EQ(refusal<ImportKey>(importing("RAW", transport, ciphertext)), Code::kWouldBlock);
    EXPECT_EQ(refusal<ExportKey>(exporting(key, transport, "RAW")), Code::kEndOfCodes);
}

TEST_F(Transport, TheLargestKeyFitsIntoFiveThousandCharacters) {
    transport = rsa_key({"wrapKey", "unwrapKey"}, 4096);
    const ObjectId key = rsa_key({"sign", "verify"}, 4096, true);
    const std::string ciphertext = wrapped(key, "JWK");
    EXPECT_LE(ciphertext.size(), limits::wrapped_key_characters_max);
    EXPECT_GT(ciphertext.size(), 4900u);
}

}  // namespace
}  // namespace chatelaine::objects

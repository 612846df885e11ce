// Values that the service makes, and how two versions differ.
#include "secrets/generate.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.hpp"
#include "crypto/x509.hpp"
#include "secrets/test_support.hpp"

namespace chatelaine::secrets::testing {
namespace {

json::Document parsed(std::string_view text) {
    json::Document::Options options;
    options.keep_source = true;
    auto document = json::Document::parse(text, options);
    CH_CHECK(document.has_value());
    return std::move(document).value();
}

/// What a body with `generate` makes, or the code that it is refused with.
std::string made(std::string_view body, bool may_block = true) {
    const json::Document document = parsed(body);
    const auto wanted = new_data_of(document.root());
    if (!wanted) {
        return std::string(code_name(wanted.error().code()));
    }
    const auto data = make_data(*wanted, crypto::system_random(),
                                WallTime::from_seconds(1'790'000'000), may_block);
    return data ? seal::test::text_of(*data) : std::string(code_name(data.error().code()));
}

std::string field(const std::string& object, std::string_view name) {
    const json::Document document = parsed(object);
    const auto text = document.root().member(name).string();
    return text ? std::string(*text) : std::string();
}

TEST(SecretGenerate, TextsOfAnAlphabet) {
    const std::string plain = field(made(R"({"generate":{}})"), "value");
    EXPECT_EQ(plain.size(), 32U);
    const std::string some =
        field(made(R"({"generate":{"field":"pin","length":4096,"alphabet":"01\""}})"), "pin");
    EXPECT_EQ(some.size(), 4096U);
    for (const char c : std::string("01\"")) {
        // 4096 draws of three: 1365 each; six standard deviations are 181.
        EXPECT_NEAR(static_cast<double>(std::count(some.begin(), some.end(), c)), 1365, 181) << c;
    }
    EXPECT_NE(made(R"({"generate":{}})"), made(R"({"generate":{}})"));
}

TEST(SecretGenerate, GoesBehindWhatWasSent) {
    const std::string both = made(R"({"data":{"n":1e400,"user":"x"},"generate":{"length":8}})");
    EXPECT_TRUE(both.starts_with(R"({"n":1e400,"user":"x","value":")")) << both;
    EXPECT_EQ(made(R"({"data":{"value":1},"generate":{}})"), "invalid_argument");
    EXPECT_EQ(made(R"({"data":null,"generate":null})"), "missing_argument");
}

TEST(SecretGenerate, RefusesWhatItCannotMake) {
    for (const std::string_view wrong :
         {R"([])", R"("x")", R"({"length":0})", R"({"length":4097})", R"({"length":1.5})",
          R"({"alphabet":"a"})", R"({"alphabet":"aa"})", R"({"alphabet":"aé"})", R"({"field":""})",
          R"({"key":"RSA-1024"})", R"({"key":"EC-P256","certificate":{"common_name":""}})",
          R"({"key":"EC-P256","certificate":{"common_name":"x","days":0}})",
          R"({"key":"EC-P256","certificate":{"common_name":"x","dns":["a b"]}})"}) {
        EXPECT_EQ(made(R"({"generate":)" + std::string(wrong) + "}"), "invalid_argument") << wrong;
    }
    for (const std::string& name :
         {std::string(), std::string("a..b"), std::string(".a"), std::string("a."),
          std::string("*"), std::string("a.*"), std::string("a:b"), std::string(64, 'a'),
          std::string(127, 'a').replace(63, 1, ".") + std::string("/")}) {
        const std::string wanted = R"({"common_name":"x","dns":[")" + name + R"("]})";
        EXPECT_EQ(made(R"({"generate":{"key":"EC-P256","certificate":)" + wanted + "}}"),
                  "invalid_argument")
            << name;
    }
    EXPECT_EQ(made(R"({"generate":{"size":1}})"), "unknown_field");
    EXPECT_EQ(made(R"({"generate":{"key":"EC-P256","length":1}})"), "unknown_field");
    EXPECT_EQ(made(R"({"generate":{"certificate":{"common_name":"x"}}})"), "missing_argument");
}

TEST(SecretGenerate, KeysAndCertificates) {
    EXPECT_EQ(made(R"({"generate":{"key":"EC-P256"}})", false), "would_block");
    for (const std::string kind : {"EC-P256", "EC-P384", "EC-P521", "RSA-2048"}) {
        const std::string pair = made(R"({"generate":{"key":")" + kind + R"("}})");
        EXPECT_TRUE(field(pair, "private_key").starts_with("-----BEGIN PRIVATE KEY-----\n"));
        EXPECT_TRUE(field(pair, "public_key").ends_with("-----END PUBLIC KEY-----\n"));
    }
    const std::string with = made(
        R"({"generate":{"key":"EC-P256","certificate":)"
        R"({"common_name":"db","dns":["db.test","*.db.test"]}}})");
    std::string pem = field(with, "certificate");
    EXPECT_TRUE(pem.starts_with("-----BEGIN CERTIFICATE-----\n")) << with;
    EXPECT_EQ(field(with, "public_key"), "");
}

TEST_F(SecretsTest, AWriteMakesItsValue) {
    Generate wanted;
    wanted.field = "password";
    auto command = on<KvWrite>("made");
    command.data.generate = wanted;
    ASSERT_TRUE(commit<KvWrite>(std::move(command)));
    EXPECT_EQ(field(read("made"), "password").size(), 32U);
    auto again = on<PutSecret>("made");
    again.data.sent = secret(R"({"user":"x"})");
    again.data.generate = wanted;
    ASSERT_TRUE(commit<PutSecret>(std::move(again)));
    EXPECT_TRUE(read("made").starts_with(R"({"user":"x","password":")"));
    EXPECT_NE(field(read("made"), "password"), field(read("made", 1), "password"));
}

std::string diff(std::string_view before, std::string_view after, bool values = false) {
    const auto text = diff_of(secret(before), secret(after), values);
    return text ? *text : std::string(code_name(text.error().code()));
}

TEST(SecretDiff, ComparesValuesNotTexts) {
    EXPECT_EQ(diff("{}", "{}"), "[]");
    EXPECT_EQ(diff(R"({"a":{"x":1,"y":[1,2]}})", R"({"a": {"y":[1, 2],"x":1}})"), "[]");
    EXPECT_EQ(diff(R"({"a":"\u0041"})", R"({"a":"A"})"), "[]");
    EXPECT_EQ(diff(R"({"a":1})", R"({"a":1.0})"), R"([{"field":"a","change":"changed"}])");
    EXPECT_EQ(diff(R"({"a":[1,2]})", R"({"a":[1]})"), R"([{"field":"a","change":"changed"}])");
    EXPECT_EQ(diff(R"({"a":1,"b":2,"c":null})", R"({"d":4,"b":"2","c":null})", true),
              R"([{"field":"a","change":"removed","from":1},)"
              R"({"field":"b","change":"changed","from":2,"to":"2"},)"
              R"({"field":"d","change":"added","to":4}])");
}

TEST_F(SecretsTest, DiffAndRollback) {
    create("a", R"({"n":1})");
    put("a", R"({"n":2})");
    auto asked = on<DiffVersions>("a");
    asked.from = 1;
    const auto told = commit<DiffVersions>(std::move(asked));
    ASSERT_TRUE(told);
    EXPECT_EQ(told->to, 2U);
    EXPECT_EQ(told->changes, R"([{"field":"n","change":"changed"}])");
    const auto back = [&](std::uint32_t version, std::optional<std::uint32_t> cas) {
        auto command = on<RollbackSecret>("a");
        command.version = version;
        command.cas = cas;
        return command;
    };
    EXPECT_EQ(refusal<RollbackSecret>(back(1, 1)), Code::kInvalidArgument);
    EXPECT_EQ(refusal<RollbackSecret>(back(9, {})), Code::kSecretNotFound);
    ASSERT_TRUE(commit<RollbackSecret>(back(1, 2)));
    EXPECT_EQ(read("a"), R"({"n":1})");
    EXPECT_EQ(stored("a")->current, 3U);
    ASSERT_TRUE(commit<DeactivateVersion>(version_of<DeactivateVersion>("a", 1)));
    EXPECT_EQ(refusal<RollbackSecret>(back(1, {})), Code::kWrongState);
}

TEST_F(SecretsTest, DiffNeedsTheRightToData) {
    create("a");
    become({{{"okms:apikms:secret/get"}, {urn("*")}}});
    auto asked = on<DiffVersions>("a");
    asked.from = 1;
    EXPECT_EQ(refusal<DiffVersions>(std::move(asked)), Code::kForbidden);
}

}  // namespace
}  // namespace chatelaine::secrets::testing

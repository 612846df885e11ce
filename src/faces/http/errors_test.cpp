#include "faces/http/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/json.hpp"

namespace chatelaine::faces::http {
namespace {

std::vector<Code> all_codes() {
    std::vector<Code> codes;
    for (int i = 0; i < static_cast<int>(Code::kEndOfCodes); ++i) {
        codes.push_back(static_cast<Code>(i));
    }
    return codes;
}

RequestId request_id() {
    return *RequestId::parse("00000000-0000-4000-8000-000000000001");
}

Error full_error(Code code) { return Error(code, "test.stage", "something is wrong"); }

bool has_header(const net::HttpResponse& response, std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

TEST(HttpErrors, EveryCodeHasAStatusAndAnErrorCode) {
    const std::set<int> documented{400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 503};
    for (const Code code : all_codes()) {
        const HttpError mapped = http_error(code);
        EXPECT_TRUE(documented.contains(mapped.status)) << code_name(code);
        EXPECT_GT(mapped.error_code, 0) << code_name(code);
        EXPECT_EQ(http_status(code), mapped.status);
    }
}

TEST(HttpErrors, NotYoursAndNotThereDoNotDifferInStatus) {
    for (const Code code : {Code::kKeyNotFound, Code::kDomainNotFound, Code::kSecretNotFound,
                            Code::kNotFound}) {
        EXPECT_EQ(http_status(code), 404);
    }
}

TEST(HttpErrors, EncodesEveryCodeInTheOkmsShape) {
    for (const Code code : all_codes()) {
        net::HttpResponse response;
        encode_okms_error(full_error(code), request_id(), response);
        const auto document = json::Document::parse(response.body, {});
        ASSERT_TRUE(document) << response.body;
        const json::Value root = document->root();
        EXPECT_EQ(*root.member("error_id").string(), code_name(code));
        EXPECT_EQ(*root.member("error_code").integer(), http_error(code).error_code);
        EXPECT_EQ(root.member("errors").size(), 1U);
        EXPECT_EQ(*root.member("request_id").string(), request_id().to_string());
        EXPECT_EQ(response.status, http_status(code));
        EXPECT_EQ(has_header(response, "Retry-After"),
                  response.status == 429 || response.status == 503);
        EXPECT_EQ(has_header(response, "WWW-Authenticate"), response.status == 401);
    }
}

TEST(HttpErrors, EncodesEveryCodeInTheControlShape) {
    for (const Code code : all_codes()) {
        net::HttpResponse response;
        encode_control_error(full_error(code), request_id(), response);
        const auto document = json::Document::parse(response.body, {});
        ASSERT_TRUE(document) << response.body;
        const json::Value root = document->root();
        const std::string_view name = *root.member("class").string();
        EXPECT_TRUE(name.starts_with(response.status < 500 ? "Client::" : "Server::")) << name;
        EXPECT_TRUE(root.member("message").exists());
        EXPECT_TRUE(root.member("details").is_object());
        EXPECT_TRUE(has_header(response, "X-OVH-QueryID"));
    }
}

TEST(HttpErrors, KeepsOurOwnFailuresToOurselves) {
    for (const Code code : all_codes()) {
        const std::string said = public_message(full_error(code));
        EXPECT_EQ(said.find("something is wrong") == std::string::npos, http_status(code) == 500)
            << code_name(code);
        EXPECT_EQ(said.find("test.stage"), std::string::npos);
    }
}

TEST(HttpErrors, NamesTheFieldAndTheMissingRight) {
    EXPECT_EQ(public_message(Error::invalid("t", "size", "expected a number")),
              "size: expected a number");
    net::HttpResponse response;
    encode_control_error(Error::forbidden("t", "okms:apikms:serviceKey/get", "urn:x"), request_id(),
                         response);
    EXPECT_NE(response.body.find("\"unauthorizedActionsByIAM\":\"okms:apikms:serviceKey/get\""),
              std::string::npos);
}

}  // namespace
}  // namespace chatelaine::faces::http

#include "faces/http/router.hpp"

#include <gtest/gtest.h>

namespace chatelaine::faces::http {
namespace {

using Kind = RouteMatch::Kind;

/// A key's routes, as the REST face has them.
class Sample : public Router {
public:
    Sample();
};

Sample::Sample() {
    Router& router = *this;
    router.add("GET", "/v1/servicekey", 0);
    router.add("POST", "/v1/servicekey", 1);
    router.add("GET", "/v1/servicekey/{keyId}", 2);
    router.add("POST", "/v1/servicekey/{keyId}/datakey/decrypt", 3);
    router.add("GET", "/v1/servicekey/special", 4);
    router.add("GET", "/api/{okmsId}/v1/servicekey/{keyId}", 5);
}

TEST(Router, FindsByMethodAndPath) {
    const Sample router;
    EXPECT_EQ(router.match("GET", "/v1/servicekey").route, 0U);
    EXPECT_EQ(router.match("POST", "/v1/servicekey").route, 1U);
    const RouteMatch match = router.match("GET", "/api/d/v1/servicekey/k");
    ASSERT_EQ(match.kind, Kind::kFound);
    EXPECT_EQ(match.route, 5U);
    EXPECT_EQ(match.raw("okmsId"), "d");
    EXPECT_EQ(match.raw("keyId"), "k");
    EXPECT_EQ(match.raw("other"), std::nullopt);
}

TEST(Router, ALiteralWins) {
    const Sample router;
    EXPECT_EQ(router.match("GET", "/v1/servicekey/special").route, 4U);
    EXPECT_EQ(router.match("GET", "/v1/servicekey/specials").route, 2U);
}

TEST(Router, KeepsSegmentsRaw) {
    const Sample router;
    const RouteMatch match = router.match("GET", "/v1/servicekey/a%2Fb");
    ASSERT_EQ(match.kind, Kind::kFound);
    EXPECT_EQ(match.raw("keyId"), "a%2Fb");
}

TEST(Router, RefusesWhatIsNotThere) {
    const Sample router;
    for (const char* path :
         {"", "/", "v1/servicekey", "/v1", "/v1/", "/v1/servicekey/", "//v1/servicekey",
          "/v1//servicekey", "/v1/servicekey/a/", "/V1/servicekey", "/v1/servicekey/a/b",
          "/api//v1/servicekey/k", "/api/d/v1/servicekey"}) {
        EXPECT_EQ(router.match("GET", path).kind, Kind::kNoPath) << path;
    }
}

TEST(Router, SaysWhichMethodsAreThere) {
    const Sample router;
    EXPECT_EQ(router.match("DELETE", "/v1/servicekey").kind, Kind::kNoMethod);
    EXPECT_EQ(router.match("get", "/v1/servicekey").kind, Kind::kNoMethod);
    EXPECT_EQ(router.allowed("/v1/servicekey"), "GET, POST");
    EXPECT_EQ(router.allowed("/nowhere"), "");
}

TEST(Router, BoundsItsParameters) {
    Router router;
    router.add("GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}", 0);
    EXPECT_EQ(router.match("GET", "/1/2/3/4/5/6/7/8").kind, Kind::kFound);
    Router longer;
    longer.add("GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", 0);
    EXPECT_EQ(longer.match("GET", "/1/2/3/4/5/6/7/8/9").kind, Kind::kNoPath);
}

/// The routes of secrets: a segment, a slash at the end, and the rest of the path.
class Secrets : public Router {
public:
    Secrets() {
        add("GET", "/v2/secret", 0);
        add("POST", "/v2/secret/", 1);
        add("GET", "/v2/secret/{path}", 2);
        add("GET", "/v2/secret/{path}/version", 3);
        add("GET", "/v2/secret/{path}/version/{version}", 4);
        add("GET", "/v1/secret/data/{path...}", 5);
        add("LIST", "/v1/secret/metadata/", 6);
        add("GET", "/v1/secret/metadata/{path...}", 7);
        add("GET", "/v1/secret/{other}/fixed", 8);
    }
};

TEST(Router, ASegmentIsSplitBeforeItIsDecoded) {
    const Secrets router;
    EXPECT_EQ(router.match("GET", "/v2/secret/a%2Fversion").raw("path"), "a%2Fversion");
    EXPECT_EQ(router.match("GET", "/v2/secret/a%2Fversion").route, 2U);
    EXPECT_EQ(router.match("GET", "/v2/secret/a/version").route, 3U);
    EXPECT_EQ(router.match("GET", "/v2/secret/a/version/3").raw("version"), "3");
    EXPECT_EQ(router.match("GET", "/v2/secret/a/b").kind, Kind::kNoPath);
    EXPECT_EQ(router.match("POST", "/v2/secret/").route, 1U);
    EXPECT_EQ(router.match("GET", "/v2/secret/").kind, Kind::kNoMethod);
    EXPECT_EQ(router.match("GET", "/v2/secret//").kind, Kind::kNoPath);
}

TEST(Router, TheRestTakesAllThatIsLeft) {
    const Secrets router;
    for (const std::string_view rest : {"a", "a/b", "a/b/", "a//b", "/a", "a%2Fb/c", "/", "//"}) {
        const auto match = router.match("GET", "/v1/secret/data/" + std::string(rest));
        ASSERT_EQ(match.kind, Kind::kFound) << rest;
        EXPECT_EQ(match.route, 5U);
        EXPECT_EQ(match.raw("path"), rest);
    }
    EXPECT_EQ(router.match("GET", "/v1/secret/data/").kind, Kind::kNoPath);
    EXPECT_EQ(router.match("GET", "/v1/secret/data").kind, Kind::kNoPath);
    EXPECT_EQ(router.match("LIST", "/v1/secret/metadata/").route, 6U);
    EXPECT_EQ(router.match("GET", "/v1/secret/metadata//a").raw("path"), "/a");
    EXPECT_EQ(router.match("PUT", "/v1/secret/data/a").kind, Kind::kNoMethod);
    EXPECT_EQ(router.allowed("/v1/secret/data/a"), "GET");
}

}  // namespace
}  // namespace chatelaine::faces::http

// Proves that the JSON reader takes all of RFC 8259 within its bounds and refuses everything that
// two parsers could read differently, and that what the writer writes the reader reads back.
#include "base/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/encoding.hpp"

namespace chatelaine::json {
namespace {

Code refusal(std::string_view text, const Document::Options& options = {}) {
    const auto document = Document::parse(text, options);
    return document ? Code::kEndOfCodes : document.error().code();
}

Document accept(std::string_view text) {
    auto document = Document::parse(text);
    EXPECT_TRUE(document.has_value()) << text << ": " << document.error().to_string();
    return std::move(document).value();
}

TEST(Json, AcceptsEveryKindOfValue) {
    for (const std::string_view text :
         {"null", "true", "false", "0", "-0", "12.5e+3", "1E-2", "\"\"", "[]", "{}", " [ ] ",
          "\t{\"a\"\r:\n[1 , 2,{} ]}", R"("é\u00e9\ud83d\ude00")", R"({"":0})", "[[[[1]]]]",
          "123456789012345678901234567890", R"({"a":{"a":{"a":1}},"b":{"a":2}})"}) {
        EXPECT_EQ(refusal(text), Code::kEndOfCodes) << text;
    }
}

TEST(Json, RefusesWhatIsNotJson) {
    using std::string_view_literals::operator""sv;
    for (const std::string_view text :
         {""sv, " "sv, "nul"sv, "nulls"sv, "True"sv, "01"sv, "+1"sv, "-"sv, "1."sv, ".5"sv, "1e"sv,
          "1e+"sv, "0x10"sv, "NaN"sv, "[1,]"sv, "[,1]"sv, "[1 2]"sv, "["sv, "]"sv, "[1"sv, "{"sv,
          "{\"a\"}"sv, "{\"a\":}"sv, "{\"a\":1,}"sv, "{a:1}"sv, "{'a':1}"sv, "{\"a\":1"sv,
          "{\"a\" 1}"sv, "{1:1}"sv, "[}"sv, "{]"sv, "\"abc"sv, "\"a\nb\""sv, "\"\\x\""sv,
          "\"\\u12\""sv, "\"\\u12g4\""sv, "\"\\\""sv, "\"\\"sv, "1 1"sv, "{} {}"sv, "[] x"sv,
          "// c\n1"sv, "\xef\xbb\xbf{}"sv, "1\0"sv, "\0"sv, "[1\0]"sv, "\"a\0\""sv, "{},"sv}) {
        EXPECT_EQ(refusal(text), Code::kMalformed) << text;
    }
}

TEST(Json, RefusesBadUtf8AndLoneSurrogates) {
    for (const std::string_view text :
         {"\"\x80\"", "\"\xc0\xaf\"", "\"\xc3\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"",
          "\"\xf4\x90\x80\x80\"", "\"\xff\"", "\"abcdefghijklmnopq\xc3(\"", "{\"\xff\":1}",
          R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")", R"("\ud800\n")",
          R"("\ud83d\u0041")", R"({"\ud800":1})"}) {
        EXPECT_EQ(refusal(text), Code::kMalformed) << text;
    }
}

TEST(Json, UnescapesStringsAndNames) {
    const Document document =
        accept(R"({"a\u0062":"\"\\\/\b\f\n\r\t\u0000\u00e9\u20ac\ud83d\ude00 tail"})");
    const auto text = document.root().member("ab").string();
    using std::string_view_literals::operator""sv;
    EXPECT_EQ(*text, "\"\\/\b\f\n\r\t\0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 tail"sv);
}

TEST(Json, RefusesDuplicateNamesAndNamesTheirPath) {
    const auto plain = Document::parse(R"({"keys":[{"kty":"oct","k\u0074y":"EC"}]})");
    ASSERT_FALSE(plain.has_value());
    EXPECT_EQ(plain.error().code(), Code::kMalformed);
    EXPECT_EQ(plain.error().detail().field, "keys.0.kty");

    // Above the size at which names are sorted instead of compared in pairs.
    std::string many = "{";
    for (int i = 0; i < 500; ++i) {
        many += "\"m" + std::to_string(i) + "\":0,";
    }
    EXPECT_EQ(refusal(many + "\"last\":1}"), Code::kEndOfCodes);
    const auto twice = Document::parse(many + "\"m7\":1}");
    ASSERT_FALSE(twice.has_value());
    EXPECT_EQ(twice.error().detail().field, "m7");
}

TEST(Json, ErrorsInsideNameTheField) {
    const auto bad = Document::parse("{\"a\":[0,{\"b\":\"\xff\"}]}");
    ASSERT_FALSE(bad.has_value());
    EXPECT_EQ(bad.error().detail().field, "a.1.b");
    EXPECT_EQ(bad.error().detail().message, "expected UTF-8 at byte 14");
}

TEST(Json, DepthLimitHoldsAtTheLimitAndOneOver) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    const std::size_t depth_max = Limits{}.depth_max;
    EXPECT_EQ(refusal(nested(depth_max)), Code::kEndOfCodes);
    EXPECT_EQ(refusal(nested(depth_max + 1)), Code::kTooLarge);
    EXPECT_EQ(refusal(nested(100'000)), Code::kTooLarge);
    const Document::Options hard{.limits = {.depth_max = depth_hard_max}, .keep_source = false};
    EXPECT_EQ(refusal(nested(depth_hard_max), hard), Code::kEndOfCodes);
    EXPECT_EQ(refusal(nested(depth_hard_max + 1), hard), Code::kTooLarge);
    const Document::Options flat{.limits = {.depth_max = 0}, .keep_source = false};
    EXPECT_EQ(refusal("1", flat), Code::kEndOfCodes);
    EXPECT_EQ(refusal("[]", flat), Code::kTooLarge);
}

TEST(Json, ValueLimitHoldsAtTheLimitAndOneOver) {
    const auto ones = [](std::size_t count) {
        std::string text = "[";
        for (std::size_t i = 0; i < count; ++i) {
            text += i == 0 ? "1" : ",1";
        }
        return text + "]";
    };
    const std::size_t values_max = Limits{}.values_max;
    EXPECT_EQ(refusal(ones(values_max - 1)), Code::kEndOfCodes);
    EXPECT_EQ(refusal(ones(values_max)), Code::kTooLarge);
}

TEST(Json, ManyMembersCostNoSquare) {
    std::string text = "{";
    for (int i = 0; i < 9'000; ++i) {
        text += "\"" + std::string(20, 'x') + std::to_string(i) + "\":0,";
    }
    text += "\"z\":9}";
    const Document document = accept(text);
    EXPECT_EQ(*document.root().member("z").integer(), 9);
    EXPECT_EQ(document.root().size(), 9'001u);
}

TEST(Json, NumbersKeepTheirText) {
    const Document document = accept(
        R"([18446744073709551616, 1.10, -0, 9223372036854775807, -9223372036854775808, 1e2])");
    Value at = document.root().first();
    EXPECT_EQ(at.number_text(), "18446744073709551616");
    EXPECT_EQ(at.integer().error().code(), Code::kInvalidArgument);
    EXPECT_EQ(at.integer().error().detail().field, "0");
    at = at.next();
    EXPECT_EQ(at.number_text(), "1.10");
    EXPECT_EQ(at.integer().error().code(), Code::kInvalidArgument);
    at = at.next();
    EXPECT_EQ(*at.integer(), 0);
    at = at.next();
    EXPECT_EQ(*at.integer(), INT64_MAX);
    at = at.next();
    EXPECT_EQ(*at.integer(), INT64_MIN);
    at = at.next();
    EXPECT_EQ(at.integer().error().code(), Code::kInvalidArgument);
    EXPECT_FALSE(at.next().exists());
}

TEST(Json, TypedReadsTellMissingFromWrong) {
    const Document document = accept(R"({"a":null,"b":1,"c":{"d":[true,"x"]}})");
    const Value root = document.root();
    EXPECT_TRUE(root.member("a").exists());
    EXPECT_TRUE(root.member("a").is_absent());
    EXPECT_EQ(root.member("a").string().error().code(), Code::kMissingArgument);
    EXPECT_EQ(root.member("b").string().error().code(), Code::kInvalidArgument);
    EXPECT_EQ(root.member("b").string().error().detail().field, "b");
    EXPECT_EQ(root.member("b").boolean().error().code(), Code::kInvalidArgument);
    const Value list = root.member("c").member("d");
    EXPECT_TRUE(*list.first().boolean());
    EXPECT_EQ(list.size(), 2u);
    EXPECT_EQ(list.first().next().path(), "c.d.1");
    EXPECT_EQ(list.first().next().integer().error().detail().field, "c.d.1");
    EXPECT_EQ(root.path(), "");
    EXPECT_EQ(root.member("c").member_name(), "c");
    EXPECT_EQ(root.member_name(), "");
}

TEST(Json, AbsentMembersChainAndKeepAPath) {
    const Document document = accept(R"({"c":{},"s":"text"})");
    const Value root = document.root();
    EXPECT_EQ(root.member("c").member("x").string().error().detail().field, "c.x");
    EXPECT_EQ(root.member("n").member("x").member("y").path(), "n");
    EXPECT_EQ(root.member("s").member("x").path(), "s.x");
    EXPECT_FALSE(root.member("n").first().exists());
    EXPECT_FALSE(root.member("n").next().exists());
    EXPECT_EQ(root.member("n").size(), 0u);
    EXPECT_FALSE(root.member("n").is_object());
    const Value nowhere;
    EXPECT_EQ(nowhere.path(), "");
    EXPECT_EQ(nowhere.member("x").string().error().code(), Code::kMissingArgument);
}

TEST(Json, OnlyMembersNamesTheStranger) {
    const Document document = accept(R"({"k":{"a":1,"b":2}})");
    const Value inner = document.root().member("k");
    EXPECT_TRUE(inner.only_members({"b", "a", "c"}).has_value());
    const auto refused = inner.only_members({"a"});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Code::kUnknownField);
    EXPECT_EQ(refused.error().detail().field, "k.b");
    EXPECT_EQ(inner.member("a").only_members({}).error().code(), Code::kInvalidArgument);
    EXPECT_EQ(inner.member("z").only_members({}).error().code(), Code::kMissingArgument);
}

TEST(Json, LongPathsAreCutBetweenCharacters) {
    std::string name;
    for (int i = 0; i < 200; ++i) {
        name += "\xe2\x82\xac";
    }
    const Document document = accept("{\"" + name + "\":1}");
    const std::string path = document.root().first().path();
    EXPECT_LE(path.size(), 260u);
    EXPECT_TRUE(path.ends_with("..."));
    EXPECT_TRUE(is_utf8(path));
}

TEST(Json, SourceGivesTheTextAsItStood) {
    auto document = Document::parse(R"({"data": { "n" : 1.0e5, "s":"\u0061" } , "l":[ 1 ]})",
                                    {.limits = {}, .keep_source = true});
    ASSERT_TRUE(document.has_value());
    const Document moved = std::move(*document);
    EXPECT_EQ(moved.root().member("data").source(), R"({ "n" : 1.0e5, "s":"\u0061" })");
    EXPECT_EQ(moved.root().member("data").member("s").source(), R"("\u0061")");
    EXPECT_EQ(*moved.root().member("data").member("s").string(), "a");
    EXPECT_EQ(moved.root().member("l").source(), "[ 1 ]");
}

TEST(Json, ValuesStayValidWhenTheDocumentMoves) {
    Document first = accept(R"({"a":["x"]})");
    const Value value = first.root().member("a").first();
    const Document second = std::move(first);
    EXPECT_EQ(*value.string(), "x");
    EXPECT_EQ(value.path(), "a.0");
}

TEST(JsonWriter, WritesNestedValues) {
    std::string out;
    Writer writer(out);
    writer.begin_object().member("s", "a\"\\\n\x01\x7f").member("n", std::int64_t{-5});
    writer.key("l").begin_array().integer(1).null().boolean(true).raw("{}").end_array();
    writer.key("o").begin_object().end_object();
    writer.key("b").base64(as_bytes("\xff\xfe")).key("u").base64url(as_bytes("\xff\xfe"));
    writer.member("t", true).end_object();
    EXPECT_EQ(out, "{\"s\":\"a\\\"\\\\\\n\\u0001\x7f\",\"n\":-5,\"l\":[1,null,true,{}],\"o\":{},"
                   "\"b\":\"//4=\",\"u\":\"__4\",\"t\":true}");
}

TEST(JsonWriter, EscapesWhereverItStandsInALongString) {
    for (const std::string_view special : {"\"", "\\", "\n", "\x1f", "\x7f", "\xc3\xa9", "\xff"}) {
        for (std::size_t at = 0; at <= 40; ++at) {
            std::string text(40, 'x');
            text.insert(at, special);
            std::string out;
            Writer(out).string(text);
            const auto document = Document::parse(out);
            ASSERT_TRUE(document) << out;
            std::string expected = text;
            if (special == "\xff") {
                expected.replace(at, 1, "\xef\xbf\xbd");
            }
            EXPECT_EQ(document->root().string().value(), expected);
        }
    }
}

TEST(JsonWriter, WhatIsNotUtf8BecomesTheReplacementCharacter) {
    std::string out;
    Writer(out).string("a\xff\xc3(\xe2\x82");
    EXPECT_EQ(out, "\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\"");
    EXPECT_EQ(refusal(out), Code::kEndOfCodes);
}

TEST(JsonProperty, StringsSurviveWriteAndRead) {
    EXPECT_TRUE(rc::check("any UTF-8 text round-trips", [](const std::string& any) {
        const std::string text = is_utf8(any) ? any : encode_hex(as_bytes(any));
        std::string out;
        Writer writer(out);
        writer.begin_array().string(text);
        writer.begin_object().member(text, text).end_object().end_array();
        const auto document = Document::parse(out);
        RC_ASSERT(document.has_value());
        RC_ASSERT(*document->root().first().string() == text);
        RC_ASSERT(*document->root().first().next().member(text).string() == text);
    }));
}

TEST(JsonProperty, EveryTruncationIsRefusedAndNothingCrashes) {
    const std::string text =
        R"({"a":[1,-2.5e3,true,null,{"b":"x\u00e9\ud83d\ude00"}],"long name":"0123456789abcdef0"})";
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_EQ(refusal(text.substr(0, size)), Code::kMalformed) << size;
    }
    EXPECT_TRUE(rc::check("a changed byte never crashes", [&] {
        std::string changed = text;
        const auto at = *rc::gen::inRange<std::size_t>(0, changed.size());
        changed[at] = *rc::gen::arbitrary<char>();
        const auto document = Document::parse(changed);
        if (!document) {
            RC_ASSERT(document.error().code() == Code::kMalformed);
        }
    }));
}

}  // namespace
}  // namespace chatelaine::json

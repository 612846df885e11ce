// Data as text: number tokens and order stay, merge patch against an independent one, subkeys.
#include "secrets/data.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>

#include "base/limits.hpp"
#include "secrets/test_support.hpp"

namespace chatelaine::secrets::testing {
namespace {

std::string merged(std::string_view target, std::string_view patch) {
    const auto result = merge_patch(secret(target), secret(patch));
    return result ? seal::test::text_of(*result) : std::string(code_name(result.error().code()));
}

std::string subkeys(std::string_view data, std::uint32_t depth) {
    const auto result = subkeys_of(secret(data), depth);
    return result ? *result : std::string(code_name(result.error().code()));
}

TEST(SecretData, BoundsAndKinds) {
    const auto taken = [](std::string_view body) {
        json::Document::Options options;
        options.keep_source = true;
        const auto document = json::Document::parse(body, options);
        EXPECT_TRUE(document);
        const auto data = data_of(document->root().member("data"));
        return data ? seal::test::text_of(*data) : std::string(code_name(data.error().code()));
    };
    EXPECT_EQ(taken(R"({"data": {"b":1e400, "a":18446744073709551616 } })"),
              R"({"b":1e400, "a":18446744073709551616 })");
    EXPECT_EQ(taken(R"({"data":null})"), "missing_argument");
    EXPECT_EQ(taken(R"({})"), "missing_argument");
    EXPECT_EQ(taken(R"({"data":[1]})"), "invalid_argument");
    const auto sized = [](std::size_t bytes) {
        return R"({"v":")" + std::string(bytes - 8, 'x') + R"("})";
    };
    const std::string at = sized(limits::secret_data_bytes_max);
    EXPECT_EQ(taken(R"({"data":)" + at + "}"), at);
    EXPECT_EQ(taken(R"({"data":)" + sized(limits::secret_data_bytes_max + 1) + "}"),
              "invalid_argument");
}

// RFC 7396, appendix A, where target and patch are objects.
TEST(MergePatch, ExamplesOfTheStandard) {
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":null})"), R"({})");
    EXPECT_EQ(merged(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
    EXPECT_EQ(merged(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
    EXPECT_EQ(merged(R"({"a":"c"})", R"({"a":["b"]})"), R"({"a":["b"]})");
    EXPECT_EQ(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
    EXPECT_EQ(merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
    EXPECT_EQ(merged(R"({"e":null})", R"({"a":1})"), R"({"e":null,"a":1})");
    EXPECT_EQ(merged(R"({})", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
}

TEST(MergePatch, TokensAndOrderStay) {
    EXPECT_EQ(merged(R"({"z":18446744073709551616,"y":1e400,"x":{"n":-0.0,"m":1E+2}})",
                     R"({"x":{"n":123456789012345678901234567890},"a":2.50})"),
              R"({"z":18446744073709551616,"y":1e400,)"
              R"("x":{"n":123456789012345678901234567890,"m":1E+2},"a":2.50})");
    EXPECT_EQ(merged(R"({"a\u0000b":1,"é":2})", R"({"a\u0000b":{"\n":"\u0001"}})"),
              R"({"a\u0000b":{"\n":"\u0001"},"é":2})");
}

TEST(MergePatch, TheResultHasTheBoundOfAllData) {
    const std::string half(limits::secret_data_bytes_max / 2, 'x');
    EXPECT_EQ(merged(R"({"a":")" + half + R"("})", R"({"b":")" + half + R"("})"),
              "invalid_argument");
}

TEST(Subkeys, NamesWithoutValues) {
    const std::string_view data = R"({"a":{"b":{"c":1}},"d":[{"e":1}],"f":{},"g":null})";
    EXPECT_EQ(subkeys(data, 0), R"({"a":{"b":{"c":null}},"d":null,"f":{},"g":null})");
    EXPECT_EQ(subkeys(data, 1), R"({"a":null,"d":null,"f":null,"g":null})");
    EXPECT_EQ(subkeys(data, 2), R"({"a":{"b":null},"d":null,"f":{},"g":null})");
    EXPECT_EQ(subkeys(data, 9), subkeys(data, 0));
    EXPECT_EQ(subkeys("{}", 0), "{}");
}

/// A value of JSON as the independent merge knows it: its text, or members in any order.
struct Plain {
    std::string text;
    bool object = false;
    std::map<std::string, Plain> members;
    bool is_null() const { return !object && text == "null"; }
};

/// RFC 7396, section 2, word by word, on maps.
Plain apply(Plain target, const Plain& patch) {
    if (!patch.object) {
        return patch;
    }
    if (!target.object) {
        target = Plain{{}, true, {}};
    }
    for (const auto& [name, value] : patch.members) {
        if (value.is_null()) {
            target.members.erase(name);
        } else {
            const auto there = target.members.find(name);
            Plain before = there == target.members.end() ? Plain{"0", false, {}} : there->second;
            target.members[name] = apply(std::move(before), value);
        }
    }
    return target;
}

std::string print(const Plain& value) {
    if (!value.object) {
        return value.text;
    }
    std::string text = "{";
    for (const auto& [name, member] : value.members) {
        text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + print(member);
    }
    return text + "}";
}

Plain read(const json::Value& value) {
    Plain plain;
    plain.object = value.is_object();
    if (!plain.object) {
        plain.text = value.source();
        return plain;
    }
    for (json::Value member = value.first(); member.exists(); member = member.next()) {
        plain.members[std::string(member.member_name())] = read(member);
    }
    return plain;
}

Plain arbitrary_object(int depth) {
    Plain made{{}, true, {}};
    const int count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i) {
        const auto name = *rc::gen::element<std::string>("a", "b", "c", "d", "");
        if (depth > 0 && *rc::gen::inRange(0, 2) == 0) {
            made.members[name] = arbitrary_object(depth - 1);
        } else {
            made.members[name] = Plain{
                *rc::gen::element<std::string>("null", "1", "1e400", "18446744073709551616",
                                               "\"x\"", "[1,{\"y\":null}]", "true", "-0"),
                false,
                {}};
        }
    }
    return made;
}

RC_GTEST_PROP(MergePatchProperty, EqualsAnIndependentOne, ()) {
    const Plain target = arbitrary_object(3);
    const Plain patch = arbitrary_object(3);
    const std::string ours = merged(print(target), print(patch));
    json::Document::Options options;
    options.keep_source = true;
    const auto document = json::Document::parse(ours, options);
    RC_ASSERT(document.has_value());
    RC_ASSERT(print(read(document->root())) == print(apply(target, patch)));
}

}  // namespace
}  // namespace chatelaine::secrets::testing

// Proves Result and its macros on copyable, move-only and void values, and the words of errors.
#include "base/result.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace chatelaine {
namespace {

using Owned = std::unique_ptr<int>;

Result<int> half(int n) {
    if (n % 2 != 0) {
        return Error::invalid("test.half", "n", "must be even");
    }
    return n / 2;
}

Result<Owned> owned_half(int n) {
    CH_TRY(const int value, half(n));
    return std::make_unique<int>(value);
}

Result<void> both_even(int a, int b) {
    CH_TRY(const auto first, owned_half(a)); CH_TRY(const auto second, owned_half(b));
    CH_TRY_VOID(half(*first + *second).transform([](int) { return 0; }));
    return ok();
}

TEST(Result, CarriesAValueOrAnError) {
    EXPECT_EQ(*half(4), 2);
    EXPECT_FALSE(half(3).has_value());
    EXPECT_EQ(half(3).error().code(), Code::kInvalidArgument);
    Result<std::string> text = "a literal converts";
    EXPECT_EQ(text->size(), 18u);
    *text = "changed";
    EXPECT_EQ(text.value(), "changed");
}

TEST(Result, MovesWhatCannotBeCopied) {
    Result<Owned> result = owned_half(8);
    ASSERT_TRUE(result);
    const Owned owned = std::move(result).value();
    EXPECT_EQ(*owned, 4);
    static_assert(!std::is_copy_constructible_v<Result<Owned>>);
    static_assert(!std::is_copy_constructible_v<Error>);
    static_assert(std::is_nothrow_move_constructible_v<Error>);
}

TEST(Result, TryHandsTheErrorOn) {
    EXPECT_TRUE(both_even(4, 4).has_value());
    EXPECT_FALSE(both_even(3, 4).has_value());
    EXPECT_FALSE(both_even(4, 3).has_value());
    EXPECT_FALSE(both_even(2, 4).has_value());
    EXPECT_EQ(both_even(3, 4).error().detail().field, "n");
}

TEST(Result, AndThenAndTransformChain) {
    EXPECT_EQ(*half(8).and_then(half), 2);
    EXPECT_FALSE(half(6).and_then(half).has_value());
    EXPECT_EQ(*half(8).transform([](int n) { return std::to_string(n); }), "4");
    EXPECT_FALSE(half(7).transform([](int n) { return n; }).has_value());
    EXPECT_EQ(*owned_half(8).transform([](Owned&& n) { return *n + 1; }), 5);
}

TEST(ResultDeathTest, TheWrongSideAborts) {
    EXPECT_DEATH(static_cast<void>(half(3).value()), "internal check failed");
    EXPECT_DEATH(static_cast<void>(half(4).error()), "internal check failed");
    EXPECT_DEATH(static_cast<void>(ok().error()), "internal check failed");
    EXPECT_DEATH(both_even(1, 1).value(), "internal check failed");
}

TEST(Error, SaysWhatWhereAndWhichField) {
    EXPECT_EQ(Error(Code::kSealed, "seal").to_string(), "sealed seal");
    EXPECT_EQ(Error(Code::kSealed, "seal", "not open").to_string(), "sealed seal: not open");
    EXPECT_EQ(Error::missing("face", "name").to_string(),
              "missing_argument face: the field is required (field name)");
    EXPECT_EQ(Error::invalid("face", "kty", "wrong").in_field("0").in_field("keys").to_string(),
              "invalid_argument face: wrong (field keys.0.kty)");
    EXPECT_EQ(Error::forbidden("gate", "okms:a", "urn:b").to_string(),
              "forbidden gate: the right is missing (action okms:a on urn:b)");
    EXPECT_EQ(Error(Code::kInternal, "x").in_field("f").detail().field, "f");
    EXPECT_TRUE(Error(Code::kInternal, "x").detail().message.empty());
}

TEST(Error, EveryCodeHasItsOwnName) {
    std::set<std::string_view> names;
    for (int i = 0; i < static_cast<int>(Code::kEndOfCodes); ++i) {
        const std::string_view name = code_name(static_cast<Code>(i));
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
    }
    EXPECT_DEATH(code_name(Code::kEndOfCodes), "internal check failed");
}

}  // namespace
}  // namespace chatelaine

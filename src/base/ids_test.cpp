// Proves that ids read back as written, in one form only, and that wiping leaves no byte.
#include "base/ids.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <unordered_set>

#include "base/random.hpp"

namespace chatelaine {
namespace {

/// Bytes 0, 1, 2, …: enough to see that each octet is filled.
class CountingRandom final : public Random {
public:
    void fill(MutableBytesView out) override {
        for (auto& octet : out) {
            octet = next_++;
        }
    }

private:
    std::uint8_t next_ = 0;
};

TEST(Ids, RandomIsVersionFourOfItsVariant) {
    CountingRandom random;
    EXPECT_EQ(Uuid::random(random).to_string(), "00010203-0405-4607-8809-0a0b0c0d0e0f");
    EXPECT_EQ(ObjectId::random(random).to_string(), "10111213-1415-4617-9819-1a1b1c1d1e1f");
}

TEST(Ids, ParsesExactlyOneForm) {
    const std::string good = "0123abcd-4567-89ef-ABCD-ef0123456789";
    ASSERT_TRUE(Uuid::parse(good));
    EXPECT_EQ(Uuid::parse(good)->to_string(), "0123abcd-4567-89ef-abcd-ef0123456789");
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = good[i] == '-' ? '0' : 'g';
        EXPECT_FALSE(Uuid::parse(bad)) << bad;
        EXPECT_FALSE(Uuid::parse(good.substr(0, i)));
    }
    EXPECT_FALSE(Uuid::parse(good + "0"));
    EXPECT_FALSE(Uuid::parse("{" + good + "}"));
    EXPECT_FALSE(Uuid::parse("0123abcd456789efabcdef0123456789"));
}

TEST(IdsProperty, WhatIsWrittenReadsBack) {
    EXPECT_TRUE(rc::check("uuid", [](const std::array<std::uint8_t, 16>& octets) {
        const Uuid id{octets};
        RC_ASSERT(*Uuid::parse(id.to_string()) == id);
        RC_ASSERT(Uuid::from_octets(id.view()) == id);
        RC_ASSERT(DomainId::parse(id.to_string())->uuid == id);
    }));
}

TEST(Ids, NilAndOrderAndHash) {
    EXPECT_TRUE(Uuid{}.is_nil());
    EXPECT_TRUE(DomainId{}.is_nil());
    CountingRandom random;
    const Uuid first = Uuid::random(random);
    const Uuid second = Uuid::random(random);
    EXPECT_FALSE(first.is_nil());
    EXPECT_LT(first, second);
    std::unordered_set<ObjectId> set{ObjectId{first}, ObjectId{second}, ObjectId{first}};
    EXPECT_EQ(set.size(), 2u);
    static_assert(!std::is_convertible_v<ObjectId, DomainId>);
}

TEST(IdsDeathTest, OtherSizesAreABug) {
    const Bytes short_one(15);
    EXPECT_DEATH(Uuid::from_octets(short_one), "internal check failed");
}

TEST(Wipe, LeavesNoByte) {
    std::string text(100, 'x');
    const char* memory = text.data();
    wipe(text);
    EXPECT_TRUE(text.empty());
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(memory[i], '\0');
    }
    Bytes bytes(8, 1);
    wipe(bytes.data(), bytes.size());
    EXPECT_EQ(bytes, Bytes(8));
    EXPECT_EQ(as_text(as_bytes("ab")), "ab");
}

}  // namespace
}  // namespace chatelaine

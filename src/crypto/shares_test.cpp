// Proves Shamir's scheme: every subset of enough shares gives the secret back for all n up to 7,
// too few shares are independent of it, and a damaged share gives another secret.
#include "crypto/shares.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <bit>

#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

Bytes reveal(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}

std::vector<Share> chosen(const std::vector<Share>& shares, unsigned mask) {
    std::vector<Share> subset;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if ((mask >> i & 1U) != 0) {
            subset.push_back({shares[i].x, shares[i].bytes.clone()});
        }
    }
    return subset;
}

TEST(Shares, EverySubsetOfEnoughGivesTheSecret) {
    const SecretBytes secret = random_secret(32);
    for (std::size_t count = 2; count <= 7; ++count) {
        for (std::size_t threshold = 2; threshold <= count; ++threshold) {
            const auto shares = split_secret(secret, threshold, count).value();
            ASSERT_EQ(shares.size(), count);
            for (unsigned mask = 0; mask < 1U << count; ++mask) {
                const auto subset = chosen(shares, mask);
                if (subset.size() >= 2) {
                    const bool back = equal_ct(combine_shares(subset).value(), secret);
                    EXPECT_EQ(back, subset.size() >= threshold) << count << threshold << mask;
                }
            }
        }
    }
}

TEST(Shares, OrderDoesNotMatterAndSizesVary) {
    rc::check("split, shuffle, combine", [] {
        const auto size = *rc::gen::inRange<std::size_t>(0, 70);
        const auto count = *rc::gen::inRange<std::size_t>(2, 30);
        const auto threshold = *rc::gen::inRange<std::size_t>(2, count + 1);
        const SecretBytes secret = random_secret(size);
        auto shares = split_secret(secret, threshold, count).value();
        for (std::size_t i = shares.size() - 1; i > 0; --i) {
            std::swap(shares[i], shares[*rc::gen::inRange<std::size_t>(0, i + 1)]);
        }
        shares.resize(threshold);
        RC_ASSERT(equal_ct(combine_shares(shares).value(), secret));
    });
}

TEST(Shares, TheLargestSplit) {
    const SecretBytes secret = random_secret(16);
    const auto shares = split_secret(secret, 255, 255).value();
    EXPECT_TRUE(equal_ct(combine_shares(shares).value(), secret));
}

// A known polynomial: the secret 0x53 and the shares 0x53 ^ a·x with a = 0xca, where FIPS 197 gives
// 0x53 · 0xca = 1, so that the share at x = 0x53 is 0x53 ^ 1.
TEST(Shares, UseTheFieldOfAes) {
    std::vector<Share> shares;
    shares.push_back({0x01, SecretBytes::copy_of(Bytes{0x53 ^ 0xca})});
    shares.push_back({0x53, SecretBytes::copy_of(Bytes{0x53 ^ 0x01})});
    EXPECT_EQ(reveal(combine_shares(shares).value()), Bytes{0x53});
}

TEST(Shares, TooFewAreIndependentOfTheSecret) {
    // Two of three shares of a zero and of a 0xff: each byte value must come as often for both.
    // 255 degrees of freedom: chi-squared above 420 has a chance below 1e-10.
    constexpr std::size_t kSamples = 256 * 200;
    for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{0xff}}) {
        const SecretBytes secret = SecretBytes::copy_of(Bytes(kSamples, value));
        const auto shares = split_secret(secret, 3, 3).value();
        const Bytes first = reveal(shares[0].bytes);
        const Bytes second = reveal(shares[1].bytes);
        std::array<std::size_t, 256> alone{};
        std::array<std::size_t, 256> together{};
        for (std::size_t i = 0; i < kSamples; ++i) {
            ++alone[first[i]];
            ++together[first[i] ^ static_cast<std::uint8_t>(std::rotl(second[i], 3))];
        }
        for (const auto& counts : {alone, together}) {
            double chi_squared = 0;
            for (const std::size_t n : counts) {
                const double off = static_cast<double>(n) - 200.0;
                chi_squared += off * off / 200.0;
            }
            EXPECT_LT(chi_squared, 420.0);
            EXPECT_GT(chi_squared, 120.0);
        }
    }
}

TEST(Shares, ADamagedShareGivesAnotherSecret) {
    const SecretBytes secret = random_secret(32);
    auto shares = split_secret(secret, 3, 5).value();
    shares.resize(3);
    shares[1].bytes.with_exposed_mutable(insecure_expose_secret(),
                                         [](MutableBytesView out) { out[7] ^= 0x10; });
    EXPECT_FALSE(equal_ct(combine_shares(shares).value(), secret));
}

TEST(Shares, RefuseWhatCannotBe) {
    const auto refused = [](std::size_t threshold, std::size_t count) {
        return split_secret(SecretBytes(4), threshold, count).error().code() ==
               Code::kInvalidArgument;
    };
    EXPECT_TRUE(refused(0, 3) && refused(1, 3) && refused(4, 3) && refused(2, 256));
    const auto combined = [](std::initializer_list<std::pair<std::uint8_t, std::size_t>> given) {
        std::vector<Share> shares;
        for (const auto& [x, size] : given) {
            shares.push_back({x, SecretBytes(size)});
        }
        return combine_shares(shares).error().code();
    };
    EXPECT_EQ(combined({}), Code::kInvalidArgument);
    EXPECT_EQ(combined({{1, 4}}), Code::kInvalidArgument);
    EXPECT_EQ(combined({{1, 4}, {1, 4}}), Code::kInvalidArgument);
    EXPECT_EQ(combined({{0, 4}, {1, 4}}), Code::kInvalidArgument);
    EXPECT_EQ(combined({{1, 4}, {2, 5}}), Code::kInvalidArgument);
}

}  // namespace
}  // namespace chatelaine::crypto

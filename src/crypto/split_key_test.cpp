// Proves KMIP's split keys: the parts of the OASIS cases give their key, every method gives a
// random secret back from any parts above the threshold, and fewer are refused.
#include "crypto/split_key.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/encoding.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

SecretBytes secret(std::string_view hex) { return SecretBytes::copy_of(*decode_hex(hex)); }
std::string hex(const SecretBytes& value) {
    return value.with_exposed(insecure_expose_secret(),
                              [](BytesView raw) { return encode_hex(raw); });
}

std::vector<KeyPart> parts_of(const std::vector<std::pair<std::size_t, const char*>>& given) {
    std::vector<KeyPart> parts;
    for (const auto& [identifier, bytes] : given) {
        parts.push_back({identifier, secret(bytes)});
    }
    return parts;
}

constexpr const char* kOasisKey = "0102030405060708090a0b0c0d0e0f10";

TEST(SplitKey, JoinsThePartsOfTheOasisCases) {
    // TC_SJ_2 and TC_SJ_3 of KMIP 1.2: any two of four.
    const SplitScheme gf8{SplitMethod::kGf2_8, 4, 2, {}};
    const std::vector<std::pair<std::size_t, const char*>> shown = {
        {1, "66c46a7754f94de420c7b1a7fff5ec56"}, {2, "cf93d1e2a7e593cd5b8d6247f4e5d49c"},
        {3, "a855b891f61ad9217240d8ec061e37da"}, {4, "803dbad55cdd329fad19d99ae2c5a415"}};
    for (std::size_t a = 0; a < shown.size(); ++a) {
        for (std::size_t b = 0; b < shown.size(); ++b) {
            if (a != b) {
                EXPECT_EQ(hex(*join_key(gf8, parts_of({shown[a], shown[b]}), 0)), kOasisKey);
            }
        }
    }
    EXPECT_EQ(hex(*join_key(gf8, parts_of(shown), 0)), kOasisKey);
    EXPECT_EQ(join_key(gf8, parts_of({shown[2]}), 0).error().code(), Code::kCryptoFailed);
    // TC_SJ_4: XOR of four.
    const SplitScheme all{SplitMethod::kXor, 4, 4, {}};
    const auto xored = parts_of({{1, "d4b92c299199298e30dee13b967e6dda"},
                                 {2, "35ea4f615686230c7b11538693674e89"},
                                 {3, "3478ddd2e1f89f2005011d26d9fff37c"},
                                 {4, "d429bd9e23e192aa47c4a497d1e8df3f"}});
    EXPECT_EQ(hex(*join_key(all, xored, 0)), kOasisKey);
    EXPECT_EQ(join_key(all, parts_of({{1, "00"}, {2, "00"}, {3, "00"}}), 0).error().code(),
              Code::kCryptoFailed);
}

TEST(SplitKey, PrimesAreTheSmallestThatFit) {
    EXPECT_EQ(encode_hex(*split_prime(1)), "0101");
    EXPECT_EQ(encode_hex(*split_prime(2)), "010001");
    EXPECT_EQ(encode_hex(*split_prime(16)), "0100000000000000000000000000000033");
    EXPECT_EQ(split_prime(129).error().detail().field, "secret");
    EXPECT_EQ(split_prime(0).error().detail().field, "secret");
}

TEST(SplitKey, AKnownLineInThePrimeField) {
    // f(x) = 5 + 7x modulo 257: f(1) = 12, f(3) = 26.
    const SplitScheme scheme{SplitMethod::kPrimeField, 3, 2, *split_prime(1)};
    EXPECT_EQ(hex(*join_key(scheme, parts_of({{1, "000c"}, {3, "001a"}}), 0)), "05");
    EXPECT_EQ(hex(*join_key(scheme, parts_of({{1, "000c"}, {3, "001a"}}), 4)), "00000005");
}

TEST(SplitKey, NamesWhatIsWrong) {
    const SecretBytes key = random_secret(16);
    const auto field = [&](const SplitScheme& scheme, const SecretBytes& value) {
        const auto made = split_key(scheme, value);
        return made ? std::string("none") : made.error().detail().field;
    };
    EXPECT_EQ(field({SplitMethod::kGf2_8, 1, 1, {}}, key), "parts");
    EXPECT_EQ(field({SplitMethod::kGf2_8, 256, 2, {}}, key), "parts");
    EXPECT_EQ(field({SplitMethod::kGf2_8, 255, 255, {}}, random_secret(100)), "parts");
    EXPECT_EQ(field({SplitMethod::kGf2_8, 3, 4, {}}, key), "threshold");
    EXPECT_EQ(field({SplitMethod::kGf2_8, 3, 1, {}}, key), "threshold");
    EXPECT_EQ(field({SplitMethod::kXor, 3, 2, {}}, key), "threshold");
    EXPECT_EQ(field({SplitMethod::kXor, 3, 3, {}}, SecretBytes()), "secret");
    EXPECT_EQ(field({SplitMethod::kXor, 3, 3, {}}, SecretBytes(8193)), "secret");
    EXPECT_EQ(field({SplitMethod::kPrimeField, 3, 2, {}}, key), "prime");
    EXPECT_EQ(field({SplitMethod::kPrimeField, 3, 2, *split_prime(8)}, key), "prime");
    EXPECT_EQ(field({SplitMethod::kPrimeField, 3, 2, Bytes(17, 0xff)}, key), "prime");
    EXPECT_EQ(field({SplitMethod::kPrimeField, 3, 2, Bytes(300, 0xff)}, key), "prime");
    EXPECT_EQ(field({SplitMethod::kEnd, 3, 2, {}}, key), "method");

    const SplitScheme gf8{SplitMethod::kGf2_8, 3, 2, {}};
    const auto refused = [&](const SplitScheme& scheme, const std::vector<KeyPart>& parts) {
        const auto made = join_key(scheme, parts, 0);
        return made ? std::string("none") : made.error().detail().field;
    };
    EXPECT_EQ(refused(gf8, parts_of({{1, "00"}, {1, "00"}})), "parts");
    EXPECT_EQ(refused(gf8, parts_of({{0, "00"}, {1, "00"}})), "parts");
    EXPECT_EQ(refused(gf8, parts_of({{256, "00"}, {1, "00"}})), "parts");
    EXPECT_EQ(refused(gf8, parts_of({{2, "00"}, {1, "0000"}})), "parts");
    EXPECT_EQ(refused(gf8, parts_of({{2, ""}, {1, ""}})), "parts");
    EXPECT_EQ(refused({SplitMethod::kGf2_16, 3, 2, {}}, parts_of({{2, "00"}, {1, "00"}})), "parts");
    EXPECT_EQ(refused({SplitMethod::kXor, 2, 2, {}}, parts_of({{3, "00"}, {1, "00"}})), "parts");
    EXPECT_EQ(refused({SplitMethod::kPrimeField, 3, 2, {}}, parts_of({{2, "00"}, {1, "00"}})),
              "prime");
    EXPECT_EQ(join_key(gf8, parts_of({{1, "00"}, {2, "00"}}), 2).error().detail().field, "parts");
}

RC_GTEST_PROP(SplitKeyProperty, AnyPartsAboveTheThresholdGiveTheSecret, ()) {
    SplitScheme scheme;
    scheme.method = *rc::gen::element(SplitMethod::kXor, SplitMethod::kGf2_16,
                                      SplitMethod::kPrimeField, SplitMethod::kGf2_8);
    scheme.parts = *rc::gen::inRange<std::size_t>(2, 12);
    scheme.threshold = scheme.method == SplitMethod::kXor
                           ? scheme.parts
                           : *rc::gen::inRange<std::size_t>(2, scheme.parts + 1);
    const SecretBytes key = random_secret(*rc::gen::inRange<std::size_t>(1, 48));
    if (scheme.method == SplitMethod::kPrimeField) {
        scheme.prime = *split_prime(key.size());
    }
    std::vector<KeyPart> parts = *split_key(scheme, key);
    RC_ASSERT(parts.size() == scheme.parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        RC_ASSERT(parts[i].identifier == i + 1);
        RC_ASSERT(parts[i].bytes.size() >= key.size());
    }
    for (std::size_t i = parts.size() - 1; i > 0; --i) {
        std::swap(parts[i], parts[*rc::gen::inRange<std::size_t>(0, i + 1)]);
    }
    while (parts.size() > scheme.threshold && *rc::gen::arbitrary<bool>()) {
        parts.pop_back();
    }
    RC_ASSERT(equal_ct(*join_key(scheme, parts, key.size()), key));
    while (parts.size() >= scheme.threshold) {
        parts.pop_back();
    }
    RC_ASSERT(join_key(scheme, parts, key.size()).error().code() == Code::kCryptoFailed);
}

}  // namespace
}  // namespace chatelaine::crypto

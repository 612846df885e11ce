// Keys in all their formats, wrapped, derived, split and certified: what goes out comes in again as
// the same key, and the values of the OASIS cases are met.
#include <set>

#include "objects/kmip/key_operations.hpp"

#include "base/encoding.hpp"
#include "crypto/certify.hpp"
#include "objects/kmip/kmip_test_support.hpp"
#include "objects/kmip/object_form.hpp"

namespace chatelaine::objects::kmip {
namespace {

using test::choice;
using test::date;
using test::name;
using test::number;
using test::text;
namespace tag = ttlv::tag;

Bytes hex(std::string_view digits) { return decode_hex(digits).value(); }

class Keys : public test::KmipWorld {
public:
    /// A Symmetric Key structure.
    static crypto::SecretBytes symmetric(std::string_view material) {
        const Bytes raw = hex(material);
        Bytes out;
        ttlv::Writer(out)
            .begin(tag::kSymmetricKey)
            .begin(tag::kKeyBlock)
            .enumeration(tag::kKeyFormatType, format::kRaw)
            .begin(tag::kKeyValue)
            .bytes(tag::kKeyMaterial, raw)
            .end()
            .enumeration(tag::kCryptographicAlgorithm, 3U)
            .integer(tag::kCryptographicLength, static_cast<std::int32_t>(raw.size() * 8))
            .end()
            .end();
        return crypto::SecretBytes::copy_of(out);
    }
    ObjectId bring_in(ObjectType type, crypto::SecretBytes structure, std::uint32_t mask) {
        Register::Command command;
        command.type = type;
        command.attributes = {number("Cryptographic Usage Mask", static_cast<std::int32_t>(mask)),
                              date("Activation Date", now)};
        command.object = std::move(structure);
        auto made = commit<Register>(std::move(command));
        EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
        return made ? made->id : ObjectId{};
    }
    ObjectId aes(std::string_view material, std::uint32_t mask) {
        return bring_in(ObjectType::kSymmetricKey, symmetric(material), mask);
    }
    CreateKeyPair::Reply pair(std::uint32_t algorithm, std::uint32_t bits,
                              std::uint32_t curve = 0) {
        CreateKeyPair::Command command;
        command.common = {choice("Cryptographic Algorithm", algorithm),
                          date("Activation Date", now),
                          number("Cryptographic Usage Mask", 0x203)};
        if (bits != 0) {
            command.common.push_back(
                number("Cryptographic Length", static_cast<std::int32_t>(bits)));
        }
        if (curve != 0) {
            command.common.push_back(
                {"Cryptographic Domain Parameters", std::nullopt,
                 make_value([&](ttlv::Writer& out) {
                     out.begin(tag::kAttributeValue)
                         .enumeration(tag::kRecommendedCurve, curve)
                         .end();
                 })});
        }
        auto made = commit<CreateKeyPair>(std::move(command));
        EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
        return made ? *made : CreateKeyPair::Reply{};
    }
    /// The structure that Get gives.
    Result<crypto::SecretBytes> given(const ObjectId& id,
                                      std::optional<std::uint32_t> format = std::nullopt,
                                      Bytes wrapping = {}, bool unwrapped = false) {
        auto command = on<Get>(id);
        command.format = format;
        command.wrapping = std::move(wrapping);
        command.unwrapped = unwrapped;
        CH_TRY(auto reply, commit<Get>(std::move(command)));
        return std::move(reply.object);
    }
    /// The value of the Key Material, or of the Key Value that is wrapped.
    std::string material(const ObjectId& id, std::optional<std::uint32_t> format = std::nullopt,
                         Bytes wrapping = {}, bool unwrapped = false) {
        const auto structure = given(id, format, std::move(wrapping), unwrapped);
        if (!structure) {
            return structure.error().to_string();
        }
        return structure->with_exposed(crypto::insecure_expose_secret(), [](BytesView bytes) {
            const auto document = ttlv::Document::parse(bytes);
            EXPECT_TRUE(document);
            const ttlv::Item value = document->root().find(tag::kKeyBlock).find(tag::kKeyValue);
            const ttlv::Item inner = value.find(tag::kKeyMaterial);
            return encode_hex(inner ? inner.value() : value.value());
        });
    }
    std::string key_bytes(const ObjectId& id) {
        return stored(id)->material.bytes.with_exposed(
            crypto::insecure_expose_secret(), [](BytesView bytes) { return encode_hex(bytes); });
    }
    static Bytes wrapping_by(const ObjectId& key, bool encoded, std::string_view attribute = {},
                             ttlv::Tag as = tag::kKeyWrappingSpecification) {
        Bytes out;
        ttlv::Writer writer(out);
        writer.begin(as)
            .enumeration(tag::kWrappingMethod, ttlv::WrappingMethod::kEncrypt)
            .begin(tag::kEncryptionKeyInformation)
            .text(tag::kUniqueIdentifier, key.to_string())
            .begin(tag::kCryptographicParameters)
            .enumeration(tag::kBlockCipherMode, ttlv::BlockCipherMode::kNISTKeyWrap)
            .end()
            .end();
        if (!attribute.empty()) {
            writer.text(tag::kAttributeName, attribute);
        }
        if (!encoded) {
            writer.enumeration(tag::kEncodingOption, ttlv::EncodingOption::kNoEncoding);
        }
        writer.end();
        return out;
    }
};

TEST_F(Keys, PairsGoOutAndComeInInEachOfTheirFormats) {
    struct Case {
        std::uint32_t algorithm, bits, curve;
        std::vector<std::uint32_t> private_formats, public_formats;
    };
    using F = ttlv::KeyFormatType;
    const auto n = [](F format) { return ttlv::number(format); };
    const Case cases[] = {
        {4, 1024, 0,
         {n(F::kPKCS1), n(F::kPKCS8), n(F::kTransparentRSAPrivateKey)},
         {n(F::kPKCS1), n(F::kX509), n(F::kTransparentRSAPublicKey)}},
        {26, 256, 0,
         {n(F::kPKCS8), n(F::kECPrivateKey), n(F::kTransparentECPrivateKey)},
         {n(F::kX509), n(F::kTransparentECPublicKey)}},
        {6, 0, ttlv::number(ttlv::RecommendedCurve::kSECP256K1),
         {n(F::kPKCS8), n(F::kECPrivateKey), n(F::kTransparentECDSAPrivateKey)},
         {n(F::kX509), n(F::kTransparentECDSAPublicKey)}},
        {55, 0, 0, {n(F::kPKCS8)}, {n(F::kX509)}},
        {14, 0, ttlv::number(ttlv::RecommendedCurve::kCURVE25519), {n(F::kPKCS8)}, {n(F::kX509)}},
    };
    for (const Case& one : cases) {
        const auto made = pair(one.algorithm, one.bits, one.curve);
        for (const std::uint32_t format : one.private_formats) {
            auto structure = given(made.private_key, format);
            ASSERT_TRUE(structure) << structure.error().to_string();
            const ObjectId again =
                bring_in(ObjectType::kPrivateKey, std::move(structure).value(), 1);
            EXPECT_EQ(key_bytes(again), key_bytes(made.private_key)) << format;
        }
        for (const std::uint32_t format : one.public_formats) {
            auto structure = given(made.public_key, format);
            ASSERT_TRUE(structure) << structure.error().to_string();
            const ObjectId again =
                bring_in(ObjectType::kPublicKey, std::move(structure).value(), 2);
            EXPECT_EQ(key_bytes(again), key_bytes(made.public_key)) << format;
        }
        EXPECT_EQ(given(made.private_key, n(F::kX509)).error().code(),
                  Code::kKeyFormatNotSupported);
    }
}

TEST_F(Keys, RsaPairsAreShownInPkcs1) {
    const auto made = pair(4, 1024);
    EXPECT_EQ(material(made.public_key),
              material(made.public_key, ttlv::number(ttlv::KeyFormatType::kPKCS1)));
    EXPECT_EQ(stored(made.private_key)->bits, 1024U);
}

constexpr std::string_view kKek = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kData = "00112233445566778899aabbccddeeff";
/// RFC 3394 section 4.1.
constexpr std::string_view kWrapped = "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5";

TEST_F(Keys, LeaveWrappedAsTheCasesSay) {
    const ObjectId kek = aes(kKek, usage::kWrapKey), key = aes(kData, 12);
    EXPECT_EQ(material(key, std::nullopt, wrapping_by(kek, false)), kWrapped);
    EXPECT_EQ(material(key), kData);
    // With attributes the whole Key Value is wrapped: 8 of the header, 24 for the material, 56 for
    // the attribute, and 8 that key wrap adds.
    EXPECT_EQ(material(key, std::nullopt, wrapping_by(kek, true, "Cryptographic Usage Mask"))
                      .size() / 2,
              8 + 24 + 56 + 8U);
    EXPECT_EQ(given(key, std::nullopt, wrapping_by(kek, false, "Name")).error().code(),
              Code::kInvalidArgument);
    EXPECT_EQ(given(key, std::nullopt, wrapping_by(key, false)).error().code(),
              Code::kNotPermittedUse);
    EXPECT_EQ(given(key, std::nullopt, wrapping_by(ObjectId{}, false)).error().code(),
              Code::kKeyNotFound);
}

TEST_F(Keys, ComeWrappedAndAreUnwrappedWhereTheyMay) {
    for (const bool may : {false, true}) {
        const ObjectId kek = aes(kKek, may ? usage::kUnwrapKey : usage::kWrapKey);
        Bytes out;
        ttlv::Writer writer(out);
        writer.begin(tag::kSymmetricKey)
            .begin(tag::kKeyBlock)
            .enumeration(tag::kKeyFormatType, format::kRaw)
            .bytes(tag::kKeyValue, hex(kWrapped))
            .enumeration(tag::kCryptographicAlgorithm, 3U)
            .integer(tag::kCryptographicLength, 128)
            .item(wrapping_by(kek, false, {}, tag::kKeyWrappingData))
            .end()
            .end();
        const ObjectId key =
            bring_in(ObjectType::kSymmetricKey, crypto::SecretBytes::copy_of(out), 12);
        EXPECT_EQ(material(key), kWrapped);
        if (may) {
            EXPECT_EQ(material(key, std::nullopt, {}, true), kData);
        } else {
            EXPECT_EQ(given(key, std::nullopt, {}, true).error().code(),
                      Code::kKeyFormatNotSupported);
        }
    }
}

TEST_F(Keys, EncodedKeyValuesUnwrapWithTheirMaterial) {
    const ObjectId kek = aes(kKek, usage::kWrapKey | usage::kUnwrapKey), key = aes(kData, 12);
    auto wrapped = given(key, std::nullopt, wrapping_by(kek, true, "Cryptographic Usage Mask"));
    ASSERT_TRUE(wrapped) << wrapped.error().to_string();
    const ObjectId again =
        bring_in(ObjectType::kSymmetricKey, std::move(wrapped).value(), 12);
    EXPECT_EQ(key_bytes(again), kData);
}

DeriveKey::Command deriving(const ObjectId& from, ttlv::DerivationMethod method,
                            std::int32_t bits = 128) {
    DeriveKey::Command command;
    command.id = from;
    command.method = ttlv::number(method);
    command.attributes = {choice("Cryptographic Algorithm", 3),
                          number("Cryptographic Length", bits),
                          number("Cryptographic Usage Mask", 12)};
    return command;
}

TEST_F(Keys, DerivedKeyIsThatOfTheCaseAndLinked) {
    const ObjectId base = aes(kData, usage::kDeriveKey);
    auto command = deriving(base, ttlv::DerivationMethod::kHASH);
    command.parameters.emplace().hash = ttlv::number(ttlv::HashingAlgorithm::kSHA256);
    const auto made = commit<DeriveKey>(std::move(command));
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(material(*made), "a8faed6abbf35c12a4b26e40f6feb19d");
    EXPECT_EQ(stored(*made)->links.at(0).object, base);
    EXPECT_EQ(stored(base)->links.at(0).object, *made);
    EXPECT_EQ(outcome<DeriveKey>(deriving(aes(kData, 12), ttlv::DerivationMethod::kHASH)),
              Code::kNotPermittedUse);
    auto too_long = deriving(base, ttlv::DerivationMethod::kHASH, 0);
    too_long.attributes = {number("Cryptographic Length", 4096),
                           number("Cryptographic Usage Mask", 12)};
    EXPECT_EQ(outcome<DeriveKey>(std::move(too_long)), Code::kInvalidArgument);
}

TEST_F(Keys, EachMethodDerives) {
    const ObjectId base = aes(kData, usage::kDeriveKey);
    using M = ttlv::DerivationMethod;
    std::vector<std::string> seen;
    for (const M method : {M::kPBKDF2, M::kHASH, M::kHMAC, M::kENCRYPT, M::kNIST800108C,
                           M::kNIST800108F, M::kNIST800108DPI, M::kHKDF}) {
        auto command = deriving(base, method);
        command.data = hex("000102030405060708090a0b0c0d0e0f");
        command.salt = hex("0102030405060708");
        command.iterations = 10;
        CryptoParameters& parameters = command.parameters.emplace();
        if (method == M::kENCRYPT) {
            parameters.mode = ttlv::number(ttlv::BlockCipherMode::kECB);
        } else {
            parameters.hash = ttlv::number(ttlv::HashingAlgorithm::kSHA256);
        }
        const auto made = commit<DeriveKey>(std::move(command));
        ASSERT_TRUE(made) << ttlv::number(method) << made.error().to_string();
        seen.push_back(material(*made));
    }
    // The first block of the counter and of the feedback mode without an IV is the same one
    // (SP 800-108 sections 4.1 and 4.2); all others differ.
    EXPECT_EQ(seen[4], seen[5]);
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), seen.size() - 1);
}

TEST_F(Keys, TwoSidesAgreeOnOneKey) {
    const std::uint32_t curve = ttlv::number(ttlv::RecommendedCurve::kP256);
    const auto mine = pair(14, 0, curve), yours = pair(14, 0, curve);
    const auto agree = [&](const ObjectId& own, const ObjectId& other) {
        auto command = deriving(own, ttlv::DerivationMethod::kAsymmetricKey);
        command.more = {other};
        const auto made = commit<DeriveKey>(std::move(command));
        return made ? material(*made) : made.error().to_string();
    };
    EXPECT_EQ(agree(mine.private_key, yours.public_key),
              agree(yours.private_key, mine.public_key));
}

CreateSplitKey::Command splitting(const ObjectId& key, ttlv::SplitKeyMethod method,
                                  std::size_t parts, std::size_t threshold) {
    CreateSplitKey::Command command;
    command.id = key;
    command.method = ttlv::number(method);
    command.parts = parts;
    command.threshold = threshold;
    return command;
}

JoinSplitKey::Command joining(std::vector<ObjectId> parts) {
    JoinSplitKey::Command command;
    command.parts = std::move(parts);
    command.attributes = {choice("Cryptographic Algorithm", 3),
                          number("Cryptographic Length", 128),
                          number("Cryptographic Usage Mask", 12)};
    return command;
}

TEST_F(Keys, PartsJoinToTheKeyAndTooFewDoNot) {
    const ObjectId key = aes(kData, 12);
    using M = ttlv::SplitKeyMethod;
    for (const M method : {M::kXOR, M::kPolynomialSharingGF216, M::kPolynomialSharingPrimeField,
                           M::kPolynomialSharingGF28}) {
        const std::size_t threshold = method == M::kXOR ? 4 : 2;
        const auto split = commit<CreateSplitKey>(splitting(key, method, 4, threshold));
        ASSERT_TRUE(split) << split.error().to_string();
        ASSERT_EQ(split->parts.size(), 4U);
        auto some = split->parts;
        some.erase(some.begin(), some.end() - static_cast<std::ptrdiff_t>(threshold));
        const auto joined = commit<JoinSplitKey>(joining(some));
        ASSERT_TRUE(joined) << joined.error().to_string();
        EXPECT_EQ(material(*joined), kData) << ttlv::number(method);
        some.pop_back();
        EXPECT_EQ(outcome<JoinSplitKey>(joining(some)), Code::kDecryptFailed);
    }
    EXPECT_EQ(outcome<CreateSplitKey>(splitting(key, M::kPolynomialSharingGF28, 2, 3)),
              Code::kInvalidArgument);
    EXPECT_EQ(outcome<JoinSplitKey>(joining({key})), Code::kIllegalOperation);
}

TEST_F(Keys, WhatMayNotLeaveIsNotSplit) {
    Create::Command command = KmipWorld::aes();
    command.attributes.push_back({"Extractable", std::nullopt, make_value([](ttlv::Writer& out) {
                                      out.boolean(tag::kAttributeValue, false);
                                  })});
    const auto made = commit<Create>(std::move(command));
    ASSERT_TRUE(made);
    EXPECT_EQ(outcome<CreateSplitKey>(
                  splitting(made->id, ttlv::SplitKeyMethod::kPolynomialSharingGF28, 3, 2)),
              Code::kNotExtractable);
}

TEST_F(Keys, AuthorityIsMadeOnceAndItsCertificatesAreValid) {
    const auto made = pair(26, 256);
    const auto certify = [&] {
        Certify::Command command;
        command.id = made.public_key;
        command.attributes = {name("certificate")};
        const auto done = commit<Certify>(std::move(command));
        EXPECT_TRUE(done) << (done ? "" : done.error().to_string());
        return done ? *done : ObjectId{};
    };
    const ObjectId first = certify(), second = certify();
    const auto der = [&](const ObjectId& id) { return hex(key_bytes(id)); };
    const auto details = crypto::read_certificate_details(der(first));
    ASSERT_TRUE(details);
    EXPECT_EQ(details->issuer.der, crypto::read_certificate_details(der(second))->issuer.der);
    EXPECT_NE(details->serial, crypto::read_certificate_details(der(second))->serial);
    EXPECT_TRUE(value_of(first, "X.509 Certificate Identifier").has_value());
    EXPECT_TRUE(value_of(first, "Digital Signature Algorithm").has_value());

    auto renewing = on<Recertify>(second);
    renewing.attributes = {name("renewed")};
    const auto renewed = commit<Recertify>(std::move(renewing));
    ASSERT_TRUE(renewed) << renewed.error().to_string();
    EXPECT_EQ(stored(*renewed)->names.at(0).value, "renewed");
    EXPECT_EQ(stored(*renewed)->names.at(1).value, "certificate");
    EXPECT_TRUE(stored(second)->names.empty());
    EXPECT_EQ(stored(made.public_key)->links.back().object, *renewed);

    Validate::Command checking;
    checking.ids = {*renewed};
    EXPECT_TRUE(commit<Validate>(Validate::Command(checking))->valid);
    advance(2LL * 365 * 24 * 3600);
    EXPECT_FALSE(commit<Validate>(std::move(checking))->valid);
}

TEST_F(Keys, CertificateFollowsTheRequest) {
    const auto key = crypto::AnyPrivateKey::generate_ec("prime256v1");
    ASSERT_TRUE(key);
    const auto request = crypto::make_request(
        *key, {{"", "CN", "client.example"}},
        {{crypto::AlternativeName::Kind::kDns, "client.example"}});
    ASSERT_TRUE(request);
    Certify::Command command;
    command.request_type = ttlv::number(ttlv::CertificateRequestType::kPKCS10);
    command.request = *request;
    auto broken = command;
    broken.request.back() ^= 1;
    const auto made = commit<Certify>(std::move(command));
    ASSERT_TRUE(made) << made.error().to_string();
    const auto details = crypto::read_certificate_details(hex(key_bytes(*made)));
    ASSERT_TRUE(details);
    EXPECT_EQ(details->subject.text, "CN=client.example");
    ASSERT_EQ(details->subject_alternatives.size(), 1U);
    EXPECT_EQ(details->subject_alternatives.front().value, "client.example");
    EXPECT_EQ(outcome<Certify>(std::move(broken)), Code::kInvalidArgument);
}

}  // namespace
}  // namespace chatelaine::objects::kmip

// Using keys over KMIP: vectors made by others (the cases of OASIS, NIST), what forbids a use, what
// it costs, and messages in parts, which must give what the whole message gives.
#include "objects/kmip/crypto_operations.hpp"

#include "base/encoding.hpp"
#include "objects/kmip/kmip_test_support.hpp"
#include "objects/kmip/object_form.hpp"

namespace chatelaine::objects::kmip {
namespace {

using test::choice;
using test::date;
using test::number;
namespace tag = ttlv::tag;

Bytes hex(std::string_view text) { return decode_hex(text).value(); }
crypto::SecretBytes hidden(std::string_view text) {
    return crypto::SecretBytes::copy_of(hex(text));
}
std::string shown(const std::optional<crypto::SecretBytes>& bytes) {
    return bytes ? bytes->with_exposed(crypto::insecure_expose_secret(),
                                       [](BytesView view) { return encode_hex(view); })
                 : "(none)";
}

constexpr std::uint32_t kSign = 1, kVerify = 2, kEncrypt = 4, kDecrypt = 8, kMac = 0x180;

class Using : public test::KmipWorld {
public:
    StreamTable table{crypto::system_random()};

    /// Registers a raw symmetric key that is in use since an hour.
    ObjectId key(std::string_view material, std::uint32_t algorithm = 3,
                 std::uint32_t mask = kEncrypt | kDecrypt | kMac, AttributeValues more = {}) {
        Register::Command command;
        command.type = ObjectType::kSymmetricKey;
        command.attributes = {number("Cryptographic Usage Mask", static_cast<std::int32_t>(mask)),
                              date("Activation Date", now.plus_seconds(-3600))};
        command.attributes.insert(command.attributes.end(), more.begin(), more.end());
        const Bytes raw = hex(material);
        Bytes out;
        ttlv::Writer(out)
            .begin(tag::kSymmetricKey)
            .begin(tag::kKeyBlock)
            .enumeration(tag::kKeyFormatType, format::kRaw)
            .begin(tag::kKeyValue)
            .bytes(tag::kKeyMaterial, raw)
            .end()
            .enumeration(tag::kCryptographicAlgorithm, algorithm)
            .integer(tag::kCryptographicLength, static_cast<std::int32_t>(raw.size() * 8))
            .end()
            .end();
        command.object = crypto::SecretBytes::copy_of(out);
        auto made = commit<Register>(std::move(command));
        EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
        return made ? made->id : ObjectId{};
    }
    static CryptoParameters mode(ttlv::BlockCipherMode mode,
                                 ttlv::PaddingMethod padding = ttlv::PaddingMethod::kNone) {
        CryptoParameters parameters;
        parameters.mode = ttlv::number(mode);
        if (padding != ttlv::PaddingMethod::kNone) {
            parameters.padding = ttlv::number(padding);
        }
        return parameters;
    }
    template <class Op>
    static typename Op::Command with(const ObjectId& id, CryptoParameters parameters,
                                     std::string_view data) {
        auto command = on<Op>(id);
        command.parameters = std::move(parameters);
        command.data = hidden(data);
        return command;
    }
    template <class Command>
    Command part(Command command, bool first, bool last, Bytes correlation = {}) {
        command.part.first = first;
        command.part.last = last;
        command.part.correlation = std::move(correlation);
        command.part.request = RequestId::random(crypto::system_random());
        command.part.table = &table;
        return command;
    }
};

constexpr std::string_view kOasisKey = "0123456789abcdef0123456789abcdef";

TEST_F(Using, GivesWhatTheCasesOfOasisGive) {
    const ObjectId id = key(kOasisKey);
    auto ecb = commit<Encrypt>(with<Encrypt>(id, mode(ttlv::BlockCipherMode::kECB),
                                             "01020304050607080910111213141516"));
    ASSERT_TRUE(ecb) << ecb.error().to_string();
    EXPECT_EQ(shown(ecb->data), "d9bcce11b0b437b90239552df3a360c9");
    EXPECT_TRUE(ecb->iv.empty() && ecb->tag.empty() && ecb->correlation.empty());

    auto padded = with<Encrypt>(
        id, mode(ttlv::BlockCipherMode::kECB, ttlv::PaddingMethod::kPKCS5),
        "01020304050607080910111213141516");
    EXPECT_EQ(shown(commit<Encrypt>(std::move(padded))->data),
              "d9bcce11b0b437b90239552df3a360c90efb6bfed93b4d1ea2123ba4db075ff6");
}

TEST_F(Using, DecryptionWithoutIvIsNoValidMessage) {
    const ObjectId id = key(kOasisKey);
    auto command = with<Decrypt>(id, mode(ttlv::BlockCipherMode::kCBC), kOasisKey);
    EXPECT_EQ(outcome<Decrypt>(std::move(command)), Code::kMissingArgument);
}

TEST_F(Using, RandomIvComesBackAndOpens) {
    const ObjectId id = key(kOasisKey);
    const auto cbc = mode(ttlv::BlockCipherMode::kCBC, ttlv::PaddingMethod::kPKCS5);
    auto sealed = commit<Encrypt>(with<Encrypt>(id, cbc, "00112233"));
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->iv.size(), 16U);
    auto opening = on<Decrypt>(id);
    opening.parameters = cbc;
    opening.data = std::move(sealed->data);
    opening.iv = sealed->iv;
    EXPECT_EQ(shown(commit<Decrypt>(std::move(opening))->data), "00112233");
}

/// McGrew and Viega, test case 2.
TEST_F(Using, TagOfGcmStandsWhereTheVersionHasIt) {
    const ObjectId id = key("00000000000000000000000000000000");
    const std::string zeros(32, '0');
    for (const bool in_data : {false, true}) {
        auto command = with<Encrypt>(id, mode(ttlv::BlockCipherMode::kGCM), zeros);
        command.iv = hex("000000000000000000000000");
        command.tag_in_data = in_data;
        auto sealed = commit<Encrypt>(std::move(command));
        ASSERT_TRUE(sealed) << sealed.error().to_string();
        const std::string tag = "ab6e47d42cec13bdf53a67b21257bddf";
        EXPECT_EQ(shown(sealed->data),
                  "0388dace60b6a392f328c2b971b2fe78" + (in_data ? tag : std::string{}));
        EXPECT_EQ(encode_hex(sealed->tag), in_data ? "" : tag);
        auto opening = on<Decrypt>(id);
        opening.parameters = mode(ttlv::BlockCipherMode::kGCM);
        opening.iv = hex("000000000000000000000000");
        opening.tag_in_data = in_data;
        opening.data = std::move(sealed->data);
        if (!in_data) {
            opening.tag = hex(tag);
        }
        EXPECT_EQ(shown(commit<Decrypt>(std::move(opening))->data), zeros);
    }
    auto wrong = with<Encrypt>(id, mode(ttlv::BlockCipherMode::kGCM), zeros);
    wrong.parameters->tag_length = 1;
    EXPECT_EQ(outcome<Encrypt>(std::move(wrong)), Code::kInvalidArgument);
    auto forged = with<Decrypt>(id, mode(ttlv::BlockCipherMode::kGCM), zeros);
    forged.iv = hex("000000000000000000000000");
    forged.tag = hex(zeros);
    EXPECT_EQ(outcome<Decrypt>(std::move(forged)), Code::kDecryptFailed);
}

TEST_F(Using, MaskStateAndDatesForbid) {
    const auto encrypt = [&](const ObjectId& id) {
        return outcome<Encrypt>(with<Encrypt>(id, mode(ttlv::BlockCipherMode::kECB), kOasisKey));
    };
    const auto decrypt = [&](const ObjectId& id) {
        return outcome<Decrypt>(with<Decrypt>(id, mode(ttlv::BlockCipherMode::kECB), kOasisKey));
    };
    EXPECT_EQ(encrypt(key(kOasisKey, 3, kDecrypt)), Code::kNotPermittedUse);
    EXPECT_EQ(decrypt(key(kOasisKey, 3, kEncrypt)), Code::kNotPermittedUse);
    const ObjectId bounded =
        key(kOasisKey, 3, kEncrypt | kDecrypt,
            {date("Process Start Date", now.plus_seconds(100)),
             date("Protect Stop Date", now.plus_seconds(50))});
    EXPECT_EQ(encrypt(bounded), Code::kEndOfCodes);
    EXPECT_EQ(decrypt(bounded), Code::kWrongState);
    advance(100);
    EXPECT_EQ(encrypt(bounded), Code::kWrongState);
    EXPECT_EQ(decrypt(bounded), Code::kEndOfCodes);
    const ObjectId not_yet = create();
    EXPECT_EQ(encrypt(not_yet), Code::kWrongState);
    ASSERT_TRUE(commit<Archive>(on<Archive>(bounded)));
    EXPECT_EQ(decrypt(bounded), Code::kArchived);
}

TEST_F(Using, UsageLimitsAreCountedDown) {
    const AttributeValue limits{"Usage Limits", std::nullopt, make_value([](ttlv::Writer& out) {
                                    out.begin(tag::kAttributeValue)
                                        .long_integer(tag::kUsageLimitsTotal, 16)
                                        .enumeration(tag::kUsageLimitsUnit,
                                                     ttlv::UsageLimitsUnit::kByte)
                                        .end();
                                })};
    const ObjectId id = key(kOasisKey, 3, kEncrypt | kDecrypt, {limits});
    const auto encrypt = [&] {
        return outcome<Encrypt>(with<Encrypt>(id, mode(ttlv::BlockCipherMode::kECB), kOasisKey));
    };
    EXPECT_EQ(encrypt(), Code::kEndOfCodes);
    EXPECT_EQ(encrypt(), Code::kNotPermittedUse);
}

TEST_F(Using, PartsGiveWhatTheWholeGives) {
    const ObjectId id = key(kOasisKey);
    const auto ecb = mode(ttlv::BlockCipherMode::kECB);
    auto first = commit<Encrypt>(part(with<Encrypt>(id, ecb, "0102030405060708"), true, false));
    ASSERT_TRUE(first) << first.error().to_string();
    EXPECT_FALSE(first->data.has_value());
    ASSERT_EQ(first->correlation.size(), 16U);
    const auto second_command = [&] {
        return part(with<Encrypt>(id, ecb, "0910111213141516"), false, false,
                    first->correlation);
    };
    // The same part run twice, as after a lost comparison, gives the same.
    auto again = second_command();
    const RequestId request = again.part.request;
    auto second = commit<Encrypt>(std::move(again));
    ASSERT_TRUE(second) << second.error().to_string();
    EXPECT_EQ(shown(second->data), "d9bcce11b0b437b90239552df3a360c9");
    auto repeated = second_command();
    repeated.part.request = request;
    EXPECT_EQ(shown(commit<Encrypt>(std::move(repeated))->data),
              "d9bcce11b0b437b90239552df3a360c9");
    auto last = on<Encrypt>(id);
    last.parameters = ecb;
    auto end = attempt<Encrypt>(part(std::move(last), false, true, first->correlation));
    ASSERT_TRUE(end) << end.error().to_string();
    EXPECT_FALSE(end->reply.data.has_value());
    EXPECT_TRUE(end->reply.correlation.empty());
    EXPECT_EQ(table.size(), 1U);
    end->then();
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(Using, StreamIsItsCallersAndItsKeysAlone) {
    const ObjectId id = key(kOasisKey), other = key(kOasisKey);
    const auto ecb = mode(ttlv::BlockCipherMode::kECB);
    auto first = commit<Encrypt>(part(with<Encrypt>(id, ecb, "01"), true, false));
    ASSERT_TRUE(first);
    const auto next = [&](const ObjectId& on) {
        return outcome<Encrypt>(
            part(with<Encrypt>(on, ecb, "02"), false, false, first->correlation));
    };
    EXPECT_EQ(next(other), Code::kInvalidArgument);
    EXPECT_EQ(next(id), Code::kEndOfCodes);
    advance(streams_idle_seconds + 1);
    EXPECT_EQ(next(id), Code::kInvalidArgument);
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(Using, CallerHasABoundedNumberOfStreams) {
    const ObjectId id = key(kOasisKey);
    const auto begin = [&] {
        return outcome<Encrypt>(
            part(with<Encrypt>(id, mode(ttlv::BlockCipherMode::kECB), "01"), true, false));
    };
    for (std::size_t i = 0; i < streams_of_one_caller_max; ++i) {
        ASSERT_EQ(begin(), Code::kEndOfCodes);
    }
    EXPECT_EQ(begin(), Code::kRateLimited);
}

TEST_F(Using, TagIsHeldBackFromPartsThatAreDecrypted) {
    const ObjectId id = key("00000000000000000000000000000000");
    const Bytes iv = hex("000000000000000000000000");
    const Bytes sealed = hex("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
    for (std::size_t cut = 0; cut <= sealed.size(); ++cut) {
        auto command = on<Decrypt>(id);
        command.parameters = mode(ttlv::BlockCipherMode::kGCM);
        command.iv = iv;
        command.tag_in_data = true;
        command.data = crypto::SecretBytes::copy_of(BytesView(sealed).first(cut));
        auto first = commit<Decrypt>(part(std::move(command), true, false));
        ASSERT_TRUE(first) << first.error().to_string();
        EXPECT_FALSE(first->data.has_value());
        auto rest = on<Decrypt>(id);
        rest.parameters = mode(ttlv::BlockCipherMode::kGCM);
        rest.tag_in_data = true;
        rest.data = crypto::SecretBytes::copy_of(BytesView(sealed).subspan(cut));
        auto end = attempt<Decrypt>(part(std::move(rest), false, true, first->correlation));
        ASSERT_TRUE(end) << end.error().to_string();
        EXPECT_EQ(shown(end->reply.data), "00000000000000000000000000000000");
        end->then();
    }
}

TEST_F(Using, MacIsThatOfTheCases) {
    const ObjectId id = key(kOasisKey);
    auto command = on<Mac>(id);
    command.parameters.emplace().algorithm =
        ttlv::number(ttlv::CryptographicAlgorithm::kHMACSHA256);
    command.data = hex("01020304050607080910111213141516");
    auto checking = on<MacVerify>(id);
    checking.parameters = command.parameters;
    checking.data = command.data;
    const auto made = commit<Mac>(std::move(command));
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(encode_hex(*made->made),
              "c911e78196d64c30f631bb079ea37b97a95936d4da764d6a171df030c895ecf9");
    checking.mac = *made->made;
    auto wrong = checking;
    wrong.mac->front() ^= 1;
    EXPECT_EQ(commit<MacVerify>(std::move(checking))->valid, true);
    EXPECT_EQ(commit<MacVerify>(std::move(wrong))->valid, false);
}

TEST_F(Using, HashInPartsIsThatOfTheWhole) {
    Hash::Command whole;
    whole.parameters.hash = ttlv::number(ttlv::HashingAlgorithm::kSHA256);
    whole.data = hex("01020304050607080910111213141516");
    Hash::Command begin = whole, end = whole;
    EXPECT_EQ(encode_hex(*commit<Hash>(std::move(whole))->digest),
              "ad41233d22cf9322e3a7ff49a13da434797abed3bab80950a1a0d4e582b7ea72");
    begin.data = hex("010203");
    end.data = hex("04050607080910111213141516");
    const auto first = commit<Hash>(part(std::move(begin), true, false));
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->digest.has_value());
    EXPECT_EQ(encode_hex(
                  *commit<Hash>(part(std::move(end), false, true, first->correlation))->digest),
              "ad41233d22cf9322e3a7ff49a13da434797abed3bab80950a1a0d4e582b7ea72");
}

TEST_F(Using, PairsSignAndVerifyWholeAndInParts) {
    struct Pair {
        std::uint32_t algorithm, bits;
    };
    for (const Pair pair : {Pair{4, 1024}, Pair{26, 256}, Pair{55, 0}}) {
        CreateKeyPair::Command making;
        making.common = {choice("Cryptographic Algorithm", pair.algorithm),
                         date("Activation Date", now)};
        if (pair.bits != 0) {
            making.common.push_back(
                number("Cryptographic Length", static_cast<std::int32_t>(pair.bits)));
        }
        making.private_key = {number("Cryptographic Usage Mask", kSign)};
        making.public_key = {number("Cryptographic Usage Mask", kVerify)};
        const auto made = commit<CreateKeyPair>(std::move(making));
        ASSERT_TRUE(made) << made.error().to_string();
        auto signing = on<Sign>(made->private_key);
        signing.data = hex("0102");
        auto begin = signing, rest = signing;
        auto signature = commit<Sign>(std::move(signing));
        ASSERT_TRUE(signature) << signature.error().to_string();
        const auto valid = [&](std::string_view data, Bytes bytes) {
            auto checking = on<SignatureVerify>(made->public_key);
            checking.data = hex(data);
            checking.signature = std::move(bytes);
            return commit<SignatureVerify>(std::move(checking))->valid;
        };
        EXPECT_EQ(valid("0102", *signature->made), true);
        EXPECT_EQ(valid("0103", *signature->made), false);
        begin.data = hex("01");
        rest.data = hex("02");
        const auto first = commit<Sign>(part(std::move(begin), true, false));
        if (pair.algorithm == 55) {
            EXPECT_EQ(first.error().code(), Code::kNotSupported);
            continue;
        }
        ASSERT_TRUE(first) << first.error().to_string();
        auto last = commit<Sign>(part(std::move(rest), false, true, first->correlation));
        ASSERT_TRUE(last) << last.error().to_string();
        EXPECT_EQ(valid("0102", *last->made), true);
    }
}

TEST_F(Using, RandomBytesAreBoundedAndSeedsAreNotTaken) {
    EXPECT_EQ(outcome<RngRetrieve>({domain, 0}), Code::kInvalidArgument);
    EXPECT_EQ(outcome<RngRetrieve>({domain, random_bytes_max + 1}), Code::kInvalidArgument);
    EXPECT_EQ(commit<RngRetrieve>({domain, random_bytes_max})->size(), random_bytes_max);
    EXPECT_EQ(commit<RngSeed>({domain})->taken, 0U);
}

}  // namespace
}  // namespace chatelaine::objects::kmip

// Records: what is encoded is decoded, damaged entries are refused, the JSON has the names that
// OVH forwards.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "audit/audit_test_support.hpp"
#include "audit/record.hpp"
#include "base/json.hpp"

namespace chatelaine::audit {
namespace {

using testing::facts_number;
using testing::scope_number;

const store::StreamKey kStream{scope_number(1), scope_number(2)};

void expect_same(const Facts& facts, const Record& record) {
    EXPECT_EQ(facts.time, record.time);
    EXPECT_EQ(facts.request, record.request);
    EXPECT_EQ(facts.region, record.region);
    EXPECT_EQ(facts.domain, record.domain);
    EXPECT_EQ(facts.type, record.type);
    EXPECT_EQ(facts.operation, record.operation);
    EXPECT_EQ(facts.iam_operation, record.iam_operation);
    EXPECT_EQ(facts.activity, record.activity);
    EXPECT_EQ(facts.party, record.party);
    EXPECT_EQ(facts.credential, record.credential);
    EXPECT_EQ(facts.by_certificate, record.by_certificate);
    EXPECT_EQ(facts.client_ip, record.client_ip);
    EXPECT_EQ(facts.res_urn, record.res_urn);
    EXPECT_EQ(facts.http_method, record.http_method);
    EXPECT_EQ(facts.http_path, record.http_path);
    EXPECT_EQ(facts.http_status, record.http_status);
    EXPECT_EQ(facts.verdict, record.verdict);
    EXPECT_EQ(facts.err_category, record.err_category);
    EXPECT_EQ(facts.record_version, record.record_version);
    ASSERT_EQ(facts.iam_identities.size(), record.iam_identities.size());
    for (std::size_t i = 0; i < facts.iam_identities.size(); ++i) {
        EXPECT_EQ(facts.iam_identities[i], record.iam_identities[i]);
    }
    ASSERT_EQ(facts.details.size(), record.details.size());
    for (std::size_t i = 0; i < facts.details.size(); ++i) {
        EXPECT_EQ(facts.details[i].first, record.details[i].first);
        EXPECT_EQ(facts.details[i].second, record.details[i].second);
    }
}

RC_GTEST_PROP(Record, RoundTrips, ()) {
    const auto texts = *rc::gen::container<std::vector<std::string>>(
        14, rc::gen::arbitrary<std::string>());
    const auto identities = *rc::gen::container<std::vector<std::string>>(
        *rc::gen::inRange<std::size_t>(0, 4), rc::gen::nonEmpty<std::string>());
    Facts facts;
    facts.time = WallTime{*rc::gen::arbitrary<std::int64_t>()};
    put_integer(facts.request.uuid.octets.data(), *rc::gen::arbitrary<std::uint64_t>(), 8);
    facts.domain.uuid = scope_number(*rc::gen::arbitrary<std::uint8_t>());
    facts.region = texts[0];
    facts.type = texts[1];
    facts.operation = texts[2];
    facts.iam_operation = texts[3];
    facts.activity = texts[4];
    facts.party = texts[5];
    facts.client_ip = texts[6];
    facts.res_urn = texts[7];
    facts.http_method = texts[8];
    facts.http_path = texts[9];
    facts.err_category = texts[10];
    facts.iam_identities.assign(identities.begin(), identities.end());
    facts.details = {{texts[11], texts[12]}, {"n", texts[13]}};
    facts.http_status = *rc::gen::inRange(0, 600);
    facts.verdict = Verdict(*rc::gen::inRange(0, 3));
    facts.by_certificate = *rc::gen::arbitrary<bool>();
    facts.record_version = *rc::gen::arbitrary<std::uint64_t>();
    const auto count = *rc::gen::inRange<std::uint32_t>(1, 4);
    Bytes entry;
    for (std::uint32_t i = 0; i < count; ++i) {
        encode(facts, entry);
    }
    const auto records = decode_entry(kStream, 41, count, entry);
    RC_ASSERT(records.has_value());
    RC_ASSERT(records->size() == count);
    for (std::uint32_t i = 0; i < count; ++i) {
        expect_same(facts, (*records)[i]);
        RC_ASSERT((*records)[i].sequence == 41 + i);
        RC_ASSERT((*records)[i].stream == kStream);
        static_cast<void>((*records)[i].to_json());
    }
    RC_ASSERT(!decode_entry(kStream, 41, count + 1, entry).has_value());
    RC_ASSERT(!decode_entry(kStream, 41, count - 1, entry).has_value());
}

TEST(Record, EveryCutIsRefused) {
    Bytes entry;
    encode(facts_number(scope_number(1), 5), entry);
    encode(facts_number(scope_number(1), 6), entry);
    for (std::size_t size = 0; size < entry.size(); ++size) {
        const auto records = decode_entry(kStream, 1, 2, BytesView(entry).first(size));
        ASSERT_FALSE(records);
        EXPECT_EQ(records.error().code(), Code::kStoreCorrupt);
    }
    EXPECT_FALSE(decode_entry(kStream, 1, 0xffffffff, entry));
}

TEST(Record, NewerFormatIsRefusedByName) {
    Bytes entry;
    encode(facts_number(scope_number(1), 5), entry);
    entry[4] = kRecordFormat + 1;
    const auto records = decode_entry(kStream, 1, 1, entry);
    ASSERT_FALSE(records);
    EXPECT_EQ(records.error().code(), Code::kFormatTooNew);
}

TEST(Record, TextsAreCutAtTheLimit) {
    for (const std::size_t size : {kRecordTextBytesMax, kRecordTextBytesMax + 1}) {
        const std::string path(size, 'a');
        Facts facts = facts_number(scope_number(1), 1);
        facts.http_path = path;
        Bytes entry;
        encode(facts, entry);
        EXPECT_EQ(decode_entry(kStream, 1, 1, entry)->front().http_path.size(),
                  kRecordTextBytesMax);
    }
}

TEST(Record, JsonHasTheForwardedNames) {
    Facts facts = facts_number(scope_number(1), 5);
    facts.http_path = "/api/\"\n\x01\xff<x>";
    facts.details = {{"segment", "0-1"}};
    Bytes entry;
    encode(facts, entry);
    const Record record = std::move(decode_entry(kStream, 9, 1, entry)->front());
    const std::string text = record.to_json();
    const auto document = json::Document::parse(text);
    ASSERT_TRUE(document) << text;
    const json::Value root = document->root();
    for (const std::string_view name :
         {"domain_id", "request_id", "type", "log_level", "client_ip", "tls_cert_id", "res_urn",
          "region", "iam_operation", "iam_identities", "http_method", "http_path", "http_status",
          "err_category", "activity", "party", "verdict", "operation", "record_version", "stream",
          "sequence", "time", "message", "details"}) {
        EXPECT_TRUE(root.member(name).exists()) << name;
    }
    EXPECT_EQ(*root.member("http_path").string(), "/api/\"\n\x01%FF<x>");
    EXPECT_EQ(*root.member("sequence").integer(), 9);
    const std::string message(*root.member("message").string());
    EXPECT_EQ(message.substr(0, 5), "POST ");
    EXPECT_NE(message.find(" - 200 - identity: urn:v1:eu:identity:user:xx1111-ovh/"
                           "canary-7f3a91 - operation: okms:apikms:serviceKey/encrypt on urn:"),
              std::string::npos);
    EXPECT_NE(message.find(" - from 203.0.113.77 with certificate " +
                           scope_number(77).to_string() + " - request id: OKMS." +
                           facts.request.to_string()),
              std::string::npos);
}

TEST(Wire, Crc32cKnownAnswer) {
    // RFC 3720, appendix B.4.
    EXPECT_EQ(crc32c(0, Bytes(32, 0)), 0x8a9136aau);
    EXPECT_EQ(crc32c(0, Bytes(32, 0xff)), 0x62a8ab43u);
    EXPECT_EQ(crc32c(crc32c(0, as_bytes("1234")), as_bytes("56789")), 0xe3069283u);
}

}  // namespace
}  // namespace chatelaine::audit

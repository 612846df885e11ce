// Proves that the XML and JSON forms carry the bytes that TTLV carries: each type and each kind of
// name in both directions against text written by hand, what else may be read, what is refused and
// where, and that nothing of XML beyond elements and attributes is taken.
#include "ttlv/text.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/encoding.hpp"
#include "ttlv/enums.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::ttlv {
namespace {

/// One of everything: a request with attributes of 1.x, masks, extensions and all item types.
Bytes sample() {
    Bytes out;
    Writer writer(out);
    writer.begin(tag::kRequestMessage)
        .enumeration(tag::kOperation, Operation::kReKeyKeyPair)
        .begin(tag::kAttribute)
        .text(tag::kAttributeName, "Cryptographic Algorithm")
        .enumeration(tag::kAttributeValue, CryptographicAlgorithm::kDES3)
        .end()
        .begin(tag::kAttribute)
        .text(tag::kAttributeName, "Cryptographic Usage Mask")
        .integer(tag::kAttributeValue, usage_mask::kEncrypt | usage_mask::kWrapKey | 0x40000000)
        .end()
        .begin(tag::kAttribute)
        .text(tag::kAttributeName, "x-<\"name'&\n")
        .enumeration(tag::kAttributeValue, 3)
        .end()
        .integer(tag::kBatchCount, -7)
        .integer(tag::kStorageStatusMask, 0)
        .long_integer(tag::kUsageLimitsTotal, std::int64_t{1} << 52)
        .long_integer(tag::kUsageLimitsCount, -1)
        .big_integer(tag::kModulus, Bytes{0x80, 1})
        .boolean(tag::kBatchOrderOption, true)
        .bytes(tag::kIVCounterNonce, Bytes{0x0a, 0xbc})
        .bytes(tag::kData, {})
        .date_time(tag::kTimeStamp, WallTime::from_seconds(1335514344))
        .primitive(tag::kActivationDate, Type::kDateTime, Bytes{0x7f, 0, 0, 0, 0, 0, 0, 1})
        .primitive(tag::kDestroyDate, Type::kDateTimeExtended, Bytes{0, 0, 0, 0, 0, 0, 0, 5})
        .interval(tag::kLeaseTime, 3600)
        .enumeration(tag::kOperation, 0x80000002)
        .begin(0x540001)
        .text(0x540002, "Ελλάς")
        .end()
        .begin(tag::kRequestPayload)
        .end()
        .end();
    return out;
}

constexpr std::string_view kSampleXml = R"(<RequestMessage>
  <Operation type="Enumeration" value="ReKeyKeyPair"/>
  <Attribute>
    <AttributeName type="TextString" value="Cryptographic Algorithm"/>
    <AttributeValue type="Enumeration" value="DES3"/>
  </Attribute>
  <Attribute>
    <AttributeName type="TextString" value="Cryptographic Usage Mask"/>
    <AttributeValue type="Integer" value="Encrypt WrapKey 0x40000000"/>
  </Attribute>
  <Attribute>
    <AttributeName type="TextString" value="x-&lt;&quot;name'&amp;&#10;"/>
    <AttributeValue type="Enumeration" value="0x00000003"/>
  </Attribute>
  <BatchCount type="Integer" value="-7"/>
  <StorageStatusMask type="Integer" value="0"/>
  <UsageLimitsTotal type="LongInteger" value="4503599627370496"/>
  <UsageLimitsCount type="LongInteger" value="-1"/>
  <Modulus type="BigInteger" value="0000000000008001"/>
  <BatchOrderOption type="Boolean" value="true"/>
  <IVCounterNonce type="ByteString" value="0ABC"/>
  <Data type="ByteString" value=""/>
  <TimeStamp type="DateTime" value="2012-04-27T08:12:24Z"/>
  <ActivationDate type="DateTime" value="0x7F00000000000001"/>
  <DestroyDate type="DateTimeExtended" value="1970-01-01T00:00:00.000005Z"/>
  <LeaseTime type="Interval" value="3600"/>
  <Operation type="Enumeration" value="0x80000002"/>
  <TTLV tag="0x540001">
    <TTLV tag="0x540002" type="TextString" value="Ελλάς"/>
  </TTLV>
  <RequestPayload>
  </RequestPayload>
</RequestMessage>
)";

// Without the white space between the lines.
constexpr std::string_view kSampleJson = R"({"tag":"RequestMessage","value":[
{"tag":"Operation","type":"Enumeration","value":"ReKeyKeyPair"},
{"tag":"Attribute","value":[
{"tag":"AttributeName","type":"TextString","value":"Cryptographic Algorithm"},
{"tag":"AttributeValue","type":"Enumeration","value":"DES3"}]},
{"tag":"Attribute","value":[
{"tag":"AttributeName","type":"TextString","value":"Cryptographic Usage Mask"},
{"tag":"AttributeValue","type":"Integer","value":"Encrypt|WrapKey|0x40000000"}]},
{"tag":"Attribute","value":[
{"tag":"AttributeName","type":"TextString","value":"x-<\"name'&\n"},
{"tag":"AttributeValue","type":"Enumeration","value":"0x00000003"}]},
{"tag":"BatchCount","type":"Integer","value":-7},
{"tag":"StorageStatusMask","type":"Integer","value":"0"},
{"tag":"UsageLimitsTotal","type":"LongInteger","value":"0x0010000000000000"},
{"tag":"UsageLimitsCount","type":"LongInteger","value":-1},
{"tag":"Modulus","type":"BigInteger","value":"0x0000000000008001"},
{"tag":"BatchOrderOption","type":"Boolean","value":true},
{"tag":"IVCounterNonce","type":"ByteString","value":"0ABC"},
{"tag":"Data","type":"ByteString","value":""},
{"tag":"TimeStamp","type":"DateTime","value":"2012-04-27T08:12:24Z"},
{"tag":"ActivationDate","type":"DateTime","value":"0x7F00000000000001"},
{"tag":"DestroyDate","type":"DateTimeExtended","value":"1970-01-01T00:00:00.000005Z"},
{"tag":"LeaseTime","type":"Interval","value":3600},
{"tag":"Operation","type":"Enumeration","value":"0x80000002"},
{"tag":"0x540001","value":[
{"tag":"0x540002","type":"TextString","value":"Ελλάς"}]},
{"tag":"RequestPayload","value":[]}]})";

std::string without_lines(std::string_view text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c != '\n'; });
    return out;
}

std::string hex_of(const Result<Bytes>& bytes) {
    return bytes ? encode_hex(*bytes) : bytes.error().to_string();
}

/// The one item that such an XML element or JSON value is, without its tag; or the error.
std::string xml_item(std::string_view element) {
    const std::string text = hex_of(from_xml(element));
    return text.substr(0, 2) == "42" ? text.substr(6) : text;
}

std::string xml_value(std::string_view tag, std::string_view type, std::string_view value) {
    return xml_item("<" + std::string(tag) + " type='" + std::string(type) + "' value='" +
                    std::string(value) + "'/>");
}

std::string json_value(std::string_view tag, std::string_view type, std::string_view value) {
    const std::string text = hex_of(from_json("{\"tag\":\"" + std::string(tag) +
                                              "\",\"type\":\"" + std::string(type) +
                                              "\",\"value\":" + std::string(value) + "}"));
    return text.substr(0, 2) == "42" ? text.substr(6) : text;
}

TEST(TtlvXml, CarriesWhatTtlvCarries) {
    const Bytes message = sample();
    EXPECT_EQ(to_xml(message).value(), kSampleXml);
    EXPECT_EQ(hex_of(from_xml(kSampleXml)), encode_hex(message));
}

TEST(TtlvJson, CarriesWhatTtlvCarries) {
    const Bytes message = sample();
    std::string wanted = without_lines(kSampleJson);
    EXPECT_EQ(to_json(message).value(), wanted);
    EXPECT_EQ(hex_of(from_json(kSampleJson)), encode_hex(message));
}

TEST(TtlvXml, ReadsTheOtherFormsOfAValue) {
    EXPECT_EQ(xml_value("BatchCount", "Integer", "0x0000000A"), "02000000040000000a00000000");
    EXPECT_EQ(xml_value("BatchCount", "0x02", "0xFFFFFFFF"), "0200000004ffffffff00000000");
    EXPECT_EQ(xml_value("StorageStatusMask", "Integer", "2"), "02000000040000000200000000");
    EXPECT_EQ(xml_value("StorageStatusMask", "Integer", ""), "02000000040000000000000000");
    EXPECT_EQ(xml_value("StorageStatusMask", "Integer", " OnLineStorage\n ArchivalStorage"),
              "02000000040000000300000000");
    EXPECT_EQ(xml_value("StorageStatusMask", "Integer", "OnLineStorage|0x80000000"),
              "02000000048000000100000000");
    EXPECT_EQ(xml_value("Operation", "Enumeration", "10"), "05000000040000000a00000000");
    EXPECT_EQ(xml_value("Operation", "Enumeration", "get"), "05000000040000000a00000000");
    EXPECT_EQ(xml_value("BatchOrderOption", "Boolean", "0"), "06000000080000000000000000");
    EXPECT_EQ(xml_value("BatchOrderOption", "Boolean", "1"), "06000000080000000000000001");
    EXPECT_EQ(xml_value("Modulus", "BigInteger", "80"), "0400000008ffffffffffffff80");
    EXPECT_EQ(xml_value("Modulus", "BigInteger", "0x0080"), "04000000080000000000000080");
    EXPECT_EQ(xml_value("TimeStamp", "DateTime", "1970-01-01T01:00:01+01:00"),
              "09000000080000000000000001");
    EXPECT_EQ(xml_value("TimeStamp", "DateTime", "1970-01-01T00:00:01.9"),
              "09000000080000000000000001");
    EXPECT_EQ(xml_value("LeaseTime", "Interval", "0xFFFFFFFF"), "0a00000004ffffffff00000000");
    EXPECT_EQ(xml_value("kmip:LeaseTime", "Interval", "1"), "0a000000040000000100000000");
    EXPECT_EQ(xml_item("<?xml version='1.0' encoding='UTF-8'?><!-- x --><LeaseTime "
                       "xmlns='urn:oasis:tc:kmip:xmlns' type='Interval' value='1'></LeaseTime>\n"),
              "0a000000040000000100000000");
    EXPECT_EQ(xml_item("<TTLV tag='0x420049' name='Lease Time' type='Interval' value='1'/>"),
              "0a000000040000000100000000");
    EXPECT_EQ(xml_item("<RequestPayload type='Structure'> </RequestPayload>"), "0100000000");
}

TEST(TtlvJson, ReadsTheOtherFormsOfAValue) {
    EXPECT_EQ(json_value("BatchCount", "Integer", "\"0x0000000A\""), "02000000040000000a00000000");
    EXPECT_EQ(json_value("StorageStatusMask", "Integer", "3"), "02000000040000000300000000");
    EXPECT_EQ(json_value("StorageStatusMask", "Integer", "\"OnLineStorage | ArchivalStorage\""),
              "02000000040000000300000000");
    EXPECT_EQ(json_value("UsageLimitsTotal", "LongInteger", "-2"), "0300000008fffffffffffffffe");
    EXPECT_EQ(json_value("Modulus", "BigInteger", "-10"), "0400000008fffffffffffffff6");
    EXPECT_EQ(json_value("Modulus", "BigInteger", "\"0x80\""), "0400000008ffffffffffffff80");
    EXPECT_EQ(json_value("Operation", "Enumeration", "10"), "05000000040000000a00000000");
    EXPECT_EQ(json_value("BatchOrderOption", "Boolean", "\"0x0000000000000001\""),
              "06000000080000000000000001");
    EXPECT_EQ(json_value("0x420049", "0x0A", "1"), "0a000000040000000100000000");
    EXPECT_EQ(hex_of(from_json(R"({"name":"x","value":[],"type":"Structure","tag":"0x540001"})")),
              "5400010100000000");
}

TEST(TtlvXml, RefusesWhatIsNoMessageAndSaysWhere) {
    const auto refused = [](std::string_view text, std::string_view what) {
        const auto bytes = from_xml(text);
        EXPECT_FALSE(bytes) << text;
        return !bytes && bytes.error().code() == Code::kMalformed &&
               bytes.error().to_string().find(what) != std::string::npos;
    };
    EXPECT_TRUE(refused("", "line 1"));
    EXPECT_TRUE(refused("junk", "line 1"));
    EXPECT_TRUE(refused("<D", "line 1"));
    EXPECT_TRUE(refused("<D/><D/>", "column 5"));
    EXPECT_TRUE(refused("<Nonsense/>", "field Nonsense"));
    EXPECT_TRUE(refused("<D>\n<Q type='Integer' value='x'/></D>", "line 2, column 1"));
    EXPECT_TRUE(refused("<D value='1'/>", "structure"));
    EXPECT_TRUE(refused("<D type='Integer'/>", "value is missing"));
    EXPECT_TRUE(refused("<D type='Number' value='1'/>", "item type"));
    EXPECT_TRUE(refused("<D type='0x00' value='1'/>", "item type"));
    EXPECT_TRUE(refused("<D type='Integer' value='1'><D/></D>", "inside"));
    EXPECT_TRUE(refused("<D type='Integer' value='1'>x</D>", "text"));
    EXPECT_TRUE(refused("<D><![CDATA[x]]></D>", "text"));
    EXPECT_TRUE(refused("<D colour='red'/>", "attribute"));
    EXPECT_TRUE(refused("<D tag='0x42002E'/>", "tag"));
    EXPECT_TRUE(refused("<TTLV/>", "tag"));
    EXPECT_TRUE(refused("<TTLV tag='0x1420049'/>", "tag"));
    for (const auto& [type, value] :
         std::initializer_list<std::pair<const char*, const char*>>{
             {"Integer", ""}, {"Integer", "2147483648"}, {"Integer", "0x100000000"},
             {"Integer", "1 2"}, {"LongInteger", "9223372036854775808"}, {"LongInteger", "1.5"},
             {"BigInteger", ""}, {"BigInteger", "123"}, {"BigInteger", "0x"},
             {"BigInteger", "zz"}, {"Enumeration", "Foo"}, {"Enumeration", "-1"},
             {"Enumeration", "0x100000000"}, {"Boolean", "yes"}, {"Boolean", "2"},
             {"ByteString", "0"}, {"ByteString", "0g"}, {"ByteString", "0x00"},
             {"DateTime", "today"}, {"DateTime", "2001-02-30T00:00:00Z"}, {"DateTime", "1"},
             {"Interval", "-1"}, {"Interval", "4294967296"}}) {
        EXPECT_TRUE(xml_value("D", type, value).starts_with("malformed")) << type << value;
    }
    EXPECT_TRUE(xml_value("StorageStatusMask", "Integer", "OnLineStorage Nowhere")
                    .starts_with("malformed"));
}

TEST(TtlvXml, ReadsNoDoctypeNoEntityNoInstruction) {
    EXPECT_EQ(from_xml("<!DOCTYPE D><D/>").error().code(), Code::kMalformed);
    EXPECT_EQ(from_xml("<!DOCTYPE D [<!ENTITY a 'aaa'>]><D type='TextString' value='&a;'/>")
                  .error()
                  .code(),
              Code::kMalformed);
    EXPECT_EQ(from_xml("<!DOCTYPE D SYSTEM 'file:///etc/passwd'><D/>").error().code(),
              Code::kMalformed);
    EXPECT_EQ(from_xml("<?php x?><D/>").error().code(), Code::kMalformed);
    EXPECT_EQ(from_xml("<D type='TextString' value='&a;'/>").error().code(), Code::kMalformed);
    EXPECT_EQ(from_xml("<D type='TextString' value='\xc0\x80'/>").error().code(),
              Code::kMalformed);
    EXPECT_EQ(from_xml("<?xml version='1.0' encoding='UTF-16'?><D type='TextString' "
                       "value='a'/>")
                  .has_value(),
              true);  // the bytes are read as UTF-8, whatever they say
}

TEST(TtlvJson, RefusesWhatIsNoMessageAndSaysWhere) {
    const auto refused = [](std::string_view text, std::string_view what) {
        const auto bytes = from_json(text);
        EXPECT_FALSE(bytes) << text;
        return !bytes && bytes.error().code() == Code::kMalformed &&
               bytes.error().to_string().find(what) != std::string::npos;
    };
    EXPECT_TRUE(refused("", "malformed"));
    EXPECT_TRUE(refused("[]", "object"));
    EXPECT_TRUE(refused("{}", "tag"));
    EXPECT_TRUE(refused(R"({"tag":1,"value":[]})", "tag"));
    EXPECT_TRUE(refused(R"({"tag":"Nonsense","value":[]})", "tag"));
    EXPECT_TRUE(refused(R"({"tag":"D"})", "array"));
    EXPECT_TRUE(refused(R"({"tag":"D","value":{}})", "array"));
    EXPECT_TRUE(refused(R"({"tag":"D","value":[1]})", "value.0"));
    EXPECT_TRUE(refused(R"({"tag":"D","type":3,"value":[]})", "type"));
    EXPECT_TRUE(refused(R"({"tag":"D","type":"Integer"})", "value is missing"));
    EXPECT_TRUE(refused(R"({"tag":"D","value":[],"colour":1})", "colour"));
    EXPECT_TRUE(refused(R"({"tag":"D","value":[{"tag":"P","type":"Integer","value":"x"}]})",
                        "value.0.value"));
    for (const auto& [type, value] :
         std::initializer_list<std::pair<const char*, const char*>>{
             {"Integer", "1.0"}, {"Integer", "1e3"}, {"Integer", "2147483648"},
             {"Integer", "true"}, {"Integer", "null"}, {"Integer", "[]"},
             {"LongInteger", "9223372036854775808"}, {"BigInteger", "1.5"},
             {"BigInteger", "99999999999999999999"}, {"Boolean", "1"}, {"TextString", "1"},
             {"ByteString", "12"}, {"DateTime", "1"}, {"Interval", "-1"}, {"Structure", "\"\""}}) {
        EXPECT_TRUE(json_value("D", type, value).starts_with("malformed")) << type << value;
    }
}

std::string nested(std::string_view open, std::string_view inner, std::string_view close,
                   std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) {
        text += open;
    }
    text += inner;
    for (std::size_t i = 0; i < depth; ++i) {
        text += close;
    }
    return text;
}

template <class Read>
void check_limits(const Read& read, const std::function<std::string(std::size_t)>& deep,
                  const std::string& three_items) {
    EXPECT_TRUE(read(deep(32), Limits{}));
    EXPECT_EQ(read(deep(33), Limits{}).error().code(), Code::kTooLarge);
    EXPECT_EQ(read(deep(200), Limits{}).error().code(), Code::kTooLarge);
    EXPECT_EQ(read(deep(200), Limits{.depth_max = 1'000'000}).error().code(), Code::kTooLarge);
    EXPECT_TRUE(read(three_items, Limits{.items_max = 3}));
    EXPECT_EQ(read(three_items, Limits{.items_max = 2}).error().code(), Code::kTooLarge);
    const std::size_t size = three_items.size();
    EXPECT_TRUE(read(three_items, Limits{.message_bytes_max = size}));
    EXPECT_EQ(read(three_items, Limits{.message_bytes_max = size - 1}).error().code(),
              Code::kTooLarge);
}

TEST(TtlvXml, LimitsHoldAtTheLimitAndOneOver) {
    check_limits([](std::string_view text, const Limits& limits) { return from_xml(text, limits); },
                 [](std::size_t depth) { return nested("<D>", "", "</D>", depth); },
                 "<D><P></P><Q></Q> </D>" + std::string(8, ' '));
    // The shortest elements are more bytes as TTLV than as text: the limit is for both.
    EXPECT_TRUE(from_xml("<D><P/><Q/></D>", {.message_bytes_max = 24}));
    EXPECT_EQ(from_xml("<D><P/><Q/></D>", {.message_bytes_max = 23}).error().code(),
              Code::kTooLarge);
}

TEST(TtlvJson, LimitsHoldAtTheLimitAndOneOver) {
    check_limits(
        [](std::string_view text, const Limits& limits) { return from_json(text, limits); },
        [](std::size_t depth) {
            return nested(R"({"tag":"D","value":[)", "", "]}", depth);
        },
        R"({"tag":"D","value":[{"tag":"P","value":[]},{"tag":"Q","value":[]}]})");
}

TEST(TtlvXml, TextsThatXmlCannotHoldAreRefused) {
    const auto written = [](std::string_view text) {
        Bytes message;
        Writer(message).text(tag::kNameValue, text);
        return to_xml(message);
    };
    EXPECT_TRUE(written("\t\r\n ]]> €"));
    EXPECT_EQ(written(std::string_view("a\0b", 3)).error().code(), Code::kMalformed);
    EXPECT_EQ(written("\x1b").error().code(), Code::kMalformed);
    EXPECT_EQ(written("\xef\xbf\xbf").error().code(), Code::kMalformed);
}

TEST(TtlvText, WhatIsNoMessageIsNotWritten) {
    EXPECT_EQ(to_xml(Bytes{1, 2, 3}).error().code(), Code::kMalformed);
    EXPECT_EQ(to_json(Bytes{1, 2, 3}).error().code(), Code::kMalformed);
}

}  // namespace
}  // namespace chatelaine::ttlv

// Proves by random trees that the three forms are one: what is written reads back as the same bytes
// in each; then by random damage that what is still accepted has kept its one encoding.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/encoding.hpp"
#include "ttlv/names.hpp"
#include "ttlv/text.hpp"

namespace chatelaine::ttlv {
namespace {

constexpr Limits kRoomy{.message_bytes_max = std::size_t{1} << 26};

Tag some_tag() {
    const auto known = *rc::gen::inRange<Tag>(0x420001, 0x420177);
    return *rc::gen::element(known, known, Tag{0x540000} + (known & 0xffff), tag::kAttributeValue,
                             tag::kCryptographicUsageMask);
}

std::string some_text() {
    // Characters of one to four bytes, those that XML writes as references included.
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a", "Z 9", "&", "<\"'>", "\t\r\n", "é", "€", "😀", "]]>"));
    std::string text;
    for (const std::string& piece : pieces) {
        text += piece;
    }
    return text;
}

void write_some(Writer& writer, int depth) {
    const Tag tag = some_tag();
    switch (*rc::gen::inRange(0, depth > 0 ? 14 : 11)) {
        case 0: writer.integer(tag, *rc::gen::arbitrary<std::int32_t>()); return;
        case 1: writer.long_integer(tag, *rc::gen::arbitrary<std::int64_t>()); return;
        case 2: writer.big_integer(tag, *rc::gen::arbitrary<Bytes>()); return;
        case 3: writer.enumeration(tag, *rc::gen::arbitrary<std::uint32_t>()); return;
        case 4: writer.enumeration(tag, *rc::gen::inRange<std::uint32_t>(0, 80)); return;
        case 5: writer.boolean(tag, *rc::gen::arbitrary<bool>()); return;
        case 6: writer.text(tag, some_text()); return;
        case 7: writer.bytes(tag, *rc::gen::arbitrary<Bytes>()); return;
        case 8: writer.date_time(tag, WallTime{*rc::gen::arbitrary<std::int64_t>()}); return;
        case 9: writer.interval(tag, *rc::gen::arbitrary<std::uint32_t>()); return;
        case 10: {
            Bytes octets = *rc::gen::container<Bytes>(8, rc::gen::arbitrary<std::uint8_t>());
            writer.primitive(tag, *rc::gen::element(Type::kDateTime, Type::kDateTimeExtended,
                                                    Type::kBigInteger, Type::kLongInteger),
                             octets);
            return;
        }
        case 11:
            writer.begin(tag::kAttribute)
                .text(tag::kAttributeName, tag_name(*rc::gen::inRange<Tag>(0x420001, 0x420177)));
            write_some(writer, 0);
            writer.end();
            return;
        default:
            writer.begin(tag);
            for (int members = *rc::gen::inRange(0, 5); members > 0; --members) {
                write_some(writer, depth - 1);
            }
            writer.end();
    }
}

Bytes some_message() {
    Bytes message;
    Writer writer(message);
    writer.begin(tag::kRequestMessage);
    for (int members = *rc::gen::inRange(0, 6); members > 0; --members) {
        write_some(writer, 4);
    }
    writer.end();
    return message;
}

void rewrite(Writer& writer, Item item) {
    if (item.type() != Type::kStructure) {
        writer.primitive(item.tag(), item.type(), item.value());
        return;
    }
    writer.begin(item.tag());
    for (Item member = item.first(); member; member = member.next()) {
        rewrite(writer, member);
    }
    writer.end();
}

TEST(TtlvProperty, AllFormsOfATreeAreTheSameBytes) {
    EXPECT_TRUE(rc::check([] {
        const Bytes message = some_message();
        const auto document = Document::parse(message);
        RC_ASSERT(document.has_value());
        Bytes again;
        Writer writer(again);
        rewrite(writer, document->root());
        RC_ASSERT(again == message);
        RC_ASSERT(from_xml(to_xml(message).value(), kRoomy).value() == message);
        RC_ASSERT(from_json(to_json(message).value(), kRoomy).value() == message);
    }));
}

TEST(TtlvProperty, WhatDamageLeavesAcceptedHasOneEncoding) {
    EXPECT_TRUE(rc::check([] {
        Bytes message = some_message();
        for (int faults = *rc::gen::inRange(1, 4); faults > 0; --faults) {
            const auto at = *rc::gen::inRange<std::size_t>(0, message.size());
            message[at] = *rc::gen::arbitrary<std::uint8_t>();
        }
        message.resize(*rc::gen::element(message.size(), message.size(),
                                         *rc::gen::inRange<std::size_t>(0, message.size() + 1)));
        const auto document = Document::parse(message);
        if (!document) {
            RC_ASSERT(document.error().code() == Code::kMalformed);
            return;
        }
        Bytes again;
        Writer writer(again);
        rewrite(writer, document->root());
        RC_ASSERT(again == message);
        RC_ASSERT(from_json(to_json(message).value(), kRoomy).value() == message);
        if (const auto xml = to_xml(message)) {
            RC_ASSERT(from_xml(*xml, kRoomy).value() == message);
        }
    }));
}

}  // namespace
}  // namespace chatelaine::ttlv

// Proves that messages are framed and read as KMIP 2.1 section 10.1 has them, that every way of not
// being such a message is refused at its place before anything is made of it, and that what is
// written reads back. The bytes are written out by hand.
#include "ttlv/ttlv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/encoding.hpp"

namespace chatelaine::ttlv {
namespace {

Bytes hex(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != ' ' && c != '|') {
            digits += c;
        }
    }
    return decode_hex(digits).value();
}

/// How parsing ends: "ok", or the error as text.
std::string outcome(BytesView message, const Limits& limits = {}) {
    const auto document = Document::parse(message, limits);
    return document ? "ok" : document.error().to_string();
}

bool refused(std::string_view message, std::string_view what) {
    const Bytes bytes = hex(message);
    const std::string text = outcome(bytes);
    return text.starts_with("malformed") && text.find(what) != std::string::npos;
}

struct Example {
    const char* bytes;
    void (*write)(Writer&);
};

// One of each item type, with the values of the specification's own examples (section 10.1.5).
const Example kExamples[] = {
    {"420020 02 00000004 00000008 00000000", [](Writer& w) { w.integer(0x420020, 8); }},
    {"420020 02 00000004 ffffffff 00000000", [](Writer& w) { w.integer(0x420020, -1); }},
    {"420020 03 00000008 01b69b4ba5749200",
     [](Writer& w) { w.long_integer(0x420020, 123456789000000000); }},
    {"420020 04 00000010 0000000003fd35eb 6bc2df4618080000",
     [](Writer& w) { w.big_integer(0x420020, hex("03fd35eb6bc2df4618080000")); }},
    {"420020 05 00000004 000000ff 00000000", [](Writer& w) { w.enumeration(0x420020, 255); }},
    {"420020 06 00000008 0000000000000001", [](Writer& w) { w.boolean(0x420020, true); }},
    {"420020 06 00000008 0000000000000000", [](Writer& w) { w.boolean(0x420020, false); }},
    {"420020 07 0000000b 48656c6c6f20576f 726c640000000000",
     [](Writer& w) { w.text(0x420020, "Hello World"); }},
    {"420020 07 00000000", [](Writer& w) { w.text(0x420020, ""); }},
    {"420020 08 00000003 010203 0000000000",
     [](Writer& w) { w.bytes(0x420020, Bytes{1, 2, 3}); }},
    {"420020 08 00000000", [](Writer& w) { w.bytes(0x420020, {}); }},
    {"420020 09 00000008 0000000047da67f8",
     [](Writer& w) { w.date_time(0x420020, WallTime::from_seconds(0x47da67f8)); }},
    {"420020 0a 00000004 000d2f00 00000000", [](Writer& w) { w.interval(0x420020, 864000); }},
    {"420020 01 00000020 420004 05 00000004 000000fe00000000 420005 02 00000004 000000ff00000000",
     [](Writer& w) {
         w.begin(0x420020).enumeration(0x420004, 254).integer(0x420005, 255).end();
     }},
    {"420020 01 00000000", [](Writer& w) { w.begin(0x420020).end(); }},
};

TEST(Ttlv, EachTypeIsWrittenAsTheSpecificationHasIt) {
    for (const Example& example : kExamples) {
        Bytes out;
        Writer writer(out);
        example.write(writer);
        EXPECT_EQ(encode_hex(out), encode_hex(hex(example.bytes)));
        EXPECT_EQ(outcome(out), "ok");
    }
}

TEST(Ttlv, ValuesReadBack) {
    Bytes out;
    Writer writer(out);
    writer.begin(0x420078)
        .integer(0x420001, -2)
        .long_integer(0x420002, -3)
        .big_integer(0x420003, Bytes{0x80})
        .enumeration(0x420004, 0x80000001)
        .boolean(0x420005, true)
        .text(0x420006, "Ελλάς")
        .bytes(0x420007, Bytes{0, 1})
        .date_time(0x420008, WallTime{-1})
        .interval(0x420009, 0xffffffff)
        .primitive(0x42000a, Type::kDateTimeExtended, hex("0000000000000007"))
        .begin(0x42000b)
        .end()
        .end();
    const Document document = Document::parse(out).value();
    const Item root = document.root();
    EXPECT_TRUE(root.structure());
    EXPECT_EQ(root.tag(), 0x420078u);
    EXPECT_EQ(*root.find(0x420001).integer(), -2);
    EXPECT_EQ(*root.find(0x420002).long_integer(), -3);
    EXPECT_EQ(encode_hex(*root.find(0x420003).big_integer()), "0000000000000080");
    EXPECT_EQ(*root.find(0x420004).enumeration(), 0x80000001u);
    EXPECT_TRUE(*root.find(0x420005).boolean());
    EXPECT_EQ(*root.find(0x420006).text(), "Ελλάς");
    EXPECT_EQ(encode_hex(*root.find(0x420007).bytes()), "0001");
    EXPECT_EQ(root.find(0x420008).date_time()->microseconds, -1'000'000);
    EXPECT_EQ(*root.find(0x420009).interval(), 0xffffffffu);
    EXPECT_EQ(root.find(0x42000a).date_time()->microseconds, 7);
    EXPECT_TRUE(root.find(0x42000b).structure());
    EXPECT_TRUE(root.find(0x42000b).first().is_absent());
    EXPECT_EQ(encode_hex(root.encoded()), encode_hex(out));
    EXPECT_EQ(root.value().size(), out.size() - 8);
}

TEST(Ttlv, MembersAreWalkedFoundAndCounted) {
    Bytes out;
    Writer writer(out);
    writer.begin(1).integer(2, 1).begin(3).integer(2, 9).end().integer(2, 2).text(4, "x").end();
    const Document document = Document::parse(out).value();
    const Item root = document.root();
    std::vector<Tag> tags;
    for (Item member = root.first(); member; member = member.next()) {
        tags.push_back(member.tag());
    }
    EXPECT_EQ(tags, (std::vector<Tag>{2, 3, 2, 4}));
    EXPECT_EQ(root.count(2), 2u);
    EXPECT_EQ(root.count(5), 0u);
    EXPECT_EQ(*root.find(2).integer(), 1);
    EXPECT_EQ(*root.find(3).find(2).integer(), 9);
    EXPECT_TRUE(root.find(3).first().next().is_absent());
    EXPECT_TRUE(root.next().is_absent());
    EXPECT_TRUE(root.find(4).first().is_absent());
}

TEST(Ttlv, AbsentItemsAndWrongTypesNameTheTag) {
    Bytes out;
    Writer writer(out);
    writer.begin(0x540001).integer(0x540002, 1).end();
    const Document document = Document::parse(out).value();
    const Item absent = document.root().find(0x54000f);
    EXPECT_TRUE(absent.is_absent());
    EXPECT_EQ(absent.tag(), 0x54000fu);
    EXPECT_EQ(absent.integer().error().code(), Code::kMissingArgument);
    EXPECT_EQ(absent.integer().error().detail().field, "0x54000F");
    EXPECT_EQ(absent.structure().error().code(), Code::kMissingArgument);
    EXPECT_EQ(absent.date_time().error().code(), Code::kMissingArgument);
    EXPECT_EQ(absent.find(0x540002).text().error().detail().field, "0x540002");
    const Item integer = document.root().find(0x540002);
    EXPECT_EQ(integer.structure().error().code(), Code::kMalformed);
    EXPECT_EQ(integer.enumeration().error().code(), Code::kMalformed);
    EXPECT_EQ(integer.text().error().detail().field, "0x540002");
    EXPECT_EQ(document.root().bytes().error().code(), Code::kMalformed);
}

TEST(Ttlv, DatesBeyondTheClockAreRefusedWhenAskedFor) {
    const Bytes far = hex("420020 09 00000008 7fffffffffffffff");
    const Document document = Document::parse(far).value();
    EXPECT_EQ(document.root().date_time().error().code(), Code::kMalformed);
}

TEST(Ttlv, MalformedMessagesAreRefusedAtTheirPlace) {
    EXPECT_TRUE(refused("", "at byte 0"));
    EXPECT_TRUE(refused("42007801 000000", "at byte 0"));
    EXPECT_TRUE(refused("420078 00 00000000", "at byte 3"));
    EXPECT_TRUE(refused("420078 0c 00000000", "at byte 3"));
    EXPECT_TRUE(refused("420078 01 c0000000", "at byte 4"));
    EXPECT_TRUE(refused("420078 08 c0000000", "at byte 4"));
    EXPECT_TRUE(refused("420078 08 ffffffff", "at byte 4"));
    EXPECT_TRUE(refused("420078 01 00000008 420020", "at byte 4"));
    EXPECT_TRUE(refused("420078 01 00000000 00", "at byte 8"));
    EXPECT_TRUE(refused("420078 01 00000000 420078 01 00000000", "at byte 8"));
    EXPECT_TRUE(refused("420020 08 00000003 010203", "padding"));
    EXPECT_TRUE(refused("420020 08 00000003 010203 0000000001", "at byte 11"));
    EXPECT_TRUE(refused("420020 02 00000004 00000008 01000000", "padding"));
    EXPECT_TRUE(refused("420020 06 00000008 0000000000000002", "boolean"));
    EXPECT_TRUE(refused("420020 06 00000008 0100000000000001", "boolean"));
    EXPECT_TRUE(refused("420020 07 00000002 c080 000000000000", "UTF-8"));
    // A member that reaches over the end of its structure, though not over the message's.
    EXPECT_TRUE(refused("420078 01 00000018 420079 01 00000008 420020 08 00000008"
                        "0102030405060708",
                        "at byte 20"));
    EXPECT_TRUE(refused("420078 01 00000009 420079 08 00000001 01", "length"));
    EXPECT_TRUE(refused("420078 01 00000010 420079 01 00000004 00000000 00000000", "length"));
}

TEST(Ttlv, FixedTypesHaveTheirLength) {
    for (int type = 2; type <= 11; ++type) {
        for (std::size_t length = 0; length <= 24; ++length) {
            Bytes message(8 + (length + 7) / 8 * 8);
            message[3] = static_cast<std::uint8_t>(type);
            message[7] = static_cast<std::uint8_t>(length);
            const bool four = type == 2 || type == 5 || type == 10;
            const bool any = type == 7 || type == 8;
            const bool eights = type == 4;
            const bool good = any || (eights ? length != 0 && length % 8 == 0
                                             : length == (four ? 4 : 8));
            EXPECT_EQ(outcome(message) == "ok", good) << "type " << type << " length " << length;
        }
    }
}

TEST(Ttlv, LimitsHoldAtTheLimitAndOneOver) {
    const auto nested = [](std::size_t depth) {
        Bytes out;
        Writer writer(out);
        for (std::size_t i = 0; i < depth; ++i) {
            writer.begin(0x420078);
        }
        for (std::size_t i = 0; i < depth; ++i) {
            writer.end();
        }
        return out;
    };
    EXPECT_EQ(outcome(nested(32)), "ok");
    EXPECT_TRUE(outcome(nested(33)).starts_with("too_large"));
    EXPECT_TRUE(outcome(nested(1000), {.depth_max = 1'000'000}).starts_with("too_large"));

    Bytes wide;
    Writer writer(wide);
    writer.begin(1);
    for (int i = 0; i < 9; ++i) {
        writer.text(2, "");
    }
    writer.end();
    EXPECT_EQ(outcome(wide, {.items_max = 10}), "ok");
    EXPECT_TRUE(outcome(wide, {.items_max = 9}).starts_with("too_large"));
    EXPECT_EQ(outcome(wide, {.message_bytes_max = wide.size()}), "ok");
    EXPECT_TRUE(outcome(wide, {.message_bytes_max = wide.size() - 1}).starts_with("too_large"));
}

TEST(Ttlv, AStreamIsFramedByItsFirstEightBytes) {
    const Bytes message = hex("420078 01 00000010 420020 02 00000004 00000008 00000000");
    for (std::size_t size = 0; size < 8; ++size) {
        EXPECT_FALSE(message_size(BytesView(message).first(size), 24)->has_value());
    }
    EXPECT_EQ(message_size(BytesView(message).first(8), 24)->value(), 24u);
    EXPECT_EQ(message_size(message, 24)->value(), 24u);
    EXPECT_EQ(message_size(message, 23).error().code(), Code::kTooLarge);
    EXPECT_EQ(message_size(hex("420078 01 c0000000"), 1 << 20).error().code(), Code::kTooLarge);
    EXPECT_EQ(message_size(hex("420078 01 ffffffff"), 1 << 20).error().code(), Code::kMalformed);
    EXPECT_EQ(message_size(hex("420078 01 00000001"), 1 << 20).error().code(), Code::kMalformed);
    EXPECT_EQ(message_size(hex("420078 02"), 1 << 20).error().code(), Code::kMalformed);
    EXPECT_EQ(message_size(as_bytes("GET / HTTP/1.1"), 1 << 20).error().code(),
              Code::kMalformed);
}

TEST(TtlvWriter, BigIntegersAreUnsignedNumbers) {
    const auto written = [](std::string_view magnitude) {
        Bytes out;
        Writer writer(out);
        writer.big_integer(1, hex(magnitude));
        return encode_hex(BytesView(out).subspan(8));
    };
    EXPECT_EQ(written(""), "0000000000000000");
    EXPECT_EQ(written("000000000000000000"), "0000000000000000");
    EXPECT_EQ(written("00000000000000000007"), "0000000000000007");
    EXPECT_EQ(written("7fffffffffffffff"), "7fffffffffffffff");
    EXPECT_EQ(written("8000000000000000"), "00000000000000008000000000000000");
    EXPECT_EQ(written("010000000000000000"), "00000000000000010000000000000000");
}

TEST(TtlvWriter, ItemsAreTakenOverUnderTheirTagOrAnother) {
    Bytes from;
    Writer(from).begin(0x420001).text(0x420002, "abc").end();
    Bytes out;
    Writer(out).begin(0x420010).item(from).item_as(0x540003, from).end();
    const Document document = Document::parse(out).value();
    EXPECT_EQ(*document.root().find(0x420001).find(0x420002).text(), "abc");
    EXPECT_EQ(*document.root().find(0x540003).find(0x420002).text(), "abc");
}

TEST(TtlvWriter, RewindForgetsWhatWasBegunAfterIt) {
    Bytes out;
    Writer writer(out);
    writer.begin(1).begin(2).integer(3, 4);
    const std::size_t mark = writer.size();
    writer.begin(5).begin(6).text(7, "long");
    writer.rewind(mark);
    EXPECT_EQ(writer.size(), mark);
    writer.end().end();
    Bytes wanted;
    Writer(wanted).begin(1).begin(2).integer(3, 4).end().end();
    EXPECT_EQ(encode_hex(out), encode_hex(wanted));

    writer.rewind(0);
    writer.integer(1, 1);
    EXPECT_EQ(out.size(), 16u);
}

TEST(TtlvWriter, GrowsAndGoesOnBehindWhatStands) {
    Bytes out{1, 2, 3, 4, 5, 6, 7, 8};
    Writer writer(out);
    writer.begin(1);
    for (int i = 0; i < 1000; ++i) {
        writer.begin(2).text(3, "some text").end();
    }
    writer.end();
    EXPECT_EQ(out[0], 1);
    const auto document = Document::parse(BytesView(out).subspan(8));
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().count(2), 1000u);
}

TEST(TtlvWriterDeathTest, StructuresNest) {
    Bytes out;
    Writer writer(out);
    EXPECT_DEATH(writer.end(), "open_");
}

TEST(Ttlv, TypesHaveNames) {
    EXPECT_EQ(type_name(Type::kStructure), "Structure");
    EXPECT_EQ(type_name(Type::kDateTimeExtended), "DateTimeExtended");
    EXPECT_EQ(type_name(static_cast<Type>(12)), "");
}

}  // namespace
}  // namespace chatelaine::ttlv

// Proves that fields read back as written, that no truncation is taken for a record, and that
// newer formats are refused by name.
#include "base/codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace chatelaine {
namespace {

Bytes sample() {
    Bytes out;
    FieldWriter writer(out, 2);
    writer.bytes(1, as_bytes("bytes"));
    writer.text(2, "text");
    writer.u64(3, 0x0102030405060708);
    writer.u32(4, 0xfffefdfc);
    writer.flag(5, true);
    writer.flag(6, false);
    writer.time(7, WallTime{-5});
    writer.time(8, std::optional<WallTime>{});
    writer.id(9, ObjectId{Uuid::from_octets(Bytes(16, 7))});
    writer.text(2, "");
    return out;
}

TEST(Codec, FieldsReadBackAsWritten) {
    const Bytes record = sample();
    auto reader = FieldReader::open(record, 2, "test");
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->format(), 2);
    const auto next = [&] { return reader->next().value().value(); };
    EXPECT_EQ(next().text(), "bytes");
    EXPECT_EQ(next().text(), "text");
    EXPECT_EQ(*next().u64(), 0x0102030405060708u);
    EXPECT_EQ(*next().u32(), 0xfffefdfcu);
    EXPECT_TRUE(*next().flag());
    EXPECT_FALSE(*next().flag());
    EXPECT_EQ(next().time()->microseconds, -5);
    const Field id = next();
    EXPECT_EQ(id.number, 9);
    EXPECT_EQ(id.id<ObjectTag>()->uuid.octets[0], 7);
    EXPECT_EQ(next().text(), "");
    EXPECT_FALSE(reader->next()->has_value());
    EXPECT_FALSE(reader->next()->has_value());
}

TEST(Codec, TheBytesAreAsDocumented) {
    Bytes out;
    FieldWriter(out, 1).u32(0x0203, 5);
    EXPECT_EQ(out, (Bytes{1, 3, 2, 4, 0, 0, 0, 5, 0, 0, 0}));
}

TEST(Codec, WrongLengthsAreRefused) {
    Field field{1, as_bytes("abc")};
    EXPECT_EQ(field.u64().error().code(), Code::kStoreCorrupt);
    EXPECT_EQ(field.u32().error().code(), Code::kStoreCorrupt);
    EXPECT_EQ(field.flag().error().code(), Code::kStoreCorrupt);
    EXPECT_EQ(field.uuid().error().code(), Code::kStoreCorrupt);
    EXPECT_EQ(field.time().error().code(), Code::kStoreCorrupt);
    EXPECT_EQ(field.id<ObjectTag>().error().code(), Code::kStoreCorrupt);
    const Bytes two{2};
    EXPECT_FALSE((Field{1, two}.flag().has_value()));
}

TEST(Codec, EmptyAndNewerRecordsAreRefused) {
    EXPECT_EQ(FieldReader::open({}, 3, "test").error().code(), Code::kStoreCorrupt);
    const Bytes newer{4};
    const auto refused = FieldReader::open(newer, 3, "test");
    EXPECT_EQ(refused.error().code(), Code::kFormatTooNew);
    EXPECT_EQ(refused.error().detail().message,
              "the record has format 4, this build reads up to 3");
    EXPECT_TRUE(FieldReader::open(newer, 4, "test").has_value());
}

/// Reads to the end; the number of fields, or -1 on an error.
int walk(BytesView record) {
    auto reader = FieldReader::open(record, 255, "test");
    if (!reader) {
        return -1;
    }
    for (int count = 0;; ++count) {
        auto field = reader->next();
        if (!field) {
            return -1;
        }
        if (!field->has_value()) {
            return count;
        }
    }
}

TEST(CodecProperty, AnyFieldsRoundTripAndNoTruncationPasses) {
    EXPECT_TRUE(rc::check("codec", [](const std::vector<std::pair<std::uint16_t, Bytes>>& fields) {
        Bytes out;
        FieldWriter writer(out, 9);
        std::vector<std::size_t> ends{out.size()};
        for (const auto& [number, value] : fields) {
            writer.bytes(number, value);
            ends.push_back(out.size());
        }
        auto reader = FieldReader::open(out, 9, "test");
        for (const auto& [number, value] : fields) {
            const Field field = reader->next().value().value();
            RC_ASSERT(field.number == number);
            RC_ASSERT(Bytes(field.value.begin(), field.value.end()) == value);
        }
        RC_ASSERT(!reader->next()->has_value());
        // A cut is seen, but for cuts exactly between fields: those the seal around it sees.
        for (std::size_t size = 1; size < out.size(); ++size) {
            const bool between = std::find(ends.begin(), ends.end(), size) != ends.end();
            RC_ASSERT((walk(BytesView(out).first(size)) >= 0) == between);
        }
    }));
    EXPECT_TRUE(rc::check("any bytes are walked or refused", [](const Bytes& bytes) {
        RC_ASSERT(walk(bytes) >= -1);
    }));
}

}  // namespace
}  // namespace chatelaine

// Proves the encodings against the vectors of RFC 4648, against a bit-by-bit oracle written
// without tables, and by feeding them what is almost right.
#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace chatelaine {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The oracle: one bit after the other, no block structure.
std::string slow_encode(BytesView bytes, std::string_view alphabet, bool padded) {
    std::string out;
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
        std::size_t sextet = 0;
        for (std::size_t i = bit; i < bit + 6; ++i) {
            const bool on = i < bytes.size() * 8 && (bytes[i / 8] >> (7 - i % 8) & 1) != 0;
            sextet = sextet * 2 + (on ? 1 : 0);
        }
        out.push_back(alphabet[sextet]);
    }
    while (padded && out.size() % 4 != 0) {
        out.push_back('=');
    }
    return out;
}

/// Random bytes of a size that reaches the vector code and its tail.
Bytes some_bytes() {
    const auto size = *rc::gen::inRange<std::size_t>(0, 200);
    return *rc::gen::container<Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
}

TEST(Base64, VectorsOfRfc4648) {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : vectors) {
        EXPECT_EQ(encode_base64(as_bytes(plain)), text);
        EXPECT_EQ(as_text(*decode_base64(text)), plain);
        std::string unpadded(text.substr(0, text.find('=')));
        EXPECT_EQ(encode_base64url(as_bytes(plain)), unpadded);
        EXPECT_EQ(as_text(*decode_base64url(unpadded)), plain);
    }
}

TEST(Base64, AgreesWithTheOracleAndRoundTrips) {
    EXPECT_TRUE(rc::check("base64", [] {
        const Bytes bytes = some_bytes();
        const std::string text = encode_base64(bytes);
        RC_ASSERT(text == slow_encode(bytes, kStandard, true));
        RC_ASSERT(text.size() == base64_encoded_size(bytes.size()));
        RC_ASSERT(*decode_base64(text) == bytes);
        const std::string url = encode_base64url(bytes);
        RC_ASSERT(url == slow_encode(bytes, kUrl, false));
        RC_ASSERT(*decode_base64url(url) == bytes);
        std::string appended = "x";
        append_base64(appended, bytes);
        append_base64url(appended, bytes);
        RC_ASSERT(appended == "x" + text + url);
    }));
}

TEST(Base64, EveryByteValueAtEveryPlaceOfABlock) {
    // 32 characters: the vector code sees the first 16, the scalar code the rest.
    const std::string good(32, 'A');
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (int c = 0; c < 256; ++c) {
            std::string text = good;
            text[at] = static_cast<char>(c);
            const bool standard = kStandard.find(text[at]) != std::string_view::npos;
            const bool padding = c == '=' && at == 31;
            const bool url = kUrl.find(text[at]) != std::string_view::npos;
            EXPECT_EQ(decode_base64(text).has_value(), standard || padding) << at << " " << c;
            EXPECT_EQ(decode_base64url(text).has_value(), url) << at << " " << c;
        }
    }
}

TEST(Base64, RefusesWhatIsAlmostRight) {
    for (const std::string_view text :
         {"A", "AA", "AAA", "AAAAA", "A===", "====", "=", "AA=A", "=AAA", "AA==AAAA", "AAAA====",
          "AAA=AAA=", "AB==", "AAB=", "AA\n=", "AAAA\n", " AAAA", "AA==\n", "AA-_", "Zm9v Zg=="}) {
        const auto decoded = decode_base64(text);
        ASSERT_FALSE(decoded.has_value()) << text;
        EXPECT_EQ(decoded.error().code(), Code::kMalformed);
    }
    for (const std::string_view text : {"A", "AAAAA", "AA==", "AAA=", "AB", "AAB", "AA+/", "AA "}) {
        EXPECT_FALSE(decode_base64url(text).has_value()) << text;
    }
}

TEST(Base64, DecodesIntoTheCallersMemoryAndNotBeyond) {
    EXPECT_TRUE(rc::check("decode into", [] {
        const Bytes bytes = some_bytes();
        const std::string text = encode_base64(bytes);
        Bytes memory(base64_decoded_max(text.size()) + 8, 0xee);
        const auto size =
            decode_base64_into(text, MutableBytesView(memory).first(memory.size() - 8));
        RC_ASSERT(*size == bytes.size());
        RC_ASSERT(std::equal(bytes.begin(), bytes.end(), memory.begin()));
        RC_ASSERT(std::all_of(memory.end() - 8, memory.end(), [](int b) { return b == 0xee; }));
        const std::string url = encode_base64url(bytes);
        Bytes exact(base64_decoded_max(url.size()));
        RC_ASSERT(*decode_base64url_into(url, exact) == bytes.size());
        RC_ASSERT(std::equal(bytes.begin(), bytes.end(), exact.begin()));
    }));
    Bytes room(8);
    EXPECT_FALSE(decode_base64_into("AAA", room).has_value());
    EXPECT_FALSE(decode_base64_into("AA*A", room).has_value());
    EXPECT_FALSE(decode_base64url_into("A", room).has_value());
}

TEST(Hex, RoundTripsAndRefuses) {
    EXPECT_EQ(encode_hex(as_bytes("\x01\xaf")), "01af");
    EXPECT_EQ(as_text(*decode_hex("01AFaf")), "\x01\xaf\xaf");
    for (const std::string_view text : {"0", "0g", "g0", "0x", " 00", "00 "}) {
        EXPECT_FALSE(decode_hex(text).has_value()) << text;
    }
    EXPECT_TRUE(rc::check("hex", [](const Bytes& bytes) {
        RC_ASSERT(*decode_hex(encode_hex(bytes)) == bytes);
    }));
}

TEST(Percent, RoundTripsAndRefuses) {
    EXPECT_EQ(encode_percent("a b/c~+\xc3\xa9"), "a%20b%2Fc~%2B%C3%A9");
    EXPECT_EQ(*decode_percent("a+b%2f%2F"), "a+b//");
    for (const std::string_view text : {"%", "%4", "%4g", "%g4", "abc%2", "%%41"}) {
        EXPECT_FALSE(decode_percent(text).has_value()) << text;
    }
    EXPECT_TRUE(rc::check("percent", [](const std::string& text) {
        RC_ASSERT(*decode_percent(encode_percent(text)) == text);
    }));
}

/// The oracle: decodes by the definition (code point, shortest form), not by byte ranges.
bool slow_is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const unsigned lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3
                                                 : lead >> 3 == 30 ? 4 : 0;
        if (length == 0 || i + length > text.size()) {
            return false;
        }
        unsigned code = length == 1 ? lead : lead & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const unsigned next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xc0) != 0x80) {
                return false;
            }
            code = code << 6 | (next & 63);
        }
        const unsigned lowest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < lowest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
            return false;
        }
        i += length;
    }
    return true;
}

TEST(Utf8, AgreesWithTheOracleOnAllShortSequences) {
    // Every pair of a lead and a second byte, then edges of the third and fourth.
    const unsigned char edges[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff};
    for (int a = 0; a < 256; ++a) {
        for (int b = 0; b < 256; ++b) {
            std::string text{static_cast<char>(a), static_cast<char>(b)};
            ASSERT_EQ(is_utf8(text), slow_is_utf8(text));
            for (const unsigned char c : edges) {
                text.resize(2);
                text.push_back(static_cast<char>(c));
                ASSERT_EQ(is_utf8(text), slow_is_utf8(text));
                text.push_back('\x80');
                ASSERT_EQ(is_utf8(text), slow_is_utf8(text)) << a << " " << b << " " << int{c};
            }
        }
    }
}

TEST(Utf8, FindsABadByteAtAnyPlaceOfALongText) {
    const std::string good = "0123456789\xc3\xa9 0123456789 \xe2\x82\xac";
    EXPECT_TRUE(is_utf8(good));
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = '\xff';
        EXPECT_FALSE(is_utf8(bad));
    }
    EXPECT_EQ(utf8_sequence("\xe2\x82\xac."), 3u);
    EXPECT_EQ(utf8_sequence("\xe2\x82"), 0u);
    EXPECT_EQ(utf8_sequence(""), 0u);
}

}  // namespace
}  // namespace chatelaine

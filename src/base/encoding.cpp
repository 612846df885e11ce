#include "base/encoding.hpp"

#include <array>

#if defined(__SSSE3__)
#include <immintrin.h>
#endif

namespace chatelaine {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr std::uint8_t kNoDigit = 0xff;

/// What differs between the two alphabets of RFC 4648 (sections 4 and 5).
struct Standard {
    static constexpr char k62 = '+';
    static constexpr char k63 = '/';
};
struct UrlSafe {
    static constexpr char k62 = '-';
    static constexpr char k63 = '_';
};

template <class Alphabet>
constexpr std::array<char, 64> make_digits() {
    std::array<char, 64> digits{};
    for (std::size_t i = 0; i < 26; ++i) {
        digits[i] = static_cast<char>('A' + i);
        digits[i + 26] = static_cast<char>('a' + i);
    }
    for (std::size_t i = 0; i < 10; ++i) {
        digits[i + 52] = static_cast<char>('0' + i);
    }
    digits[62] = Alphabet::k62;
    digits[63] = Alphabet::k63;
    return digits;
}

template <class Alphabet>
constexpr std::array<char, 64> kDigits = make_digits<Alphabet>();

template <class Alphabet>
constexpr std::array<std::uint8_t, 256> make_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoDigit);
    for (std::size_t i = 0; i < 64; ++i) {
        values[static_cast<std::uint8_t>(kDigits<Alphabet>[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}

template <class Alphabet>
constexpr std::array<std::uint8_t, 256> kValues = make_values<Alphabet>();

#if defined(__SSSE3__)

__m128i load16(const void* at) { return _mm_loadu_si128(static_cast<const __m128i*>(at)); }
void store16(void* at, __m128i value) { _mm_storeu_si128(static_cast<__m128i*>(at), value); }

/// Encodes 12 bytes at a time; reads 16, so it stops while at least 16 are there.
template <class Alphabet>
void encode_blocks(const std::uint8_t*& in, std::size_t& size, char*& out) {
    // Each triple a,b,c becomes the 32-bit lane b a c b, from which the four sextets are moved to
    // the low bits of their own bytes by two multiplications (one shifts right, one left).
    const __m128i spread =
        _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    // Distance from a sextet to its character, by class: 0 is a-z, 1 to 10 are the digits, 11 and
    // 12 the two special ones, 13 is A-Z.
    const char digit = '0' - 52;
    const __m128i distance = _mm_setr_epi8(
        'a' - 26, digit, digit, digit, digit, digit, digit, digit, digit, digit, digit,
        static_cast<char>(Alphabet::k62 - 62), static_cast<char>(Alphabet::k63 - 63), 'A', 0, 0);
    while (size >= 16) {
        const __m128i lanes = _mm_shuffle_epi8(load16(in), spread);
        const __m128i odd = _mm_mulhi_epu16(_mm_and_si128(lanes, _mm_set1_epi32(0x0fc0fc00)),
                                            _mm_set1_epi32(0x04000040));
        const __m128i even = _mm_mullo_epi16(_mm_and_si128(lanes, _mm_set1_epi32(0x003f03f0)),
                                             _mm_set1_epi32(0x01000010));
        const __m128i sextets = _mm_or_si128(odd, even);
        const __m128i upper = _mm_and_si128(_mm_cmpgt_epi8(_mm_set1_epi8(26), sextets),
                                            _mm_set1_epi8(13));
        const __m128i kind = _mm_or_si128(_mm_subs_epu8(sextets, _mm_set1_epi8(51)), upper);
        store16(out, _mm_add_epi8(sextets, _mm_shuffle_epi8(distance, kind)));
        in += 12;
        size -= 12;
        out += 16;
    }
}

/// Which characters are not digits of the alphabet, as two tables to be ANDed: by high nibble the
/// row's bit, by low nibble the rows in which it is wrong.
template <class Alphabet>
struct NibbleTables {
    std::array<std::uint8_t, 16> by_high{};
    std::array<std::uint8_t, 16> by_low{};
    std::array<std::uint8_t, 16> offset{};  ///< from character to sextet, by high nibble

    constexpr NibbleTables() {
        constexpr std::uint8_t kNever = 0x40;
        for (std::size_t high = 0; high < 16; ++high) {
            by_high[high] = high >= 2 && high <= 7 ? static_cast<std::uint8_t>(1 << (high - 2))
                                                   : kNever;
        }
        for (std::size_t low = 0; low < 16; ++low) {
            by_low[low] = kNever;
            for (std::size_t high = 2; high <= 7; ++high) {
                if (kValues<Alphabet>[high * 16 + low] == kNoDigit) {
                    by_low[low] = static_cast<std::uint8_t>(by_low[low] | by_high[high]);
                }
            }
        }
        offset[2] = static_cast<std::uint8_t>(62 - Alphabet::k62);
        offset[3] = static_cast<std::uint8_t>(52 - '0');
        offset[4] = offset[5] = static_cast<std::uint8_t>(-'A');
        offset[6] = offset[7] = static_cast<std::uint8_t>(26 - 'a');
        // The 63rd digit shares its row with others, so it gets a row of its own.
        offset[8] = static_cast<std::uint8_t>(63 - Alphabet::k63);
    }
};

template <class Alphabet>
constexpr NibbleTables<Alphabet> kNibbles{};

/// Decodes 16 characters at a time into 12 bytes (and writes 16); stops before the first block
/// that holds a wrong character, which the caller's slow path then meets.
template <class Alphabet>
void decode_blocks(const char*& in, std::size_t& size, std::uint8_t*& out, std::size_t& room) {
    const __m128i by_high = load16(kNibbles<Alphabet>.by_high.data());
    const __m128i by_low = load16(kNibbles<Alphabet>.by_low.data());
    const __m128i offset = load16(kNibbles<Alphabet>.offset.data());
    const __m128i nibble = _mm_set1_epi8(0x0f);
    const __m128i last_digit = _mm_set1_epi8(Alphabet::k63);
    const __m128i last_row =
        _mm_set1_epi8(static_cast<char>((static_cast<unsigned char>(Alphabet::k63) >> 4) ^ 8));
    const __m128i gather = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    while (size >= 16 && room >= 16) {
        const __m128i text = load16(in);
        const __m128i high = _mm_and_si128(_mm_srli_epi32(text, 4), nibble);
        const __m128i wrong =
            _mm_and_si128(_mm_shuffle_epi8(by_high, high),
                          _mm_shuffle_epi8(by_low, _mm_and_si128(text, nibble)));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) != 0xffff) {
            return;
        }
        const __m128i row = _mm_xor_si128(
            high, _mm_and_si128(_mm_cmpeq_epi8(text, last_digit), last_row));
        const __m128i sextets = _mm_add_epi8(text, _mm_shuffle_epi8(offset, row));
        const __m128i pairs = _mm_maddubs_epi16(sextets, _mm_set1_epi32(0x01400140));
        const __m128i triples = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
        store16(out, _mm_shuffle_epi8(triples, gather));
        in += 16;
        size -= 16;
        out += 12;
        room -= 12;
    }
}

#else

template <class Alphabet>
void encode_blocks(const std::uint8_t*&, std::size_t&, char*&) {}
template <class Alphabet>
void decode_blocks(const char*&, std::size_t&, std::uint8_t*&, std::size_t&) {}

#endif

template <class Alphabet>
void append_encoded(std::string& text, BytesView bytes, bool padded) {
    const std::size_t left_over = bytes.size() % 3;
    const std::size_t begin = text.size();
    const std::size_t unpadded = bytes.size() / 3 * 4 + (left_over == 0 ? 0 : left_over + 1);
    text.resize(begin + (padded ? base64_encoded_size(bytes.size()) : unpadded), '=');
    const auto& digits = kDigits<Alphabet>;
    const std::uint8_t* in = bytes.data();
    std::size_t size = bytes.size();
    char* out = text.data() + begin;
    encode_blocks<Alphabet>(in, size, out);
    for (; size >= 3; size -= 3, in += 3, out += 4) {
        out[0] = digits[in[0] >> 2];
        out[1] = digits[(in[0] & 3) << 4 | in[1] >> 4];
        out[2] = digits[(in[1] & 15) << 2 | in[2] >> 6];
        out[3] = digits[in[2] & 63];
    }
    if (size == 1) {
        out[0] = digits[in[0] >> 2];
        out[1] = digits[(in[0] & 3) << 4];
    } else if (size == 2) {
        out[0] = digits[in[0] >> 2];
        out[1] = digits[(in[0] & 3) << 4 | in[1] >> 4];
        out[2] = digits[(in[1] & 15) << 2];
    }
}

Error bad_base64(std::string_view message) {
    return Error(Code::kMalformed, "encoding.base64", std::string(message));
}

/// Takes the padding off; false when the length or the padding is not what RFC 4648 asks.
bool strip_padding(std::string_view& text) {
    if (text.size() % 4 != 0) {
        return false;
    }
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
        text.remove_suffix(1);
    }
    return true;
}

/// The size that `characters` unpadded digits decode to.
constexpr std::size_t decoded_size(std::size_t characters) {
    return characters / 4 * 3 + (characters % 4 == 0 ? 0 : characters % 4 - 1);
}

/// Decodes unpadded digits; `out` holds exactly or more than decoded_size. False when wrong.
template <class Alphabet>
bool decode_digits(std::string_view text, MutableBytesView bytes) {
    if (text.size() % 4 == 1) {
        return false;
    }
    const auto& values = kValues<Alphabet>;
    const char* in = text.data();
    std::size_t size = text.size();
    std::uint8_t* out = bytes.data();
    std::size_t room = bytes.size();
    decode_blocks<Alphabet>(in, size, out, room);
    const auto value = [&](std::size_t i) { return values[static_cast<std::uint8_t>(in[i])]; };
    // A digit is below 64, so one OR over all of them shows a wrong character in the top bits.
    for (; size >= 4; size -= 4, in += 4, out += 3) {
        const std::uint8_t a = value(0), b = value(1), c = value(2), d = value(3);
        if (((a | b | c | d) & 0xc0) != 0) {
            return false;
        }
        out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
        out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
        out[2] = static_cast<std::uint8_t>(c << 6 | d);
    }
    if (size == 0) {
        return true;
    }
    const std::uint8_t a = value(0), b = value(1);
    const std::uint8_t c = size == 3 ? value(2) : 0;
    const int left_over = size == 3 ? c & 3 : b & 15;
    if (((a | b | c) & 0xc0) != 0 || left_over != 0) {
        return false;
    }
    out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    if (size == 3) {
        out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
    }
    return true;
}

std::uint8_t hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<std::uint8_t>(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return static_cast<std::uint8_t>(c - 'a' + 10);
    }
    if (c >= 'A' && c <= 'F') {
        return static_cast<std::uint8_t>(c - 'A' + 10);
    }
    return kNoDigit;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string encode_hex(BytesView bytes) {
    std::string text(bytes.size() * 2, '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text[2 * i] = kHexDigits[bytes[i] >> 4];
        text[2 * i + 1] = kHexDigits[bytes[i] & 15];
    }
    return text;
}

Result<Bytes> decode_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return Error(Code::kMalformed, "encoding.hex", "an odd number of hex digits");
    }
    Bytes bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::uint8_t high = hex_value(text[2 * i]);
        const std::uint8_t low = hex_value(text[2 * i + 1]);
        if (((high | low) & 0xf0) != 0) {
            return Error(Code::kMalformed, "encoding.hex", "a character that is no hex digit");
        }
        bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return bytes;
}

void append_base64(std::string& out, BytesView bytes) {
    append_encoded<Standard>(out, bytes, true);
}

std::string encode_base64(BytesView bytes) {
    std::string text;
    append_base64(text, bytes);
    return text;
}

void append_base64url(std::string& out, BytesView bytes) {
    append_encoded<UrlSafe>(out, bytes, false);
}

std::string encode_base64url(BytesView bytes) {
    std::string text;
    append_base64url(text, bytes);
    return text;
}

Result<Bytes> decode_base64(std::string_view text) {
    if (!strip_padding(text)) {
        return bad_base64("the text is not padded base64");
    }
    Bytes bytes(decoded_size(text.size()));
    if (!decode_digits<Standard>(text, bytes)) {
        wipe(bytes.data(), bytes.size());
        return bad_base64("the text is not base64");
    }
    return bytes;
}

Result<std::size_t> decode_base64_into(std::string_view text, MutableBytesView out) {
    if (!strip_padding(text)) {
        return bad_base64("the text is not padded base64");
    }
    const std::size_t size = decoded_size(text.size());
    CH_CHECK(out.size() >= size);
    if (!decode_digits<Standard>(text, out)) {
        return bad_base64("the text is not base64");
    }
    return size;
}

Result<Bytes> decode_base64url(std::string_view text) {
    Bytes bytes(decoded_size(text.size()));
    if (!decode_digits<UrlSafe>(text, bytes)) {
        wipe(bytes.data(), bytes.size());
        return bad_base64("the text is not unpadded base64url");
    }
    return bytes;
}

Result<std::size_t> decode_base64url_into(std::string_view text, MutableBytesView out) {
    const std::size_t size = decoded_size(text.size());
    CH_CHECK(out.size() >= size);
    if (!decode_digits<UrlSafe>(text, out)) {
        return bad_base64("the text is not unpadded base64url");
    }
    return size;
}

std::string encode_percent(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            out.push_back(c);
        } else {
            const auto octet = static_cast<std::uint8_t>(c);
            out.push_back('%');
            out.push_back("0123456789ABCDEF"[octet >> 4]);
            out.push_back("0123456789ABCDEF"[octet & 15]);
        }
    }
    return out;
}

Result<std::string> decode_percent(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const std::uint8_t high = i + 2 < text.size() ? hex_value(text[i + 1]) : kNoDigit;
        const std::uint8_t low = i + 2 < text.size() ? hex_value(text[i + 2]) : kNoDigit;
        if (((high | low) & 0xf0) != 0) {
            return Error(Code::kMalformed, "encoding.percent",
                         "a percent sign without two hex digits");
        }
        out.push_back(static_cast<char>(high << 4 | low));
        i += 2;
    }
    return out;
}

bool is_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t eight = 0;
        if (text.size() - at >= sizeof eight) {
            __builtin_memcpy(&eight, text.data() + at, sizeof eight);
            if ((eight & 0x8080808080808080ULL) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        const std::size_t length = utf8_sequence(text.substr(at));
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

std::size_t utf8_sequence(std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = octet(0);
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (text.size() < length) {
        return 0;
    }
    // Only the second byte's range depends on the lead: it keeps out overlong forms, surrogates
    // and what lies above U+10FFFF (RFC 3629, section 4).
    const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (octet(1) < low || octet(1) > high) {
        return 0;
    }
    for (std::size_t i = 2; i < length; ++i) {
        if (octet(i) < 0x80 || octet(i) > 0xbf) {
            return 0;
        }
    }
    return length;
}

}  // namespace chatelaine

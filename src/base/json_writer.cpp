#include <array>
#include <bit>
#include <charconv>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace chatelaine::json {
namespace {

bool is_plain(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= 0x20 && octet < 0x80 && c != '"' && c != '\\';
}

/// How many characters of the front need no escape. A ciphertext is one long run of them.
std::size_t plain_run(std::string_view text) {
    std::size_t at = 0;
#if defined(__SSE2__)
    while (text.size() - at >= 16) {
        const __m128i octets =
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
        // Signed: what is not ASCII is below the blank too.
        const __m128i special =
            _mm_or_si128(_mm_cmplt_epi8(octets, _mm_set1_epi8(0x20)),
                         _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('"')),
                                      _mm_cmpeq_epi8(octets, _mm_set1_epi8('\\'))));
        const int mask = _mm_movemask_epi8(special);
        if (mask != 0) {
            return at + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(mask)));
        }
        at += 16;
    }
#endif
    while (at < text.size() && is_plain(text[at])) {
        ++at;
    }
    return at;
}

void append_escape(std::string& out, char c) {
    switch (c) {
        case '"': out.append("\\\""); return;
        case '\\': out.append("\\\\"); return;
        case '\b': out.append("\\b"); return;
        case '\f': out.append("\\f"); return;
        case '\n': out.append("\\n"); return;
        case '\r': out.append("\\r"); return;
        case '\t': out.append("\\t"); return;
        default: break;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.append("\\u00");
    out.push_back("0123456789abcdef"[octet >> 4]);
    out.push_back("0123456789abcdef"[octet & 15]);
}

void append_string(std::string& out, std::string_view text) {
    out.push_back('"');
    while (!text.empty()) {
        const std::size_t plain = plain_run(text);
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) {
            break;
        }
        std::size_t length = 1;
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            append_escape(out, text.front());
        } else if ((length = utf8_sequence(text)) > 0) {
            out.append(text.substr(0, length));
        } else {
            out.append("\xef\xbf\xbd");
            length = 1;
        }
        text.remove_prefix(length);
    }
    out.push_back('"');
}

}  // namespace

void Writer::separate() {
    if (need_comma_) {
        out_.push_back(',');
    }
    need_comma_ = true;
}

Writer& Writer::begin_object() {
    separate();
    out_.push_back('{');
    need_comma_ = false;
    return *this;
}

Writer& Writer::end_object() {
    out_.push_back('}');
    need_comma_ = true;
    return *this;
}

Writer& Writer::begin_array() {
    separate();
    out_.push_back('[');
    need_comma_ = false;
    return *this;
}

Writer& Writer::end_array() {
    out_.push_back(']');
    need_comma_ = true;
    return *this;
}

Writer& Writer::key(std::string_view name) {
    separate();
    append_string(out_, name);
    out_.push_back(':');
    need_comma_ = false;
    return *this;
}

Writer& Writer::string(std::string_view value) {
    separate();
    append_string(out_, value);
    return *this;
}

Writer& Writer::integer(std::int64_t value) {
    separate();
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out_.append(digits.data(), end);
    return *this;
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }

Writer& Writer::null() { return raw("null"); }

Writer& Writer::raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
}

Writer& Writer::base64(BytesView value) {
    separate();
    out_.push_back('"');
    append_base64(out_, value);
    out_.push_back('"');
    return *this;
}

Writer& Writer::base64url(BytesView value) {
    separate();
    out_.push_back('"');
    append_base64url(out_, value);
    out_.push_back('"');
    return *this;
}

}  // namespace chatelaine::json

#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// Text forms of bytes (RFC 4648). Decoders are strict: no white space, no wrong padding, no
/// non-zero left-over bits; anything else is kMalformed. Nothing here wipes: for secrets decode
/// into memory that the caller owns (decode_base64_into) and wipe the source.

namespace chatelaine {

std::string encode_hex(BytesView bytes);  ///< lower case
Result<Bytes> decode_hex(std::string_view text);

std::string encode_base64(BytesView bytes);  ///< standard alphabet, padded
void append_base64(std::string& out, BytesView bytes);
Result<Bytes> decode_base64(std::string_view text);
/// An upper bound of what `text_size` characters decode to.
constexpr std::size_t base64_decoded_max(std::size_t text_size) { return text_size / 4 * 3 + 3; }
constexpr std::size_t base64_encoded_size(std::size_t size) { return (size + 2) / 3 * 4; }
/// Decodes into `out` (at least base64_decoded_max) and returns the size; kMalformed else.
Result<std::size_t> decode_base64_into(std::string_view text, MutableBytesView out);

std::string encode_base64url(BytesView bytes);  ///< URL alphabet, no padding
void append_base64url(std::string& out, BytesView bytes);
Result<Bytes> decode_base64url(std::string_view text);
Result<std::size_t> decode_base64url_into(std::string_view text, MutableBytesView out);

/// RFC 3986 percent-encoding: everything but unreserved characters is escaped.
std::string encode_percent(std::string_view text);
/// kMalformed on a bad escape; `+` stays a plus.
Result<std::string> decode_percent(std::string_view text);

/// True when the text is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);
/// The bytes (1 to 4) of the well-formed UTF-8 character that `text` begins with; 0 when it
/// begins with none.
std::size_t utf8_sequence(std::string_view text);

}  // namespace chatelaine

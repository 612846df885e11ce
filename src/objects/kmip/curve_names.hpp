#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// KMIP's Recommended Curve and OpenSSL's names of the same curves. Private to the room.

namespace chatelaine::objects::kmip {

/// "prime256v1" for P-256; empty for a number that names none. X25519 and X448 are no names of
/// OpenSSL's curves: they are algorithms of their own.
std::string_view curve_name_of(std::uint32_t recommended_curve);
/// The other way round; 0 when KMIP has no number for it.
std::uint32_t recommended_curve_of(std::string_view name);
/// The usual curve of that many bits, for clients that say a length alone; empty for none.
std::string_view curve_of_bits(std::uint32_t bits);

}  // namespace chatelaine::objects::kmip

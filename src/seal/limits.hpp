#pragma once

#include <cstddef>
#include <cstdint>

/// Bounds of the files that this room reads. A file above its bound is refused before it is read.

namespace chatelaine::seal {

inline constexpr std::size_t key_bytes = 32;
inline constexpr std::size_t root_file_bytes_max = 4096;
inline constexpr std::size_t key_file_bytes_max = 512;
/// About 100,000 scopes. The opened body passes through the secret arena, of which this is a part.
inline constexpr std::size_t keybag_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t share_text_bytes_max = 256;
inline constexpr std::size_t share_threshold_min = 2;
inline constexpr std::size_t share_count_max = 255;
/// A random 96-bit nonce is good for 2^32 uses of a key (SP 800-38D section 8.3); a stream's audit
/// key therefore changes with each block of 2^24 sequence numbers.
inline constexpr unsigned audit_block_bits = 24;
/// Kept audit contexts of one slot: sets × ways.
inline constexpr std::size_t audit_context_sets = 32;
inline constexpr std::size_t audit_context_ways = 4;

}  // namespace chatelaine::seal

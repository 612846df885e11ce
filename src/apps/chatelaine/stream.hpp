#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/secret.hpp"

/// The stream format of the vendor's SDK (okms-rest.md, section 3, "SDK stream"), byte by byte:
///   "OKMSBLOB" | 0x02 | u16 LE n | n bytes: the data key as JWE | u16 LE 7 | 7 bytes nonce prefix
///   | u32 LE block size, its 16-byte tag included | blocks of AES-256-GCM
/// A block's nonce is prefix | u32 BE counter | 1 for the last block, 0 else; its AAD the context.
/// The header is not authenticated: every length in it is bounded before anything is allocated.
/// Threads: one at a time.

namespace chatelaine::cli {

inline constexpr std::size_t stream_block_bytes = 4 * 1024 * 1024;
inline constexpr std::size_t stream_block_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t stream_key_bytes_max = 5000;
inline constexpr std::string_view stream_data_key_name = "ephemeral.v2";

/// Where bytes come from: fills the buffer, short only at the end of the data.
using ReadBytes = std::function<Result<std::size_t>(MutableBytesView)>;
using WriteBytes = std::function<Result<void>(BytesView)>;

struct DataKey {
    crypto::SecretBytes plain;  ///< 32 bytes
    std::string wrapped;        ///< JWE
};

/// Encrypts all that `read` gives. An empty input becomes one authenticated empty block, which
/// the vendor's reader takes as empty too.
Result<void> encrypt_stream(const DataKey& key, std::string_view context, std::size_t block_bytes,
                            const ReadBytes& read, const WriteBytes& write);

struct StreamHeader {
    std::string wrapped_key;
    Bytes nonce_prefix;
    std::size_t block_bytes = 0;
};
/// kMalformed when it is no such stream, of another version, or a length is out of bounds.
Result<StreamHeader> read_stream_header(const ReadBytes& read);

enum class StreamEnd : std::uint8_t {
    kWhole,
    kHeaderOnly,  ///< not one block: empty by the vendor's writer, or cut; the two look alike
};
/// Decrypts the blocks behind the header. kSealBroken when a block does not open: altered, cut
/// at any place, another context or key. What was written before must not be believed then.
Result<StreamEnd> decrypt_stream(const StreamHeader& header, const crypto::SecretBytes& key,
                                 std::string_view context, const ReadBytes& read,
                                 const WriteBytes& write);

}  // namespace chatelaine::cli

#pragma once

#include <optional>

#include "crypto/block_cipher.hpp"

/// The last block's filling. Private to the room.

namespace chatelaine::crypto {

/// What fills the last block after `total` bytes.
Bytes padding_after(std::size_t total, std::size_t block, BlockPadding padding);

/// How many bytes of the last block are padding; nothing when it is none. Each byte of the block
/// is looked at, whatever the padding says.
std::optional<std::size_t> padding_in(BytesView last, BlockPadding padding);

}  // namespace chatelaine::crypto

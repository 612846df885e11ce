#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace chatelaine::cli {

/// One block on its way through a crew. `bytes` is its whole buffer, the same for every block that
/// uses the slot; `size` says how much of it counts, before and after the work.
struct CrewBlock {
    Bytes bytes;
    std::size_t size = 0;
    std::uint32_t counter = 0;
    bool last = false;
};

struct CrewSize {
    std::size_t buffer_bytes = 0;
    std::size_t slots = 1;    ///< blocks in memory at once
    std::size_t workers = 0;  ///< threads; 0 = the caller's own
};
/// For buffers of this size: as many threads as the machine has cores, four at most, and as many
/// slots as keep them busy, within `crew_bytes_max` of memory (one block where a block is larger).
CrewSize crew_size(std::size_t buffer_bytes);
inline constexpr std::size_t crew_bytes_max = 24 * 1024 * 1024;

/// Fills the next block and says by `last` whether another one follows. The caller's thread.
using FillBlock = std::function<Result<void>(CrewBlock&)>;
/// Works in the block's buffer. Any thread, but no two at once with one worker number.
using WorkOnBlock = std::function<Result<void>(std::size_t worker, CrewBlock&)>;
/// Takes the finished blocks in the order in which they were filled. The caller's thread.
using EmitBlock = std::function<Result<void>(const CrewBlock&)>;

/// Runs blocks through until the last one is emitted, or until the first failure; nothing behind a
/// block whose work failed is emitted. kTooLarge behind 2^32 - 1 blocks. Buffers are wiped.
Result<void> run_crew(const CrewSize& size, const FillBlock& fill, const WorkOnBlock& work,
                      const EmitBlock& emit);

}  // namespace chatelaine::cli

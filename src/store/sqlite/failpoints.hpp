#pragma once

#include <array>
#include <string_view>

/// The places in this room where a test build can die or fail, in the order in which a store's life
/// meets them (base/failpoint.hpp says how one is chosen). Compiled in tests only: the code names
/// them as literals, so that a release binary does not hold this list. Each single write, flush,
/// truncation and removal has its own besides (`failpoint_vfs.hpp`), too many to walk through here.

namespace chatelaine::store::sqlite {

inline constexpr std::array<std::string_view, 12> kill_points{
    "store.create_tables",      // tables made, nothing committed
    "store.before_begin",       // a group is taken, nothing begun
    "store.before_write",       // a transaction is planned, nothing of it written
    "store.before_commit",      // a group is written, not durable
    "store.after_commit",       // durable, nobody knows
    "store.before_ack",         // about to answer
    "store.before_checkpoint",  // the log is to be copied back
    "store.after_checkpoint",   // copied back, the log not yet begun again
    "store.copy_begin",         // an empty file for the copy
    "store.copy_step",          // some pages copied
    "store.copy_sync",          // all pages copied, not flushed
    "store.copy_renamed",       // the copy has its name, the directory is not flushed
};

inline constexpr std::array<std::string_view, 3> error_points{
    "store.write_error",     // a statement fails in the middle of a transaction
    "store.commit_error",    // the commit fails and did not happen
    "store.commit_unknown",  // the commit happened and is reported as failed
};

}  // namespace chatelaine::store::sqlite

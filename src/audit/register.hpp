#pragma once

#include "audit/audit.hpp"

/// Streams of records beside a scope's trail, found without looking through it: what was done last
/// for each activity, and what a party is to be told. Written in the transaction of the change
/// itself, as its audit record is. They are appended to, so that no two changes get into each
/// other's way; a stream's end is its newest.

namespace chatelaine::audit {

enum class Register : std::uint8_t {
    kEvidence = 1,  ///< number: the activity's index; scope: whose operation it was
    kNotices = 2,   ///< number: the party's index; scope: the provider
};

/// The writer that stands for a register. Never one of a trail.
Uuid register_writer(Register which, std::size_t number);
bool is_register(const Uuid& writer);

/// The records up to `last` (0: the newest), newest first, `max` at most. Blocks.
Result<std::vector<Record>> read_register(const seal::Seal& seal, store::Store& store,
                                          const store::StreamKey& stream, std::uint64_t last,
                                          std::size_t max);

}  // namespace chatelaine::audit

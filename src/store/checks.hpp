#pragma once

#include "store/store.hpp"

/// What every back end asks of its input before it looks at a row, so that all refuse alike.

namespace chatelaine::store {

/// kTooLarge over limits::record_bytes_max or limits::terms_per_record_max, kInvalidArgument for an
/// append of no records, one without `seal`, or a first sequence of 0.
Result<void> check_transaction(const Transaction& transaction);

/// True when the dates meet the condition; an unset date meets kIsNull and kNullOrAfter alone.
bool meets(const DateCondition& condition, const Dates& dates);

}  // namespace chatelaine::store

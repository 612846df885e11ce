#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// Durations as Vault writes them: "1d", "10h30m10s", "90" (seconds), "1.5h".

namespace chatelaine::secrets {

/// In whole seconds, rounded up: a version lives at least as long as was asked. Empty, zero and
/// negative texts are 0, which stands for "never". kInvalidArgument on `field` for what is none,
/// or is over limits::secret_seconds_max.
Result<std::int64_t> parse_duration(std::string_view text, std::string_view field);

/// As Go prints one: "24h0m0s", "0s". Go's clients know no days.
std::string go_duration(std::int64_t seconds);

}  // namespace chatelaine::secrets

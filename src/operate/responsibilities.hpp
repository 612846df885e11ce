#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/operation.hpp"
#include "responsibility/responsibility.hpp"

namespace chatelaine::operate {

using Rows = std::vector<const gate::OperationRow*>;

/// The matrix as JSON: sections, then each activity with its text, evidence, letters of each party
/// and the operations among `rows` that serve it; `served` is false where none does. `language` is
/// "en" or "fr"; kInvalidArgument("lang") else.
Result<std::string> responsibilities_json(const responsibility::Matrix& matrix,
                                          std::string_view language, const Rows& rows);

}  // namespace chatelaine::operate

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "gate/operation.hpp"
#include "operate/registers.hpp"
#include "responsibility/responsibility.hpp"

namespace chatelaine::operate {

using Rows = std::vector<const gate::OperationRow*>;

/// The matrix as JSON: sections, then each activity with its text, evidence, letters of each party
/// and the operations among `rows` that serve it; `served` is false where none does, and `state`
/// says so in the language. With `evidence`, what was done last, as `reader` may see it.
/// `language` is "en" or "fr"; kInvalidArgument("lang") else.
Result<std::string> responsibilities_json(const responsibility::Matrix& matrix,
                                          std::string_view language, const Rows& rows,
                                          const EvidenceReply* evidence = nullptr,
                                          Party reader = Party::kCustomer);

/// Member "last": when, by which operation, with what result; by whom, and where the audit shows
/// its record, of what is the reader's own. Nothing where there is none.
void write_last(json::Writer& out, const ActivityEvidence& evidence, Party reader);

}  // namespace chatelaine::operate

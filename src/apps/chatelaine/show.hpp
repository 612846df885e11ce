#pragma once

#include "apps/chatelaine/command.hpp"
#include "apps/chatelaine/output.hpp"

/// Steps that many commands end with. Private to the room.

namespace chatelaine::cli {

/// Prints a reply: its JSON for programs, a card for people; nothing for an empty one.
Result<int> show(Context& context, const Reply& reply);
/// Prints a JSON array: as it is for programs, as a table for people.
Result<int> show_list(Context& context, std::string_view array, const std::vector<Column>& columns);
/// The secret member of a reply: to the file of --out (mode 0600), else with the rest to the
/// terminal. What is secret leaves once and is nowhere else.
Result<int> show_secret(Context& context, const Reply& reply, std::string_view member,
                        std::string_view out);
/// Says what was done; silent for programs.
Result<int> done(Context& context, std::string_view what);
/// The text at a member of the reply; kMalformed when it is not there.
Result<std::string> member_text(const Reply& reply, std::string_view member);
/// [{"actions":[…],"resources":[…]}] from --action, --resource and --grants-file; empty when none.
Result<std::string> grants_json(const Arguments& arguments);

}  // namespace chatelaine::cli

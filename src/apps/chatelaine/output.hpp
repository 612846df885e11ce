#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

/// What commands print. Text that comes from the service is made safe for a terminal: control
/// characters are shown as "?".

namespace chatelaine::cli {

struct Column {
    std::string_view title;
    std::string_view member;  ///< "iam.urn" goes down into objects
};

/// The member at a dotted path, as a person reads it: texts bare, arrays with commas, else JSON.
std::string display(const json::Value& object, std::string_view path);
/// An array of objects as an aligned table with a line of titles.
std::string table(const json::Value& rows, const std::vector<Column>& columns);
/// An object as "member  value" lines; texts of several lines are left to the commands.
std::string card(const json::Value& object);

void print(std::string_view text);
void print_line(std::string_view text);
/// To standard error.
void note(std::string_view text);

}  // namespace chatelaine::cli

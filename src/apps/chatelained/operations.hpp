#pragma once

#include <string>

namespace chatelaine::app {

/// Every row of every listener as JSON: {"rows": […]}, for tests that are made from the table. A
/// row that two listeners serve stands once for each, told apart by "listener" (rest, control,
/// operator). Made from the catalogues, so a room that adds operations has nothing to add here.
std::string operations_json();

}  // namespace chatelaine::app

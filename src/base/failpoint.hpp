#pragma once

#include <string_view>

/// Named places where a test build can die or fail: before and after each write, sync and rename.
///
/// In a test build the environment variable CHATELAINE_FAILPOINT="name[:hit[:action]]" (hit counts
/// from 1; action `kill`, the default, or `error`) chooses one. `kill` ends the process with
/// SIGKILL at that place; `error` makes CH_FAILPOINT_ERROR true once. With
/// CHATELAINE_FAILPOINT_TRACE=FILE each name that is reached is appended to FILE, one a line. Both
/// are read at the first failpoint; a text that is not of this form aborts. In a release build the
/// macros are empty and the names are not in the binary.

namespace chatelaine::failpoint {

#ifdef CHATELAINE_TEST_BUILD
/// Counts the hit; kills, or returns true when an error was asked for here.
bool reached(std::string_view name) noexcept;
#endif

}  // namespace chatelaine::failpoint

#ifdef CHATELAINE_TEST_BUILD
#define CH_FAILPOINT(name) static_cast<void>(::chatelaine::failpoint::reached(name))
#define CH_FAILPOINT_ERROR(name) (::chatelaine::failpoint::reached(name))
#else
#define CH_FAILPOINT(name) static_cast<void>(0)
#define CH_FAILPOINT_ERROR(name) (false)
#endif

#pragma once

/// CH_CHECK: a condition that only a bug of ours can break. Stays on in release and aborts the
/// process with the place; it is never reachable from input. Not for errors: those are a Result.

namespace chatelaine {

/// Writes the failed condition to stderr and aborts. Never returns.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace chatelaine

#define CH_CHECK(condition)                                                 \
    do {                                                                    \
        if (!(condition)) [[unlikely]] {                                    \
            ::chatelaine::check_failed(#condition, __FILE__, __LINE__);     \
        }                                                                   \
    } while (false)

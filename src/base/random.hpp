#pragma once

#include "base/bytes.hpp"

namespace chatelaine {

/// Where random bytes come from: crypto::system_random() in the product, a seed in tests.
/// Threads: implementations may be called from any thread at the same time.
class Random {
public:
    virtual ~Random() = default;
    /// Fills all of `out`. Aborts when the source fails: nothing can go on without it.
    virtual void fill(MutableBytesView out) = 0;
};

}  // namespace chatelaine

#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <utility>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace chatelaine::engine {

/// When evidence of an activity was last written in a scope: of what is done thousands of times a
/// second, once a minute is enough. Threads: any.
class EvidenceTimes {
public:
    using Key = std::pair<Uuid, std::size_t>;  ///< the scope, and the activity's index
    /// What one transaction writes of it.
    using Noted = std::map<Key, WallTime>;

    /// Unless the transaction has it already, or it was written within a minute, before or after:
    /// a clock that was put back by more must not silence what follows. It is added to `noted`.
    bool due(const Key& key, WallTime time, Noted& noted);
    /// Once it is durable; of a commit that failed the next one is to be the evidence.
    void written(const Noted& noted);

private:
    std::mutex mutex_;
    Noted last_;
};

}  // namespace chatelaine::engine

// Proves that the store in memory keeps the port's promises.
#include "store/conformance_suite.hpp"
#include "store/memory_store.hpp"

namespace chatelaine::store::conformance {

class MemoryBackend {
public:
    Store& store() { return store_; }
    bool reopen() { return false; }

private:
    MemoryStore store_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreConformance, MemoryBackend);

}  // namespace chatelaine::store::conformance

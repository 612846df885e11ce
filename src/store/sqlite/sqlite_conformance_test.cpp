// Proves that the embedded back end keeps the port's promises.
#include "store/conformance_suite.hpp"
#include "store/sqlite/test_directory.hpp"

namespace chatelaine::store::conformance {

class SqliteBackend {
public:
    SqliteBackend() { reopen(); }
    Store& store() { return *store_; }
    bool reopen() {
        store_.reset();
        auto opened = open_sqlite_store(directory_.options());
        CH_CHECK(opened.has_value());
        store_ = std::move(*opened);
        return true;
    }

private:
    TestDirectory directory_;
    std::unique_ptr<Store> store_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreConformance, SqliteBackend);

}  // namespace chatelaine::store::conformance

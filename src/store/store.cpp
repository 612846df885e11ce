#include "store/store.hpp"

#include <future>

namespace chatelaine::store {

Result<Receipt> Store::commit(Transaction transaction) {
    std::promise<Result<Receipt>> promise;
    auto future = promise.get_future();
    submit(std::move(transaction),
           [&promise](Result<Receipt> receipt) { promise.set_value(std::move(receipt)); });
    return future.get();
}

}  // namespace chatelaine::store

#pragma once

#include "audit/audit.hpp"
#include "seal/seal.hpp"
#include "store/store.hpp"

namespace chatelaine::operate {

/// What this room's handlers need besides reads; the composition root fills it. Threads: any.
struct Tools {
    const seal::Seal* seal = nullptr;
    store::Store* directory = nullptr;
    store::Store* region = nullptr;
    Uuid directory_writer;  ///< whose streams are in the directory; all others are in the region
    audit::Shipper* shipper = nullptr;
};

}  // namespace chatelaine::operate

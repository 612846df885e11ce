#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "audit/audit.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "gate/operation.hpp"
#include "seal/seal.hpp"
#include "store/store.hpp"

namespace chatelaine::operate {

class Resealer;

/// What this room's handlers need besides reads: the composition root fills it before the server
/// starts and keeps it for the service's life. Functions stand for what lives on higher floors; an
/// empty one is not called. Threads: all of it from any thread.
struct Tools {
    seal::Seal* seal = nullptr;
    store::Store* directory = nullptr;
    store::Store* region = nullptr;
    audit::Shipper* shipper = nullptr;
    const metrics::Registry* registry = nullptr;
    const Clock* clock = &system_clock();
    Resealer* resealer = nullptr;

    /// Every operation that is served, on every listener.
    std::vector<const gate::OperationRow*> operations;

    std::string version;
    std::filesystem::path data_dir;
    std::filesystem::path backup_directory;  ///< the one folder that a backup may be written to
    /// What a backup holds besides stores, root file and keybag, by path below data_dir: nothing
    /// that is secret in the clear. One that is not there is left out.
    std::vector<std::string> backup_files = {"tls/ca.pem", "tls/client-ca.pem"};

    std::function<void()> on_unsealed;  ///< after the last share; may take a while
    std::function<void()> on_sealed;    ///< lets go of whatever was opened
    /// The caches let go of records that were written past the engine.
    std::function<void(const std::vector<store::RecordKey>&)> invalidate;
    /// What the service needs to answer, each with its state; besides being unsealed.
    std::function<std::vector<std::pair<std::string, bool>>()> readiness;

    /// Held while root file and keybag must stay a pair, and no generation may be retired: by a
    /// backup, a rotation of the root and a retirement. Taken by try_lock only.
    std::mutex keys;
};

}  // namespace chatelaine::operate

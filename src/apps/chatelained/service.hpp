#pragma once

#include <functional>

#include "apps/chatelained/files.hpp"

namespace chatelaine::app {

struct ServeOptions {
    DataDirectory data;
    Config config;
    std::function<Result<Config>()> read_config;  ///< once more, for a reload
};

/// Runs the service until SIGTERM or SIGINT; SIGHUP reads certificates, limits and the log's level
/// again, all or none. Returns when every accepted request is answered and everything is flushed.
Result<void> serve(const ServeOptions& options);

}  // namespace chatelaine::app

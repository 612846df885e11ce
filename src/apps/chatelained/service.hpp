#pragma once

#include "apps/chatelained/files.hpp"

namespace chatelaine::app {

struct ServeOptions {
    DataDirectory data;
    Config config;
};

/// Runs the service until SIGTERM or SIGINT; SIGHUP reads certificates again. Returns when every
/// accepted request is answered and everything is flushed.
Result<void> serve(const ServeOptions& options);

}  // namespace chatelaine::app

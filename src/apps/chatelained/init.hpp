#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/chatelained/files.hpp"
#include "crypto/x509.hpp"

namespace chatelaine::app {

struct InitOptions {
    DataDirectory data;
    Config config;
    /// Where shares and the enrolment code go; empty: to the terminal.
    std::filesystem::path shares_folder;
    /// Names and addresses of the server's certificate besides localhost.
    std::vector<std::string> server_names;
};

/// Makes root key, shares, stores, authorities, the server's certificate and the first operator's
/// enrolment code. May be run again after it was cut short. kAlreadyExists when all is there.
Result<void> initialise(const InitOptions& options);

/// A server certificate for these names from the servers' authority, written to the TLS folder.
Result<void> write_server_certificate(const DataDirectory& data,
                                      const crypto::CertificateAuthority& authority,
                                      const std::vector<std::string>& names);

}  // namespace chatelaine::app

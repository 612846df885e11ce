#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

/// The service's one configuration file (TOML). It is read strictly: an unknown key, a wrong type
/// or a value out of its range is kConfiguration with "file:line" in the message and the dotted key
/// as the field. One table in config.cpp holds every key with its comment; reading and the printed
/// default both come from it. The values below are the defaults.
/// Threads: plain values.

namespace chatelaine {

struct Config {
    struct Listener {
        std::string address;         ///< an IP address; "0.0.0.0" and "::" are all interfaces
        std::uint16_t port = 0;      ///< 0 takes a free one
        std::string public_url = {}; ///< as clients see it, no slash at the end; empty: from here
        bool operator==(const Listener&) const = default;
    };
    struct Tls {
        std::string certificate_file;  ///< empty: tls/server.pem of the data directory
        std::string key_file;          ///< empty: tls/server.key of the data directory
        std::string client_ca_file;    ///< empty: tls/client-ca.pem of the data directory
        bool operator==(const Tls&) const = default;
    };
    struct Threads {
        std::uint64_t workers = 0;  ///< 0: one a core
        std::uint64_t pool = 0;     ///< for what blocks or takes long; 0: one a core, two at least
        bool operator==(const Threads&) const = default;
    };
    struct Log {
        log::Level level = log::Level::kInfo;
        bool json = false;
        bool operator==(const Log&) const = default;
    };
    struct Limits {
        std::uint64_t connections_max = limits::connections_max;
        std::uint64_t body_bytes_max = limits::body_bytes_max;
        std::uint64_t header_bytes_max = limits::header_bytes_max;
        std::uint64_t requests_per_second = 100'000;  ///< of one identity on one node
        std::uint64_t request_burst = 200'000;        ///< of one identity at once
        bool operator==(const Limits&) const = default;
    };
    struct Journal {
        std::uint64_t sync_interval_ms = 1000;
        bool flush_before_reply = false;
        bool operator==(const Journal&) const = default;
    };
    struct Seal {
        std::string key_file = "/etc/chatelaine/root.key";  ///< never inside the data directory
        std::uint64_t share_count = 5;
        std::uint64_t share_threshold = 3;
        bool operator==(const Seal&) const = default;
    };

    std::string data_dir = "/var/lib/chatelaine";
    std::string region = "local";
    Listener rest{"0.0.0.0", 8443};
    Listener control{"0.0.0.0", 8444};
    Listener operator_{"127.0.0.1", 8445};
    Listener kmip{"0.0.0.0", 5696};
    std::vector<std::string> proxy_protocol_from;  ///< addresses or networks ("10.0.0.0/8")
    Tls tls;
    Threads threads;
    Log log;
    Limits limits;
    Journal journal;
    Seal seal;

    /// The TLS files with their defaults filled in.
    std::string certificate_file() const;
    std::string key_file() const;
    std::string client_ca_file() const;

    bool operator==(const Config&) const = default;
};

/// Reads a text; `file` is its name in errors. What the text leaves out keeps its default.
Result<Config> parse_config(std::string_view text, std::string_view file);

/// Reads a file of at most config_bytes_max.
Result<Config> load_config(const std::string& path);
inline constexpr std::size_t config_bytes_max = 1024 * 1024;

/// What no single key shows: the key file is outside the data directory, the threshold can be met,
/// no two listeners share a port. parse_config has asked this; ask again after an override.
Result<void> check_config(const Config& config);

/// The whole file with every key, its default and what it is for. It parses to Config{}.
std::string default_config_text();

}  // namespace chatelaine

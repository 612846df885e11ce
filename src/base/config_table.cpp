#include "base/config_table.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/log_line.hpp"

namespace chatelaine::config {
namespace {

std::string_view absolute_path(std::string_view text) {
    return text.starts_with('/') ? "" : "must be an absolute path";
}

std::string_view absolute_path_or_empty(std::string_view text) {
    return text.empty() || text.starts_with('/') ? "" : "must be empty or an absolute path";
}

/// The bits of an address's family, 0 when it is no IP address.
unsigned address_bits(std::string_view text) {
    const std::string copy(text);
    std::array<unsigned char, 16> octets{};
    if (::inet_pton(AF_INET, copy.c_str(), octets.data()) == 1) {
        return 32;
    }
    return ::inet_pton(AF_INET6, copy.c_str(), octets.data()) == 1 ? 128 : 0;
}

std::string_view address(std::string_view text) {
    return address_bits(text) != 0 ? "" : "must be an IP address";
}

std::string_view network(std::string_view text) {
    constexpr std::string_view kWrong = "must hold IP addresses or networks like 10.0.0.0/8";
    const std::size_t slash = text.find('/');
    const unsigned bits = address_bits(text.substr(0, slash));
    if (bits == 0 || slash == std::string_view::npos) {
        return bits == 0 ? kWrong : "";
    }
    const std::string_view prefix = text.substr(slash + 1);
    unsigned length = 0;
    const char* end = prefix.data() + prefix.size();
    const auto parsed = std::from_chars(prefix.data(), end, length);
    return parsed.ec == std::errc{} && parsed.ptr == end && length <= bits ? "" : kWrong;
}

std::string_view url_or_empty(std::string_view text) {
    const bool clean = std::all_of(text.begin(), text.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f; });
    const bool good = text.starts_with("https://") && text.size() > 8 && !text.ends_with('/');
    if (text.empty() || (clean && good)) {
        return "";
    }
    return "must be empty or an https URL with no slash at its end";
}

std::string_view region_name(std::string_view text) {
    const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    return clean && !text.empty() && text.size() <= 32
               ? ""
               : "must be 1 to 32 of a-z, 0-9 and '-'";
}

constexpr std::uint64_t kPortMax = 65535;
constexpr std::string_view kPublicUrl =
    "The base URL that clients use, when a balancer or a name stands before this address.\n"
    "Empty: made from address and port.";

using Text = std::string& (*)(Config&);
using Number = std::uint64_t& (*)(Config&);
using Port = std::uint16_t& (*)(Config&);
using Flag = bool& (*)(Config&);
using Texts = std::vector<std::string>& (*)(Config&);
using LevelOf = log::Level& (*)(Config&);

const Row kRows[] = {
    {"", "data_dir", "Where records, journal, key bag and TLS files lie.",
     Text([](Config& c) -> std::string& { return c.data_dir; }), absolute_path},
    {"", "region", "The region that this node serves; it stands in every URN and URL.",
     Text([](Config& c) -> std::string& { return c.region; }), region_name},
    {"", "proxy_protocol_from",
     "Balancers (addresses or networks) whose connections begin with PROXY protocol v2.\n"
     "From everybody else that header is refused.",
     Texts([](Config& c) -> std::vector<std::string>& { return c.proxy_protocol_from; }), network},

    {"rest", "address", "IP address to listen on; \"0.0.0.0\" and \"::\" are all interfaces.",
     Text([](Config& c) -> std::string& { return c.rest.address; }), address},
    {"rest", "port", "0 takes a free port.",
     Port([](Config& c) -> std::uint16_t& { return c.rest.port; }), nullptr, 0, kPortMax},
    {"rest", "public_url", kPublicUrl,
     Text([](Config& c) -> std::string& { return c.rest.public_url; }), url_or_empty},

    {"control", "address", "", Text([](Config& c) -> std::string& { return c.control.address; }),
     address},
    {"control", "port", "", Port([](Config& c) -> std::uint16_t& { return c.control.port; }),
     nullptr, 0, kPortMax},
    {"control", "public_url", "",
     Text([](Config& c) -> std::string& { return c.control.public_url; }), url_or_empty},

    {"operator", "address", "Keep it on loopback or on a network of the operators alone.",
     Text([](Config& c) -> std::string& { return c.operator_.address; }), address},
    {"operator", "port", "", Port([](Config& c) -> std::uint16_t& { return c.operator_.port; }),
     nullptr, 0, kPortMax},
    {"operator", "public_url", "",
     Text([](Config& c) -> std::string& { return c.operator_.public_url; }), url_or_empty},

    {"kmip", "address", "", Text([](Config& c) -> std::string& { return c.kmip.address; }),
     address},
    {"kmip", "port", "", Port([](Config& c) -> std::uint16_t& { return c.kmip.port; }), nullptr, 0,
     kPortMax},

    {"tls", "certificate_file", "The server's chain in PEM. Empty: tls/server.pem in data_dir.",
     Text([](Config& c) -> std::string& { return c.tls.certificate_file; }),
     absolute_path_or_empty},
    {"tls", "key_file", "Its private key in PEM. Empty: tls/server.key in data_dir.",
     Text([](Config& c) -> std::string& { return c.tls.key_file; }), absolute_path_or_empty},
    {"tls", "client_ca_file",
     "The authorities that client certificates come from. Empty: tls/client-ca.pem in data_dir.",
     Text([](Config& c) -> std::string& { return c.tls.client_ca_file; }),
     absolute_path_or_empty},

    {"threads", "workers", "Network loops. 0: one a core.",
     Number([](Config& c) -> std::uint64_t& { return c.threads.workers; }), nullptr, 0, 256},
    {"threads", "pool",
     "Threads for what blocks or takes long (database, RSA). 0: one a core, two at least.",
     Number([](Config& c) -> std::uint64_t& { return c.threads.pool; }), nullptr, 0, 256},

    {"log", "level", "\"debug\", \"info\", \"warning\" or \"error\": the lowest that is written.",
     LevelOf([](Config& c) -> log::Level& { return c.log.level; })},
    {"log", "json", "Lines of JSON instead of key=value pairs.",
     Flag([](Config& c) -> bool& { return c.log.json; })},

    {"limits", "connections_max", "Open connections on all listeners together.",
     Number([](Config& c) -> std::uint64_t& { return c.limits.connections_max; }), nullptr, 16,
     1'000'000},
    {"limits", "body_bytes_max", "A request's body; a larger one is answered 413.",
     Number([](Config& c) -> std::uint64_t& { return c.limits.body_bytes_max; }), nullptr,
     16 * 1024, 16 * 1024 * 1024},
    {"limits", "header_bytes_max", "A request's line and header fields together.",
     Number([](Config& c) -> std::uint64_t& { return c.limits.header_bytes_max; }), nullptr,
     4 * 1024, 256 * 1024},
    {"limits", "requests_per_second",
     "Of one identity on one node, in the long run; beyond it requests are answered 429.",
     Number([](Config& c) -> std::uint64_t& { return c.limits.requests_per_second; }), nullptr, 1,
     10'000'000},
    {"limits", "request_burst", "How many an identity that was quiet may send at once.",
     Number([](Config& c) -> std::uint64_t& { return c.limits.request_burst; }), nullptr, 1,
     10'000'000},

    {"journal", "sync_interval_ms", "How long a use record may wait for its flush to disk.",
     Number([](Config& c) -> std::uint64_t& { return c.journal.sync_interval_ms; }), nullptr, 1,
     1000},
    {"journal", "flush_before_reply",
     "true: a use of a key is answered only when its record is on disk, not only written.\n"
     "Outlives a power cut, and costs a disk flush of delay.",
     Flag([](Config& c) -> bool& { return c.journal.flush_before_reply; })},

    {"seal", "key_file",
     "Opens the root key at start. Mode 0600, never inside data_dir: whoever copies the data\n"
     "directory must not hold the key to it.",
     Text([](Config& c) -> std::string& { return c.seal.key_file; }), absolute_path},
    {"seal", "share_count", "Break-glass shares of the root key that `chatelained init` makes.",
     Number([](Config& c) -> std::uint64_t& { return c.seal.share_count; }), nullptr, 2, 32},
    {"seal", "share_threshold", "How many of them open it.",
     Number([](Config& c) -> std::uint64_t& { return c.seal.share_threshold; }), nullptr, 2, 32},
};

constexpr Section kSections[] = {
    {"rest", "The REST API that customers' programs use: service keys, secrets."},
    {"control", "The API by which a customer manages domains, identities and credentials."},
    {"operator", "The provider's own listener: health, metrics, seal, accounts, backup."},
    {"kmip", "KMIP over TLS."},
    {"tls", "Read again on reload, without a restart."},
    {"threads", ""},
    {"log", "The service's own log, on stderr."},
    {"limits", "Read again on reload, without a restart."},
    {"journal", "The audit journal of this node."},
    {"seal", "What opens the root key."},
};

}  // namespace

std::span<const Row> rows() { return kRows; }
std::span<const Section> sections() { return kSections; }

bool parse_level(std::string_view word, log::Level& level) {
    for (const log::Level each : {log::Level::kDebug, log::Level::kInfo, log::Level::kWarning,
                                  log::Level::kError}) {
        if (word == log::level_name(each)) {
            level = each;
            return true;
        }
    }
    return false;
}

}  // namespace chatelaine::config

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/x509.hpp"

/// Listeners, TLS, worker loops and HTTP/1.1 framing. Decides nothing: it hands over one bounded
/// request and takes one response. Asio, Beast and OpenSSL stay behind this header.
///
/// One loop thread per core, each accepting for itself (SO_REUSEPORT); OpenSSL straight on the
/// socket; one SSL_write per reply. Every wait has a deadline, every buffer a bound.

namespace chatelaine::net {

/// Who is at the other end of a connection. Made once per connection (per TLS session), shared.
struct Peer {
    std::string address;  ///< textual, without port
    /// Set when a certificate was presented. `certificate_verified` is true only when it chains to
    /// a configured CA and is inside its dates at the handshake; access/ decides what that means.
    std::optional<crypto::CertificateFacts> certificate;
    bool certificate_verified = false;
    std::string certificate_error;  ///< OpenSSL's reason when it was not verified
    /// For access/ to keep what it found for this connection; validated again at each request.
    mutable std::shared_ptr<const void> remembered;
};

struct HttpRequest {
    std::string_view method;  ///< as sent: LIST and others have no enumerator
    std::string_view target;  ///< raw: never decoded before it is split
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    BytesView body;

    /// The first header of this name (case-insensitive), or nothing.
    std::optional<std::string_view> header(std::string_view name) const;
    std::string_view path() const;   ///< target up to `?`
    std::string_view query() const;  ///< after it
};

struct HttpResponse {
    int status = 200;
    std::string_view content_type = "application/json";  ///< a literal; empty = no body
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;         ///< end the connection after it
    bool wipe_body = false;     ///< the body holds plaintext: wiped once written
};

/// One loop thread. Threads: post() and every() from any thread; defer() on the loop's own.
/// After Server::stop() nothing that is posted runs any more.
class Loop {
public:
    virtual ~Loop() = default;
    virtual std::size_t index() const = 0;
    virtual void post(std::function<void()> work) = 0;
    /// Runs `work` after all that is ready in this turn of the loop: where batches are written.
    virtual void defer(std::function<void()> work) = 0;
    /// Runs `work` every `interval` on this loop until the server stops.
    virtual void every(std::chrono::milliseconds interval, std::function<void()> work) = 0;
};

/// A request waiting for its answer. Lives until reply() was called and the bytes are written;
/// the request's views live as long. The request buffer is wiped after the reply.
class Exchange {
public:
    virtual ~Exchange() = default;
    virtual const HttpRequest& request() const = 0;
    virtual const Peer& peer() const = 0;
    virtual Loop& loop() = 0;
    virtual std::chrono::steady_clock::time_point received() const = 0;
    /// Exactly once; any thread. Inside handle() it costs no hop and is written when handle()
    /// returns; later on the loop's thread it is written at once, and the views are void after it.
    virtual void reply(HttpResponse response) = 0;
};

class HttpHandler {
public:
    virtual ~HttpHandler() = default;
    /// On the loop's thread; must not block. `exchange` stays valid until its reply.
    virtual void handle(Exchange& exchange) = 0;
    /// The answer to what never becomes an Exchange: 400, 408, 413, 414, 431. In the face's shape.
    /// Called on the loop's thread; the connection ends after it.
    virtual HttpResponse reject(int status, std::string_view reason) = 0;
};

struct TlsFiles {
    /// One or two pairs (RSA and ECDSA): the client's offer chooses.
    std::vector<std::pair<std::string, std::string>> certificate_and_key;
    /// PEM file of the CAs whose client certificates count; empty = none asked.
    std::string client_ca;
    bool require_client_certificate = false;  ///< refuse the handshake without a good one
};

/// How a listener's bytes are cut into requests: HTTP/1.1, or KMIP messages one after the other
/// (the request is its body then, and of a response the body alone is written).
enum class Framing : std::uint8_t { kHttp, kTtlv };

struct HttpListenerOptions {
    std::string name;     ///< "rest", "control", "operator", "kmip": for log and metrics
    Framing framing = Framing::kHttp;
    std::string address;  ///< "127.0.0.1", "::"
    std::uint16_t port = 0;  ///< 0 = a free one
    TlsFiles tls;
    HttpHandler* handler = nullptr;
    std::vector<std::string> proxy_protocol_from;  ///< addresses whose PROXY v2 header is taken
    std::size_t header_bytes_max = 0, body_bytes_max = 0;  ///< 0 = the default of base/limits.hpp
    std::size_t connections_max = 0;  ///< likewise, for this listener; over it: closed at once
    std::chrono::milliseconds handshake_deadline{0}, request_deadline{0}, idle_deadline{0};
};

struct ListenerStatistics {
    std::string name;
    std::uint64_t accepted = 0, open = 0, refused = 0, handshake_failures = 0, deadlines = 0;
};

/// Outlives every Exchange that still waits for its reply.
class Server {
public:
    struct Options {
        std::size_t loops = 0;  ///< 0 = one per core
    };
    static std::unique_ptr<Server> create(const Options& options);
    virtual ~Server() = default;

    /// Before start(); binds at once, so that a busy port is an error here. Returns the port.
    virtual Result<std::uint16_t> listen(const HttpListenerOptions& options) = 0;
    virtual std::vector<Loop*> loops() = 0;
    virtual Result<void> start() = 0;
    /// Reads certificates, keys and CAs again; new connections get them. All or nothing.
    virtual Result<void> reload() = 0;
    /// Stops accepting, answers what was accepted (with Connection: close), then ends the loops;
    /// connections still open at the deadline are cut. Blocks.
    virtual void stop(std::chrono::milliseconds drain_deadline) = 0;
    virtual std::vector<ListenerStatistics> statistics() const = 0;
};

}  // namespace chatelaine::net

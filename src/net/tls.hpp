#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "net/net.hpp"

struct ssl_ctx_st;
struct ssl_st;
struct x509_store_ctx_st;

/// OpenSSL behind two types. TLS 1.2 and 1.3, AEAD suites with forward secrecy only, no
/// renegotiation, sessions kept on the server (no stateless tickets), ALPN `http/1.1`.

namespace chatelaine::net {

/// What a client's certificate says, and whether it is good. Made once for each certificate.
struct PeerCertificate {
    crypto::CertificateFacts facts;
    bool verified = false;
    std::string error;  ///< why it is not verified
};

/// One set of TLS files, loaded; immutable but for its caches. Connections share it. Threads: any.
class TlsContext {
public:
    /// kConfiguration names the file that is not good.
    static Result<std::shared_ptr<const TlsContext>> load(const TlsFiles& files);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    ssl_ctx_st* get() const { return context_.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    /// A certificate whose chain was good under this context's CAs: good again until the first
    /// certificate of that chain ends (RFC 5280, 6: the same input gives the same answer).
    struct Known {
        std::shared_ptr<const PeerCertificate> peer;
        WallTime until;
    };
    struct Hash {
        std::size_t operator()(const crypto::Sha256& value) const;
    };

    TlsContext() = default;
    Result<void> configure(const TlsFiles& files);
    Result<void> load_pair(const std::string& certificate, const std::string& key);
    Result<void> ask_for_certificates(const TlsFiles& files);
    static int verify(x509_store_ctx_st* chain, void* self);
    std::shared_ptr<const PeerCertificate> examine(x509_store_ctx_st* chain) const;
    std::shared_ptr<const PeerCertificate> find_known(const crypto::Sha256& fingerprint,
                                                      WallTime now) const;
    void remember(const crypto::Sha256& fingerprint, Known known) const;

    std::unique_ptr<ssl_ctx_st, Free> context_;
    bool required_ = false;
    mutable std::mutex mutex_;
    mutable std::unordered_map<crypto::Sha256, Known, Hash> known_;
};

/// The TLS side of one connection, straight on its non-blocking descriptor. Never waits: it says
/// what to wait for. Threads: one at a time.
class TlsStream {
public:
    enum class Io : std::uint8_t { kDone, kWantRead, kWantWrite, kClosed, kFailed };

    TlsStream() = default;
    TlsStream(const TlsStream&) = delete;  // the library knows its address
    TlsStream& operator=(const TlsStream&) = delete;
    /// Does not own `descriptor`. False when memory is short.
    bool open(std::shared_ptr<const TlsContext> context, int descriptor);
    bool is_open() const { return static_cast<bool>(stream_); }

    Io handshake();
    /// Reads what is there, at most the view's size; `done` says how much.
    Io read(MutableBytesView to, std::size_t& done);
    /// May take a part only.
    Io write(BytesView from, std::size_t& done);
    /// Bytes may be in the library's buffers, so waiting for the socket could be for nothing.
    bool pending() const;
    /// Neither the library nor the system holds bytes that came before the last read.
    bool used_up() const { return socket_.used_up && !pending(); }
    /// Says that nothing more will be written. Best effort: never waits.
    void close_notify();
    /// Gives the record buffers back until the next byte.
    void release_buffers();
    /// After the handshake; null when no certificate was shown.
    std::shared_ptr<const PeerCertificate> peer_certificate() const;

    /// What the library reads from and writes to.
    struct Socket {
        int descriptor = -1;
        bool used_up = false;  ///< the last read got less than it asked for
    };

private:
    struct Free {
        void operator()(ssl_st* stream) const;
    };
    Io outcome(int result);

    std::shared_ptr<const TlsContext> context_;
    Socket socket_;
    std::unique_ptr<ssl_st, Free> stream_;
    bool broken_ = false;  ///< the protocol failed: nothing may be written any more
    bool established_ = false;
};

}  // namespace chatelaine::net

#include "net/tls.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/bounds.hpp"

namespace chatelaine::net {

namespace {

using CertificateSlot = std::shared_ptr<const PeerCertificate>;

constexpr std::string_view kHttp11 = "\x08http/1.1";

std::string library_error() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = ERR_reason_error_string(code);
    ERR_clear_error();
    return reason != nullptr ? reason : "unknown reason";
}

Error file_error(const std::string& path) {
    return Error(Code::kConfiguration, "net.tls", path + ": " + library_error());
}

void free_slot(void*, void* value, CRYPTO_EX_DATA*, int, long, void*) {
    const std::unique_ptr<CertificateSlot> owned(static_cast<CertificateSlot*>(value));
}

int copy_slot(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** value, int, long, void*) {
    if (*value != nullptr) {
        const auto& from = *static_cast<const CertificateSlot*>(*value);
        *value = std::make_unique<CertificateSlot>(from).release();
    }
    return 1;
}

/// Where a session keeps its PeerCertificate. The library copies and frees it with the session.
int session_index() {
    static const int index =
        SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, copy_slot, free_slot);
    CH_CHECK(index >= 0);
    return index;
}

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned int in_size, void*) {
    unsigned char* chosen = nullptr;
    const auto* ours = reinterpret_cast<const unsigned char*>(kHttp11.data());
    if (SSL_select_next_proto(&chosen, out_size, ours, static_cast<unsigned>(kHttp11.size()), in,
                              in_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301, 3.2
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

WallTime to_wall_time(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return WallTime{};
    }
    return WallTime::from_seconds(timegm(&parts));
}

/// The moment at which the first certificate of the chain ends.
WallTime chain_end(X509_STORE_CTX* chain) {
    WallTime until{INT64_MAX};
    const STACK_OF(X509)* certificates = X509_STORE_CTX_get0_chain(chain);
    for (int i = 0; i < sk_X509_num(certificates); ++i) {
        const X509* certificate = sk_X509_value(certificates, i);
        until = std::min(until, to_wall_time(X509_get0_notAfter(certificate)));
    }
    return until;
}

TlsStream::Socket& socket_of(BIO* bio) {
    return *static_cast<TlsStream::Socket*>(BIO_get_data(bio));
}

int socket_read(BIO* bio, char* to, int size) {
    TlsStream::Socket& socket = socket_of(bio);
    BIO_clear_retry_flags(bio);
    ssize_t got = 0;
    do {
        got = ::recv(socket.descriptor, to, static_cast<std::size_t>(size), 0);
    } while (got < 0 && errno == EINTR);
    socket.used_up = got < size;
    if (got < 0 && errno == EAGAIN) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(got);
}

int socket_write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    ssize_t put = 0;
    do {
        put = ::send(socket_of(bio).descriptor, from, static_cast<std::size_t>(size),
                     MSG_NOSIGNAL);
    } while (put < 0 && errno == EINTR);
    if (put < 0 && errno == EAGAIN) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(put);
}

long socket_control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// The library's own socket type costs a dozen calls for each read and write, raises SIGPIPE, and
/// does not tell whether the socket is used up.
BIO_METHOD* socket_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        CH_CHECK(made != nullptr);
        BIO_meth_set_read(made, socket_read);
        BIO_meth_set_write(made, socket_write);
        BIO_meth_set_ctrl(made, socket_control);
        return made;
    }();
    return method;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

std::size_t TlsContext::Hash::operator()(const crypto::Sha256& value) const {
    std::size_t hash = 0;
    std::memcpy(&hash, value.data(), sizeof hash);
    return hash;
}

TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsFiles& files) {
    struct Open : TlsContext {};
    auto context = std::make_shared<Open>();
    CH_TRY_VOID(context->configure(files));
    return std::shared_ptr<const TlsContext>(std::move(context));
}

Result<void> TlsContext::configure(const TlsFiles& files) {
    ERR_clear_error();
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = context_.get();
    if (context == nullptr) {
        return Error(Code::kInternal, "net.tls", library_error());
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
        SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:"
                                          "TLS_CHACHA20_POLY1305_SHA256") != 1) {
        return Error(Code::kInternal, "net.tls", library_error());
    }
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_NO_TICKET | SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(context, kTlsSessionsMax);
    SSL_CTX_set_timeout(context, kTlsSessionLife.count());
    SSL_CTX_set_num_tickets(context, 1);
    constexpr std::string_view id = "chatelaine";
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(id.data()),
                                   static_cast<unsigned>(id.size()));
    SSL_CTX_set_alpn_select_cb(context, choose_alpn, nullptr);
    if (files.certificate_and_key.empty()) {
        return Error(Code::kConfiguration, "net.tls", "a listener needs a certificate and its key");
    }
    for (const auto& [certificate, key] : files.certificate_and_key) {
        CH_TRY_VOID(load_pair(certificate, key));
    }
    return files.client_ca.empty() ? ok() : ask_for_certificates(files);
}

Result<void> TlsContext::load_pair(const std::string& certificate, const std::string& key) {
    SSL_CTX* context = context_.get();
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return file_error(certificate);
    }
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return file_error(key);
    }
    return ok();
}

Result<void> TlsContext::ask_for_certificates(const TlsFiles& files) {
    SSL_CTX* context = context_.get();
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(files.client_ca.c_str());
    if (names == nullptr) {
        return file_error(files.client_ca);
    }
    SSL_CTX_set_client_CA_list(context, names);
    if (SSL_CTX_load_verify_file(context, files.client_ca.c_str()) != 1) {
        return file_error(files.client_ca);
    }
    // An intermediate CA in the file counts although its root is not there.
    X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
    required_ = files.require_client_certificate;
    const int mode = SSL_VERIFY_PEER | (required_ ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    SSL_CTX_set_verify(context, mode, nullptr);
    SSL_CTX_set_cert_verify_callback(context, &TlsContext::verify, this);
    return ok();
}

/// Runs inside the handshake, before the session goes into the cache: what is put on the session
/// here comes back when it is resumed.
int TlsContext::verify(x509_store_ctx_st* chain, void* self) {
    const auto& context = *static_cast<const TlsContext*>(self);
    auto* stream = static_cast<SSL*>(
        X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    try {
        auto peer = context.examine(chain);
        const bool good = peer && (peer->verified || !context.required_);
        auto slot = std::make_unique<CertificateSlot>(std::move(peer));
        SSL_SESSION* session = SSL_get_session(stream);
        free_slot(nullptr, SSL_SESSION_get_ex_data(session, session_index()), nullptr, 0, 0,
                  nullptr);
        if (SSL_SESSION_set_ex_data(session, session_index(), slot.get()) != 1) {
            return 0;
        }
        slot.release();
        ERR_clear_error();
        return good ? 1 : 0;
    } catch (const std::exception&) {
        return 0;  // out of memory: the handshake fails
    }
}

std::shared_ptr<const PeerCertificate> TlsContext::examine(x509_store_ctx_st* chain) const {
    X509* certificate = X509_STORE_CTX_get0_cert(chain);
    const WallTime now = system_clock().now();
    crypto::Sha256 fingerprint{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), fingerprint.data(), &size) == 1) {
        if (auto known = find_known(fingerprint, now)) {
            X509_STORE_CTX_set_error(chain, X509_V_OK);
            return known;
        }
    }
    auto peer = std::make_shared<PeerCertificate>();
    peer->verified = X509_verify_cert(chain) == 1;
    if (!peer->verified) {
        peer->error = X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
    }
    unsigned char* der = nullptr;
    const int der_size = i2d_X509(certificate, &der);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned(
        der, [](unsigned char* bytes) { OPENSSL_free(bytes); });
    if (der_size <= 0) {
        return nullptr;
    }
    auto facts = crypto::read_certificate({der, static_cast<std::size_t>(der_size)});
    if (!facts) {
        peer->verified = false;
        peer->error = "the certificate cannot be read";
        return peer;
    }
    peer->facts = std::move(facts).value();
    if (peer->verified) {
        remember(fingerprint, {peer, chain_end(chain)});
    }
    return peer;
}

std::shared_ptr<const PeerCertificate> TlsContext::find_known(const crypto::Sha256& fingerprint,
                                                              WallTime now) const {
    const std::scoped_lock lock(mutex_);
    const auto found = known_.find(fingerprint);
    if (found == known_.end() || now >= found->second.until ||
        now < found->second.peer->facts.not_before) {
        return nullptr;
    }
    return found->second.peer;
}

void TlsContext::remember(const crypto::Sha256& fingerprint, Known known) const {
    const std::scoped_lock lock(mutex_);
    if (known_.size() >= kKnownCertificatesMax) {
        known_.erase(known_.begin());
    }
    known_.insert_or_assign(fingerprint, std::move(known));
}

void TlsStream::Free::operator()(ssl_st* stream) const {
    SSL_free(stream);
}

/// The queue is nearly always empty, and clearing it walks all of its places all the same.
static void clear_errors() {
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
}

bool TlsStream::open(std::shared_ptr<const TlsContext> context, int descriptor) {
    context_ = std::move(context);
    stream_.reset(SSL_new(context_->get()));
    BIO* const bio = stream_ ? BIO_new(socket_method()) : nullptr;
    if (bio == nullptr) {
        ERR_clear_error();
        return false;
    }
    socket_.descriptor = descriptor;
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(stream_.get(), bio, bio);  // owns it
    SSL_set_accept_state(stream_.get());
    return true;
}

TlsStream::Io TlsStream::outcome(int result) {
    switch (SSL_get_error(stream_.get(), result)) {
        case SSL_ERROR_WANT_READ: return Io::kWantRead;
        case SSL_ERROR_WANT_WRITE: return Io::kWantWrite;
        case SSL_ERROR_ZERO_RETURN: return Io::kClosed;
        default: break;
    }
    ERR_clear_error();
    broken_ = true;
    return Io::kFailed;
}

TlsStream::Io TlsStream::handshake() {
    ERR_clear_error();  // the verdict below looks at the thread's queue
    const int result = SSL_accept(stream_.get());
    if (result == 1) {
        established_ = true;
        return Io::kDone;
    }
    return outcome(result);
}

TlsStream::Io TlsStream::read(MutableBytesView to, std::size_t& done) {
    clear_errors();
    const int result = SSL_read_ex(stream_.get(), to.data(), to.size(), &done);
    return result == 1 ? Io::kDone : outcome(result);
}

TlsStream::Io TlsStream::write(BytesView from, std::size_t& done) {
    clear_errors();
    const int result = SSL_write_ex(stream_.get(), from.data(), from.size(), &done);
    return result == 1 ? Io::kDone : outcome(result);
}

bool TlsStream::pending() const {
    return SSL_has_pending(stream_.get()) == 1;
}

void TlsStream::close_notify() {
    if (stream_ && established_ && !broken_) {
        ERR_clear_error();
        SSL_shutdown(stream_.get());
        ERR_clear_error();
        broken_ = true;
    }
}

void TlsStream::release_buffers() {
    if (stream_ && SSL_has_pending(stream_.get()) == 0) {
        SSL_free_buffers(stream_.get());
    }
}

std::shared_ptr<const PeerCertificate> TlsStream::peer_certificate() const {
    const SSL_SESSION* session = SSL_get_session(stream_.get());
    if (session == nullptr) {
        return nullptr;
    }
    const auto* slot =
        static_cast<const CertificateSlot*>(SSL_SESSION_get_ex_data(session, session_index()));
    return slot == nullptr ? nullptr : *slot;
}

}  // namespace chatelaine::net

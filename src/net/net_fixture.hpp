#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net.hpp"

/// For net's own tests: certificates made on the spot, a blocking client, a server with a handler
/// that is a function. Real sockets on the loopback.

namespace chatelaine::net::testing {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

using KeyPtr = std::shared_ptr<EVP_PKEY>;
using CertificatePtr = std::shared_ptr<X509>;

struct Pair {
    CertificatePtr certificate;
    KeyPtr key;
};

inline KeyPtr make_key(bool rsa = false) {
    return KeyPtr(rsa ? EVP_RSA_gen(2048U) : EVP_EC_gen("P-256"), EVP_PKEY_free);
}

/// Signed by `issuer`, or by itself when that is null. Days may be negative.
inline Pair make_certificate(const std::string& name, const Pair* issuer, bool rsa = false,
                             long days = 30, const char* extended_usage = nullptr) {
    static long serial = 100;
    Pair pair{CertificatePtr(X509_new(), X509_free), make_key(rsa)};
    X509* x = pair.certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600L * 24 * 60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600L * 24 * days);
    X509_set_pubkey(x, pair.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509* signer = issuer == nullptr ? x : issuer->certificate.get();
    X509_set_issuer_name(x, X509_get_subject_name(signer));
    const auto extend = [&](int nid, const char* value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, signer, x, nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
        X509_add_ext(x, extension, -1);
        X509_EXTENSION_free(extension);
    };
    extend(NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (extended_usage != nullptr) {
        extend(NID_ext_key_usage, extended_usage);
    }
    X509_sign(x, issuer == nullptr ? pair.key.get() : issuer->key.get(), EVP_sha256());
    return pair;
}

/// A directory of its own with the PEM files of a server; gone at the end.
class Files {
public:
    Files() {
        std::string pattern = (std::filesystem::temp_directory_path() / "net-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~Files() { std::filesystem::remove_all(path); }

    void write(const std::string& name, const Pair& pair) const {
        FILE* file = std::fopen((path / (name + ".pem")).c_str(), "w");
        PEM_write_X509(file, pair.certificate.get());
        std::fclose(file);
        file = std::fopen((path / (name + ".key")).c_str(), "w");
        PEM_write_PrivateKey(file, pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
    }
    std::string pem(const std::string& name) const { return path / (name + ".pem"); }
    std::string key(const std::string& name) const { return path / (name + ".key"); }

    std::filesystem::path path;
};

class FunctionHandler final : public HttpHandler {
public:
    explicit FunctionHandler(std::function<void(Exchange&)> work) : work_(std::move(work)) {}
    void handle(Exchange& exchange) override { work_(exchange); }
    HttpResponse reject(int status, std::string_view reason) override {
        HttpResponse response;
        response.status = status;
        response.body = "{\"reason\":\"" + std::string(reason) + "\"}";
        return response;
    }

private:
    std::function<void(Exchange&)> work_;
};

inline HttpResponse text(std::string body, int status = 200) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

/// "METHOD target body", so that a test sees what arrived.
inline void echo(Exchange& exchange) {
    const auto& request = exchange.request();
    exchange.reply(text(std::string(request.method) + " " + std::string(request.target) + " " +
                        std::string(as_text(request.body))));
}

struct Answer {
    int status = 0;  ///< 0 = none came
    std::string head;
    std::string body;
};

/// A blocking client; every wait ends after five seconds.
class Client {
public:
    struct Options {
        const Pair* certificate = nullptr;
        int version_max = TLS1_3_VERSION;
        int version_min = TLS1_VERSION;
        std::string alpn{};  ///< in wire form
        SSL_SESSION* session = nullptr;
        const char* suites = nullptr;  ///< of TLS 1.2
        std::string preface{};  ///< sent before the handshake
    };

    explicit Client(std::uint16_t port) : Client(port, Options{}) {}
    Client(std::uint16_t port, const Options& options) {
        socket_ = connect_raw(port);
        send_raw(socket_, options.preface);
        context_.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), options.version_min);
        SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
        if (options.certificate != nullptr) {
            SSL_CTX_use_certificate(context_.get(), options.certificate->certificate.get());
            SSL_CTX_use_PrivateKey(context_.get(), options.certificate->key.get());
        }
        if (options.suites != nullptr) {
            SSL_CTX_set_cipher_list(context_.get(), options.suites);
        }
        ssl_.reset(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(ssl_.get(), socket_);
        if (!options.alpn.empty()) {
            SSL_set_alpn_protos(ssl_.get(),
                                reinterpret_cast<const unsigned char*>(options.alpn.data()),
                                static_cast<unsigned>(options.alpn.size()));
        }
        if (options.session != nullptr) {
            SSL_set_session(ssl_.get(), options.session);
        }
        connected_ = SSL_connect(ssl_.get()) == 1;
        ERR_clear_error();
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    static int connect_raw(std::uint16_t port) {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval wait{5, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return socket;
    }
    static void send_raw(int socket, std::string_view bytes) {
        if (!bytes.empty()) {
            EXPECT_EQ(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                      static_cast<ssize_t>(bytes.size()));
        }
    }

    bool connected() const { return connected_; }
    SSL* ssl() { return ssl_.get(); }
    int socket() const { return socket_; }

    bool send(std::string_view bytes) {
        return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
               static_cast<int>(bytes.size());
    }
    bool get(std::string_view target) {
        return send("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    bool post(std::string_view target, std::string_view body) {
        return send("POST " + std::string(target) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    }

    Answer read(bool head_only = false) {
        Answer answer;
        std::size_t end = std::string::npos;
        while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
            if (!more()) {
                return answer;
            }
        }
        answer.head = input_.substr(0, end + 4);
        input_.erase(0, end + 4);
        std::size_t size = 0;
        if (const auto at = answer.head.find("Content-Length: "); at != std::string::npos) {
            size = std::stoul(answer.head.substr(at + 16));
        }
        while (!head_only && input_.size() < size) {
            if (!more()) {
                return answer;
            }
        }
        if (!head_only) {
            answer.body = input_.substr(0, size);
            input_.erase(0, size);
        }
        answer.status = std::stoi(answer.head.substr(9, 3));
        return answer;
    }

    /// The server said close_notify and nothing else came before it.
    bool closed_cleanly() {
        char byte = 0;
        if (!input_.empty()) {
            return false;
        }
        const int result = SSL_read(ssl_.get(), &byte, 1);
        return result <= 0 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN;
    }
    bool closed() {
        char byte = 0;
        return SSL_read(ssl_.get(), &byte, 1) <= 0;
    }

private:
    bool more() {
        char bytes[4096];
        const int got = SSL_read(ssl_.get(), bytes, sizeof bytes);
        if (got > 0) {
            input_.append(bytes, static_cast<std::size_t>(got));
        }
        return got > 0;
    }

    int socket_ = -1;
    std::shared_ptr<SSL_CTX> context_;
    std::shared_ptr<SSL> ssl_;
    bool connected_ = false;
    std::string input_;
};

class NetTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        shared() = std::make_unique<Pki>();
    }
    static void TearDownTestSuite() { shared().reset(); }

    struct Pki {
        Pair ca = make_certificate("ca", nullptr);
        Pair other_ca = make_certificate("ca", nullptr);
        Pair server = make_certificate("server", &ca);
        Pair server_rsa = make_certificate("server rsa", &ca, true);
        Pair client = make_certificate("client", &ca, false, 30, "clientAuth");
        Pair stranger = make_certificate("client", &other_ca, false, 30, "clientAuth");
        Pair expired = make_certificate("client", &ca, false, -1, "clientAuth");
        Pair wrong_use = make_certificate("client", &ca, false, 30, "serverAuth");
    };
    static std::unique_ptr<Pki>& shared() {
        static std::unique_ptr<Pki> pki;
        return pki;
    }
    Pki& pki() { return *shared(); }

    HttpListenerOptions options() {
        files.write("server", pki().server);
        files.write("server_rsa", pki().server_rsa);
        files.write("ca", pki().ca);
        HttpListenerOptions result;
        result.name = "test";
        result.address = "127.0.0.1";
        result.tls.certificate_and_key = {{files.pem("server"), files.key("server")}};
        result.tls.client_ca = files.pem("ca");
        return result;
    }

    /// Starts with one loop unless told otherwise.
    void serve(std::function<void(Exchange&)> work) { serve(std::move(work), options()); }
    void serve(std::function<void(Exchange&)> work, HttpListenerOptions with,
               std::size_t loops = 1) {
        handler = std::make_unique<FunctionHandler>(std::move(work));
        with.handler = handler.get();
        server = Server::create({.loops = loops});
        auto bound = server->listen(with);
        ASSERT_TRUE(bound) << bound.error().to_string();
        port = *bound;
        ASSERT_TRUE(server->start());
    }
    ListenerStatistics statistics() { return server->statistics().at(0); }
    /// Waits for a condition, at most five seconds.
    static bool eventually(const std::function<bool()>& condition) {
        const auto end = std::chrono::steady_clock::now() + 5s;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) {
                return false;
            }
            ::poll(nullptr, 0, 2);
        }
        return true;
    }

    Files files;
    std::unique_ptr<FunctionHandler> handler;
    std::unique_ptr<Server> server;
    std::uint16_t port = 0;
};

}  // namespace chatelaine::net::testing

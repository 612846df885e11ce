/// What the network stack costs by itself: answers every request with the same small JSON text.
/// Measured from outside, beside nginx (user and system time of the process by request).
///
///   chatelaine_net_bench PORT CERTIFICATE KEY LOOPS [direct|deferred [CLIENT_CA]]
///
/// `deferred` replies from Loop::defer, as a server does that writes its journal in batches.
/// With CLIENT_CA it asks for client certificates, for measuring handshakes.

#include <csignal>
#include <cstdio>
#include <string>

#include "net/net.hpp"

namespace {

namespace net = chatelaine::net;

class FixedAnswer final : public net::HttpHandler {
public:
    explicit FixedAnswer(bool deferred) : deferred_(deferred) {}

    void handle(net::Exchange& exchange) override {
        if (!deferred_) {
            return exchange.reply(answer());
        }
        exchange.loop().defer([&exchange] { exchange.reply(answer()); });
    }
    net::HttpResponse reject(int status, std::string_view) override {
        net::HttpResponse response;
        response.status = status;
        return response;
    }

private:
    static net::HttpResponse answer() {
        net::HttpResponse response;
        response.body = "{\"ciphertext\":\"0123456789012345678901234567890123456789\"}";
        return response;
    }

    bool deferred_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fputs("usage: chatelaine_net_bench PORT CERTIFICATE KEY LOOPS "
                   "[direct|deferred [CLIENT_CA]]\n",
                   stderr);
        return 2;
    }
    FixedAnswer handler(argc > 5 && std::string_view(argv[5]) == "deferred");
    auto server = net::Server::create({.loops = std::stoul(argv[4])});
    net::HttpListenerOptions options;
    options.name = "bench";
    options.address = "127.0.0.1";
    options.port = static_cast<std::uint16_t>(std::stoul(argv[1]));
    options.tls.certificate_and_key = {{argv[2], argv[3]}};
    if (argc > 6) {
        options.tls.client_ca = argv[6];
    }
    options.handler = &handler;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    if (const auto bound = server->listen(options); !bound) {
        std::fprintf(stderr, "%s\n", bound.error().to_string().c_str());
        return 1;
    }
    if (!server->start()) {
        return 1;
    }
    int which = 0;
    sigwait(&ends, &which);
    server->stop(std::chrono::seconds(5));
    return 0;
}

#include <algorithm>
#include <csignal>
#include <thread>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "net/connection.hpp"

namespace chatelaine::net {

namespace {

void fill_defaults(HttpListenerOptions& options) {
    const auto fill = [](auto& value, auto standard) {
        if (value == std::remove_reference_t<decltype(value)>{}) {
            value = standard;
        }
    };
    fill(options.header_bytes_max, limits::header_bytes_max);
    fill(options.body_bytes_max, limits::body_bytes_max);
    fill(options.connections_max, limits::connections_max);
    fill(options.handshake_deadline, limits::handshake_deadline);
    fill(options.request_deadline, limits::request_deadline);
    fill(options.idle_deadline, limits::idle_deadline);
}

class ServerOfLoops final : public Server {
public:
    explicit ServerOfLoops(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            loops_.push_back(std::make_unique<LoopThread>(i));
        }
    }

    ~ServerOfLoops() override { stop(std::chrono::milliseconds(0)); }

    Result<std::uint16_t> listen(const HttpListenerOptions& options) override {
        CH_CHECK(!started_ && options.handler != nullptr);
        auto listener = std::make_unique<Listener>();
        listener->options = options;
        fill_defaults(listener->options);
        listener->limits = {listener->options.header_bytes_max, listener->options.body_bytes_max};
        for (const auto& text : options.proxy_protocol_from) {
            const auto address = parse_address(text);
            if (!address) {
                return Error(Code::kConfiguration, "net.listen",
                             text + ": not an IPv4 or IPv6 address");
            }
            listener->proxies.push_back(*address);
        }
        CH_TRY(auto tls, TlsContext::load(options.tls));
        listener->set_tls(std::move(tls));
        CH_TRY(auto listening, open_listening(options.address, options.port, loops_.size()));
        for (std::size_t i = 0; i < loops_.size(); ++i) {
            loops_[i]->add_acceptor(*listener, std::move(listening.sockets[i]));
        }
        listeners_.push_back(std::move(listener));
        return listening.port;
    }

    std::vector<Loop*> loops() override {
        std::vector<Loop*> result;
        for (const auto& loop : loops_) {
            result.push_back(loop.get());
        }
        return result;
    }

    Result<void> start() override {
        CH_CHECK(!started_);
        started_ = true;
        for (const auto& loop : loops_) {
            loop->start();
        }
        return ok();
    }

    Result<void> reload() override {
        std::vector<std::shared_ptr<const TlsContext>> fresh;
        for (const auto& listener : listeners_) {
            CH_TRY(auto tls, TlsContext::load(listener->options.tls));
            fresh.push_back(std::move(tls));
        }
        for (std::size_t i = 0; i < listeners_.size(); ++i) {
            listeners_[i]->set_tls(std::move(fresh[i]));
        }
        return ok();
    }

    void stop(std::chrono::milliseconds drain_deadline) override {
        if (!started_ || std::exchange(stopped_, true)) {
            return;
        }
        for (const auto& loop : loops_) {
            loop->begin_drain();
        }
        const MonotonicTime until = system_clock().monotonic() + drain_deadline;
        for (const auto& loop : loops_) {
            if (!loop->wait_ended(until)) {
                loop->cut();
            }
        }
        for (const auto& loop : loops_) {
            loop->join();
        }
    }

    std::vector<ListenerStatistics> statistics() const override {
        std::vector<ListenerStatistics> result;
        for (const auto& listener : listeners_) {
            result.push_back({listener->options.name, listener->accepted.load(),
                              listener->open.load(), listener->refused.load(),
                              listener->handshake_failures.load(), listener->deadlines.load()});
        }
        return result;
    }

private:
    std::vector<std::unique_ptr<Listener>> listeners_;  // outlive the loops' connections
    std::vector<std::unique_ptr<LoopThread>> loops_;
    bool started_ = false;
    bool stopped_ = false;
};

}  // namespace

std::unique_ptr<Server> Server::create(const Options& options) {
    // Nothing here raises it; a write of some library to a peer that left must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    return std::make_unique<ServerOfLoops>(options.loops == 0 ? cores : options.loops);
}

}  // namespace chatelaine::net

#include "net/address.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatelaine::net {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kBacklog = 4096;
// A peer that does not answer is given up after 60 + 4 × 15 seconds.
constexpr int kKeepaliveAfter = 60, kKeepaliveEvery = 15, kKeepaliveProbes = 4;

Address from_socket_address(const sockaddr_storage& storage) {
    Address address{};
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &storage, sizeof v4);
        std::copy(kMapped.begin(), kMapped.end(), address.begin());
        std::memcpy(address.data() + 12, &v4.sin_addr, 4);
    } else if (storage.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &storage, sizeof v6);
        std::memcpy(address.data(), &v6.sin6_addr, 16);
    }
    return address;
}

Error system_error(const std::string& what) {
    return Error(Code::kConfiguration, "net.listen", what + ": " + std::strerror(errno));
}

struct Target {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Result<Target> make_target(const std::string& text, std::uint16_t port) {
    Target target;
    in_addr v4{};
    in6_addr v6{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr = v4;
        std::memcpy(&target.storage, &address, sizeof address);
        target.size = sizeof address;
    } else if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(port);
        address.sin6_addr = v6;
        std::memcpy(&target.storage, &address, sizeof address);
        target.size = sizeof address;
    } else {
        return Error(Code::kConfiguration, "net.listen", text + ": not an IPv4 or IPv6 address");
    }
    return target;
}

Result<Descriptor> bind_socket(const Target& target, bool shared, const std::string& name) {
    Descriptor socket(::socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                               IPPROTO_TCP));
    const int on = 1;
    const int off = 0;
    const auto set = [&](int level, int option, const int& value) {
        return ::setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
    };
    // Accepted sockets inherit what follows. TCP_NODELAY: an answer is one write, nothing to wait
    // for. Keepalive: a peer that is gone is noticed, and what tracks connections does not forget
    // one that says nothing for hours.
    if (!socket || !set(SOL_SOCKET, SO_REUSEADDR, on) || !set(IPPROTO_TCP, TCP_NODELAY, on) ||
        !set(SOL_SOCKET, SO_KEEPALIVE, on) || !set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveAfter) ||
        !set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveEvery) ||
        !set(IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes) ||
        (shared && !set(SOL_SOCKET, SO_REUSEPORT, on)) ||
        (target.storage.ss_family == AF_INET6 && !set(IPPROTO_IPV6, IPV6_V6ONLY, off)) ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&target.storage), target.size) !=
            0) {
        return system_error(name);
    }
    return socket;
}

Result<std::uint16_t> bound_port(const Descriptor& socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
        return system_error("getsockname");
    }
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);  // the port lies at the same place in both families
    return ntohs(v4.sin_port);
}

}  // namespace

Descriptor::~Descriptor() {
    if (value_ >= 0) {
        ::close(value_);
    }
}

std::optional<Address> parse_address(std::string_view text) {
    const std::string copy(text);
    Address address{};
    if (inet_pton(AF_INET, copy.c_str(), address.data() + 12) == 1) {
        std::copy(kMapped.begin(), kMapped.end(), address.begin());
        return address;
    }
    if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) {
        return address;
    }
    return std::nullopt;
}

std::string format_address(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (std::equal(kMapped.begin(), kMapped.end(), address.begin())) {
        inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
    } else {
        inet_ntop(AF_INET6, address.data(), text.data(), text.size());
    }
    return text.data();
}

Result<ListeningSockets> open_listening(const std::string& address, std::uint16_t port,
                                        std::size_t count) {
    const std::string name = address + " port " + std::to_string(port);
    CH_TRY(Target target, make_target(address, port));
    if (port != 0) {
        // Two servers that both share the port would split the connections between them in
        // silence: asking for it alone first makes the second one fail.
        CH_TRY(const Descriptor probe, bind_socket(target, false, name));
        if (::listen(probe.get(), 1) != 0) {
            return system_error(name);
        }
    }
    ListeningSockets result;
    for (std::size_t i = 0; i < count; ++i) {
        CH_TRY(Descriptor socket, bind_socket(target, true, name));
        if (::listen(socket.get(), kBacklog) != 0) {
            return system_error(name);
        }
        if (i == 0) {
            CH_TRY(result.port, bound_port(socket));
            CH_TRY(target, make_target(address, result.port));
        }
        result.sockets.push_back(std::move(socket));
    }
    return result;
}

int accept_one(int listening, Accepted& accepted) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    const int socket = ::accept4(listening, reinterpret_cast<sockaddr*>(&storage), &size,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
        return errno;
    }
    accepted.socket = Descriptor(socket);
    accepted.from = from_socket_address(storage);
    return 0;
}

long receive_some(int socket, MutableBytesView to) {
    return ::recv(socket, to.data(), to.size(), 0);
}

void shut_down_writing(int socket) {
    ::shutdown(socket, SHUT_WR);
}

void shut_down(int socket) {
    ::shutdown(socket, SHUT_RDWR);
}

}  // namespace chatelaine::net

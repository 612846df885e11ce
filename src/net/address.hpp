#pragma once

#include <array>
#include <optional>
#include <vector>

#include "net/net.hpp"

/// Addresses and listening sockets, by the system's own calls.

namespace chatelaine::net {

/// A descriptor that closes itself.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    int get() const { return value_; }
    int release() { return std::exchange(value_, -1); }
    explicit operator bool() const { return value_ >= 0; }

private:
    int value_ = -1;
};

/// An IPv4 or IPv6 address as 16 octets; IPv4 as ::ffff:a.b.c.d, so that both ways in which a
/// socket may show it compare equal.
using Address = std::array<std::uint8_t, 16>;

std::optional<Address> parse_address(std::string_view text);
std::string format_address(const Address& address);

struct Accepted {
    Descriptor socket;
    Address from{};
};

/// Opens `count` listening sockets on the same address and port, one for each loop; the system
/// spreads connections over them. kConfiguration when the address or the port cannot be had.
struct ListeningSockets {
    std::vector<Descriptor> sockets;
    std::uint16_t port = 0;
};
Result<ListeningSockets> open_listening(const std::string& address, std::uint16_t port,
                                        std::size_t count);

/// Takes one waiting connection, non-blocking and closed on exec. The error is errno: EAGAIN when
/// none waits.
int accept_one(int listening, Accepted& accepted);

/// Reads at most what fits. 0 = the peer closed, -1 = errno.
long receive_some(int socket, MutableBytesView to);
/// Tells the peer that nothing more comes.
void shut_down_writing(int socket);
void shut_down(int socket);

}  // namespace chatelaine::net

#include "net/address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace chatelaine::net {
namespace {

int option(int socket, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, level, name, &value, &size) == 0 ? value : -1;
}

TEST(Address, AcceptedConnectionsAreKeptAlive) {
    auto listening = open_listening("127.0.0.1", 0, 1);
    ASSERT_TRUE(listening);
    const Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listening->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    pollfd waiting{listening->sockets.front().get(), POLLIN, 0};
    ASSERT_EQ(::poll(&waiting, 1, 5000), 1);
    Accepted accepted;
    ASSERT_EQ(accept_one(listening->sockets.front().get(), accepted), 0);
    EXPECT_EQ(option(accepted.socket.get(), SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(accepted.socket.get(), IPPROTO_TCP, TCP_KEEPIDLE), 60);
    EXPECT_EQ(option(accepted.socket.get(), IPPROTO_TCP, TCP_KEEPINTVL), 15);
    EXPECT_EQ(option(accepted.socket.get(), IPPROTO_TCP, TCP_KEEPCNT), 4);
    EXPECT_EQ(option(accepted.socket.get(), IPPROTO_TCP, TCP_NODELAY), 1);
}

}  // namespace
}  // namespace chatelaine::net

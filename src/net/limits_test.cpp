/// Proves what slow, silent, many and unwelcome connections get, and that a graceful stop under
/// load drops no request that was accepted.

#include <atomic>

#include "net/net_fixture.hpp"

namespace chatelaine::net::testing {

using LimitsTest = NetTest;

/// Blocks until the server closed the connection; true when it did within the socket's time-out.
bool closed_raw(int socket) {
    char bytes[4096];
    ssize_t got = 0;
    while ((got = ::recv(socket, bytes, sizeof bytes, 0)) > 0) {
    }
    return got == 0 || errno == ECONNRESET;
}

TEST_F(LimitsTest, a_silent_connection_ends_at_the_handshake_deadline) {
    auto with = options();
    with.handshake_deadline = 60ms;
    serve(echo, with);
    const int silent = Client::connect_raw(port);
    const int partial = Client::connect_raw(port);
    Client::send_raw(partial, std::string_view("\x16\x03\x01\x00\xf0\x01", 6));
    EXPECT_TRUE(closed_raw(silent));
    EXPECT_TRUE(closed_raw(partial));
    EXPECT_EQ(statistics().deadlines, 2U);
    ::close(silent);
    ::close(partial);
}

TEST_F(LimitsTest, new_limits_hold_for_new_connections) {
    serve(echo, options());
    Client old(port);
    const std::string longer = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789";
    server->set_limits("test", {.body_bytes_max = 8, .connections_max = 2});
    Client fresh(port);
    ASSERT_TRUE(old.send(longer));
    EXPECT_EQ(old.read().status, 200);
    ASSERT_TRUE(fresh.send(longer));
    EXPECT_EQ(fresh.read().status, 413);
    Client third(port);  // of two: the one that got 413 may be gone or not yet
    Client fourth(port);
    EXPECT_FALSE(third.connected() && fourth.connected());
    server->set_limits("another", {.body_bytes_max = 1});
    server->set_limits("test", {});
    Client last(port);
    ASSERT_TRUE(last.send(longer));
    EXPECT_EQ(last.read().status, 200);
}

TEST_F(LimitsTest, a_slow_request_gets_408_and_an_idle_connection_a_clean_end) {
    auto with = options();
    with.request_deadline = 60ms;
    with.idle_deadline = 120ms;
    serve(echo, with);
    Client slow(port);
    ASSERT_TRUE(slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"));
    EXPECT_EQ(slow.read().status, 408);
    EXPECT_TRUE(slow.closed_cleanly());
    Client idle(port);
    ASSERT_TRUE(idle.get("/"));
    EXPECT_EQ(idle.read().status, 200);
    EXPECT_TRUE(idle.closed_cleanly());
    EXPECT_EQ(statistics().deadlines, 2U);
}

TEST_F(LimitsTest, a_handler_may_take_longer_than_every_deadline) {
    auto with = options();
    with.request_deadline = with.idle_deadline = with.handshake_deadline = 40ms;
    std::atomic<Exchange*> held{nullptr};
    serve([&](Exchange& exchange) { held = &exchange; }, with);
    Client client(port);
    ASSERT_TRUE(client.get("/late"));
    Client other(port);  // its end at the idle deadline shows that time has passed
    EXPECT_TRUE(other.closed_cleanly());
    held.load()->reply(text("late"));
    EXPECT_EQ(client.read().body, "late");
}

TEST_F(LimitsTest, five_hundred_silent_connections_cost_a_good_client_nothing) {
    auto with = options();
    with.handshake_deadline = 500ms;
    serve(echo, with);
    std::vector<int> silent;
    for (int i = 0; i < 500; ++i) {
        silent.push_back(Client::connect_raw(port));
    }
    EXPECT_TRUE(eventually([&] { return statistics().accepted == 500; }));
    Client good(port);
    ASSERT_TRUE(good.get("/"));
    EXPECT_EQ(good.read().status, 200);
    EXPECT_TRUE(eventually([&] { return statistics().deadlines == 500; }));
    for (const int socket : silent) {
        EXPECT_TRUE(closed_raw(socket));
        ::close(socket);
    }
    ASSERT_TRUE(good.get("/"));
    EXPECT_EQ(good.read().status, 200);
    EXPECT_EQ(statistics().open, 1U);
}

TEST_F(LimitsTest, connections_over_the_cap_are_closed_at_once) {
    auto with = options();
    with.connections_max = 2;
    serve(echo, with);
    {
        Client first(port);
        Client second(port);
        const int third = Client::connect_raw(port);
        EXPECT_TRUE(closed_raw(third));
        ::close(third);
        EXPECT_EQ(statistics().refused, 1U);
        ASSERT_TRUE(second.get("/"));
        EXPECT_EQ(second.read().status, 200);
    }
    EXPECT_TRUE(eventually([&] { return statistics().open == 0; }));
    EXPECT_TRUE(Client(port).connected());
}

/// A PROXY v2 header for a client at 192.0.2.7.
const std::string kProxy("\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c"
                         "\xc0\x00\x02\x07\x7f\x00\x00\x01\x12\x34\x01\xbb",
                         28);

TEST_F(LimitsTest, takes_the_proxy_header_of_a_configured_address) {
    auto with = options();
    with.proxy_protocol_from = {"127.0.0.1"};
    serve([](Exchange& exchange) { exchange.reply(text(exchange.peer().address)); }, with);
    Client client(port, {.preface = kProxy});
    ASSERT_TRUE(client.get("/"));
    EXPECT_EQ(client.read().body, "192.0.2.7");
    EXPECT_FALSE(Client(port).connected());  // the balancer must say who
    EXPECT_FALSE(Client(port, {.preface = "PROXY TCP4 "}).connected());
    EXPECT_TRUE(eventually([&] { return statistics().refused == 2; }));
}

TEST_F(LimitsTest, takes_no_proxy_header_from_a_stranger) {
    auto with = options();
    with.proxy_protocol_from = {"192.0.2.1", "2001:db8::1"};
    serve(echo, with);
    EXPECT_FALSE(Client(port, {.preface = kProxy}).connected());
    EXPECT_TRUE(Client(port).connected());
}

TEST_F(LimitsTest, a_graceful_stop_under_load_drops_nothing) {
    serve(
        [](Exchange& exchange) {
            exchange.loop().defer([&exchange] { echo(exchange); });
        },
        options(), 2);
    std::atomic<int> answered{0};
    std::atomic<int> dropped{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 6; ++i) {
        clients.emplace_back([&] {
            Client client(port);
            for (bool open = true; open;) {
                if (!client.post("/", "x")) {
                    ++dropped;
                    return;
                }
                const Answer answer = client.read();
                answer.status == 200 ? ++answered : ++dropped;
                open = answer.status == 200 &&
                       answer.head.find("Connection: close") == std::string::npos;
            }
            EXPECT_TRUE(client.closed_cleanly());
        });
    }
    EXPECT_TRUE(eventually([&] { return answered > 200; }));
    server->stop(5s);
    for (auto& client : clients) {
        client.join();
    }
    EXPECT_EQ(dropped, 0);
    EXPECT_EQ(statistics().open, 0U);
}

TEST_F(LimitsTest, a_stop_waits_for_replies_that_are_owed_and_ends_idle_connections_cleanly) {
    std::atomic<Exchange*> held{nullptr};
    serve([&](Exchange& exchange) { held = &exchange; });
    Client idle(port);
    Client busy(port);
    ASSERT_TRUE(busy.get("/owed"));
    ASSERT_TRUE(eventually([&] { return held.load() != nullptr; }));
    std::thread stopping([&] { server->stop(5s); });
    EXPECT_TRUE(idle.closed_cleanly());
    held.load()->reply(text("paid"));
    const Answer answer = busy.read();
    EXPECT_EQ(answer.body, "paid");
    EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(busy.closed_cleanly());
    stopping.join();
}

TEST_F(LimitsTest, a_stop_cuts_what_is_open_at_its_deadline_and_takes_late_replies) {
    std::atomic<Exchange*> held{nullptr};
    serve([&](Exchange& exchange) { held = &exchange; });
    Client client(port);
    ASSERT_TRUE(client.get("/never"));
    ASSERT_TRUE(eventually([&] { return held.load() != nullptr; }));
    server->stop(10ms);
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(held.load()->request().target, "/never");
    held.load()->reply(text("too late"));
}

}  // namespace chatelaine::net::testing

/// Proves the framing of a live listener: what one connection may send and what it gets, over TLS
/// on real sockets, by a client that is OpenSSL and text.

#include <atomic>

#include "net/net_fixture.hpp"

namespace chatelaine::net::testing {

using ServerTest = NetTest;

TEST_F(ServerTest, keeps_a_connection_for_many_requests) {
    serve(echo);
    Client client(port);
    ASSERT_TRUE(client.connected());
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(client.post("/a?b=" + std::to_string(i), "hello"));
        const Answer answer = client.read();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "POST /a?b=" + std::to_string(i) + " hello");
        EXPECT_EQ(answer.head.find("Connection: close"), std::string::npos);
        EXPECT_NE(answer.head.find("Date: "), std::string::npos);
    }
    EXPECT_EQ(statistics().accepted, 1U);
    EXPECT_EQ(statistics().open, 1U);
}

TEST_F(ServerTest, answers_ten_pipelined_requests_of_one_record_in_order) {
    serve(echo);
    Client client(port);
    std::string all;
    for (int i = 0; i < 10; ++i) {
        all += "LIST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }
    ASSERT_TRUE(client.send(all));
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(client.read().body, "LIST /" + std::to_string(i) + " ");
    }
}

TEST_F(ServerTest, takes_a_request_byte_by_byte) {
    serve(echo);
    Client client(port);
    for (const char c : std::string("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")) {
        ASSERT_TRUE(client.send(std::string(1, c)));
    }
    EXPECT_EQ(client.read().body, "PUT /x abc");
}

TEST_F(ServerTest, takes_a_chunked_body_and_lets_trailers_pass) {
    serve(echo);
    Client client(port);
    ASSERT_TRUE(client.send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nTrailer: x\r\n\r\n"
                            "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_EQ(client.read().body, "POST /c abcdefgh");
    EXPECT_EQ(client.read().body, "GET /next ");
}

TEST_F(ServerTest, says_continue_to_who_waits_for_it) {
    serve(echo);
    Client client(port);
    ASSERT_TRUE(client.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                            "Expect: 100-continue\r\n\r\n"));
    EXPECT_EQ(client.read().status, 100);
    ASSERT_TRUE(client.send("ok"));
    EXPECT_EQ(client.read().body, "POST /e ok");
}

TEST_F(ServerTest, closes_after_http_1_0_and_after_connection_close) {
    serve(echo);
    for (const char* request : {"GET /0 HTTP/1.0\r\n\r\n",
                                "GET /0 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"}) {
        Client client(port);
        ASSERT_TRUE(client.send(request));
        const Answer answer = client.read();
        EXPECT_EQ(answer.status, 200);
        EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
        EXPECT_TRUE(client.closed_cleanly());
    }
}

TEST_F(ServerTest, sends_no_body_to_head_but_its_length) {
    serve(echo);
    Client client(port);
    ASSERT_TRUE(client.send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"));
    const Answer answer = client.read(true);
    EXPECT_NE(answer.head.find("Content-Length: 8\r\n"), std::string::npos);
    ASSERT_TRUE(client.get("/g"));
    EXPECT_EQ(client.read().body, "GET /g ");
    ASSERT_TRUE(client.send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_EQ(client.read(true).status, 200);
    ASSERT_TRUE(client.send("NOT HTTP\r\n\r\n"));  // its answer has a body again
    EXPECT_NE(client.read().body, "");
}

TEST_F(ServerTest, rejects_in_the_handlers_shape_and_closes_cleanly) {
    serve(echo);
    Client client(port);
    ASSERT_TRUE(client.send("NOT HTTP\r\n\r\n"));
    const Answer answer = client.read();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, "{\"reason\":\"the request is not valid HTTP/1.1\"}");
    EXPECT_TRUE(client.closed_cleanly());
}

TEST_F(ServerTest, rejects_a_body_that_is_too_large_while_it_is_still_being_sent) {
    serve(echo);
    Client client(port);
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n"));
    const std::string megabyte(1'000'000, 'x');
    for (int i = 0; i < 8; ++i) {
        ASSERT_TRUE(client.send(megabyte));
    }
    EXPECT_EQ(client.read().status, 413);
}

TEST_F(ServerTest, writes_answers_larger_than_a_socket_takes) {
    serve([](Exchange& exchange) { exchange.reply(text(std::string(8'000'000, 'y'))); });
    Client client(port);
    ASSERT_TRUE(client.get("/"));
    EXPECT_EQ(client.read().body, std::string(8'000'000, 'y'));
    ASSERT_TRUE(client.get("/"));
    EXPECT_EQ(client.read().body.size(), 8'000'000U);
}

TEST_F(ServerTest, answers_500_when_the_handler_throws) {
    serve([](Exchange&) { throw std::runtime_error("bug"); });
    Client client(port);
    ASSERT_TRUE(client.get("/"));
    EXPECT_EQ(client.read().status, 500);
}

TEST_F(ServerTest, takes_replies_from_another_thread) {
    std::vector<std::thread> threads;
    serve([&](Exchange& exchange) {
        threads.emplace_back([&exchange] {
            EXPECT_EQ(exchange.request().body.size(), 4U);
            HttpResponse response = text(std::string(as_text(exchange.request().body)));
            response.wipe_body = true;
            exchange.reply(std::move(response));
        });
    });
    Client client(port);
    ASSERT_TRUE(client.post("/", "one1"));
    EXPECT_EQ(client.read().body, "one1");
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\ntwo2"
                            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nthr3"));
    EXPECT_EQ(client.read().body, "two2");
    EXPECT_EQ(client.read().body, "thr3");
    for (auto& thread : threads) {
        thread.join();
    }
}

TEST_F(ServerTest, keeps_the_exchange_valid_when_the_peer_disappears) {
    std::atomic<Exchange*> held{nullptr};
    serve([&](Exchange& exchange) { held = &exchange; });
    {
        Client client(port);
        ASSERT_TRUE(client.post("/gone", "body"));
        ASSERT_TRUE(eventually([&] { return held.load() != nullptr; }));
        const linger reset{1, 0};
        ::setsockopt(client.socket(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    EXPECT_EQ(held.load()->request().target, "/gone");
    held.load()->reply(text("nobody"));
    EXPECT_TRUE(eventually([&] { return statistics().open == 0; }));
}

TEST_F(ServerTest, runs_deferred_work_behind_all_requests_that_are_ready_together) {
    std::vector<std::string> order;
    std::vector<Exchange*> waiting;
    std::atomic<bool> blocked{false};
    std::atomic<bool> go{false};
    serve([&](Exchange& exchange) {
        if (exchange.request().target == "/block") {
            // Holds the loop until both others have sent, so that they are ready in one turn.
            blocked = true;
            eventually([&] { return go.load(); });
            return exchange.reply(text(""));
        }
        order.emplace_back(exchange.request().target);
        waiting.push_back(&exchange);
        if (waiting.size() == 1) {
            exchange.loop().defer([&] {
                order.emplace_back("deferred");
                for (Exchange* each : std::exchange(waiting, {})) {
                    each->reply(text("batched"));
                }
            });
        }
    });
    Client blocker(port);
    Client first(port);
    Client second(port);
    ASSERT_TRUE(first.connected() && second.connected());
    ASSERT_TRUE(blocker.get("/block"));
    ASSERT_TRUE(eventually([&] { return blocked.load(); }));
    ASSERT_TRUE(first.get("/request"));
    ASSERT_TRUE(second.get("/request"));
    go = true;
    EXPECT_EQ(first.read().body, "batched");
    EXPECT_EQ(second.read().body, "batched");
    EXPECT_EQ(blocker.read().status, 200);
    server->stop(1s);
    EXPECT_EQ(order, (std::vector<std::string>{"/request", "/request", "deferred"}));
}

TEST_F(ServerTest, answers_pipelined_requests_whose_replies_are_deferred) {
    serve([](Exchange& exchange) {
        exchange.loop().defer([&exchange] { echo(exchange); });
    });
    Client client(port);
    std::string all;
    for (int i = 0; i < 100; ++i) {
        all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }
    ASSERT_TRUE(client.send(all));
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(client.read().body, "GET /" + std::to_string(i) + " ");
    }
}

TEST_F(ServerTest, runs_posted_and_periodic_work_on_the_loop) {
    serve(echo);
    Loop& loop = *server->loops().at(0);
    std::atomic<int> ticks{0};
    std::atomic<bool> posted{false};
    std::atomic<std::size_t> index{99};
    loop.every(5ms, [&] { ++ticks; });
    loop.post([&] {
        index = loop.index();
        posted = true;
    });
    EXPECT_TRUE(eventually([&] { return posted && ticks >= 3; }));
    EXPECT_EQ(index, 0U);
    server->stop(1s);
}

TEST_F(ServerTest, says_that_a_port_is_taken) {
    serve(echo);
    HttpListenerOptions again = options();
    again.port = port;
    again.handler = handler.get();
    auto second = Server::create({.loops = 1});
    const auto refused = second->listen(again);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kConfiguration);
}

}  // namespace chatelaine::net::testing

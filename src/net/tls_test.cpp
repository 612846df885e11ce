/// Proves who is let in and what the server knows of them: protocol versions, suites, client
/// certificates good, wrong and absent, resumption, reload and two kinds of certificate.

#include "net/net_fixture.hpp"

namespace chatelaine::net::testing {

class TlsTest : public NetTest {
protected:
    /// Answers with what the server knows of the peer.
    static void describe(Exchange& exchange) {
        const Peer& peer = exchange.peer();
        exchange.reply(text(peer.address + " " + (peer.certificate ? "certificate" : "none") + " " +
                            (peer.certificate_verified ? "verified" : "not") + " " +
                            peer.certificate_error));
    }
    std::string description(const Pair* certificate, int version_max = TLS1_3_VERSION) {
        Client client(port, {.certificate = certificate, .version_max = version_max});
        return client.get("/") ? client.read().body : "refused";
    }
    std::string server_name() {
        Client client(port);
        const X509* certificate = SSL_get0_peer_certificate(client.ssl());
        if (certificate == nullptr) {
            return "refused";
        }
        char name[100] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                                  sizeof name);
        return name;
    }
};

TEST_F(TlsTest, refuses_tls_1_1_and_takes_1_2_and_1_3) {
    serve(describe);
    EXPECT_FALSE(Client(port, {.version_max = TLS1_1_VERSION}).connected());
    EXPECT_TRUE(eventually([&] { return statistics().handshake_failures == 1; }));
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Client client(port, {.version_max = version, .version_min = version});
        ASSERT_TRUE(client.connected());
        EXPECT_NE(std::string(SSL_get_cipher(client.ssl())).find("GCM"), std::string::npos);
    }
}

TEST_F(TlsTest, counts_what_is_not_tls_and_closes) {
    serve(describe);
    const int socket = Client::connect_raw(port);
    Client::send_raw(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    char bytes[64];
    while (::recv(socket, bytes, sizeof bytes, 0) > 0) {
    }
    ::close(socket);
    EXPECT_TRUE(eventually([&] { return statistics().open == 0; }));
    EXPECT_EQ(statistics().handshake_failures, 1U);
}

TEST_F(TlsTest, knows_good_wrong_and_absent_client_certificates) {
    serve(describe);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        EXPECT_EQ(description(nullptr, version), "127.0.0.1 none not ");
        EXPECT_EQ(description(&pki().client, version), "127.0.0.1 certificate verified ");
        EXPECT_EQ(description(&pki().client, version), "127.0.0.1 certificate verified ");
        EXPECT_EQ(description(&pki().stranger, version).substr(0, 25), "127.0.0.1 certificate not");
        EXPECT_EQ(description(&pki().expired, version),
                  "127.0.0.1 certificate not certificate has expired");
        EXPECT_EQ(description(&pki().wrong_use, version).substr(0, 25),
                  "127.0.0.1 certificate not");
    }
}

TEST_F(TlsTest, asks_for_none_without_a_ca) {
    auto with = options();
    with.tls.client_ca.clear();
    serve(describe, with);
    EXPECT_EQ(description(&pki().client), "127.0.0.1 none not ");
}

TEST_F(TlsTest, can_require_a_good_certificate) {
    auto with = options();
    with.tls.require_client_certificate = true;
    serve(describe, with);
    EXPECT_EQ(description(&pki().client), "127.0.0.1 certificate verified ");
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const Pair* const none = nullptr;
        for (const Pair* bad : {none, static_cast<const Pair*>(&pki().stranger)}) {
            Client client(port, {.certificate = bad, .version_max = version});
            EXPECT_TRUE(!client.get("/") || client.read().status == 0);
        }
    }
}

TEST_F(TlsTest, resumption_keeps_the_peer) {
    serve(describe);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const Pair* pair : {&pki().client, &pki().stranger}) {
            std::string first;
            std::shared_ptr<SSL_SESSION> session;
            {
                Client client(port, {.certificate = pair, .version_max = version});
                ASSERT_TRUE(client.get("/"));
                first = client.read().body;
                session.reset(SSL_get1_session(client.ssl()), SSL_SESSION_free);
                SSL_shutdown(client.ssl());
            }
            Client again(port, {.version_max = version, .session = session.get()});
            ASSERT_TRUE(again.connected());
            EXPECT_EQ(SSL_session_reused(again.ssl()), 1);
            ASSERT_TRUE(again.get("/"));
            EXPECT_EQ(again.read().body, first);
            EXPECT_NE(first.find(" certificate "), std::string::npos);
        }
    }
}

TEST_F(TlsTest, gives_no_stateless_ticket_and_no_renegotiation) {
    serve(describe);
    Client client(port, {.version_max = TLS1_2_VERSION});
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get_session(client.ssl())), 0);
    SSL_renegotiate(client.ssl());
    EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
}

TEST_F(TlsTest, speaks_only_http_1_1_by_alpn) {
    serve(describe);
    const std::string both("\x02h2\x08http/1.1");
    Client client(port, {.alpn = both});
    ASSERT_TRUE(client.connected());
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
    EXPECT_FALSE(Client(port, {.alpn = "\x02h2"}).connected());
}

TEST_F(TlsTest, serves_an_rsa_and_an_ecdsa_certificate) {
    auto with = options();
    with.tls.certificate_and_key.emplace_back(files.pem("server_rsa"), files.key("server_rsa"));
    serve(describe, with);
    Client ecdsa(port);
    EXPECT_TRUE(ecdsa.connected());
    const auto type = [](Client& client) {
        return EVP_PKEY_get_base_id(X509_get0_pubkey(SSL_get0_peer_certificate(client.ssl())));
    };
    EXPECT_EQ(type(ecdsa), EVP_PKEY_EC);
    Client rsa(port, {.version_max = TLS1_2_VERSION,
                      .suites = "ECDHE-RSA-AES128-GCM-SHA256"});
    ASSERT_TRUE(rsa.connected());
    EXPECT_EQ(type(rsa), EVP_PKEY_RSA);
}

TEST_F(TlsTest, reload_swaps_the_certificate_for_new_connections_or_changes_nothing) {
    serve(describe);
    Client old(port);
    EXPECT_EQ(server_name(), "server");
    files.write("server", pki().server_rsa);
    ASSERT_TRUE(server->reload());
    EXPECT_EQ(server_name(), "server rsa");
    std::ofstream(files.key("server")) << "not a key";
    const auto refused = server->reload();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kConfiguration);
    EXPECT_NE(refused.error().detail().message.find(files.key("server")), std::string::npos);
    EXPECT_EQ(server_name(), "server rsa");
    ASSERT_TRUE(old.get("/"));
    EXPECT_EQ(old.read().status, 200);
}

TEST_F(TlsTest, names_the_file_that_is_not_good) {
    auto server_alone = Server::create({.loops = 1});
    FunctionHandler echoing(echo);
    for (const std::string what : {"certificate", "key", "ca", "none"}) {
        auto with = options();
        with.handler = &echoing;
        auto& pair = with.tls.certificate_and_key.at(0);
        if (what == "certificate") {
            pair.first = "/nowhere.pem";
        } else if (what == "key") {
            pair.second = files.key("server_rsa");
        } else if (what == "ca") {
            with.tls.client_ca = "/nowhere.pem";
        } else {
            with.tls.certificate_and_key.clear();
        }
        const auto refused = server_alone->listen(with);
        ASSERT_FALSE(refused) << what;
        EXPECT_EQ(refused.error().code(), Code::kConfiguration);
    }
}

}  // namespace chatelaine::net::testing

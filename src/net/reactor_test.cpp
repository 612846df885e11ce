#include "net/reactor.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace chatelaine::net {
namespace {

struct Pair {
    Descriptor near, far;
    Pair() {
        int both[2] = {-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both), 0);
        near = Descriptor(both[0]);
        far = Descriptor(both[1]);
    }
};

struct Note final : Waiter {
    explicit Note(std::function<void(bool)> what) : work(std::move(what)) {}
    void woken(bool cancelled) override { work(cancelled); }
    std::function<void(bool)> work;
};

void send_byte(int socket) { ASSERT_EQ(::write(socket, "x", 1), 1); }

TEST(ReactorTest, what_is_ready_before_the_wait_ends_it_at_once) {
    Reactor reactor;
    Pair pair;
    const int far = pair.far.get();
    Watched watched(reactor, std::move(pair.near));
    int woken = 0;
    Note again([&](bool cancelled) {
        EXPECT_FALSE(cancelled);
        ++woken;
        reactor.finish();
    });
    Note first([&](bool) {
        ++woken;
        char byte = 0;
        EXPECT_EQ(::read(watched.native_handle(), &byte, 1), 1);
        send_byte(far);  // an edge while nobody waits
        reactor.post_here([&] { reactor.post_here([&] { watched.wait_readable(again); }); });
    });
    watched.wait_readable(first);
    send_byte(far);
    reactor.run();
    EXPECT_EQ(woken, 2);
}

TEST(ReactorTest, the_end_of_the_stream_is_never_waited_for) {
    Reactor reactor;
    Pair pair;
    Watched watched(reactor, std::move(pair.near));
    // Last bytes and the end in one edge: the reader takes the bytes and waits again.
    send_byte(pair.far.get());
    pair.far = Descriptor();
    int woken = 0;
    Note reader([&](bool cancelled) {
        EXPECT_FALSE(cancelled);
        if (++woken == 3) {
            return reactor.finish();
        }
        watched.wait_readable(reader);
    });
    watched.wait_readable(reader);
    reactor.run();
    EXPECT_EQ(woken, 3);
}

TEST(ReactorTest, a_cancelled_wait_is_told_later_and_once) {
    Reactor reactor;
    Pair pair;
    Watched watched(reactor, std::move(pair.near));
    std::string order;
    Note reader([&](bool cancelled) {
        order += cancelled ? "c" : "r";
        reactor.finish();
    });
    reactor.post([&] {
        watched.wait_readable(reader);
        watched.cancel();
        watched.cancel();
        order += "p";
    });
    reactor.run();
    EXPECT_EQ(order, "pc");
}

TEST(ReactorTest, a_closed_descriptor_wakes_nobody_even_in_its_own_turn) {
    Reactor reactor;
    Pair one;
    Pair two;
    Watched first(reactor, std::move(one.near));
    Watched second(reactor, std::move(two.near));
    int woken = 0;
    Note on_first([&](bool) {
        ++woken;
        second.close();
        reactor.finish();
    });
    Note on_second([&](bool) {
        ++woken;
        first.close();
        reactor.finish();
    });
    first.wait_readable(on_first);
    second.wait_readable(on_second);
    send_byte(one.far.get());
    send_byte(two.far.get());
    reactor.run();
    EXPECT_EQ(woken, 1);
}

TEST(ReactorTest, posted_work_runs_behind_all_that_were_ready_with_it) {
    Reactor reactor;
    Pair one;
    Pair two;
    Watched first(reactor, std::move(one.near));
    Watched second(reactor, std::move(two.near));
    std::string order;
    const auto ready = [&](bool) {
        order += "r";
        reactor.post_here([&] {
            order += "p";
            reactor.finish();
        });
    };
    Note on_first(ready);
    Note on_second(ready);
    first.wait_readable(on_first);
    second.wait_readable(on_second);
    send_byte(one.far.get());
    send_byte(two.far.get());
    reactor.run();
    EXPECT_EQ(order, "rrpp");
}

TEST(ReactorTest, takes_work_of_other_threads_and_intervals) {
    Reactor reactor;
    int ticks = 0;
    int posted = 0;
    reactor.at_intervals(std::chrono::milliseconds(1), [&] { ++ticks; });
    std::thread other([&] {
        for (int i = 0; i < 1000; ++i) {
            reactor.post([&] {
                if (++posted == 1000) {
                    reactor.at_intervals(std::chrono::milliseconds(2), [&] {
                        reactor.stop_intervals();
                        reactor.finish();
                    });
                }
            });
        }
    });
    reactor.run();
    other.join();
    EXPECT_EQ(posted, 1000);
    EXPECT_GE(ticks, 1);
}

TEST(ReactorTest, a_full_socket_is_waited_for_until_it_is_read) {
    Reactor reactor;
    Pair pair;
    const int far = pair.far.get();
    Watched watched(reactor, std::move(pair.near));
    const std::string block(65536, 'x');
    const auto fill = [&] {
        while (::write(watched.native_handle(), block.data(), block.size()) > 0) {
        }
    };
    int woken = 0;
    Note writer([&](bool) {
        if (++woken == 1) {  // a descriptor begins writable: one end for nothing
            fill();
            watched.wait_writable(writer);
            reactor.post_here([&] {
                std::string into(1 << 20, 0);
                while (::read(far, into.data(), into.size()) > 0) {
                }
            });
            return;
        }
        EXPECT_GT(::write(watched.native_handle(), "x", 1), 0);
        reactor.finish();
    });
    watched.wait_writable(writer);
    reactor.run();
    EXPECT_GE(woken, 2);
}

}  // namespace
}  // namespace chatelaine::net

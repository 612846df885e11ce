// Proves (with ThreadSanitizer's help) that records are sealed and opened without a wrong answer
// while keys rotate, scopes come and go and the seal is closed and opened; and that nothing is
// sealed or opened any more once seal_now() or destroy_scope() has returned.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "seal/test_support.hpp"

namespace chatelaine::seal {
namespace {

using test::must;
using test::place_of;
using test::uuid_of;

class SealThreads : public testing::Test {
protected:
    void SetUp() override {
        shares_ = must(Seal::initialise(paths_, {2, 3}, crypto::system_random()));
        seal_ = must(Seal::open(paths_, crypto::system_random()));
        must(seal_->create_scope(scope_));
    }
    /// Runs `work(round)` on each thread until stop_.
    template <class F>
    std::vector<std::thread> start(std::size_t count, F work) {
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < count; ++i) {
            threads.emplace_back([this, work, i] {
                for (std::uint64_t round = 1; !stop_.load(); ++round) {
                    work(i, round);
                }
            });
        }
        return threads;
    }
    void join(std::vector<std::thread>& threads) {
        stop_ = true;
        for (std::thread& thread : threads) {
            thread.join();
        }
    }

    test::Folder folder_;
    const Paths paths_ = test::paths_in(folder_.path());
    const Uuid scope_ = uuid_of(1);
    std::vector<ShareText> shares_;
    std::unique_ptr<Seal> seal_;
    std::atomic<bool> stop_{false};
};

TEST_F(SealThreads, seals_and_opens_while_keys_rotate) {
    std::atomic<std::uint64_t> opened{0};
    auto threads = start(4, [&](std::size_t thread, std::uint64_t round) {
        const Place place = place_of(scope_, static_cast<std::uint8_t>(thread), round);
        const std::string text = std::to_string(round);
        const auto sealed = must(seal_->seal(place, as_bytes(text)));
        EXPECT_EQ(test::text_of(must(seal_->open_record(place, sealed))), text);
        const store::StreamKey stream{scope_, uuid_of(static_cast<std::uint8_t>(thread))};
        const auto entry = must(seal_->seal_audit(stream, round, 1, as_bytes(text)));
        EXPECT_EQ(test::text_of(must(seal_->open_audit(stream, round, 1, entry))), text);
        must(seal_->term(scope_, "name", text));
        opened.fetch_add(1);
    });
    for (std::uint8_t i = 0; i < 8; ++i) {
        must(seal_->rotate_scope(scope_));
        must(seal_->create_scope(uuid_of(static_cast<std::uint8_t>(100 + i))));
        must(seal_->destroy_scope(uuid_of(static_cast<std::uint8_t>(100 + i))));
        must(seal_->rotate_root({2, 3}));
        EXPECT_EQ(seal_->scopes().size(), 1u);
    }
    join(threads);
    EXPECT_GT(opened.load(), 0u);
    EXPECT_EQ(seal_->generation(scope_), 9u);
}

TEST_F(SealThreads, nothing_is_sealed_after_seal_now_returned) {
    // Odd while the seal is certainly closed; a success that saw the same odd number before and
    // after would have used keys that were forgotten.
    std::atomic<std::uint64_t> closed{0};
    auto threads = start(4, [&](std::size_t thread, std::uint64_t round) {
        const store::StreamKey stream{scope_, uuid_of(static_cast<std::uint8_t>(thread))};
        const std::uint64_t before = closed.load();
        const bool record = seal_->seal(place_of(scope_), as_bytes("x")).has_value();
        const bool entry = seal_->seal_audit(stream, round, 1, as_bytes("x")).has_value();
        const bool term = seal_->term(scope_, "n", "v").has_value();
        if (before % 2 == 1 && closed.load() == before) {
            EXPECT_FALSE(record || entry || term);
        }
    });
    for (int i = 0; i < 50; ++i) {
        seal_->seal_now();
        closed.fetch_add(1);
        std::this_thread::yield();
        closed.fetch_add(1);
        must(seal_->submit_share(shares_[0]));
        must(seal_->submit_share(shares_[1]));
    }
    join(threads);
    EXPECT_FALSE(seal_->is_sealed());
}

TEST_F(SealThreads, scopes_made_at_the_same_time_are_all_there) {
    std::vector<std::thread> threads;
    for (std::uint8_t thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (std::uint8_t i = 0; i < 5; ++i) {
                must(seal_->create_scope(uuid_of(static_cast<std::uint8_t>(50 + thread * 5 + i))));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(seal_->scopes().size(), 21u);
    seal_ = must(Seal::open(paths_, crypto::system_random()));
    EXPECT_EQ(seal_->scopes().size(), 21u);
}

}  // namespace
}  // namespace chatelaine::seal

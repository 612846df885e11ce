#include "audit/register.hpp"

#include <gtest/gtest.h>

#include "audit/audit_test_support.hpp"

namespace chatelaine::audit {
namespace {

using testing::facts_number;
using testing::FixedSeal;
using testing::scope_number;

const Uuid kScope = scope_number(1);

class Registers : public ::testing::Test {
protected:
    void write(const Uuid& writer, std::uint64_t number) {
        store::Transaction transaction;
        const Facts facts = facts_number(kScope, number);
        transaction.appends.push_back(change_append(seal_, {kScope, writer}, facts.time, facts));
        ASSERT_TRUE(store_.commit(std::move(transaction)));
    }
    std::vector<std::uint64_t> sequences(const Uuid& writer, std::uint64_t last, std::size_t max) {
        const auto records = read_register(seal_, store_, {kScope, writer}, last, max);
        EXPECT_TRUE(records);
        std::vector<std::uint64_t> found;
        for (const Record& record : *records) {
            found.push_back(record.sequence);
        }
        return found;
    }
    FixedSeal seal_;
    store::MemoryStore store_;
};

TEST_F(Registers, EndWithTheNewest) {
    const Uuid writer = register_writer(Register::kEvidence, 7);
    EXPECT_TRUE(sequences(writer, 0, 10).empty());
    for (std::uint64_t i = 1; i <= 5; ++i) {
        write(writer, i);
    }
    EXPECT_EQ(sequences(writer, 0, 1), (std::vector<std::uint64_t>{5}));
    EXPECT_EQ(sequences(writer, 0, 3), (std::vector<std::uint64_t>{5, 4, 3}));
    EXPECT_EQ(sequences(writer, 2, 3), (std::vector<std::uint64_t>{2, 1}));
    EXPECT_EQ(sequences(writer, 9, 2), (std::vector<std::uint64_t>{5, 4}));
}

TEST_F(Registers, AreNoPartOfTheTrail) {
    write(register_writer(Register::kEvidence, 7), 1);
    write(scope_number(3), 2);
    write(register_writer(Register::kNotices, 1), 3);
    const auto page = read_records(kScope, {}, {}, 10, false, seal_, store_, nullptr);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->records.size(), 1u);
    EXPECT_EQ(page->records.front().stream.writer, scope_number(3));
}

TEST_F(Registers, HaveWritersOfTheirOwn) {
    EXPECT_NE(register_writer(Register::kEvidence, 1), register_writer(Register::kEvidence, 256));
    EXPECT_NE(register_writer(Register::kEvidence, 1), register_writer(Register::kNotices, 1));
    EXPECT_TRUE(is_register(register_writer(Register::kNotices, 0)));
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(is_register(Uuid::random(crypto::system_random())));
    }
}

}  // namespace
}  // namespace chatelaine::audit

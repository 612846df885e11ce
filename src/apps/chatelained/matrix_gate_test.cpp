// Proves that the matrix's data alone opens and closes operations: the R of one activity taken from
// a party in the file closes exactly the operations of that activity, on every listener, and none
// is opened for the other party.
#include <gtest/gtest.h>

#include "apps/chatelained/reference.hpp"
#include "gate/gate.hpp"

namespace chatelaine::app {
namespace {

using access::Principal;
using responsibility::Matrix;
using responsibility::Party;

constexpr AccountId kAccount{Uuid{{1}}};
constexpr DomainId kDomain{Uuid{{2}}};

/// matrix.yaml with the letters of one activity the other way round.
std::string swapped(std::string_view id) {
    std::string text(Matrix::built_in_yaml());
    const std::size_t at = text.find("- id: " + std::string(id) + "\n");
    EXPECT_NE(at, std::string::npos);
    const std::size_t customer = text.find("customer:", at);
    const std::size_t provider = text.find("provider:", at);
    EXPECT_LT(customer, provider);
    text.replace(provider, 9, "customer:");
    text.replace(customer, 9, "provider:");
    return text;
}

bool passes(const gate::Gate& gate, const gate::OperationRow& row, const Principal& caller) {
    const gate::Resource resource{row.resource == gate::ResourceType::kAccount ||
                                          row.resource == gate::ResourceType::kService
                                      ? DomainId{}
                                      : kDomain,
                                  {}};
    return gate.check(row, resource, gate.urn_of(row, resource, caller), caller).has_value();
}

TEST(MatrixGate, ROfAnActivityIsTheGateOfExactlyItsOperations) {
    // Principals whom no policy holds back: what is refused is refused by the matrix.
    const Principal customer = Principal::system(Party::kCustomer, kAccount, kDomain);
    const Principal provider = Principal::system(Party::kProvider, {}, {});
    std::size_t closed = 0;
    for (const std::string_view id : responsibility::activity_ids) {
        const auto matrix = Matrix::load(swapped(id));
        ASSERT_TRUE(matrix) << matrix.error().to_string();
        const auto changed = responsibility::activity_from_id(id);
        // 3.2.1.a gives letters to both; R is with one.
        const bool moved =
            matrix->realises(Party::kCustomer, *changed) !=
            Matrix::built_in().realises(Party::kCustomer, *changed);
        ASSERT_TRUE(moved) << id;
        const gate::Gate gate(*matrix, "plate");
        for (const auto& listener : listeners()) {
            for (const gate::OperationRow* const row : listener.catalogue.rows()) {
                SCOPED_TRACE(std::string(id) + " " + std::string(row->name));
                const bool open = row->plane == gate::Plane::kPublic;
                const bool its = row->activity == *changed && !open;
                const Principal& party = row->party == Party::kCustomer ? customer : provider;
                const Principal& other = row->party == Party::kCustomer ? provider : customer;
                EXPECT_EQ(passes(gate, *row, party), !its);
                EXPECT_EQ(passes(gate, *row, other), open);
                closed += its ? 1 : 0;
            }
        }
    }
    EXPECT_GT(closed, 100u) << "every operation was closed once";
}

}  // namespace
}  // namespace chatelaine::app

#include "gate/gate.hpp"

#include <gtest/gtest.h>

namespace chatelaine::gate {
namespace {

using access::Principal;

constexpr AccountId kAccount{Uuid{{1}}};
constexpr DomainId kDomain{Uuid{{2}}};
constexpr DomainId kOther{Uuid{{3}}};

constexpr OperationRow row_of(Plane plane, Party party, ResourceType resource) {
    OperationRow row{};
    row.name = "test.row";
    row.summary = "A row of the test";
    row.actions = {"test:act", ""};
    row.activity = party == Party::kProvider ? Activity::k3_1_1_c : Activity::k3_1_1_e;
    row.party = party;
    row.plane = plane;
    row.effect = Effect::kRead;
    row.audit = AuditLevel::kUse;
    row.rate = RateClass::kCheap;
    row.commits = CommitsIn::kNothing;
    row.resource = resource;
    row.rest = {"GET", "/test", 200};
    return row;
}

constexpr OperationRow kKeyRow =
    row_of(Plane::kData, Party::kCustomer, ResourceType::kServiceKey);

class GateTest : public ::testing::Test {
protected:
    /// The code of the answer, or nothing when it is allowed.
    std::optional<Code> answer(const OperationRow& row, const Resource& resource,
                               const Principal& principal) {
        const auto result =
            gate_.check(row, resource, gate_.urn_of(row, resource, principal), principal);
        return result ? std::optional<Code>() : result.error().code();
    }
    Gate gate_{responsibility::Matrix::built_in(), "plate"};
    Principal customer_ = Principal::system(Party::kCustomer, kAccount, kDomain);
    Principal provider_ = Principal::system(Party::kProvider, AccountId{}, DomainId{});
};

TEST_F(GateTest, LetsTheRightPartyIn) {
    EXPECT_EQ(answer(kKeyRow, {kDomain, "k"}, customer_), std::nullopt);
    const OperationRow row = row_of(Plane::kOperator, Party::kProvider, ResourceType::kService);
    EXPECT_EQ(answer(row, {}, provider_), std::nullopt);
}

TEST_F(GateTest, KeepsTheOtherPartyOutOfEveryPlane) {
    for (const ResourceType type : {ResourceType::kNone, ResourceType::kDomain,
                                    ResourceType::kServiceKey, ResourceType::kAccount}) {
        for (const Plane plane : {Plane::kData, Plane::kControl}) {
            EXPECT_EQ(answer(row_of(plane, Party::kCustomer, type), {kDomain, "k"}, provider_),
                      Code::kForbidden);
        }
    }
    const OperationRow row = row_of(Plane::kOperator, Party::kProvider, ResourceType::kService);
    EXPECT_EQ(answer(row, {}, customer_), Code::kForbidden);
}

TEST_F(GateTest, AsksForACredentialButOnPublicRows) {
    EXPECT_EQ(answer(kKeyRow, {kDomain, "k"}, Principal::anonymous()), Code::kUnauthenticated);
    const OperationRow row = row_of(Plane::kPublic, Party::kCustomer, ResourceType::kNone);
    EXPECT_EQ(answer(row, {}, Principal::anonymous()), std::nullopt);
}

TEST_F(GateTest, AnswersAnothersDomainAsNoDomain) {
    const auto checked = [&](const OperationRow& row) {
        return answer(row, {kOther, "k"}, customer_);
    };
    EXPECT_EQ(checked(kKeyRow), Code::kDomainNotFound);
    EXPECT_EQ(checked(row_of(Plane::kControl, Party::kCustomer, ResourceType::kDomain)),
              Code::kDomainNotFound);
    EXPECT_EQ(checked(row_of(Plane::kControl, Party::kCustomer, ResourceType::kAccount)),
              Code::kNotFound);
}

TEST_F(GateTest, WantsADomainOnTheDataPlane) {
    const Principal wide = Principal::system(Party::kCustomer, kAccount, DomainId{});
    EXPECT_EQ(answer(kKeyRow, {DomainId{}, "k"}, wide), Code::kDomainNotFound);
}

TEST_F(GateTest, NamesResources) {
    const std::string domain = kDomain.to_string();
    EXPECT_EQ(gate_.urn_of(kKeyRow, {kDomain, "k"}, customer_),
              "urn:v1:plate:resource:okms:" + domain + "/serviceKey/k");
    EXPECT_EQ(gate_.urn_of(kKeyRow, {kDomain, ""}, customer_),
              "urn:v1:plate:resource:okms:" + domain);
    const OperationRow account =
        row_of(Plane::kControl, Party::kCustomer, ResourceType::kAccount);
    EXPECT_EQ(gate_.urn_of(account, {}, customer_),
              "urn:v1:plate:account:" + kAccount.to_string());
}

TEST(OperationRow, IsCompleteOnlyWithEveryPart) {
    static_assert(kKeyRow.complete());
    OperationRow row = kKeyRow;
    row.actions = {"", ""};
    EXPECT_FALSE(row.complete());
    row = kKeyRow;
    row.audit = AuditLevel::kNone;
    EXPECT_FALSE(row.complete()) << "only public rows go unrecorded";
    row = kKeyRow;
    row.effect = Effect::kWrite;
    EXPECT_FALSE(row.complete()) << "a change commits somewhere, with its record";
    row.commits = CommitsIn::kRegion;
    row.audit = AuditLevel::kChange;
    EXPECT_TRUE(row.complete());
    row.rest.success_status = 404;
    EXPECT_FALSE(row.complete());
    for (const auto unset : {0, 1, 2}) {
        row = kKeyRow;
        if (unset == 0) {
            row.plane = Plane::kUnset;
        } else if (unset == 1) {
            row.rate = RateClass::kUnset;
        } else {
            row.resource = ResourceType::kUnset;
        }
        EXPECT_FALSE(row.complete()) << unset;
    }
}

}  // namespace
}  // namespace chatelaine::gate

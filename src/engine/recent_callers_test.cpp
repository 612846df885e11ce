#include <gtest/gtest.h>

#include <memory>

#include "access/policy_set.hpp"
#include "engine/engine.hpp"

namespace chatelaine::engine {
namespace {

constexpr WallTime kNow = WallTime::from_seconds(1'800'000'000);

Uuid uuid(std::uint8_t number) {
    Uuid id;
    id.octets[15] = number;
    return id;
}

/// One identity and one credential of it.
class OneCaller final : public seal::Reader {
public:
    OneCaller() {
        auto identity = std::make_shared<access::Identity>();
        identity->id.uuid = uuid(10);
        identity->account.uuid = uuid(1);
        identity->grants = {{{"okms:*"}, {"urn:*"}}};
        identity_ = identity;
        auto credential = std::make_shared<access::Credential>();
        credential->id.uuid = uuid(20);
        credential->account.uuid = uuid(1);
        credential->domain.uuid = uuid(2);
        credential->identities = {identity->id};
        credential->not_before = kNow;
        credential->not_after = kNow.plus_seconds(100);
        credential_ = credential;
    }
    Result<store::Term> term(const Uuid&, std::string_view, std::string_view) override {
        return Error(Code::kInternal, "test");
    }
    Result<std::uint64_t> version_of(const store::RecordKey&) override { return 0; }
    bool may_block() const override { return true; }

protected:
    Result<std::shared_ptr<const void>> load_any(const store::RecordKey& key,
                                                 seal::Decode) override {
        switch (key.kind) {
            case store::Kind::kIdentity: return std::shared_ptr<const void>(identity_);
            case store::Kind::kCredential: return std::shared_ptr<const void>(credential_);
            default: return std::shared_ptr<const void>();
        }
    }
    Result<ErasedPage> find_any(const store::Query&, seal::Decode) override {
        return Error(Code::kInternal, "test");
    }

private:
    std::shared_ptr<const access::Identity> identity_;
    std::shared_ptr<const access::Credential> credential_;
};

class RecentCallersTest : public ::testing::Test {
protected:
    access::Presented presented() {
        access::Presented made;
        auto& certificate = made.certificate.emplace();
        certificate.serial = serial_.octets;
        certificate.upn_names = &names_;
        certificate.fingerprint = &fingerprint_;
        certificate.verified = certificate.client_auth = true;
        made.client_ip = "192.0.2.7";
        return made;
    }
    void keep(const access::Presented& by, std::uint64_t epoch) {
        const auto principal = access::Authenticator().authenticate(by, reader_, kNow);
        ASSERT_TRUE(principal) << principal.error().to_string();
        recent_.keep(by, epoch, *principal);
    }

    OneCaller reader_;
    RecentCallers recent_;
    Uuid serial_ = uuid(20);
    std::vector<std::string> names_ = {"okms.domain:" + uuid(2).to_string()};
    crypto::Sha256 fingerprint_{};
};

TEST_F(RecentCallersTest, IsFoundWhileNothingChanged) {
    keep(presented(), 7);
    const auto* const found = recent_.find(presented(), 7, kNow.plus_seconds(99));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->account().uuid, uuid(1));
    const auto again = found->again(kNow.plus_seconds(5), "198.51.100.1");
    EXPECT_EQ(again.decide({"okms:apikms:serviceKey/get"}, "urn:v1:x"),
              access::Decision::kAllowed);
    ASSERT_NE(again.standing(), nullptr);
    EXPECT_EQ(again.standing()->facts.now, kNow.plus_seconds(5));
    EXPECT_EQ(again.standing()->facts.client_ip, "198.51.100.1");
}

TEST_F(RecentCallersTest, IsGoneOnceSomethingChangedOrItsTimeIsOver) {
    keep(presented(), 7);
    EXPECT_EQ(recent_.find(presented(), 8, kNow), nullptr);
    EXPECT_EQ(recent_.find(presented(), 7, kNow.plus_seconds(100)), nullptr);
    EXPECT_EQ(recent_.find(presented(), 7, WallTime::from_seconds(1)), nullptr);
}

TEST_F(RecentCallersTest, AnOperatorIsFoundEachTime) {
    names_.clear();  // a certificate of no domain
    keep(presented(), 7);
    EXPECT_EQ(recent_.find(presented(), 7, kNow), nullptr);
}

TEST_F(RecentCallersTest, AnythingElsePresentedIsAnotherCaller) {
    keep(presented(), 7);
    auto other = presented();
    other.requested_domain.uuid = uuid(3);
    EXPECT_EQ(recent_.find(other, 7, kNow), nullptr);
    other = presented();
    other.authorization = "Bearer x";
    EXPECT_EQ(recent_.find(other, 7, kNow), nullptr);
    other = presented();
    other.vault_token = "x";
    EXPECT_EQ(recent_.find(other, 7, kNow), nullptr);
    other = presented();
    other.certificate->verified = false;
    EXPECT_EQ(recent_.find(other, 7, kNow), nullptr);
    other = presented();
    other.certificate->client_auth = false;
    EXPECT_EQ(recent_.find(other, 7, kNow), nullptr);
    crypto::Sha256 fingerprint{};
    fingerprint[31] = 1;  // the same place in the table
    other = presented();
    other.certificate->fingerprint = &fingerprint;
    EXPECT_EQ(recent_.find(other, 7, kNow), nullptr);
    EXPECT_EQ(recent_.find(access::Presented{}, 7, kNow), nullptr);
}

TEST(CallersEpoch, MovesWithWhatSaysWhoACallerIs) {
    ObjectCache cache(100);
    const auto moves = [&cache](store::Kind kind) {
        const std::uint64_t before = cache.callers_epoch();
        cache.invalidate({uuid(1), kind, uuid(2)});
        return cache.callers_epoch() != before;
    };
    for (const auto kind : {store::Kind::kIdentity, store::Kind::kCredential, store::Kind::kToken,
                            store::Kind::kDomain, store::Kind::kAccount, store::Kind::kOperator,
                            store::Kind::kPolicy, store::Kind::kPolicyMark,
                            store::Kind::kUserGroup, store::Kind::kResourceTags}) {
        EXPECT_TRUE(moves(kind)) << static_cast<int>(kind);
    }
    for (const auto kind : {store::Kind::kManagedObject, store::Kind::kSecret,
                            store::Kind::kEvidence, store::Kind::kIntent}) {
        EXPECT_FALSE(moves(kind)) << static_cast<int>(kind);
    }
    const std::uint64_t before = cache.callers_epoch();
    cache.clear();
    EXPECT_NE(cache.callers_epoch(), before);
}

}  // namespace
}  // namespace chatelaine::engine

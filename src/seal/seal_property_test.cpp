// Proves that what is sealed opens at its own place and nowhere else: for plaintexts of many sizes
// a round trip gives the same bytes, and any flipped bit, any cut and any other place, version,
// sequence or count gives kSealBroken (or kFormatTooNew for the format byte), never bytes.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "seal/test_support.hpp"

namespace chatelaine::seal {
namespace {

using test::must;
using test::uuid_of;

class SealProperties : public testing::Test {
protected:
    void SetUp() override {
        const Paths paths = test::paths_in(folder_.path());
        must(Seal::initialise(paths, {}, crypto::system_random()));
        seal_ = must(Seal::open(paths, crypto::system_random()));
        must(seal_->create_scope(uuid_of(1)));
        must(seal_->create_scope(uuid_of(2)));
    }
    static Place any_place() {
        const auto kinds = {store::Kind::kManagedObject, store::Kind::kKeyVersion,
                            store::Kind::kSetting};
        return {{uuid_of(*rc::gen::element<std::uint8_t>(1, 2)),
                 *rc::gen::elementOf(std::vector<store::Kind>(kinds)),
                 uuid_of(*rc::gen::arbitrary<std::uint8_t>())},
                *rc::gen::arbitrary<std::uint64_t>()};
    }
    static bool is_refused(const Result<crypto::SecretBytes>& opened) {
        return !opened && (opened.error().code() == Code::kSealBroken ||
                           opened.error().code() == Code::kFormatTooNew);
    }
    static Bytes copied(const crypto::SealedBytes& sealed) {
        return Bytes(sealed.view().begin(), sealed.view().end());
    }

    test::Folder folder_;
    std::unique_ptr<Seal> seal_;
};

TEST_F(SealProperties, a_record_opens_at_its_place_only) {
    EXPECT_TRUE(rc::check([&] {
        const Place place = any_place();
        const auto plaintext = *rc::gen::arbitrary<std::string>();
        const auto sealed = must(seal_->seal(place, as_bytes(plaintext)));
        RC_ASSERT(sealed.size() == plaintext.size() + 33);
        RC_ASSERT(test::text_of(must(seal_->open_record(place, sealed))) == plaintext);
        const Place other = any_place();
        const bool same = other.key == place.key && other.version == place.version;
        RC_ASSERT(same || is_refused(seal_->open_record(other, sealed)));
        Place later = place;
        ++later.version;
        RC_ASSERT(is_refused(seal_->open_record(later, sealed)));
    }));
}

TEST_F(SealProperties, any_flipped_bit_and_any_cut_is_found) {
    EXPECT_TRUE(rc::check([&] {
        const Place place = any_place();
        const auto plaintext = *rc::gen::arbitrary<std::string>();
        const Bytes good = copied(must(seal_->seal(place, as_bytes(plaintext))));
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            Bytes bad = good;
            bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1 << bit % 8));
            RC_ASSERT(is_refused(
                seal_->open_record(place, crypto::SealedBytes::from_stored(std::move(bad)))));
        }
        const auto size = *rc::gen::inRange<std::size_t>(0, good.size());
        Bytes cut = good;
        cut.resize(size);
        RC_ASSERT(is_refused(
            seal_->open_record(place, crypto::SealedBytes::from_stored(std::move(cut)))));
    }));
}

TEST_F(SealProperties, an_audit_entry_opens_at_its_place_only) {
    EXPECT_TRUE(rc::check([&] {
        const store::StreamKey stream{uuid_of(*rc::gen::element<std::uint8_t>(1, 2)),
                                      uuid_of(*rc::gen::arbitrary<std::uint8_t>())};
        const auto sequence = *rc::gen::arbitrary<std::uint64_t>();
        const auto count = *rc::gen::arbitrary<std::uint32_t>();
        const auto plaintext = *rc::gen::arbitrary<std::string>();
        const auto sealed = must(seal_->seal_audit(stream, sequence, count, as_bytes(plaintext)));
        RC_ASSERT(test::text_of(must(seal_->open_audit(stream, sequence, count, sealed))) ==
                  plaintext);
        RC_ASSERT(is_refused(seal_->open_audit(stream, sequence + 1, count, sealed)));
        RC_ASSERT(is_refused(seal_->open_audit(stream, sequence, count + 1, sealed)));
        store::StreamKey other = stream;
        other.writer.octets[3] ^= 1;
        RC_ASSERT(is_refused(seal_->open_audit(other, sequence, count, sealed)));
        other = stream;
        other.scope = uuid_of(stream.scope == uuid_of(1) ? 2 : 1);
        RC_ASSERT(is_refused(seal_->open_audit(other, sequence, count, sealed)));
        Bytes bad = copied(sealed);
        const auto bit = *rc::gen::inRange<std::size_t>(0, bad.size() * 8);
        bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1 << bit % 8));
        RC_ASSERT(is_refused(seal_->open_audit(stream, sequence, count,
                                               crypto::SealedBytes::from_stored(std::move(bad)))));
    }));
}

}  // namespace
}  // namespace chatelaine::seal

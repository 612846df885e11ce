// Proves the model: the sealed record gives back what was put in, the row's dates must be those of
// the record, states are the same for an object and for a query, copies share nothing secret.
#include "objects/managed_object.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using testing::reveal;

std::optional<WallTime> any_date() {
    // Few values, so that dates meet each other and `now`.
    const int choice = *rc::gen::inRange(0, 8);
    return choice == 0 ? std::nullopt : std::optional<WallTime>(WallTime{choice});
}

std::string any_text() { return *rc::gen::arbitrary<std::string>(); }

std::shared_ptr<ManagedObject> any_object() {
    auto object = std::make_shared<ManagedObject>();
    const auto raw = *rc::gen::container<std::vector<std::uint8_t>>(
        32, rc::gen::arbitrary<std::uint8_t>());
    object->id = {Uuid::from_octets(BytesView(raw).first(16))};
    object->domain = {Uuid::from_octets(BytesView(raw).subspan(16))};
    object->origin.key = {object->domain.uuid, ManagedObject::kind, object->id.uuid};
    object->origin.version = *rc::gen::inRange<std::uint64_t>(0, 100);
    object->type = static_cast<ObjectType>(*rc::gen::inRange(1, 11));
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        object->names.push_back({any_text(), static_cast<std::uint8_t>(*rc::gen::inRange(1, 3))});
    }
    object->context = any_text();
    object->key_type = static_cast<crypto::KeyType>(*rc::gen::inRange(0, 3));
    object->algorithm = *rc::gen::arbitrary<std::uint32_t>();
    object->bits = *rc::gen::arbitrary<std::uint32_t>();
    if (*rc::gen::arbitrary<bool>()) {
        object->curve = static_cast<crypto::Curve>(*rc::gen::inRange(0, 3));
    }
    object->usage_mask = *rc::gen::arbitrary<std::uint32_t>();
    object->pair = *rc::gen::arbitrary<bool>();
    object->extractable = *rc::gen::arbitrary<bool>();
    object->never_extractable = *rc::gen::arbitrary<bool>();
    object->sensitive = *rc::gen::arbitrary<bool>();
    object->always_sensitive = *rc::gen::arbitrary<bool>();
    object->protection_level = any_text();
    object->initial_date = WallTime{*rc::gen::arbitrary<std::int64_t>()};
    object->last_change = WallTime{*rc::gen::arbitrary<std::int64_t>()};
    for (auto* const date :
         {&object->original_creation, &object->activation, &object->deactivation,
          &object->process_start, &object->protect_stop, &object->compromise,
          &object->compromise_occurrence, &object->destroy, &object->archive,
          &object->material.destroyed}) {
        *date = any_date();
    }
    object->revocation_reason = static_cast<RevocationReason>(*rc::gen::inRange(0, 8));
    object->revocation_message = any_text();
    object->newest_version = *rc::gen::arbitrary<std::uint32_t>();
    object->material.version = *rc::gen::arbitrary<std::uint32_t>();
    object->material.format = *rc::gen::arbitrary<std::uint32_t>();
    object->material.created = WallTime{*rc::gen::arbitrary<std::int64_t>()};
    object->material.bytes = testing::secret(any_text());
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        object->links.push_back({*rc::gen::arbitrary<std::uint32_t>(), object->id});
        object->attributes.push_back({any_text(), *rc::gen::arbitrary<std::uint32_t>(),
                                      *rc::gen::arbitrary<std::vector<std::uint8_t>>()});
    }
    return object;
}

Bytes encoded(const ManagedObject& object) {
    Bytes out;
    object.encode(out);
    return out;
}

seal::Origin origin_of(const ManagedObject& object) {
    return {object.origin.key, 7, 0, 0, object.dates()};
}

TEST(ManagedObject, DecodesWhatItEncoded) {
    EXPECT_TRUE(rc::check("every field comes back", [] {
        const auto object = any_object();
        const Bytes record = encoded(*object);
        const auto back = ManagedObject::decode(origin_of(*object), record);
        RC_ASSERT(back.has_value());
        RC_ASSERT(encoded(**back) == record);
        RC_ASSERT((*back)->origin.version == 7u);
        RC_ASSERT(reveal((*back)->material.bytes) == reveal(object->material.bytes));
        RC_ASSERT((*back)->names.size() == object->names.size());
        RC_ASSERT((*back)->links.size() == object->links.size());
        RC_ASSERT((*back)->attributes.size() == object->attributes.size());
        RC_ASSERT((*back)->curve == object->curve);
        RC_ASSERT((*back)->usage_mask == object->usage_mask);
        RC_ASSERT((*back)->dates() == object->dates());
    }));
}

TEST(ManagedObject, CopiesTheMaterialAndEveryField) {
    EXPECT_TRUE(rc::check("a clone encodes the same", [] {
        const auto object = any_object();
        const auto copy = object->clone();
        RC_ASSERT(encoded(*copy) == encoded(*object));
        RC_ASSERT(copy->origin.version == object->origin.version);
        RC_ASSERT(&copy->slot() != &object->slot());
        copy->material.bytes = crypto::SecretBytes();
        RC_ASSERT(encoded(*object) == encoded(*object->clone()));
    }));
}

TEST(ManagedObject, EncodesWithoutMovingTheKeyAbout) {
    EXPECT_TRUE(rc::check("the buffer is large enough from the start", [] {
        const auto object = any_object();
        Bytes out;
        object->encode(out);
        Bytes again;
        again.reserve(out.capacity());
        const auto* const place = again.data();
        object->encode(again);
        RC_ASSERT(again.data() == place);
        RC_ASSERT(again.capacity() == out.capacity());
    }));
}

TEST(ManagedObject, DamagedRecordsAreRefusedNotRead) {
    EXPECT_TRUE(rc::check("a cut or changed record gives an error or an object, never a crash", [] {
        const auto object = any_object();
        Bytes record = encoded(*object);
        const auto at = *rc::gen::inRange<std::size_t>(0, record.size());
        if (*rc::gen::arbitrary<bool>()) {
            record.resize(at);
        } else {
            record[at] = static_cast<std::uint8_t>(record[at] ^ *rc::gen::inRange(1, 256));
        }
        const auto back = ManagedObject::decode(origin_of(*object), record);
        const Code code = back ? Code::kEndOfCodes : back.error().code();
        RC_ASSERT(code == Code::kEndOfCodes || code == Code::kStoreCorrupt ||
                  code == Code::kFormatTooNew);
    }));
}

TEST(ManagedObject, StateAndItsConditionsAgree) {
    EXPECT_TRUE(rc::check("exactly the state's own conditions match", [] {
        auto object = std::make_shared<ManagedObject>();
        object->id = ObjectId::random(crypto::system_random());
        object->domain = DomainId::random(crypto::system_random());
        for (auto* const date : {&object->activation, &object->deactivation, &object->compromise,
                                 &object->destroy}) {
            *date = any_date();
        }
        const WallTime now{*rc::gen::inRange(0, 9)};
        store::MemoryStore store;
        testing::MemoryReader reader(store);
        std::vector<seal::RecordChange> changes;
        changes.push_back(object->to_change());
        RC_ASSERT(reader.apply(changes).has_value());
        for (const State state : {State::kPreActive, State::kActive, State::kDeactivated,
                                  State::kCompromised, State::kDestroyed,
                                  State::kDestroyedCompromised}) {
            store::Query query;
            query.scope = object->domain.uuid;
            query.dates = state_conditions(state, now);
            const auto found = reader.find<ManagedObject>(query);
            RC_ASSERT(found.has_value());
            RC_ASSERT(found->objects.size() == (object->state(now) == state ? 1u : 0u));
        }
    }));
}

TEST(ManagedObject, ARowWithOtherDatesIsCorrupt) {
    ManagedObject object;
    object.origin.key = {object.domain.uuid, ManagedObject::kind, object.id.uuid};
    object.activation = WallTime{5};
    object.deactivation = WallTime{9};
    seal::Origin origin = origin_of(object);
    EXPECT_TRUE(ManagedObject::decode(origin, encoded(object)));
    origin.dates[store::DateColumn::kDeactivation].reset();  // revoked, made to look active
    const auto back = ManagedObject::decode(origin, encoded(object));
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code(), Code::kStoreCorrupt);
}

TEST(ManagedObject, ARecordOfAnotherObjectIsCorrupt) {
    ManagedObject object;
    seal::Origin origin = origin_of(object);
    origin.key = {object.domain.uuid, ManagedObject::kind,
                  Uuid::random(crypto::system_random())};
    const auto other_id = ManagedObject::decode(origin, encoded(object));
    ASSERT_FALSE(other_id);
    EXPECT_EQ(other_id.error().code(), Code::kStoreCorrupt);
    origin.key = {Uuid::random(crypto::system_random()), ManagedObject::kind, object.id.uuid};
    const auto other_domain = ManagedObject::decode(origin, encoded(object));
    ASSERT_FALSE(other_domain);
    EXPECT_EQ(other_domain.error().code(), Code::kStoreCorrupt);
}

TEST(ManagedObject, ANewerFormatIsRefusedAsSuch) {
    ManagedObject object;
    Bytes record = encoded(object);
    record[0] = 2;
    EXPECT_EQ(ManagedObject::decode(origin_of(object), record).error().code(),
              Code::kFormatTooNew);
}

TEST(ManagedObject, FieldsOfALaterBuildArePassedOver) {
    ManagedObject object;
    object.origin.key = {object.domain.uuid, ManagedObject::kind, object.id.uuid};
    Bytes record = encoded(object);
    record.insert(record.end(), {0x10, 0x27, 1, 0, 0, 0, 0xff});
    EXPECT_TRUE(ManagedObject::decode(origin_of(object), record));
}

TEST(ManagedObject, NamesAndTypeBecomeTermsButNeverTheState) {
    ManagedObject object;
    object.names = {{"one", 1}, {"two", 1}};
    object.type = ObjectType::kPrivateKey;
    const seal::RecordChange change = object.to_change();
    const std::vector<std::pair<std::string, std::string>> expected{
        {"name", "one"}, {"name", "two"}, {"type", "4"}};
    EXPECT_EQ(change.terms, expected);
    EXPECT_EQ(change.expected_version, 0u);
    EXPECT_FALSE(change.tombstone);
}

TEST(ManagedObject, EveryStateAndReasonHasItsName) {
    for (int i = 1; i <= 6; ++i) {
        const auto state = static_cast<State>(i);
        EXPECT_EQ(state_from_name(state_name(state)), state);
    }
    EXPECT_FALSE(state_from_name("all"));
    for (int i = 1; i <= 7; ++i) {
        const auto reason = static_cast<RevocationReason>(i);
        EXPECT_EQ(revocation_reason_from_name(revocation_reason_name(reason)), reason);
    }
    EXPECT_FALSE(revocation_reason_from_name(""));
    EXPECT_EQ(revocation_reason_name(RevocationReason::kNone), "");
}

}  // namespace
}  // namespace chatelaine::objects

// The records (what is written is read, what does not add up is refused), paths, durations, and the
// life of a secret through the REST operations.
#include <functional>
#include <utility>

#include "secrets/duration.hpp"
#include "secrets/edit.hpp"
#include "secrets/test_support.hpp"

#include "base/limits.hpp"

namespace chatelaine::secrets::testing {
namespace {

constexpr Code kOk = Code::kEndOfCodes;

Secret full_secret() {
    Secret made;
    made.id = Uuid::random(crypto::system_random());
    made.domain = DomainId::random(crypto::system_random());
    made.path = "app/db";
    made.life = Uuid::random(crypto::system_random());
    made.created = WallTime::from_seconds(1);
    made.updated = WallTime::from_seconds(2);
    made.settings = {true, "1d", 7};
    made.custom_metadata = {{"b", "2"}, {"a", "1"}};
    made.current = 4;
    made.oldest = 2;
    Version inside{2, WallTime{5}, WallTime{6}, {}, 2,
                   std::make_shared<crypto::SecretBytes>(secret("{}"))};
    Version deleted{3, WallTime{7}, {}, WallTime{8}, 9, nullptr};
    Version apart{4, WallTime{9}, {}, {}, 9000, nullptr};
    made.versions = {inside, deleted, apart};
    return made;
}

seal::Origin origin_of(const Secret& made) {
    return {{made.domain.uuid, Secret::kind, made.id}, 3, 4, 5, made.dates()};
}

TEST(SecretRecord, ComesBackAsItWas) {
    const Secret made = full_secret();
    Bytes bytes;
    made.encode(bytes);
    const auto back = Secret::decode(origin_of(made), bytes);
    ASSERT_TRUE(back) << back.error().to_string();
    EXPECT_EQ((*back)->path, made.path);
    EXPECT_EQ((*back)->life, made.life);
    EXPECT_EQ((*back)->settings, made.settings);
    EXPECT_EQ((*back)->custom_metadata, made.custom_metadata);
    ASSERT_EQ((*back)->versions.size(), 3U);
    EXPECT_EQ(reveal((*back)->versions[0].data), "{}");
    EXPECT_EQ((*back)->versions[0].deactivation, WallTime{6});
    EXPECT_EQ((*back)->versions[1].deleted, WallTime{8});
    EXPECT_TRUE((*back)->versions[2].apart());
    EXPECT_EQ((*back)->version(4)->size, 9000U);
    EXPECT_EQ((*back)->version(1), nullptr);
    EXPECT_EQ((*back)->version(5), nullptr);
}

TEST(SecretRecord, WhatDoesNotAddUpIsRefused) {
    const Secret made = full_secret();
    Bytes bytes;
    made.encode(bytes);
    seal::Origin other = origin_of(made);
    other.key.id.octets[0] ^= 1;
    EXPECT_EQ(Secret::decode(other, bytes).error().code(), Code::kStoreCorrupt);
    other = origin_of(made);
    other.dates[store::DateColumn::kCreated] = WallTime{};
    EXPECT_EQ(Secret::decode(other, bytes).error().code(), Code::kStoreCorrupt);
    // No prefix and no single changed byte makes it read outside its bytes.
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        const auto half = Secret::decode(origin_of(made), BytesView(bytes).first(cut));
        static_cast<void>(half.has_value());
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        Bytes changed = bytes;
        changed[at] ^= 0xff;
        static_cast<void>(Secret::decode(origin_of(made), changed).has_value());
    }
}

TEST(SecretPath, FoldersAndBounds) {
    EXPECT_EQ(folder_of("app/prod/db"), "app/prod/");
    EXPECT_EQ(folder_of("db"), "");
    EXPECT_EQ(folder_of("app/"), "app/");
    EXPECT_EQ(folder_above("app/prod/"), "app/");
    EXPECT_EQ(folder_above("app/"), "");
    EXPECT_EQ(folder_above("//"), "/");
    EXPECT_EQ(ancestors_of("a/b/c"), (std::vector<std::string_view>{"a/", "a/b/"}));
    EXPECT_EQ(ancestors_of("/a"), (std::vector<std::string_view>{"/"}));
    EXPECT_TRUE(check_path("A-Za-z0_9.:/=@"));
    EXPECT_TRUE(check_path(std::string(limits::secret_path_characters_max, 'x')));
    EXPECT_FALSE(check_path(std::string(limits::secret_path_characters_max + 1, 'x')));
    for (const std::string_view bad : {"", " ", "a b", "a%b", "\xc3\xa9", "a\\b", "a?b", "a#b"}) {
        EXPECT_FALSE(check_path(bad)) << bad;
    }
}

TEST(SecretDuration, AsVaultWritesThem) {
    const auto seconds = [](std::string_view text) {
        const auto parsed = parse_duration(text, "f");
        return parsed ? *parsed : -1;
    };
    EXPECT_EQ(seconds(""), 0);
    EXPECT_EQ(seconds("0"), 0);
    EXPECT_EQ(seconds("0s"), 0);
    EXPECT_EQ(seconds("1d"), 86400);
    EXPECT_EQ(seconds("10h30m10s"), 37810);
    EXPECT_EQ(seconds("90"), 90);
    EXPECT_EQ(seconds("1.5h"), 5400);
    EXPECT_EQ(seconds("1500ms"), 2);
    EXPECT_EQ(seconds("-1s"), 0);
    EXPECT_EQ(seconds("36600d"), limits::secret_seconds_max);
    EXPECT_EQ(seconds("36601d"), -1);
    for (const std::string_view bad : {"1", "d", "1x", "1d2", "-", "1.2.3s", ".s", " 1s", "1 s",
                                       "99999999999999999999d", "1y", "1dd"}) {
        EXPECT_EQ(seconds(bad), bad == "1" ? 1 : -1) << bad;
    }
    EXPECT_EQ(go_duration(0), "0s");
    EXPECT_EQ(go_duration(59), "59s");
    EXPECT_EQ(go_duration(86400), "24h0m0s");
    EXPECT_EQ(go_duration(37810), "10h30m10s");
    EXPECT_EQ(go_duration(61), "1m1s");
}

TEST_F(SecretsTest, CreateOnceReadDeleteAndCreateAgain) {
    EXPECT_EQ(create("a/b", R"({"n":1})"), kOk);
    EXPECT_EQ(create("a/b"), Code::kAlreadyExists);
    EXPECT_EQ(read("a/b"), R"({"n":1})");
    EXPECT_EQ(put("a/b", R"({"n":2})"), kOk);
    EXPECT_EQ(read("a/b", 1), R"({"n":1})");
    EXPECT_EQ(read("a/b", 3), "secret_not_found");
    const Uuid first_life = stored("a/b")->life;
    ASSERT_TRUE(commit<DeleteSecret>(on<DeleteSecret>("a/b")));
    EXPECT_EQ(read("a/b"), "secret_not_found");
    EXPECT_EQ(refusal<DeleteSecret>(on<DeleteSecret>("a/b")), Code::kSecretNotFound);
    EXPECT_EQ(create("a/b", R"({"n":3})"), kOk);
    EXPECT_EQ(stored("a/b")->current, 1U);
    EXPECT_NE(stored("a/b")->life, first_life);
}

TEST_F(SecretsTest, LargeDataLiesApartAndGoesWithItsVersion) {
    MetadataChange two;
    two.settings.max_versions = 2;
    const std::string large = R"({"v":")" + std::string(60'000, 'x') + R"("})";
    EXPECT_EQ(create("big", large, two), kOk);
    EXPECT_TRUE(stored("big")->versions[0].apart());
    EXPECT_EQ(read("big"), large);
    const store::RecordKey first{domain.uuid, SecretVersion::kind,
                                 version_id(stored("big")->life, 1)};
    EXPECT_EQ(put("big", R"({"small":1})"), kOk);
    EXPECT_EQ(read("big", 1), large);
    EXPECT_EQ(put("big", large), kOk);
    EXPECT_EQ(stored("big")->oldest, 2U);
    EXPECT_EQ(read("big", 1), "secret_not_found");
    EXPECT_TRUE((*store.get(first))->tombstone);
    const store::RecordKey third{domain.uuid, SecretVersion::kind,
                                 version_id(stored("big")->life, 3)};
    ASSERT_TRUE(commit<DeleteVersion>(version_of<DeleteVersion>("big", 3)));
    EXPECT_TRUE((*store.get(third))->tombstone);
    EXPECT_EQ(read("big"), "(none)");
    EXPECT_EQ(put("big", large), kOk);
    const store::RecordKey fourth{domain.uuid, SecretVersion::kind,
                                  version_id(stored("big")->life, 4)};
    ASSERT_TRUE(commit<DeleteSecret>(on<DeleteSecret>("big")));
    EXPECT_TRUE((*store.get(fourth))->tombstone);
}

TEST_F(SecretsTest, TheNewestDataStaysInside) {
    const std::string some = R"({"v":")" + std::string(1500, 'y') + R"("})";
    EXPECT_EQ(create("s", some), kOk);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(put("s", some), kOk);
    }
    std::string where;
    for (const Version& version : stored("s")->versions) {
        where.push_back(version.apart() ? 'a' : 'i');
    }
    EXPECT_EQ(where, "aaii");
    for (std::uint32_t number = 1; number <= 4; ++number) {
        EXPECT_EQ(read("s", number), some);
    }
}

TEST_F(SecretsTest, DeletedDataIsInNoRecord) {
    EXPECT_EQ(create("c", R"({"canary":"8d41"})"), kOk);
    ASSERT_TRUE(commit<DeleteVersion>(version_of<DeleteVersion>("c", 1)));
    const auto page = store.changed_since(0, 100);
    ASSERT_TRUE(page);
    for (const store::Record& record : page->records) {
        EXPECT_EQ(as_text(record.sealed.view()).find("8d41"), std::string_view::npos);
    }
    EXPECT_EQ(refusal<ActivateVersion>(version_of<ActivateVersion>("c", 1)), Code::kWrongState);
    EXPECT_EQ(refusal<DeactivateVersion>(version_of<DeactivateVersion>("c", 1)),
              Code::kWrongState);
}

TEST_F(SecretsTest, ADurationEndsToTheSecond) {
    MetadataChange expiring;
    expiring.settings.deactivate_after = "10s";
    EXPECT_EQ(create("e", R"({"n":1})", expiring), kOk);
    now = now.plus_seconds(9);
    EXPECT_EQ(read("e"), R"({"n":1})");
    now = WallTime{now.microseconds + 999'999};
    EXPECT_EQ(read("e"), R"({"n":1})");
    now = WallTime{now.microseconds + 1};
    EXPECT_EQ(read("e"), "(none)");
    ASSERT_TRUE(commit<ActivateVersion>(version_of<ActivateVersion>("e", 1)));
    now = now.plus_seconds(100);
    EXPECT_EQ(read("e"), R"({"n":1})");
}

TEST_F(SecretsTest, TheStricterSettingHolds) {
    UpdateConfig::Command config;
    config.settings = {{}, "1h", 3};
    ASSERT_TRUE(commit<UpdateConfig>(std::move(config)));
    const Settings domain_settings{true, "1h", 3};
    EXPECT_TRUE(effective({false, {}, {}}, domain_settings).cas_required);
    EXPECT_EQ(effective({}, domain_settings).max_versions, 3U);
    EXPECT_EQ(effective({{}, {}, 5}, domain_settings).max_versions, 5U);
    EXPECT_EQ(effective({{}, "1d", {}}, domain_settings).deactivate_after_seconds, 3600);
    EXPECT_EQ(effective({{}, "1m", {}}, domain_settings).deactivate_after_seconds, 60);
    EXPECT_EQ(effective({{}, "1m", 0}, {}).max_versions, limits::secret_versions_default);
    EXPECT_EQ(create("s"), kOk);
    EXPECT_EQ(stored("s")->versions[0].deactivation, now.plus_seconds(3600));
}

TEST_F(SecretsTest, NumbersEndAtTheirBound) {
    EXPECT_EQ(create("n"), kOk);
    Edit edit = Edit::of(*std::make_unique<gate::Services>(services()), *stored("n"));
    edit.secret().current = limits::secret_versions_max;
    edit.secret().versions.back().number = limits::secret_versions_max;
    const auto full = edit.add_version(secret("{}"));
    EXPECT_EQ(full.error().code(), Code::kInvalidArgument);
}

TEST_F(SecretsTest, ConcurrentFirstSecretsOfAFolderCollideAndThenAgree) {
    auto one = attempt<CreateSecret>(with_data<CreateSecret>("new/one", "{}"));
    auto two = attempt<CreateSecret>(with_data<CreateSecret>("new/two", "{}"));
    ASSERT_TRUE(one && two);
    EXPECT_TRUE(reader.apply(one->changes));
    EXPECT_EQ(reader.apply(two->changes).error().code(), Code::kVersionConflict);
    EXPECT_EQ(create("new/two"), kOk);
    EXPECT_EQ(names("new/"), (std::vector<std::string>{"one", "two"}));
}

/// Says what the world does just before the next look at a record's version.
class Interrupting final : public seal::Reader {
public:
    Interrupting(seal::test::MemoryReader& inner, std::function<void()> then)
        : inner_(inner), then_(std::move(then)) {}
    Result<store::Term> term(const Uuid& scope, std::string_view name,
                             std::string_view value) override {
        return inner_.term(scope, name, value);
    }
    Result<std::uint64_t> version_of(const store::RecordKey& key) override {
        if (before_) {
            std::exchange(then_, [] {})();
            return inner_.version_of(key);
        }
        auto version = inner_.version_of(key);
        std::exchange(then_, [] {})();
        return version;
    }
    bool may_block() const override { return true; }
    bool before_ = true;

protected:
    Result<std::shared_ptr<const void>> load_any(const store::RecordKey& key,
                                                 seal::Decode decode) override {
        return inner_.load_erased(key, decode);
    }
    Result<ErasedPage> find_any(const store::Query&, seal::Decode) override {
        return Error(Code::kInternal, "test");
    }

private:
    seal::test::MemoryReader& inner_;
    std::function<void()> then_;
};

TEST_F(SecretsTest, ASecretThatComesMeanwhileIsNotOverwritten) {
    for (const bool before : {true, false}) {
        const std::string path = before ? "race/one" : "race/two";
        Interrupting between(reader, [&] { EXPECT_EQ(create(path, R"({"first":1})"), kOk); });
        between.before_ = before;
        gate::Services use = services();
        gate::Services racing{between, now, use.random, use.plate, use.region, use.allowed};
        const auto authorised =
            door.authorise<CreateSecret>(caller, [&] {
                auto command = with_data<CreateSecret>(path, R"({"second":2})");
                command.domain = domain;
                return command;
            }());
        const auto made = run(*authorised, racing);
        ASSERT_TRUE(!made) << before;
        EXPECT_EQ(made.error().code(), Code::kAlreadyExists);
        EXPECT_EQ(read(path), R"({"first":1})");
    }
}

TEST_F(SecretsTest, BothRightsForDataAndOneForMetadata) {
    EXPECT_EQ(create("r", "{}"), kOk);
    const std::vector<std::string> here{urn("r")};
    become({{{"okms:apikms:secret/get"}, here}});
    EXPECT_TRUE(attempt<GetSecret>(on<GetSecret>("r")));
    EXPECT_EQ(read("r"), "forbidden");
    EXPECT_EQ(refusal<KvRead>(on<KvRead>("r")), Code::kForbidden);
    become({{{"okms:apikms:secret/version/getData"}, here}});
    EXPECT_EQ(read("r"), "forbidden");
    EXPECT_TRUE(attempt<KvRead>(on<KvRead>("r")));
    EXPECT_EQ(refusal<GetSecret>(on<GetSecret>("r")), Code::kForbidden);
    become({{{"okms:apiovh:secret/*"}, here}});
    EXPECT_EQ(read("r"), "{}");
    EXPECT_EQ(refusal<GetSecret>(on<GetSecret>("other")), Code::kForbidden);
    become({{{"okms:apikms:secret/version/create"}, {urn("*")}}});
    EXPECT_EQ(refusal<KvWrite>(with_data<KvWrite>("fresh", "{}")), Code::kForbidden);
    EXPECT_TRUE(attempt<KvWrite>(with_data<KvWrite>("r", "{}")));
    auto both = with_data<PutSecret>("r", "{}");
    both.metadata.settings.max_versions = 3;
    EXPECT_EQ(refusal<PutSecret>(std::move(both)), Code::kForbidden);
}

}  // namespace
}  // namespace chatelaine::secrets::testing
